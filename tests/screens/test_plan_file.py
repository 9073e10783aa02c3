"""A workplan comes as a file in a real browser: looked at, read in another order of day and month, taken, undone."""

import io
import re
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.screens.conftest import PHONE, Desks, violations


def changed(page: Page) -> bytes:
    """The workbook of the draft, in which a colleague wrote a day and a title, and hid a row."""
    address = "/desk/plan/IN/files/plan.xlsx?of=draft"
    book: Any = load_workbook(io.BytesIO(page.request.get(address).body()))
    sheet = book["Actions"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(row=2, column=columns["Title (en)"]).value = "A title from the file (specimen)"
    sheet.cell(row=2, column=columns["Due on"]).value = "06/07/2027"
    sheet.row_dimensions[3].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def drafting(page: Page) -> None:
    """Begins the draft where the story left none."""
    page.goto("/desk/plan/IN/draft/")
    start = page.locator("button[name=how]").first
    if start.count():
        start.click()
    page.goto("/desk/plan/IN/draft/file")


def brought(page: Page, name: str, content: bytes) -> None:
    kind = "application/octet-stream"
    page.set_input_files("#file", [{"name": name, "mimeType": kind, "buffer": content}])
    page.locator("main form button").first.click()


def test_a_file_is_looked_at_taken_and_undone(desks: Desks) -> None:
    page = desks.open(role="policy", path="/desk/plan/")
    drafting(page)
    brought(page, "plan.docm", b"PK")
    expect(page.locator(".govuk-error-summary")).to_contain_text("macros or programs")
    assert violations(page) == []
    brought(page, "plan.xlsx", changed(page))
    expect(page.locator("h1")).to_have_text("What the file would change")
    expect(page.locator("main")).to_contain_text("This row is hidden")
    assert violations(page) == []
    page.locator("input[value=day-first]").check()
    page.locator("button[value=days]").click()
    expect(page.locator("main ins").filter(has_text="6 Jul 2027").first).to_be_visible()
    address = page.url
    for language, is_dark in (("fr", False), ("hi", False), ("en", True)):
        page.context.add_cookies([{"name": "accord-language-ca", "value": language, "url": desks.base("CA")}])
        page.emulate_media(color_scheme="dark" if is_dark else "light")
        page.goto(address)
        assert violations(page) == [], language
    page.locator("button[value=take]").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"The file is in the draft, as version \d+"))
    page.locator("button[value=undo]").first.click()
    expect(page.locator("main")).to_contain_text("The earlier version is back.")


def test_on_a_phone_and_without_scripts_it_is_whole(desks: Desks) -> None:
    page = desks.open(role="policy", path="/desk/plan/", viewport=PHONE, has_scripts=False)
    drafting(page)
    brought(page, "plan.xlsx", changed(page))
    expect(page.locator("button[value=take]")).to_be_visible()
    sideways = page.locator("html").evaluate("one => one.scrollWidth - one.clientWidth")
    assert sideways == 0
    page.locator("button[value=cancel]").click()
    expect(page.locator("main")).to_contain_text("The file is forgotten.")
