"""The members of a message in HTML: every text escaped, groups within groups, the writer's language said."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accord.node.desk.reading import parts_of
from accord.node.desk.templatetags.desk_parts import members

HOSTILE = "<script>alert(1)</script>\" onmouseover='x' &amp;"


def test_texts_items_and_groups_each_have_their_place() -> None:
    told = members(
        parts_of({"purpose": "Why it is asked", "caveats": [{"who_may_access": ["RCMP"]}], "question": "Which?"})
    )
    assert told.count('<div class="a-parts__group">') == 1
    assert '<li dir="auto">RCMP</li>' in told or '<li dir="auto" lang' in told
    assert "Which?" in told


@pytest.mark.parametrize("where", ["text", "item", "group", "name", "language"])
def test_no_text_of_the_other_side_becomes_markup(where: str) -> None:
    fields = {
        "text": {"question": HOSTILE},
        "item": {"caveats": [HOSTILE]},
        "group": {"persons": [{"names": [HOSTILE]}]},
        "name": {HOSTILE: "a"},
        "language": {"language": HOSTILE, "question": "words"},
    }[where]
    told = members(parts_of(fields))
    assert "<script" not in told.lower()
    assert "onmouseover='" not in told
    assert "&lt;script&gt;" in told.lower()


@given(text=some.text(min_size=1))
def test_no_unseen_character_reaches_the_page(text: str) -> None:
    told = members(parts_of({"question": text}))
    assert not {sign for sign in told if sign in "\u200b\u202e\u2066\u00ad\u0000\u2028"}
