"""The duty officer's acts: the queue with its clocks, take, ask, answer, refuse, delay, clarify, close."""

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Path, Router, Schema
from pydantic import StrictBool, WithJsonSchema

from accord.exchange.kinds.answer import Answer
from accord.exchange.kinds.clarification import Clarification
from accord.exchange.kinds.delay_notice import DelayNotice
from accord.exchange.kinds.limits import (
    LIST_ITEMS_MAX,
    NARRATIVE_CHARACTERS_MAX,
    REFERENCE_CHARACTERS_MAX,
    SENTENCE_CHARACTERS_MAX,
)
from accord.exchange.models import AgencyInquiry, Clock
from accord.exchange.reach import within
from accord.exchange.services import (
    answer,
    ask_agency,
    cannot_confirm,
    clarify,
    delay,
    hand_over,
    queue_counts,
    record_reply,
    refuse,
    resume,
    take,
    take_over,
)
from accord.handling.outcomes import close_with_outcome
from accord.node.api.case_shapes import (
    CaseOut,
    CaseRow,
    InquiryOut,
    MessageOut,
    MessageRow,
    Reader,
    case_row,
    inquiry_out,
)
from accord.node.api.cases import case_after, find_case, find_message, message_after
from accord.node.api.documents import STRUCT_MARK
from accord.node.api.drafts import OwnSideFields
from accord.node.api.examples import ANSWER_FIELDS, ANSWER_OWN_SIDE
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Day, Limit, PageOut, PartyCode
from accord.node.api.struct_schemas import draft_name
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.profile import AGENCY_CODE
from accord.vocabulary.refusal import DelayReason, RefusalGround
from accord.vocabulary.results import Result

__all__ = ["router"]

router = Router()

Sentence = Annotated[str, Field(min_length=1, max_length=SENTENCE_CHARACTERS_MAX)]
Narrative = Annotated[str, Field(min_length=1, max_length=NARRATIVE_CHARACTERS_MAX)]
AgencyCode = Annotated[str, Field(pattern=AGENCY_CODE)]

# Any: JSON objects whose schemas are the kinds' own; the services check them field by field.
AnswerFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(Answer)})]
NoticeFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(DelayNotice)})]
ClarificationFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(Clarification)})]


class QueueRow(Schema):
    """A request whose clock has not ended, with its case."""

    case: CaseRow
    message: MessageRow


class Taking(Closed):
    """Whether to take a case over from the colleague who holds it, and why."""

    from_colleague: StrictBool = False
    reason: Sentence | None = Field(None, description="Needed with `from_colleague`; it stays on record.")


class HandOver(Closed):
    """To whom the holder hands a case, and why."""

    to: str = Field(min_length=1, max_length=150, description="User name of a colleague who may take cases.")
    reason: Sentence


class Closing(Closed):
    """What came of a case."""

    results: list[Result] = Field(
        default_factory=list,
        max_length=len(Result),
        description="What the information of the other side led to; a report of it is put before a releasing officer.",
    )
    is_of_no_use: StrictBool = Field(False, description="Whether it led to nothing; that is reported too.")
    usefulness: int | None = Field(None, ge=1, le=5, description="From 1 (not at all) to 5 (decisive).")


class NewInquiry(Closed):
    """A question to a competent agency of our own side; it never leaves."""

    agency: AgencyCode
    question: Narrative


class AgencyReply(Closed):
    """What the agency replied."""

    text: Narrative
    holds_information: StrictBool


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
    "GET",
    "/queue",
    permission=Permission.CASE_READ,
    summary="Show the queue with its clocks",
    response=PageOut[QueueRow],
)
def show_queue(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    direction: Literal["in", "out"] = "in",
    peer: PartyCode = None,
) -> PageOut[QueueRow]:
    """Shows unanswered requests by what is due first: theirs to us (`in`), or ours to them (`out`)."""
    rows = Clock.objects.filter(within(request.officer, "message__case__"), message__direction=direction)
    rows = rows.exclude(state=Clock.State.ENDED)
    if peer is not None:
        rows = rows.filter(message__case__peer_id=peer)
    rows = rows.select_related("message__case__holder", "message__drafted_by")
    name = f"queue.{direction}"
    page = page_of(rows, name, cursor=cursor, limit=limit, by="due_at", newest_first=False)
    reader = Reader(request.officer)
    items = [
        QueueRow(case=case_row(clock.message.case), message=reader.message_row(clock.message)) for clock in page.rows
    ]
    return PageOut(items=items, next=page.next)


