"""The reviewer's check of every stored log, read on in slices, and each log as a file to be checked elsewhere."""

import datetime as dt
from typing import Annotated, Final, Literal, get_args
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Field, Path, Router, Schema
from ninja.responses import Status

from accord.channel.log_reading import FaultCode
from accord.courier.models import Direction
from accord.courier.moment import from_ms
from accord.exchange.errors import NotFound
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import PeerInPath, one_of
from accord.officers.permissions import Permission
from accord.oversight.log_checks import FoundLog, advance, begin_check, export_log, last_run, logs_to_check
from accord.oversight.models import LogCheck

__all__ = ["router"]

router = Router()

SLICE_SECONDS: Final = 0.5
"""How long one request reads: an act and its kept answer are one transaction, in which others wait to write."""

LOG_MEDIA_TYPE: Final = "application/octet-stream"

Whose = Literal["ours", "theirs"]
_DIRECTIONS: Final[dict[str, Direction]] = {"ours": Direction.OUT, "theirs": Direction.IN}


class LogOut(Schema):
    """One of the two logs of a channel as this node keeps it."""

    whose: Whose
    owner: str = Field(description="Code of whose log it is.")
    peer: str = Field(description="Code of who co-signs it.")
    size: int = Field(description="Entries that stand under a signed head.")


class LogFaultOut(Schema):
    """Why a log does not hold."""

    code: Annotated[str, one_of(get_args(FaultCode))]
    sentence: str


class LogCheckOut(Schema):
    """How far the check of one log is, and what it found."""

    owner: str
    peer: str
    state: Annotated[str, one_of(LogCheck.State)]
    size: int = Field(description="Entries that are to be read.")
    done: int = Field(description="Entries that were read, each leaf computed anew from its bytes.")
    heads: int = Field(description="Signed heads that hold.")
    receipts: int = Field(description="Co-signatures that hold.")
    signed_at: dt.datetime | None = Field(description="When the owner signed the last head that holds.")
    cosigned_at: dt.datetime | None = Field(description="When the peer co-signed last.")
    cosigned_size: int
    cosigned_root: str | None = Field(description="Root of the log under that co-signature, in hexadecimal.")
    owner_keys: list[str]
    peer_keys: list[str]
    erased: int = Field(description="Entries whose words were erased, and of which the commitment is left.")
    fault: LogFaultOut | None
    differing: list[int] = Field(description="Positions at which the bytes are not those of the stored leaf.")


class LogRunOut(Schema):
    """A check of every log."""

    run: UUID
    asked_by: str
    begun_at: dt.datetime
    is_running: bool = Field(description="Whether there is more to read: then read on.")
    is_sound: bool | None = Field(description="Whether every log holds; null while it is read.")
    logs: list[LogCheckOut]


def _check(one: FoundLog) -> LogCheckOut:
    done = one.progress
    return LogCheckOut(
        owner=one.owner,
        peer=one.peer,
        state=one.check.state,
        size=one.check.size,
        done=one.check.done,
        heads=done.heads,
        receipts=done.receipts,
        signed_at=None if done.head_time_ms is None else from_ms(done.head_time_ms),
        cosigned_at=None if done.receipt_time_ms is None else from_ms(done.receipt_time_ms),
        cosigned_size=done.receipted_size,
        cosigned_root=done.receipted_root.hex() or None,
        owner_keys=list(done.owner_keys),
        peer_keys=list(done.peer_keys),
        erased=one.erased,
        fault=LogFaultOut(code=done.fault.code, sentence=done.fault.sentence) if done.fault is not None else None,
        differing=list(one.differing),
    )


def _run(found: list[FoundLog]) -> LogRunOut:
    if not found:
        raise NotFound("There is no such check.", next_step="Begin one with POST /review/log-checks.")
    states, first = {one.check.state for one in found}, found[0].check
    is_running = LogCheck.State.RUNNING in states
    return LogRunOut(
        run=first.run,
        asked_by=first.asked_by.username,
        begun_at=first.begun_at,
        is_running=is_running,
        is_sound=None if is_running else states == {LogCheck.State.HOLDS},
        logs=[_check(one) for one in found],
    )


@offer(
    router,
    "GET",
    "/review/logs",
    permission=Permission.RECORD_READ,
    summary="List the logs kept here",
    response=list[LogOut],
)
def list_logs(request: ApiRequest) -> list[LogOut]:
    """Lists both logs of every channel with the size up to which their owner signed them."""
    return [
        LogOut(
            whose="ours" if one.direction == Direction.OUT else "theirs", owner=one.owner, peer=one.peer, size=one.size
        )
        for one in logs_to_check(request.officer)
    ]


@offer(
    router,
    "GET",
    "/review/logs/{peer}/{whose}/export",
    permission=Permission.RECORD_READ,
    summary="Take a whole log along",
    response=None,
    raw_answer=LOG_MEDIA_TYPE,
)
def export_whole_log(request: ApiRequest, peer: PeerInPath, whose: Path[Whose]) -> StreamingHttpResponse:
    """Gives a log for `accord verify --log`: headers and digests, and no message; the export is noted as an act."""
    pieces = export_log(request.officer, peer, _DIRECTIONS[whose])
    response = StreamingHttpResponse(pieces, content_type=LOG_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="accord-{whose}-{peer}.log"'
    return response


@offer(
    router,
    "POST",
    "/review/log-checks",
    permission=Permission.RECORD_READ,
    summary="Begin a check of every log",
    response=LogRunOut,
    status=201,
    statuses=(404,),
)
def begin_log_check(request: ApiRequest) -> Status[LogRunOut]:
    """Begins to read every stored log anew against its signatures and co-signatures; a fault raises an alarm."""
    run = begin_check(request.officer)
    if run is None:
        raise NotFound("There is no channel, and so no log to check.", next_step="Pair this node with another first.")
    return Status(201, _run(advance(request.officer, run, seconds=SLICE_SECONDS)))


@offer(
    router,
    "GET",
    "/review/log-checks/newest",
    permission=Permission.RECORD_READ,
    summary="Show the newest check of the logs",
    response=LogRunOut,
    statuses=(404,),
)
def show_log_check(request: ApiRequest) -> LogRunOut:
    """Shows how far the newest check is, whoever began it, and what it found of each log."""
    return _run(last_run(request.officer))


@offer(
    router,
    "POST",
    "/review/log-checks/{run}/read-on",
    permission=Permission.RECORD_READ,
    summary="Read on in a check of the logs",
    response=LogRunOut,
)
def read_on_in_logs(request: ApiRequest, run: Path[UUID]) -> LogRunOut:
    """Reads the next slice of a check that is not over; with a new key each time, until `is_running` is false."""
    return _run(advance(request.officer, run, seconds=SLICE_SECONDS))
