"""``accord drugs``: a manifest is screened into two tables that are whole or not there."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from accord.cli.drugs import FLAG_COLUMNS, REFUSED_COLUMNS, _write
from accord.cli.screened_tables import Tables
from accord.workstreams.drugs.screening.files import open_manifest
from accord.workstreams.drugs.screening.manifest import raw_batches
from accord.workstreams.drugs.screening.several import screen_batches
from accord.workstreams.drugs.substances.shipped import shipped_table
from tests.cli.conftest import Node, make_node

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


def test_columns_that_are_not_read_are_said(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("Description of goods,Vessel,Net weight,Unit\nTea,Specimen,abc,kg\n", encoding="utf-8")
    done = node.run("drugs", "screen", str(file))
    assert "Columns not read: Vessel. accord drugs columns says which headings are read" in done.stdout
    # The row says the heading that the file has.
    assert [row["column"] for row in table(tmp_path / "m.refused.csv")] == ["Net weight"]
    assert json.loads(node.run("drugs", "screen", str(file), "--replace", "--json").stdout)["columns_unread"] == [
        "Vessel"
    ]
    known = json.loads(node.run("drugs", "columns", "--json").stdout)
    assert "cas_rn" in known["cas"]
    assert "cas: cas, cas number" in node.run("drugs", "columns").stdout


def test_a_workbook_beside_a_table_of_the_same_name_has_tables_of_its_own(node: Node, tmp_path: Path) -> None:
    file, book = tmp_path / "m[1].csv", Workbook()
    file.write_text("description\nTea\n", encoding="utf-8")
    assert node.run("drugs", "screen", str(file)).returncode == 0
    book.active.append(["description"])
    book.active.append(["norfentanyl"])
    book.save(tmp_path / "m[1].xlsx")
    done = node.run("drugs", "screen", str(tmp_path / "m[1].xlsx"))
    assert done.returncode == 0, done.stderr
    assert len(table(tmp_path / "m[1].xlsx.flags.csv")) == 1
    assert table(tmp_path / "m[1].flags.csv") == []


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


def test_a_folder_is_no_manifest(node: Node, tmp_path: Path) -> None:
    done = node.run("drugs", "screen", str(tmp_path))
    assert done.returncode == 2
    assert "is a folder" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_cannot_be_read_is_written_and_its_line_is_screened(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("description,weight_kg,purity\nnorfentanyl,abc,140\nbroken\nTea,5,98\n", encoding="utf-8")
    done = node.run("drugs", "screen", str(file), "--json")
    said = json.loads(done.stdout)
    assert (said["screened"], said["refused"], said["flagged"], said["unread_values"]) == (2, 1, 1, 2)
    rows = [(row["line"], row["column"], row["value"], row["screened"]) for row in table(tmp_path / "m.refused.csv")]
    assert rows == [
        ("2", "purity", "140", "without this value"),
        ("2", "weight_kg", "abc", "without this value"),
        ("3", "", "broken", "no"),
    ]


def test_what_mends_refused_lines_is_told_apart_from_the_lines(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text(MANIFEST, encoding="utf-8")
    said = " ".join(node.run("drugs", "screen", str(file)).stdout.split())
    assert "m.refused.csv. Mend them in the manifest, and screen those lines alone under its first line." in said


def test_the_register_says_where_a_substance_is_controlled_on_a_day(node: Node) -> None:
    done = node.run("drugs", "substances", "--on", "2025-01-22", "--json")
    (found,) = [one for one in json.loads(done.stdout)["substances"] if one["id"] == "1-boc-4-piperidone"]
    assert {party: status["standing"] for party, status in found["status"].items()} == {
        "CA": "controlled",
        "IN": "not-yet",
        "UN": "controlled",
    }
    assert "cannot be read" in node.run("drugs", "substances", "--on", "soon").stderr
    assert "was not found here" in node.run("drugs", "substances", "--on", "2025-01-22").stdout
    assert "Both list it" in node.run("drugs", "substances", "--on", "2025-01-23", "--pair", "UN,CA").stdout


def test_a_node_without_the_workstream_says_so_of_its_register(tmp_path: Path) -> None:
    assert make_node(tmp_path / "home", ["--profile", "canada"]).returncode == 0
    node = Node(home=tmp_path / "home")
    done = node.run("drugs", "substances", "--home", str(node.home), ACCORD_WORKSTREAMS=",")
    assert done.returncode != 0
    assert "without the drugs workstream" in done.stderr
    assert node.run("drugs", "substances", "--home", str(node.home)).returncode == 0


def many(file: Path, lines: int) -> None:
    rows = [f"{number},Tea,0902\n" for number in range(2, lines + 2)]
    rows[399::400] = ["broken\n"] * len(rows[399::400])
    rows[500::501] = ['7,"1-boc-4-piperidone,\nlot 7",2933.39\n'] * len(rows[500::501])
    file.write_text("identifier,description_text,harmonized_number\n" + "".join(rows), encoding="utf-8")


def test_several_processes_write_the_same_tables_as_one(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    many(file, 45_000)
    assert node.run("drugs", "screen", str(file)).returncode == 1
    one = [(tmp_path / name).read_bytes() for name in ("m.flags.csv", "m.refused.csv")]
    assert node.run("drugs", "screen", str(file), "--replace", "--processes", "3").returncode == 1
    assert [(tmp_path / name).read_bytes() for name in ("m.flags.csv", "m.refused.csv")] == one
    assert one[0].count(b"\n") > 80


def test_a_screening_that_was_killed_goes_on_to_the_same_tables(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    many(file, 45_000)
    assert node.run("drugs", "screen", str(file)).returncode == 1
    whole = [(tmp_path / name).read_bytes() for name in ("m.flags.csv", "m.refused.csv")]
    # As a kill after the first batch leaves it: the tables as parts, a half row beyond the note, and the note.
    held = Tables(file, (tmp_path / "k.flags.csv", tmp_path / "k.refused.csv"), shipped_table().version)
    held.begin((FLAG_COLUMNS, REFUSED_COLUMNS), replace=False, resume=False)
    with open_manifest(file) as lines:
        first = next(screen_batches(raw_batches(lines), shipped_table()))
    _write(first, held)
    held.close()
    with (tmp_path / "k.flags.csv.part").open("ab") as part:
        part.write(b'"99999","half a r')
    words = ("drugs", "screen", str(file), "--flags", str(tmp_path / "k.flags.csv"), "--refused")
    words = (*words, str(tmp_path / "k.refused.csv"))
    asked = node.run(*words)
    assert asked.returncode == 2
    assert "--resume" in asked.stderr
    done = node.run(*words, "--resume", "--json")
    assert done.returncode == 1, done.stderr
    assert [(tmp_path / name).read_bytes() for name in ("k.flags.csv", "k.refused.csv")] == whole
    said = json.loads(done.stdout)
    assert said["lines"] == said["screened"] + said["refused"]
    assert said["flagged"] == len(table(tmp_path / "k.flags.csv"))
    assert sorted(path.name for path in tmp_path.glob("k.*")) == ["k.flags.csv", "k.refused.csv"]


def test_another_manifest_is_not_gone_on_with(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    many(file, 100)
    held = Tables(file, (tmp_path / "m.flags.csv", tmp_path / "m.refused.csv"), shipped_table().version)
    held.begin((FLAG_COLUMNS, REFUSED_COLUMNS), replace=False, resume=False)
    held.counts.last = 50
    held.write([], [])
    held.close()
    many(file, 101)
    refused = node.run("drugs", "screen", str(file), "--resume")
    assert refused.returncode == 2
    assert "has changed" in refused.stderr
    assert node.run("drugs", "screen", str(file), "--replace").returncode == 0


def test_a_workbook_is_screened_as_the_rows_that_it_has(node: Node, tmp_path: Path) -> None:
    book = Workbook()
    for row in (("description", "hs_code"), ("Tea", "0902"), ("1-boc-4-piperidone", 2933.39)):
        book.active.append(row)
    book.save(tmp_path / "m.xlsx")
    done = node.run("drugs", "screen", str(tmp_path / "m.xlsx"))
    assert done.returncode == 0, done.stderr
    assert [row["line"] for row in table(tmp_path / "m.flags.csv")] == ["3"]


def test_sheets_that_are_not_read_are_said(node: Node, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["description"])
    book.active.append(["Tea"])
    book.create_sheet("more")
    book.save(tmp_path / "m.xlsx")
    done = node.run("drugs", "screen", str(tmp_path / "m.xlsx"))
    assert "Only the first sheet was read; 1 other was not." in " ".join(done.stdout.split())


def test_a_pair_is_compared_for_a_day_and_an_odd_one_is_refused(node: Node) -> None:
    done = node.run("drugs", "substances", "--on", "2025-01-23", "--pair", "UN,in", "--json")
    found = {one["id"]: one for one in json.loads(done.stdout)["substances"]}
    assert set(found["npp"]["status"]) == {"IN", "UN"}
    assert (found["npp"]["differs"], found["4-piperidone"]["differs"]) == ("not-known", None)
    day_before = json.loads(node.run("drugs", "substances", "--on", "2025-01-22", "--pair", "UN,IN", "--json").stdout)
    assert {one["id"] for one in day_before["substances"] if one["differs"] == "one-side"} == {
        "4-piperidone",
        "1-boc-4-piperidone",
    }
    for pair in ("CA", "CA,CA", "CA,ZZ", "CA,IN,UN"):
        assert "no pair of jurisdictions" in node.run("drugs", "substances", "--pair", pair).stderr


def test_the_register_goes_into_a_file_and_what_a_changed_one_would_do_is_said(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "controls.csv"
    assert "15 rows" in node.run("drugs", "substances", "export", "controls", str(file)).stdout
    assert "exists" in node.run("drugs", "substances", "export", "controls", str(file)).stderr
    same = node.run("drugs", "substances", "check", str(file), "--json")
    assert (same.returncode, json.loads(same.stdout)["same"], json.loads(same.stdout)["changed"]) == (0, 15, [])
    text = file.read_text("utf-8").replace("2025-01-23", "2025-02-01")
    file.write_text(text, "utf-8", newline="")
    changed = json.loads(node.run("drugs", "substances", "check", str(file), "--json").stdout)
    assert changed["changed"] == [{"line": 16, "id": "in-piperidones", "new": False, "fields": ["valid_from"]}]
    file.write_text(text.replace("2025-02-01", "1/2/2025"), "utf-8", newline="")
    bad = node.run("drugs", "substances", "check", str(file))
    assert bad.returncode == 1
    assert "line 16  valid_from  '1/2/2025': It is no day" in bad.stdout
    assert "no table" in node.run("drugs", "substances", "export", "people", str(tmp_path / "x.csv")).stderr
