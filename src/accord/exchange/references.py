"""References of cases and messages: ``CA-2026-7KQ4M-2XDV9`` and, of a message in it, ``CA-2026-7KQ4M-2XDV9/H3TWC``.

They are drawn at random, so that neither a number nor a gap tells one peer about the cases with another, or about a
draft that was thought better of; and a node that was restored from an older copy gives nothing out a second time,
though it does not know yet what it gave out since.
"""

import secrets
from datetime import datetime
from typing import Final

__all__ = ["CASE_SIGNS", "MESSAGE_SIGNS", "SIGNS", "case_reference", "message_reference"]

SIGNS: Final = "23456789BCDFGHJKLMNPQRTVWXZ"
"""Digits and capitals without vowels, and without what is mistaken when read out or typed (0, 1, S for 5, Y)."""

CASE_SIGNS: Final = 10
"""Random signs of a case, 47 bits: among a million cases a year, two get the same once in 400 years, and the index
refuses the second."""

MESSAGE_SIGNS: Final = 5
"""Random signs of a message within its case, 23 bits."""


def _drawn(count: int) -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(count))


def case_reference(party: str, *, at: datetime) -> str:
    """Returns a reference for a new case of ours.

    Args:
        party: Our code.
        at: Time whose year it names.
    """
    signs = _drawn(CASE_SIGNS)
    half = CASE_SIGNS // 2
    return f"{party}-{at.year}-{signs[:half]}-{signs[half:]}"


def message_reference(case_reference: str) -> str:
    """Returns a reference for a message of ours in the case of that reference."""
    return f"{case_reference}/{_drawn(MESSAGE_SIGNS)}"
