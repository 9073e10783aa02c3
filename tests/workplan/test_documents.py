"""Files go out and come back without loss; what comes from elsewhere is shown before anything is stored."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from icalendar import Calendar
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.comments import Comment

from accord.instruments.canonical import canonical_bytes
from accord.workplan.codes import Recurrence, Status
from accord.workplan.content import Plan, Wording
from accord.workplan.documents import archive
from accord.workplan.documents.cells import DayOrder
from accord.workplan.documents.due_days import calendar_of
from accord.workplan.documents.incoming import read_file
from accord.workplan.documents.plain import json_of, read_json
from accord.workplan.documents.preview import Note
from accord.workplan.documents.printed import print_words
from accord.workplan.documents.word import document_of, read_document
from accord.workplan.documents.workbook import read_workbook, workbook_of
from accord.workplan.errors import PlanRefused
from accord.workplan.template import shipped_templates
from tests.workplan.plans import large_plan, said, small_plan
from tests.workplan.strategies import plans

PLAN = small_plan()
A1, A2 = PLAN.actions
FORMS = [
    pytest.param(workbook_of, read_workbook, id="xlsx"),
    pytest.param(document_of, read_document, id="docx"),
    pytest.param(json_of, read_json, id="json"),
]
AWKWARD = Wording(
    en='=HYPERLINK("http://x") & <b>; a: b\n\nsecond\tcolumn',
    fr="+1; l'échange : « oui »",
    hi="-क्षेत्र; पंक्ति:\nदूसरी",
)


def codes(notes: tuple[Note, ...]) -> list[str]:
    return [note.code for note in notes]


def cells(changes: dict[str, Any], plan: Plan = PLAN) -> bytes:
    """A workbook in which somebody wrote into cells, named as ``Actions!C2``."""
    book = load_workbook(io.BytesIO(workbook_of(plan)))
    for address, value in changes.items():
        sheet, _mark, cell = address.partition("!")
        book[sheet][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def column(label: str, sheet: str = "Actions") -> str:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    return next(cell.column_letter for cell in book[sheet][1] if cell.value == label)


def repacked(data: bytes, **changed: bytes) -> bytes:
    """The archive with parts changed or added; double underscores stand for slashes, a last one for the dot."""
    stream = io.BytesIO()
    names = {name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): name for name in changed}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in names:
                new.writestr(entry.filename, old.read(entry))
        for name, key in names.items():
            new.writestr(name, changed[key])
    return stream.getvalue()


@pytest.mark.parametrize(
    "plan", [PLAN, *shipped_templates(), large_plan(actions=150)], ids=["small", "template", "large"]
)
@pytest.mark.parametrize(("write", "read"), FORMS)
def test_what_goes_out_comes_back_as_the_same_bytes(plan, write, read) -> None:
    found = read(write(plan), current=plan)
    assert found.plan is not None
    assert canonical_bytes(found.plan) == canonical_bytes(plan)
    assert (found.not_understood, found.stripped) == ((), ())
    assert not found.would_change
    assert found.understood["actions"] == len(plan.actions)


@pytest.mark.parametrize(("write", "read"), FORMS)
def test_awkward_texts_come_back_to_the_letter(write, read) -> None:
    plan = replace(PLAN, actions=(A1, replace(A2, text=AWKWARD, caveat=AWKWARD)))
    assert read(write(plan)).plan == plan


LINE = "Entwurf & Ébauche 'Standing': Title (en): मसौदा, not signed"


@pytest.mark.parametrize("language", ["en", "fr", "hi"])
@pytest.mark.parametrize(("write", "read"), FORMS[:2])
def test_the_line_that_says_how_a_file_stands_is_no_part_of_the_plan(write, read, language: str) -> None:
    line = print_words(language)["standing-draft"].format(party="CA", version=3, moment="2026-04-01 10:00 UTC")
    for standing in (line, LINE):
        found = read(write(PLAN, standing=standing), current=PLAN)
        assert found.plan == PLAN
        assert (found.not_understood, found.stripped, list(found.would_change.changes)) == ((), (), [])


def test_a_workbook_says_how_it_stands_on_its_first_sheet_and_on_the_paper_of_each() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN, standing=LINE)))
    assert [cell.value for cell in book["Plan"][2]] == ["Standing", LINE]
    line = print_words("hi")["standing-signed"].format(number=2)
    printed = load_workbook(io.BytesIO(workbook_of(PLAN, standing=line)))
    assert {sheet.oddHeader.right.text for sheet in printed} == {line}
    book["Plan"]["A2"] = " STANDING "
    stream = io.BytesIO()
    book.save(stream)
    assert read_workbook(stream.getvalue(), current=PLAN).not_understood == ()


def test_a_document_says_how_it_stands_at_head_and_foot() -> None:
    section = Document(io.BytesIO(document_of(PLAN, standing=LINE))).sections[0]
    assert [paragraph.text for paragraph in (*section.header.paragraphs, *section.footer.paragraphs)] == [LINE, LINE]


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(plans())
def test_any_plan_comes_back(plan: Plan) -> None:
    for write, read in ((workbook_of, read_workbook), (document_of, read_document), (json_of, read_json)):
        assert read(write(plan)).plan == plan


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    plan = replace(PLAN, actions=(A1, replace(A2, text=AWKWARD)))
    book = load_workbook(io.BytesIO(workbook_of(plan)))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_what_a_workbook_would_change_is_shown() -> None:
    place = f"Actions!{column('Due on')}3"
    found = read_workbook(cells({place: date(2026, 8, 31)}), current=PLAN)
    (change,) = found.would_change.changes
    assert (change.key, [field.field for field in change.fields]) == ("A2", ["due_on"])


@pytest.mark.parametrize(
    ("label", "value", "code"),
    [
        ("Due on", "31/06/2026", "no-such-day"),
        ("Due on", "31 June 2026", "no-such-day"),
        ("Due on", "06/07/2026", "two-readings"),
        ("Due on", "soon", "no-day"),
        ("Due on", "June 2026", "no-day"),
        ("Title (fr)", "=1+1", "formula"),
        ("Verb", "must", "no-value"),
        ("Owners", "RCMP", "no-owner"),
        ("Code", "X7", "no-value"),
        ("Title (en)", date(2026, 1, 1), "a-day"),
    ],
)
def test_a_cell_that_is_not_understood_is_told_with_its_address(label: str, value: object, code: str) -> None:
    place = f"Actions!{column(label)}3"
    found = read_workbook(cells({place: value}), current=PLAN)
    note = next(one for one in found.not_understood if one.code == code)
    assert note.place == place
    assert note.sentence.endswith(".")
    assert note.next_step.endswith(".")


@pytest.mark.parametrize(
    "value", ["30/06/2026", "30 June 2026", "30 juin 2026", "30 जून 2026", datetime.fromisoformat("2026-06-30T00:00")]
)
def test_a_day_with_one_reading_is_understood_however_it_is_written(value: object) -> None:
    found = read_workbook(cells({f"Actions!{column('Due on')}3": value}), current=PLAN)
    assert found.plan.actions[1].due_on == date(2026, 6, 30)


def test_a_wrong_verb_tells_what_can_stand_there_and_changes_nothing() -> None:
    found = read_workbook(cells({f"Actions!{column('Verb')}3": "must"}), current=PLAN)
    assert "acknowledge, continue, explore, intend, shall, will" in found.not_understood[0].next_step
    assert found.plan == PLAN
    assert not found.would_change
    # Where there is no plan at hand, the field is left out.
    alone = read_workbook(cells({f"Actions!{column('Verb')}3": "must"})).plan
    assert alone.actions[1] == replace(A2, verb=None)


def test_a_row_without_a_title_is_told_and_leaves_the_item_as_it_is() -> None:
    places = {f"Actions!{column(f'Title ({language})')}3": None for language in ("en", "fr", "hi")}
    found = read_workbook(cells(places), current=PLAN)
    assert found.plan == PLAN
    assert [row.id for row in read_workbook(cells(places)).plan.actions] == ["A1"]
    assert ("Actions!3", "missing") in [(note.place, note.code) for note in found.not_understood]


def test_a_code_that_stands_twice_is_told_and_the_first_is_taken() -> None:
    found = read_workbook(cells({f"Actions!{column('Code')}3": "A1"}), current=PLAN)
    note = next(one for one in found.not_understood if one.code == "duplicate")
    assert (note.place, note.sentence) == ("Actions!3", "A1 stands at Actions!2 already.")
    assert [row.id for row in found.plan.actions] == ["A1"]


def test_unknown_columns_and_sheets_are_told() -> None:
    book = load_workbook(io.BytesIO(cells({"Actions!AZ1": "Priority of the minister"})))
    book.create_sheet("Ideas")
    book["Plan"]["A40"] = "Mood"
    stream = io.BytesIO()
    book.save(stream)
    found = read_workbook(stream.getvalue(), current=PLAN)
    assert [(note.place, note.code) for note in found.not_understood] == [
        ("Plan!A40", "unknown-column"),
        ("Actions!AZ1", "unknown-column"),
        ("Ideas", "unknown-sheet"),
    ]
    assert found.plan == PLAN


def test_merged_cells_are_told() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    book["Actions"].merge_cells("B2:B3")
    stream = io.BytesIO()
    book.save(stream)
    found = read_workbook(stream.getvalue(), current=PLAN)
    (note,) = [one for one in found.not_understood if one.code == "merged"]
    assert note.place == "Actions!B2:B3"
    # The cell that the merging hides says nothing, and the title of A2 stays.
    assert not found.would_change


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_hidden_row_column_or_sheet_is_shown_and_changes_nothing() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    sheet = book["Actions"]
    place = column("Title (en)")
    sheet[f"{place}2"] = "Not meant for anybody"
    sheet.row_dimensions[2].hidden = True
    sheet[f"{column('Due on')}3"] = date(2026, 12, 1)
    sheet.column_dimensions[column("Due on")].hidden = True
    sheet[f"{place}3"] = "Meant for all"
    book["Milestones"]["A2"] = "M9"
    book["Milestones"].sheet_state = "hidden"
    found = read_workbook(saved(book), current=PLAN)
    (change,) = found.would_change.changes
    assert (change.key, [field.after for field in change.fields]) == ("A2", ["Meant for all"])
    assert {(note.place, note.code) for note in found.stripped} == {
        ("Actions!2", "hidden"),
        (f"Actions!{column('Due on')}1", "hidden"),
        ("Milestones", "hidden"),
    }
    assert b"Not meant" not in canonical_bytes(found.plan)
    assert found.not_understood == ()


def test_a_column_that_is_missing_leaves_its_field_as_it_is() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    sheet = book["Actions"]
    for label in ("Depends on", "Text (fr)"):
        number = next(cell.column for cell in sheet[1] if cell.value == label)
        sheet.delete_cols(number)
    found = read_workbook(saved(book), current=PLAN)
    assert (found.plan, found.not_understood) == (PLAN, ())


def test_a_formula_changes_nothing() -> None:
    found = read_workbook(cells({f"Actions!{column('Title (fr)')}3": "=1+1"}), current=PLAN)
    assert codes(found.not_understood) == ["formula"]
    assert found.plan == PLAN


def test_comments_of_a_workbook_are_shown_with_their_author_and_taken_out() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    book["Actions"]["B3"].comment = Comment("They will not accept this.", "A person (specimen)")
    found = read_workbook(saved(book), current=PLAN)
    (note,) = found.stripped
    assert (note.place, note.code) == ("Actions!B3", "comment")
    assert note.shown == "A person (specimen): They will not accept this."
    assert not found.would_change


@pytest.mark.parametrize(("order", "day"), [("day-first", date(2026, 7, 6)), ("month-first", date(2026, 6, 7))])
@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_a_day_with_two_readings_is_read_as_a_person_says(order: str, day: date, form: str) -> None:
    data = cells({f"Actions!{column('Due on')}3": "06/07/2026"}) if form == "xlsx" else changed_document(_write_day)
    name = f"plan.{form}"
    asked = read_file(name, data, current=PLAN)
    assert codes(asked.not_understood) == ["two-readings"]
    assert asked.plan == PLAN
    (two,) = asked.two_readings
    assert (two.written, two.day_first, two.month_first) == ("06/07/2026", date(2026, 7, 6), date(2026, 6, 7))
    read = read_file(name, data, current=PLAN, order=DayOrder(order))
    assert read.not_understood == ()
    assert read.two_readings == asked.two_readings
    assert read.plan.actions[1].due_on == day


def _write_day(document: Any) -> None:
    line_of(document, "Due on: 2026-07-31").runs[1].text = "06/07/2026"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("plan.xlsx", b"", "workplan.file-empty"),
        ("plan.json", b"", "workplan.file-empty"),
        ("plan.pdf", b"%PDF-1.7", "workplan.file-kind"),
        ("plan", b"{}", "workplan.file-kind"),
        ("plan.docm", b"PK", "workplan.macros"),
        ("plan.XLSM", b"PK", "workplan.macros"),
        ("plan.json", workbook_of(PLAN), "workplan.file-of-other-form"),
        ("plan.xlsx", document_of(PLAN), "workplan.file-of-other-form"),
        ("plan.docx", workbook_of(PLAN), "workplan.file-of-other-form"),
        ("plan.docx", b"%PDF-1.7", "workplan.no-document"),
        ("plan.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "workplan.file-locked"),
        ("plan.xlsx", OLE, "workplan.file-of-old-form"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_by_its_name_and_its_first_bytes(name: str, data: bytes, code: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        read_file(name, data)
    assert refused.value.reason_code == code
    assert refused.value.fields["field"] == "file"
    assert refused.value.next_step.endswith(".")


def without(data: bytes, part: str, words: bytes, *, by: bytes = b"") -> bytes:
    """The archive with a part in which some bytes are gone, or others stand."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == part:
                assert words in content
                content = content.replace(words, by)
            new.writestr(entry.filename, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "part", "words", "by"),
    [
        ("plan.docx", "[Content_Types].xml", b' Extension="xml"', b""),
        ("plan.docx", "_rels/.rels", b"Relationships", b"Others"),
        ("plan.docx", "_rels/.rels", b' Target="word/document.xml"', b""),
        ("plan.docx", "word/document.xml", b"w:body", b"w:other"),
        ("plan.xlsx", "[Content_Types].xml", b"sheet.main+xml", b"sheet.other+xml"),
        ("plan.xlsx", "xl/workbook.xml", b"<sheets>", b'<sheets x="1">'),
    ],
)
def test_a_file_that_breaks_its_own_form_is_refused_or_read_and_never_a_fault(
    name: str, part: str, words: bytes, by: bytes
) -> None:
    data = document_of(PLAN) if name.endswith("docx") else workbook_of(PLAN)
    try:
        found = read_file(name, without(data, part, words, by=by), current=PLAN)
    except PlanRefused as refused:
        assert refused.reason_code == "workplan.no-document"  # noqa: PT017 - one of two ends, and no third
    else:
        assert found.plan == PLAN


