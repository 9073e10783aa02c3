"""Sending: one contact with the peer, from taking a batch to its receipt on file.

A contact has three steps, and a crash between any two of them loses and doubles nothing:

1. one transaction appends what was taken to our log, signs the checkpoint once, and marks the outbox rows;
2. the frame is sent, outside any transaction;
3. one transaction stores what the answer says: the receipt, or what the peer lacks.

After a crash between 1 and 2 or 2 and 3, our log holds entries without a receipt. The next contact sends the stored
bytes again, from the size the peer states, and the peer answers what it knows already with the stored receipt.

One batch is in flight a direction, so an urgent message waits for at most one.
"""

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accord.channel.frames import Batch, Chunk, Frame, decode_frame, encode_frame
from accord.channel.peer import PeerMachine
from accord.channel.refusals import ChannelSuspended
from accord.channel.statements import require_ours
from accord.errors import AccordError, PeerFault, TrustFails
from accord.parties.keysets import ChannelKeys, channel_keys

from .alarms import raise_alarm
from .appending import Withdrawn, append_sealed, ready_batch
from .backoff import note_failure
from .chunks import chunk_store, first_missing
from .effects import UNDER_WAY, Effects, apply_events, store_chunks
from .heads import locked_channel, store_state
from .inbound import CONTACT_FIELDS, chunks_held, database_error, fetched_for, note_contact
from .logs import stored_batch
from .machine import has_met, machine_for, remember_meeting
from .metrics import CONTACTS, FLUSH_SECONDS, WIRE_BYTES
from .models import AttachmentTransfer, Channel, Direction, Entry, Mode, Outbox, OutboxState
from .moment import to_ms
from .precedence import ON_ITS_WAY
from .sealing import SealedRow, SealedRows, sealed_rows, taken
from .statements import read_channel
from .suspension import note_peer_suspension, note_told
from .wakeup import INTAKE, wake

__all__ = ["FlushResult", "Transport", "flush_once"]

logger = logging.getLogger(__name__)

# Frames that one flush may exchange before it returns to its loop; a recovery of 2,000 entries needs eight.
MAX_FRAMES: Final = 64
# Chunks of 1 MiB in one frame: an urgent message waits for at most so many (0.3 s at 100 Mbit/s).
CHUNKS_A_FRAME: Final = 4


class Transport(Protocol):
    """Carries a frame to the peer and its answer back."""

    def exchange(self, channel: Channel, frame: bytes) -> bytes:
        """Sends a frame and returns the answering frame's bytes.

        Raises:
            NotAvailableNow: The peer was not reached or did not answer in time.
            TrustFails: Who answered is not the peer.
            PeerFault: The answer is no frame.
        """


@dataclass(frozen=True, kw_only=True)
class FlushResult:
    """What one flush did.

    Args:
        appended: Messages that went into our log.
        frames: Frames exchanged.
        receipted_size: Size of our log that the peer has receipted now.
        accepted: Entries of the peer that came back with an answer.
        refusal: Code of the failure, where there was one: the peer's, or that of our own way to it.
        is_idle: Whether there was nothing to do.
    """

    appended: int = 0
    frames: int = 0
    receipted_size: int = 0
    accepted: int = 0
    refusal: str | None = None
    is_idle: bool = False


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    frame: Frame
    appended: int


def flush_once(channel_id: int, transport: Transport, *, is_due: bool = False) -> FlushResult:
    """Makes one contact with the peer where there is a reason for one.

    Args:
        channel_id: The channel.
        transport: The way to the peer.
        is_due: Whether a contact is due even with nothing to send: at the start, after a wake-up, as a sign of life.

    Raises:
        NotAvailableNow: Our own database does not answer.
    """
    try:
        channel = read_channel(channel_id)
        if channel.mode == Mode.FROZEN or not channel.peer_url:
            return FlushResult(is_idle=True, receipted_size=channel.out_receipted_size)
        is_due = is_due or channel.is_mode_untold
        if channel.mode == Mode.SUSPENDED:
            return _told(channel, transport) if is_due else FlushResult(is_idle=True)
        began = time.monotonic()
        with ON_ITS_WAY:
            prepared = _prepared(channel, is_due=is_due)
        if prepared is None:
            return FlushResult(is_idle=True, receipted_size=channel.out_receipted_size)
        result = _exchanged(channel, prepared, transport)
    except DatabaseError as error:
        raise database_error(error) from error
    if result.appended and result.refusal is None:
        FLUSH_SECONDS.labels(peer=channel.peer_id).observe(time.monotonic() - began)
    return result


