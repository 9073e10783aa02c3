"""Taking what waits in the outbox, lane by lane, and sealing it for the peer and for our own archive.

Sealing is done before the transaction that appends, so that the database is not held while it computes; a message that
is withdrawn meanwhile is left out when the rows are marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from accord.channel.capsule import OpenCapsule
from accord.channel.envelope import Body
from accord.channel.limits import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES
from accord.channel.seal import SealedEnvelope, seal
from accord.errors import AccordError
from accord.parties.keysets import ChannelKeys

from .alarms import raise_alarm
from .logs import NewEntry
from .models import Channel, Lane, Outbox, OutboxState
from .moment import entropy, to_ms
from .statements import moment_param, read_moment, rows_of

__all__ = ["LANE_FLOOR", "SealedRow", "SealedRows", "expire_overdue", "sealed_rows", "taken"]

# Places of a full batch that each lane keeps for itself while it has something waiting, so that none starves; the lanes
# above still get at least 208 of 256 (faults list, 23).
LANE_FLOOR: Final = 16

# What sealing adds to a payload at most, in bytes, beside padding: header, two wraps, tags.
OVERHEAD_BYTES: Final = 2_048


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedRow:
    """An outbox row and its sealed envelope.

    Args:
        pk: Primary key of the outbox row.
        envelope: What goes into the log.
    """

    pk: int
    envelope: SealedEnvelope


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedRows:
    """One flush's worth of sealed messages.

    Args:
        rows: The messages in the order of the log.
        capsule: The archive capsule of this flush.
        epoch: Epoch of our log that the headers name.
    """

    rows: tuple[SealedRow, ...]
    capsule: OpenCapsule
    epoch: int

    def entries(self, rows: Sequence[SealedRow]) -> list[NewEntry]:
        """Returns rows as entries to be stored."""
        return [
            NewEntry(
                envelope_id=row.envelope.id,
                capsule_id=self.capsule.id,
                leaf=row.envelope.leaf,
                header=row.envelope.header,
                sealed=row.envelope.sealed,
            )
            for row in rows
        ]


def _queue(channel: Channel, now: datetime) -> QuerySet[Outbox]:
    return Outbox.objects.filter(channel=channel, state=OutboxState.QUEUED, not_after__gt=now)


def taken(channel: Channel, *, now: datetime) -> list[int]:
    """Returns the primary keys of the next batch: urgent lanes first, each with its floor, within a batch's limits."""
    waiting = rows_of(
        "SELECT lane, id, size_bytes FROM courier_outbox WHERE channel_id = %s AND state = 'queued' AND not_after > %s "
        "ORDER BY lane, id LIMIT %s",
        [channel.pk, moment_param(now), MAX_BATCH_ENTRIES],
    )
    if len(waiting) == MAX_BATCH_ENTRIES:
        waiting = _with_floors(channel, now, waiting)
    chosen: list[int] = []
    size = 0
    for lane, rows in groupby(waiting, key=itemgetter(0)):
        for place, (_, pk, size_bytes) in enumerate(rows):
            grown = size + size_bytes + OVERHEAD_BYTES
            # The first message of a lane always fits in: one batch of an attachment-sized message is no reason to wait.
            if chosen and grown > MAX_BATCH_BYTES and not (place == 0 and lane > Lane.THREAT_TO_LIFE):
                break
            chosen.append(pk)
            size = grown
    return chosen


def _with_floors(
    channel: Channel, now: datetime, waiting: Sequence[tuple[int, int, int]]
) -> list[tuple[int, int, int]]:
    by_lane: dict[int, list[tuple[int, int, int]]] = {lane: [] for lane in Lane}
    for row in waiting:
        by_lane[row[0]].append(row)
    for lane in Lane:
        if len(by_lane[lane]) < LANE_FLOOR:
            by_lane[lane] = list(
                _queue(channel, now)
                .filter(lane=lane)
                .order_by("id")
                .values_list("lane", "id", "size_bytes")[:LANE_FLOOR]
            )
    floors = {lane: min(LANE_FLOOR, len(by_lane[lane])) for lane in Lane}
    free = MAX_BATCH_ENTRIES - sum(floors.values())
    chosen: list[tuple[int, int, int]] = []
    for lane in Lane:
        more = min(free, len(by_lane[lane]) - floors[lane])
        free -= more
        chosen.extend(by_lane[lane][: floors[lane] + more])
    return chosen


