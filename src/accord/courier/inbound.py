"""Receiving one contact of the peer: bytes in, one transaction, bytes out.

The order is the promise: sizes and encoding are judged before the database is touched; entries, replica head and
receipt are stored and committed; only then is the answer returned. A fault in between leaves no entry and gives no
receipt, and the peer's next try finds the state as it was (faults list, 3 and 4).

A refused contact changes nothing but the alarms.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from accord.channel.frames import Fetched, Frame, HeldChunks, decode_frame, encode_frame
from accord.channel.limits import MAX_HAVE_CHUNKS
from accord.channel.peer import PeerMachine
from accord.errors import AccordError, NotAvailableNow, PeerFault, TrustFails

from .alarms import raise_alarm
from .chunks import chunk_store
from .effects import AWAITED, Effects, apply_events, store_chunks
from .heads import locked_channel, store_state
from .logs import stored_batch
from .machine import machine_for, remember_meeting
from .metrics import CONTACTS, RECEIVE_SECONDS, WIRE_BYTES
from .models import AttachmentTransfer, Channel, Direction, Entry
from .moment import to_ms
from .precedence import ON_ITS_WAY
from .recent import Recent
from .statements import read_channel
from .suspension import note_peer_suspension
from .wakeup import INTAKE, flush_topic, wake

__all__ = [
    "CONTACT_FIELDS",
    "MAX_UNHANDLED",
    "Answer",
    "DiskFull",
    "NoCredit",
    "chunks_held",
    "database_error",
    "fetched_for",
    "note_contact",
    "receive_contact",
]

logger = logging.getLogger(__name__)

# Entries of the peer that may wait here to be opened: several days of a large state's traffic. A flood beyond it waits
# at the sender, where it costs us nothing (faults list, 43).
MAX_UNHANDLED: Final = 200_000

# SQLite's and PostgreSQL's words for a disk without room; both come as OperationalError.
FULL_DISK_WORDS: Final = ("disk is full", "No space left", "could not extend file")

CONTACT_FIELDS: Final = (
    "peer_holds_size",
    "peer_out_size",
    "last_contact_at",
    "failures_in_a_row",
    "back_off_until",
    "clock_skew_ms",
    "peer_suspended_at",
    "is_mode_untold",
)


class NoCredit(NotAvailableNow):
    """The peer has filled its window of entries that nobody has opened yet."""

    code = "courier.no-credit"


class DiskFull(NotAvailableNow):
    """The database cannot grow."""

    code = "courier.disk-full"
    default_next_step = "Make room on the disk of the node; nothing is lost, and the exchange goes on by itself."
    http_status = 507


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back to the peer.

    Args:
        status: HTTP status; a parcel ignores it.
        frame: Encoded frame.
        refusal: Our code for the refusal, for our own log and metrics.
        reason: The refusal whole, for a person at this side.
    """

    status: int
    frame: bytes
    refusal: str | None = None
    reason: AccordError | None = None


def receive_contact(channel_id: int, data: bytes, *, now: datetime | None = None, is_live: bool = True) -> Answer:
    """Receives one frame of the peer and returns the answer.

    Args:
        channel_id: The channel that the transport authenticated.
        data: The frame's bytes.
        now: The present; read from the clock when omitted.
        is_live: Whether it came over an authenticated connection just now; ``False`` for parcels.

    Raises:
        PeerFault: The bytes are not a frame; there is nothing to answer in the channel's own terms.
        NotAvailableNow: The database does not take it now; nothing was stored and no receipt was given.
    """
    moment = now or timezone.now()
    peer = _PEERS.get(channel_id)
    WIRE_BYTES.labels(peer=peer, direction="in").inc(len(data))
    with ON_ITS_WAY, RECEIVE_SECONDS.labels(peer=peer).time():
        try:
            answer = _answered(channel_id, decode_frame(data), moment, is_live=is_live)
        except (PeerFault, TrustFails) as error:
            _note_refusal(channel_id, error)
            raise
        except DatabaseError as error:
            raise database_error(error) from error
    CONTACTS.labels(peer=peer, direction="in", outcome=answer.refusal or "accepted").inc()
    WIRE_BYTES.labels(peer=peer, direction="out").inc(len(answer.frame))
    return answer


def _peer(channel_id: int) -> str:
    return read_channel(channel_id).peer_id


_PEERS: Final[Recent[int, str]] = Recent(_peer)


def _answered(channel_id: int, frame: Frame, now: datetime, *, is_live: bool) -> Answer:
    try:
        with transaction.atomic():
            machine, effects, answer = _received(channel_id, frame, now, is_live=is_live)
    except _Refused as refused:
        _note_refusal(channel_id, refused.error)
        return Answer(
            status=refused.error.http_status,
            frame=encode_frame(refused.answer),
            refusal=refused.error.reason_code,
            reason=refused.error,
        )
    remember_meeting(channel_id, machine)
    if effects.accepted:
        wake(INTAKE)
    wake(flush_topic(channel_id))
    return Answer(status=200, frame=encode_frame(answer))


