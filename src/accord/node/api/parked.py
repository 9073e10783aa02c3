"""What arrived and could not be filed: it waits for a person, who tries it again after mending the cause."""

from datetime import datetime
from uuid import UUID

from ninja import Path, Router, Schema

from accord.exchange.services import try_again
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Cursor, Limit, PageOut, RowId
from accord.officers.permissions import Permission
from accord.release.models import ReceivedMessage

__all__ = ["router"]

router = Router()


class ParkedRow(Schema):
    """A message that waits for a person."""

    entry: int
    peer: str
    envelope_id: UUID
    position: int
    kind: str | None
    reason_code: str
    received_at: datetime
    handled_at: datetime


class TriedOut(Schema):
    """What became of a message that was tried again."""

    filed: int
    stopped: int


@offer(
    router,
    "GET",
    "/parked",
    permission=Permission.PARKED_HANDLE,
    summary="List messages that could not be filed",
    response=PageOut[ParkedRow],
)
def list_parked(request: ApiRequest, *, cursor: Cursor = None, limit: Limit = 25) -> PageOut[ParkedRow]:
    """Lists what arrived and waits for a person, the newest first, with the code of its cause."""
    rows = ReceivedMessage.objects.filter(state=ReceivedMessage.State.PARKED)
    page = page_of(rows, "parked", cursor=cursor, limit=limit)
    items = [
        ParkedRow(
            entry=row.pk,
            peer=row.peer_id,
            envelope_id=row.envelope_id,
            position=row.position,
            kind=row.kind or None,
            reason_code=row.reason_code,
            received_at=row.received_at,
            handled_at=row.handled_at,
        )
        for row in page.rows
    ]
    return PageOut(items=items, next=page.next)


@offer(
    router,
    "POST",
    "/parked/{entry}/retry",
    permission=Permission.PARKED_HANDLE,
    summary="Try a parked message again",
    response=TriedOut,
    statuses=(409,),
)
def retry_parked(request: ApiRequest, entry: Path[RowId]) -> TriedOut:
    """Tries a message once more after its cause was mended; its sender is told anew."""
    tried = try_again(request.officer, entry)
    return TriedOut(filed=int(tried.is_filed), stopped=int(not tried.is_filed))
