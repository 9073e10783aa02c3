"""Every page of the table of addresses, in every offered language and both themes, full and empty, wide and narrow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accord.cli.demo.nodes import NodeProcess, free_port
from accord.node.settings import ACCORD_DESK_LANGUAGES
from tests.screens.conftest import DESKTOP, Desks, violations, violations_in_both_themes
from tests.screens.gallery import SIGHTS, Sight, places

LANGUAGES = [code for code, _name in ACCORD_DESK_LANGUAGES]
ZOOMED = ViewportSize(width=320, height=256)
"""What is left of 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10)."""


@pytest.fixture(scope="module")
def known(running: dict[str, NodeProcess]) -> dict[str, str]:
    """What stands in the addresses."""
    return places(running)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node at which nothing has happened yet."""
    node = NodeProcess.made(tmp_path_factory.mktemp("fresh") / "canada", "canada", free_port())
    node.start()
    yield node
    node.stop()


def opened(desks: Desks, sights: tuple[Sight, ...], **look: object) -> Iterator[tuple[Sight, Page]]:
    """Yields each sight with a page that is signed in as who looks, one session for each."""
    pages: dict[tuple[str, str | None], Page] = {}
    for sight in sights:
        who = (sight.party, sight.role)
        if who not in pages:
            start = "/desk/me/" if sight.role else "/account/login/"
            pages[who] = desks.open(sight.party, sight.role, start, **look)  # type: ignore[arg-type]
        yield sight, pages[who]


def refusals(pages: Iterator[tuple[Sight, Page]]) -> Iterator[tuple[Sight, Page, list[str]]]:
    """Yields each with what the browser refuses on it for the policy of the content, as far as it said so."""
    said: list[str] = []
    heard: set[Page] = set()
    for sight, page in pages:
        if page not in heard:
            page.on("console", lambda message: said.append(message.text))
            heard.add(page)
        said.clear()
        yield sight, page, said


# The colours of a page are those of every language.
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_sound_in_both_themes_and_fits_at_400_percent(
    desks: Desks, known: dict[str, str], language: str
) -> None:
    found: dict[str, list[str]] = {}
    for sight, page, said in refusals(opened(desks, SIGHTS, language=language)):
        page.goto(sight.address.format(**known))
        assert page.locator("html").get_attribute("lang") == language, sight.name
        wrong = [line for line in said if "Content Security Policy" in line or "Refused" in line]
        wrong += violations_in_both_themes(page) if language == LANGUAGES[0] else violations(page)
        page.set_viewport_size(ZOOMED)
        width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(DESKTOP)
        if width > ZOOMED["width"]:
            wrong.append(f"{width} pixels wide at 400 %")
        found[sight.name] = wrong
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_without_scripts_every_page_says_what_it_is(desks: Desks, known: dict[str, str]) -> None:
    for sight, page in opened(desks, SIGHTS, has_scripts=False):
        answer = page.goto(sight.address.format(**known))
        assert answer is not None
        assert answer.status == 200, sight.name
        expect(page.locator("h1").first).to_be_visible()


def test_on_a_fresh_node_every_list_says_what_would_appear(desks: Desks, fresh: NodeProcess) -> None:
    empty = Desks(browser=desks.browser, nodes={"CA": fresh}, contexts=desks.contexts, sessions=desks.sessions)
    found = {}
    sights = tuple(sight for sight in SIGHTS if sight.is_empty_too)
    for sight, page in opened(empty, sights):
        page.goto(sight.address)
        expect(page.locator("h1").first).to_be_visible()
        found[sight.name] = violations_in_both_themes(page)
        if sight.name in {"queue", "cases", "approvals", "notices"}:
            expect(page.locator(".a-empty").first).to_be_visible()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
