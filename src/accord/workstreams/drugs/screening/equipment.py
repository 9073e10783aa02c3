"""Presses, dies and capsule fillers in the words of papers.

Source: Controlled Drugs and Substances Act, Schedule IX (designated devices) and section 46.3 (their registration).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

from accord.workstreams.drugs.screening.folding import lines_of, spaced

__all__ = ["EquipmentFinder"]

_STEMS: Final = (b" TABLET", b" PILL", b" CAPSULE", b" PUNCH", b" ROTARY", b" TDP", b" COMPRIM", b" POINCON", b" GELUL")
_PHRASES: Final = re.compile(
    r"\b(?:(?:tablet|pill)[ -]?(?:press(?:es)?|punch(?:es)?|dies?|moulds?|molds?)"
    r"|(?:tablet(?:t?ing)?|pill)[ -]?(?:press(?:ing)?|compression|punch(?:ing)?|making)?[ -]?machines?"
    r"|(?:rotary|single)[ -]punch press(?:es)?|capsule[ -]?(?:fill(?:er|ers|ing)|machines?)"
    r"|punch(?:es)? (?:and|&) dies?|TDP[ -]?[05](?:\.5)?"
    # French, as it is in ASCII.
    r"|presses? (?:a|de|pour) comprimes?|comprimeuses?|geluleuses?"
    r"|(?:poincons?|matrices?) (?:a|de|pour) comprimes?|poincons? (?:et|&) matrices?"
    r"|machines? (?:a|de|pour) (?:faire des |fabriquer des )?(?:comprimes|gelules))\b",
    re.IGNORECASE,
)
_HINDI: Final = re.compile(
    r"(?:टैबलेट|टेबलेट|गोली|गोलियाँ)\s*(?:बनाने\s+की\s+|दबाने\s+की\s+)?(?:मशीन|प्रेस|डाई|पंच)"
    r"|कैप्सूल\s+भरने\s+की\s+मशीन|पंच\s+(?:और|व|एवं)\s+डाई|डाई\s+(?:और|व|एवं)\s+पंच"
)


class EquipmentFinder:
    """Finds what is named in many lines at once: first the beginnings of its words, then, where one is, the phrase."""

    def __init__(self) -> None:
        self._engine = BytesAhoCorasick(_STEMS)

    def find(self, lines: Sequence[str], written: Sequence[str]) -> Mapping[int, str]:
        """Returns the words found, by the place of the line in the sequence.

        Args:
            lines: Texts in ASCII without line feeds.
            written: The same as they were written, in whatever script.
        """
        other = {} if "".join(written).isascii() else _in_hindi(written)
        words = b" " + spaced("\n ".join(lines))
        matches = self._engine.find_matches_as_indexes(words)
        if not matches:
            return other
        places = lines_of(words, (start for _which, start, _end in matches)).values()
        found = ((place, _PHRASES.search(lines[place])) for place in sorted(set(places)))
        return {**other, **{place: match.group(0) for place, match in found if match}}


def _in_hindi(written: Sequence[str]) -> dict[int, str]:
    found = ((place, _HINDI.search(text)) for place, text in enumerate(written) if not text.isascii())
    return {place: match.group(0) for place, match in found if match}
