"""The guides for officers name what the screen shows: each word in bold is a text or a state in its language."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from accord.node.api.labels import CASE_STATES, MESSAGE_STATES

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.*.md"))
BOLD = re.compile(r"\*\*(.+?)\*\*")

# The guide's own word for bold, and words that explain instead of naming a text.
ITS_OWN = {
    "bold",
    "gras",
    "caractères gras",
    "मोटे अक्षरों",
    "the line",
    "la ligne",
    "लाइन",
}
KINDS = ("liaison-officer", "duty-officer", "policy-lead", "precursor-officer")


def _texts(language: str) -> str:
    catalogue = ROOT / "src" / "accord" / "node" / "locale" / ("hi" if language == "en" else language)
    with (catalogue / "LC_MESSAGES" / "django.po").open("rb") as stream:
        messages = [message for message in read_po(stream) if message.id and message.context != "service"]
    said = [message.id if language == "en" else message.string for message in messages]
    states = [words.in_language(language) for words in (*MESSAGE_STATES.values(), *CASE_STATES.values())]
    return "\n".join([text for one in said for text in (one if isinstance(one, tuple | list) else (one,))] + states)


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.name for guide in GUIDES])
def test_a_guide_calls_what_is_on_the_screen_by_its_name(guide: Path) -> None:
    texts = _texts(guide.name.split(".")[1])
    named = BOLD.findall(guide.read_text("utf-8"))
    assert named
    assert [words for words in named if words not in ITS_OWN and words not in texts] == []


@pytest.mark.parametrize("language", ["fr", "hi"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_guide_stands_in_each_language_with_the_same_sections(kind: str, language: str) -> None:
    english = (ROOT / "docs" / "guides" / f"{kind}.en.md").read_text("utf-8")
    theirs = (ROOT / "docs" / "guides" / f"{kind}.{language}.md").read_text("utf-8")
    assert _shape(theirs) == _shape(english)


def _shape(guide: str) -> list[str]:
    """What stands on each line, without its words: a heading, a step, a row of a table."""
    return [match[0].strip() for line in guide.splitlines() if (match := re.match(r"(#+|\s*\d+\.|\s*-|\s*\|)", line))]
