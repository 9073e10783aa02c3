"""What the gate is told of a message that the node writes in codes: it says what became of something, and no more."""

from datetime import date

from accord.law.facts import Facts
from accord.release.gate import our_party
from accord.vocabulary.handling import Classification, Handling

__all__ = ["acknowledgement"]


def acknowledgement(kind: str, *, peer: str, on: date) -> Facts:
    """Returns the facts of a message in codes: no personal data, no question, no information, nothing to protect.

    Args:
        kind: Its kind.
        peer: Code of the party that gets it.
        on: Day of its release.

    Raises:
        NodeNotSetUp: The node was never set up.
    """
    return Facts(
        party=our_party(),
        peer=peer,
        action="acknowledge",
        date=on,
        kind=kind,
        personal_data=False,
        asks_about_person=False,
        bears_information=False,
        handling=Handling.H0,
        classification=Classification.UNCLASSIFIED,
    )
