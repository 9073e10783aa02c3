"""Presses, dies and capsule fillers in the words of papers.

Source: Controlled Drugs and Substances Act, Schedule IX (designated devices) and section 46.3 (their registration).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

from accord.workstreams.drugs.screening.folding import lines_of, spaced

__all__ = ["EquipmentFinder"]

_STEMS: Final = (b" TABLET", b" PILL", b" CAPSULE", b" PUNCH", b" ROTARY", b" TDP")
_PHRASES: Final = re.compile(
    r"\b(?:(?:tablet|pill)[ -]?(?:press(?:es)?|punch(?:es)?|dies?|moulds?|molds?)"
    r"|(?:tablet(?:t?ing)?|pill)[ -]?(?:press(?:ing)?|compression|punch(?:ing)?|making)?[ -]?machines?"
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
        places = lines_of(words, (start for _which, start, _end in matches)).values()
        found = ((place, _PHRASES.search(lines[place])) for place in sorted(set(places)))
        return {place: match.group(0) for place, match in found if match}