@offer(
    router,
    "GET",
    "/queue/counts",
    permission=Permission.CASE_READ,
    summary="Count what waits",
    response=dict[str, int],
)
def show_queue_counts(request: ApiRequest) -> dict[str, int]:
    """Counts open cases: new, due today, overdue, and those that wait on us, on them or on the gate."""
    return {section.value: count for section, count in queue_counts(request.officer).items()}


@offer(
    router,
    "POST",
    "/cases/{case_id}/take",
    permission=Permission.CASE_TAKE,
    summary="Take a case",
    response=CaseOut,
    statuses=(409,),
    examples={"free": {}, "from a colleague": {"from_colleague": True, "reason": "The colleague's shift has ended."}},
)
def take_case(request: ApiRequest, case_id: Path[UUID], body: Taking) -> CaseOut:
    """Makes the officer the holder of a case; a colleague's case is taken over expressly and with a reason."""
    if body.from_colleague:
        take_over(request.officer, find_case(request.officer, case_id), reason=body.reason or "")
    else:
        take(request.officer, find_case(request.officer, case_id))
    return Reader(request.officer).case(case_after(case_id))


@offer(
    router,
    "POST",
    "/cases/{case_id}/hand-over",
    permission=Permission.CASE_TAKE,
    summary="Hand a case over to a colleague",
    response=CaseOut,
    statuses=(409,),
    examples={"end of shift": {"to": "duty", "reason": "My shift ends; two questions are with the agency."}},
)
def hand_over_case(request: ApiRequest, case_id: Path[UUID], body: HandOver) -> CaseOut:
    """Makes a colleague the holder in one's own place; who held it, to whom it went and why stay on record."""
    colleague = Officer.objects.filter(username=body.to).first() or Officer(username=body.to, is_active=False)
    hand_over(request.officer, find_case(request.officer, case_id), to=colleague, reason=body.reason)
    return Reader(request.officer).case(case_after(case_id))


@offer(
    router,
    "POST",
    "/cases/{case_id}/close",
    permission=Permission.CASE_TAKE,
    summary="Close a case",
    response=CaseOut,
    statuses=(409,),
)
def close_one_case(request: ApiRequest, case_id: Path[UUID], body: Closing) -> CaseOut:
    """Closes a case in which no request is unanswered and no draft is open, and says what came of it."""
    closed = close_with_outcome(
        request.officer,
        find_case(request.officer, case_id),
        results=body.results,
        is_of_no_use=body.is_of_no_use,
        usefulness=body.usefulness,
    )
    return Reader(request.officer).case(case_after(closed.case.pk))


@offer(
    router,
    "POST",
    "/cases/{case_id}/inquiries",
    permission=Permission.MESSAGE_ANSWER,
    summary="Ask a competent agency of the own side",
    response=InquiryOut,
    status=201,
    statuses=(409,),
    examples={"register": {"agency": "NCB", "question": "Who holds the licence for the substance named?"}},
)
def new_inquiry(request: ApiRequest, case_id: Path[UUID], body: NewInquiry) -> InquiryOut:
    """Notes a question to an agency of our own side; it never leaves."""
    inquiry = ask_agency(
        request.officer, find_case(request.officer, case_id), agency=body.agency, question=body.question
    )
    return inquiry_out(inquiry, shows_content=request.officer.may(Permission.CASE_READ))


@offer(
    router,
    "POST",
    "/inquiries/{inquiry_id}/reply",
    permission=Permission.MESSAGE_ANSWER,
    summary="Record an agency's reply",
    response=InquiryOut,
    statuses=(409,),
)
def record_agency_reply(request: ApiRequest, inquiry_id: Path[UUID], body: AgencyReply) -> InquiryOut:
    """Records what the agency replied; a reply on record is not changed."""
    inquiry = AgencyInquiry.objects.filter(within(request.officer, "case__")).get(pk=inquiry_id)
    recorded = record_reply(request.officer, inquiry, text=body.text, holds_information=body.holds_information)
    return inquiry_out(recorded, shows_content=request.officer.may(Permission.CASE_READ))


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
