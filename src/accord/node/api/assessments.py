"""Records on file about a draft: the assessment of mistreatment and the test of predominance, written and decided."""

import datetime as dt
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from ninja import Field, Path, Router, Schema
from ninja.responses import Status
from pydantic import StrictBool

from accord.errors import OfficerCanMend
from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.handling.assessing import Outcome, OverrideGround, Question, assess, decide_assessment, settle_escalation
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from accord.handling.on_file import TEXT_CHARACTERS_MAX, OnFile, counts_for
from accord.handling.weighing import Predominates, decide_weighing, weigh
from accord.node.api.cases import find_message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["router"]

router = Router()

Answer = Literal["yes", "no", "unknown"]
Decision = Literal["open", "agreed", "returned", "escalated", "allowed", "denied"]
Words = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
LongWords = Annotated[str, Field(min_length=1, max_length=2 * TEXT_CHARACTERS_MAX)]
Reason = Annotated[str, Field(min_length=1, max_length=REASON_CHARACTERS_MAX)]
Record = TypeVar("Record", MistreatmentAssessment, PredominanceTest)

_PERSONS = ("message__case", "written_by", "decided_by")


class NotTheNewest(OfficerCanMend):
    """A newer record of the draft counts in the place of this one."""

    code = "api.record-not-the-newest"
    default_next_step = "List the records of the message anew, and decide on the newest."
    http_status = 409


class Answers(Closed):
    """What is asked about each disclosure that concerns a person; unknown is an answer, too."""

    names_person: Answer
    leads_to_detention: Answer
    agency_record: Answer
    person_at_risk: Answer
    caveats_kept: Answer
    less_would_do: Answer

    def by_question(self) -> dict[str, str]:
        """Returns the answers as the service takes them."""
        return {question.value: getattr(self, _name(question)) for question in Question}


def _name(question: str) -> str:
    return question.replace("-", "_")


class NewAssessment(Closed):
    """What an officer finds who wrote no word of the draft."""

    answers: Answers
    outcome: Outcome
    reasons: LongWords
    measures: list[Words] = Field(
        default=[], max_length=LIST_ITEMS_MAX, description="Measures that were really taken; needed with `mitigated`."
    )


class AssessmentDecision(Closed):
    """What another officer decides on an assessment."""

    agrees: StrictBool = Field(description="Whether it stands; where it does not, it is returned or departed from.")
    override: OverrideGround | None = Field(
        None, description="The ground on which a risk that was found is departed from; there is no other."
    )
    reason: Reason


class Settlement(Closed):
    """What the head of the agency answers to what went there by itself."""

    allows: StrictBool = Field(description="Whether it may go on to the law gate in spite of the risk.")
    reason: Reason


class NewWeighing(Closed):
    """What the interest in a person rests on, where it is not conduct alone."""

    conduct: Words
    expression: Words
    predominates: Predominates
    why: LongWords


class WeighingDecision(Closed):
    """What another officer decides on a test of predominance."""

    agrees: StrictBool = Field(description="Whether it stands; where it does not, it is returned.")
    reason: Reason


class RecordOut(Schema):
    """What holds of every record."""

    id: UUID
    written_by: str
    written_at: dt.datetime
    is_newest: bool
    counts: bool = Field(description="Whether it is the newest, and the text and files are still those it speaks of.")
    decision: Decision
    decided_by: str | None
    decided_at: dt.datetime | None
    decided_why: str | None


class AssessmentOut(RecordOut):
    """An assessment of mistreatment."""

    reference: str
    answers: Answers
    measures: list[str]
    outcome: Outcome
    reasons: str
    override_ground: OverrideGround | None
    settled_by: str | None
    settled_at: dt.datetime | None
    settled_why: str | None


class WeighingOut(RecordOut):
    """A test of predominance."""

    conduct: str
    expression: str
    predominates: Predominates
    why: str


