"""The guided walk by keyboard alone, at both desks: from the specimen draft to the proof that is verified offline.

Nothing is clicked: every act is reached with Tab and done with Enter, and what has focus is always visible.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from accord.cli.demo.nodes import run_accord
from tests.screens.conftest import DESKTOP, Desks, violations

TABS_MAX = 400
"""Presses of Tab after which a thing counts as out of reach."""

FOCUSED = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const name = (one.getAttribute("aria-label") || one.innerText || one.value || "").replace(/\\s+/g, " ").trim();
  return { name, id: one.id, isCovered: !(top && (one.contains(top) || top.contains(one))) };
}"""


def arrive(page: Page, place: str) -> None:
    """Waits until the page's own address, not one that it leads to later, holds a place."""
    page.wait_for_url(lambda url: place in urlsplit(url).path)


def reach(page: Page, name: str = "", *, id_: str = "") -> None:
    """Presses Tab until the thing with this name or id has focus; fails where anything focused was covered."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        assert not found["isCovered"], f"{found} has focus and is covered"
        if (id_ and found["id"] == id_) or (name and re.match(name, found["name"])):
            return
    raise AssertionError(f"{name or id_} is out of reach of the keyboard on {page.url}")


def press(page: Page, name: str) -> None:
    """Reaches a button or link from the beginning of the page and presses Enter; waits for the page it leads to."""
    page.wait_for_load_state()
    page.evaluate("document.activeElement.blur()")
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def signed_in(desks: Desks, context: BrowserContext, party: str, name: str) -> Page:
    """Opens a desk and signs in with the button of a specimen account."""
    page = context.new_page()
    page.goto(f"{desks.base(party)}/desk/")
    press(page, f"Sign in as {name}")
    arrive(page, "/desk/")
    return page


def change_account(page: Page, name: str) -> None:
    """Signs out by the walk's own button and in again as another account."""
    press(page, "Sign out and choose the account")
    arrive(page, "/account/login/")
    press(page, f"Sign in as {name}")
    arrive(page, "/desk/")


def approve_and_release(page: Page) -> None:
    """Does the second officer's part on the page of an approval."""
    arrive(page, "/approvals/")
    press(page, "Approve exactly this")
    expect(page.locator(".a-note")).to_contain_text("Approved")
    press(page, "Release to")
    expect(page.locator(".a-note")).to_contain_text("Released")


def test_the_whole_story_is_walked_by_keyboard_to_a_verified_proof(desks: Desks, story: Path) -> None:
    context = desks.browser.new_context(viewport=DESKTOP, accept_downloads=True, locale="en")
    desks.contexts.append(context)
    here = signed_in(desks, context, "CA", "Liaison officer")
    panel = here.locator(".a-walk")
    expect(panel).to_contain_text("Guided walk")

    press(here, "Start the walk")
    arrive(here, "/drafts/")
    expect(panel).to_contain_text("step 2 of 9")
    expect(here.locator("#gate")).to_contain_text("stops")
    assert violations(here) == []

    reach(here, id_="field-accuracy-statement")
    here.keyboard.type("SPECIMEN. Read from the commercial invoice; not sampled.")
    reach(here, id_="field-accuracy-as_of")
    today = here.evaluate("new Date().toISOString().slice(0, 10)")
    here.locator("#field-accuracy-as_of").fill(today)
    # With scripts the draft is saved from the page, which stays.
    reach(here, "Save and check")
    here.keyboard.press("Enter")
    expect(here.locator("#save-state")).to_contain_text("Saved")
    expect(panel).to_contain_text("step 4 of 9", timeout=30_000)
    press(here, "Ask a colleague to approve")
    expect(panel).to_contain_text("This is done by another account")
    change_account(here, "Releasing officer")
    approve_and_release(here)
    expect(panel).to_contain_text(re.compile("step 6 of 9"), timeout=30_000)

    there = signed_in(desks, context, "IN", "Duty officer")
    panel_there = there.locator(".a-walk")
    expect(panel_there).to_contain_text("step 6 of 9")
    press(there, "Open the case")
    press(there, "Take this request")
    expect(panel_there).to_contain_text("step 7 of 9")
    press(there, "Begin the specimen answer")
    arrive(there, "/drafts/")
    press(there, "Ask a colleague to approve")
    change_account(there, "Releasing officer")
    approve_and_release(there)
    expect(panel_there).to_contain_text("step 8 of 9", timeout=30_000)

    change = here.context.new_page()
    here.close()
    change.goto(f"{desks.base('CA')}/desk/")
    panel = change.locator(".a-walk")
    expect(panel).to_contain_text("step 8 of 9", timeout=30_000)
    change_account(change, "Liaison officer")
    arrive(change, "/proof")
    with change.expect_download() as download:
        reach(change, "Download the proof")
        change.keyboard.press("Enter")
    file = story / "walked.accord-evidence"
    download.value.save_as(file)
    change.reload()
    expect(panel).to_contain_text("step 9 of 9")
    said = json.loads(run_accord(["verify", str(file), "--root", str(story / "roots.json"), "--json"]))
    assert said["ok"]


def test_the_walk_is_put_away_and_found_again(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    page.get_by_role("button", name="Put the walk away").click()
    expect(page.locator(".a-walk")).to_have_count(0)
    page.goto("/desk/cases/")
    expect(page.locator(".a-walk")).to_have_count(0)
    page.get_by_role("button", name="Show the guided walk").click()
    expect(page.locator(".a-walk")).to_be_visible()


def test_an_administrator_is_shown_no_walk(desks: Desks) -> None:
    page = desks.open("CA", "administrator", "/desk/administration/")
    expect(page.locator(".a-walk")).to_have_count(0)