def _prepared(channel: Channel, *, is_due: bool) -> _Prepared | None:
    """Returns the first frame of a contact, or nothing when there is no reason for one."""
    now = timezone.now()
    is_open = channel.mode == Mode.OPEN
    is_unreceipted = channel.out_size > channel.out_receipted_size
    if is_open and has_met(channel) and not is_unreceipted:
        keys = channel_keys(channel.party_code, channel.peer_id)
        pks = taken(channel, now=now)
        if pks:
            sealed = sealed_rows(channel, pks, keys=keys, now=now)
            appended = _append(channel.pk, sealed, keys=keys)
            if appended is not None:
                return appended
        chunks = _probe(channel)
        if not (chunks or is_due):
            return None
        return _Prepared(frame=machine_for(channel, keys=keys).contact(to_ms(now), chunks=chunks), appended=0)
    waits = is_unreceipted or channel.mode == Mode.RECOVERING or bool(taken(channel, now=now))
    if not (is_due or (waits and channel.peer_suspended_at is None)):
        return None
    batch = None
    if is_open and has_met(channel) and is_unreceipted:
        batch = ready_batch(channel) or _unreceipted(channel, channel.out_receipted_size)
    return _Prepared(frame=machine_for(channel).contact(to_ms(now), batch=batch), appended=0)


def _unreceipted(channel: Channel, start: int) -> Batch | None:
    found = stored_batch(channel, Direction.OUT, start=start)
    return None if found is None else found.batch


def _append(channel_id: int, sealed: SealedRows, *, keys: ChannelKeys) -> _Prepared | None:
    """Appends sealed rows to our log, in one transaction, and returns the frame that carries them."""
    rows = list(sealed.rows)
    while rows:
        try:
            with transaction.atomic():
                return _appended(channel_id, sealed, rows, keys)
        except Withdrawn as withdrawn:
            rows = [row for row in rows if row.pk in withdrawn.still_waiting]
        except _Stale:
            return None
    return None


class _Stale(Exception):
    """The channel moved on while we were sealing: another epoch, another mode, or a batch in flight."""


def _appended(channel_id: int, sealed: SealedRows, rows: list[SealedRow], keys: ChannelKeys) -> _Prepared:
    channel = locked_channel(channel_id)
    is_same = channel.mode == Mode.OPEN and channel.out_epoch == sealed.epoch
    if not is_same or channel.out_size != channel.out_receipted_size or not has_met(channel):
        raise _Stale
    appended = append_sealed(channel, sealed, rows, keys=keys)
    # Before the commit, so that no database without this signature passes for ours from now on.
    remember_meeting(channel_id, appended.machine)
    contact = appended.machine.contact(to_ms(timezone.now()), batch=appended.batch, chunks=_probe(channel))
    return _Prepared(frame=contact, appended=len(rows))


def _exchanged(channel: Channel, prepared: _Prepared, transport: Transport) -> FlushResult:
    """Sends frames and stores answers until neither side has anything more to say."""
    frame: Frame | None = prepared.frame
    result = FlushResult(appended=prepared.appended, receipted_size=channel.out_receipted_size)
    for sent in range(1, MAX_FRAMES + 1):
        if frame is None:
            break
        try:
            answer = _sent(channel, frame, transport)
            with ON_ITS_WAY:
                effects, receipted_size, frame = _stored(channel, answer, is_first=sent == 1)
        except AccordError as error:
            return _failed(channel, result, error)
        result = replace(
            result,
            frames=sent,
            receipted_size=receipted_size,
            accepted=result.accepted + effects.accepted,
            refusal=effects.refusal,
        )
        if effects.refusal is not None:
            note_failure(channel.pk, effects.refusal)
            break
    CONTACTS.labels(peer=channel.peer_id, direction="out", outcome=result.refusal or "accepted").inc()
    return result


def _told(channel: Channel, transport: Transport) -> FlushResult:
    """Tells the peer in one frame that our officers suspended the channel; its answer changes nothing but that."""
    result = FlushResult(receipted_size=channel.out_receipted_size)
    now = timezone.now()
    machine = machine_for(channel)
    try:
        answer = _sent(channel, machine.contact(to_ms(now)), transport)
        require_ours(machine.state, answer)
    except AccordError as error:
        return _failed(channel, result, error)
    refusal = None if answer.refusal == ChannelSuspended.code else answer.refusal
    if refusal is None:
        note_told(channel.pk, now)
    else:
        note_failure(channel.pk, refusal)
    CONTACTS.labels(peer=channel.peer_id, direction="out", outcome=refusal or "accepted").inc()
    return replace(result, frames=1, refusal=refusal)


