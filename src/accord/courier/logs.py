"""Writing and reading the two stored logs of a channel, in the fewest statements.

Entries are inserted with one prepared statement and read as tuples: at some thousands a second, building a model object
for each would cost more than the signatures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from accord.channel.envelope import Header
from accord.channel.frames import Batch
from accord.channel.limits import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES
from accord.channel.merkle import StrideNode
from accord.errors import OurFault

from .models import (
    ArchivedCheckpoint,
    ArchivedEntry,
    Capsule,
    Channel,
    Direction,
    Entry,
    LogNode,
    SignedCheckpoint,
)
from .statements import execute, insert, moment_param, uuid_param

__all__ = [
    "NewEntry",
    "StoredBatch",
    "delete_from",
    "stored_batch",
    "write_checkpoint",
    "write_entries",
    "write_receipt",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """One entry to be stored.

    Args:
        envelope_id: UUIDv7 of the envelope, 16 bytes.
        capsule_id: Capsule that its header names, 16 bytes.
        leaf: Its leaf, 32 bytes.
        header: Header bytes.
        sealed: Sealed bytes.
    """

    envelope_id: bytes
    capsule_id: bytes
    leaf: bytes
    header: bytes
    sealed: bytes


COLUMNS: Final = (
    "channel_id",
    "direction",
    "position",
    "envelope_id",
    "recorded_at",
    "handled_at",
    "recovered",
    "capsule_id",
    "leaf",
    "header",
    "sealed",
)


def from_headers(
    headers: Sequence[Header], leaves: Sequence[bytes], entries: Sequence[tuple[bytes, bytes]]
) -> list[NewEntry]:
    """Returns accepted entries as rows to be stored."""
    return [
        NewEntry(
            envelope_id=header.id, capsule_id=header.archive_capsule, leaf=leaf, header=header_bytes, sealed=sealed
        )
        for header, leaf, (header_bytes, sealed) in zip(headers, leaves, entries, strict=True)
    ]


def write_entries(
    channel: Channel,
    direction: Direction,
    *,
    start: int,
    entries: Sequence[NewEntry],
    capsules: Iterable[tuple[bytes, bytes]],
    stride_nodes: Sequence[StrideNode],
    recorded_at: datetime,
    recovered: bool = False,
) -> None:
    """Stores entries with their capsules and log nodes, in the caller's transaction.

    Args:
        channel: The channel, locked.
        direction: Whose log.
        start: Position of the first entry.
        entries: The entries in order.
        capsules: Pairs of id and bytes; those known already are left as they are.
        stride_nodes: Log nodes that became complete.
        recorded_at: The time of storing.
        recovered: Whether they are our own entries given back by the peer.
    """
    moment = moment_param(recorded_at)
    insert(
        Entry,
        COLUMNS,
        (
            (
                channel.pk,
                direction.value,
                position,
                uuid_param(UUID(bytes=entry.envelope_id)),
                moment,
                None,
                recovered,
                entry.capsule_id,
                entry.leaf,
                entry.header,
                entry.sealed,
            )
            for position, entry in enumerate(entries, start)
        ),
    )
    insert(
        Capsule,
        ("channel_id", "capsule_id", "data"),
        [(channel.pk, name, data) for name, data in capsules],
        keeps_known=True,
    )
    if stride_nodes:
        LogNode.objects.bulk_create(
            [
                LogNode(channel=channel, direction=direction, level=node.level, index=node.index, hash=node.hash)
                for node in stride_nodes
            ]
        )


def write_checkpoint(
    channel: Channel,
    direction: Direction,
    *,
    size: int,
    note: bytes,
    recorded_at: datetime,
    receipt: bytes | None = None,
    receipted_at: datetime | None = None,
) -> None:
    """Stores a signed head of a log, with its receipt where there is one already."""
    moment = moment_param(recorded_at)
    insert(
        SignedCheckpoint,
        (
            "channel_id",
            "direction",
            "size",
            "note",
            "recorded_at",
            "receipt",
            "receipted_at",
            "receipt_recorded_at",
        ),
        [
            (
                channel.pk,
                direction.value,
                size,
                note,
                moment,
                receipt,
                None if receipted_at is None else moment_param(receipted_at),
                None if receipt is None else moment,
            )
        ],
    )


def write_receipt(
    channel: Channel, *, size: int, receipt: bytes, receipted_at: datetime, recorded_at: datetime
) -> None:
    """Stores the peer's receipt over our log beside our checkpoint of that size."""
    execute(
        "UPDATE courier_signedcheckpoint SET receipt = %s, receipted_at = %s, receipt_recorded_at = %s "
        "WHERE channel_id = %s AND direction = %s AND size = %s",
        [
            receipt,
            moment_param(receipted_at),
            moment_param(recorded_at),
            channel.pk,
            Direction.OUT.value,
            size,
        ],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredBatch:
    """A stretch of a stored log that ends at a signed checkpoint.

    Args:
        batch: As it travels.
        receipt: The other side's receipt over its checkpoint, where there is one.
    """

    batch: Batch
    receipt: bytes | None


def stored_batch(
    channel: Channel, direction: Direction, *, start: int, needs_receipt: bool = False, end: int | None = None
) -> StoredBatch | None:
    """Returns the largest stretch from ``start`` that ends at a signed checkpoint and keeps a batch's limits.

    The bytes are those that were stored, so that what is sent again is what was sent before.

    Args:
        channel: The channel.
        direction: Whose log.
        start: First position wanted.
        needs_receipt: Whether only a checkpoint with a receipt will do (entries given back to their owner).
        end: Size not to be exceeded.

    Returns:
        ``None`` when the log holds nothing from there on.
    """
    heads = SignedCheckpoint.objects.filter(channel=channel, direction=direction, size__gt=start)
    if needs_receipt:
        heads = heads.filter(receipt__isnull=False)
    if end is not None:
        heads = heads.filter(size__lte=end)
    head = heads.filter(size__lte=start + MAX_BATCH_ENTRIES).order_by("-size").first() or heads.order_by("size").first()
    if head is None:
        return None
    while True:
        rows = _entries(channel, direction, start, head.size)
        size_bytes = sum(len(header) + len(sealed) for _, header, sealed in rows)
        smaller = heads.filter(size__lt=head.size).order_by("-size").first() if size_bytes > MAX_BATCH_BYTES else None
        if smaller is None:
            break
        head = smaller
    if any(not sealed for _, _, sealed in rows):
        raise OurFault(
            f"An entry between {start} and {head.size} was erased, so that it cannot be given back.",
            code="courier.entry-erased",
            next_step="The peer restores a copy of its own from before the erasure, or begins its log again.",
        )
    if len(rows) != head.size - start:
        raise OurFault(
            f"The stored log lacks entries between {start} and {head.size}.",
            code="courier.log-damaged",
            next_step="Run accord doctor; the peer holds a copy of our log.",
        )
    names = {name for name, _, _ in rows}
    capsules = Capsule.objects.filter(channel=channel, capsule_id__in=names).values_list("data", flat=True)
    batch = Batch(
        start=start,
        entries=tuple((header, sealed) for _, header, sealed in rows),
        capsules=tuple(bytes(data) for data in capsules),
        checkpoint=bytes(head.note),
    )
    return StoredBatch(batch=batch, receipt=None if head.receipt is None else bytes(head.receipt))


def _entries(channel: Channel, direction: Direction, start: int, end: int) -> list[tuple[bytes, bytes, bytes]]:
    rows = (
        Entry.objects.filter(channel=channel, direction=direction, position__gte=start, position__lt=end)
        .order_by("position")
        .values_list("capsule_id", "header", "sealed")
    )
    return [(bytes(name), bytes(header), bytes(sealed)) for name, header, sealed in rows]


def delete_from(channel: Channel, direction: Direction, *, size: int) -> int:
    """Deletes what is stored of a log from ``size`` on, and returns how many entries that were.

    Only a node that its own later signature proves to be rolled back does this, as a rule to the part nobody receipted.
    Signed heads, and the entries below one that was receipted, are archived first: they are evidence for ever.
    """
    _archive(channel, direction, size)
    deleted, _ = Entry.objects.filter(channel=channel, direction=direction, position__gte=size).delete()
    SignedCheckpoint.objects.filter(channel=channel, direction=direction, size__gt=size).delete()
    stale = LogNode.objects.filter(channel=channel, direction=direction).values_list("pk", "level", "index")
    doomed = [pk for pk, level, index in stale.iterator() if (index + 1) << level > size]
    LogNode.objects.filter(pk__in=doomed).delete()
    return deleted


def _archive(channel: Channel, direction: Direction, size: int) -> None:
    stored = {"channel": channel, "direction": direction}
    heads = SignedCheckpoint.objects.filter(**stored, size__gt=size)
    now = timezone.now()
    kept = ("size", "note", "recorded_at", "receipt", "receipted_at")
    ArchivedCheckpoint.objects.bulk_create(
        [ArchivedCheckpoint(**stored, archived_at=now, **row) for row in heads.values(*kept)]
    )
    receipted = heads.filter(receipt__isnull=False).order_by("-size").values_list("size", flat=True).first()
    if receipted is None:
        return
    columns = ("position", "envelope_id", "recorded_at", "capsule_id", "leaf", "header", "sealed")
    entries = Entry.objects.filter(**stored, position__gte=size, position__lt=receipted).order_by("position")
    # A rewind may give up a whole log: so many entries stand in memory at a time, and no more.
    for start in range(size, receipted, MAX_BATCH_ENTRIES):
        some = entries.filter(position__gte=start, position__lt=start + MAX_BATCH_ENTRIES).values(*columns)
        ArchivedEntry.objects.bulk_create([ArchivedEntry(**stored, archived_at=now, **row) for row in some])
