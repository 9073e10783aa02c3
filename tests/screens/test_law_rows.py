"""Counsel try facts on guarded records in a real browser, and take a row of a rule's table away."""

from pathlib import Path

import pytest

from accord.law.proposing import read_proposal
from tests.screens.conftest import DESKTOP, PHONE, Desks, violations


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_facts_are_tried_and_proposed_as_a_row(desks: Desks, tmp_path: Path, viewport: object) -> None:
    page = desks.open(path="/desk/law/try", viewport=viewport)  # type: ignore[arg-type] # a viewport of these two
    page.get_by_text("On which records it draws").click()
    page.get_by_label("ordinary files").uncheck()
    page.get_by_label("customs records").check()
    page.get_by_role("button", name="Ask the gate", exact=True).click()
    page.locator("#result").get_by_text("no ground for giving it is named").wait_for()
    assert page.locator("#row-rule").input_value() == "CA-10"
    page.locator("#row-name").fill("customs records without a ground")
    page.get_by_role("button", name="Show the row").click()
    assert "customs" in page.locator("#row-text").input_value()
    assert page.get_by_text("Run in the table, it says the same as here.").is_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take it as a file").click()
    file = tmp_path / "row.toml"
    taken.value.save_as(file)
    assert taken.value.suggested_filename == "CA-10-row.toml"
    assert read_proposal(file.read_bytes()).rows[0].fires == ("no-ground",)
