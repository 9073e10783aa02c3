"""Two texts beside each other, word by word: what both have, what the second put in and what it left out (pure)."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

__all__ = ["Piece", "pieces_between"]

WORDS_MAX: Final = 4_000
"""Words of both texts that are compared word by word; the comparison of longer ones would take seconds."""

_WORD: Final = re.compile(r"\S+\s*|\s+")

_Sort = Literal["same", "ins", "del"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of a text beside another one.

    Args:
        sort: Whether both have it, the second alone, or the first alone.
        text: The words.
    """

    sort: _Sort
    text: str


@lru_cache(maxsize=512)
def pieces_between(old: str, new: str) -> tuple[Piece, ...]:
    """Returns the second text, marked with what it has and lacks against the first, word by word.

    A word with other blanks behind it (a line that was broken) is another word, except where either text ends.
    """
    if old == new:
        return (Piece(sort="same", text=new),) if new else ()
    before, after = _WORD.findall(old), _WORD.findall(new)
    if not before or not after or len(before) + len(after) > WORDS_MAX:
        return tuple(_joined([("del", old), ("ins", new)]))
    return tuple(_joined(_compared(before, after)))


def _compared(before: list[str], after: list[str]) -> Iterator[tuple[_Sort, str]]:
    bare_before, bare_after = [word.strip() for word in before], [word.strip() for word in after]
    matcher = difflib.SequenceMatcher(a=bare_before, b=bare_after, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what != "equal":
            yield "del", "".join(before[i1:i2])
            yield "ins", "".join(after[j1:j2])
            continue
        for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
            # A text that goes on behind the last word of the other has that word all the same.
            is_end = i == len(before) - 1 or j == len(after) - 1
            if is_end or before[i] == after[j]:
                yield "same", after[j]
            else:
                yield "del", before[i]
                yield "ins", after[j]


def _joined(parts: Iterable[tuple[_Sort, str]]) -> Iterator[Piece]:
    """Yields the pieces with neighbours of one sort as one: of a change, what is left out before what is put in."""
    held: dict[_Sort, str] = {}
    for sort, text in parts:
        if not text:
            continue
        if held and (sort == "same") is not ("same" in held):
            yield from _told(held)
            held = {}
        held[sort] = held.get(sort, "") + text
    yield from _told(held)


def _told(held: dict[_Sort, str]) -> Iterator[Piece]:
    order: tuple[_Sort, ...] = ("same", "del", "ins")
    return (Piece(sort=sort, text=held[sort]) for sort in order if sort in held)
