"""The duty officer's acts on cases: the queue with its clocks, take, hand over, ask an agency, close."""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Router, Schema
from pydantic import StrictBool

from accord.exchange.models import AgencyInquiry, Clock
from accord.exchange.reach import within
from accord.exchange.services import ask_agency, hand_over, queue_counts, record_reply, take, take_over
from accord.handling.outcomes import close_with_outcome
from accord.node.api.case_shapes import CaseOut, CaseRow, InquiryOut, MessageRow, Reader, case_row, inquiry_out
from accord.node.api.cases import case_after, find_case
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Limit, Narrative, PageOut, PartyCode, Sentence, portable
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.profile import AGENCY_CODE
from accord.vocabulary.results import Result

__all__ = ["router"]

router = Router()

AgencyCode = Annotated[str, Field(pattern=portable(AGENCY_CODE))]


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
