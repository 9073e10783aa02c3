"""Answers that shield someone: the same in words, and at a time that tells nothing.

An answer that can neither confirm nor deny may shield a person or may be plain truth. If shielded ones came sooner
(the gate refuses in a millisecond) or later (an officer asks counsel), the delay would tell them apart. So every such
answer leaves at a time that depends on the request alone: three quarters of its time limit after receipt, or, where
that has passed before the answer was approved, at the next full hour after receipt.

What remains visible is that the answer was late, never why. The words are fixed by the schema
(:mod:`accord.exchange.kinds.answer`); the contents that an officer could vary are filled here from the request.

Source: rule CA-07; IRPR, section 315.40(2), by analogy.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from accord.exchange.kinds.answer import CANNOT_CONFIRM_ACCURACY, CANNOT_CONFIRM_TEXT
from accord.exchange.standing import standing_fields
from accord.vocabulary.refusal import AnswerOutcome

__all__ = ["SHARE_OF_LIMIT", "SLOT", "release_slot", "same_words"]

SHARE_OF_LIMIT: Final = 0.75
"""Share of the time limit after which such an answer leaves: late enough for any inquiry, early enough to keep it."""

SLOT: Final = timedelta(hours=1)
"""Grid on which late ones leave, counted from receipt."""


def release_slot(*, received_at: datetime, limit: timedelta, now: datetime) -> datetime:
    """Returns the moment at which the answer leaves.

    Args:
        received_at: Receipt of the request.
        limit: Time limit of the request.
        now: The time of submission or approval.
    """
    first = received_at + limit * SHARE_OF_LIMIT
    if now <= first:
        return first
    slots_since_receipt = -((received_at - now) // SLOT)
    return received_at + slots_since_receipt * SLOT


def same_words(*, party: str, agency: str, request: Mapping[str, object], received_on: date) -> dict[str, object]:
    """Returns every field of the answer; each depends on the request alone.

    Args:
        party: Our code.
        agency: The agency the request was addressed to.
        request: Fields of the request.
        received_on: Day of its receipt.
    """
    return {
        **standing_fields(
            party=party,
            agency=agency,
            answered=request,
            received_on=received_on,
            legal_basis="Closed list of answers to a request",
            permitted_use="For the file of the request",
        ),
        "accuracy": {"statement": CANNOT_CONFIRM_ACCURACY, "as_of": received_on.isoformat()},
        "person_categories": [],
        "concerns_minor": False,
        "outcome": AnswerOutcome.CANNOT_CONFIRM_OR_DENY.value,
        "text": CANNOT_CONFIRM_TEXT,
    }
