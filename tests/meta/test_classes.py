"""A class that a template gives is one that the page's own style sheets know, or that a script looks for.

A class that no sheet of the page defines draws nothing: a mark without its colour, a button on paper. Read are the
templates as they are written; a part of a class that is only known when the page is made is passed over.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest

from tests.meta.tree import SOURCE

NODE: Final = SOURCE / "node"
TEMPLATES: Final = {
    str(path.relative_to(folder)): re.sub(
        r"\{%\s*comment.*?%\}.*?\{%\s*endcomment\s*%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL
    )
    for folder in NODE.rglob("templates")
    for path in folder.rglob("*.html")
}
STATIC: Final = tuple(path for path in NODE.rglob("static") if path.is_dir())
SCRIPTS: Final = "".join(path.read_text("utf-8") for folder in STATIC for path in (folder / "desk").glob("*.js"))

EXTENDS: Final = re.compile(r'\{%\s*extends\s+"([^"]+)"')
INCLUDES: Final = re.compile(r'\{%\s*include\s+"([^"]+)"')
STYLES: Final = re.compile(r"\{%\s*block styles\s*%\}(.*?)\{%\s*endblock", re.DOTALL)
LINKS: Final = re.compile(r"<link rel=\"stylesheet\" href=\"\{%\s*static '([^']+)'")
CLASSES: Final = re.compile(r'class="((?:[^"{]|\{%.*?%\}|\{\{.*?\}\})*)"', re.DOTALL)
BRANCHES: Final = re.compile(r"\{%\s*(?:if|elif|else|endif|for|endfor|empty|with|endwith)\b.*?%\}", re.DOTALL)
KNOWN_LATER: Final = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)

PASSED_OVER: Final = {
    # The form of facts shows no field with unseen characters: it is never drawn again with what was written.
    ("desk/try_facts.html", "a-unseen"),
}
"""Page and class of a part that a page includes and never shows."""


def chain(name: str) -> list[str]:
    """A template with those that it extends, the outermost last."""
    found = [name]
    while extended := EXTENDS.search(TEMPLATES[found[-1]]):
        found.append(extended[1])
    return found


def sheets(page: str) -> set[str]:
    """The style sheets that a page loads."""
    names = chain(page)
    found = set(LINKS.findall(STYLES.sub("", TEMPLATES[names[-1]])))
    for name in names:
        block = STYLES.search(TEMPLATES[name])
        if block is not None:
            found |= set(LINKS.findall(block[1]))
            if "block.super" not in block[1]:
                break
    return found


@cache
def defined(sheet: str) -> frozenset[str]:
    [path] = [folder / sheet for folder in STATIC if (folder / sheet).exists()]
    css = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    return frozenset(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", css))


def drawn(page: str) -> set[str]:
    """A page's templates: itself, what it extends, and every part that these include."""
    found: set[str] = set()
    left = chain(page)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [part for part in INCLUDES.findall(TEMPLATES[name]) if part in TEMPLATES]
    return found


def given(text: str) -> Iterator[str]:
    """The classes that a template gives, each branch of it taken."""
    for value in CLASSES.findall(text):
        for word in KNOWN_LATER.sub("\0", BRANCHES.sub("\1", value)).split():
            first, *others = word.split("\1")
            glued = [f"{first}{one}" for one in others if one] if first.endswith("-") else [first, *others]
            yield from (one for one in glued if one and "\0" not in one)


PAGES: Final = sorted(name for name, text in TEMPLATES.items() if EXTENDS.search(text))


def unknown(page: str) -> set[str]:
    known = frozenset().union(*(defined(sheet) for sheet in sheets(page)))
    own = {one for name in drawn(page) for one in given(TEMPLATES[name]) if not one.startswith("govuk-")}
    return {one for one in own - known if not re.search(rf"\b{one}\b", SCRIPTS) and (page, one) not in PASSED_OVER}


@pytest.mark.parametrize("page", PAGES)
def test_every_class_of_a_page_is_one_that_its_sheets_know(page: str) -> None:
    assert unknown(page) == set(), f"load the sheet that defines them in {page}, or take them out"


def test_what_is_passed_over_is_still_there() -> None:
    for page, name in PASSED_OVER:
        assert any(name in given(TEMPLATES[part]) for part in drawn(page))


def test_the_reading_of_classes_takes_every_branch_and_guesses_nothing() -> None:
    text = (
        '<p class="a{% if x == "y z" %} b{% else %} c{% endif %} d--{% if x %}e{% elif y %}f{% endif %} g--{{ h }} '
        'i{% j %}">'
    )
    assert sorted(given(text)) == ["a", "b", "c", "d--e", "d--f"]
    assert [len(chain(page)) > 1 for page in PAGES] == [True] * len(PAGES)
    assert "desk/theme.css" in sheets("desk/plan/conflict.html") & sheets("desk/case.html")
    assert {"desk/plan.css", "desk/approve.css"} <= sheets("desk/plan/conflict.html")
    assert "components/case/head.html" in drawn("desk/case.html")


def test_no_two_sheets_of_one_page_define_one_selector_alike() -> None:
    for page in PAGES:
        seen: dict[str, str] = {}
        for sheet in sorted(sheets(page)):
            if sheet.startswith("desk/"):
                for rule in re.findall(r"(?m)^([^@{}\s][^{}]*\{[^{}]*\})", _text(sheet)):
                    other = seen.setdefault(rule, sheet)
                    assert other == sheet, f"{other} and {sheet}: {rule}"


@cache
def _text(sheet: str) -> str:
    return next((folder / sheet).read_text("utf-8") for folder in STATIC if (folder / sheet).exists())
