"""The desk's list in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import DESKTOP, PHONE, Desks, violations


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_the_desk_is_accessible_and_fits(desks: Desks, viewport: dict[str, int], is_dark: bool) -> None:
    page = desks.open("CA", "liaison", viewport=viewport, is_dark=is_dark)  # type: ignore[arg-type]
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_header_shows_both_capitals_and_the_line(desks: Desks) -> None:
    page = desks.open("IN", "duty")
    expect(page.locator(".a-capitals li")).to_have_count(2)
    expect(page.locator(".a-capitals")).to_contain_text("New Delhi")
    expect(page.locator(".a-line")).to_contain_text("Canada")


def test_a_count_is_a_filter_in_the_address(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    page.get_by_role("link", name="Waiting on them").click()
    assert page.url.endswith("?show=waiting-on-them")
    page.get_by_role("link", name="remove this filter").click()
    assert page.url.endswith("/desk/")


def test_keys_move_through_the_rows(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    page.keyboard.press("j")
    page.keyboard.press("j")
    first = page.locator("[data-row]").nth(1).locator("a").first
    expect(first).to_be_focused()


def test_without_a_session_every_page_leads_to_sign_in(desks: Desks) -> None:
    page = desks.open("CA", None, "/desk/")
    assert "/account/login/" in page.url
