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

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from accord.exchange.text import texts_in

__all__ = [
    "COMMON_FROM",
    "PASSAGE_LETTERS",
    "WordsHeld",
    "holds_words",
    "marks_of",
    "marks_of_draft",
    "marks_of_fields",
    "narrative",
    "plain_words",
    "says_enough",
    "words_held",
    "words_of",
]

RUN_LETTERS: Final = 48
WINDOW: Final = 17
PASSAGE_LETTERS: Final = RUN_LETTERS + WINDOW - 1
"""Letters and digits that two texts must share in a row to be found for certain: about a dozen words."""

COMMON_FROM: Final = 50
"""Messages from which on a passage is a phrase of the trade and marks nobody's information."""

_MODULUS: Final = (1 << 61) - 1
_BASE: Final = 0x1F3D5B79A2C4E687 % _MODULUS
_OVER: Final = pow(_BASE, RUN_LETTERS, _MODULUS)

_NOT_NARRATIVE: Final = frozenset(
    {
        *("schema_version", "message_ref", "sender", "recipient", "liaison_contact", "duty_phone", "case_ref_own"),
        *("case_ref_other", "legal_basis", "caveats", "classification", "handling_note", "attachments", "accuracy"),
        *("offence", "strict_necessity", "arrangement_id", "workplan_item", "originator", "third_party_origin"),
    }
)
"""Fields whose words are those of the form, of the law or of the handling: they are alike in many messages, and mark
nothing where they were received. In a draft they are looked through like any other."""

_HOW_GOOD: Final = frozenset({"accuracy", "offence", "strict_necessity"})
"""Of those, the ones whose words may be wrong all the same."""

LETTERS_ENOUGH: Final = 3
"""Letters and digits from which on words may tell by themselves what they are about."""

_SAME_SIGNS: Final = str.maketrans(
    {**dict.fromkeys("\u2018\u2019\u02bc\u201b", "'"), **dict.fromkeys("\u2010\u2012\u2013\u2014\u2212", "-")}
)
"""Apostrophes and dashes, which a keyboard or an editor puts in for one another."""

_RUNNING: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Signs of scripts that put no blank between words."""


class _Letters(dict[int, int | None]):
    """For ``str.translate``: keeps letters and digits and leaves out the rest, each sign judged once."""

    def __missing__(self, sign: int) -> int | None:
        # A vowel sign of an Indic script is a mark to Unicode and a letter to its reader; an accent is left out.
        kind = unicodedata.category(chr(sign))[0]
        self[sign] = sign if kind in "LN" or (kind == "M" and 0x900 <= sign <= 0xDFF) else None
        return self[sign]


_LETTERS: Final = _Letters()


def _reduced(text: str) -> str:
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKD", text).casefold()
    return plain.translate(_LETTERS)


def _hashed(text: str) -> list[int]:
    """Returns the hash of each run of letters, from the hashes of what ends where it begins and where it ends."""
    until = list(accumulate(map(ord, text), lambda value, letter: (value * _BASE + letter) % _MODULUS, initial=0))
    return [(end - begin * _OVER) % _MODULUS for begin, end in zip(until, until[RUN_LETTERS:], strict=False)]


def marks_of(text: str) -> set[int]:
    """Returns the marks of one text; empty where it is shorter than a passage."""
    hashes = _hashed(_reduced(text))
    if len(hashes) < WINDOW:
        return set()
    least = min(hashes[:WINDOW])
    left_at = WINDOW - hashes[WINDOW - 1 :: -1].index(least) - 1 + WINDOW
    kept = {least}
    for place, value in enumerate(hashes[WINDOW:], WINDOW):
        if value <= least:
            least, left_at = value, place + WINDOW
        elif place >= left_at:
            window = hashes[place - WINDOW + 1 : place + 1]
            least = min(window)
            left_at = place - window[::-1].index(least) + WINDOW
        else:
            continue
        kept.add(least)
    return kept


def narrative(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yields the texts of a message in which its information stands, each with its path."""
    for name, value in fields.items():
        if name not in _NOT_NARRATIVE:
            yield from texts_in(value, name)


