"""What the events of the peer machine do to the database, in the transaction that stores the machine's state.

One function an event, one table from event to function. Nothing here sends, wakes or waits: that is for the callers,
after the commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accord.channel.envelope import CAPSULE_ID_BYTES, Header
from accord.channel.equivocation import encode_equivocation
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
from accord.channel.frames import Chunk, HeldChunks
from accord.channel.peer import NOT_NOW
from accord.channel.refusals import ChannelSuspended
from accord.errors import TrustFails
from accord.parties.models import Keyset

from .alarms import raise_alarm
from .chunks import chunk_store, first_missing
from .logs import delete_from, from_headers, write_checkpoint, write_entries, write_receipt
from .metrics import ENTRIES_RECEIVED, ENTRIES_SENT
from .models import AttachmentTransfer, Channel, Contradiction, Direction, Mode, ModeChange, Outbox, OutboxState
from .moment import from_ms
from .recent import Recent
from .statements import moment_param

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


@dataclass(kw_only=True)
class Effects:
    """What the caller of ``apply_events`` must know to go on after the commit.

    Args:
        accepted: Number of new entries of the peer.
        receipted_size: Size of our log that was newly receipted.
        refusal: Code with which the peer refused our frame.
        requested: Entries of its own log that the peer asks for, as (start, end).
        chunks: Verified chunks of awaited attachments, to be written to disk.
        held: What the peer says it holds of attachments.
        peer_lost: Whether the peer holds less of our log than it once receipted.
        is_whole_again: Whether a recovery has ended.
    """

    accepted: int = 0
    receipted_size: int | None = None
    refusal: str | None = None
    requested: tuple[int, int] | None = None
    chunks: list[Chunk] = field(default_factory=list)
    held: list[HeldChunks] = field(default_factory=list)
    peer_lost: bool = False
    is_whole_again: bool = False


@dataclass(frozen=True, kw_only=True)
class _Scene:
    channel: Channel
    now: datetime
    effects: Effects
    is_live: bool = True


def apply_events(channel: Channel, events: Sequence[Event], *, now: datetime, is_live: bool = True) -> Effects:
    """Stores what happened and returns what is to be done about it after the commit.

    Args:
        channel: The channel, locked; its state is stored by the caller.
        events: The machine's events, in order.
        now: The time of storing.
        is_live: Whether the peer itself said so just now; ``False`` for parcels, whose frames nobody signed.
    """
    scene = _Scene(channel=channel, now=now, effects=Effects(), is_live=is_live)
    for event in events:
        act = _ACTS.get(type(event))
        if act is not None:
            act(scene, event)
    return scene.effects


def _entries_accepted(scene: _Scene, event: EntriesAccepted) -> None:
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


def _await_attachments(scene: _Scene, direction: Direction, headers: Sequence[Header]) -> None:
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


def _receipt_accepted(scene: _Scene, event: ReceiptAccepted) -> None:
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


def _rolled_back(scene: _Scene, event: RolledBack) -> None:
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
    _record_mode(scene, Mode.RECOVERING, "Our own later signature proves that storage was rolled back.")


def _own_entries_recovered(scene: _Scene, event: OwnEntriesRecovered) -> None:
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
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(moment, position, pk) for pk, position in places])
        return int(cursor.rowcount)


def _own_keysets_recovered(scene: _Scene, event: OwnKeysetsRecovered) -> None:
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


def _recovery_completed(scene: _Scene, event: RecoveryCompleted) -> None:
    raise_alarm(
        scene.channel,
        "courier.recovered",
        f"Our own log is whole again up to {event.size}; epoch {event.epoch} begins.",
    )
    _record_mode(scene, Mode.OPEN, "Our own log is whole again.")
    scene.effects.is_whole_again = True


class HistorySettled(TrustFails):
    """A note of a history that two officers have looked at and put aside was shown again."""

    code = "courier.history-settled"
    default_next_step = "Nothing is due: the channel goes on. Ask the peer whether the other copy is stopped."


def _equivocation_proven(scene: _Scene, event: EquivocationProven) -> None:
    channel = scene.channel
    heads = (channel.in_checkpoint, channel.out_checkpoint, channel.out_receipt)
    held = {bytes(note) for note in heads if note is not None}
    proof = event.proof
    other = proof.larger if proof.smaller in held else proof.smaller
    contradiction, _ = Contradiction.objects.get_or_create(
        channel=channel,
        note_digest=sha256(other).digest(),
        defaults={"proof": encode_equivocation(proof), "proven_at": scene.now},
    )
    if contradiction.settled_at is not None:
        raise HistorySettled(f"{event.party} shows a history again that two officers have put aside.")
    raise_alarm(
        scene.channel,
        "courier.equivocation",
        f"{event.party} signed two logs that cannot be one; the channel is frozen and the proof is kept.",
        evidence=encode_equivocation(event.proof),
    )
    _record_mode(scene, Mode.FROZEN, f"{event.party} signed two logs that cannot be one.")


def _record_mode(scene: _Scene, mode: Mode, reason: str) -> None:
    ModeChange.objects.create(
        channel=scene.channel,
        from_mode=scene.channel.mode,
        to_mode=mode,
        reason=reason,
        proposed_at=scene.now,
        confirmed_at=scene.now,
    )


def _skew_observed(scene: _Scene, event: SkewObserved) -> None:
    scene.channel.clock_skew_ms = event.ms
    detail = (
        "The peer's own signed times went backwards"
        if event.went_back
        else f"The peer's clock differs from ours by {event.ms / 1000:+.1f} s"
    )
    raise_alarm(scene.channel, "courier.clock-skew", f"{detail}. The exchange goes on.")


def _peer_behind(scene: _Scene, event: PeerBehind) -> None:
    scene.effects.peer_lost = event.has_lost


def _replica_lost(scene: _Scene, event: ReplicaLost) -> None:
    raise_alarm(
        scene.channel,
        "courier.replica-lost",
        f"The peer says that we receipted {event.claimed} of its entries, and we hold {event.held}. If an older copy "
        "of this node was put back, ask the peer to send again what is missing before anything else is received.",
    )


def _peer_disagrees(scene: _Scene, event: PeerDisagrees) -> None:
    raise_alarm(
        scene.channel,
        "courier.peer-disagrees",
        f"The peer states {event.their_size} entries of our log where we hold {event.our_size}, or another root. "
        "Nothing is appended until what it holds has been seen.",
    )


def _history_disputed(scene: _Scene, event: HistoryDisputed) -> None:
    raise_alarm(
        scene.channel,
        "courier.history-disputed",
        f"The peer shows our own signature over {event.witness_size} entries that our log does not begin with. "
        "Compare with the peer's operator what each side holds before anything is thawed or given up.",
        evidence=event.witness,
    )


def _receipt_disputed(scene: _Scene, event: ReceiptDisputed) -> None:
    raise_alarm(
        scene.channel,
        "courier.receipt-disputed",
        f"The peer co-signed, for size {event.size} of our log, a text that we never signed. Delivery stays "
        "unconfirmed; the receipt is kept as evidence of that.",
        evidence=event.receipt,
    )


def _receipt_contradicted(scene: _Scene, event: ReceiptContradicted) -> None:
    raise_alarm(
        scene.channel,
        "courier.receipt-contradicted",
        f"The peer co-signed, for size {event.size} of our log, another log than the one we signed in the same epoch. "
        "Nothing was taken as receipted; our checkpoint and its receipt are kept as proof.",
        evidence=encode_equivocation(event.proof),
    )


def _receipt_withheld(scene: _Scene, event: ReceiptWithheld) -> None:
    if scene.effects.refusal is not None:
        # A refusal states the peer's sizes and carries no receipt: that is its form, not a sign of bad faith.
        return
    raise_alarm(
        scene.channel,
        "courier.receipt-withheld",
        f"The peer says it holds {event.size} entries of our log and gave a receipt for {event.receipted_size}.",
    )


def _peer_refused(scene: _Scene, event: PeerRefused) -> None:
    scene.effects.refusal = event.code
    if event.code not in {NOT_NOW, ChannelSuspended.code}:
        raise_alarm(scene.channel, "courier.peer-refused", f"The peer refused a frame of ours: {event.code}.")


def _entries_requested(scene: _Scene, event: EntriesRequested) -> None:
    scene.effects.requested = (event.start, event.end)


def _chunk_accepted(scene: _Scene, event: ChunkAccepted) -> None:
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


def _chunks_held(scene: _Scene, event: ChunksHeld) -> None:
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
_ACTS: Final[Mapping[type[Event], Callable[[_Scene, Any], None]]] = {
    EntriesAccepted: _entries_accepted,
    ReceiptAccepted: _receipt_accepted,
    RolledBack: _rolled_back,
    OwnEntriesRecovered: _own_entries_recovered,
    OwnKeysetsRecovered: _own_keysets_recovered,
    RecoveryCompleted: _recovery_completed,
    EquivocationProven: _equivocation_proven,
    SkewObserved: _skew_observed,
    PeerBehind: _peer_behind,
    ReplicaLost: _replica_lost,
    PeerDisagrees: _peer_disagrees,
    HistoryDisputed: _history_disputed,
    ReceiptDisputed: _receipt_disputed,
    ReceiptContradicted: _receipt_contradicted,
    ReceiptWithheld: _receipt_withheld,
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
