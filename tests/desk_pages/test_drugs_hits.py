"""Where in a description a rule found what it says: no sign of the text is lost, and the right ones are marked."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.node.desk.workstreams.drugs.hits import pieces_of, words_to_find

NAME = "1-boc-4-piperidone"


def hit(text: str, *wordings: str) -> list[str]:
    return [piece.text for piece in pieces_of(text, wordings or (NAME,)) if piece.is_hit]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Drum of 1-boc-4-piperidone, 25 kg", "1-boc-4-piperidone"),
        ("Drum of 1 BOC 4 PIPERIDONE, 25 kg", "1 BOC 4 PIPERIDONE"),
        ("Drum of l-bоc-4-piperidone", "l-bоc-4-piperidone"),  # noqa: RUF001 - a small L, and a Cyrillic letter
        ("Drum of 1-boc-4-piperidne today", "1-boc-4-piperidne"),
        ("Drum of 1-boc-4-piperiddone today", "1-boc-4-piperiddone"),
        ("Drum of 1-boc-4-pipreidone today", "1-boc-4-pipreidone"),
        ("Drum of 1-boc-4-pipexidone today", "1-boc-4-pipexidone"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, found: str) -> None:
    assert hit(text) == [found]


def test_what_is_not_there_is_not_marked() -> None:
    assert hit("Green tea") == []
    assert hit("Green tea", "") == []
    assert hit("") == []
    assert hit("x" * 5_000 + NAME) == []


def test_short_words_are_found_whole_alone() -> None:
    assert hit("Tablet press, and tablet pess", "tablet press") == ["Tablet press"]
    assert hit("ANPP in a NPP line", "NPP") == ["NPP", "NPP"]


def test_only_words_of_the_description_are_looked_for() -> None:
    reasons = [
        {"words": {"wording": NAME, "substance": "x"}},
        {"words": {"code": "293339", "words": "chemical", "count": "5"}},
        {"words": {"wording": NAME}},
    ]
    assert words_to_find(reasons) == [NAME, "chemical"]


@given(text=st.text(max_size=60), wordings=st.lists(st.text(max_size=20), max_size=3))
def test_the_pieces_are_the_text_again(text: str, wordings: list[str]) -> None:
    pieces = pieces_of(text, wordings)
    assert "".join(piece.text for piece in pieces) == text
    assert all(one.is_hit != other.is_hit for one, other in pairwise(pieces))


@given(before=st.text(alphabet="xyz ", max_size=20), after=st.text(alphabet="xyz ", max_size=20))
def test_a_name_is_marked_wherever_it_stands(before: str, after: str) -> None:
    assert NAME in "".join(hit(f"{before}{NAME}{after}"))