def _record(record: OnFile, *, is_newest: bool) -> dict[str, Any]:  # Any: members of RecordOut
    return {
        "id": record.pk,
        "written_by": record.written_by.username,
        "written_at": record.written_at,
        "is_newest": is_newest,
        "counts": is_newest and counts_for(record, record.message),
        "decision": record.decision,
        "decided_by": record.decided_by.username if record.decided_by else None,
        "decided_at": record.decided_at,
        "decided_why": record.decided_why or None,
    }


def _assessment(record: MistreatmentAssessment, *, is_newest: bool = True) -> AssessmentOut:
    answers = {_name(question): answer for question, answer in record.answers.items()}
    return AssessmentOut(
        **_record(record, is_newest=is_newest),
        reference=record.reference,
        answers=Answers.model_validate(answers),
        measures=record.measures,
        outcome=Outcome(record.outcome),
        reasons=record.reasons,
        override_ground=OverrideGround(record.override_ground) if record.override_ground else None,
        settled_by=record.settled_by.username if record.settled_by else None,
        settled_at=record.settled_at,
        settled_why=record.settled_why or None,
    )


def _weighing(record: PredominanceTest, *, is_newest: bool = True) -> WeighingOut:
    return WeighingOut(
        **_record(record, is_newest=is_newest),
        conduct=record.conduct,
        expression=record.expression,
        predominates=Predominates(record.predominates),
        why=record.why,
    )


def _assessments(officer: Officer, message_id: UUID) -> QuerySet[MistreatmentAssessment]:
    rows = MistreatmentAssessment.objects.filter(message=find_message(officer, message_id))
    return rows.select_related(*_PERSONS, "settled_by")


def _weighings(officer: Officer, message_id: UUID) -> QuerySet[PredominanceTest]:
    return PredominanceTest.objects.filter(message=find_message(officer, message_id)).select_related(*_PERSONS)


def _newest(records: QuerySet[Record], key: UUID) -> Record:
    """Returns a record of a message for a decision: the one that its reader saw, while it is the newest.

    Raises:
        ObjectDoesNotExist: The message has no such record.
        NotTheNewest: Another one was written since.
    """
    named = records.get(pk=key)
    if records.values_list("pk", flat=True).first() != named.pk:
        raise NotTheNewest("A newer record of this message stands.")
    return named


@offer(
    router,
    "GET",
    "/messages/{message_id}/assessments",
    permission=Permission.CASE_READ,
    summary="List the assessments of a message",
    response=list[AssessmentOut],
)
def list_assessments(request: ApiRequest, message_id: Path[UUID]) -> list[AssessmentOut]:
    """Lists what was found of the risk of mistreatment and what was decided on it, the newest first."""
    rows = _assessments(request.officer, message_id)
    return [_assessment(row, is_newest=place == 0) for place, row in enumerate(rows)]


@offer(
    router,
    "POST",
    "/messages/{message_id}/assessments",
    permission=Permission.MESSAGE_DRAFT,
    summary="Assess the risk of mistreatment of a draft",
    response=AssessmentOut,
    status=201,
    examples={
        "no person": {
            "answers": {
                "names_person": "no",
                "leads_to_detention": "no",
                "agency_record": "unknown",
                "person_at_risk": "no",
                "caveats_kept": "yes",
                "less_would_do": "no",
            },
            "outcome": "mitigated",
            "reasons": "A company is named, and its director can be told from it.",
            "measures": ["The caveat keeps it from any arrest."],
        }
    },
)
def assess_message(request: ApiRequest, message_id: Path[UUID], body: NewAssessment) -> Status[AssessmentOut]:
    """Writes an assessment down, by an officer who wrote no word of the draft; another one decides on it."""
    made = assess(
        request.officer,
        find_message(request.officer, message_id),
        answers=body.answers.by_question(),
        outcome=body.outcome,
        reasons=body.reasons,
        measures=body.measures,
    )
    return Status(201, _assessment(made))


