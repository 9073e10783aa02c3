"""Levels of an objection, and what its addressee says to it."""

from enum import StrEnum

__all__ = ["LEVELS", "ObjectionLevel", "ObjectionOutcome"]


class ObjectionLevel(StrEnum):
    """To whom an objection is addressed; each level is climbed from the one below.

    Source: Arar Commission (2006), recommendation 12 (objection to the foreign agency and the foreign minister).
    """

    AGENCY = "agency"
    MINISTRY = "ministry"
    MINISTER = "minister"


LEVELS: tuple[ObjectionLevel, ...] = (ObjectionLevel.AGENCY, ObjectionLevel.MINISTRY, ObjectionLevel.MINISTER)
"""The ladder, from its foot."""


class ObjectionOutcome(StrEnum):
    """What the addressee says to an objection."""

    REMEDIED = "remedied"
    CONTESTED = "contested"
    UNDER_INQUIRY = "under-inquiry"
