"""Writing in a real browser: each save is told, and no word is lost, whatever the line or the session does."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.screens.conftest import DESKTOP, PHONE, Desks, violations

NARROW = ViewportSize(width=320, height=640)
SAVED = re.compile(r"Saved \d\d:\d\d:\d\d")
PATIENT = 15_000


def begun(desks: Desks, title: str, **how: object) -> Page:
    """A new draft, open in the browser of the liaison officer."""
    page = desks.open("CA", "liaison", "/desk/cases/new", **how)  # type: ignore[arg-type]
    page.fill("#title", f"SPECIMEN: {title}")
    page.get_by_role("button", name="Begin writing").click()
    page.wait_for_url("**/drafts/**")
    return page


def test_each_save_is_said_and_a_refused_field_is_named_while_the_rest_is_kept(desks: Desks) -> None:
    page = begun(desks, "said")
    page.fill("#field-facts", "SPECIMEN. Kept.")
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=PATIENT)
    page.fill("#field-retention_until", "2020-01-01")
    expect(page.locator("#save-state")).to_contain_text("1 field is not saved", timeout=PATIENT)
    expect(page.locator("#save-state a")).to_have_text("They may keep it until")
    expect(page.locator("#field-retention_until")).to_have_value("2020-01-01")
    assert violations(page) == []
    page.get_by_role("button", name="Ask a colleague to approve").click()
    expect(page.get_by_role("alert")).to_contain_text("They may keep it until")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Kept.")
    assert violations(page) == []


def test_what_is_too_long_is_counted_is_never_said_to_be_saved_and_outlives_a_reload(desks: Desks) -> None:
    page = begun(desks, "too long")
    page.fill("#field-facts", "SPECIMEN " + "x" * 29_991)
    expect(page.locator("#field-facts + .a-counted")).to_contain_text("30,000 of 20,000 characters", timeout=PATIENT)
    expect(page.locator("#save-state")).to_contain_text("What happened: 30,000 characters, and at most 20,000 fit")
    expect(page.locator("#save-state .a-saved--good")).to_have_count(0)
    page.goto(page.url)
    expect(page.locator("#unsaved")).to_contain_text("Words of yours are not saved.")
    assert len(page.input_value("#field-facts")) == 30_000
    page.fill("#field-facts", "SPECIMEN. Short.")
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=PATIENT)
    page.goto(page.url)
    expect(page.locator("#unsaved")).to_have_count(0)


def test_a_submitted_draft_is_saved_without_being_asked_whether_to_leave(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/")
    page.get_by_role("button", name="Start the walk").click()
    page.wait_for_url("**/drafts/**")
    address = page.url
    # The one thing that the specimen draft of the walk lacks.
    page.locator("#field-accuracy-statement").fill("SPECIMEN. Read from the declaration.")
    page.locator("#field-accuracy-as_of").fill(page.evaluate("new Date().toISOString().slice(0, 10)"))
    expect(page.locator("#gate")).to_contain_text("Nothing but a second officer", timeout=PATIENT)
    page.get_by_role("button", name="Ask a colleague to approve").click()
    page.wait_for_url("**/cases/**")
    page.goto("/desk/approvals/")
    page.evaluate("document.querySelector('.a-queue__case a').textContent = 'x'.repeat(200)")
    step = page.locator("tbody tr").first.locator("td").last.bounding_box()
    assert step is not None
    assert step["x"] + step["width"] <= DESKTOP["width"]
    page.goto(address)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill("#field-facts", "SPECIMEN. Changed.")
    page.get_by_role("button", name="Save the change and check").click()
    expect(page.locator("main")).to_contain_text("Saved.")
    assert asked == []


def test_a_cure_leads_to_its_field_even_where_it_is_folded_away(desks: Desks) -> None:
    page = begun(desks, "cure")
    page.locator("#gate .a-reason__links a").first.click()
    target = page.evaluate("location.hash.slice(1)")
    expect(page.locator(f"#{target}")).to_be_focused()
    expect(page.locator(f"#{target}")).to_be_in_viewport()


def test_rare_fields_come_when_they_are_unfolded_and_are_saved_like_the_others(desks: Desks) -> None:
    page = begun(desks, "unfolded")
    rare = page.locator("#field-own-minister_consent")
    expect(rare).to_have_count(0)
    page.locator("#further-own > summary").focus()
    page.keyboard.press("Enter")
    rare.fill("SPECIMEN letter 4")
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=PATIENT)
    expect(page.locator("[data-later]")).to_have_count(0)
    assert violations(page) == []
    page.goto(page.url)
    expect(rare).to_have_value("SPECIMEN letter 4")


def test_a_link_to_a_rare_field_fetches_it_and_leads_to_it(desks: Desks) -> None:
    page = begun(desks, "led to")
    rare = page.locator("#field-own-minister_consent")
    page.evaluate("location.hash = '#field-own-minister_consent'")
    expect(rare).to_be_focused()
    page.goto("/desk/")
    page.go_back()
    page.reload()
    expect(rare).to_be_focused()
    expect(rare).to_have_count(1)


def test_without_scripts_rare_fields_are_shown_after_a_save(desks: Desks) -> None:
    page = begun(desks, "by hand", has_scripts=False)
    page.fill("#field-facts", "SPECIMEN. Kept.")
    page.locator("#further-own > summary").click()
    page.get_by_role("button", name="Save, then show them").click()
    expect(page.locator("#field-own-minister_consent")).to_be_visible()
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Kept.")


def test_a_sign_in_in_a_second_tab_costs_no_word(desks: Desks) -> None:
    page = begun(desks, "second tab")
    second = page.context.new_page()
    page.context.clear_cookies(name=re.compile("session"))
    second.goto("/account/login/")
    account = desks.nodes["CA"].accounts["liaison"]
    second.fill("input[name=login]", account["username"])
    second.fill("input[name=password]", account["password"])
    second.locator("main form button[type=submit]").first.click()
    second.wait_for_url("**/desk/**")
    page.fill("#field-facts", "SPECIMEN. Written across a sign-in.")
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=PATIENT)
    page.goto(page.url)
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Written across a sign-in.")


def test_an_ended_session_is_said_and_the_words_stay_on_the_page(desks: Desks) -> None:
    page = begun(desks, "ended")
    page.context.clear_cookies(name=re.compile("session"))
    page.fill("#field-facts", "SPECIMEN. Still here.")
    expect(page.locator("#save-state")).to_contain_text("Your session has ended", timeout=PATIENT)
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Still here.")


def test_on_a_slow_line_words_written_meanwhile_are_saved_too(desks: Desks) -> None:
    page = begun(desks, "slow")

    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 2_500, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    page.fill("#field-facts", "SPECIMEN. First.")
    expect(page.locator("#save-state")).to_contain_text("Saving", timeout=PATIENT)
    page.fill("#field-specification", "SPECIMEN. Second.")
    expect(page.locator("#save-state")).to_contain_text("version 3", timeout=PATIENT)
    page.goto(page.url)
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. First.")
    expect(page.locator("#field-specification")).to_have_value("SPECIMEN. Second.")


def test_without_a_network_nothing_is_lost_and_it_is_saved_when_it_is_back(desks: Desks) -> None:
    page = begun(desks, "offline")
    page.context.set_offline(True)
    page.fill("#field-facts", "SPECIMEN. Offline.")
    expect(page.locator("#save-state")).to_contain_text("Not saved", timeout=PATIENT)
    page.get_by_role("button", name="Ask a colleague to approve").click()
    expect(page.locator("#save-state")).to_contain_text("Not saved", timeout=PATIENT)
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Offline.")
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=PATIENT)


def test_the_back_button_shows_what_is_stored_and_makes_no_conflict(desks: Desks) -> None:
    page = begun(desks, "back")
    page.fill("#field-facts", "SPECIMEN. Before.")
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=PATIENT)
    page.locator(".a-trail a").last.click()
    page.wait_for_url("**/desk/cases/**")
    page.go_back()
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Before.")
    page.fill("#field-facts", "SPECIMEN. After.")
    expect(page.locator("#save-state")).to_contain_text(re.compile("Saved .*version 3"), timeout=PATIENT)


@pytest.mark.parametrize(("viewport", "is_dark"), [(DESKTOP, False), (NARROW, True)], ids=["light", "narrow dark"])
def test_two_officers_in_one_draft_choose_field_by_field(desks: Desks, viewport: ViewportSize, is_dark: bool) -> None:
    page = begun(desks, "both", viewport=viewport, is_dark=is_dark)
    other = desks.open("CA", "duty", page.url, has_scripts=False)
    other.fill("#field-facts", "SPECIMEN. Theirs.")
    other.get_by_role("button", name="Save and check").click()
    page.fill("#field-facts", "SPECIMEN. Mine.")
    expect(page.locator("#save-state")).to_contain_text("saved this draft meanwhile", timeout=PATIENT)
    page.get_by_role("button", name="Compare the two texts").click()
    expect(page.locator("h1")).to_have_text("A colleague saved meanwhile")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.get_by_label("Both together, as written here").check()
    page.get_by_role("button", name="Save what is chosen").click()
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Theirs.\nSPECIMEN. Mine.")


def test_a_refused_file_looks_refused_and_leaves_nothing_begun(desks: Desks, tmp_path: Path) -> None:
    page = begun(desks, "refused file")
    page.get_by_role("button", name="Save, then add or remove files").click()
    page.wait_for_url("**/files")
    file = tmp_path / "invoice.pdf"
    file.write_bytes(b"SPECIMEN no pdf")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Attach the file").click()
    expect(page.get_by_role("alert")).to_contain_text("Not attached: invoice.pdf", timeout=PATIENT)
    expect(page.get_by_role("alert")).to_be_focused()
    assert violations(page) == []
    page.reload()
    expect(page.get_by_text("Begun and not complete")).to_have_count(0)


def test_a_file_goes_on_by_itself_where_the_line_broke(desks: Desks, tmp_path: Path) -> None:
    page = begun(desks, "parts")
    page.get_by_role("button", name="Save, then add or remove files").click()
    page.wait_for_url("**/files")
    file = tmp_path / "long.txt"
    file.write_bytes(b"SPECIMEN line\n" * 180_000)
    broken: list[str] = []

    def break_once(route: Route) -> None:
        if "/parts/1048576" in route.request.url and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/desk/uploads/**", break_once)
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Attach the file").click()
    expect(page.locator(".a-files").first).to_contain_text("long.txt", timeout=2 * PATIENT)
    assert broken
    assert violations(page) == []
    page.get_by_role("button", name="Take off").click()
    expect(page.get_by_text("No file is attached.")).to_be_visible()


def test_a_refused_file_is_told_in_words_beside_the_button(desks: Desks, tmp_path: Path) -> None:
    page = begun(desks, "refused")
    page.get_by_role("button", name="Save, then add or remove files").click()
    page.wait_for_url("**/files")
    file = tmp_path / "drawing.pdf"
    file.write_bytes(b"SPECIMEN: no PDF")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Attach the file").click()
    expect(page.get_by_role("alert")).to_contain_text("attachment.content-mismatch", timeout=PATIENT)


def test_without_scripts_a_file_is_attached_and_a_draft_discarded(desks: Desks, tmp_path: Path) -> None:
    page = begun(desks, "no scripts", viewport=PHONE, has_scripts=False)
    page.fill("#field-facts", "SPECIMEN. Kept while files are added.")
    page.get_by_role("button", name="Save, then add or remove files").click()
    file = tmp_path / "note.txt"
    file.write_bytes(b"SPECIMEN\n")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Attach the file").click()
    expect(page.locator(".a-files").first).to_contain_text("note.txt")
    page.get_by_role("link", name="Back to the draft").click()
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. Kept while files are added.")
    page.get_by_role("link", name="Discard this draft").click()
    expect(page.locator("main")).to_contain_text("1 file")
    page.fill("#why", "SPECIMEN: settled by telephone")
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.locator("main")).to_contain_text("The draft is discarded")


@pytest.mark.parametrize(("viewport", "is_dark"), [(DESKTOP, True), (NARROW, False)], ids=["dark", "narrow"])
def test_the_pages_of_a_draft_are_accessible_and_fit(desks: Desks, viewport: ViewportSize, is_dark: bool) -> None:
    page = begun(desks, "fits", viewport=viewport, is_dark=is_dark)
    draft = page.url
    found = {}
    for address in (draft, f"{draft}files", f"{draft}discard", "/desk/cases/new"):
        page.goto(address)
        found[address] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
    assert {address: wrong for address, wrong in found.items() if wrong} == {}
