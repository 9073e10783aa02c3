"""The duty roster in a real browser: kept by the policy lead, read by the duty officer, handed over, on paper."""

import re

from playwright.sync_api import Page, expect

from tests.screens.conftest import PHONE, Desks, violations


def pressed(page: Page, act: str) -> None:
    page.locator(f"button[name=act][value={act}]").first.click()


def added(page: Page, officer: str, begins: str, ends: str) -> None:
    page.select_option("#officer", officer)
    page.fill("#begins", begins)
    page.fill("#ends", ends)
    pressed(page, "add")


def kept(desks: Desks) -> str:
    """Keeps a roster with a gap each evening, and who is called; returns the address of its post."""
    page = desks.open(role="policy", path="/desk/roster/posts/")
    page.fill("#name", "Capital desk (specimen)")
    pressed(page, "open")
    expect(page.locator("h1")).to_have_text("Capital desk (specimen)")
    address = page.url
    added(page, "duty", "08:00", "20:00")
    added(page, "liaison", "21:30", "08:00")
    expect(page.locator("table tbody tr")).to_have_count(2)
    page.goto("/desk/roster/calls/")
    page.select_option("#rank", "duty")
    page.select_option("#officer", "duty")
    page.fill("#telephone", "+1 613 555 0100")
    pressed(page, "add")
    expect(page.locator("table").first).to_contain_text("+1 613 555 0100")
    return address


def test_a_roster_is_kept_read_and_handed_over(desks: Desks) -> None:
    post = kept(desks)
    page = desks.open(role="duty", path="/desk/roster/")
    gaps = page.locator("section", has=page.locator("#gaps"))
    expect(gaps).to_contain_text(re.compile("20:00 to 21:30 in Ottawa"))
    expect(page.locator("svg.r-bar")).to_have_count(7)
    assert violations(page) == []

    page.goto("/desk/roster/watches/")
    page.locator("summary", has_text="Ask a colleague").first.click()
    page.locator("details[open] button[value=ask]").click()
    expect(page.locator("main")).to_contain_text("asked:")
    assert violations(page) == []

    page.goto("/desk/roster/handovers/new")
    page.select_option("#incoming", "liaison")
    page.fill("#remarks", "The port calls back (specimen).")
    pressed(page, "sign")
    expect(page.locator("h1")).to_contain_text("Handover note")
    note = page.url
    colleague = desks.open(role="liaison", path="/desk/roster/")
    expect(colleague.locator("main")).to_contain_text("1 handover note waits for your signature.")
    colleague.goto(note)
    expect(colleague.locator("main")).to_contain_text("The port calls back (specimen).")
    assert violations(colleague) == []
    pressed(colleague, "take")
    expect(colleague.locator("button[value=take]")).to_have_count(0)

    for language, is_dark in (("en", True), ("fr", False), ("hi", False)):
        looked = desks.open(role="policy", path="/desk/roster/", language=language, is_dark=is_dark)
        for address in ("/desk/roster/?view=month", post, "/desk/roster/calls/"):
            looked.goto(address)
            assert violations(looked) == [], (language, address)


def test_on_a_phone_and_without_scripts_the_roster_is_whole(desks: Desks) -> None:
    kept(desks)
    page = desks.open(role="duty", path="/desk/roster/", viewport=PHONE, has_scripts=False)
    expect(page.locator("#gaps")).to_be_visible()
    sideways = page.locator("html").evaluate("one => one.scrollWidth - one.clientWidth")
    assert sideways == 0


def test_the_telephone_list_on_paper_has_numbers_and_no_forms(desks: Desks) -> None:
    kept(desks)
    page = desks.open(role="policy", path="/desk/roster/calls/")
    page.emulate_media(media="print")
    expect(page.locator("table").first).to_contain_text("+1 613 555 0100")
    expect(page.locator("#telephone")).to_be_hidden()
    expect(page.locator(".r-parts")).to_be_hidden()
    expect(page.locator("button[value=remove]").first).to_be_hidden()


def test_a_secret_address_is_shown_once_and_read_without_a_session(desks: Desks) -> None:
    kept(desks)
    page = desks.open(role="duty", path="/desk/roster/calendars/")
    pressed(page, "make")
    address = page.locator("code.r-secret").inner_text()
    assert violations(page) == []
    outside = desks.browser.new_context(base_url=desks.base("CA"))
    desks.contexts.append(outside)
    answer = outside.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert "SUMMARY:Duty" in answer.text()
    page.reload()
    page.goto("/desk/roster/calendars/")
    expect(page.locator("code.r-secret")).to_have_count(0)
