"""The agreement's pages in a real browser: what two wrote in one field, and the brief on one sheet of paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from accord.node.settings import ACCORD_DESK_LANGUAGES
from tests.screens.conftest import Desks, violations
from tests.screens.gallery import places

LANGUAGES = [code for code, _name in ACCORD_DESK_LANGUAGES]
ITEM = "/desk/plan/IN/draft/items/A5/"


def said(page: Page, words: str) -> None:
    page.fill("[name='title.en']", words)
    page.locator("form.a-plan-form button.govuk-button").last.click()
    page.wait_for_load_state()


@pytest.fixture(scope="module")
def known(running: dict[str, object]) -> dict[str, str]:
    """What stands in the addresses; the draft of the plan with it."""
    return places(running)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_two_wrote_in_one_field_is_chosen_and_saved(desks: Desks, known: dict[str, str], language: str) -> None:
    assert known["offered"]
    ours = desks.open(role="policy", path=ITEM, language=language)
    theirs = desks.open(role="policy", path=ITEM)
    said(theirs, f"Stored meanwhile, {language} (specimen)")
    said(ours, f"Written here, {language} (specimen)")
    expect(ours.locator(".a-conflict")).to_contain_text(f"Stored meanwhile, {language} (specimen)")
    assert ours.locator("html").get_attribute("lang") == language
    assert violations(ours) == []
    ours.locator(".a-conflict input[value=ours]").check()
    ours.locator("main form button.govuk-button").last.click()
    ours.goto(ITEM)
    expect(ours.locator("[name='title.en']")).to_have_value(f"Written here, {language} (specimen)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_brief_is_one_sheet_of_paper(desks: Desks, language: str) -> None:
    page = desks.open(role="policy", path=f"/desk/plan/IN/brief?in={language}", language=language)
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert len(sheets) == 1
