"""Codes that stand in a workplan: languages, strengths of a promise, functions, states, units."""

from enum import StrEnum
from typing import Final

__all__ = ["LANGUAGES", "Aim", "Function", "Language", "LegalEffect", "Recurrence", "Status", "Unit", "Verb"]


class Language(StrEnum):
    """A language in which a plan is written; those of the interface."""

    EN = "en"
    FR = "fr"
    HI = "hi"


LANGUAGES: Final = tuple(Language)


class Verb(StrEnum):
    """How strongly something is promised, from the strongest to the weakest."""

    SHALL = "shall"
    WILL = "will"
    INTEND = "intend"
    EXPLORE = "explore"
    CONTINUE = "continue"
    ACKNOWLEDGE = "acknowledge"


class LegalEffect(StrEnum):
    """What a commitment is in law; a workplan creates none of its own."""

    NONE = "none"
    ARRANGEMENT = "arrangement"
    TREATY = "treaty"


class Recurrence(StrEnum):
    """How often something falls due again."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half-yearly"
    YEARLY = "yearly"


class Function(StrEnum):
    """The part of an agency that owns an item: a function, so that no person is named in a signed text."""

    HEAD = "head"
    POLICY = "policy"
    LIAISON = "liaison"
    OPERATIONS = "operations"
    DUTY = "duty"
    ANALYSIS = "analysis"
    REGULATORY = "regulatory"
    LEGAL = "legal"
    PRIVACY = "privacy"
    TECHNICAL = "technical"
    TRAINING = "training"


class Status(StrEnum):
    """Where an item stands, as both sides say it."""

    PLANNED = "planned"
    UNDER_WAY = "under-way"
    DONE = "done"
    LATE = "late"
    BLOCKED = "blocked"
    DROPPED = "dropped"


class Unit(StrEnum):
    """Unit of an indicator; shares are in percent."""

    PERCENT = "percent"
    COUNT = "count"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


class Aim(StrEnum):
    """On which side of the target an indicator is to be."""

    AT_LEAST = "at-least"
    AT_MOST = "at-most"
