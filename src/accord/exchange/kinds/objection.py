"""The objection to a breached caveat, and the answer to it."""

from datetime import date
from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import CAVEATS_MAX
from accord.exchange.kinds.particulars import Disclosure, EnvelopeId, Narrative, Sentence
from accord.vocabulary.objections import ObjectionLevel, ObjectionOutcome

__all__ = ["Objection", "ObjectionAnswer"]


class Objection(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The originator objects to a use of what it gave, and says what it wants done.

    Args:
        item: Envelope identifier of the originator's own message.
        caveat_number: Which of its caveats was breached, counted from 1; ``None`` where it is its purpose or handling.
        observed_use: What was seen.
        harm: What harm it does or may do.
        demand: What is demanded.
        level: To whom it is addressed.
        reply_due_on: Last day for a reply.
        escalates: Envelope identifier of the objection one level below, where there was one.

    Source: Arar Commission (2006), recommendation 12 (rule BI-09).
    """

    item: EnvelopeId
    observed_use: Narrative
    harm: Sentence
    demand: Sentence
    level: ObjectionLevel
    reply_due_on: date
    caveat_number: Annotated[int, msgspec.Meta(ge=1, le=CAVEATS_MAX)] | None = None
    escalates: EnvelopeId | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        if self.level is not ObjectionLevel.AGENCY and self.escalates is None:
            raise ValueError("escalates: a higher level is climbed from the objection below it")


class ObjectionAnswer(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The addressee's answer to an objection, which the header names.

    Args:
        objection_outcome: Whether it was remedied, is contested, or is looked into.
        found: What was found.
        measures: What was done, so that it does not happen again.
        further_answer_on: Day by which more is said; needed where it is looked into.
    """

    objection_outcome: ObjectionOutcome
    found: Narrative
    measures: Sentence | None = None
    further_answer_on: date | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        if self.objection_outcome is ObjectionOutcome.UNDER_INQUIRY and self.further_answer_on is None:
            raise ValueError("further_answer_on is needed while it is looked into")
        if self.objection_outcome is ObjectionOutcome.REMEDIED and not self.measures:
            raise ValueError("measures are needed where it was remedied")
