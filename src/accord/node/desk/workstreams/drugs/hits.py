"""Where in a description a rule found what it says, so that the eye finds it too.

The engine says what it found as the table writes it, not where. Papers write it with other spaces, hyphens, look-alike
letters, or one letter wrong; so both are folded as the engine folds them, and the place is carried back to the text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from accord.workstreams.drugs.screening.folding import as_ascii, squeezed

__all__ = ["Piece", "pieces_of", "words_to_find"]

TEXT_MAX: Final = 4_000
"""Characters of a text in which hits are looked for; beyond it the text is shown without."""

WITH_ERROR: Final = 10
"""Letters and digits from which a name is looked for with one error, as the engine does."""

_SHOWN_OF: Final = ("wording", "words", "written")
"""What of a reason stands in the description; numbers and codes stand in fields of their own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of a text.

    Args:
        text: The part.
        is_hit: Whether a rule found it.
    """

    text: str
    is_hit: bool


def words_to_find(reasons: Iterable[Mapping[str, Mapping[str, str]]]) -> list[str]:
    """Returns what the reasons of a flag found in the description.

    Args:
        reasons: As a flag keeps them, each with ``words``.
    """
    found = (one["words"].get(name, "") for one in reasons for name in _SHOWN_OF)
    return list(dict.fromkeys(word for word in found if word))


def pieces_of(text: str, wordings: Iterable[str]) -> list[Piece]:
    """Returns a text cut where a wording begins and ends; joined they are the text again.

    Args:
        text: The description.
        wordings: What was found in it, as the table writes it.
    """
    marks = [False] * len(text)
    if len(text) <= TEXT_MAX:
        folded, places = _folded(text)
        for wording in wordings:
            for start, end in _spans(folded, _folded(wording)[0]):
                for place in range(places[start], places[end - 1] + 1):
                    marks[place] = True
    pieces: list[Piece] = []
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marks[place] != marks[begin]:
            pieces.append(Piece(text=text[begin:place], is_hit=marks[begin]))
            begin = place
    return pieces


def _folded(text: str) -> tuple[bytes, list[int]]:
    """A text folded sign by sign, and the place in it from which each folded letter comes."""
    letters, places = bytearray(), []
    for place, sign in enumerate(text):
        kept = squeezed(as_ascii(sign).replace("\n", " "))
        letters += kept
        places += [place] * len(kept)
    return bytes(letters), places


def _spans(text: bytes, wording: bytes) -> list[tuple[int, int]]:
    if not wording:
        return []
    found, start = [], text.find(wording)
    while start >= 0:
        found.append((start, start + len(wording)))
        start = text.find(wording, start + 1)
    if found or len(wording) < WITH_ERROR:
        return found
    for start in range(len(text)):
        for length in (len(wording) - 1, len(wording), len(wording) + 1):
            if start + length <= len(text) and _is_one_off(text[start : start + length], wording):
                return [(start, start + length)]
    return []


def _is_one_off(one: bytes, other: bytes) -> bool:
    """Whether one letter changed, missing, too much, or exchanged with its neighbour makes the one of the other."""
    short, long = sorted((one, other), key=len)
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    is_exchanged = short[same : same + 2] == long[same : same + 2][::-1] and short[same + 2 :] == long[same + 2 :]
    return short[same + 1 :] == long[same + 1 :] or is_exchanged
