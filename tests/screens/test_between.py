"""Pages that stand in the middle of an act, or in its place: nothing is wrong on them in any language or theme."""

import pytest
from playwright.sync_api import Page, expect

from accord.node.settings import ACCORD_DESK_LANGUAGES
from tests.screens.conftest import Desks, violations_in_both_themes

LANGUAGES = [code for code, _name in ACCORD_DESK_LANGUAGES]
PATIENT = 20_000


def begun(page: Page, title: str) -> None:
    """Begins a case with a request, in whatever language the page speaks."""
    page.goto("/desk/cases/new")
    page.fill("#title", f"SPECIMEN: {title}")
    page.locator("main form[method=post] button").last.click()
    page.wait_for_url("**/drafts/**")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_a_page_that_refuses_or_asks_back(desks: Desks, language: str) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str, page: Page) -> None:
        assert page.locator("html").get_attribute("lang") == language, name
        found[name] = violations_in_both_themes(page)

    administrator = desks.open("CA", "administrator", "/desk/cases/", language=language)
    look("not permitted", administrator)
    page = desks.open("CA", "liaison", "/desk/cases/CA-2026-00000-00000/", language=language)
    look("not found", page)
    page.goto("/desk/cases/")
    page.locator("input[type=checkbox][name=case]").first.check()
    page.locator("button[name=act][value=take]").click()
    page.wait_for_url("**/assigned")
    look("assigned", page)
    begun(page, "in between")
    colleague = desks.open("CA", "duty", page.url, has_scripts=False)
    colleague.fill("#field-facts", "SPECIMEN. Theirs.")
    colleague.get_by_role("button", name="Save and check").click()
    page.fill("#field-facts", "SPECIMEN. Mine.")
    compare = page.locator("#save-state button[name=act]")
    expect(compare).to_be_visible(timeout=PATIENT)
    compare.click()
    page.wait_for_load_state()
    expect(page.locator(".a-both, input[type=radio]").first).to_be_visible()
    look("conflict", page)
    page.goto("/desk/cases/new")
    page.fill("#title", "SPECIMEN: typed before the end")
    page.context.clear_cookies()
    address = page.url
    page.context.add_cookies([{"name": "accord-language-ca", "value": language, "url": address.partition("/desk/")[0]}])
    page.locator("main form[method=post] button").last.click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("SPECIMEN: typed before the end")
    look("session ended", page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
