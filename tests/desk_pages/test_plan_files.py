"""A workplan comes as a file: looked at before anything is stored, then taken into the draft, or forgotten."""

import io
import logging
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.comments import Comment

from accord.node.desk.held_files import KEPT, forget_old_files
from accord.node.desk.models import HeldPlanFile
from accord.officers.permissions import Role
from accord.workplan.content import Plan
from accord.workplan.documents import archive
from accord.workplan.documents.plain import json_of
from accord.workplan.documents.word import document_of
from accord.workplan.documents.workbook import workbook_of
from accord.workplan.drafting import save_plan
from accord.workplan.models import DraftSave, PlanDraft
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_plan import drafted, held, policy, words
from tests.workplan.plans import said, small_plan
from tests.workplan.signing import signed

HOME: Final = "/desk/plan/IN/"
FORM: Final = f"{HOME}draft/file"
PLAN: Final = small_plan()
A1, A2 = PLAN.actions
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def brought(client: Client, name: str, content: bytes, *, status: int = 302) -> HttpResponse:
    answer = client.post(FORM, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == status, words(answer)
    return answer  # type: ignore[return-value] # as before


def looked(client: Client, name: str, content: bytes) -> tuple[str, str]:
    """Brings a file and returns the address of its page with the page."""
    address = brought(client, name, content).headers["Location"]
    return address, words(client.get(address))


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the form that takes the file, as a browser would send them."""
    form = page[page.index('id="take"') :]
    names = ("form", "seen", "days")
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', form) for name in names}
    return {name: match[1] for name, match in found.items() if match is not None} | {"act": "take"}


def changed_document(change: Callable[[Any], None], plan: Plan = PLAN) -> bytes:
    document = Document(io.BytesIO(document_of(plan)))
    change(document)
    return saved(document)


def changed_workbook(change: Callable[[Any], None], plan: Plan = PLAN) -> bytes:
    book = load_workbook(io.BytesIO(workbook_of(plan)))
    change(book)
    return saved(book)


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def line_of(document: Any, text: str) -> Any:
    return next(one for one in document.paragraphs if text in one.text)


def cell(book: Any, label: str, row: int, sheet: str = "Actions") -> Any:
    column = next(one.column for one in book[sheet][1] if one.value == label)
    return book[sheet].cell(row=row, column=column)


def test_a_document_goes_out_is_changed_and_comes_back_as_exactly_that_change(desk: Desk, sign_in: SignIn) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)
    assert "Bring in a file" in words(client.get(f"{HOME}draft/"))
    document = Document(io.BytesIO(client.get(f"{HOME}files/plan.docx?of=draft").content))
    line_of(document, "Title (en): Test the contact points").runs[1].text = "Test each contact point"
    address, page = looked(client, "plan.docx", saved(document))
    assert page.count('class="a-changes__one"') == 1
    assert "A2" in page
    assert re.search(r"<ins>.*each", page)
    assert "Nothing is saved yet." in page
    assert "Not understood" not in page
    assert draft.saves.count() == 1

    answer = client.post(address, form_of(page))
    assert answer.headers["Location"] == f"{HOME}draft/"
    assert held(draft) == replace(
        PLAN, actions=(A1, replace(A2, title=replace(A2.title, en="Test each contact point")))
    )
    save = draft.saves.first()
    assert (save.version, save.why, save.note) == (2, DraftSave.Why.FILE, "plan.docx")
    told = words(client.get(f"{HOME}draft/"))
    assert "The file is in the draft, as version 2." in told
    assert not HeldPlanFile.objects.exists()

    client.post(f"{HOME}draft/act", {"act": "undo", "seen": "2"})
    assert held(draft) == PLAN


def test_what_stands_beside_the_text_is_shown_and_left_out(desk: Desk, sign_in: SignIn) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)

    def change(document: Any) -> None:
        line = line_of(document, "Title (en): Test the contact points")
        for tag, piece, text in (("w:ins", "w:t", " twice"), ("w:del", "w:delText", " never")):
            tracked, run, words_of = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(piece)
            tracked.set(qn("w:author"), "A drafter (specimen)")
            words_of.text = text
            run.append(words_of)
            tracked.append(run)
            line._p.append(tracked)
        line.add_run("our fallback is December").font.hidden = True
        document.add_comment(line.runs, text="They <b>will not</b> accept this.", author="A person (specimen)")
        document.core_properties.last_modified_by = "A writer (specimen)"
        document.add_table(1, 1)

    address, page = looked(client, "plan.docx", changed_document(change))
    for expected in (
        "A person (specimen): They &lt;b&gt;will not&lt;/b&gt; accept this.",
        "our fallback is December",
        "A drafter (specimen):  never",
        "A writer (specimen)",
        "A table has no place in a plan and was left out.",
        "paragraph ",
    ):
        assert expected in page, expected
    form = form_of(page)
    refused = client.post(address, form)
    assert refused.status_code == 422
    assert "say that the draft keeps what it has there" in words(refused)
    assert draft.saves.count() == 1
    assert client.post(address, form | {"leaves_out": "yes"}).status_code == 302
    assert held(draft).actions[1].title.en == "Test the contact points twice"
    everything = b"".join(bytes(one.packed) for one in DraftSave.objects.all()) + json_of(held(draft))
    assert b"fallback" not in everything
    assert b"specimen" not in everything


def test_what_a_workbook_hides_or_calculates_is_told_with_its_cell_and_changes_nothing(
    desk: Desk, sign_in: SignIn
) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)

    def change(book: Any) -> None:
        sheet = book["Actions"]
        cell(book, "Title (en)", 2).value = "Not meant for anybody"
        sheet.row_dimensions[2].hidden = True
        cell(book, "Title (fr)", 3).value = "=1+1"
        cell(book, "Verb", 3).value = "must"
        cell(book, "Title (en)", 3).comment = Comment("Ask the minister.", "A person (specimen)")
        cell(book, "Code", 4).value = "A2"
        cell(book, "Title (en)", 4).value = "A second one"
        cell(book, "Due on", 3).value = "31/06/2026"
        book["Milestones"].merge_cells("A2:B2")

    address, page = looked(client, "plan.xlsx", changed_workbook(change))
    for expected in (
        "This row is hidden",
        "formulas are not evaluated",
        "This is no value of the field Verb.",
        "A person (specimen): Ask the minister.",
        "A2 stands at Actions!3 already.",
        "No calendar has the day 31/06/2026.",
        "Cells are merged",
        "Actions!2",
        "Milestones!A2:B2",
    ):
        assert expected in page, expected
    assert "Nothing: the file says what stands there already." in page
    assert "Take this into the draft" not in page
    assert client.post(address, form_of(page) | {"leaves_out": "yes"}).status_code == 422
    assert held(draft) == PLAN


@pytest.mark.parametrize(("order", "day"), [("day-first", date(2026, 7, 6)), ("month-first", date(2026, 6, 7))])
def test_a_day_with_two_readings_is_read_as_the_officer_says(
    desk: Desk, sign_in: SignIn, order: str, day: date
) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)

    def change(book: Any) -> None:
        cell(book, "Due on", 3).value = "06/07/2026"

    address, page = looked(client, "plan.xlsx", changed_workbook(change))
    assert "Days that can be read in two ways" in page
    assert "Mon 6 Jul 2026" in page
    assert "Sun 7 Jun 2026" in page
    assert "Nothing: the file says what stands there already." in page
    stale = form_of(page)
    assert client.post(address, {"act": "days", "days": order}).headers["Location"] == address
    page = words(client.get(address))
    assert page.count('class="a-changes__one"') == 1
    # The page of before shows no change: what it sends changes nothing either.
    assert client.post(address, stale | {"leaves_out": "yes"}).status_code == 422
    assert client.post(address, form_of(page)).status_code == 302
    assert held(draft).actions[1].due_on == day


def test_a_double_click_takes_it_once(desk: Desk, sign_in: SignIn) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)
    address, page = looked(client, "plan.json", json_of(replace(PLAN, title=said("Another title"))))
    form = form_of(page)
    for _click in range(2):
        assert client.post(address, form).headers["Location"] == f"{HOME}draft/"
    assert draft.saves.count() == 2
    assert "Nothing was done twice." in words(client.get(f"{HOME}draft/"))
    # A page that was opened twice is told that the file is gone, and the form is there for another.
    late = client.post(address, form | {"form": str(uuid4())})
    assert late.status_code == 422
    assert "The file is not held any more" in words(late)
    assert 'type="file"' in words(late)
    assert draft.saves.count() == 2


def test_where_a_colleague_saved_meanwhile_nothing_is_overwritten_and_the_file_stays(
    desk: Desk, sign_in: SignIn
) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)
    changed = replace(PLAN, actions=(A1, replace(A2, title=said("Test them all"))))
    address, page = looked(client, "plan.docx", document_of(changed))
    save_plan(desk.officers[Role.POLICY], draft, seen=1, plan=replace(PLAN, title=said("A colleague's title")))
    refused = client.post(address, form_of(page))
    page = words(refused)
    assert refused.status_code == 422
    assert "A colleague saved meanwhile." in page
    assert draft.saves.count() == 2
    # The page shows what the file would change now: the colleague's title, too.
    assert page.count('class="a-changes__one"') == 2
    assert client.post(address, form_of(page)).status_code == 302
    assert held(draft) == changed


def test_what_keeps_it_from_being_signed_is_told_before_it_is_taken(desk: Desk, sign_in: SignIn) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)
    changed = replace(PLAN, actions=(A1, replace(A2, depends_on=("A9",))), clocks=PLAN.clocks[:3])
    address, page = looked(client, "plan.xlsx", workbook_of(changed))
    problems = page[page.index('id="problems"') :]
    assert "<b>A2</b> No item has the code A9." in problems
    assert "<li>The clock table needs one row" in problems
    assert client.post(address, form_of(page)).status_code == 302
    assert held(draft) == changed


def test_cancelling_forgets_the_file_and_changes_nothing(desk: Desk, sign_in: SignIn) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)
    address, page = looked(client, "plan.json", json_of(replace(PLAN, title=said("Another title"))))
    assert client.post(address, form_of(page) | {"act": "cancel"}).headers["Location"] == f"{HOME}draft/"
    assert not HeldPlanFile.objects.exists()
    assert held(draft) == PLAN
    assert "not held any more" in words(client.get(address))


def test_a_file_is_held_for_its_officer_alone_one_at_a_time_and_for_a_day(desk: Desk, sign_in: SignIn) -> None:
    drafted(desk)
    client = policy(desk, sign_in)
    first, _page = looked(client, "plan.json", json_of(replace(PLAN, title=said("First"))))
    second, page = looked(client, "plan.json", json_of(replace(PLAN, title=said("Second"))))
    assert HeldPlanFile.objects.count() == 1
    assert "not held any more" in words(client.get(first))
    colleague = desk.again(Role.POLICY, "policy2")
    assert "Second" not in words(sign_in(colleague).get(second))
    assert "Second" in page
    HeldPlanFile.objects.update(at=timezone.now() - KEPT - timedelta(minutes=1))
    assert "not held any more" in words(client.get(second))
    assert forget_old_files() == 1


def test_without_a_draft_it_is_started_from_the_file(desk: Desk, sign_in: SignIn) -> None:
    client = policy(desk, sign_in)
    assert "Start from a file" in words(client.get(f"{HOME}draft/"))
    address, page = looked(client, "plan.xlsx", workbook_of(PLAN))
    assert "The draft is started from the file." in page
    assert client.post(address, form_of(page)).status_code == 302
    draft = PlanDraft.objects.get()
    assert (held(draft), draft.saves.first().why) == (PLAN, DraftSave.Why.FILE)


def test_without_a_draft_it_is_compared_with_what_both_signed(desk: Desk, sign_in: SignIn) -> None:
    signed(desk, PLAN)
    address, page = looked(policy(desk, sign_in), "plan.json", json_of(replace(PLAN, title=said("Another title"))))
    assert page.count('class="a-changes__one"') == 1
    assert "What is different from the signed revision" in page
    assert address.startswith(FORM)


def archived(base: bytes, **parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        for name, content in parts.items():
            new.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


ENTITY: Final = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.docx", b"", "The file is empty."),
        ("plan.pdf", b"%PDF-1.7", "A file of this kind is not read. Choose a file whose name ends in .docx, .xlsx"),
        ("plan.docx", b"%PDF-1.7", "is no document of this kind, or is damaged"),
        ("plan.xlsx", document_of(PLAN), "is a Word document, and its name says something else"),
        ("plan.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("plan.xlsx", OLE, "an older form of Word or Excel"),
        ("plan.docm", document_of(PLAN), "holds macros or programs"),
        ("plan.xlsm", workbook_of(PLAN), "holds macros or programs"),
        ("plan.docx", archived(document_of(PLAN), word__vbaProject_dot_bin=b"x"), "holds macros or programs"),
        ("plan.xlsx", archived(workbook_of(PLAN), docProps__custom_dot_xml=ENTITY), "document type or entities"),
        (
            "plan.xlsx",
            archived(workbook_of(PLAN), xl__worksheets__more_dot_xml=b"<a>" + b" " * (97 * 1024 * 1024) + b"</a>"),
            "grows too large when it is unpacked",
        ),
        ("plan.json", json_of(replace(PLAN, parties=("CA", "US"))), "The plan is between CA and US."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_read_is_refused_with_its_reason_and_the_form_stays(
    desk: Desk, sign_in: SignIn, name: str, content: bytes, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    drafted(desk)
    with caplog.at_level(logging.DEBUG):
        page = words(brought(policy(desk, sign_in), name, content, status=422))
    assert sentence in page
    assert '<a href="#file">File</a>' in page
    assert 'type="file"' in page
    assert not HeldPlanFile.objects.exists()
    assert "Contact points" not in caplog.text


def test_a_file_that_is_too_large_is_refused_before_it_is_opened(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(desk)
    client = policy(desk, sign_in)

    def opened(*_given: object, **_named: object) -> None:
        pytest.fail("it was opened")

    monkeypatch.setattr(archive.zipfile, "ZipFile", opened)
    for size in (archive.FILE_BYTES_MAX + 1, 51 * 1024 * 1024):
        page = words(brought(client, "plan.docx", b"PK\x03\x04" + b"\0" * size, status=422))
        assert "The file is larger than 16 MB." in page
        assert 'type="file"' in page


def test_a_form_without_a_file_and_one_of_another_site_are_refused(desk: Desk, sign_in: SignIn) -> None:
    drafted(desk)
    client = policy(desk, sign_in)
    assert "Word, Excel or JSON (.docx, .xlsx, .json), at most 16 MB." in words(client.get(FORM))
    answer = client.post(FORM, {})
    assert answer.status_code == 422
    assert "No file was chosen." in words(answer)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.officers[Role.POLICY])
    assert strict.post(FORM, {"file": SimpleUploadedFile("plan.json", json_of(PLAN))}).status_code == 403
    assert not HeldPlanFile.objects.exists()


@pytest.mark.parametrize("language", ["fr", "hi"])
def test_each_sentence_is_said_in_the_readers_language(desk: Desk, sign_in: SignIn, language: str) -> None:
    drafted(desk)
    client = policy(desk, sign_in)
    client.cookies["accord-language-ca"] = language

    def change(book: Any) -> None:
        cell(book, "Verb", 3).value = "must"
        cell(book, "Due on", 3).value = "06/07/2026"
        book["Actions"].row_dimensions[2].hidden = True
        book["Milestones"].sheet_state = "hidden"

    _address, page = looked(client, "plan.xlsx", changed_workbook(change))
    refused = [
        words(brought(client, name, content, status=422)) for name, content in (("a.docx", b""), ("a.xlsx", OLE))
    ]
    for one in (page, *refused):
        main = one[one.index("<main") : one.index("</main>")]
        assert '<span lang="en">' not in main
    assert "Not understood" not in page


def test_nothing_of_it_is_left_on_the_disk(desk: Desk, sign_in: SignIn, settings: Any, tmp_path: Path) -> None:
    settings.ACCORD_HOME = tmp_path
    drafted(desk)
    looked(policy(desk, sign_in), "plan.docx", document_of(replace(PLAN, title=said("Another title"))))
    assert list(tmp_path.rglob("*")) == []
