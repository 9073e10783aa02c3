"""The outbox: the only door into our log. Nothing but ``release`` may import this module.

The row is written in the transaction that decides the disclosure: either both are there after a crash, or neither is.
The envelope id is fixed here, so that whatever happens later, a message has one identity in both logs.
"""

import time
import uuid
from datetime import datetime
from typing import Final

from django.utils import timezone

from accord.channel.envelope import uuid7
from accord.channel.limits import MAX_LIFETIME_MS, MAX_PAYLOAD_BYTES
from accord.errors import NotAvailableNow, OfficerCanMend

from .effects import UNDER_WAY
from .models import AttachmentTransfer, Channel, Direction, Lane, Outbox, OutboxState
from .moment import entropy, to_ms
from .statements import insert_one
from .wakeup import flush_topic, wake_on_commit

__all__ = ["MAX_QUEUED", "QueueFull", "WithdrawnTooLate", "block", "enqueue", "stop", "unblock", "withdraw"]

# Messages that may wait in one channel: a week of a large state's traffic (SIENA 2023: 34,000 a week for all of
# Europe) several times over. Beyond it something is broken, and an officer should hear so at once.
MAX_QUEUED: Final = 250_000

# The queue is counted at most so often, as counting 100,000 rows for each new one would cost more than the row.
COUNT_SECONDS: Final = 1.0


class QueueFull(NotAvailableNow):
    """The channel's queue has no credit left."""

    code = "courier.queue-full"
    default_next_step = "Wait until the peer is reached again, or withdraw what is no longer needed."


class WithdrawnTooLate(OfficerCanMend):
    """The message has left the queue and cannot be taken back by us alone."""

    code = "courier.withdrawn-too-late"
    default_next_step = "Send the peer a correction or a request to withdraw."


def enqueue(
    *,
    channel: Channel,
    lane: Lane,
    kind: str,
    schema: int,
    payload: bytes,
    decision_digest: bytes,
    handling: str,
    not_after: datetime,
    in_reply_to: uuid.UUID | None = None,
    attachment_root: bytes | None = None,
    envelope_id: uuid.UUID | None = None,
) -> Outbox:
    """Puts a decided message into the queue of a channel; call it inside the transaction of the decision.

    Args:
        channel: The channel to the recipient.
        lane: Its priority.
        kind: Message kind, as registered.
        schema: Version of the kind's schema.
        payload: The exact bytes that were approved.
        decision_digest: SHA-256 of the gate's decision.
        handling: Handling code.
        not_after: Moment after which it must not be sent nor shown.
        in_reply_to: Envelope it answers.
        attachment_root: Root of its attachment, whose chunks are in the chunk store.
        envelope_id: Its identity, where the caller needed to know it before; made here otherwise.

    Raises:
        OfficerCanMend: The payload is too long or the time limit is past or too far.
        QueueFull: The channel's queue has no credit left.
    """
    moment = timezone.now()
    milliseconds = to_ms(moment)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise OfficerCanMend(
            f"The message has {len(payload)} bytes; {MAX_PAYLOAD_BYTES} are allowed.",
            code="courier.payload-too-long",
            next_step="Send what is large as an attachment.",
            fields={"size_bytes": len(payload)},
        )
    if not milliseconds < to_ms(not_after) <= milliseconds + MAX_LIFETIME_MS:
        raise OfficerCanMend(
            "The message's time limit is past or too far ahead.",
            code="courier.time-limit",
            fields={"field": "not_after"},
        )
    _require_credit(channel)
    row = Outbox(
        channel=channel,
        envelope_id=envelope_id or uuid.UUID(bytes=uuid7(milliseconds, entropy)),
        lane=int(lane),
        created_at=moment,
        not_after=not_after,
        kind=kind,
        schema=schema,
        handling=handling,
        decision_digest=decision_digest,
        in_reply_to=in_reply_to,
        attachment_root=attachment_root,
        size_bytes=len(payload),
        payload=payload,
    )
    row.pk = insert_one(row)
    if attachment_root is not None:
        UNDER_WAY.forget(channel.pk)
        transfer, is_new = AttachmentTransfer.objects.get_or_create(
            channel=channel,
            direction=Direction.OUT,
            root=attachment_root,
            defaults={"envelope_id": row.envelope_id, "created_at": moment},
        )
        never_sent = (OutboxState.WITHDRAWN, OutboxState.EXPIRED)
        if not is_new and Outbox.objects.filter(envelope_id=transfer.envelope_id, state__in=never_sent).exists():
            # The message that named it first never leaves: it follows this one.
            AttachmentTransfer.objects.filter(pk=transfer.pk).update(envelope_id=row.envelope_id)
    wake_on_commit(flush_topic(channel.pk))
    return row


class _Counted:
    """The last count of each channel's queue and when it was taken, in monotonic seconds."""

    def __init__(self) -> None:
        self.by_channel: dict[int, tuple[float, int]] = {}

    def queued(self, channel: Channel) -> int:
        """Returns the length of the queue, at most a second old."""
        at, queued = self.by_channel.get(channel.pk, (-COUNT_SECONDS, 0))
        if time.monotonic() - at >= COUNT_SECONDS:
            queued = Outbox.objects.filter(channel=channel, state=OutboxState.QUEUED).count()
            self.by_channel[channel.pk] = (time.monotonic(), queued)
        return queued


_COUNTED: Final = _Counted()


def _require_credit(channel: Channel) -> None:
    queued = _COUNTED.queued(channel)
    if queued >= MAX_QUEUED:
        raise QueueFull(f"{queued} messages wait for {channel.peer_id}.", fields={"queued": queued})


def withdraw(row: Outbox) -> Outbox:
    """Takes a message back that is still in the queue; what is in our log stays there for ever.

    Raises:
        WithdrawnTooLate: It is in our log, expired, or withdrawn already.
    """
    _move(row, OutboxState.QUEUED, OutboxState.WITHDRAWN)
    return row


def stop(row: Outbox) -> bool:
    """Takes back whatever has no place in our log yet, waiting or held back; returns whether it leaves no more."""
    if row.state == OutboxState.FLUSHED:
        return False
    waiting = (OutboxState.QUEUED, OutboxState.BLOCKED)
    # The flusher takes rows with the same condition, so exactly one of the two wins.
    Outbox.objects.filter(pk=row.pk, state__in=waiting).update(state=OutboxState.WITHDRAWN)
    row.refresh_from_db(fields=["state"])
    return row.state in {OutboxState.WITHDRAWN, OutboxState.EXPIRED}


def block(row: Outbox) -> Outbox:
    """Holds a waiting message back because the gate itself failed; nothing leaves until a person has looked."""
    _move(row, OutboxState.QUEUED, OutboxState.BLOCKED)
    return row


def unblock(row: Outbox) -> Outbox:
    """Puts a held message back into the queue, after the gate has decided anew."""
    _move(row, OutboxState.BLOCKED, OutboxState.QUEUED)
    wake_on_commit(flush_topic(row.channel_id))
    return row


def _move(row: Outbox, before: OutboxState, after: OutboxState) -> None:
    # One conditional statement: the flusher takes rows with the same condition, so exactly one of the two wins.
    if not Outbox.objects.filter(pk=row.pk, state=before).update(state=after):
        row.refresh_from_db(fields=["state"])
        raise WithdrawnTooLate(f"The message is {row.get_state_display()} already.", fields={"state": row.state})
    row.state = after
