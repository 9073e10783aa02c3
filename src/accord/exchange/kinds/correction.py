"""The correction: its sender restricts, corrects, recalls or has erased what it sent before; and the report on it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from accord.exchange.kinds.limits import CAVEATS_MAX, LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import (
    Accuracy,
    Caveat,
    Correspondence,
    Evaluation,
    Line,
    Reference,
    Sentence,
)
from accord.vocabulary.handling import Handling
from accord.vocabulary.subjects import PersonCategory

__all__ = [
    "CorrectedItem",
    "CorrectedValue",
    "Correction",
    "CorrectionAction",
    "CorrectionReason",
    "CorrectionReport",
    "NotDone",
    "NotDoneReason",
    "ReportedStep",
    "ToldRecipient",
]

ITEMS_MAX = 50
"""Messages that one correction names: those of a long case; no list of lines, so that it is no LIST_ITEMS_MAX."""

COUNT_MAX = 10_000_000

EnvelopeId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]


class CorrectionAction(StrEnum):
    """What the receiver is to do."""

    RESTRICT = "restrict"
    CORRECT = "correct"
    RECALL = "recall"
    ERASE = "erase"


class CorrectionReason(StrEnum):
    """Why; a reason that would tell of somebody stays with the sender, whose message says ``unlawful`` (rule CA-07)."""

    INACCURATE = "inaccurate"
    UNLAWFUL = "unlawful"
    EXPIRED = "expired"
    PERSON_CLEARED = "person-cleared"
    STATUS_GRANTED = "status-granted"


class NotDoneReason(StrEnum):
    """Why something could not be done."""

    USED_IN_COURT = "used-in-court"
    LAW_REQUIRES_KEEPING = "law-requires-keeping"
    NO_LONGER_HELD = "no-longer-held"
    NOT_REACHED = "not-reached"
    AWAITED = "awaited"


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a correction or a report."""


class CorrectedItem(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A message that was sent before: its envelope, by which both sides know it, and its sender's reference."""

    envelope_id: EnvelopeId
    message_ref: Reference


class CorrectedValue(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Words that are wrong and those that are right; without the latter the wrong ones are to be taken out."""

    wrong: Line
    right: Line | None = None


class Correction(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the sender changes about messages that it sent.

    Args:
        corrected: The messages.
        action: What the receiver is to do.
        reason: Why.
        what_is_wrong: In words, as far as the receiver must know it.
        values: The wrong words and the right ones, where ``action`` is ``correct``.
        new_handling: The handling code from now on, where ``action`` is ``restrict``.
        new_caveats: Further caveats from now on, where ``action`` is ``restrict``.
        accuracy: How far the right words are accurate.
        evaluation: The evaluation from now on.
        person_categories: Categories of the persons spoken of.
        reply_by: Day by which a report is asked for.

    Source: Regulation (EU) 2016/794, articles 19(2) and 36, as models; Privacy Act, section 12(2); DPDP Act,
    section 12.
    """

    corrected: Annotated[tuple[CorrectedItem, ...], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)]
    action: CorrectionAction
    reason: CorrectionReason
    what_is_wrong: Sentence
    values: Annotated[tuple[CorrectedValue, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    new_handling: Handling | None = None
    new_caveats: Annotated[tuple[Caveat, ...], msgspec.Meta(max_length=CAVEATS_MAX)] = ()
    accuracy: Accuracy | None = None
    evaluation: Evaluation | None = None
    person_categories: Annotated[tuple[PersonCategory, ...], msgspec.Meta(max_length=len(PersonCategory))] = ()
    reply_by: date | None = None

    def __post_init__(self) -> None:
        Correspondence.__post_init__(self)
        if (self.action is CorrectionAction.CORRECT) != bool(self.values):
            raise ValueError("values are needed with action correct, and with no other")
        if (self.action is CorrectionAction.RESTRICT) != bool(self.new_handling or self.new_caveats):
            raise ValueError("new_handling or new_caveats are needed with action restrict, and with no other")


class ReportedStep(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many things of one sort were derived from the items, and for how many it was done; never what they say.

    Args:
        way: How they were derived.
        counted: How many were found.
        done: How many were restricted, corrected, withdrawn or erased.
        references: References of those that were sent to the asking side itself.
    """

    way: Reference
    counted: Count
    done: Count
    references: Annotated[tuple[Reference, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()


class ToldRecipient(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A party to which something derived had gone, and whether it has been told."""

    party: Line
    told_on: date | None = None


class NotDone(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What could not be done, why, and whether a note was put on that file."""

    way: Reference
    count: Count
    reason: NotDoneReason
    note_to_file: bool = False


class CorrectionReport(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the receiver of a correction says that it did: its word, signed, and no more than its word.

    Args:
        extent: Whether all of it was done, a part, or nothing.
        steps: What was derived and done, by sort.
        recipients_told: Onward recipients.
        not_done: What could not be done, and why.
        statement: What else is to be said.

    Source: IRPR, section 315.27(3) (a note where the information was used already), as a model.
    """

    extent: Literal["done", "partly-done", "not-done"]
    steps: Annotated[tuple[ReportedStep, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    recipients_told: Annotated[tuple[ToldRecipient, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    not_done: Annotated[tuple[NotDone, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    statement: Sentence | None = None