COLUMNS: Final = (
    "id",
    "envelope_id",
    "kind",
    "schema",
    "payload",
    "decision_digest",
    "handling",
    "not_after",
    "in_reply_to",
    "attachment_root",
)
_PAYLOAD: Final = COLUMNS.index("payload")


def sealed_rows(channel: Channel, pks: Sequence[int], *, keys: ChannelKeys, now: datetime) -> SealedRows:
    """Seals outbox rows in the given order.

    A row that cannot be sealed is blocked with an alarm, so that it never holds up what waits behind it.

    Args:
        channel: The channel, for its parties and its epoch.
        pks: Primary keys in the order of the log.
        keys: Keysets of both sides.
        now: The time of sealing.
    """
    recipient_key = keys.theirs.seal_key_for_sending()
    capsule = OpenCapsule.generate(keys.ours.archive_key(), owner=channel.party_code, entropy=entropy)
    places = ", ".join(["%s"] * len(pks))
    sql = f"SELECT {', '.join(COLUMNS)} FROM courier_outbox WHERE id IN ({places})"  # noqa: S608 - names and placeholders
    found = {row[0]: row for row in rows_of(sql, pks)}
    created_ms = to_ms(now)
    rows: list[SealedRow] = []
    for pk in pks:
        row = found.get(pk)
        if row is None:
            continue
        if not row[_PAYLOAD]:
            # Its words were erased here, and it came back into the queue: what was approved is nowhere any more.
            Outbox.objects.filter(pk=pk, state=OutboxState.QUEUED).update(state=OutboxState.WITHDRAWN)
            raise_alarm(channel, "courier.erased-unsent", f"Message {row[1]} was erased and is not sent again.")
            continue
        try:
            envelope = _sealed(row, channel, created_ms, recipient_key, capsule)
        except AccordError as error:
            Outbox.objects.filter(pk=pk, state=OutboxState.QUEUED).update(state=OutboxState.BLOCKED)
            raise_alarm(channel, "courier.not-sealable", f"Message {row[1]} cannot be sealed: {error.reason_code}.")
            continue
        rows.append(SealedRow(pk=pk, envelope=envelope))
    return SealedRows(rows=tuple(rows), capsule=capsule, epoch=channel.out_epoch)


# Any: a row of columns of several types, in the order of COLUMNS.
def _sealed(
    row: tuple[Any, ...], channel: Channel, created_ms: int, recipient_key: Any, capsule: OpenCapsule
) -> SealedEnvelope:
    _, envelope_id, kind, schema, payload, decision_digest, handling, not_after, in_reply_to, attachment_root = row
    body = Body(
        kind=kind,
        schema=schema,
        payload=bytes(payload),
        decision_digest=bytes(decision_digest),
        handling=handling,
    )
    return seal(
        body,
        id=UUID(str(envelope_id)).bytes,
        sender=channel.party_code,
        recipient=channel.peer_id,
        epoch=channel.out_epoch,
        created_ms=created_ms,
        not_after_ms=to_ms(read_moment(not_after)),
        recipient_key=recipient_key,
        capsule=capsule,
        entropy=entropy,
        attachment_root=None if attachment_root is None else bytes(attachment_root),
        in_reply_to=None if in_reply_to is None else UUID(str(in_reply_to)).bytes,
    )


def expire_overdue(*, now: datetime) -> int:
    """Marks waiting messages whose time is over as expired, on every channel; they are never sent."""
    return Outbox.objects.filter(state=OutboxState.QUEUED, not_after__lte=now).update(state=OutboxState.EXPIRED)
