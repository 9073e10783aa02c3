"""What the events of the peer machine do to the database, in the transaction that stores the machine's state.

One function an event, one table from event to function. Nothing here sends, wakes or waits: that is for the callers,
after the commit.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from accord.channel.envelope import CAPSULE_ID_BYTES, Header
from accord.channel.events import (
    ChunkAccepted,
    ChunksHeld,
    EntriesAccepted,
    EntriesRequested,
    EquivocationProven,
    Event,
    HistoryDisputed,
    OwnEntriesRecovered,
    OwnKeysetsRecovered,
    PeerBehind,
    PeerDisagrees,
    PeerRefused,
    ReceiptAccepted,
    ReceiptContradicted,
    ReceiptDisputed,
    ReceiptWithheld,
    RecoveryCompleted,
    ReplicaLost,
    RolledBack,
    SkewObserved,
)
from accord.channel.frames import Chunk
from accord.channel.peer import NOT_NOW
from accord.channel.refusals import ChannelSuspended
from accord.parties.models import Keyset

from .alarms import raise_alarm
from .chunks import chunk_store, first_missing
from .disagreements import (
    HistorySettled,
    equivocation_proven,
    history_disputed,
    peer_disagrees,
    receipt_contradicted,
    receipt_disputed,
    receipt_withheld,
    replica_lost,
    skew_observed,
)
from .logs import delete_from, from_headers, write_checkpoint, write_entries, write_receipt
from .metrics import ENTRIES_RECEIVED, ENTRIES_SENT
from .models import AttachmentTransfer, Channel, Direction, Mode, Outbox, OutboxState
from .moment import from_ms
from .recent import Recent
from .scene import Effects, Scene, record_mode
from .statements import execute_many, moment_param

__all__ = [
    "AWAITED",
    "UNDER_WAY",
    "Effects",
    "HistorySettled",
    "apply_events",
    "mark_flushed",
    "requeue_from",
    "store_chunks",
]


def _awaited(channel_id: int) -> bool:
    return AttachmentTransfer.objects.filter(
        channel_id=channel_id, direction=Direction.IN, completed_at=None, chunk_count__isnull=False
    ).exists()


def _under_way(channel_id: int) -> bool:
    return AttachmentTransfer.objects.filter(channel_id=channel_id, direction=Direction.OUT, completed_at=None).exists()


AWAITED: Final[Recent[int, bool]] = Recent(_awaited)
"""Whether a channel waits for chunks of the peer's attachments."""

UNDER_WAY: Final[Recent[int, bool]] = Recent(_under_way)
"""Whether a channel has attachments of ours that are not delivered whole."""


def apply_events(channel: Channel, events: Sequence[Event], *, now: datetime, is_live: bool = True) -> Effects:
    """Stores what happened and returns what is to be done about it after the commit.

    Args:
        channel: The channel, locked; its state is stored by the caller.
        events: The machine's events, in order.
        now: The time of storing.
        is_live: Whether the peer itself said so just now; ``False`` for parcels, whose frames nobody signed.
    """
    scene = Scene(channel=channel, now=now, effects=Effects(), is_live=is_live)
    for event in events:
        act = _ACTS.get(type(event))
        if act is not None:
            act(scene, event)
    return scene.effects


def _entries_accepted(scene: Scene, event: EntriesAccepted) -> None:
    write_entries(
        scene.channel,
        Direction.IN,
        start=event.start,
        entries=from_headers(event.headers, event.leaves, event.entries),
        capsules=_named(event.capsules),
        stride_nodes=event.stride_nodes,
        recorded_at=scene.now,
    )
    write_checkpoint(
        scene.channel,
        Direction.IN,
        size=event.start + len(event.entries),
        note=event.checkpoint,
        recorded_at=scene.now,
        receipt=event.receipt,
        receipted_at=scene.now,
    )
    _await_attachments(scene, Direction.IN, event.headers)
    ENTRIES_RECEIVED.labels(peer=scene.channel.peer_id).inc(len(event.entries))
    scene.effects.accepted += len(event.entries)


