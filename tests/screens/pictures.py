"""``make pictures``: a picture of every page in every offered language, at the width of a desktop and of a phone.

With ``--readme`` it makes the small pictures of the README and of the guides instead.
"""

import argparse
import base64
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from accord.cli.demo.nodes import NodeProcess, free_port, run_accord
from accord.node.settings import ACCORD_DESK_LANGUAGES
from tests.screens.gallery import SIGHTS, Sight, opened_nodes, places

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "pictures"
README_OUT: Final = ROOT / "docs" / "pictures"
OPTIONS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WIDTHS: Final = {"1280": ViewportSize(width=1280, height=900), "390": ViewportSize(width=390, height=844)}
README_SIZE: Final = ViewportSize(width=1160, height=760)
README_BYTES_MAX: Final = 120 * 1024
README_QUALITY: Final = 82
README_SIGHTS: Final = {"desk": "queue", "case": "case", "gate": "draft", "proof": "proof"}
GUIDE_SIGHTS: Final = {name: README_SIGHTS[name] for name in ("desk", "case", "gate")}
"""What the guides show, each in its own language; the English ones are those of the README."""


@contextmanager
def running(home: Path | None) -> Iterator[dict[str, NodeProcess]]:
    """Plays the story into a folder, or takes one that was played before, and runs both nodes meanwhile."""
    with tempfile.TemporaryDirectory(prefix="accord-pictures-") as made:
        folder = home or Path(made) / "demo"
        if home is None:
            print("Playing the story once.")
            run_accord(["demo", "--once", "--home", str(folder), "--ports", f"{free_port()},{free_port()}"])
        nodes = opened_nodes(folder)
        for node in nodes.values():
            if home is not None:
                node.run("init", "--upgrade")
            node.start()
        try:
            yield nodes
        finally:
            for node in nodes.values():
                node.stop()


def _signed_in(browser: Browser, node: NodeProcess, role: str | None, *, language: str, size: ViewportSize) -> Page:
    context = browser.new_context(viewport=size, base_url=node.api_url, reduced_motion="reduce")
    party = "ca" if node.profile == "canada" else "in"
    context.add_cookies([{"name": f"accord-language-{party}", "value": language, "url": node.api_url}])
    page = context.new_page()
    if role is not None:
        account = node.accounts[role]
        page.goto("/account/login/")
        page.fill("input[name=login]", account["username"])
        page.fill("input[name=password]", account["password"])
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/account/login/" not in url)
    return page


def take_all(
    browser: Browser, nodes: dict[str, NodeProcess], *, languages: Sequence[str], out: Path, only: Sequence[str] = ()
) -> int:
    """Makes a picture of every page, or of those that are named alone, and returns how many there are."""
    sights = [sight for sight in SIGHTS if not only or sight.name in only]
    known, count = places(nodes), 0
    shutil.rmtree(out, ignore_errors=True)
    for language in languages:
        for width, size in WIDTHS.items():
            folder = out / language / width
            folder.mkdir(parents=True)
            pages: dict[tuple[str, str | None], Page] = {}
            for sight in sights:
                who = (sight.party, sight.role)
                if who not in pages:
                    pages[who] = _signed_in(browser, nodes[sight.party], sight.role, language=language, size=size)
                pages[who].goto(sight.address.format(**known))
                pages[who].screenshot(path=folder / f"{sight.name}.png", full_page=True)
                count += 1
            for page in pages.values():
                page.context.close()
        print(f"{language}: {len(sights) * len(WIDTHS)} pictures in {out / language}")
    return count


def take_for_readme(browser: Browser, nodes: dict[str, NodeProcess], *, out: Path) -> None:
    """Makes the README's and the guides' pictures: the top of a page, small files without the walk's panel.

    Raises:
        ValueError: A picture is larger than the README allows.
    """
    known = places(nodes)
    by_name = {sight.name: sight for sight in SIGHTS}
    wanted = [(name, "en", sight) for name, sight in README_SIGHTS.items()]
    others = [code for code, _name in ACCORD_DESK_LANGUAGES if code != "en"]
    wanted += [(name, language, sight) for language in others for name, sight in GUIDE_SIGHTS.items()]
    for name, language, sight_name in wanted:
        sight: Sight = by_name[sight_name]
        page = _signed_in(browser, nodes[sight.party], sight.role, language=language, size=README_SIZE)
        page.goto("/desk/")
        hide = page.locator(".a-walk button[value=hide]")
        if hide.count():
            hide.click()
        page.goto(sight.address.format(**known))
        if name == "gate":
            page.locator("#gate").scroll_into_view_if_needed()
        found = page.context.new_cdp_session(page).send(
            "Page.captureScreenshot", {"format": "webp", "quality": README_QUALITY}
        )
        picture = base64.b64decode(found["data"])
        file = f"{name}.webp" if language == "en" else f"{name}.{language}.webp"
        if len(picture) > README_BYTES_MAX:
            msg = f"{file} has {len(picture)} bytes, more than {README_BYTES_MAX}"
            raise ValueError(msg)
        (out / file).write_bytes(picture)
        print(f"{file}: {len(picture)} bytes")
        page.context.close()


def main() -> None:
    """Makes the pictures that were asked for."""
    asked = argparse.ArgumentParser(description="Pictures of every page.")
    asked.add_argument(
        "--readme", action="store_true", help="make the pictures of the README and of the guides instead"
    )
    asked.add_argument("--home", type=Path, help="folder of a demonstration that was played and is stopped")
    asked.add_argument("--language", action="append", help="only this language; may be given again")
    asked.add_argument("--only", action="append", help="only the page of this name; may be given again")
    given = asked.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        asked.error("Chromium is missing: apt-get install chromium")
    with running(given.home) as nodes, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        if given.readme:
            take_for_readme(browser, nodes, out=README_OUT)
        else:
            languages = given.language or [code for code, _name in ACCORD_DESK_LANGUAGES]
            count = take_all(browser, nodes, languages=languages, out=OUT, only=given.only or ())
            print(f"{count} pictures.")
        browser.close()


if __name__ == "__main__":
    main()
