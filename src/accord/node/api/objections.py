"""Objections: to a use of what we gave, one level up, and the answer to one of the other side."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema
from pydantic import StrictBool, StrictInt

from accord.exchange.errors import NotFound
from accord.exchange.kinds.limits import CAVEATS_MAX
from accord.exchange.models import Message
from accord.exchange.reach import within
from accord.handling.models import ObjectionMade
from accord.handling.objection_answers import answers_of
from accord.handling.objections import answer_objection, begin_objection, escalate, may_escalate
from accord.node.api.case_shapes import MessageOut, Reader
from accord.node.api.cases import find_message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Day, Limit, Narrative, PageOut, PartyCode, Sentence
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.objections import ObjectionLevel, ObjectionOutcome

__all__ = ["find_objection", "router"]

router = Router()

CaveatNumber = Annotated[StrictInt, Field(ge=1, le=CAVEATS_MAX)]
Item = Annotated[UUID | None, Query(None, description="The message whose use is objected to.")]


class NewObjection(Closed):
    """What is said of the use so far; the rest is filled in with the draft."""

    observed_use: Narrative | None = None
    harm: Sentence | None = None
    demand: Sentence | None = None
    caveat_number: CaveatNumber | None = Field(None, description="Which of its caveats was breached, counted from 1.")
    reply_due_on: Day | None = Field(None, description="Last day for a reply; the node proposes one by the level.")
    is_another: StrictBool = Field(
        default=False,
        description="Whether a further objection is wanted although one to the use of this message is open.",
    )


class NewObjectionAnswer(Closed):
    """What is said to the objection so far; the rest is filled in with the draft."""

    objection_outcome: ObjectionOutcome | None = None
    found: Narrative | None = None
    measures: Sentence | None = Field(None, description="Needed where it was remedied.")
    further_answer_on: Day | None = Field(None, description="Needed while it is looked into.")


class ObjectionRow(Schema):
    """An objection that has left or has come in."""

    message: UUID
    case_id: UUID
    peer: str
    item: UUID = Field(description="The message whose use is objected to.")
    is_ours: bool
    level: ObjectionLevel
    made_at: dt.datetime
    reply_due_on: dt.date
    is_overdue: bool = Field(description="Whether its day has passed, by UTC, without an answer.")
    escalates: UUID | None = Field(description="The objection one level below.")
    answer: UUID | None = Field(description="The message that answers it; of several the last one.")
    outcome: ObjectionOutcome | None
    answered_at: dt.datetime | None = Field(description="When it was first answered.")


class ObjectionAnswered(Schema):
    """One answer to an objection."""

    message: UUID
    outcome: ObjectionOutcome | None = Field(description="Left out where its words were erased.")
    at: dt.datetime


class ObjectionOut(ObjectionRow):
    """Where an objection stands on the ladder."""

    answers: list[ObjectionAnswered] = Field(description="All that were given, the first one first; the last counts.")

    escalated_by: UUID | None = Field(description="The objection one level above.")
    may_escalate: bool = Field(description="Whether it can be raised one level now.")


def _said(body: Closed) -> dict[str, object]:
    given: dict[str, object] = body.model_dump(mode="json", exclude_none=True)
    return given


def _row(made: ObjectionMade) -> dict[str, Any]:  # Any: members of ObjectionRow
    today = timezone.now().date()
    return {
        "message": made.pk,
        "case_id": made.message.case_id,
        "peer": made.message.case.peer_id,
        "item": made.item_id,
        "is_ours": made.is_ours,
        "level": made.level,
        "made_at": made.made_at,
        "reply_due_on": made.reply_due_on,
        "is_overdue": made.answered_at is None and today > made.reply_due_on,
        "escalates": made.escalates_id,
        "answer": made.answer_id,
        "outcome": made.outcome or None,
        "answered_at": made.answered_at,
    }


def _answer(answer: Message) -> dict[str, Any]:  # Any: members of ObjectionAnswered
    outcome = answer.fields.get("objection_outcome")
    return {"message": answer.pk, "outcome": outcome, "at": answer.received_at or answer.released_at}


def find_objection(officer: Officer, message_id: UUID) -> ObjectionMade:
    """Returns an objection on file that the officer reads.

    Raises:
        Message.DoesNotExist: The officer reads no such message.
        NotFound: It is no objection that has left or has come in.
    """
    message = find_message(officer, message_id)
    made = ObjectionMade.objects.select_related("message__case", "item__case").filter(message=message).first()
    if made is None:
        raise NotFound("There is no such objection.")
    return made


def _draft_out(officer: Officer, draft: Message) -> MessageOut:
    return Reader(officer).message(find_message(officer, draft.pk))


@offer(
    router,
    "GET",
    "/objections",
    permission=Permission.CASE_READ,
    summary="List objections of both sides",
    response=PageOut[ObjectionRow],
)
def list_objections(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    item: Item = None,
    is_ours: bool | None = None,
    is_open: bool | None = None,
) -> PageOut[ObjectionRow]:
    """Lists the objections in the cases that the account may read, the newest first, with their days and answers."""
    rows: QuerySet[ObjectionMade] = ObjectionMade.objects.filter(within(request.officer, "message__case__"))
    wanted = {"message__case__peer_id": peer, "item_id": item, "is_ours": is_ours, "answered_at__isnull": is_open}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    page = page_of(rows.select_related("message__case"), "objections", cursor=cursor, limit=limit, by="made_at")
    return PageOut(items=[ObjectionRow(**_row(made)) for made in page.rows], next=page.next)


@offer(
    router,
    "POST",
    "/messages/{message_id}/objection",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft an objection to a use of what was sent",
    response=MessageOut,
    status=201,
    statuses=(409,),
    examples={
        "quoted in the press": {
            "caveat_number": 1,
            "observed_use": "The content was quoted in a news report.",
            "harm": "The exporter was warned.",
            "demand": "Say who passed it on, and stop it.",
        }
    },
)
def object_to_use(request: ApiRequest, message_id: Path[UUID], body: NewObjection) -> MessageOut:
    """Drafts an objection to a use of a message of ours, or answers with the one that is open already.

    Where the open one says something else, it is refused with `handling.objection-begun`: go on with that draft, or
    set `is_another` where a further objection is meant.
    """
    item = find_message(request.officer, message_id)
    said = _said(body)
    is_another = bool(said.pop("is_another"))
    return _draft_out(request.officer, begin_objection(request.officer, item, fields=said, is_another=is_another))


@offer(
    router,
    "GET",
    "/messages/{message_id}/objection",
    permission=Permission.CASE_READ,
    summary="Show where an objection stands",
    response=ObjectionOut,
)
def show_objection(request: ApiRequest, message_id: Path[UUID]) -> ObjectionOut:
    """Shows an objection of either side with its level, its day, its answer, and whether it can be raised now."""
    made = find_objection(request.officer, message_id)
    return ObjectionOut(
        **_row(made),
        answers=[ObjectionAnswered(**_answer(one)) for one in answers_of(made)],
        escalated_by=made.escalated_by.values_list("pk", flat=True).first(),
        may_escalate=may_escalate(made, on=timezone.now().date()),
    )


@offer(
    router,
    "POST",
    "/messages/{message_id}/escalation",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft an objection one level up",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def escalate_objection(request: ApiRequest, message_id: Path[UUID]) -> MessageOut:
    """Drafts the objection one level up, with what was said below, once its answer is late or contests it."""
    made = find_objection(request.officer, message_id)
    return _draft_out(request.officer, escalate(request.officer, made))


@offer(
    router,
    "POST",
    "/messages/{message_id}/objection-answer",
    permission=Permission.MESSAGE_ANSWER,
    summary="Draft the answer to an objection",
    response=MessageOut,
    status=201,
    statuses=(409,),
    examples={
        "remedied": {
            "objection_outcome": "remedied",
            "found": "A colleague showed it to another agency.",
            "measures": "It was taken back, and the colleague was told.",
        }
    },
)
def answer_to_objection(request: ApiRequest, message_id: Path[UUID], body: NewObjectionAnswer) -> MessageOut:
    """Drafts the answer to an objection of the other side; its clock ends when the answer is released."""
    objection = find_message(request.officer, message_id)
    return _draft_out(request.officer, answer_objection(request.officer, objection, _said(body)))