def test_a_document_that_is_saved_with_macros_is_refused_under_another_name_too() -> None:
    data = document_of(PLAN)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        types = packed.read("[Content_Types].xml")
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    changed = types.replace(plain, b"application/vnd.ms-word.document.macroEnabled.main+xml")
    assert changed != types
    with pytest.raises(PlanRefused) as refused:
        read_file("plan.docx", repacked(data, **{"[Content_Types]_xml": changed}))
    assert refused.value.reason_code == "workplan.macros"


def test_a_workbook_of_one_sheet_changes_that_part_alone() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    for name in book.sheetnames:
        if name != "Milestones":
            del book[name]
    stream = io.BytesIO()
    book.save(stream)
    found = read_workbook(stream.getvalue(), current=replace(PLAN, milestones=()))
    assert found.plan == PLAN
    assert codes(read_workbook(stream.getvalue()).not_understood) == ["no-plan"]


def test_authors_of_a_workbook_are_shown_and_not_taken_over() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    book.properties.lastModifiedBy = "A person (specimen)"
    stream = io.BytesIO()
    book.save(stream)
    (note,) = read_workbook(stream.getvalue()).stripped
    assert (note.code, note.shown) == ("author", "A person (specimen)")


def changed_document(change: Any) -> bytes:
    document = Document(io.BytesIO(document_of(PLAN)))
    change(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def line_of(document: Any, words: str) -> Any:
    return next(one for one in document.paragraphs if words in one.text)


def test_what_was_written_into_a_document_is_what_changes() -> None:
    def change(document: Any) -> None:
        line = line_of(document, "Title (en): Test the contact points")
        line.runs[1].text = "Test each contact point"

    found = read_document(changed_document(change), current=PLAN)
    (item,) = found.would_change.changes
    assert (item.key, item.fields[0].after) == ("A2", "Test each contact point")


def test_tracked_changes_comments_hidden_text_and_authors_are_shown_and_taken_out() -> None:
    def change(document: Any) -> None:
        line = line_of(document, "Title (en): Test the contact points")
        added = OxmlElement("w:ins")
        added.set(qn("w:author"), "A person (specimen)")
        run = OxmlElement("w:r")
        text = OxmlElement("w:t")
        text.text = " twice"
        run.append(text)
        added.append(run)
        line._p.append(added)
        gone = OxmlElement("w:del")
        run = OxmlElement("w:r")
        text = OxmlElement("w:delText")
        text.text = " never"
        run.append(text)
        gone.append(run)
        line._p.append(gone)
        line.add_run("our fallback is December").font.hidden = True
        document.add_comment(line.runs, text="They will not accept this.", author="A person (specimen)")
        document.core_properties.author = "A person (specimen)"

    found = read_document(changed_document(change), current=PLAN)
    assert sorted(codes(found.stripped)) == ["author", "comment", "hidden", "tracked-deletion", "tracked-insertion"]
    shown = {note.code: note.shown for note in found.stripped}
    assert shown["comment"] == "A person (specimen): They will not accept this."
    assert shown["hidden"] == "our fallback is December"
    assert found.plan.actions[1].title.en == "Test the contact points twice"
    content = canonical_bytes(found.plan)
    assert b"fallback" not in content
    assert b"specimen" not in content


def test_what_has_no_place_in_a_plan_is_told_with_its_paragraph() -> None:
    def change(document: Any) -> None:
        document.add_paragraph("Unknown: what is this")
        document.add_heading("Ideas", 1)
        document.add_paragraph("A thought.")
        document.add_table(1, 1)

    found = read_document(changed_document(change), current=PLAN)
    assert codes(found.not_understood) == ["unknown-part", "no-item", "foreign"]
    assert all(note.place.startswith("paragraph ") for note in found.not_understood)


def test_a_text_broken_into_paragraphs_stays_one_text() -> None:
    def change(document: Any) -> None:
        line = line_of(document, "Text (en): Each month")
        line.insert_paragraph_before("Title (en): Twice")
        line._p.addnext(document.add_paragraph("And after each change.")._p)

    found = read_document(changed_document(change), current=PLAN)
    assert found.plan.actions[1].text.en == "Each month, by telephone.\nAnd after each change."


def test_an_item_of_a_document_without_a_title_names_itself() -> None:
    def change(document: Any) -> None:
        for words in ("Title (en): Test the", "Title (fr): Test the", "Title (hi): Test the"):
            line = line_of(document, words)
            line._p.getparent().remove(line._p)

    found = read_document(changed_document(change), current=PLAN)
    (note,) = found.not_understood
    assert note.place.startswith("A2 (paragraph ")


@pytest.mark.parametrize(("write", "read"), FORMS[:2])
def test_a_file_that_grows_too_large_or_has_too_many_parts_is_refused(write, read, monkeypatch) -> None:
    data = write(PLAN)
    bomb = repacked(data, xl__worksheets__bomb_xml=b"<a>" + b" " * 40_000_000 + b"</a>")
    monkeypatch.setattr(archive, "UNPACKED_BYTES_MAX", 4_000_000)
    assert len(bomb) < archive.FILE_BYTES_MAX
    with pytest.raises(PlanRefused) as refused:
        read(bomb)
    assert refused.value.reason_code == "workplan.unpacks-too-large"
    monkeypatch.setattr(archive, "PARTS_MAX", 3)
    with pytest.raises(PlanRefused) as refused:
        read(data)
    assert refused.value.reason_code == "workplan.too-many-parts"
    monkeypatch.setattr(archive, "FILE_BYTES_MAX", 1_000)
    with pytest.raises(PlanRefused) as refused:
        read(data)
    assert refused.value.reason_code == "workplan.file-too-large"


@pytest.mark.parametrize(("write", "read"), FORMS[:2])
def test_macros_entities_and_damage_are_refused(write, read) -> None:
    data = write(PLAN)
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    for changed, code in (
        (repacked(data, xl__vbaProject_bin=b"x"), "workplan.macros"),
        (repacked(data, docProps__custom_xml=entity), "workplan.entities"),
        (repacked(data, docProps__custom_xml=b"<a"), "workplan.no-document"),
        (data[:-400], "workplan.no-document"),
        (b"", "workplan.file-empty"),
        (b"PK\x05\x06" + b"\0" * 18, "workplan.no-document"),
    ):
        with pytest.raises(PlanRefused) as refused:
            read(changed)
        assert refused.value.reason_code == code


def test_one_kind_of_document_is_not_taken_for_the_other() -> None:
    with pytest.raises(PlanRefused):
        read_workbook(document_of(PLAN))
    with pytest.raises(PlanRefused):
        read_document(workbook_of(PLAN))


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"{", ""), (b"[]", ""), (b"\xff", ""), (b"[" * 100_000, ""), (json_of(PLAN).replace(b'"A1"', b'"B1"', 1), "$.")],
)
def test_json_that_is_no_plan_is_told(data: bytes, place: str) -> None:
    found = read_json(data)
    assert found.plan is None
    (note,) = found.not_understood
    assert note.place.startswith(place)


