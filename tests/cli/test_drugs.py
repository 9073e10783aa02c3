"""``accord drugs``: a manifest is screened into two tables that are whole or not there."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Node

MANIFEST = """identifier,description_text,harmonized_number
1,"Industrial intermediate, 25 drums",2933.39
2,N-BOC-4-piperidone 98%,293339
3,Tea
4,=cmd norfentanyl,
"""


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """No node: a home that was never made."""
    return Node(home=tmp_path / "none")


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as held:
        return list(csv.DictReader(held))


def test_a_manifest_is_screened_without_a_node(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text(MANIFEST, encoding="utf-8")
    done = node.run("drugs", "screen", str(file), "--json")
    assert done.returncode == 1, done.stderr  # a line was refused
    said: dict[str, Any] = json.loads(done.stdout)
    assert (said["lines"], said["screened"], said["refused"], said["flagged"]) == (4, 3, 1, 3)
    assert said["by_rule"] == {"name": 2, "vague": 1}
    flagged, refused = table(tmp_path / "m.flags.csv"), table(tmp_path / "m.refused.csv")
    assert [(row["line"], row["reference"], row["rules"]) for row in flagged] == [
        ("2", "1", "vague"),
        ("3", "2", "name"),
        ("5", "4", "name"),
    ]
    assert flagged[2]["description"] == "'=cmd norfentanyl"
    assert all(row["why"] and row["cost of an error"] for row in flagged)
    assert [(row["line"], row["mend"][:22]) for row in refused] == [("4", "The line has 2 columns")]


def test_all_lines_read_is_success_and_files_are_never_replaced_unasked(node: Node, tmp_path: Path) -> None:
    file, flags = tmp_path / "m.csv", tmp_path / "f.csv"
    file.write_text("description\nTea\n", encoding="utf-8")
    words = ("drugs", "screen", str(file), "--flags", str(flags), "--refused", str(tmp_path / "r.csv"))
    assert node.run(*words).returncode == 0
    flags.write_text("mine", encoding="utf-8")
    again = node.run(*words)
    assert (again.returncode, flags.read_text("utf-8")) == (2, "mine")
    assert "--replace" in again.stderr
    assert node.run(*words, "--replace").returncode == 0
    assert table(flags) == []


def test_no_table_is_written_over_the_manifest_or_over_the_other(node: Node, tmp_path: Path) -> None:
    file, both = tmp_path / "m.csv", tmp_path / "both.csv"
    file.write_text(MANIFEST, encoding="utf-8")
    over = node.run("drugs", "screen", str(file), "--flags", str(tmp_path / "." / "m.csv"), "--replace")
    same = node.run("drugs", "screen", str(file), "--flags", str(both), "--refused", str(both))
    assert (over.returncode, same.returncode) == (2, 2)
    assert "three files" in over.stderr
    assert file.read_text("utf-8") == MANIFEST
    assert not both.exists()


def test_a_manifest_that_cannot_be_read_leaves_nothing_behind(node: Node, tmp_path: Path) -> None:
    for name, content in (("a.csv", b"PK\x03\x04"), ("b.csv", b"a,b\n1,2\n"), ("c.csv", b"")):
        (tmp_path / name).write_bytes(content)
        done = node.run("drugs", "screen", str(tmp_path / name), "--json")
        assert done.returncode == 2
        assert json.loads(done.stderr)["code"] == "drugs.manifest-unreadable"
    assert node.run("drugs", "screen", str(tmp_path / "absent.csv")).returncode == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "c.csv"]


def test_the_register_says_where_a_substance_is_controlled_on_a_day(node: Node) -> None:
    done = node.run("drugs", "substances", "--on", "2025-01-22", "--json")
    (found,) = [one for one in json.loads(done.stdout)["substances"] if one["id"] == "1-boc-4-piperidone"]
    assert {party: status["standing"] for party, status in found["status"].items()} == {
        "CA": "undated",
        "IN": "not-yet",
        "UN": "controlled",
    }
    assert "cannot be read" in node.run("drugs", "substances", "--on", "soon").stderr
    assert "The parties differ" in node.run("drugs", "substances", "--on", "2025-01-22").stdout
