"""What hides or reorders characters, and what changes under an approver's eyes, in a real browser."""

from pathlib import Path

from playwright.sync_api import expect

from tests.screens.conftest import Desks
from tests.screens.gallery import places

OVERRIDE = "\u202e"
ZERO_WIDTH = "\u200b"
PATIENT = 20_000


def test_a_character_that_hides_is_refused_by_name_and_the_words_stay(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new")
    page.fill("#title", "SPECIMEN: hidden")
    page.get_by_role("button", name="Begin writing").click()
    page.wait_for_url("**/drafts/**")
    for sign in (OVERRIDE, ZERO_WIDTH):
        page.fill("#field-facts", f"SPECIMEN. A{sign}B")
        expect(page.locator("#save-state")).to_contain_text("not saved", timeout=PATIENT)
        expect(page.locator("#field-facts")).to_have_value(f"SPECIMEN. A{sign}B")
    page.fill("#field-facts", "SPECIMEN. AB")
    expect(page.locator("#save-state")).to_contain_text("Saved", timeout=PATIENT)


def test_a_file_whose_name_hides_its_kind_is_not_taken(desks: Desks, tmp_path: Path) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new")
    page.fill("#title", "SPECIMEN: hostile name")
    page.get_by_role("button", name="Begin writing").click()
    page.wait_for_url("**/drafts/**")
    page.get_by_role("button", name="Save, then add or remove files").click()
    page.wait_for_url("**/files")
    hostile = tmp_path / f"invoice{OVERRIDE}fdp.exe"
    hostile.write_bytes(b"MZ" + bytes(64))
    page.locator("input[type=file]").first.set_input_files(hostile)
    page.locator("main form:has(input[type=file]) button").first.click()
    expect(page.locator("main [role=alert]").first).to_be_visible(timeout=PATIENT)
    page.reload()
    expect(page.locator("main")).not_to_contain_text("fdp.exe")


def test_what_changed_while_an_approver_read_is_not_approved(desks: Desks) -> None:
    approval = places(desks.nodes)["approval"]
    approver = desks.open("CA", "releasing", f"/desk/approvals/{approval}/")
    author = desks.open("CA", "liaison", f"/desk/drafts/{approval}/", has_scripts=False)
    author.fill("#field-facts", "SPECIMEN. Another text.")
    author.get_by_role("button", name="Save the change and check").click()
    approver.locator("button[name=act][value=approve]").click()
    expect(approver.locator("main")).to_contain_text("Another text", timeout=PATIENT)
    expect(approver.locator("button[name=act][value=approve]")).to_have_count(0)
