"""The wording of a clause: its texts in each language, its place, the brackets around what is not agreed (pure).

Square brackets are the old sign of negotiators for words that one side does not yet carry. They may stand in each
other, they must close, and a text that holds one cannot be signed.

A wording has one digest, over all its languages and its place at once: who accepts it accepts the whole of it.
"""

from typing import Annotated, Final

import msgspec

from accord.instruments.canonical import canonical_bytes, digest_of

__all__ = [
    "CLAUSES_MAX",
    "LANGUAGES_MAX",
    "TEXT_CHARACTERS_MAX",
    "Wording",
    "bracketed",
    "bracketed_parts",
    "brackets_close",
    "has_brackets",
]

TEXT_CHARACTERS_MAX: Final = 4_000
"""One clause in one language; the longest paragraph of a joint statement has some 1,500 characters."""

CLAUSES_MAX: Final = 200
"""Clauses of one statement; the longest joint statements have about a hundred paragraphs."""

PLACE_MAX: Final = 9_999
LANGUAGES_MAX: Final = 6

Language = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{2,3}\Z")]
ClauseText = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
Texts = Annotated[dict[Language, ClauseText], msgspec.Meta(max_length=LANGUAGES_MAX)]


class Wording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a clause would read.

    Args:
        place: Where it stands among the clauses; the smaller comes first, and of equals the smaller identifier.
        texts: Its text by language.
        leaves_out: Whether the clause is to be left out; it has no text then.
    """

    place: Annotated[int, msgspec.Meta(ge=0, le=PLACE_MAX)]
    texts: Texts = msgspec.field(default_factory=dict)
    leaves_out: bool = False

    def __post_init__(self) -> None:
        if self.leaves_out is bool(self.texts):
            raise ValueError("texts: a wording has a text, or leaves the clause out")
        for language, text in self.texts.items():
            if not text.strip():
                raise ValueError(f"texts.{language}: nothing but blanks")
            if not brackets_close(text):
                raise ValueError(f"texts.{language}: a square bracket is not closed, or closes nothing")

    @property
    def digest(self) -> bytes:
        """SHA-256 over its canonical bytes."""
        return digest_of(canonical_bytes(self))

    @property
    def has_brackets(self) -> bool:
        """Whether any of its texts holds words in brackets."""
        return any(has_brackets(text) for text in self.texts.values())


def has_brackets(text: str) -> bool:
    """Returns whether a text holds a square bracket."""
    return "[" in text or "]" in text


def brackets_close(text: str) -> bool:
    """Returns whether each opened bracket is closed after it, and none closes what was not opened."""
    depth = 0
    for mark in text:
        depth += {"[": 1, "]": -1}.get(mark, 0)
        if depth < 0:
            return False
    return depth == 0


def bracketed(text: str) -> str:
    """Returns the whole text in one pair of brackets; a text that stands in one already stays as it is."""
    bare = text.strip()
    return bare if bare.startswith("[") and bare.endswith("]") and brackets_close(bare[1:-1]) else f"[{bare}]"


def bracketed_parts(text: str) -> tuple[str, ...]:
    """Returns what stands in the outermost brackets, in order, without them."""
    found: list[str] = []
    depth = start = 0
    for at, mark in enumerate(text):
        if mark == "[":
            depth += 1
            if depth == 1:
                start = at + 1
        elif mark == "]" and depth:
            depth -= 1
            if depth == 0:
                found.append(text[start:at])
    return tuple(found)
