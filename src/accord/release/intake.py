"""Taking in: every entry of a peer's log is opened, judged and filed exactly once, in order.

Promise: one transaction holds the filed rows, the mark that the entry was handled, and the disposition that tells the
sender. After a crash either all of it is there or none, and the entry is tried again.

How: up to :data:`INTAKE_BATCH_MAX` entries at once with a statement a table. If anything raises, all of it is rolled
back and the entries are taken one by one; one that still raises is parked for a person, its sender is told, and
the next one goes on: a poisoned message never blocks the next. A fault of this node itself (no key file, no disk) parks
nothing: it is raised, and the entries wait in their order.

What arrives passes the same gate as what leaves, with the action ``use``. What the gate stops is parked, with its
decision; the sender is told that it was refused and, unless a reason is shielded, by which rule.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final

import msgspec
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.courier.alarms import raise_alarm
from accord.courier.heads import locked_channel
from accord.courier.models import Channel, Direction, Entry
from accord.courier.precedence import give_way, in_the_background
from accord.courier.prepared import Prepared
from accord.courier.statements import execute, moment_param
from accord.errors import AccordError, NotAvailableNow, OurFault
from accord.parties.custody import Custody, custody_in_use
from accord.release.actor import MANAGE_PARKED, Actor, require_actor
from accord.release.dispositions import Became, acknowledge
from accord.release.errors import GateRefuses, ReleaseRefused
from accord.release.gate import our_party
from accord.release.inserting import insert_rows
from accord.release.judging import judge_all
from accord.release.models import ReceivedMessage
from accord.release.opening import Unopened, open_entry
from accord.release.received import FilingWork, Handled, Received
from accord.release.recovered import has_own_words
from accord.release.registry import is_answered, kind_for

__all__ = ["INTAKE_BATCH_MAX", "UNREAD_ANSWERED_MAX", "Intake", "take_in", "take_in_all", "try_parked_again"]

INTAKE_BATCH_MAX: Final = 256
"""Entries of one transaction: a full flush of the peer (see the channel's batch limit)."""

UNREAD_ANSWERED_MAX: Final = 16
"""Unreadable entries in a row that are still answered. Two nodes that cannot read each other would otherwise answer
each other's answers for ever; after so many we fall silent and raise an alarm instead."""

_LOG = logging.getLogger("accord.release")

_State = ReceivedMessage.State


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What one call took in.

    Args:
        filed: Messages filed.
        stopped: Messages refused, expired or parked.
    """

    filed: int = 0
    stopped: int = 0

    @property
    def total(self) -> int:
        """Entries handled."""
        return self.filed + self.stopped

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(filed=self.filed + other.filed, stopped=self.stopped + other.stopped)


def take_in_all(*, limit: int = INTAKE_BATCH_MAX, now: datetime | None = None) -> Intake:
    """Takes in a batch from each channel; see :func:`take_in`."""
    total = Intake()
    for channel in _CHANNELS.all():
        total += take_in(channel, limit=limit, now=now)
    return total


_Opened = tuple[Entry, Received | Unopened]


def _unhandled(channel_id: int) -> QuerySet[Entry]:
    return Entry.objects.filter(channel_id=channel_id, direction=Direction.IN, handled_at__isnull=True).order_by(
        "position"
    )


@cache
def _questions(limit: int) -> tuple[Prepared[Entry], Prepared[Entry]]:
    """Returns the questions for what waits, whole and by key; asked at each sign of life, so composed once."""
    return (
        Prepared(
            lambda channel: _unhandled(channel).only(
                "id", "position", "envelope_id", "recorded_at", "header", "sealed"
            )[:limit],
            int,
        ),
        Prepared(lambda channel: _unhandled(channel).values_list("pk")[:limit], int),
    )


def _waiting(channel: Channel, limit: int) -> list[Entry]:
    return _questions(limit)[0].all(channel.pk)


# Without the heads and the peers' profiles.
_CHANNELS: Final = Prepared(lambda: Channel.objects.only("party_code", "peer_id", "mode").order_by("pk"))


def _opened(channel: Channel, entries: Sequence[Entry], *, custody: Custody, now: datetime) -> list[_Opened]:
    party = our_party()
    return [
        (entry, open_entry(entry, party=party, peer=channel.peer_id, custody=custody, now=now)) for entry in entries
    ]


def take_in(channel: Channel, *, limit: int = INTAKE_BATCH_MAX, now: datetime | None = None) -> Intake:
    """Takes in what waits in one channel.

    Args:
        channel: The channel.
        limit: Most entries of this call.
        now: The time; the clock's where it is omitted.

    Returns:
        How many were filed and how many stopped; all zero when nothing waits.

    Raises:
        OurFault: This node is broken; nothing was taken.
        NotAvailableNow: Something needed does not answer; nothing was taken.
    """
    moment = now or timezone.now()
    custody = custody_in_use()
    try:
        return _take_batch(channel, limit=limit, custody=custody, now=moment)
    except (OurFault, NotAvailableNow, OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - the edge of a job: any other fault is looked for entry by entry
        _LOG.warning("intake of a batch failed, entry by entry now: %s", type(error).__name__)
    return _take_one_by_one(channel, limit=limit, custody=custody, now=moment)


def _take_batch(channel: Channel, *, limit: int, custody: Custody, now: datetime) -> Intake:
    # What we once asked must be known before its answer is filed.
    entries = _waiting(channel, limit) if has_own_words(channel) else []
    if not entries:
        return Intake()
    # Opened before the transaction, so that nobody waits for the database while keys are computed; and one by one, so
    # that a message on its way waits for one at most. In a flood there is no lull to wait for.
    opened: list[_Opened] = []
    with in_the_background():
        for entry in entries:
            if len(entries) < limit:
                give_way()
            opened += _opened(channel, [entry], custody=custody, now=now)
    with transaction.atomic():
        # The row lock makes a second worker wait; on SQLite the transaction itself holds the one write lock.
        locked = locked_channel(channel.pk)
        waiting = {key for (key,) in _questions(limit)[1].rows(locked.pk)}
        still_waiting = [pair for pair in opened if pair[0].pk in waiting]
        if not still_waiting or not has_own_words(locked):
            return Intake()
        return _file(locked, still_waiting, now=now)


def _take_one_by_one(channel: Channel, *, limit: int, custody: Custody, now: datetime) -> Intake:
    total = Intake()
    for _ in range(limit):
        with transaction.atomic():
            locked = Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
            entries = _waiting(locked, 1)
            if not entries:
                break
            try:
                with transaction.atomic():
                    total += _file(locked, _opened(locked, entries, custody=custody, now=now), now=now)
            except (OurFault, NotAvailableNow, OperationalError, InterfaceError):
                raise
            except Exception as error:  # noqa: BLE001 - the edge of a job: this one message is parked, the next goes on
                total += _park(locked, entries[0], error, now=now)
    return total


def _park(channel: Channel, entry: Entry, error: Exception, *, now: datetime) -> Intake:
    code = error.reason_code if isinstance(error, AccordError) else "release.handler-failed"
    _LOG.error("entry %d of %s is parked: %s", entry.position, channel.peer_id, type(error).__name__)
    raise_alarm(
        channel, "release.parked", f"Entry {entry.position} could not be filed ({code}) and waits for a person."
    )
    _write(channel, [_row(channel, entry, _State.PARKED, code=code, now=now)], now=now)
    _tell(channel, [Became(entry.position, Handled(state="refused", code=code))], now=now)
    return Intake(stopped=1)


class _Batch:
    """What one transaction has found out so far."""

    def __init__(self, channel: Channel, now: datetime) -> None:
        self.channel = channel
        self.now = now
        self.rows: list[ReceivedMessage] = []
        self.became: list[Became] = []
        self.filed = 0

    def stop(self, entry: Entry, found: Unopened) -> None:
        """Notes an entry that goes to no handler."""
        state = _State.EXPIRED if found.is_expired else _State.PARKED
        row = _row(self.channel, entry, state, code=found.handled.code or "", now=self.now)
        row.kind, row.schema = found.kind[:48], found.schema
        self.rows.append(row)
        if not is_answered(found.kind):
            return
        if found.was_read or found.is_expired or _is_still_answered(self.channel, entry.position):
            self.became.append(Became(entry.position, found.handled))

    def close(self, entry: Entry, received: Received, handled: Handled, record: int | None) -> None:
        """Notes an entry that a handler, or the gate before it, has dealt with."""
        is_good = handled.state in {"filed", "acted"}
        stopped = _State.PARKED if record is not None and handled.code == "law.refuses" else _State.REFUSED
        row = _row(self.channel, entry, _State.FILED if is_good else stopped, code=handled.code or "", now=self.now)
        row.kind, row.schema, row.decision_id = received.kind, received.schema, record
        self.rows.append(row)
        self.filed += is_good
        if kind_for(received.kind, received.schema).is_acknowledged:
            self.became.append(Became(entry.position, handled))


def _is_still_answered(channel: Channel, position: int) -> bool:
    recent = ReceivedMessage.objects.filter(
        entry__channel=channel, entry__direction=Direction.IN, position__lt=position
    ).order_by("-position")[:UNREAD_ANSWERED_MAX]
    kinds = [row.kind for row in recent]
    if len(kinds) < UNREAD_ANSWERED_MAX or any(kinds):
        return True
    raise_alarm(channel, "release.unreadable", "Many entries in a row could not be read; they are no longer answered.")
    return False


def _file(channel: Channel, opened: Sequence[_Opened], *, now: datetime) -> Intake:
    batch = _Batch(channel, now)
    work = FilingWork(peer=channel.peer_id, now=now)
    by_kind: dict[tuple[str, int], list[Received]] = {}
    for _, found in opened:
        if isinstance(found, Received):
            by_kind.setdefault((found.kind, found.schema), []).append(found)
    for (name, schema), received in by_kind.items():
        kind_for(name, schema).prepare(received, work)
    judged = judge_all(channel, [found for _, found in opened if isinstance(found, Received)], now=now)
    for entry, found in opened:
        if isinstance(found, Unopened):
            batch.stop(entry, found)
            continue
        stopped, record = judged[found.envelope_id]
        batch.close(entry, found, stopped or kind_for(found.kind, found.schema).handler(found, work), record)
    # First, since what is filed refers to it (see FilingWork.write).
    _write(channel, batch.rows, now=now)
    work.write()
    _tell(channel, batch.became, now=now)
    return Intake(filed=batch.filed, stopped=len(opened) - batch.filed)


def _row(channel: Channel, entry: Entry, state: ReceivedMessage.State, *, code: str, now: datetime) -> ReceivedMessage:
    return ReceivedMessage(
        entry_id=entry.pk,
        peer_id=channel.peer_id,
        envelope_id=entry.envelope_id,
        position=entry.position,
        state=state,
        reason_code=code[:64],
        received_at=entry.recorded_at,
        handled_at=now,
    )


def _write(channel: Channel, rows: Sequence[ReceivedMessage], *, now: datetime) -> None:
    insert_rows(ReceivedMessage, rows)
    execute(
        "UPDATE courier_entry SET handled_at = %s "
        "WHERE channel_id = %s AND direction = %s AND handled_at IS NULL AND position BETWEEN %s AND %s",
        [moment_param(now), channel.pk, Direction.IN.value, rows[0].position, rows[-1].position],
    )


def _tell(channel: Channel, became: Sequence[Became], *, now: datetime) -> None:
    try:
        acknowledge(channel.peer_id, became, now=now)
    except GateRefuses as refused:
        # What was filed stays filed; that the sender could not be told is an alarm, never a silent loss.
        raise_alarm(channel, "release.gate-failed", f"A disposition was stopped: {refused.reason_code}.")


def try_parked_again(officer: Actor, received: ReceivedMessage, *, now: datetime | None = None) -> Intake:
    """Tries a parked message once more, after its cause was mended; the sender is told anew.

    What raises again is parked again, with the reason of this try. A fault of this node leaves it as it was.

    Raises:
        ActorNotPermitted: The officer may not handle parked messages.
        ReleaseRefused: It is not parked.
    """
    require_actor(officer, MANAGE_PARKED)
    moment = now or timezone.now()
    with transaction.atomic():
        held = ReceivedMessage.objects.select_for_update().get(pk=received.pk)
        if held.state != _State.PARKED:
            raise ReleaseRefused("Only a parked message can be tried again.", code="release.not-parked")
        entry = Entry.objects.select_related("channel").get(pk=held.pk)
        held.delete()
        try:
            with transaction.atomic():
                opened = _opened(entry.channel, [entry], custody=custody_in_use(), now=moment)
                return _file(entry.channel, opened, now=moment)
        except (OurFault, NotAvailableNow, OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - as at the intake: what raises again waits again, with its reason
            return _park(entry.channel, entry, error, now=moment)
