"""Every page of the table of addresses, in every offered language and both themes, full and empty, wide and narrow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accord.cli.demo.nodes import NodeProcess, free_port
from accord.node.settings import ACCORD_DESK_LANGUAGES
from tests.screens.conftest import Desks, violations
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


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(desks: Desks, known: dict[str, str], language: str, is_dark: bool) -> None:
    found = {}
    for sight, page in opened(desks, SIGHTS, language=language, is_dark=is_dark):
        page.goto(sight.address.format(**known))
        assert page.locator("html").get_attribute("lang") == language, sight.name
        found[sight.name] = violations(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_400_percent_no_page_scrolls_sideways(desks: Desks, known: dict[str, str], language: str) -> None:
    wide = {}
    for sight, page in opened(desks, SIGHTS, language=language, viewport=ZOOMED):
        page.goto(sight.address.format(**known))
        wide[sight.name] = page.evaluate("document.documentElement.scrollWidth")
    assert {name: width for name, width in wide.items() if width > ZOOMED["width"]} == {}


def test_without_scripts_every_page_says_what_it_is(desks: Desks, known: dict[str, str]) -> None:
    for sight, page in opened(desks, SIGHTS, has_scripts=False):
        answer = page.goto(sight.address.format(**known))
        assert answer is not None
        assert answer.status == 200, sight.name
        expect(page.locator("h1").first).to_be_visible()


def test_nothing_on_any_page_breaks_the_content_policy(desks: Desks, known: dict[str, str]) -> None:
    said: list[str] = []
    for sight, page in opened(desks, SIGHTS):
        page.on("console", lambda message, name=sight.name: said.append(f"{name}: {message.text}"))  # type: ignore[misc]
        page.goto(sight.address.format(**known))
    assert [line for line in said if "Content Security Policy" in line or "Refused" in line] == []


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_on_a_fresh_node_every_list_says_what_would_appear(desks: Desks, fresh: NodeProcess, is_dark: bool) -> None:
    empty = Desks(browser=desks.browser, nodes={"CA": fresh}, contexts=desks.contexts)
    found = {}
    sights = tuple(sight for sight in SIGHTS if sight.is_empty_too)
    for sight, page in opened(empty, sights, is_dark=is_dark):
        page.goto(sight.address)
        expect(page.locator("h1").first).to_be_visible()
        found[sight.name] = violations(page)
        if sight.name in {"queue", "cases", "approvals", "notices"}:
            expect(page.locator(".a-empty").first).to_be_visible()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
