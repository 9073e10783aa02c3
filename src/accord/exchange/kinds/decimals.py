"""Decimal numbers as a message may write them: no more digits and no further from the point than a reader can read.

A number such as ``1E-999999999`` is finite and small, and writing it out takes a milliard of digits. What is added up,
stored and shown of a message is looked at here first.
"""

from decimal import Decimal
from typing import Final

__all__ = ["DIGITS_MAX", "EXPONENT_MAX", "is_plain"]

DIGITS_MAX: Final = 30
"""Digits of a number, zeros at its end among them: more than any scale or register writes."""

EXPONENT_MAX: Final = 18
"""How far a number reaches from the point, either way; what is stated in steps of 10⁻⁹ may be turned into grams."""


def is_plain(value: Decimal, *, exponent_max: int = EXPONENT_MAX) -> bool:
    """Returns whether a number is finite and can be written out.

    Args:
        value: The number.
        exponent_max: How far it may reach from the point, either way.
    """
    told = value.as_tuple()
    return isinstance(told.exponent, int) and abs(told.exponent) <= exponent_max and len(told.digits) <= DIGITS_MAX
