"""Marks of passages: numbers by which a copied passage is found again, and from which no word can be read.

A text is reduced to its letters and digits, without case, accents, blanks and punctuation; every run of 48 of them is
hashed, and of each 17 neighbouring hashes the lowest is kept (winnowing). So a run of 64 letters and digits that two
texts share, about a dozen words, always leaves a common mark: copied, pasted, broken into other lines, retyped with
other punctuation or in capitals. A run shorter than 48, such as a turn of phrase that both sides' officers use, never
leaves one. About one place in nine is kept, however long the text.

What it does not find, and what an officer states instead: a shorter passage, a name or number alone, a text that is
translated, reworded or retyped in another script, words in a picture or a PDF, a passage spread over several fields,
and a phrase that so many messages hold that it tells nothing (:data:`COMMON_FROM`).

Source: Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003.
"""

import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from accord.exchange.text import texts_in

__all__ = ["COMMON_FROM", "PASSAGE_LETTERS", "marks_of", "marks_of_draft", "marks_of_fields", "narrative", "words_of"]

RUN_LETTERS: Final = 48
WINDOW: Final = 17
PASSAGE_LETTERS: Final = RUN_LETTERS + WINDOW - 1
"""Letters and digits that two texts must share in a row to be found for certain: about a dozen words."""

COMMON_FROM: Final = 50
"""Messages from which on a passage is a phrase of the trade and marks nobody's information."""

_MODULUS: Final = (1 << 61) - 1
_BASE: Final = 0x1F3D5B79A2C4E687 % _MODULUS
_TOP: Final = pow(_BASE, RUN_LETTERS - 1, _MODULUS)

_NOT_NARRATIVE: Final = frozenset(
    {
        *("schema_version", "message_ref", "sender", "recipient", "liaison_contact", "duty_phone", "case_ref_own"),
        *("case_ref_other", "legal_basis", "caveats", "classification", "handling_note", "attachments", "accuracy"),
        *("offence", "strict_necessity", "arrangement_id", "workplan_item", "originator", "third_party_origin"),
    }
)
"""Fields whose words are those of the form, of the law or of the handling: they are alike in many messages, and mark
nothing where they were received. In a draft they are looked through like any other."""


def _reduced(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in folded if _counts(sign))


def _counts(sign: str) -> bool:
    # A vowel sign of an Indic script is a mark to Unicode and a letter to its reader; an accent is left out.
    kind = unicodedata.category(sign)[0]
    return kind in "LN" or (kind == "M" and "\u0900" <= sign <= "\u0dff")


def marks_of(text: str) -> set[int]:
    """Returns the marks of one text; empty where it is shorter than a passage."""
    letters = [ord(sign) for sign in _reduced(text)]
    if len(letters) < PASSAGE_LETTERS:
        return set()
    value, kept, window = 0, set(), deque[tuple[int, int]]()
    for index, letter in enumerate(letters):
        if index >= RUN_LETTERS:
            value -= letters[index - RUN_LETTERS] * _TOP
        value = (value * _BASE + letter) % _MODULUS
        place = index - RUN_LETTERS + 1
        if place < 0:
            continue
        while window and window[-1][0] >= value:
            window.pop()
        window.append((value, place))
        if window[0][1] <= place - WINDOW:
            window.popleft()
        if place >= WINDOW - 1:
            kept.add(window[0][0])
    return kept


def narrative(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yields the texts of a message in which its information stands, each with its path."""
    for name, value in fields.items():
        if name not in _NOT_NARRATIVE:
            yield from texts_in(value, name)


def words_of(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yields every text of a message that its sender may have got wrong: its information, and how good it is."""
    yield from narrative(fields)
    for name in ("accuracy", "offence", "strict_necessity"):
        yield from texts_in(fields.get(name), name)


def marks_of_fields(fields: Mapping[str, object]) -> set[int]:
    """Returns the marks of all narrative texts of a message."""
    return _marks(narrative(fields))


def marks_of_draft(fields: Mapping[str, object]) -> set[int]:
    """Returns the marks of all texts of a draft: what was received can be pasted into any field."""
    return _marks(texts_in(fields))


def _marks(texts: Iterable[tuple[str, str]]) -> set[int]:
    return {mark for _, text in texts if len(text) >= PASSAGE_LETTERS for mark in marks_of(text)}
