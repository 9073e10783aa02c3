"""Assessments on file: what an officer writes about a draft, and what another decides.

* Who wrote a word of the draft neither assesses it nor decides; who assessed does not decide; nobody decides their own
  file.
* An assessment speaks of one text: where the text or a file changes, it counts no more.
* A decision that departs from the assessment takes a ground of a closed list and goes to the head of the agency by
  itself, as does a risk that could not be determined. Until the head has answered, the risk counts as substantial.
* An assessment only ever adds to the profile's risk. It lowers no score; measures that it names count once it is
  agreed to.

Source: rules CA-02, CA-03, CA-15, IN-11 and IN-13; directions of 4 September 2019, paragraphs 1(2) and 1(3).
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.exchange.authors import authors_of
from accord.exchange.models import Message
from accord.exchange.reasons import require_reason
from accord.exchange.text import check_written
from accord.handling.models import MistreatmentAssessment
from accord.handling.on_file import (
    TEXT_CHARACTERS_MAX,
    AssessmentRefused,
    binding_of,
    counts_for,
    locked_draft,
    note_decision,
    own_file,
    require_another,
    require_no_author,
    written_words,
)
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = [
    "ANSWERS",
    "FINDS_RISK",
    "HEAD",
    "Outcome",
    "OverrideGround",
    "Question",
    "assess",
    "decide_assessment",
    "settle_escalation",
]

HEAD: Final = "The head of the agency"
"""Who answers what was escalated, in the words in which the rules name the office."""


class Question(StrEnum):
    """What is asked about each disclosure that concerns a person."""

    NAMES_PERSON = "names-person"
    LEADS_TO_DETENTION = "leads-to-detention"
    AGENCY_RECORD = "agency-record"
    PERSON_AT_RISK = "person-at-risk"
    CAVEATS_KEPT = "caveats-kept"
    LESS_WOULD_DO = "less-would-do"


ANSWERS: Final = ("yes", "no", "unknown")

RISKS: Final = (Question.LEADS_TO_DETENTION, Question.AGENCY_RECORD, Question.PERSON_AT_RISK, Question.CAVEATS_KEPT)
"""Questions whose yes is a risk. Who a person is may be told without one, and that less would do is none."""


class Outcome(StrEnum):
    """What an assessment finds."""

    NOT_SUBSTANTIAL = "not-substantial"
    MITIGATED = "mitigated"
    SUBSTANTIAL = "substantial"
    CANNOT_DETERMINE = "cannot-determine"


FINDS_RISK: Final = frozenset({Outcome.SUBSTANTIAL, Outcome.CANNOT_DETERMINE})
"""Outcomes from which a decision departs on a ground of the list alone."""


class OverrideGround(StrEnum):
    """The only grounds on which a decision may depart from an assessment; none is about a relationship."""

    FACTUAL_ERROR = "factual-error"
    MEASURE_SINCE_TAKEN = "measure-since-taken"
    LIFE_IN_DANGER = "life-in-danger"


@transaction.atomic
def assess(
    by: Officer,
    message: Message,
    *,
    answers: Mapping[str, str],
    outcome: str,
    reasons: str,
    measures: Sequence[str] = (),
    now: datetime | None = None,
) -> MistreatmentAssessment:
    """Writes down whether giving a message could expose somebody to mistreatment.

    Args:
        by: The assessor, who wrote no word of the draft.
        message: The draft.
        answers: Of each question: yes, no or unknown.
        outcome: What is found.
        reasons: Why, in words.
        measures: Measures that were really taken in this file.
        now: The time.

    Raises:
        NotPermitted: The officer may not write messages.
        AssessmentRefused: An author assesses, a question is open, or the outcome does not follow.
        TextRefused: The reasons are blank or hold a refused character.
    """
    require(by, Permission.MESSAGE_DRAFT)
    held = locked_draft(by, message)
    require_no_author(by, held)
    _require_none_stands(held)
    if set(answers) != set(Question) or not set(answers.values()) <= set(ANSWERS):
        raise AssessmentRefused(
            "Not every question is answered with yes, no or unknown.",
            code="handling.question-open",
            next_step="Answer each question; unknown is an answer, too.",
            fields={"field": "answers"},
        )
    words, taken = (
        written_words(reasons, "reasons", 2 * TEXT_CHARACTERS_MAX),
        [one.strip() for one in measures if one.strip()],
    )
    check_written({"measures": taken})
    _require_follows(outcome, answers, taken)
    made = MistreatmentAssessment.objects.create(
        message=held,
        reference=f"MA-{secrets.token_hex(6).upper()}",
        written_by=by,
        written_at=now or timezone.now(),
        bound_to=binding_of(held),
        answers=dict(answers),
        measures=taken,
        outcome=outcome,
        reasons=words,
    )
    note(by, "assess message", held, at=made.written_at, detail={"outcome": outcome, "code": made.reference})
    return made


def _require_none_stands(message: Message) -> None:
    """Raises where a newer assessment would be a way around what was found of the same text."""
    states = MistreatmentAssessment.Decision
    newest = MistreatmentAssessment.objects.filter(message=message).first()
    if newest is None or newest.decision == states.RETURNED or not counts_for(newest, message):
        return
    if newest.decision == states.OPEN or newest.outcome in FINDS_RISK:
        raise AssessmentRefused(
            "An assessment of this text stands already.",
            code="handling.assessment-stands",
            next_step="Let it be decided, or depart from it on a ground of the list; another text is assessed anew.",
        )


def _require_follows(outcome: str, answers: Mapping[str, str], measures: Sequence[str]) -> None:
    if outcome not in set(Outcome):
        raise AssessmentRefused("No outcome is chosen.", code="handling.outcome-open", fields={"field": "outcome"})
    if outcome == Outcome.MITIGATED and not measures:
        raise AssessmentRefused(
            "The risk is said to be mitigated, and no measure was taken.",
            code="handling.no-measure",
            next_step="Name a measure that was really taken, or choose another outcome.",
            fields={"field": "measures"},
        )
    if outcome != Outcome.NOT_SUBSTANTIAL:
        return
    if any(answers[one] == "unknown" for one in Question if one is not Question.LESS_WOULD_DO):
        raise AssessmentRefused(
            "A question is answered with unknown, and no substantial risk is found.",
            code="handling.unknown-protects",
            next_step="What is not known protects: choose that the risk cannot be determined, or find out.",
            fields={"field": "outcome"},
        )
    if not measures and any(answers[one] == "yes" for one in RISKS):
        raise AssessmentRefused(
            "A risk is answered with yes, no measure was taken, and no substantial risk is found.",
            code="handling.risk-unmet",
            next_step="Name a measure that was really taken, or choose the outcome that follows from the answers.",
            fields={"field": "outcome"},
        )


@transaction.atomic
def decide_assessment(
    by: Officer,
    assessment: MistreatmentAssessment,
    *,
    agrees: bool,
    why: str,
    override: str = "",
    now: datetime | None = None,
) -> MistreatmentAssessment:
    """Agrees to an assessment, returns it, or departs from it on a ground of the closed list.

    Args:
        by: Who decides; neither the assessor nor an author of the draft.
        assessment: The newest of its message.
        agrees: Whether the assessment stands.
        why: Why, in words.
        override: The ground for departing from a risk that was found; empty where it is only returned.
        now: The time.

    Raises:
        NotPermitted: The officer may not decide on what is held.
        AssessmentRefused: It is their own file, it is decided already, or the ground is not of the list.
    """
    require(by, Permission.HOLD_ANSWER)
    held = MistreatmentAssessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    states = MistreatmentAssessment.Decision
    # What all agreed to may still be departed from, on a ground of the list.
    require_another(by, held, decisions=(states.OPEN, states.AGREED) if override else (states.OPEN,))
    words = require_reason(why)
    finds_risk = held.outcome in FINDS_RISK
    if override and (agrees or not finds_risk or override not in set(OverrideGround)):
        raise AssessmentRefused(
            "An assessment that found a risk is departed from on a ground of the list alone.",
            code="handling.override-ground",
            next_step="Choose a ground of the list, or return the assessment with your reasons.",
            fields={"field": "override"},
        )
    escalates = bool(override) or (agrees and held.outcome == Outcome.CANNOT_DETERMINE)
    held.decision = states.ESCALATED if escalates else states.AGREED if agrees else states.RETURNED
    held.override_ground = override
    note_decision(held, by, words, now)
    held.save()
    detail: dict[str, str | int | bool | None] = {
        "decision": held.decision,
        "code": held.reference,
        "ground": override or None,
    }
    note(by, "decide on assessment", held.message, at=held.decided_at, detail=detail)
    return held


@transaction.atomic
def settle_escalation(
    by: Officer, assessment: MistreatmentAssessment, *, allows: bool, why: str, now: datetime | None = None
) -> MistreatmentAssessment:
    """Answers what went to the head of the agency by itself.

    Args:
        by: Who bears that office; neither the assessor nor who escalated it nor an author of the draft.
        assessment: What was escalated.
        allows: Whether the message may go on to the law gate in spite of the risk.
        why: Why, in words.
        now: The time.

    Raises:
        NotPermitted: The officer may not decide on what is held.
        AssessmentRefused: The officer does not bear the office, had a part in it, or nothing waits.
    """
    require(by, Permission.HOLD_ANSWER)
    held = MistreatmentAssessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    states = MistreatmentAssessment.Decision
    if held.decision != states.ESCALATED:
        raise AssessmentRefused("Nothing waits for the head of the agency here.", code="handling.nothing-escalated")
    if HEAD not in by.offices:
        raise AssessmentRefused(
            "The head of the agency answers this, and you do not bear that office.",
            code="handling.not-the-head",
            next_step="Ask who bears the office.",
        )
    if by.pk in {held.written_by_id, held.decided_by_id, *authors_of(locked_draft(by, held.message))}:
        raise own_file()
    held.decision = states.ALLOWED if allows else states.DENIED
    held.settled_by, held.settled_at, held.settled_why = by, now or timezone.now(), require_reason(why)
    held.save()
    detail: dict[str, str | int | bool | None] = {"decision": held.decision, "code": held.reference}
    note(by, "settle assessment", held.message, at=held.settled_at, detail=detail)
    return held
