"""Every page of the desk in a real browser, and the main acts by mouse, by keyboard, and without scripts."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.screens.conftest import DESKTOP, PHONE, Desks, violations

NARROW = ViewportSize(width=320, height=640)
PAGES = ("/desk/", "/desk/cases/", "/desk/cases/new", "/desk/channel/", "/desk/law/", "/desk/help/", "/desk/me/")
LOOKS = [(DESKTOP, False), (PHONE, True)]


def story_case(page: Page) -> str:
    """Opens the case of the story and returns its address."""
    page.goto("/desk/cases/?q=2933.39")
    # Other tests begin cases of this title; the story's is the one that was changed before them all.
    page.locator(".a-queue__case a").last.click()
    page.wait_for_url("**/desk/cases/CA-**")
    return page.url


@pytest.mark.parametrize(("viewport", "is_dark"), LOOKS, ids=["desktop light", "phone dark"])
def test_every_page_is_accessible_and_fits(desks: Desks, viewport: ViewportSize, is_dark: bool) -> None:
    page = desks.open("CA", "liaison", viewport=viewport, is_dark=is_dark)
    story_case(page)
    found = {page.url: violations(page)}
    page.get_by_role("link", name="Show the proof").first.click()
    found[page.url] = violations(page)
    for address in PAGES:
        page.goto(address)
        found[address] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_at_320_pixels_nothing_is_cut_off(desks: Desks) -> None:
    page = desks.open("CA", "liaison", viewport=NARROW)
    story_case(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_proof_of_the_story_holds_and_can_be_taken_along(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    story_case(page)
    page.get_by_role("link", name="Show the proof").first.click()
    expect(page.locator(".a-verdict--good")).to_be_visible()
    expect(page.locator(".a-claim")).to_have_count(5)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the proof").click()
    assert download.value.suggested_filename.endswith(".accord-evidence")


def test_a_draft_is_kept_while_one_writes_and_the_gate_answers(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new")
    page.fill("#title", "SPECIMEN: kept while one writes")
    page.get_by_role("button", name="Begin writing").click()
    page.wait_for_url("**/desk/drafts/**")
    with page.expect_response(lambda answer: "/drafts/" in answer.url and answer.request.method == "POST"):
        page.locator("#field-facts").press_sequentially("SPECIMEN. A drum without papers.")
    expect(page.locator("#gate")).to_contain_text("A drum without papers")
    expect(page.locator("#gate .a-verdict--bad")).to_be_visible()
    page.goto(page.url)
    expect(page.locator("#field-facts")).to_have_value("SPECIMEN. A drum without papers.")
    assert violations(page) == []


def test_without_scripts_a_draft_is_begun_saved_and_checked(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new", has_scripts=False)
    page.fill("#title", "SPECIMEN: without scripts")
    page.get_by_role("button", name="Begin writing").click()
    page.fill("#field-facts", "SPECIMEN. No scripts.")
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("#gate")).to_contain_text("No scripts")
    page.get_by_role("button", name="Add: Substances").click()
    expect(page.locator("[name='substances.0.name']")).to_be_visible()


def test_two_tabs_and_nothing_is_overwritten(desks: Desks) -> None:
    first = desks.open("CA", "liaison", "/desk/cases/new", has_scripts=False)
    first.fill("#title", "SPECIMEN: two tabs")
    first.get_by_role("button", name="Begin writing").click()
    second = first.context.new_page()
    second.goto(first.url)
    first.fill("#field-facts", "SPECIMEN first")
    first.get_by_role("button", name="Save and check").click()
    second.fill("#field-facts", "SPECIMEN second")
    second.get_by_role("button", name="Save and check").click()
    expect(second.locator("h1")).to_have_text("You saved meanwhile in another window")
    second.get_by_role("button", name="Keep mine in every field").click()
    expect(second.locator("#field-facts")).to_have_value("SPECIMEN second")


def test_words_survive_a_session_that_ended(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new", has_scripts=False)
    page.fill("#title", "SPECIMEN: lost session")
    page.get_by_role("button", name="Begin writing").click()
    page.fill("#field-facts", "SPECIMEN kept in the page")
    session = [cookie for cookie in page.context.cookies() if "session" in cookie["name"]]
    page.context.clear_cookies(name=session[0]["name"])
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("h1")).to_have_text("Your session has ended")
    expect(page.get_by_text("SPECIMEN kept in the page")).to_be_visible()


def test_a_double_click_begins_one_case(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new")
    page.fill("#title", "SPECIMEN: clicked twice")
    page.get_by_role("button", name="Begin writing").dblclick()
    page.wait_for_url("**/desk/drafts/**")
    page.goto("/desk/cases/?q=clicked+twice")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_the_second_officer_and_the_administrator_have_their_own_desks(desks: Desks) -> None:
    page = desks.open("CA", "releasing", "/desk/approvals/")
    assert violations(page) == []
    page = desks.open("CA", "administrator", "/desk/administration/")
    assert violations(page) == []
    page.goto("/desk/cases/")
    expect(page.locator("h1")).to_have_text("This page is not open to you")


def test_sign_in_is_accessible_and_says_little(desks: Desks) -> None:
    page = desks.open("IN", None, "/account/login/")
    assert violations(page) == []
    page.fill("input[name=login]", "liaison")
    page.fill("input[name=password]", "wrong-password-of-nobody")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("not correct")
    expect(page.get_by_text("sign up", exact=False)).to_have_count(0)


def test_sign_in_offers_a_passkey(desks: Desks) -> None:
    page = desks.open("CA", None, "/account/login/")
    with page.expect_request(lambda request: "webauthn" in request.url):
        page.get_by_role("button", name="Sign in with a passkey").click()
    assert violations(page) == []
