"""The answer: full, partial, nothing held, cannot confirm or deny, deferred or refused on a ground of the closed list.

An answer that can neither confirm nor deny is the same in every word, whatever stands behind it. Its texts are the
constants below, and :meth:`Answer.__post_init__` refuses any other: neither an officer's wording nor a field filled
in one case and empty in another can give away that somebody is shielded.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Disclosure, Narrative, Reference, Sentence
from accord.vocabulary.refusal import AnswerOutcome, RefusalGround

__all__ = [
    "CANNOT_CONFIRM_ACCURACY",
    "CANNOT_CONFIRM_TEXT",
    "DEFERRED_TEXT",
    "PART_REFUSED_ALL",
    "REFUSED_TEXT",
    "STATES_NOTHING",
    "Answer",
    "AnsweredItem",
    "ItemState",
    "Refusal",
]

CANNOT_CONFIRM_TEXT = "This side can neither confirm nor deny that it holds information on the matter asked about."
CANNOT_CONFIRM_ACCURACY = STATES_NOTHING = "This answer states nothing about the matter asked about."
REFUSED_TEXT = "This request is refused on the ground named."
DEFERRED_TEXT = "The answer to this request is deferred."
PART_REFUSED_ALL = "The whole request."
"""Fixed words of a refusal and a deferral; an answer in these words alone bears no information."""


class ItemState(StrEnum):
    """What became of one question."""

    ANSWERED = "answered"
    NOT_HELD = "not-held"
    WITHHELD = "withheld"
    DEFERRED = "deferred"


class AnsweredItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The answer to one numbered question of the request."""

    item: Annotated[int, msgspec.Meta(ge=1, le=LIST_ITEMS_MAX)]
    state: ItemState
    text: Narrative | None = None


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """On which ground the whole or a part is refused, and how that can be cured.

    ``is_without_reasons`` leaves the reasons out and is open to national security alone; the reviewer sees its use.

    Source: Directive (EU) 2023/977, article 6, as a model (rule BI-08).
    """

    ground: RefusalGround
    part_refused: Sentence
    rule: Reference | None = None
    reasons: Sentence | None = None
    cured_by: Sentence | None = None
    clarification_asked: Sentence | None = None
    reviewable_by: Sentence | None = None
    is_without_reasons: bool = False

    def __post_init__(self) -> None:
        if self.ground is RefusalGround.LAW_RULE and not self.rule:
            raise ValueError("rule is needed when the ground is a rule of law")
        if self.is_without_reasons and self.ground is not RefusalGround.SECURITY_INTERESTS:
            raise ValueError("is_without_reasons is open to ground f-i alone")


_NEEDS_REFUSAL = frozenset({AnswerOutcome.REFUSED})
_MAY_HAVE_REFUSAL = frozenset({AnswerOutcome.REFUSED, AnswerOutcome.PARTIAL})
_CARRIES_INFORMATION = frozenset({AnswerOutcome.FULL, AnswerOutcome.PARTIAL})


class Answer(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An answer to a request, which the header names.

    Args:
        outcome: What the answer says.
        text: The answer in words.
        answered_items: What became of each question.
        refusals: Grounds of refusal, of the whole or of parts.
        conditions: Conditions of use besides the caveats.
        updates_expected_on: Day on which more can be expected.
        answered_within_limit: Whether the answer kept the time limit, as its sender reckons.
        is_feedback_requested: Whether the sender asks what came of it.
    """

    outcome: AnswerOutcome
    text: Narrative
    answered_items: Annotated[tuple[AnsweredItem, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    refusals: Annotated[tuple[Refusal, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    conditions: Sentence | None = None
    updates_expected_on: date | None = None
    answered_within_limit: bool | None = None
    is_feedback_requested: bool = False

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        if self.outcome in _CARRIES_INFORMATION and self.evaluation is None:
            raise ValueError("evaluation is needed when an answer carries information")
        if self.outcome in _NEEDS_REFUSAL and not self.refusals:
            raise ValueError("refusals: a refused answer names its ground")
        if self.refusals and self.outcome not in _MAY_HAVE_REFUSAL:
            raise ValueError("refusals belong to a refused or partial answer")
        if self.outcome is AnswerOutcome.DEFERRED and self.updates_expected_on is None:
            raise ValueError("updates_expected_on is needed when an answer is deferred")
        if self.outcome is AnswerOutcome.CANNOT_CONFIRM_OR_DENY:
            self._require_the_same_words()

    def _require_the_same_words(self) -> None:
        said = (
            self.duty_phone,
            self.evaluation,
            self.offence,
            self.conditions,
            self.updates_expected_on,
            self.answered_within_limit,
            self.strict_necessity,
            self.handling_note,
            self.originator,
            self.third_party_origin,
            self.mistreatment_assessment_id,
            self.translation_of,
        )
        lists = (
            self.answered_items,
            self.persons,
            self.person_categories,
            self.special_categories,
            self.substances,
            self.attachments,
            self.extensions,
        )
        flags = (self.concerns_minor, self.has_biometrics, self.is_feedback_requested)
        texts_differ = self.text != CANNOT_CONFIRM_TEXT or self.accuracy.statement != CANNOT_CONFIRM_ACCURACY
        if texts_differ or any(item is not None for item in said) or any(lists) or any(flags):
            raise ValueError("outcome cannot-confirm-or-deny has fixed words and no further field")
