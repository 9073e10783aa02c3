"""What a message says anyway when it carries no information of its own: every field follows from what it answers.

Such messages (an answer that neither confirms nor denies, an outcome report in codes) are one click for the officer, so
that the node writes the fields that every message has: whom it answers, the lowest handling code, one caveat for the
file, no classification, and a day on which nobody needs it any more.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from accord.vocabulary.handling import Classification, Handling

__all__ = ["STANDS_FOR_DAYS", "standing_fields"]

STANDS_FOR_DAYS: Final = 365
"""Days after the receipt of what is answered for which the one caveat stands and the message may be kept."""


def standing_fields(
    *, party: str, agency: str, answered: Mapping[str, object], received_on: date, legal_basis: str, permitted_use: str
) -> dict[str, object]:
    """Returns the fields of the common envelope, each from the message answered alone.

    Args:
        party: Our code.
        agency: The agency that the message answered was addressed to.
        answered: Fields of the message answered.
        received_on: Day of its receipt.
        legal_basis: Under what such a message is sent.
        permitted_use: For what the receiver may use it.
    """
    stands_until = received_on + timedelta(days=STANDS_FOR_DAYS)
    sender = answered["sender"]
    their_agency = sender["agency"] if isinstance(sender, Mapping) else ""
    return {
        "sender": {"party": party, "agency": agency},
        "recipient": sender,
        "liaison_contact": f"Duty officer of {party}",
        "theme": answered["theme"],
        "purpose": answered["purpose"],
        "legal_basis": [legal_basis],
        "handling": Handling.H1.value,
        "caveats": [
            {
                "who_may_access": [their_agency],
                "permitted_uses": [permitted_use, "print"],
                "procedure_contact": f"Duty officer of {party}",
                "expires_on": stands_until.isoformat(),
            }
        ],
        "classification": {"own": "Unclassified", "equivalent": Classification.UNCLASSIFIED.value},
        "retention_until": stands_until.isoformat(),
        "language": "en",
    }
