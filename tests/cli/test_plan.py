"""``accord plan``: what a file would change is said before anything is stored, and what was not read is not kept."""

import io
import json
from pathlib import Path

import msgspec
import openpyxl
import pytest
from docx import Document

from accord.workplan.content import Plan
from accord.workplan.documents.plain import json_of
from accord.workplan.documents.word import document_of
from accord.workplan.documents.workbook import workbook_of
from accord.workplan.template import template_plan
from tests.cli.conftest import Node
from tests.cli.test_dispute import copy_of, pair


def own_plan() -> Plan:
    return msgspec.structs.replace(template_plan(("CA", "IN")), is_template=False)


@pytest.mark.parametrize(
    ("name", "write"), [("plan.json", json_of), ("plan.docx", document_of), ("plan.xlsx", workbook_of)]
)
def test_each_form_is_read_whole_and_nothing_is_saved_unasked(
    canada: Node, tmp_path: Path, name: str, write: object
) -> None:
    file = tmp_path / name
    file.write_bytes(write(own_plan()))  # type: ignore[operator] # one of the three writers
    done = canada.run_as("policy", "plan", "import", "IN", str(file), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    said = json.loads(done.stdout)
    assert said["understood"]["actions"] == len(own_plan().actions)
    assert (said["not_understood"], said["saved"]) == ([], False)
    assert "Both sides have signed no plan yet." in canada.run_as("policy", "plan", "show", "IN").stdout


def test_what_is_not_understood_is_named_with_its_cell_and_exits_1(canada: Node, tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    file.write_bytes(workbook_of(own_plan()))
    book = openpyxl.load_workbook(file)
    sheet = next(book[name] for name in book.sheetnames if "ction" in name)
    head = [cell.value for cell in sheet[1]]
    column = next(place for place, value in enumerate(head, 1) if value and "ue" in str(value))
    sheet.cell(row=2, column=column).value = "31/06/2026"
    book.save(file)
    done = canada.run_as("policy", "plan", "import", "IN", str(file), "--save")
    assert done.returncode == 1, done.stdout
    assert "Not understood" in done.stdout
    assert "Nothing was saved." in done.stdout


def test_a_file_of_our_draft_says_that_it_is_one_and_is_read_back(canada: Node, india: Node, tmp_path: Path) -> None:
    canada, india = copy_of(canada, tmp_path / "ca-home"), copy_of(india, tmp_path / "in-home")
    pair(canada, india, tmp_path)
    file = tmp_path / "plan.json"
    file.write_bytes(json_of(own_plan()))
    assert canada.run_as("policy", "plan", "import", "IN", str(file), "--save").returncode == 0
    for name in ("plan.docx", "plan.ics"):
        done = canada.run_as("policy", "plan", "export", "IN", "--draft", "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
    assert b"Draft of CA\\, version 1 of " in (tmp_path / "plan.ics").read_bytes()
    head = Document(str(tmp_path / "plan.docx")).sections[0].header.paragraphs[0].text
    assert head.startswith("Draft of CA, version 1 of ")
    read = canada.run_as("policy", "plan", "import", "IN", str(tmp_path / "plan.docx"))
    assert (read.returncode, "It would change nothing." in read.stdout) == (0, True), read.stdout
    # Before a plan is signed, every definition is looked at.
    done = canada.run_as("policy", "plan", "indicators", "IN", "--json")
    assert done.returncode == 0, done.stderr
    figures = {one["id"]: one for one in json.loads(done.stdout)["figures"]}
    assert figures["answers.within-clock"]["standing"] == "no-cases"
    assert "no-cases" in canada.run_as("policy", "plan", "indicators", "IN").stdout
    assert "cli.no-plan" in canada.run_as("policy", "plan", "indicators", "XX").stderr


def test_a_day_with_two_readings_is_read_as_it_is_said(canada: Node, tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(own_plan())))
    sheet = book["Actions"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Due on")
    sheet.cell(row=2, column=column).value = "06/07/2026"
    book.save(file)
    done = canada.run_as("policy", "plan", "import", "IN", str(file))
    assert (done.returncode, "is one day in one country" in done.stdout) == (1, True)
    done = canada.run_as("policy", "plan", "import", "IN", str(file), "--days", "day-first")
    assert (done.returncode, "Not understood" in done.stdout) == (0, False), done.stdout + done.stderr
    assert "cli.no-plan" in canada.run_as("policy", "plan", "import", "IN", str(file), "--days", "any").stderr


def test_who_may_not_and_what_is_no_plan_is_refused(canada: Node, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(json_of(own_plan()))
    refused = canada.run_as("liaison", "plan", "import", "IN", str(file))
    assert (refused.returncode, "agreement.draft" in refused.stderr) == (2, True)
    other = tmp_path / "plan.txt"
    other.write_text("words")
    assert "workplan.file-kind" in canada.run_as("policy", "plan", "import", "IN", str(other)).stderr
    nothing = canada.run_as("policy", "plan", "export", "IN", "--out", str(tmp_path / "plan.docx"))
    assert (nothing.returncode, "cli.no-plan" in nothing.stderr) == (2, True)
    assert not (tmp_path / "plan.docx").exists()
