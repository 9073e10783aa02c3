"""Handling codes and classification ceilings: what a receiver may do with an item."""

from enum import StrEnum

__all__ = ["HANDLING_LABELS", "Classification", "Handling"]


class Handling(StrEnum):
    """Handling code of an item, as both parties know it from SIENA.

    Source: Council Practical Advisor on handling codes (statewatch.org, 2018).
    """

    H0 = "H0"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"


HANDLING_LABELS: dict[Handling, str] = {
    Handling.H0: "For preventing and combating crime only, in line with the law that governs the exchange.",
    Handling.H1: "Not to be disclosed in judicial proceedings without the provider's permission.",
    Handling.H2: "Not to be disseminated without the provider's permission.",
    Handling.H3: "Other restrictions and comments, stated in words.",
}


class Classification(StrEnum):
    """Classification an item carries under its own side's rules, mapped to one ordered scale.

    The mapping is provisional: no general security-of-information agreement is in force between the first
    two parties, so nothing above ``RESTRICTED`` travels (rule BI-07).
    """

    UNCLASSIFIED = "unclassified"
    PROTECTED = "protected"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 - a classification, not a credential
    TOP_SECRET = "top-secret"  # noqa: S105 - a classification, not a credential

    @property
    def rank(self) -> int:
        """Position on the scale, 0 (unclassified) to 5 (top secret)."""
        return list(type(self)).index(self)