def _sent(channel: Channel, frame: Frame, transport: Transport) -> Frame:
    data = encode_frame(frame)
    answer = transport.exchange(channel, data)
    WIRE_BYTES.labels(peer=channel.peer_id, direction="out").inc(len(data))
    WIRE_BYTES.labels(peer=channel.peer_id, direction="in").inc(len(answer))
    return decode_frame(answer)


def _failed(channel: Channel, result: FlushResult, error: AccordError) -> FlushResult:
    note_failure(channel.pk, error.reason_code)
    if isinstance(error, PeerFault | TrustFails):
        raise_alarm(channel, error.reason_code, error.sentence)
    CONTACTS.labels(peer=channel.peer_id, direction="out", outcome=error.reason_code).inc()
    logger.info("A contact with %s failed: %s", channel.peer_id, error.reason_code)
    return replace(result, refusal=error.reason_code)


def _stored(channel: Channel, answer: Frame, *, is_first: bool) -> tuple[Effects, int, Frame | None]:
    """Stores what an answer says and makes the frame that it calls for, if it calls for one."""
    now = timezone.now()
    with transaction.atomic():
        locked = locked_channel(channel.pk)
        machine = machine_for(locked)
        events = machine.receive(answer, to_ms(now))
        effects = apply_events(locked, events, now=now)
        store_chunks(locked, effects.chunks, now=now)
        note_contact(locked, answer, now, is_live=effects.refusal is None)
        note_peer_suspension(locked, answer, now)
        locked.is_mode_untold = locked.is_mode_untold and effects.refusal is not None
        store_state(locked, machine.state, beside=CONTACT_FIELDS)
        following = _follow_up(locked, machine, effects, now, is_first=is_first)
    remember_meeting(channel.pk, machine)
    if effects.accepted:
        wake(INTAKE)
    return effects, locked.out_receipted_size, following


def _follow_up(
    channel: Channel, machine: PeerMachine, effects: Effects, now: datetime, *, is_first: bool
) -> Frame | None:
    """Returns the next frame of this contact: what the peer lacks, or what we lack; nothing when both are content."""
    if effects.refusal is not None or channel.mode in {Mode.FROZEN, Mode.SUSPENDED}:
        return None
    batch = None
    holds = channel.peer_holds_size
    if channel.mode == Mode.OPEN and machine.has_met and holds is not None and holds < channel.out_size:
        # The answer to our own contact is the peer's present state, so what it lacks it gets, even what it once
        # receipted and has lost since.
        batch = _unreceipted(channel, holds)
        if effects.peer_lost:
            raise_alarm(
                channel,
                "courier.peer-lost-entries",
                f"The peer holds {holds} entries of our log and once receipted {channel.out_receipted_size}; the rest "
                "is sent again.",
            )
    fetched = fetched_for(channel, effects)
    chunks = _missing_chunks(channel, effects, is_first=is_first) if batch is None else ()
    frame = machine.contact(
        to_ms(now),
        batch=batch,
        fetched=fetched,
        chunks=chunks,
        have_chunks=chunks_held(channel, touched={chunk.root: chunk.count for chunk in effects.chunks}),
    )
    is_called_for = batch or fetched or chunks or frame.fetch or frame.witness or effects.accepted or effects.chunks
    return frame if is_called_for else None


def _probe(channel: Channel) -> tuple[Chunk, ...]:
    """Returns the first chunk of the oldest attachment under way: the answer tells which others are missing."""
    if not UNDER_WAY.get(channel.pk):
        return ()
    # The peer takes chunks only for a root that an entry it holds has named; what never left waits for nothing.
    named = Entry.objects.filter(
        channel=channel,
        direction=Direction.OUT,
        envelope_id=OuterRef("envelope_id"),
        position__lt=channel.out_receipted_size,
    )
    under_way = AttachmentTransfer.objects.filter(channel=channel, direction=Direction.OUT, completed_at=None)
    transfer = under_way.filter(Exists(named)).order_by("id").first()
    return () if transfer is None else (chunk_store().chunk(bytes(transfer.root), 0),)


def _missing_chunks(channel: Channel, effects: Effects, *, is_first: bool) -> tuple[Chunk, ...]:
    """Returns the next chunks that the peer says it lacks: several while nothing waits, else one a contact.

    So attachments never hold up a message for long, and a stream of messages never holds up an attachment for ever.
    """
    if not effects.held:
        return ()
    is_busy = Outbox.objects.filter(channel=channel, state=OutboxState.QUEUED).exists()
    if is_busy and not is_first:
        return ()
    store = chunk_store()
    for held in effects.held:
        missing = first_missing(held, limit=1 if is_busy else CHUNKS_A_FRAME)
        if missing:
            return tuple(store.chunk(held.root, index) for index in missing)
    return ()
