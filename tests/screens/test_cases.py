"""The list of cases and a case's page in a real browser: what only a browser shows."""

import secrets

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.screens.conftest import DESKTOP, PHONE, Desks, violations


def story_case(page: Page) -> str:
    """Opens the case of the story and returns its address."""
    page.goto("/desk/cases/?q=2933.39")
    page.locator(".a-queue__case a").first.click()
    page.wait_for_url("**/desk/cases/CA-**")
    return page.url


@pytest.mark.parametrize(
    ("viewport", "is_dark"), [(DESKTOP, True), (PHONE, False)], ids=["desktop dark", "phone light"]
)
def test_the_case_its_print_and_what_was_refused_are_accessible_and_fit(
    desks: Desks, viewport: ViewportSize, is_dark: bool
) -> None:
    page = desks.open("CA", "liaison", viewport=viewport, is_dark=is_dark)
    address = story_case(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = {"case": violations(page)}
    page.fill("#other", "no-such-case")
    page.fill("#link-reason", "SPECIMEN my words")
    page.locator("button[value=link]").click()
    expect(page.get_by_text("SPECIMEN my words")).to_be_visible()
    found["not done"] = violations(page)
    page.goto(f"{address}print")
    found["print"] = violations(page)
    page.goto("/desk/cases/?state=open&sort=changed&ticked=all")
    found["cases"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_new_arrivals_change_the_count_alone_and_ticks_are_kept(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/?state=open")
    page.locator(".a-check").nth(1).check()
    rows = page.locator("[data-row]").all_inner_texts()
    # As if a message had come after the list was shown: the count asks from the beginning of time.
    page.evaluate("document.querySelector('#news').setAttribute('hx-get', '/desk/news?cases=1')")
    page.evaluate("htmx.process(document.querySelector('#news'))")
    with page.expect_response(lambda answer: "/desk/news" in answer.url):
        page.evaluate("htmx.ajax('GET', '/desk/news?cases=1', {target: '#news', swap: 'innerHTML'})")
    expect(page.locator("#news")).to_contain_text("new message")
    assert page.locator("[data-row]").all_inner_texts() == rows
    expect(page.locator(".a-check").nth(1)).to_be_checked()


def test_a_case_stays_in_sight_and_a_note_written_twice_stands_once(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    story_case(page)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    expect(page.locator(".a-case-head h1")).to_be_in_viewport()
    page.fill("#note", "SPECIMEN written twice")
    page.get_by_role("button", name="Write the note").dblclick()
    page.wait_for_url("**#notes")
    page.go_back()
    page.goto(page.url.partition("#")[0])
    expect(page.locator(".a-casenote", has_text="SPECIMEN written twice")).to_have_count(1)


def test_two_tabs_and_the_second_learns_what_changed(desks: Desks) -> None:
    first = desks.open("CA", "liaison", has_scripts=False)
    address = story_case(first)
    second = first.context.new_page()
    second.goto(address)
    first.fill("#note", "SPECIMEN from the first tab")
    first.get_by_role("button", name="Write the note").click()
    second.locator("summary", has_text="Close it").click()
    second.get_by_role("button", name="Close the case").click()
    expect(second.locator(".govuk-error-summary")).to_contain_text("The case changed after you opened its page.")
    second.get_by_role("link", name="Open the case as it stands now").click()
    expect(second.get_by_text("SPECIMEN from the first tab")).to_be_visible()


def test_a_list_is_kept_shared_removed_and_taken_back(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/?q=SPECIMEN&sort=changed")
    page.get_by_text("Keep this list under a name").click()
    page.fill("#view-name", "Specimens")
    page.get_by_role("button", name="Keep the list").click()
    expect(page.locator("h1")).to_contain_text("Specimens")
    page.get_by_role("button", name="Remove this list").click()
    page.get_by_role("button", name="Take the removal back").click()
    expect(page.locator("h1")).to_contain_text("Specimens")
    assert violations(page) == []


LONG = {"one letter": "X" * 200, "Hindi": "अनुच्छेदप्रतिनिधित्व" * 10, "French": "anticonstitutionnellement" * 8}


@pytest.mark.parametrize("word", LONG.values(), ids=list(LONG))
def test_a_title_without_a_blank_pushes_nothing_out_of_sight(desks: Desks, word: str) -> None:
    mark = secrets.token_hex(4)
    body: dict[str, object] = {"peer": "IN", "theme": "precursors", "title": f"{mark} {word}"[:200]}
    case = desks.nodes["CA"].call("POST", "/cases", as_="liaison", expect=201, body=body)
    for viewport in (DESKTOP, PHONE):
        page = desks.open("CA", "liaison", f"/desk/cases/?q={mark}", viewport=viewport)
        expect(page.locator("tr[data-row]")).to_have_count(1)
        _lies_within(page.locator("tr[data-row] > *"), viewport)
        page.goto(f"/desk/cases/{case['own_ref']}/")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        _lies_within(page.locator("h1, h2"), viewport)


def _lies_within(found: Locator, viewport: ViewportSize) -> None:
    for box in (one.bounding_box() for one in found.all() if one.is_visible()):
        assert box is not None
        assert box["x"] + box["width"] <= viewport["width"]