class _Refused(Exception):
    """Carries a refusal out of the transaction, so that it is rolled back."""

    def __init__(self, error: AccordError, answer: Frame) -> None:
        super().__init__(error.reason_code)
        self.error = error
        self.answer = answer


def _received(channel_id: int, frame: Frame, now: datetime, *, is_live: bool) -> tuple[PeerMachine, Effects, Frame]:
    channel = locked_channel(channel_id)
    machine = machine_for(channel)
    milliseconds = to_ms(now)
    try:
        if frame.batch is not None:
            _require_credit(channel)
        events = machine.receive(frame, milliseconds, is_live=is_live)
        effects = apply_events(channel, events, now=now, is_live=is_live)
        store_chunks(channel, effects.chunks, now=now)
    except AccordError as error:
        raise _Refused(error, machine.refuse(error, milliseconds)) from error
    note_contact(channel, frame, now, is_live=is_live)
    if is_live:
        note_peer_suspension(channel, frame, now)
    store_state(channel, machine.state, beside=CONTACT_FIELDS)
    answer = machine.reply(
        milliseconds,
        fetched=fetched_for(channel, effects),
        have_chunks=chunks_held(channel, touched={chunk.root: chunk.count for chunk in effects.chunks}),
    )
    return machine, effects, answer


def _oldest_unhandled(channel_id: int) -> int | None:
    return (
        Entry.objects.filter(channel_id=channel_id, direction=Direction.IN, handled_at=None)
        .order_by("position")
        .values_list("position", flat=True)
        .first()
    )


_OLDEST_UNHANDLED: Final[Recent[int, int | None]] = Recent(_oldest_unhandled)


def _require_credit(channel: Channel) -> None:
    if channel.in_size < MAX_UNHANDLED:
        return
    oldest = _OLDEST_UNHANDLED.get(channel.pk)
    if oldest is not None and channel.in_size - oldest >= MAX_UNHANDLED:
        raise NoCredit(f"{channel.in_size - oldest} entries of {channel.peer_id} wait to be opened.")


def note_contact(channel: Channel, frame: Frame, now: datetime, *, is_live: bool) -> None:
    """Writes into the row object what the contact tells about the peer; a live one ends the back-off."""
    channel.peer_out_size = frame.state.out_size
    if is_live:
        channel.peer_holds_size = frame.state.in_size
        channel.last_contact_at = now
        channel.failures_in_a_row = 0
        channel.back_off_until = None


def fetched_for(channel: Channel, effects: Effects) -> Fetched | None:
    """Returns the peer's own entries that it asked for, as far as one frame carries them."""
    if effects.requested is None:
        return None
    start, end = effects.requested
    found = stored_batch(channel, Direction.IN, start=start, needs_receipt=True, end=end)
    if found is None or found.receipt is None:
        return None
    return Fetched(batch=found.batch, receipt=found.receipt)


def chunks_held(channel: Channel, *, touched: dict[bytes, int]) -> list[HeldChunks]:
    """Returns what we hold of attachments that are not whole yet, and of those that the contact touched."""
    counts = dict(touched)
    if not counts and not AWAITED.get(channel.pk):
        return []
    awaited = AttachmentTransfer.objects.filter(
        channel=channel, direction=Direction.IN, completed_at=None, chunk_count__isnull=False
    ).values_list("root", "chunk_count")[:MAX_HAVE_CHUNKS]
    counts.update({bytes(root): count for root, count in awaited if count is not None})
    store = chunk_store()
    return [store.held_ranges(root, count) for root, count in list(counts.items())[:MAX_HAVE_CHUNKS]]


def _note_refusal(channel_id: int, error: AccordError) -> None:
    channel = read_channel(channel_id)
    logger.warning("A contact of %s was refused: %s", channel.peer_id, error.reason_code)
    if isinstance(error, PeerFault | TrustFails):
        try:
            raise_alarm(channel, error.reason_code, error.sentence)
        except DatabaseError:
            logger.exception("The alarm %s could not be stored.", error.reason_code)


def database_error(error: DatabaseError) -> NotAvailableNow:
    """Returns what a failing database means for the peer: try again later, with 507 where the disk is full."""
    if isinstance(error, OperationalError) and any(word in str(error) for word in FULL_DISK_WORDS):
        return DiskFull("The disk of this node is full; nothing was stored.")
    return NotAvailableNow("The database of this node does not answer; nothing was stored.", code="courier.database")
