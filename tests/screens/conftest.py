"""Two real nodes after the story of the demonstration, and a real Chromium that signs officers in at their desks."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from accord.cli.demo.nodes import NodeProcess, free_port, run_accord
from tests.programs import absent

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that a theme can break."""
SESSION_SECONDS = 200
"""For so long a session serves other tests: pages of the account ask for the password again after five minutes."""
HOMES = {"CA": "canada", "IN": "india"}


@dataclass
class Desks:
    """The two desks and the browser that looks at them.

    Args:
        browser: Chromium.
        nodes: The running nodes by party code.
        contexts: What was opened, to be closed at the end of the test.
        sessions: The cookies of who signed in before, and when, by the desk and the role.
    """

    browser: Browser
    nodes: dict[str, NodeProcess]
    contexts: list[BrowserContext] = field(default_factory=list)
    sessions: dict[tuple[str, str], tuple[float, list[Any]]] = field(default_factory=dict)

    def open(
        self,
        party: str = "CA",
        role: str | None = "liaison",
        path: str = "/desk/",
        *,
        language: str = "en",
        is_dark: bool = False,
        viewport: ViewportSize = DESKTOP,
        has_scripts: bool = True,
    ) -> Page:
        """Opens a page in a session of its own, signed in as the specimen officer of a role."""
        context = self.browser.new_context(
            viewport=viewport,
            color_scheme="dark" if is_dark else "light",
            base_url=self.base(party),
            java_script_enabled=has_scripts,
        )
        self.contexts.append(context)
        context.add_cookies([{"name": f"accord-language-{party.lower()}", "value": language, "url": self.base(party)}])
        page = context.new_page()
        if role is not None:
            signed_in_at, cookies = self.sessions.get((self.base(party), role), (0.0, []))
            if cookies and time.monotonic() - signed_in_at < SESSION_SECONDS:
                context.add_cookies(cookies)
            else:
                self._sign_in(page, party, role)
        page.goto(path)
        if role is not None and "/account/login/" in page.url:
            # The session that was kept has ended meanwhile.
            self._sign_in(page, party, role)
            page.goto(path)
        return page

    def _sign_in(self, page: Page, party: str, role: str) -> None:
        sign_in(page, self.nodes[party].accounts[role])
        kept = [cookie for cookie in page.context.cookies() if "language" not in cookie.get("name", "")]
        self.sessions[self.base(party), role] = (time.monotonic(), kept)

    def base(self, party: str) -> str:
        """The address of a node's desk."""
        return f"http://127.0.0.1:{self.nodes[party].api_port}"


def sign_in(page: Page, account: Mapping[str, str]) -> None:
    """Signs an officer in by name and password."""
    page.goto("/account/login/")
    page.fill("input[name=login]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/desk/**")


def violations(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds wrong on a page, one line each; by all of its rules, or by some."""
    chosen = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], **chosen}).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]


def violations_in_both_themes(page: Page) -> list[str]:
    """What axe finds wrong on a page of the light theme, one line each; in the dark only its colours are other ones."""
    wrong = violations(page)
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {line}" for line in violations(page, rules=COLOURS)]
    page.emulate_media(color_scheme="light")
    return wrong


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that was played once."""
    kept = os.environ.get("ACCORD_STORY")
    if kept:
        # A story that was played before, for whoever runs one test again and again.
        for party in HOMES.values():
            NodeProcess.opened(Path(kept) / party).run("init", "--upgrade")
        return Path(kept)
    home = tmp_path_factory.mktemp("story") / "demo"
    run_accord(["demo", "--once", "--home", str(home), "--ports", f"{free_port()},{free_port()}"])
    return home


@pytest.fixture(scope="session")
def running(story: Path) -> Iterator[dict[str, NodeProcess]]:
    """Both nodes of the story, running."""
    nodes = {}
    for party, name in HOMES.items():
        home = story / name
        known = json.loads((home / "demo.json").read_text())
        nodes[party] = NodeProcess(
            home=home,
            profile=known["profile"],
            api_port=known["api_port"],
            channel_port=known["channel_port"],
            passphrase=known["passphrase"],
        )
        nodes[party].accounts = known["accounts"]
    for node in nodes.values():
        node.start()
    yield nodes
    for node in nodes.values():
        node.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium for one file's tests; a machine without one says so loudly.

    It ends with the file: while it runs, its event loop keeps Django's database from other tests of the same process.
    """
    if CHROMIUM is None:
        absent("Chromium", package="chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str], tuple[float, list[Any]]]:
    """Who signed in before."""
    return {}


@pytest.fixture
def desks(
    running: dict[str, NodeProcess], browser: Browser, sessions: dict[tuple[str, str], tuple[float, list[Any]]]
) -> Iterator[Desks]:
    """Both desks; what a test opens is closed after it."""
    opened = Desks(browser=browser, nodes=running, sessions=sessions)
    yield opened
    for context in opened.contexts:
        context.close()
