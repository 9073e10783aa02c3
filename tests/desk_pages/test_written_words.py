"""What somebody wrote is never taken for the desk's own words: its unseen characters show, and its language is marked.

Where the language is known it is named. Where it is not (a note, a reason, the name of a file), ``lang=""`` says just
that, so that a screen reader does not read Hindi as French because the page is in French.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from django.urls import reverse
from django.utils import translation

from accord.exchange.models import Case
from accord.node.desk.changes import changes_between
from accord.node.desk.reading import parts_of
from accord.node.desk.templatetags.desk_parts import members
from tests.desk import Desk, received_request, submitted_request
from tests.desk_pages.conftest import SignIn

NODE: Final = Path(__file__).resolve().parents[2] / "src" / "accord" / "node"
TEMPLATES: Final = sorted(file for place in ("desk", "notices") for file in (NODE / place).rglob("*.html"))
VOID: Final = {"br", "hr", "img", "input", "link", "meta", "wbr", "option"}
BARE: Final = re.compile(r"{{\s*[\w.]*\b(?:case\.title|title\.shown|(?:note|text|row)\.reason|question|reply)\s*}}")


class Written(HTMLParser):
    """Finds what is shown of somebody's words outside an element that says so."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID or tag == "option":
            self.open.append((tag, any(name == "data-written" for name, _value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "@@SHOWN" in data and not any(is_marked for _tag, is_marked in self.open):
            self.bare.append(data.strip())


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(NODE)))
def test_each_text_that_somebody_wrote_stands_in_an_element_with_a_language(file: Path) -> None:
    source = file.read_text("utf-8")
    # The title of a page is a text without elements.
    source = re.sub(r"{%\s*block title\s*%}.*?{%\s*endblock\s*%}", "", source, flags=re.DOTALL)
    source = re.sub(r"{%\s*written\b[^%]*%}", "data-written", source)
    source = re.sub(r"{%\s*if\b[^%]*\|shown[^%]*%}", "", source)
    # An attribute cannot mark a part of itself; what is shown in a sentence would stand in its element.
    source = re.sub(
        r'="[^"{]*{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}"', '=""', source, flags=re.DOTALL
    )
    source = re.sub(r"{[{%][^{}]*\|shown[^{}]*[%}]}", "@@SHOWN", source)
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    parser = Written()
    parser.feed(source)
    assert not parser.bare


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(NODE)))
def test_a_title_shows_its_unseen_characters_wherever_it_stands(file: Path) -> None:
    assert not BARE.findall(file.read_text("utf-8")), "write |shown behind it"


def test_a_title_taken_from_a_message_bears_its_language_and_one_of_ours_that_it_is_not_known(
    desk: Desk, sign_in: SignIn
) -> None:
    theirs, ours = received_request(desk).case, submitted_request(desk).case
    assert (theirs.title_language, ours.title_language) == ("en", "")
    Case.objects.filter(pk=ours.pk).update(title="x\u202etxt.exe")
    client = sign_in(desk.liaison)
    page = client.get(reverse("desk:case", args=[theirs.own_ref])).content.decode()
    assert f'<h1 class="govuk-heading-l" dir="auto" lang="en">{theirs.title}</h1>' in page
    message = ours.messages.get()
    for address in (reverse("desk:case", args=[ours.own_ref]), reverse("desk:draft", args=[message.pk])):
        page = client.get(address).content.decode()
        assert 'dir="auto" lang="">x⟦right-to-left override⟧txt.exe</' in page
        assert "\u202e" not in page
    page = sign_in(desk.releasing).get(reverse("desk:approvals")).content.decode()
    assert 'dir="auto" lang="">x⟦right-to-left override⟧txt.exe</a>' in page
    assert "\u202e" not in page


def test_members_mark_what_was_written_and_leave_the_desk_s_words_to_the_page() -> None:
    with translation.override("hi"):
        told = members(
            parts_of({"language": "fr", "facts": "Un fût.", "theme": "precursors", "reply_by": "2026-12-03"})
        )
        unknown = members(parts_of({"imminence": "Tonight."}))
    assert told.count("lang=") == 1
    assert '<span class="a-words" dir="auto" lang="fr">Un fût.</span>' in told
    assert 'dir="auto" lang="">Tonight.' in unknown


def test_a_change_of_what_was_written_bears_its_language() -> None:
    before, after = {"language": "hi", "facts": "एक"}, {"language": "hi", "facts": "दो", "theme": "cyber"}
    with translation.override("en"):
        found = {change.label[0]: change for change in changes_between(before, after)}
    assert (found["What happened"].is_written, found["What happened"].language) == (True, "hi")
    assert not found["Subject of cooperation"].is_written