def words_of(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yields every text of a message that its sender may have got wrong: its information, and how good it is."""
    for name, value in fields.items():
        if name not in _NOT_NARRATIVE or name in _HOW_GOOD:
            yield from _said_in(value, name)


def _said_in(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yields the texts of a value; the names of its members are the form's and nobody's words."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _said_in(item, f"{path}.{key}")
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for index, item in enumerate(value):
            yield from _said_in(item, f"{path}[{index}]")


@dataclass(frozen=True, kw_only=True)
class WordsHeld:
    """Where a text holds words that are wrong.

    Args:
        field: Path of the text.
        wrong: The wrong words, as the correction has them.
        right: The right ones; ``None`` where they are to be taken out.
    """

    field: str
    wrong: str
    right: str | None


def plain_words(text: str) -> str:
    """Returns a text as it is compared with wrong words: without case, one form of a letter, single blanks.

    Accents stay, since an accent may be what is wrong.

    Source: The Unicode Standard, section 3.13, D146 (compatibility caseless matching).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", text).casefold())
    folded = unicodedata.normalize("NFKC", folded.casefold()).translate(_SAME_SIGNS)
    return " ".join(folded.split())


def says_enough(wrong: str) -> bool:
    """Returns whether words tell by themselves what they are about, wherever they stand.

    A word of one or two signs, or one plain word in small letters, stands in many a text that says nothing of the
    matter. A name, a number, two words in a row, or a word of a script without capitals does not.
    """
    letters = [sign for sign in wrong if _LETTERS[ord(sign)] is not None]
    if len(letters) < LETTERS_ENOUGH:
        return False
    return len(wrong.split()) > 1 or any(sign.upper() == sign for sign in letters)


def words_held(
    fields: Mapping[str, object],
    values: Iterable[tuple[str, str | None]],
    marks: Callable[[], set[int]] | None = None,
) -> Iterator[WordsHeld]:
    """Yields where a message says what a correction calls wrong: whole words, and not as a part of the right ones.

    Args:
        fields: The fields of the message.
        values: The wrong words with the right ones.
        marks: Gives the marks of the message that was corrected. With it, words that do not say enough by themselves
            count only in a text that holds a passage of that message; without it, everywhere.
    """
    texts = [(path, text, plain_words(text)) for path, text in words_of(fields)]
    for wrong, right in values:
        sought, cover = plain_words(wrong), plain_words(right or "")
        is_enough = marks is None or says_enough(wrong)
        for path, text, plain in texts:
            if _stands_in(plain, sought, cover) and (is_enough or (marks is not None and marks() & marks_of(text))):
                yield WordsHeld(field=path, wrong=wrong, right=right)


def holds_words(
    fields: Mapping[str, object],
    values: Iterable[tuple[str, str | None]],
    marks: Callable[[], set[int]] | None = None,
) -> bool:
    """Returns whether a message says anything of what a correction calls wrong; see :func:`words_held`."""
    return any(True for _ in words_held(fields, values, marks))


def _stands_in(text: str, sought: str, cover: str) -> bool:
    """Returns whether words stand in a text other than inside the right words; all of them folded."""
    if not sought:
        return False
    covered = [range(at, at + len(cover)) for at in _places(text, cover)] if sought in cover else []
    return any(not any(at in one and at + len(sought) <= one.stop for one in covered) for at in _places(text, sought))


def _places(text: str, sought: str) -> Iterator[int]:
    """Yields where words begin in a text, as whole words."""
    at = text.find(sought) if sought else -1
    while at >= 0:
        end = at + len(sought)
        if _parts(text[at - 1 : at], sought[0]) and _parts(sought[-1], text[end : end + 1]):
            yield at
        at = text.find(sought, at + 1)


def _parts(before: str, after: str) -> bool:
    """Returns whether a word may end between two signs; either is empty at the edge of a text."""
    if not before or not after or _RUNNING.match(before) or _RUNNING.match(after):
        return True
    return not (_in_word(before) and _in_word(after))


def _in_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNM"


def marks_of_fields(fields: Mapping[str, object]) -> set[int]:
    """Returns the marks of all narrative texts of a message."""
    return _marks(narrative(fields))


def marks_of_draft(fields: Mapping[str, object]) -> set[int]:
    """Returns the marks of all texts of a draft: what was received can be pasted into any field."""
    return _marks(texts_in(fields))


def _marks(texts: Iterable[tuple[str, str]]) -> set[int]:
    return {mark for _, text in texts if len(text) >= PASSAGE_LETTERS for mark in marks_of(text)}
