"""Presses, dies and capsule fillers in the words of papers.

Source: Controlled Drugs and Substances Act, Schedule IX (designated devices) and section 46.3 (their registration).
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

from accord.workstreams.drugs.screening.folding import spaced

__all__ = ["EquipmentFinder"]

_STEMS: Final = (b" TABLET", b" PILL", b" CAPSULE", b" PUNCH", b" ROTARY", b" TDP")
_PHRASES: Final = re.compile(
    r"\b(?:(?:tablet|pill)[ -]?(?:press(?:es)?|punch(?:es)?|dies?|moulds?|molds?)"
    r"|(?:rotary|single)[ -]punch press(?:es)?|capsule[ -]?(?:fill(?:er|ers|ing)|machines?)"
    r"|punch(?:es)? (?:and|&) dies?|TDP[ -]?[05](?:\.5)?)\b",
    re.IGNORECASE,
)


class EquipmentFinder:
    """Finds what is named in many lines at once: first the beginnings of its words, then, where one is, the phrase."""

    def __init__(self) -> None:
        self._engine = BytesAhoCorasick(_STEMS)

    def find(self, lines: Sequence[str]) -> Mapping[int, str]:
        """Returns the words found, by the place of the line in the sequence.

        Args:
            lines: Texts in ASCII without line feeds.
        """
        words = b" " + spaced("\n ".join(lines))
        matches = self._engine.find_matches_as_indexes(words)
        if not matches:
            return {}
        ends = list(accumulate(len(line) + 1 for line in words.split(b"\n")))
        places = {bisect_right(ends, start) for _which, start, _end in matches}
        found = ((place, _PHRASES.search(lines[place])) for place in sorted(places))
        return {place: match.group(0) for place, match in found if match}
