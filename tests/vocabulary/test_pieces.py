"""Words beside words: what is put in and left out between two texts, for every text that can be written."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.vocabulary.pieces import WORDS_MAX, pieces_between

TEXTS = st.text(alphabet=st.sampled_from("ab कख [].\n"), max_size=40)


@given(TEXTS, TEXTS)
def test_the_pieces_of_two_texts_give_both_back(old: str, new: str) -> None:
    pieces = pieces_between(old, new)
    assert "".join(one.text for one in pieces if one.sort != "del") == new
    taken = "".join(one.text for one in pieces if one.sort != "ins")
    assert taken.split() == old.split()


@given(TEXTS)
def test_a_text_beside_itself_has_no_mark(text: str) -> None:
    assert {one.sort for one in pieces_between(text, text)} <= {"same"}


def test_what_one_side_changed_is_marked_word_by_word() -> None:
    pieces = pieces_between("They meet twice a year.", "They will meet once a year.")
    assert [(one.sort, one.text) for one in pieces] == [
        ("same", "They "),
        ("ins", "will "),
        ("same", "meet "),
        ("del", "twice "),
        ("ins", "once "),
        ("same", "a year."),
    ]


@given(TEXTS, TEXTS)
def test_pieces_are_never_empty_and_no_two_neighbours_are_of_one_sort(old: str, new: str) -> None:
    sorts = [one.sort for one in pieces_between(old, new)]
    assert all(one.text for one in pieces_between(old, new))
    assert all(first != second for first, second in itertools.pairwise(sorts))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("", "New.", [("ins", "New.")]),
        ("Old.", "", [("del", "Old.")]),
        ("They meet", "They meet twice", [("same", "They meet "), ("ins", "twice")]),
        # A line that was broken anew is a change of what was written.
        ("one two three", "one two\nthree", [("same", "one "), ("del", "two "), ("ins", "two\n"), ("same", "three")]),
        ("a b end", "c d end", [("del", "a b "), ("ins", "c d "), ("same", "end")]),
    ],
)
def test_what_is_marked(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.sort, one.text) for one in pieces_between(old, new)] == expected


def test_texts_too_long_to_compare_are_told_whole() -> None:
    old, new = "a " * WORDS_MAX, "b"
    assert [(one.sort, one.text) for one in pieces_between(old, new)] == [("del", old), ("ins", new)]
