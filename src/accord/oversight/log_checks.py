"""Checking every stored log against its co-signatures, in one act, in slices, with an answer that stays on record.

What is read is what is stored: each leaf is computed anew from the bytes of its entry. A log that does not hold is an
alarm, and where the node's own leaf of an entry differs from the entry's bytes, its position is named.

Source: rule BI-14; RFC 9162, 2.1.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import takewhile
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accord.channel.log_export import judged_part
from accord.channel.log_reading import Judging, LogFault, LogProgress, in_turn
from accord.channel.merkle import Frontier, leaf_hash
from accord.courier.alarms import raise_alarm_once
from accord.courier.erasing import sealed_digest_of
from accord.courier.log_files import StoredLog, log_file_pieces, stored_log, stored_logs
from accord.courier.models import Channel, Direction, Entry, ErasedEntry
from accord.courier.moment import to_ms
from accord.errors import AccordError, OfficerCanMend
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.oversight.models import Cosignature, LogCheck

__all__ = ["FoundLog", "advance", "begin_check", "export_log", "last_run", "logs_to_check", "one_log"]

SLICE_SECONDS: Final = 1.5
"""How long one request reads: short enough that a page answers, long enough that a long log is soon done."""

POSITIONS_NAMED_MAX: Final = 20
"""Positions that are named of entries whose bytes were changed; more would hide the first ones."""


class LogUnknown(OfficerCanMend):
    """There is no such log at this node."""

    code = "oversight.log-unknown"
    default_next_step = "Take the party from the list of channels."
    http_status = 404


@dataclass(frozen=True, kw_only=True)
class FoundLog:
    """One check as it is shown.

    Args:
        check: The stored check.
        owner: Party code of whose log it is.
        peer: Party code of who co-signs it.
        progress: What was read and found.
        differing: Positions of entries whose bytes are not those of their stored leaf.
        erased: Entries whose words were erased, and of which the commitment alone is left.
    """

    check: LogCheck
    owner: str
    peer: str
    progress: LogProgress
    differing: tuple[int, ...] = ()
    erased: int = 0

    @property
    def percent(self) -> int:
        """Returns how much of the log was read, in hundredths."""
        return 100 * self.check.done // self.check.size if self.check.size else 100


def logs_to_check(reviewer: Officer) -> list[StoredLog]:
    """Returns both logs of every channel.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    return stored_logs()


@transaction.atomic
def begin_check(reviewer: Officer, *, now: datetime | None = None) -> uuid.UUID | None:
    """Begins a check of every log, as it stands now, and returns its name; ``None`` where there is no channel.

    Raises:
        NotPermitted: The account may not read the record.
    """
    logs = logs_to_check(reviewer)
    if not logs:
        return None
    run, moment = uuid.uuid4(), now or timezone.now()
    for log in logs:
        check = LogCheck.objects.create(
            run=run,
            channel=log.channel,
            direction=log.direction,
            asked_by=reviewer,
            begun_at=moment,
            size=log.size,
            progress=_stored(LogProgress()),
        )
        note(reviewer, "check log", check, at=moment, detail={"party": log.owner, "size": log.size})
    return run


def last_run(reviewer: Officer) -> list[FoundLog]:
    """Returns the newest check of every log that is under way or done.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    run = LogCheck.objects.values_list("run", flat=True).first()
    checks = LogCheck.objects.filter(run=run).select_related("channel", "asked_by").order_by("id") if run else ()
    return [_shown(check) for check in checks]


def advance(
    reviewer: Officer,
    run: uuid.UUID,
    *,
    seconds: float = SLICE_SECONDS,
    now: datetime | None = None,
    judging: Judging = in_turn,
) -> list[FoundLog]:
    """Reads on for a while, and returns how far each log of the run is.

    Args:
        reviewer: Who asks.
        run: Which check.
        seconds: How long it reads.
        now: The time.
        judging: How the checking of signatures is shared out. In turn, a page of the desk takes one core at most, and
            leaves the node the others.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    until = time.monotonic() + seconds
    for check in LogCheck.objects.filter(run=run, state=LogCheck.State.RUNNING).order_by("id"):
        _read_on(check, until, now=now, judging=judging)
        if time.monotonic() >= until:
            break
    return [
        _shown(one) for one in LogCheck.objects.filter(run=run).select_related("channel", "asked_by").order_by("id")
    ]


def _read_on(check: LogCheck, until: float, *, now: datetime | None, judging: Judging = in_turn) -> None:
    log, begun = stored_log(check.channel, Direction(check.direction)), check.done
    done, is_over = _restored(check.progress), False
    try:
        marked = {one.size: bytes(one.root) for one in _cosigned(check)}
        reader = replace(log.reader, marks={size: root for size, root in marked.items() if begun < size <= check.size})
    except AccordError as error:
        done, is_over = _with_fault(done, log, error), True
    else:
        parts = takewhile(lambda part: part.start < check.size, log.parts(start=begun))
        with closing(judging(partial(judged_part, replace(reader, marks={})), parts)) as judged:
            for stretch in judged:
                done = reader.settled(done, stretch)
                if done.fault is not None or time.monotonic() >= until:
                    break
        is_over = done.fault is not None or done.size >= check.size
        if not is_over and time.monotonic() < until:
            # The stored log ends before the size that its last signed head stated.
            done = _short(done, log, check.size)
            is_over = True
        if is_over:
            done = reader.ended(done)
    _store(check, begun, done, is_over=is_over, log=log, now=now)


