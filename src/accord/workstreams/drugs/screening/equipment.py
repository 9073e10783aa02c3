"""Presses, dies and capsule fillers in the words of papers.

Source: Controlled Drugs and Substances Act, Schedule IX (designated devices) and section 46.3 (their registration).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from accord.workstreams.drugs.screening.folding import Folded, lines_of
from accord.workstreams.drugs.screening.words import Hits

__all__ = ["STEMS", "equipment_in"]

STEMS: Final = tuple(
    one.encode()
    for one in (
        # Each of these words alone stands in many texts of ordinary goods.
        *(
            f" {what}{between}{then}"
            for what in ("TABLET", "PILL")
            for between in ("", " ")
            for then in ("PRESS", "PUNCH", "DIE", "MOULD", "MOLD", "COMPRESS", "MAKING", "MACHINE")
        ),
        *(f" CAPSULE{between}{then}" for between in ("", " ") for then in ("FILL", "MACHINE")),
        *(f" PUNCH{then}" for then in (" PRESS", " AND ", "ES AND ", "   DIE", "ES   DIE")),
        *(" TABLETING", " TABLETTING", " TDP", " COMPRIM", " POINCON", " GELUL"),
    )
)
"""Beginnings of which each phrase has one."""

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


def equipment_in(folded: Folded, stems: Hits, written: Sequence[str]) -> Mapping[int, str]:
    """Returns the words found in many lines, by the place of the line in the sequence.

    Args:
        folded: The texts.
        stems: Where the beginnings of its words stand; only there the phrases are looked for.
        written: The same as they were written, in whatever script.
    """
    found = _in_hindi(folded.foreign, written)
    for place in sorted(set(lines_of(folded.spaced, (start for _stem, start, _end in stems)).values())):
        if match := _PHRASES.search(folded.lines[place]):
            found[place] = match.group(0)
    return found


def _in_hindi(places: Iterable[int], written: Sequence[str]) -> dict[int, str]:
    found = ((place, _HINDI.search(written[place])) for place in places)
    return {place: match.group(0) for place, match in found if match}
