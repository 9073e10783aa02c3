"""The frame in a real browser: keys, clocks that run out, a session that ends, double clicks, paper."""

from datetime import datetime, time, timedelta
from time import sleep

import pytest
from playwright.sync_api import Page, Route, expect

from tests.screens.conftest import PHONE, Desks, violations


def story_case(page: Page) -> None:
    """Opens the case of the story."""
    page.goto("/desk/cases/?q=2933.39")
    page.get_by_role("link", name="possible 1-boc-4-piperidone").click()
    page.wait_for_url("**/desk/cases/CA-**")


def test_a_question_mark_lists_the_keys_and_escape_gives_the_focus_back(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    page.keyboard.press("j")
    dialog = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-row] a").first).to_be_focused()


@pytest.mark.parametrize(("key", "place"), [("d", "/desk/"), ("c", "/desk/cases/"), ("h", "/desk/help/")])
def test_g_and_a_letter_go_to_an_area(desks: Desks, key: str, place: str) -> None:
    page = desks.open("CA", "liaison", "/desk/law/")
    page.keyboard.press("g")
    page.keyboard.press(key)
    page.wait_for_url(f"**{place}")


def test_enter_opens_the_row_that_j_and_k_reached(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    title = page.locator("[data-row] [data-open]").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases/**")
    expect(page.locator("h1")).to_have_text(title)


def test_a_slash_leads_to_the_search(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    page.keyboard.press("/")
    page.wait_for_url("**/desk/search**")
    expect(page.locator("[data-search]")).to_be_focused()


def test_keys_do_nothing_while_one_writes(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new")
    page.locator("#title").press_sequentially("g d ? j /")
    expect(page.locator("#title")).to_have_value("g d ? j /")
    expect(page.locator("#keys-dialog")).to_be_hidden()
    assert page.url.endswith("/desk/cases/new")


def test_a_clock_that_runs_out_on_an_open_page_says_so(desks: Desks) -> None:
    page = desks.open("IN", "duty", "/desk/me/")
    page.clock.install()
    page.goto("/desk/")
    chip = page.locator(".a-clock[data-due]").first
    expect(chip).to_contain_text("left")
    page.clock.fast_forward(80 * 3600 * 1000)
    expect(chip).to_contain_text("Overdue by")
    expect(chip).to_have_class("a-clock a-clock--bad")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_over_midnight_the_day_goes_on_with_the_time_in_the_pages_language(desks: Desks, language: str) -> None:
    page = desks.open("CA", "liaison", "/desk/me/", language=language)
    page.clock.install()
    page.goto("/desk/help/")
    own = page.locator("#capitals time").first
    now = datetime.fromisoformat(str(own.get_attribute("datetime")))
    shown = own.locator(".a-capitals__day")
    today, tomorrow = shown.inner_text(), str(own.get_attribute("data-next"))
    assert tomorrow != today
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    page.clock.fast_forward(int((midnight - now).total_seconds() + 90) * 1000)
    expect(own.locator(".a-capitals__time")).to_have_text("00:01")
    expect(shown).to_have_text(tomorrow)


def test_the_line_is_read_anew_with_the_bell_and_by_no_request_of_its_own(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/me/")
    page.clock.install()
    page.goto("/desk/help/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    lines = page.locator("#lines")
    read = str(lines.get_attribute("data-read"))
    lines.locator("a").focus()
    with page.expect_response("**/desk/notices/news*"):
        page.clock.fast_forward(31_000)
    expect(lines).not_to_have_attribute("data-read", read)
    expect(lines.locator("[data-stale]")).to_be_hidden()
    expect(lines.locator("a")).to_be_focused()
    assert len([url for url in asked if "/desk/" in url and "/desk/walk" not in url and "/static/" not in url]) == 1


def test_a_line_that_is_not_read_any_more_claims_no_state_and_its_age_goes_on(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/me/")
    page.clock.install()
    page.goto("/desk/help/")
    page.route("**/desk/notices/news*", lambda route: route.abort())
    page.clock.fast_forward(3 * 3_600_000)
    expect(page.locator("#lines [data-ago]")).to_have_text("3 hours ago")
    expect(page.locator("#lines [data-fresh]")).to_be_hidden()
    expect(page.locator("#lines")).to_contain_text("Not known: no answer from the node")
    assert violations(page) == []


def test_a_poll_of_an_ended_session_changes_nothing_on_the_page(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/me/")
    page.clock.install()
    page.goto("/desk/help/")
    page.context.clear_cookies()
    with page.expect_response("**/desk/notices/news*") as found:
        page.clock.fast_forward(31_000)
    assert found.value.status == 401
    expect(page.locator("#bell")).to_be_visible()
    expect(page.locator("input[name=password]")).to_have_count(0)


def test_a_session_about_to_end_is_announced_and_can_go_on(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/me/")
    page.clock.install()
    page.goto("/desk/cases/new")
    page.fill("#title", "SPECIMEN: typed before the end")
    ending = page.locator("#session-ending")
    expect(ending).to_be_hidden()
    ends_at = str(ending.get_attribute("data-ends-at"))
    rest = page.evaluate("(at) => Math.floor((Date.parse(at) - Date.now()) / 1000)", ends_at)
    page.clock.fast_forward((rest - 240) * 1000)
    expect(ending).to_be_visible()
    assert violations(page) == []
    # Both ends are told in whole seconds: a fast machine gets here in the second in which the page was made.
    sleep(1.1)
    with page.expect_response(lambda answer: answer.url.endswith("/desk/stay")) as stayed:
        page.get_by_role("button", name="Stay signed in").click()
    assert stayed.value.status == 204
    assert stayed.value.headers["x-session-ends"] > ends_at
    expect(page.locator("#title")).to_have_value("SPECIMEN: typed before the end")


def test_a_session_that_ended_elsewhere_is_said_and_nothing_is_put_in_the_place_of_the_page(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/me/")
    page.clock.install()
    page.goto("/desk/cases/new")
    page.fill("#title", "SPECIMEN: typed before the end")
    held = page.context.cookies()
    page.context.clear_cookies()
    with page.expect_response("**/desk/notices/news*"):
        page.clock.fast_forward(31_000)
    expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    assert page.locator("header.a-header").count() == 1
    assert page.url.endswith("/desk/cases/new")
    expect(page.locator("#title")).to_have_value("SPECIMEN: typed before the end")
    assert violations(page) == []
    # Signed in again, in another tab, the page goes on where it was.
    page.context.add_cookies(held)  # type: ignore[arg-type]  # Playwright's own answer
    with page.expect_response("**/desk/notices/news*"):
        page.clock.fast_forward(31_000)
    expect(page.locator("#session-ending")).to_be_hidden()
    expect(page.locator("#title")).to_have_value("SPECIMEN: typed before the end")


def test_a_slow_act_says_that_it_works_and_is_sent_once(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new")
    sent: list[Route] = []

    def hold(route: Route) -> None:
        """Holds the form back until the test lets it go."""
        sent.append(route)

    page.route("**/desk/cases/new", hold)
    page.fill("#title", "SPECIMEN: a slow line")
    # While the answer is out, the browser's tools wait for it; so the page itself is asked what it shows.
    seen = page.evaluate(
        """async () => {
          const all = Array.from(document.querySelectorAll("main button"));
          const button = all.find((one) => one.textContent.trim() === "Begin writing");
          button.click();
          button.click();
          await new Promise((done) => setTimeout(done, 1500));
          return [button.getAttribute("aria-busy"), document.getElementById("progress").checkVisibility()];
        }"""
    )
    assert seen == ["true", True]
    (only,) = sent
    only.continue_()
    page.wait_for_url("**/desk/drafts/**")


def test_a_printed_case_has_its_marks_and_nothing_to_press(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    story_case(page)
    page.emulate_media(media="print")
    expect(page.locator(".a-marks--top")).to_be_visible()
    expect(page.locator(".a-marks--foot")).to_be_visible()
    for hidden in (".a-header__bar", "main form", ".govuk-button", ".a-walk"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden


def test_colours_chosen_by_the_reader_leave_states_their_borders(desks: Desks) -> None:
    page = desks.open("CA", "liaison")
    page.emulate_media(forced_colors="active")
    chip = page.locator(".a-clock__left").first
    assert chip.evaluate("(one) => getComputedStyle(one).borderTopStyle") == "solid"
    expect(chip.locator("svg")).to_be_visible()


@pytest.mark.parametrize(
    ("words", "position"), [("", "sticky"), (" and its papers" * 8, "sticky"), (" and its papers" * 60, "static")]
)
def test_a_header_that_stays_never_covers_what_has_focus(desks: Desks, words: str, position: str) -> None:
    page = desks.open("CA", "liaison")
    story_case(page)
    page.evaluate("(words) => document.querySelector('h1').append(words)", words)
    expect(page.locator(".a-case-head")).to_have_css("position", position)
    covered = """() => {
      const one = document.activeElement, box = one.getBoundingClientRect();
      const half = (length) => Math.min(length, 8) / 2;
      const top = document.elementFromPoint(box.left + half(box.width), box.top + half(box.height));
      return box.width > 0 && box.top >= 0 && top !== null && !one.contains(top) && !top.contains(one);
    }"""
    for key in ["Tab"] * 60 + ["Shift+Tab"] * 60:
        page.keyboard.press(key)
        assert not page.evaluate(covered), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_on_a_phone_the_header_is_one_line_and_a_button_opens_the_rest_without_scripts(desks: Desks) -> None:
    page = desks.open("CA", "liaison", viewport=PHONE, has_scripts=False)
    bar, areas = page.locator(".a-header > .a-header__bar").first, page.get_by_role("navigation", name="Areas")
    box = bar.bounding_box()
    assert box is not None
    assert box["height"] < 60
    expect(areas).to_be_hidden()
    expect(bar.get_by_role("link", name="Notices")).to_be_visible()
    menu = page.get_by_role("button", name="Menu")
    menu.press("Enter")
    expect(areas).to_be_visible()
    page.keyboard.press("Tab")
    expect(areas.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(areas).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_open_menu_of_a_phone_is_sound_and_a_wide_window_needs_none(desks: Desks) -> None:
    page = desks.open("CA", "liaison", viewport=PHONE)
    page.get_by_role("button", name="Menu").click()
    assert violations(page) == []
    page.get_by_role("link", name="Law", exact=True).click()
    page.wait_for_url("**/desk/law/")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("navigation", name="Areas")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()


def test_on_a_phone_no_word_of_the_steps_of_provenance_is_broken(desks: Desks) -> None:
    page = desks.open("CA", "liaison", viewport=PHONE)
    story_case(page)
    for link in [one.get_attribute("href") for one in page.locator("a[href$='/provenance']").all()]:
        page.goto(str(link))
        if page.locator(".a-stack").count():
            break
    how = page.locator(".a-stack [data-label='How'] > span").first
    lines = "one => { const all = new Range(); all.selectNodeContents(one); return all.getClientRects().length; }"
    assert how.evaluate(lines) == 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