def _cosigned(check: LogCheck) -> Iterator[Cosignature]:
    return Cosignature.objects.filter(channel=check.channel, direction=check.direction).order_by("size").iterator()


def _with_fault(done: LogProgress, log: StoredLog, error: AccordError) -> LogProgress:
    named = {"owner": log.owner, "peer": log.peer, "party": log.owner, "detail": error.sentence}
    return _failed(done, LogFault(code="keysets", named=named))


def _short(done: LogProgress, log: StoredLog, size: int) -> LogProgress:
    named: dict[str, str | int] = {"owner": log.owner, "peer": log.peer, "start": done.size, "end": size - 1}
    return _failed(done, LogFault(code="missing", named=named))


def _failed(done: LogProgress, fault: LogFault) -> LogProgress:
    return replace(done, fault=fault)


@transaction.atomic
def _store(
    check: LogCheck, begun: int, done: LogProgress, *, is_over: bool, log: StoredLog, now: datetime | None
) -> None:
    differing = _differing(log, done.fault) if done.fault is not None else ()
    state = LogCheck.State.RUNNING
    if is_over:
        state = LogCheck.State.HOLDS if done.fault is None else LogCheck.State.FAILS
    # Two pages may read the same slice: the second one's result is the first one's, and is left out.
    changed = LogCheck.objects.filter(pk=check.pk, state=LogCheck.State.RUNNING, done=begun).update(
        done=min(done.size, check.size),
        state=state,
        ended_at=(now or timezone.now()) if is_over else None,
        progress={**_stored(done), "differing": list(differing)},
    )
    if changed and state == LogCheck.State.FAILS:
        raise_alarm_once(
            check.channel,
            "oversight.log-does-not-hold",
            f"The log of {log.owner} towards {log.peer} does not hold: see the reviewer's check of the logs.",
        )


def _differing(log: StoredLog, fault: LogFault) -> tuple[int, ...]:
    """Returns the positions at which an entry's bytes are not those of the leaf that was stored with it."""
    if fault.code != "changed":
        return ()
    start, end = int(fault.named["start"]), int(fault.named["end"])
    rows = Entry.objects.filter(
        channel=log.channel, direction=log.direction, position__gte=start, position__lte=end
    ).order_by("position")
    found = [
        entry.position
        for entry in rows
        if bytes(entry.leaf) != leaf_hash(sha256(bytes(entry.header)).digest(), sealed_digest_of(entry))
    ]
    return tuple(found[:POSITIONS_NAMED_MAX])


def one_log(reviewer: Officer, peer: str, direction: Direction) -> StoredLog:
    """Returns one log of the channel with a party.

    Raises:
        NotPermitted: The account may not read the record.
        LogUnknown: There is no channel with that party.
    """
    require(reviewer, Permission.RECORD_READ)
    channel = Channel.objects.filter(peer_id=peer).first()
    if channel is None:
        raise LogUnknown(f"There is no channel with {peer}.", fields={"peer": peer})
    return stored_log(channel, direction)


def export_log(reviewer: Officer, peer: str, direction: Direction, *, now: datetime | None = None) -> Iterator[bytes]:
    """Gives the bytes of a log's export, to be checked without a node; it holds headers and no message.

    Raises:
        NotPermitted: The account may not read the record.
        LogUnknown: There is no channel with that party.
    """
    log, moment = one_log(reviewer, peer, direction), now or timezone.now()
    note(reviewer, "export log", log.channel, at=moment, detail={"party": log.owner, "size": log.size})
    return log_file_pieces(log, made_ms=to_ms(moment))


def _shown(check: LogCheck) -> FoundLog:
    is_ours = check.direction == Direction.OUT
    ours, theirs = check.channel.party_code, check.channel.peer_id
    return FoundLog(
        check=check,
        owner=ours if is_ours else theirs,
        peer=theirs if is_ours else ours,
        progress=_restored(check.progress),
        differing=tuple(check.progress.get("differing", ())),
        erased=ErasedEntry.objects.filter(
            entry__channel=check.channel, entry__direction=check.direction, entry__position__lt=check.done
        ).count(),
    )


def _stored(done: LogProgress) -> dict[str, Any]:  # Any: JSON
    fault = done.fault
    return {
        "frontier": done.frontier.to_bytes().hex(),
        "heads": done.heads,
        "receipts": done.receipts,
        "head_time_ms": done.head_time_ms,
        "head_epoch": done.head_epoch,
        "receipted_size": done.receipted_size,
        "receipted_root": done.receipted_root.hex(),
        "receipt_time_ms": done.receipt_time_ms,
        "owner_keys": list(done.owner_keys),
        "peer_keys": list(done.peer_keys),
        "marks_seen": list(done.marks_seen),
        "fault": None if fault is None else {"code": fault.code, "named": dict(fault.named)},
    }


def _restored(stored: Mapping[str, Any]) -> LogProgress:  # Any: JSON
    fault = stored["fault"]
    return LogProgress(
        frontier=Frontier.from_bytes(bytes.fromhex(stored["frontier"])),
        heads=stored["heads"],
        receipts=stored["receipts"],
        head_time_ms=stored["head_time_ms"],
        head_epoch=stored["head_epoch"],
        receipted_size=stored["receipted_size"],
        receipted_root=bytes.fromhex(stored["receipted_root"]),
        receipt_time_ms=stored["receipt_time_ms"],
        owner_keys=tuple(stored["owner_keys"]),
        peer_keys=tuple(stored["peer_keys"]),
        marks_seen=tuple(stored["marks_seen"]),
        fault=None if fault is None else LogFault(code=fault["code"], named=fault["named"]),
    )
