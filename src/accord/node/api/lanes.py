"""Lanes: which subjects stand still with whom, suspending one at once, and our side's word that it may go on."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from ninja import Field, Path, Router, Schema
from ninja.responses import Status

from accord.exchange.errors import NotFound
from accord.exchange.reach import messages_for
from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.handling.lanes import resume_lane, suspend_lane
from accord.handling.models import LaneSuspension
from accord.node.api.objections import find_objection
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Limit, OtherParty, PageOut, PartyCode, one_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.subjects import Theme

__all__ = ["router"]

router = Router()

Reason = Annotated[
    str, Field(min_length=1, max_length=REASON_CHARACTERS_MAX, description="For our own file; it does not travel.")
]


class NewSuspension(Closed):
    """Which lane is stopped, and why."""

    peer: OtherParty
    theme: Theme
    reason: Reason
    objection: UUID | None = Field(None, description="The objection that it belongs to, where there is one.")


class Resumption(Closed):
    """Why a lane may go on."""

    reason: Reason


class SuspensionOut(Schema):
    """One lane (a subject with one party) that stands still, or stood still."""

    id: UUID
    peer: str
    theme: Annotated[str, one_of(Theme)]
    is_ours: bool = Field(description="Whether our side suspended it.")
    objection: UUID | None = Field(description="The objection that it belongs to, to whom may read that.")
    suspended_at: dt.datetime
    suspended_by: str | None = Field(description="Who suspended it for our side.")
    reason: str | None = Field(description="Our reason, to whom may read cases, and the objection where there is one.")
    we_resume_at: dt.datetime | None = Field(description="When our side said that it may go on.")
    we_resume_by: str | None
    resume_reason: str | None
    they_resume_at: dt.datetime | None = Field(description="When the other side said so.")
    ended_at: dt.datetime | None = Field(description="When both had said so; null while it stands.")


class _Reader:
    """Reads suspensions for one answer: what an objection says is for its readers, and reasons are content."""

    def __init__(self, officer: Officer, rows: list[LaneSuspension]) -> None:
        named = {row.objection_id for row in rows if row.objection_id is not None}
        self._reads = officer.may(Permission.CASE_READ)
        found = messages_for(officer).filter(pk__in=named) if self._reads and named else None
        self._known = set(found.values_list("pk", flat=True)) if found is not None else set()

    def out(self, row: LaneSuspension) -> SuspensionOut:
        """Returns a suspension as its reader may see it."""
        knows = row.objection_id in self._known
        shows = self._reads and (row.objection_id is None or knows)
        return SuspensionOut(
            id=row.pk,
            peer=row.peer_id,
            theme=row.theme,
            is_ours=row.is_ours,
            objection=row.objection_id if knows else None,
            suspended_at=row.suspended_at,
            suspended_by=row.suspended_by.username if row.suspended_by else None,
            reason=(row.suspend_reason or None) if shows else None,
            we_resume_at=row.we_resume_at,
            we_resume_by=row.we_resume_by.username if row.we_resume_by else None,
            resume_reason=(row.resume_reason or None) if shows else None,
            they_resume_at=row.they_resume_at,
            ended_at=row.ended_at,
        )


@offer(
    router,
    "GET",
    "/lanes",
    permission=Permission.CHANNEL_READ,
    summary="List suspended lanes",
    response=PageOut[SuspensionOut],
)
def list_lanes(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    is_open: bool | None = None,
) -> PageOut[SuspensionOut]:
    """Lists the suspensions of lanes that stand and those that have ended, the newest first."""
    rows = LaneSuspension.objects.select_related("suspended_by", "we_resume_by")
    wanted = {"peer_id": peer, "ended_at__isnull": is_open}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    page = page_of(rows, "lanes", cursor=cursor, limit=limit, by="suspended_at")
    reader = _Reader(request.officer, list(page.rows))
    return PageOut(items=[reader.out(row) for row in page.rows], next=page.next)


@offer(
    router,
    "POST",
    "/lanes",
    permission=Permission.MESSAGE_RELEASE,
    summary="Suspend a lane at once",
    response=SuspensionOut,
    status=201,
    statuses=(404, 409),
    examples={"a breach": {"peer": "IN", "theme": "precursors", "reason": "A caveat was breached."}},
)
def suspend_one_lane(request: ApiRequest, body: NewSuspension) -> Status[SuspensionOut]:
    """Stops a subject with a party before a further word leaves, and tells the other side in codes."""
    objection = find_objection(request.officer, body.objection) if body.objection is not None else None
    row = suspend_lane(request.officer, peer=body.peer, theme=body.theme, reason=body.reason, objection=objection)
    return Status(201, _Reader(request.officer, [row]).out(row))


@offer(
    router,
    "POST",
    "/lanes/{suspension_id}/resume",
    permission=Permission.MESSAGE_RELEASE,
    summary="Say for our side that a lane may go on",
    response=SuspensionOut,
    statuses=(409,),
    examples={"settled": {"reason": "It was settled."}},
)
def resume_one_lane(request: ApiRequest, suspension_id: Path[UUID], body: Resumption) -> SuspensionOut:
    """Gives our side's word, by another officer than who suspended it; it goes on when both sides have given theirs."""
    row = LaneSuspension.objects.filter(pk=suspension_id).first()
    if row is None:
        raise NotFound("There is no such suspension.")
    held = resume_lane(request.officer, row, reason=body.reason)
    return _Reader(request.officer, [held]).out(held)
