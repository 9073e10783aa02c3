"""Appending sealed messages to our log: the one step that every way out of the queue shares.

The entries, the signed checkpoint and the marks in the outbox are written in one transaction, which the caller holds
with the channel's row locked. Nothing that was signed here leaves before that transaction is committed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, transaction
from django.utils import timezone

from accord.channel.frames import Batch
from accord.channel.peer import PeerMachine
from accord.errors import AccordError
from accord.parties.keysets import ChannelKeys, channel_keys

from .effects import mark_flushed
from .heads import store_state
from .logs import write_checkpoint, write_entries
from .machine import has_met, machine_for, remember_meeting
from .metrics import BATCH_ENTRIES
from .models import Channel, Direction, Mode, Outbox, OutboxState
from .moment import to_ms
from .sealing import SealedRow, SealedRows, sealed_rows, taken
from .statements import free_channel

__all__ = ["Appended", "Withdrawn", "append_ahead", "append_sealed", "ready_batch"]

logger = logging.getLogger(__name__)

# Messages that an officer's own release appends; a longer queue is the flusher's, which seals it outside a transaction.
AHEAD_MAX: Final = 4

_READY: Final[dict[int, Batch]] = {}


@dataclass(frozen=True, kw_only=True)
class Appended:
    """What was appended.

    Args:
        machine: The channel's machine, with the new head.
        batch: The entries as they travel.
    """

    machine: PeerMachine
    batch: Batch


class Withdrawn(Exception):
    """Some rows left the queue while they were being sealed; the transaction must be rolled back.

    Args:
        still_waiting: Primary keys of those that did not.
    """

    def __init__(self, still_waiting: frozenset[int]) -> None:
        super().__init__()
        self.still_waiting = still_waiting


def append_sealed(
    channel: Channel,
    sealed: SealedRows,
    rows: Sequence[SealedRow],
    *,
    keys: ChannelKeys,
    is_unmet: bool = False,
) -> Appended:
    """Appends sealed rows to our log, signs the checkpoint, and marks the rows as flushed.

    The caller remembers the meeting with the new head (:func:`~accord.courier.machine.remember_meeting`) before
    anything leaves, so that no database without this signature passes for ours from then on.

    Args:
        channel: The channel's row, locked.
        sealed: What was sealed, in the epoch of the channel's log.
        rows: Those of them to be appended.
        keys: Keysets of both sides.
        is_unmet: Whether to append although the peer has not been heard since this process started.

    Raises:
        Withdrawn: A row is not in the queue any more.
        NotAvailableNow: The channel does not take entries now.
        ChannelFrozen: The channel is frozen.
    """
    now = timezone.now()
    machine = machine_for(channel, keys=keys, appending=len(rows))
    appended = machine.append([row.envelope for row in rows], to_ms(now), unmet=is_unmet)
    places = [(row.pk, appended.start + place) for place, row in enumerate(rows)]
    if mark_flushed(places, flushed_at=now) != len(rows):
        raise Withdrawn(_still_waiting([row.pk for row in rows]))
    write_entries(
        channel,
        Direction.OUT,
        start=appended.start,
        entries=sealed.entries(rows),
        capsules=[(sealed.capsule.id, sealed.capsule.bytes)],
        stride_nodes=appended.stride_nodes,
        recorded_at=now,
    )
    write_checkpoint(channel, Direction.OUT, size=appended.size, note=appended.checkpoint, recorded_at=now)
    store_state(channel, machine.state)
    BATCH_ENTRIES.labels(peer=channel.peer_id).observe(len(rows))
    batch = Batch(
        start=appended.start,
        entries=tuple((row.envelope.header, row.envelope.sealed) for row in rows),
        capsules=(sealed.capsule.bytes,),
        checkpoint=appended.checkpoint,
    )
    return Appended(machine=machine, batch=batch)


def _still_waiting(pks: list[int]) -> frozenset[int]:
    # Read inside the transaction that is about to be rolled back: the rows it marked itself count as waiting.
    gone = Outbox.objects.filter(pk__in=pks).exclude(state=OutboxState.FLUSHED).values_list("pk", flat=True)
    return frozenset(pks) - frozenset(gone)


def append_ahead(channel_id: int) -> None:
    """Appends what the present transaction put into an idle channel's queue, so that one commit serves both.

    Call it last in the transaction of the release. Where it is not possible now (something is under way, another
    process holds the keys, the peer has not been heard), the message stays in the queue and the flusher takes it;
    whatever fails here never fails the release.
    """
    try:
        with transaction.atomic():
            _append_ahead(channel_id)
    except (AccordError, DatabaseError, Withdrawn) as error:
        logger.info("A release left its message to the flusher: %s", type(error).__name__)


def _append_ahead(channel_id: int) -> None:
    # Who waits for a channel's row while it holds others could wait for ever; so it is taken only where it is free.
    channel = free_channel(channel_id)
    if channel is None or channel.mode != Mode.OPEN or channel.out_size != channel.out_receipted_size:
        return
    if not has_met(channel):
        return
    now = timezone.now()
    pks = taken(channel, now=now)
    if not 0 < len(pks) <= AHEAD_MAX:
        return
    keys = channel_keys(channel.party_code, channel.peer_id)
    sealed = sealed_rows(channel, pks, keys=keys, now=now)
    if not sealed.rows:
        return
    appended = append_sealed(channel, sealed, sealed.rows, keys=keys)
    transaction.on_commit(lambda: _ready(channel_id, appended))


def _ready(channel_id: int, appended: Appended) -> None:
    remember_meeting(channel_id, appended.machine)
    _READY[channel_id] = appended.batch


def ready_batch(channel: Channel) -> Batch | None:
    """Returns the batch that a release appended last, where it is all that has no receipt; it is given out once.

    It spares the flusher reading from the database what this process has just written.
    """
    batch = _READY.pop(channel.pk, None)
    is_present = (
        batch is not None
        and batch.start == channel.out_receipted_size
        and batch.end == channel.out_size
        and batch.checkpoint == bytes(channel.out_checkpoint or b"")
    )
    return batch if is_present else None
