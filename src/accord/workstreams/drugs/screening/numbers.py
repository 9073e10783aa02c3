"""Check digits of containers and postal items.

Source: ISO 6346:2022 (container codes), UPU S10-12 (13-character item identifier).
"""

import re
from typing import Final

__all__ = ["container_fails", "postal_fails"]

_CONTAINER: Final = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}\Z")
_POSTAL: Final = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}\Z")
# Letters count from 10 and leave out the multiples of 11.
_LETTERS: Final = zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (number for number in range(10, 39) if number % 11), strict=True)
_VALUES: Final = {**{str(digit): digit for digit in range(10)}, **dict(_LETTERS)}
_POSTAL_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)


def container_fails(number: str) -> bool:
    """Whether a text has the form of a container number and not its check digit; another form is none."""
    code = number.replace(" ", "").replace("-", "").upper()
    if not _CONTAINER.match(code):
        return False
    return sum(_VALUES[one] << place for place, one in enumerate(code[:10])) % 11 % 10 != int(code[10])


def postal_fails(number: str) -> bool:
    """Whether a text has the form of a postal item number and not its check digit; another form is none."""
    code = number.replace(" ", "").upper()
    if not _POSTAL.match(code):
        return False
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(code[2:10], _POSTAL_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest) != int(code[10])
