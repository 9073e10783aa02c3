"""Following what left: receipts and expiries of the courier are noted on the messages they concern.

The courier keeps facts of a range once a range; this job carries them to the messages, a statement a range, and tells
the room that owns the kind. It can run as often as one likes: what was noted is not noted twice.
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.courier.models import Channel, Direction, OutboxState, SignedCheckpoint
from accord.courier.prepared import Prepared
from accord.courier.statements import execute_many, moment_param
from accord.release.models import DeliveryCursor, ReleasedMessage
from accord.release.registry import Delivered, followers

__all__ = ["RANGES_A_TURN", "UNSENT_EVERY", "follow_all"]

RANGES_A_TURN: Final = 256
"""Receipts noted in one transaction and channel: some 30 ms of work, so that no other writer waits long."""

UNSENT_A_TURN: Final = 256
"""Expired or withdrawn messages noted in one transaction."""

UNSENT_EVERY: Final = timedelta(seconds=60)
"""How often the undelivered are looked through for those that will not be sent: a look at 100,000 takes 0.1 s."""


def follow_all(*, now: datetime | None = None) -> int:
    """Notes new receipts and messages that will not be sent; returns how many messages changed."""
    moment = now or timezone.now()
    changed = 0
    for channel in _CHANNELS.all():
        # Looked at first outside of a transaction: another writer need not wait for a look that finds nothing.
        if _has_news(channel, moment):
            changed += _follow(channel, moment)
    return changed


def _has_news(channel: Channel, moment: datetime) -> bool:
    cursor = _CURSOR.first(channel.pk)
    if cursor is None or cursor.unsent_looked_at is None or moment - cursor.unsent_looked_at >= UNSENT_EVERY:
        return True
    return bool(_NEWS.rows(channel.pk, cursor.noted_size))


def _receipts_beyond(channel_id: int, size: int) -> QuerySet[SignedCheckpoint]:
    return SignedCheckpoint.objects.filter(
        channel_id=channel_id, direction=Direction.OUT, size__gt=size, receipted_at__isnull=False
    )


# Asked twice a second by a node that sends or receives.
_CHANNELS: Final = Prepared(lambda: Channel.objects.only("party_code", "peer_id").order_by("pk"))
_CURSOR: Final = Prepared(lambda channel: DeliveryCursor.objects.filter(channel_id=channel), int)
_NEWS: Final = Prepared(
    lambda channel, size: _receipts_beyond(channel, size).order_by().values_list("pk")[:1], int, int
)


@transaction.atomic
def _follow(channel: Channel, moment: datetime) -> int:
    cursor, _ = DeliveryCursor.objects.select_for_update().get_or_create(channel=channel)
    changed = _note_receipts(channel, cursor)
    if cursor.unsent_looked_at is None or moment - cursor.unsent_looked_at >= UNSENT_EVERY:
        changed += _note_unsent(channel)
        cursor.unsent_looked_at = moment
        cursor.save(update_fields=["unsent_looked_at"])
    return changed


# The released messages of a stretch of our log with their places: dispositions and keysets among them.
_COVERED: Final = Prepared(
    lambda channel, first, last: (
        ReleasedMessage.objects.filter(
            outbox__channel_id=channel, outbox__position__gte=first, outbox__position__lte=last
        )
        .order_by()
        .values_list("pk", "outbox__position")
    ),
    int,
    int,
    int,
)


def _note_receipts(channel: Channel, cursor: DeliveryCursor) -> int:
    receipts = [
        (size, stated_at, arrived_at or stated_at)
        for size, stated_at, arrived_at in _receipts_beyond(channel.pk, cursor.noted_size)
        .order_by("size")
        .values_list("size", "receipted_at", "receipt_recorded_at")[:RANGES_A_TURN]
        if stated_at is not None
    ]
    if not receipts:
        return 0
    sizes = [size for size, _, _ in receipts]
    # A message is delivered by the first receipt over a log that holds it.
    delivered = [
        Delivered(key, *receipts[bisect_right(sizes, position)][1:])
        for key, position in _COVERED.rows(channel.pk, cursor.noted_size, sizes[-1] - 1)
    ]
    if delivered:
        execute_many(
            "UPDATE release_releasedmessage SET delivered_at = %s WHERE id = %s",
            [(moment_param(one.stated_at), one.key) for one in delivered],
        )
        for follower in followers():
            follower.on_delivered(delivered)
    cursor.noted_size = sizes[-1]
    cursor.save(update_fields=["noted_size"])
    return len(delivered)


def _note_unsent(channel: Channel) -> int:
    changed = 0
    for state in (OutboxState.EXPIRED, OutboxState.BLOCKED, OutboxState.WITHDRAWN):
        keys = list(
            ReleasedMessage.objects.filter(
                delivered_at=None, unsent_reason="", outbox__channel=channel, outbox__state=state
            ).values_list("pk", flat=True)[:UNSENT_A_TURN]
        )
        if not keys:
            continue
        ReleasedMessage.objects.filter(pk__in=keys).update(unsent_reason=state.value)
        for follower in followers():
            follower.on_unsent(keys, state.value)
        changed += len(keys)
    return changed