@offer(
    router,
    "POST",
    "/messages/{message_id}/assessments/{assessment_id}/decision",
    permission=Permission.HOLD_ANSWER,
    summary="Decide on an assessment",
    response=AssessmentOut,
    statuses=(409,),
    examples={
        "agree": {"agrees": True, "reason": "I read the draft and the profile."},
        "depart": {"agrees": False, "override": "factual-error", "reason": "It is another person of the same name."},
    },
)
def decide_on_assessment(
    request: ApiRequest, message_id: Path[UUID], assessment_id: Path[UUID], body: AssessmentDecision
) -> AssessmentOut:
    """Agrees to an assessment, returns it, or departs from it on a ground of the list, which the head then answers."""
    record = _newest(_assessments(request.officer, message_id), assessment_id)
    override = body.override.value if body.override is not None else ""
    made = decide_assessment(request.officer, record, agrees=body.agrees, why=body.reason, override=override)
    return _assessment(made)


@offer(
    router,
    "POST",
    "/messages/{message_id}/assessments/{assessment_id}/settlement",
    permission=Permission.HOLD_ANSWER,
    summary="Answer an assessment that went to the head of the agency",
    response=AssessmentOut,
    statuses=(409,),
    examples={"deny": {"allows": False, "reason": "The risk stays, and the message can be written without the name."}},
)
def settle_assessment(
    request: ApiRequest, message_id: Path[UUID], assessment_id: Path[UUID], body: Settlement
) -> AssessmentOut:
    """Says whether the message may go on to the law gate in spite of the risk, by who bears that office alone."""
    record = _newest(_assessments(request.officer, message_id), assessment_id)
    made = settle_escalation(request.officer, record, allows=body.allows, why=body.reason)
    return _assessment(made)


@offer(
    router,
    "GET",
    "/messages/{message_id}/weighings",
    permission=Permission.CASE_READ,
    summary="List the tests of predominance of a message",
    response=list[WeighingOut],
)
def list_weighings(request: ApiRequest, message_id: Path[UUID]) -> list[WeighingOut]:
    """Lists what the interest in a person was found to rest on and what was decided on it, the newest first."""
    rows = _weighings(request.officer, message_id)
    return [_weighing(row, is_newest=place == 0) for place, row in enumerate(rows)]


@offer(
    router,
    "POST",
    "/messages/{message_id}/weighings",
    permission=Permission.MESSAGE_DRAFT,
    summary="Weigh what the interest in a person rests on",
    response=WeighingOut,
    status=201,
    examples={
        "a drum and a protest": {
            "conduct": "A drum of a precursor was ordered.",
            "expression": "A protest was held on the same day.",
            "predominates": "conduct",
            "why": "What is asked is about the drum, and no word of it about the protest.",
        }
    },
)
def weigh_message(request: ApiRequest, message_id: Path[UUID], body: NewWeighing) -> Status[WeighingOut]:
    """Writes a test of predominance down, by the drafter, too, since another officer decides on it."""
    made = weigh(
        request.officer,
        find_message(request.officer, message_id),
        conduct=body.conduct,
        expression=body.expression,
        predominates=body.predominates,
        why=body.why,
    )
    return Status(201, _weighing(made))


@offer(
    router,
    "POST",
    "/messages/{message_id}/weighings/{weighing_id}/decision",
    permission=Permission.HOLD_ANSWER,
    summary="Decide on a test of predominance",
    response=WeighingOut,
    statuses=(409,),
    examples={"agree": {"agrees": True, "reason": "It is about the drum."}},
)
def decide_on_weighing(
    request: ApiRequest, message_id: Path[UUID], weighing_id: Path[UUID], body: WeighingDecision
) -> WeighingOut:
    """Agrees to a test of predominance or returns it, by an officer who wrote neither it nor a word of the draft."""
    record = _newest(_weighings(request.officer, message_id), weighing_id)
    made = decide_weighing(request.officer, record, agrees=body.agrees, why=body.reason)
    return _weighing(made)
