"""Makes the desk's style sheets and fonts from the packages that ``package-lock.json`` pins.

Run as ``python assets/build.py [--out FOLDER]``. It needs npm, or takes Node.js from the wheel that
``requirements/assets.txt`` pins. What it writes is not kept in the repository: style sheets whose colours are variables
(so that the dark theme is a change of values), fonts by script (so that an English page never loads Devanagari),
compressed twins for the server, and a manifest of names, versions, licences and digests.
"""

import argparse
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
OUT: Final = HERE.parent / "src" / "accord" / "node" / "static" / "vendor"

GOVUK: Final = "govuk-frontend"
NOTO: Final = "@fontsource-variable/noto-sans"

STYLE_SHEETS: Final = {
    "govuk.css": (GOVUK, "dist/govuk/govuk-frontend.min.css"),
}
FONTS: Final = ("noto-sans-latin-wght-normal", "noto-sans-latin-ext-wght-normal", "noto-sans-devanagari-wght-normal")
VARIABLES: Final = {
    "ink": ("#0b0c0c", "#000"),
    "paper": ("#fff",),
    "line": ("#cecece", "#b1b4b6"),
    "line-strong": ("#858686", "#949494", "#767676", "#6f777b"),
    "soft": ("#f3f3f3", "#f4f8fb"),
    "muted": ("#484949",),
    "link": ("#1a65a6", "#1d70b8", "#005ea5"),
    "link-strong": ("#0f385c",),
    "link-soft": ("#8eb8dc", "#d2e2f1"),
    "visited": ("#54319f",),
    "red": ("#ca3535",),
    "red-deep": ("#651b1b", "#982828"),
    "green": ("#0f7a52",),
    "green-deep": ("#083d29", "#0b5c3e"),
    "focus": ("#fd0",),
}
"""Colours of the style sheet and the variable of ours (``accord/desk.css``) that takes each one's place."""

UNUSED: Final = [
    "accordion",
    "back-link",
    "body-l",
    "body-lead",
    "body-m",
    "body-s",
    "breadcrumbs",
    "button-group",
    "caption",
    "character-count",
    "clearfix",
    "cookie-banner",
    "date-input",
    "drop-zone",
    "exit-this-page",
    "feedback",
    "file-upload-button",
    "file-upload-wrapper",
    "footer",
    "generic-header",
    "grid",
    "heading-s",
    "heading-xl",
    "inset-text",
    "language-navigation",
    "link-image",
    "logo-dot",
    "main-wrapper",
    "notification-banner",
    "pagination",
    "panel",
    "password-input",
    "phase-banner",
    "section-break",
    "service-navigation",
    "summary-card",
    "summary-list",
    "tabs",
    "tag",
    "task-list",
    "visually-hidden-focusable",
    "warning-text",
    "width-container",
    "header",
]
"""Components that no page of ours uses: half of the style sheet, which is half of a first visit.

A test looks for them in the templates; who uses one takes it out of this list and builds anew.
"""

_UNUSED: Final = re.compile(rf"\.govuk-(?:{'|'.join(UNUSED)})(?![a-z0-9])")


def main() -> None:
    """Builds everything anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as scratch:
        packages = _installed(Path(scratch))
        fresh = Path(scratch) / "vendor"
        fresh.mkdir()
        for name, (package, file) in STYLE_SHEETS.items():
            (fresh / name).write_text(_restyled((packages / package / file).read_text("utf-8")), "utf-8")
        (fresh / "fonts.css").write_text("\n".join(_fonts(packages, fresh)), "utf-8")
        (fresh / "manifest.json").write_text(json.dumps(_manifest(packages, fresh), indent=2) + "\n", "utf-8")
        for sheet in sorted(fresh.glob("*.css")):
            sheet.with_suffix(".css.gz").write_bytes(gzip.compress(sheet.read_bytes(), 9, mtime=0))
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(fresh, out)


def _installed(scratch: Path) -> Path:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, scratch / name)
    command = [*_npm(scratch), "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=scratch, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"npm could not install the packages of the style sheets:\n{done.stderr[-2000:]}")
    return scratch / "node_modules"


def _npm(scratch: Path) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    place = scratch / "node"
    venv.create(place, with_pip=True)
    python = str(place / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes"]
    subprocess.run([*pip, "--requirement", str(HERE.parent / "requirements" / "assets.txt")], check=True)
    return [str(place / "bin" / "npm")]


def _restyled(text: str) -> str:
    """Takes out the fonts and pictures that are not ours to use, and puts variables in the place of colours."""
    text = re.sub(r"/\*!.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"@font-face\{[^}]*\}", "", text)
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    text = "".join(_used(text))
    text = text.replace("GDS Transport,arial,sans-serif", "var(--accord-font)").replace('"GDS Transport",', "")
    text = re.sub(r"url\(/assets/[^)]*\)", "none", text)
    for variable, colours in VARIABLES.items():
        for colour in colours:
            text = re.sub(re.escape(colour) + r"(?![0-9a-fA-F])", f"var(--c-{variable})", text)
    if "GDS Transport" in text or "/assets/" in text:
        sys.exit("A style sheet still names a font or a picture that is not ours; assets/build.py must be mended.")
    return text


def _used(text: str) -> Iterator[str]:
    """Yields the rules of a style sheet but for those of components that no page uses; groups within groups too."""
    at = 0
    while (opens := text.find("{", at)) >= 0:
        closes, depth = opens + 1, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(text[closes], 0)
            closes += 1
        statements, _stop, prelude = text[at:opens].rpartition(";")
        body, at = text[opens + 1 : closes - 1], closes
        yield f"{statements};" if statements else ""
        if prelude.startswith(("@media", "@supports")):
            body = "".join(_used(body))
        elif not prelude.startswith("@"):
            # No selector of the two sheets has a comma within brackets but those of :not() and :is(), which are kept.
            parts = re.split(r",(?![^(]*\))", prelude)
            prelude = ",".join(part for part in parts if not _UNUSED.search(part))
        if prelude and body:
            yield f"{prelude}{{{body}}}"
    yield text[at:]


def _fonts(packages: Path, out: Path) -> Iterator[str]:
    sheet = (packages / NOTO / "wght.css").read_text("utf-8")
    for font in FONTS:
        shutil.copy(packages / NOTO / "files" / f"{font}.woff2", out)
        face = re.search(rf"/\* {font} \*/\s*(@font-face \{{[^}}]*\}})", sheet)
        if face is None:
            sys.exit(f"{NOTO} does not describe {font}.")
        family = re.sub(r"font-family: '[^']*'", "font-family: 'Accord Sans'", face.group(1))
        yield family.replace("./files/", "").replace("woff2-variations", "woff2")


def _manifest(packages: Path, out: Path) -> list[dict[str, str]]:
    used = {name: package for name, (package, _) in STYLE_SHEETS.items()}
    used |= {f"{font}.woff2": NOTO for font in FONTS}
    rows = []
    for name, package in sorted(used.items()):
        about = json.loads((packages / package / "package.json").read_text("utf-8"))
        digest = hashlib.sha256((out / name).read_bytes()).hexdigest()
        rows.append(
            {
                "file": name,
                "package": package,
                "version": about["version"],
                "licence": about["license"],
                "sha256": digest,
            }
        )
    return rows


if __name__ == "__main__":
    main()
