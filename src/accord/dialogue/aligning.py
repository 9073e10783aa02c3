"""Suggests which sentence of a read-out speaks of which agreed sentence, and in what it differs (pure).

Prose does not align by itself: of two governments' texts on one meeting, few sentences are alike word for word. So
nothing here decides. A link is suggested with its likeness, a person confirms it or chooses another one, and no text is
ever changed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from rapidfuzz import fuzz

from accord.dialogue.verbs import Strength, is_stronger, strength_of
from accord.vocabulary.figures_in_text import figures_of, missing_in

__all__ = ["LIKE_ENOUGH", "Contradiction", "Suggestion", "Tag", "contradictions_between", "suggestion_for", "tag_of"]

LIKE_ENOUGH: Final = 55
"""Likeness of 100 from which a link is suggested; two sentences on other matters seldom reach 45."""


class Tag(StrEnum):
    """How a sentence of a read-out stands to the agreed text."""

    VERBATIM = "verbatim"
    PARAPHRASE = "paraphrase"
    ADDED = "added"
    STRONGER = "stronger"
    WEAKER = "weaker"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What is suggested for one sentence of a read-out.

    Args:
        agreed: Index of the agreed sentence; nothing where none is like it.
        likeness: From 0 to 100.
        tag: How it stands to it.
    """

    agreed: int | None
    likeness: int
    tag: Tag


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """In what a sentence of ours contradicts the agreed one.

    Args:
        sort: ``figure`` where a number or day is another one, ``verb`` where it promises more or less.
        agreed: What the agreed text says.
        ours: What ours says.
    """

    sort: Literal["figure", "verb"]
    agreed: str
    ours: str


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'")
    return " ".join(re.sub(r"[^\w\u0900-\u0963'%]+", " ", composed).split())


def likeness(one: str, other: str) -> int:
    """Returns how alike two sentences are, from 0 to 100."""
    first, second = _plain(one), _plain(other)
    if not first or not second:
        return 0
    if first == second:
        return 100
    return min(99, round(max(fuzz.ratio(first, second), 0.9 * fuzz.token_sort_ratio(first, second))))


def suggestion_for(sentence: str, agreed: Sequence[str], language: str) -> Suggestion:
    """Returns what is suggested for a sentence of a read-out.

    Args:
        sentence: The sentence.
        agreed: The agreed sentences in the same language.
        language: Their language.
    """
    likest = max(((likeness(sentence, one), -index) for index, one in enumerate(agreed)), default=(0, 0))
    if likest[0] < LIKE_ENOUGH:
        return Suggestion(agreed=None, likeness=likest[0], tag=Tag.ADDED)
    index = -likest[1]
    return Suggestion(agreed=index, likeness=likest[0], tag=tag_of(sentence, agreed[index], language))


def tag_of(sentence: str, agreed: str, language: str) -> Tag:
    """Returns how a sentence stands to the agreed one of which it speaks."""
    if _plain(sentence) == _plain(agreed):
        return Tag.VERBATIM
    said, meant = strength_of(sentence, language), strength_of(agreed, language)
    if said is None or meant is None or said is meant:
        return Tag.PARAPHRASE
    return Tag.STRONGER if is_stronger(said, meant) else Tag.WEAKER


def contradictions_between(sentence: str, agreed: str, language: str) -> tuple[Contradiction, ...]:
    """Returns in what a sentence of ours contradicts the agreed one of which it speaks.

    A figure that is left out contradicts nothing; one that stands in the place of another does, and so does one that
    the agreed sentence does not have.
    """
    ours, theirs = figures_of(sentence, language), figures_of(agreed, language)
    found = []
    added = missing_in(ours, theirs)
    if added:
        found.append(Contradiction(sort="figure", agreed=", ".join(missing_in(theirs, ours)), ours=", ".join(added)))
    said, meant = strength_of(sentence, language), strength_of(agreed, language)
    if said is not meant and said is not None:
        found.append(Contradiction(sort="verb", agreed=_word(meant), ours=_word(said)))
    return tuple(found)


def _word(strength: Strength | None) -> str:
    return strength.value if strength is not None else ""
