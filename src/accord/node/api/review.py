"""The reviewer's lists: what was parked, alarms old and new, clocks, holds, emergencies; and their export as a table.

Every list is filtered by time and read by cursor; each can be exported as CSV for the same period. A reviewer writes
one thing alone: what they found of an emergency.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema

from accord.courier.models import Alarm
from accord.exchange.models import Clock, EmergencyReview, HoldAnswer
from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.node.api.decisions import ActRow, DecisionRow, act_row, decision_row
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Limit, Moment, PageOut, PartyCode
from accord.node.tables import table_response, whole
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.oversight.lists import alarms, clocks, hold_answers, stopped
from accord.oversight.reviews import emergencies, review_emergency
from accord.oversight.services import acts, decisions
from accord.release.models import ReceivedMessage

__all__ = ["LISTS", "export_table", "router"]

router = Router()

Code = Annotated[str | None, Query(None, pattern=r"^[a-z][a-z0-9.-]{1,63}$", description="Code of the alarm.")]
Policy = Annotated[
    str | None, Query(None, pattern=r"^[A-Z]{2}-[0-9]{2}[A-Za-z0-9.-]{0,56}$", description="The policy.")
]
StoppedState = Literal["parked", "refused", "expired"]
ReviewOutcome = Literal["justified", "not-justified"]
ClockState = Literal["running", "paused", "ended"]


class StoppedRow(Schema):
    """What arrived and was not filed."""

    entry: int
    peer: str
    envelope_id: UUID
    position: int
    kind: str | None
    state: StoppedState
    reason_code: str
    received_at: datetime
    handled_at: datetime


class AlarmRow(Schema):
    """An alarm, whether or not a person has seen it."""

    id: int
    peer: str | None
    code: str
    detail: str
    raised_at: datetime
    last_seen_at: datetime
    count: int
    acknowledged_at: datetime | None
    acknowledged_by: int | None


class ClockRow(Schema):
    """The clock of a request, ended or not."""

    message_id: UUID
    reference: str
    peer: str
    direction: Literal["in", "out"]
    urgency: str
    state: ClockState
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    pause_reason: str | None
    is_overdue: bool


class HoldRow(Schema):
    """A written answer to a hold of the law gate."""

    id: UUID
    message_id: UUID
    reference: str
    peer: str
    policy: str
    decided_by: str
    decided_at: datetime
    reason: str


class EmergencyRow(Schema):
    """What left as an emergency, and its review."""

    message_id: UUID
    reference: str
    peer: str
    due_at: datetime
    is_overdue: bool
    reviewed_by: str | None
    reviewed_at: datetime | None
    outcome: ReviewOutcome | None
    reason: str | None


class Review(Closed):
    """What the reviewer found of an emergency."""

    outcome: ReviewOutcome
    reason: str = Field(min_length=1, max_length=REASON_CHARACTERS_MAX)


def _stopped(row: ReceivedMessage) -> StoppedRow:
    names = ("envelope_id", "position", "state", "reason_code", "received_at", "handled_at")
    return StoppedRow(
        entry=row.pk, peer=row.peer_id, kind=row.kind or None, **{one: getattr(row, one) for one in names}
    )


def _alarm(row: Alarm) -> AlarmRow:
    names = ("id", "code", "detail", "raised_at", "last_seen_at", "count", "acknowledged_at", "acknowledged_by")
    peer = row.channel.peer_id if row.channel is not None else None
    return AlarmRow(peer=peer, **{one: getattr(row, one) for one in names})


def _clock(row: Clock) -> ClockRow:
    names = ("message_id", "urgency", "state", "started_at", "due_at", "ended_at")
    return ClockRow(
        reference=row.message.reference,
        peer=row.message.case.peer_id,
        direction="out" if row.message.is_ours else "in",
        pause_reason=row.pause_reason or None,
        is_overdue=row.is_overdue(timezone.now()),
        **{one: getattr(row, one) for one in names},
    )


def _hold(row: HoldAnswer) -> HoldRow:
    return HoldRow(
        id=row.id,
        message_id=row.message_id,
        reference=row.message.reference,
        peer=row.message.case.peer_id,
        policy=row.policy,
        decided_by=row.decided_by.username,
        decided_at=row.decided_at,
        reason=row.reason,
    )


def _emergency(row: EmergencyReview) -> EmergencyRow:
    return EmergencyRow(
        message_id=row.message_id,
        reference=row.message.reference,
        peer=row.message.case.peer_id,
        due_at=row.due_at,
        is_overdue=(row.reviewed_at or timezone.now()) > row.due_at,
        reviewed_by=row.reviewed_by.username if row.reviewed_by else None,
        reviewed_at=row.reviewed_at,
        outcome=cast("ReviewOutcome | None", row.outcome or None),
        reason=row.reason or None,
    )


@offer(
    router,
    "GET",
    "/review/stopped",
    permission=Permission.RECORD_READ,
    summary="List what arrived and was not filed",
    response=PageOut[StoppedRow],
)
def list_stopped(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    state: StoppedState | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> PageOut[StoppedRow]:
    """Lists what was parked, refused or expired when it was handled, the newest first; it shows no content."""
    rows = stopped(request.officer, peer=peer, state=state, since=since, until=until)
    page = page_of(rows, "review.stopped", cursor=cursor, limit=limit, by="handled_at")
    return PageOut(items=[_stopped(row) for row in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/review/alarms",
    permission=Permission.RECORD_READ,
    summary="List alarms, open and acknowledged",
    response=PageOut[AlarmRow],
)
def list_alarms(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    code: Code = None,
    is_open: bool | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> PageOut[AlarmRow]:
    """Lists alarms by when they were raised, the newest first, with who acknowledged each."""
    rows = alarms(request.officer, code=code, is_open=is_open, since=since, until=until)
    page = page_of(rows, "review.alarms", cursor=cursor, limit=limit, by="raised_at")
    return PageOut(items=[_alarm(row) for row in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/review/clocks",
    permission=Permission.RECORD_READ,
    summary="List clocks, running, paused and ended",
    response=PageOut[ClockRow],
)
def list_clocks(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    state: ClockState | None = None,
    direction: Literal["in", "out"] | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> PageOut[ClockRow]:
    """Lists the clocks of requests by when they began, the newest first, with whether each limit was kept."""
    rows = clocks(request.officer, peer=peer, state=state, direction=direction, since=since, until=until)
    page = page_of(rows, "review.clocks", cursor=cursor, limit=limit, by="started_at")
    return PageOut(items=[_clock(row) for row in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/review/holds",
    permission=Permission.RECORD_READ,
    summary="List answers to holds with their reasons",
    response=PageOut[HoldRow],
)
def list_holds(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    policy: Policy = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> PageOut[HoldRow]:
    """Lists who cleared which hold of the law gate and why, the newest first."""
    rows = hold_answers(request.officer, policy=policy, since=since, until=until)
    page = page_of(rows, "review.holds", cursor=cursor, limit=limit, by="decided_at")
    return PageOut(items=[_hold(row) for row in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/review/emergencies",
    permission=Permission.RECORD_READ,
    summary="List emergencies with their reviews",
    response=PageOut[EmergencyRow],
)
def list_emergencies(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    is_open: bool | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> PageOut[EmergencyRow]:
    """Lists what left as an emergency by when its review is due, the earliest first."""
    rows = emergencies(request.officer, is_open=is_open, since=since, until=until)
    page = page_of(rows, "review.emergencies", cursor=cursor, limit=limit, by="due_at", newest_first=False)
    return PageOut(items=[_emergency(row) for row in page.rows], next=page.next)


@offer(
    router,
    "POST",
    "/review/emergencies/{message_id}",
    permission=Permission.EMERGENCY_REVIEW,
    summary="Record the review of an emergency",
    response=EmergencyRow,
    statuses=(409,),
    examples={"justified": {"outcome": "justified", "reason": "The address was needed within the hour."}},
)
def record_review(request: ApiRequest, message_id: Path[UUID], body: Review) -> EmergencyRow:
    """Records, once, whether an emergency was justified and why; a late review is recorded as late."""
    return _emergency(review_emergency(request.officer, message_id, outcome=body.outcome, reason=body.reason))


Lister = Callable[[Officer, datetime | None, datetime | None], QuerySet[Any]]  # Any: each list has its own model
LISTS: Final[dict[str, tuple[type[Schema], Lister, Callable[[Any], Schema]]]] = {
    "acts": (ActRow, lambda who, since, until: acts(who, since=since, until=until), act_row),
    "decisions": (DecisionRow, lambda who, since, until: decisions(who, since=since, until=until), decision_row),
    "stopped": (StoppedRow, lambda who, since, until: stopped(who, since=since, until=until), _stopped),
    "alarms": (AlarmRow, lambda who, since, until: alarms(who, since=since, until=until), _alarm),
    "clocks": (ClockRow, lambda who, since, until: clocks(who, since=since, until=until), _clock),
    "holds": (HoldRow, lambda who, since, until: hold_answers(who, since=since, until=until), _hold),
    "emergencies": (EmergencyRow, lambda who, since, until: emergencies(who, since=since, until=until), _emergency),
}
ListName = Literal["acts", "decisions", "stopped", "alarms", "clocks", "holds", "emergencies"]


@offer(
    router,
    "GET",
    "/review/export/{name}",
    permission=Permission.RECORD_READ,
    summary="Export a reviewer's list as CSV",
    response=None,
    raw_answer="text/csv",
)
def export_list(
    request: ApiRequest, name: Path[ListName], *, since: Moment | None = None, until: Moment | None = None
) -> HttpResponse:
    """Exports one list for a period as a table of text cells, the oldest first; the export is noted as an act."""
    return export_table(request.officer, name, since=since, until=until)


def export_table(
    officer: Officer, name: str, *, since: datetime | None, until: datetime | None, mark: bool = False
) -> HttpResponse:
    """Returns one of the lists for a period as a table of text cells, and notes the export.

    Args:
        officer: The reviewer.
        name: A name in :data:`LISTS`.
        since: First moment, included.
        until: Last moment, excluded.
        mark: Whether a person's table program opens it.

    Raises:
        NotPermitted: The account may not read the record.
        ExportTooLong: The period holds too many rows.
    """
    shape, lister, row_of = LISTS[name]
    rows = whole(lister(officer, since, until).order_by("pk"))
    note(officer, "export list", officer, detail={"list": name, "rows": len(rows)})
    columns = list(shape.model_fields)
    told = (row_of(row).model_dump(mode="json") for row in rows)
    return table_response(columns, ([row[column] for column in columns] for row in told), name=name, mark=mark)
