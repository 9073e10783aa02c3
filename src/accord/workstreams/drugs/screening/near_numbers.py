"""Registry numbers that are none, one slip of the pen from one of the table.

A digit written wrongly, or two neighbours exchanged, make another number; where its own check digit fails, it is no
other substance's, and may be the listed one mistyped. All such numbers of the table are made beforehand, so that a text
is looked up and never compared. A number whose check digit is right is never among them: it names what it names.

Source: Chemical Abstracts Service, check digit of registry numbers.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from accord.exchange.kinds.particulars import cas_number_is_valid
from accord.workstreams.drugs.screening.folding import Folded, lines_of
from accord.workstreams.drugs.screening.names import Found
from accord.workstreams.drugs.substances.content import SubstanceTable

__all__ = ["NearNumbers"]

_SHAPE: Final = bytes(ord("9") if chr(byte).isdigit() else byte for byte in range(128)) + bytes(128)
_END: Final = b"-99-9"
"""How every registry number ends, each digit drawn as a 9."""
_FIRST_MAX: Final = 7
"""Digits of its first part at most."""
_TOLD_MAX: Final = 5
"""Slips of one number that a line is told of: a paper repeats one slip, and only who fills a line up writes more."""
_NUMBER: Final = re.compile(rb"(?<![0-9A-Za-z-])[0-9]{2,7}-[0-9]{2}-[0-9](?![0-9A-Za-z]|-[0-9])")


class NearNumbers:
    """Finds the numbers near those of one table.

    Args:
        table: The table.
    """

    def __init__(self, table: SubstanceTable) -> None:
        listed = {number: one.id for one in table.substances for number in one.cas}
        self._near = {
            slip.encode(): Found(substance=substance, sort="near-number", wording=number, written=slip, errors=1)
            for number, substance in listed.items()
            for slip in _slips(number)
            if not cas_number_is_valid(slip)
        }

    def find(self, folded: Folded) -> Mapping[int, tuple[Found, ...]]:
        """Returns what was found, by the place of the line in the sequence.

        Args:
            folded: The texts.
        """
        hits: dict[int, Found] = {}
        for at in _ends(folded.text):
            match = _NUMBER.search(folded.text, max(0, at - _FIRST_MAX), at + len(_END) + 2)
            if match and (near := self._near.get(match.group())):
                hits[match.start()] = near
        found: dict[int, dict[Found, None]] = defaultdict(dict)
        told: Counter[tuple[int, str]] = Counter()
        for at, line in lines_of(folded.text, hits).items():
            near, of_line = hits[at], found[line]
            if near not in of_line and told[line, near.wording] < _TOLD_MAX:
                told[line, near.wording] += 1
                of_line[near] = None
        return {line: tuple(near) for line, near in found.items()}


def _ends(text: bytes) -> Iterator[int]:
    """Where the shape of the end of a number stands: nearly all texts have none, and are passed over at once."""
    shaped = text.translate(_SHAPE)
    at = shaped.find(_END)
    while at >= 0:
        yield at
        at = shaped.find(_END, at + 1)


def _slips(number: str) -> Iterator[str]:
    """The numbers with one digit other, or two neighbours exchanged, with the hyphens where they stood."""
    digits = number.replace("-", "")
    first, middle = len(digits) - 3, len(digits) - 1
    for place, digit in enumerate(digits):
        slips = [f"{digits[:place]}{other}{digits[place + 1 :]}" for other in "0123456789" if other != digit]
        if place < middle and digits[place + 1] != digit:
            slips.append(f"{digits[:place]}{digits[place + 1]}{digit}{digits[place + 2 :]}")
        yield from (f"{slip[:first]}-{slip[first:middle]}-{slip[middle:]}" for slip in slips)
