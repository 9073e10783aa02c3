"""Whole numbers of forms and addresses: what a person or a program sends there may be any text."""

from typing import Final

__all__ = ["KEY_DIGITS_MAX", "whole"]

KEY_DIGITS_MAX: Final = 18
"""Of the longest number that every database takes as a key."""


def whole(text: str, most_digits: int = KEY_DIGITS_MAX) -> int | None:
    """Returns the whole number that a text is, or nothing.

    A sign of another script that Python counts as a digit ("²") is none, and no number is read that has more digits
    than are asked for: Python refuses to read thousands, and a database takes 18.

    Args:
        text: What was sent.
        most_digits: Digits of the longest number that is of use here.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else None
