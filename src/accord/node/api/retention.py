"""Retention: until when what was received is kept, what is still needed, legal holds, and what was erased."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema
from ninja.responses import Status

from accord.exchange.models import Message
from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.handling.models import ErasureClaim, Keeping, LegalHold
from accord.handling.retention import confirm_need, keepings_for, lift_hold, place_hold, standing_hold
from accord.node.api.cases import find_case, find_message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Day, Limit, PageOut
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["router"]

router = Router()

Words = Annotated[str, Field(min_length=1, max_length=REASON_CHARACTERS_MAX)]
CaseKey = Annotated[UUID | None, Query(None, description="Of one case alone.")]
EndsBy = Annotated[Day | None, Query(None, description="Whose last day is this one or before.")]
ReviewBy = Annotated[Day | None, Query(None, description="Whose need is to be looked at on this day or before.")]


class NewHold(Closed):
    """Which court, review or complaint needs the case."""

    reason: Words


class Lifting(Closed):
    """Why a legal hold is needed no more."""

    reason: Words


class Need(Closed):
    """For what a message is still needed."""

    need: Words


class TimerOut(Schema):
    """The timer of one received message."""

    message: UUID
    case_id: UUID
    own_ref: str
    keep_until: dt.date = Field(description="Its last day here; nobody on this side can move it later.")
    is_over: bool = Field(description="Whether that day has passed, by UTC.")
    is_held: bool = Field(description="Whether a legal hold stands on its case.")
    review_on: dt.date | None = Field(description="When the need is looked at anew.")
    reviewed_at: dt.datetime | None
    reviewed_by: str | None
    need: str | None
    erased_at: dt.datetime | None


class HoldOut(Schema):
    """A legal hold on a case, standing or lifted."""

    id: UUID
    case_id: UUID
    reason: str | None = Field(description="Null without `case.read`, as is why it was lifted.")
    placed_by: str
    placed_at: dt.datetime
    lifted_by: str | None
    lifted_at: dt.datetime | None
    lift_reason: str | None


class RetentionOut(Schema):
    """What is known of how long one message is kept."""

    timer: TimerOut | None = Field(
        description="Null for a message of ours, but for a copy that still holds something of what was erased."
    )
    hold: HoldOut | None = Field(description="The legal hold that stands on its case.")
    erasure_claimed_at: dt.datetime | None = Field(
        description="When the other side said that it erased a message of ours; its claim, and no more."
    )


def _timer(row: Keeping, *, is_held: bool, shows_content: bool) -> TimerOut:
    return TimerOut(
        message=row.pk,
        case_id=row.message.case_id,
        own_ref=row.message.case.own_ref,
        keep_until=row.keep_until,
        is_over=row.keep_until < timezone.now().date(),
        is_held=is_held,
        review_on=row.review_on,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by.username if row.reviewed_by else None,
        need=(row.need or None) if shows_content else None,
        erased_at=row.erased_at,
    )


def _hold(officer: Officer, row: LegalHold) -> HoldOut:
    shows = officer.may(Permission.CASE_READ)
    return HoldOut(
        id=row.pk,
        case_id=row.case_id,
        reason=row.reason if shows else None,
        placed_by=row.placed_by.username,
        placed_at=row.placed_at,
        lifted_by=row.lifted_by.username if row.lifted_by else None,
        lifted_at=row.lifted_at,
        lift_reason=(row.lift_reason or None) if shows else None,
    )


@offer(
    router,
    "GET",
    "/retention",
    permission=Permission.CASE_READ,
    summary="List the timers of what was received",
    response=PageOut[TimerOut],
)
def list_timers(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    case_id: CaseKey = None,
    ends_by: EndsBy = None,
    review_by: ReviewBy = None,
    is_held: bool | None = None,
    is_erased: bool | None = None,
) -> PageOut[TimerOut]:
    """Lists until when each received message that the account may read is kept, what ends first at the top."""
    wanted = {
        "message__case_id": case_id,
        "keep_until__lte": ends_by,
        "review_on__lte": review_by,
        "erased_at__isnull": None if is_erased is None else not is_erased,
    }
    rows = keepings_for(request.officer, is_held=is_held)
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    page = page_of(rows, "retention", cursor=cursor, limit=limit, by="keep_until", newest_first=False)
    items = [_timer(row, is_held=getattr(row, "is_held", False), shows_content=True) for row in page.rows]
    return PageOut(items=items, next=page.next)


@offer(
    router,
    "GET",
    "/messages/{message_id}/retention",
    permission=Permission.CASE_READ,
    summary="Show how long a message is kept",
    response=RetentionOut,
)
def show_retention(request: ApiRequest, message_id: Path[UUID]) -> RetentionOut:
    """Shows the timer of a received message, the hold on its case, or what the other side says of one of ours."""
    message = find_message(request.officer, message_id)
    hold = standing_hold(message.case)
    claim = ErasureClaim.objects.filter(pk=message.pk).first()
    return RetentionOut(
        timer=_timer_of(message, is_held=hold is not None, shows_content=True),
        hold=_hold(request.officer, hold) if hold is not None else None,
        erasure_claimed_at=claim.claimed_at if claim is not None else None,
    )


def _timer_of(message: Message, *, is_held: bool, shows_content: bool) -> TimerOut | None:
    row = Keeping.objects.select_related("message__case", "reviewed_by").filter(pk=message.pk).first()
    return _timer(row, is_held=is_held, shows_content=shows_content) if row is not None else None


@offer(
    router,
    "POST",
    "/messages/{message_id}/need",
    permission=Permission.MESSAGE_ANSWER,
    summary="Say for what a received message is still needed",
    response=TimerOut,
    statuses=(409,),
    examples={"trial": {"need": "The trial of the consignor begins in March."}},
)
def confirm_need_of(request: ApiRequest, message_id: Path[UUID], body: Need) -> TimerOut:
    """Says why a message is still needed, so that it is looked at again in a year; its last day stays as it is."""
    message = find_message(request.officer, message_id)
    row = confirm_need(request.officer, message, need=body.need)
    shows = request.officer.may(Permission.CASE_READ)
    return _timer(row, is_held=standing_hold(message.case) is not None, shows_content=shows)


@offer(
    router,
    "GET",
    "/cases/{case_id}/legal-holds",
    permission=Permission.CASE_READ,
    summary="List the legal holds of a case",
    response=list[HoldOut],
)
def list_legal_holds(request: ApiRequest, case_id: Path[UUID]) -> list[HoldOut]:
    """Lists the legal holds of a case, the newest first; one at most stands."""
    case = find_case(request.officer, case_id)
    rows = LegalHold.objects.filter(case=case).select_related("placed_by", "lifted_by").order_by("-placed_at", "-pk")
    return [_hold(request.officer, row) for row in rows]


@offer(
    router,
    "POST",
    "/cases/{case_id}/legal-holds",
    permission=Permission.MESSAGE_RELEASE,
    summary="Keep a case beyond its day",
    response=HoldOut,
    status=201,
    statuses=(409,),
    examples={"court": {"reason": "Superior Court, file 26-1, ordered it kept."}},
)
def place_legal_hold(request: ApiRequest, case_id: Path[UUID], body: NewHold) -> Status[HoldOut]:
    """Places a legal hold, which stops the erasure of what the case holds and nothing else."""
    hold = place_hold(request.officer, find_case(request.officer, case_id), reason=body.reason)
    return Status(201, _hold(request.officer, hold))


@offer(
    router,
    "POST",
    "/cases/{case_id}/legal-holds/{hold_id}/lift",
    permission=Permission.MESSAGE_RELEASE,
    summary="End a legal hold",
    response=HoldOut,
    statuses=(409,),
    examples={"judgment": {"reason": "The judgment is final."}},
)
def lift_legal_hold(request: ApiRequest, case_id: Path[UUID], hold_id: Path[UUID], body: Lifting) -> HoldOut:
    """Ends a legal hold, by another officer than who placed it; what fell due meanwhile is erased at the next turn."""
    hold = LegalHold.objects.get(pk=hold_id, case=find_case(request.officer, case_id))
    return _hold(request.officer, lift_hold(request.officer, hold, reason=body.reason))
