"""Replies: answer, neither confirm nor deny, refuse, delay and let go on again, clarify; each drafts, none sends."""

from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Path, Router
from pydantic import StrictBool, WithJsonSchema

from accord.exchange.kinds.answer import Answer
from accord.exchange.kinds.clarification import Clarification
from accord.exchange.kinds.delay_notice import DelayNotice
from accord.exchange.kinds.limits import LIST_ITEMS_MAX, REFERENCE_CHARACTERS_MAX
from accord.exchange.services import answer, cannot_confirm, clarify, delay, refuse, resume
from accord.node.api.case_shapes import MessageOut, Reader
from accord.node.api.cases import find_message, message_after
from accord.node.api.documents import STRUCT_MARK
from accord.node.api.drafts import OwnSideFields
from accord.node.api.examples import ANSWER_FIELDS, ANSWER_OWN_SIDE
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed, Day, Sentence
from accord.node.api.struct_schemas import draft_name
from accord.officers.permissions import Permission
from accord.vocabulary.refusal import DelayReason, RefusalGround

__all__ = ["router"]

router = Router()

# Any: JSON objects whose schemas are the kinds' own; the services check them field by field.
AnswerFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(Answer)})]
NoticeFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(DelayNotice)})]
ClarificationFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(Clarification)})]


class NewAnswer(Closed):
    """An answer: full, partial, nothing held or deferred."""

    fields: AnswerFields
    own_side: OwnSideFields | None = None


class NewRefusal(Closed):
    """The refusal of a whole request on a ground of the closed list."""

    ground: RefusalGround
    part_refused: Sentence
    fields: AnswerFields
    rule: str | None = Field(None, max_length=REFERENCE_CHARACTERS_MAX, description="With the ground `law`.")
    reasons: Sentence | None = None
    cured_by: Sentence | None = None
    is_without_reasons: StrictBool = Field(False, description="Open to ground `f-i` alone; the reviewer sees it.")
    own_side: OwnSideFields | None = None


class NewDelay(Closed):
    """Notice that the answer will be late."""

    reason: DelayReason
    expected_on: Day
    fields: NoticeFields
    own_side: OwnSideFields | None = None


class NewClarification(Closed):
    """Questions about their message, or the reply to theirs."""

    points: list[Sentence] = Field(min_length=1, max_length=LIST_ITEMS_MAX)
    fields: ClarificationFields
    own_side: OwnSideFields | None = None


@offer(
    router,
    "POST",
    "/messages/{message_id}/answer",
    permission=Permission.MESSAGE_ANSWER,
    summary="Draft an answer",
    response=MessageOut,
    status=201,
    statuses=(409,),
    examples={"partial": {"fields": ANSWER_FIELDS, "own_side": ANSWER_OWN_SIDE}},
)
def answer_request(request: ApiRequest, message_id: Path[UUID], body: NewAnswer) -> MessageOut:
    """Drafts an answer to a request of the other side; it is approved and released like any message."""
    draft = answer(request.officer, find_message(request.officer, message_id), body.fields, own=body.own_side)
    return Reader(request.officer).message(message_after(draft.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/cannot-confirm",
    permission=Permission.MESSAGE_ANSWER,
    summary="Draft the answer that neither confirms nor denies",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def neither_confirm_nor_deny(request: ApiRequest, message_id: Path[UUID]) -> MessageOut:
    """Drafts the one answer whose words and time of release depend on the request alone."""
    draft = cannot_confirm(request.officer, find_message(request.officer, message_id))
    return Reader(request.officer).message(message_after(draft.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/refuse",
    permission=Permission.MESSAGE_ANSWER,
    summary="Draft a refusal",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def refuse_request(request: ApiRequest, message_id: Path[UUID], body: NewRefusal) -> MessageOut:
    """Drafts the refusal of a whole request on a ground of the closed list."""
    draft = refuse(
        request.officer,
        find_message(request.officer, message_id),
        body.fields,
        ground=body.ground,
        part_refused=body.part_refused,
        rule=body.rule,
        reasons=body.reasons,
        cured_by=body.cured_by,
        is_without_reasons=body.is_without_reasons,
        own=body.own_side,
    )
    return Reader(request.officer).message(message_after(draft.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/delay",
    permission=Permission.MESSAGE_ANSWER,
    summary="Draft a delay notice",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def delay_answer(request: ApiRequest, message_id: Path[UUID], body: NewDelay) -> MessageOut:
    """Drafts a delay notice; once it is released, the request's clock stands still on that ground."""
    draft = delay(
        request.officer,
        find_message(request.officer, message_id),
        body.fields,
        reason=body.reason,
        expected_on=body.expected_on,
        own=body.own_side,
    )
    return Reader(request.officer).message(message_after(draft.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/resume",
    permission=Permission.MESSAGE_ANSWER,
    summary="Let a paused clock go on",
    response=MessageOut,
    statuses=(409,),
)
def resume_clock_of(request: ApiRequest, message_id: Path[UUID]) -> MessageOut:
    """Lets the clock of a request go on, because the ground of its pause has gone."""
    resume(request.officer, find_message(request.officer, message_id))
    return Reader(request.officer).message(message_after(message_id))


@offer(
    router,
    "POST",
    "/messages/{message_id}/clarify",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft a clarification",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def clarify_message(request: ApiRequest, message_id: Path[UUID], body: NewClarification) -> MessageOut:
    """Asks for missing particulars instead of refusing, or replies where the other side asked."""
    draft = clarify(
        request.officer, find_message(request.officer, message_id), body.fields, points=body.points, own=body.own_side
    )
    return Reader(request.officer).message(message_after(draft.pk))
