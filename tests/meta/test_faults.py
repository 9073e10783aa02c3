"""The tables of faults and of complaints name tests that exist, and leave out none of their lists."""

import re

from tests.meta.tree import ROOT

COMPLAINTS = (ROOT / "docs" / "desk.md").read_text("utf-8")
TABLE = (ROOT / "docs" / "faults.md").read_text("utf-8")
NAMED = re.findall(r"`([\w/]+/test_\w+\.py)::(test_\w+)`", TABLE + COMPLAINTS)
FAULTS_OF_THE_CHANNEL = {*range(1, 8), *range(12, 15), 16, 19, 22, *range(24, 29), 31, *range(33, 39), 40, 41, 42, 44}


def test_every_test_that_a_table_names_exists() -> None:
    assert NAMED
    missing = [
        f"{file}::{name}"
        for file, name in NAMED
        if not re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text("utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_every_promised_fault_is_held_by_a_test() -> None:
    held = TABLE.split("## What no test provokes yet", maxsplit=1)[0]
    rows = {int(number) for number in re.findall(r"^\| (\d+) \|", held, re.MULTILINE)}
    assert rows >= FAULTS_OF_THE_CHANNEL


def test_each_of_the_ten_complaints_is_answered_by_a_test() -> None:
    rows = [line for line in COMPLAINTS.splitlines() if line.startswith("| ") and "complaint |" not in line]
    assert len(rows) == 10
    assert all("::test_" in row for row in rows)
