"""The wording of a clause: brackets, digests and word marks, for every text that can be written."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.dialogue.kinds import ClauseProposal
from accord.dialogue.statement_text import ClauseText
from accord.dialogue.wording import (
    Wording,
    bracketed,
    bracketed_parts,
    brackets_close,
    has_brackets,
)

TEXTS = st.text(alphabet=st.sampled_from("ab कख [].\n"), max_size=40)
WRITTEN = st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="[]"), min_size=1)


@given(WRITTEN)
def test_a_text_in_brackets_is_put_in_once(text: str) -> None:
    once = bracketed(text)
    assert bracketed(once) == once
    assert brackets_close(once)
    assert bracketed_parts(once) == (text.strip(),)


@pytest.mark.parametrize(
    ("text", "closes"),
    [("[a]", True), ("[a [b] c]", True), ("[a", False), ("a]", False), ("]a[", False), ("[a] [b]", True), ("", True)],
)
def test_brackets_close_or_do_not(text: str, closes: bool) -> None:
    assert brackets_close(text) is closes


def test_two_bracketed_parts_of_one_sentence_are_not_one() -> None:
    assert bracketed("[a] and [b]") == "[[a] and [b]]"
    assert bracketed_parts("meet [once] or [twice [at most]]") == ("once", "twice [at most]")


@given(TEXTS)
def test_a_wording_holds_no_open_bracket_and_no_blank_text(text: str) -> None:
    try:
        wording = msgspec.convert({"place": 0, "texts": {"en": text}}, Wording)
    except msgspec.ValidationError:
        assert not text.strip() or not brackets_close(text)
    else:
        assert wording.has_brackets is has_brackets(text)


def test_the_digest_covers_every_language_and_the_place() -> None:
    whole = Wording(place=10, texts={"en": "One.", "fr": "Un."})
    again = Wording(place=10, texts={"fr": "Un.", "en": "One."})
    assert whole.digest == again.digest
    others = [
        Wording(place=11, texts=whole.texts),
        Wording(place=10, texts={"en": "One."}),
        Wording(place=10, texts={"en": "One.", "fr": "Deux."}),
        Wording(place=10, leaves_out=True),
    ]
    assert len({whole.digest, *(one.digest for one in others)}) == 5


def test_a_wording_says_something_or_leaves_the_clause_out() -> None:
    for wrong in (
        {"place": 1},
        {"place": 1, "texts": {"en": "x"}, "leaves_out": True},
        {"place": -1, "leaves_out": True},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Wording)


UUID_TEXT = "0b8f1c52-6a55-4a52-9b52-8ad1f4ce5a10"
PROPOSAL = {"schema_version": 1, "statement": UUID_TEXT, "clause": UUID_TEXT, "act": "accept", "digest": "0" * 64}


@pytest.mark.parametrize("field", ["statement", "clause", "digest"])
def test_no_identifier_or_digest_ends_with_a_newline(field: str) -> None:
    assert msgspec.convert(PROPOSAL, ClauseProposal)
    with pytest.raises(msgspec.ValidationError, match="regex"):
        msgspec.convert({**PROPOSAL, field: f"{PROPOSAL[field]}\n"}, ClauseProposal)


@pytest.mark.parametrize("changed", [{"id": f"{UUID_TEXT}\n"}, {"texts": {"en\n": "They meet."}}])
def test_no_identifier_or_language_of_a_signed_clause_ends_with_a_newline(changed: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError, match="regex"):
        msgspec.convert({"id": UUID_TEXT, "texts": {"en": "They meet."}, **changed}, ClauseText)