def test_json_of_another_editor_is_understood() -> None:
    assert read_json(b"\xef\xbb\xbf" + json_of(PLAN).replace(b"\n", b"\r\n")).plan == PLAN


def test_what_is_wrong_with_the_plan_of_a_file_is_in_the_preview() -> None:
    found = read_json(json_of(replace(PLAN, actions=(A1, replace(A2, depends_on=("A9",))))), current=PLAN)
    assert [problem.code for problem in found.problems] == ["workplan.unknown-item"]
    assert found.would_change


def test_due_days_are_a_calendar_in_the_readers_language() -> None:
    plan = replace(
        PLAN,
        actions=(
            A1,
            A2,
            replace(A1, id="A3", title=said("Yearly"), recurrence=Recurrence.YEARLY),
            replace(A1, id="A4", title=said("Done")),
        ),
        progress=(replace(PLAN.progress[0], item="A4", status=Status.DONE),),
    )
    made = calendar_of(plan, language="fr", at=datetime(2026, 4, 1, tzinfo=UTC))
    events = {str(one["summary"])[:2]: one for one in Calendar.from_ical(made).walk("VEVENT")}
    assert set(events) == {"A1", "A2", "A3", "M1"}
    assert events["A1"]["dtstart"].dt == date(2026, 6, 30)
    assert events["A2"]["summary"] == "A2 Test the contact points (fr)"
    rule = events["A2"]["rrule"].to_ical().decode()
    assert "FREQ=MONTHLY" in rule
    assert "BYMONTHDAY=28,29,30,31" in rule
    assert "UNTIL=20261231" in rule
    assert "by telephone" not in made.decode()


def test_a_calendar_and_each_of_its_days_say_how_the_plan_stands() -> None:
    made = calendar_of(PLAN, language="en", at=datetime(2026, 4, 1, tzinfo=UTC), standing="Draft of CA; not signed")
    calendar = Calendar.from_ical(made)
    assert calendar["description"] == calendar["x-wr-caldesc"] == "Draft of CA; not signed"
    days = [str(one["description"]).splitlines() for one in calendar.walk("VEVENT")]
    assert days
    assert all(lines[-1] == "Draft of CA; not signed" for lines in days)