def _named(capsules: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    return [(sha256(data).digest()[:CAPSULE_ID_BYTES], data) for data in capsules]


def _await_attachments(scene: Scene, direction: Direction, headers: Sequence[Header]) -> None:
    awaited = [header for header in headers if header.attachment_root is not None]
    if not awaited:
        return
    AWAITED.forget()
    UNDER_WAY.forget()
    AttachmentTransfer.objects.bulk_create(
        [
            AttachmentTransfer(
                channel=scene.channel,
                direction=direction,
                root=header.attachment_root,
                envelope_id=UUID(bytes=header.id),
                created_at=scene.now,
            )
            for header in awaited
        ],
        ignore_conflicts=True,
    )


def _receipt_accepted(scene: Scene, event: ReceiptAccepted) -> None:
    write_receipt(
        scene.channel,
        size=event.size,
        receipt=event.receipt,
        receipted_at=from_ms(event.time_ms),
        recorded_at=scene.now,
    )
    ENTRIES_SENT.labels(peer=scene.channel.peer_id).inc(event.size - scene.channel.out_receipted_size)
    scene.effects.receipted_size = event.size


def requeue_from(channel: Channel, *, size: int) -> tuple[int, int]:
    """Deletes our own entries from ``size`` on and puts their messages back into the queue, under the same identity.

    Returns:
        How many entries and how many messages that were.
    """
    deleted = delete_from(channel, Direction.OUT, size=size)
    requeued = Outbox.objects.filter(channel=channel, position__gte=size).update(
        state=OutboxState.QUEUED, position=None, flushed_at=None
    )
    return deleted, requeued


def _rolled_back(scene: Scene, event: RolledBack) -> None:
    deleted, requeued = requeue_from(scene.channel, size=event.to_size)
    raise_alarm(
        scene.channel,
        "courier.rolled-back",
        f"Our own log was restored from an older copy: it ends at {event.to_size}, and we once signed "
        f"{event.witness_size}. {deleted} entries nobody receipted were put back ({requeued} messages); the rest is "
        "fetched from the peer.",
        evidence=event.witness,
    )
    if event.abandoned is not None:
        raise_alarm(
            scene.channel,
            "courier.own-key-elsewhere",
            f"Our own key signed {event.witness_size} entries that this node did not sign, in an epoch in which this "
            "node had signed others. If no older copy of this node went on by itself, a clone or a thief of the key "
            "did: revoke the key, and look at every entry that comes back as our own.",
            evidence=event.abandoned,
        )
    record_mode(scene, Mode.RECOVERING, "Our own later signature proves that storage was rolled back.")


def _own_entries_recovered(scene: Scene, event: OwnEntriesRecovered) -> None:
    size = event.start + len(event.entries)
    write_entries(
        scene.channel,
        Direction.OUT,
        start=event.start,
        entries=from_headers(event.headers, event.leaves, event.entries),
        capsules=_named(event.capsules),
        stride_nodes=event.stride_nodes,
        recorded_at=scene.now,
        recovered=True,
    )
    write_checkpoint(
        scene.channel,
        Direction.OUT,
        size=size,
        note=event.checkpoint,
        recorded_at=scene.now,
        receipt=event.receipt,
        receipted_at=scene.now,
    )
    _await_attachments(scene, Direction.OUT, event.headers)
    # A message that waits again under the same id was delivered already: it must not be sent a second time.
    placed = {UUID(bytes=header.id): event.start + place for place, header in enumerate(event.headers)}
    waiting = Outbox.objects.filter(channel=scene.channel, envelope_id__in=placed, position=None)
    mark_flushed(
        [(pk, placed[envelope_id]) for pk, envelope_id in waiting.values_list("pk", "envelope_id")],
        flushed_at=scene.now,
        only_queued=False,
    )


def mark_flushed(places: Sequence[tuple[int, int]], *, flushed_at: datetime, only_queued: bool = True) -> int:
    """Gives outbox rows their place in our log, in one statement, and returns how many were still waiting.

    Args:
        places: Pairs of primary key and position.
        flushed_at: The time of the flush.
        only_queued: Whether only rows that still wait are to be marked.
    """
    if not places:
        return 0
    condition = f" AND state = '{OutboxState.QUEUED.value}'" if only_queued else ""
    statement = (
        f"UPDATE courier_outbox SET state = '{OutboxState.FLUSHED.value}', flushed_at = %s, position = %s "  # noqa: S608
        f"WHERE id = %s{condition}"
    )
    moment = moment_param(flushed_at)
    return execute_many(statement, [(moment, position, pk) for pk, position in places])


def _own_keysets_recovered(scene: Scene, event: OwnKeysetsRecovered) -> None:
    channel = scene.channel
    known = Keyset.objects.filter(party_id=channel.party_code, peer_id=channel.peer_id).count()
    for serial, signed in enumerate(event.keysets, known + 1):
        Keyset.objects.create(
            party_id=channel.party_code,
            peer_id=channel.peer_id,
            serial=serial,
            signed=signed,
            in_force_at=scene.now,
        )
    raise_alarm(channel, "courier.keysets-recovered", "The peer gave back keysets that our storage had lost.")


def _recovery_completed(scene: Scene, event: RecoveryCompleted) -> None:
    raise_alarm(
        scene.channel,
        "courier.recovered",
        f"Our own log is whole again up to {event.size}; epoch {event.epoch} begins.",
    )
    record_mode(scene, Mode.OPEN, "Our own log is whole again.")
    scene.effects.is_whole_again = True


def _peer_behind(scene: Scene, event: PeerBehind) -> None:
    scene.effects.peer_lost = event.has_lost


def _peer_refused(scene: Scene, event: PeerRefused) -> None:
    scene.effects.refusal = event.code
    if event.code not in {NOT_NOW, ChannelSuspended.code}:
        raise_alarm(scene.channel, "courier.peer-refused", f"The peer refused a frame of ours: {event.code}.")


def _entries_requested(scene: Scene, event: EntriesRequested) -> None:
    scene.effects.requested = (event.start, event.end)


def _chunk_accepted(scene: Scene, event: ChunkAccepted) -> None:
    chunk = event.chunk
    transfer = AttachmentTransfer.objects.filter(channel=scene.channel, direction=Direction.IN, root=chunk.root).first()
    if transfer is None:
        # No stored envelope names this root: the chunk is nobody's and is not kept.
        return
    if transfer.chunk_count is None:
        AWAITED.forget(scene.channel.pk)
        transfer.chunk_count = chunk.count
        transfer.save(update_fields=["chunk_count"])
    scene.effects.chunks.append(chunk)


def _chunks_held(scene: Scene, event: ChunksHeld) -> None:
    held = event.held
    if not scene.is_live:
        # Anybody can write into a parcel that the peer holds everything; we would never send it.
        return
    transfers = AttachmentTransfer.objects.filter(channel=scene.channel, direction=Direction.OUT, root=held.root)
    if held.count != chunk_store().known_count(held.root) or not transfers.exists():
        return
    scene.effects.held.append(held)
    if not first_missing(held, limit=1):
        transfers.filter(completed_at=None).update(completed_at=scene.now, chunk_count=held.count)


# Any: each function takes its own kind of event; the table's key is that kind.
_ACTS: Final[Mapping[type[Event], Callable[[Scene, Any], None]]] = {
    EntriesAccepted: _entries_accepted,
    ReceiptAccepted: _receipt_accepted,
    RolledBack: _rolled_back,
    OwnEntriesRecovered: _own_entries_recovered,
    OwnKeysetsRecovered: _own_keysets_recovered,
    RecoveryCompleted: _recovery_completed,
    EquivocationProven: equivocation_proven,
    SkewObserved: skew_observed,
    PeerBehind: _peer_behind,
    ReplicaLost: replica_lost,
    PeerDisagrees: peer_disagrees,
    HistoryDisputed: history_disputed,
    ReceiptDisputed: receipt_disputed,
    ReceiptContradicted: receipt_contradicted,
    ReceiptWithheld: receipt_withheld,
    PeerRefused: _peer_refused,
    EntriesRequested: _entries_requested,
    ChunkAccepted: _chunk_accepted,
    ChunksHeld: _chunks_held,
}


def store_chunks(channel: Channel, chunks: Sequence[Chunk], *, now: datetime) -> None:
    """Writes verified chunks to disk, and notes the attachments that became whole; call it before answering."""
    store = chunk_store()
    for chunk in chunks:
        store.put(chunk)
    for root, count in {chunk.root: chunk.count for chunk in chunks}.items():
        if store.is_whole(root, count):
            AttachmentTransfer.objects.filter(
                channel=channel, direction=Direction.IN, root=root, completed_at=None
            ).update(completed_at=now)
