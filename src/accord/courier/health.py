"""The health of each channel, as an officer, an operator or a monitor wants to see it."""

import uuid
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from accord.errors import AccordError
from accord.parties.keysets import channel_keys

from .alarms import open_alarms, raise_alarm, raise_alarm_once
from .heads import frontier_of
from .metrics import OLDEST_UNRECEIPTED_SECONDS, QUEUED
from .models import Channel, Direction, Entry, Lane, Mode, Outbox, OutboxState, SignedCheckpoint
from .moment import from_ms

__all__ = [
    "SILENT_AFTER",
    "ChannelHealth",
    "LaneHealth",
    "MessageTimes",
    "channel_health",
    "message_times",
    "watch",
]

SILENT_AFTER: Final = timedelta(minutes=5)
"""After so long without a contact the line to a peer is called silent: five signs of life were missed."""

# Alarms shown in one view; the full list has its own page.
SHOWN_ALARMS: Final = 20
# The root key is offline: so long before its keyset ends, somebody is asked to fetch it.
RENEWAL_NOTICE: Final = timedelta(days=60)


class LaneHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One lane of the queue.

    Args:
        lane: Name of the lane.
        queued: Messages waiting.
        oldest_queued_at: When the oldest of them was enqueued.
        lag_seconds: Its age.
    """

    lane: str
    queued: int
    oldest_queued_at: datetime | None
    lag_seconds: float


class LogHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two logs, as we hold it and as the peer last claimed.

    Args:
        epoch: Its epoch.
        size: Entries that we hold.
        root: Hexadecimal root at that size.
        receipted_size: Entries that its receiver has co-signed.
        peer_size: Entries that the peer says it holds; a claim.
    """

    epoch: int
    size: int
    root: str
    receipted_size: int
    peer_size: int | None


class OpenAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that nobody has acknowledged."""

    id: int
    code: str
    detail: str
    raised_at: datetime
    last_seen_at: datetime
    count: int


class ChannelHealth(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known about one channel now.

    Args:
        peer: Code of the peer.
        mode: ``open``, ``recovering``, ``frozen`` or ``suspended``.
        peer_url: Where the peer is reached; empty for parcels only.
        lanes: The queue by lane.
        outgoing: Our own log.
        incoming: The replica of the peer's log.
        unreceipted: Entries of ours without the peer's receipt.
        oldest_unreceipted_at: When the oldest of them was flushed.
        oldest_unreceipted_seconds: Its age.
        unhandled: Entries of the peer that wait to be opened.
        last_contact_at: When the peer was last heard.
        last_failure_at: When a contact last failed.
        last_failure_code: Why.
        failures_in_a_row: How often in a row.
        back_off_until: When the next try is due.
        clock_skew_ms: The peer's time minus ours as last observed beyond the tolerance.
        peer_suspended_at: Since when the peer says that its officers suspended the channel; a claim.
        alarms: Open alarms of this channel.
    """

    peer: str
    mode: str
    peer_url: str
    lanes: tuple[LaneHealth, ...]
    outgoing: LogHealth
    incoming: LogHealth
    unreceipted: int
    oldest_unreceipted_at: datetime | None
    oldest_unreceipted_seconds: float
    unhandled: int
    last_contact_at: datetime | None
    last_failure_at: datetime | None
    last_failure_code: str
    failures_in_a_row: int
    back_off_until: datetime | None
    clock_skew_ms: int | None
    peer_suspended_at: datetime | None
    alarms: tuple[OpenAlarm, ...]


class MessageTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The four moments of a message's way.

    Args:
        enqueued_at: Decided and in the outbox; for the peer's messages, when its sender sealed it.
        flushed_at: In the log.
        receipted_at: When the receipt was on file here, by this node's clock; the receipt itself states whole seconds.
        handled_at: Opened and handled here; of our own messages the disposition tells it, not this node's clock.
    """

    enqueued_at: datetime | None
    flushed_at: datetime | None
    receipted_at: datetime | None
    handled_at: datetime | None


def channel_health(channel: Channel | None = None, *, now: datetime | None = None) -> tuple[ChannelHealth, ...]:
    """Returns the health of one channel, or of all of them.

    Args:
        channel: The channel; all when omitted.
        now: The present; read from the clock when omitted.
    """
    moment = now or timezone.now()
    channels = [channel] if channel is not None else list(Channel.objects.order_by("peer_id"))
    return tuple(_health(found, moment) for found in channels)


def _health(channel: Channel, now: datetime) -> ChannelHealth:
    channel.refresh_from_db()
    oldest = _oldest_unreceipted(channel)
    return ChannelHealth(
        peer=channel.peer_id,
        mode=channel.mode,
        peer_url=channel.peer_url,
        lanes=_lanes(channel, now),
        outgoing=LogHealth(
            epoch=channel.out_epoch,
            size=channel.out_size,
            root=frontier_of(bytes(channel.out_frontier)).root.hex(),
            receipted_size=channel.out_receipted_size,
            peer_size=channel.peer_holds_size,
        ),
        incoming=LogHealth(
            epoch=channel.in_epoch,
            size=channel.in_size,
            root=frontier_of(bytes(channel.in_frontier)).root.hex(),
            receipted_size=channel.in_receipted_size,
            peer_size=channel.peer_out_size,
        ),
        unreceipted=channel.out_size - channel.out_receipted_size,
        oldest_unreceipted_at=oldest,
        oldest_unreceipted_seconds=_age(oldest, now),
        unhandled=Entry.objects.filter(channel=channel, direction=Direction.IN, handled_at=None).count(),
        last_contact_at=channel.last_contact_at,
        last_failure_at=channel.last_failure_at,
        last_failure_code=channel.last_failure_code,
        failures_in_a_row=channel.failures_in_a_row,
        back_off_until=channel.back_off_until,
        clock_skew_ms=channel.clock_skew_ms,
        peer_suspended_at=channel.peer_suspended_at,
        alarms=tuple(
            OpenAlarm(
                id=alarm.pk,
                code=alarm.code,
                detail=alarm.detail,
                raised_at=alarm.raised_at,
                last_seen_at=alarm.last_seen_at,
                count=alarm.count,
            )
            for alarm in open_alarms(channel)[:SHOWN_ALARMS]
        ),
    )


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


def _lanes(channel: Channel, now: datetime) -> tuple[LaneHealth, ...]:
    waiting = Outbox.objects.filter(channel=channel, state=OutboxState.QUEUED)
    counts = waiting.values_list("lane").annotate(queued=Count("id"), oldest=Min("created_at"))
    found: dict[int, tuple[int, datetime]] = {lane: (queued, oldest) for lane, queued, oldest in counts}
    lanes: list[LaneHealth] = []
    for lane in Lane:
        queued, oldest = found.get(lane.value, (0, None))
        lanes.append(
            LaneHealth(
                lane=lane.name.lower().replace("_", "-"),
                queued=queued,
                oldest_queued_at=oldest,
                lag_seconds=_age(oldest, now),
            )
        )
    return tuple(lanes)


def _oldest_unreceipted(channel: Channel) -> datetime | None:
    if channel.out_size == channel.out_receipted_size:
        return None
    return (
        Entry.objects.filter(channel=channel, direction=Direction.OUT, position=channel.out_receipted_size)
        .values_list("recorded_at", flat=True)
        .first()
    )


def message_times(envelope_id: uuid.UUID) -> MessageTimes | None:
    """Returns the four moments of a message, ours or the peer's; nothing when this node does not know it."""
    entry = Entry.objects.select_related("channel").filter(envelope_id=envelope_id).first()
    queued = Outbox.objects.filter(envelope_id=envelope_id).first()
    if entry is None and queued is None:
        return None
    return MessageTimes(
        enqueued_at=queued.created_at if queued is not None else None,
        flushed_at=entry.recorded_at if entry is not None else None,
        receipted_at=_receipted_at(entry) if entry is not None else None,
        handled_at=entry.handled_at if entry is not None else None,
    )


def _receipted_at(entry: Entry) -> datetime | None:
    heads = SignedCheckpoint.objects.filter(
        channel_id=entry.channel_id,
        direction=entry.direction,
        size__gt=entry.position,
        receipt_recorded_at__isnull=False,
    )
    return heads.order_by("size").values_list("receipt_recorded_at", flat=True).first()


def watch(*, now: datetime | None = None) -> None:
    """Raises the alarms that nothing else raises, and sets the gauges; called every few seconds by the worker.

    A withheld receipt is not an event but the absence of one: the message stays unconfirmed, never assumed delivered
    (faults list, 41).
    """
    moment = now or timezone.now()
    limit = timedelta(seconds=settings.ACCORD_UNRECEIPTED_ALARM_SECONDS)
    for channel in Channel.objects.all():
        _watch_validity(channel, moment)
        oldest = _oldest_unreceipted(channel)
        age = _age(oldest, moment)
        OLDEST_UNRECEIPTED_SECONDS.labels(peer=channel.peer_id).set(age)
        for lane in _lanes(channel, moment):
            QUEUED.labels(peer=channel.peer_id, lane=lane.lane).set(lane.queued)
        if oldest is not None and age > limit.total_seconds() and channel.mode != Mode.SUSPENDED:
            raise_alarm(
                channel,
                "courier.unreceipted",
                f"The peer has given no receipt for our entry {channel.out_receipted_size} "
                f"since {oldest:%Y-%m-%d %H:%M} UTC.",
            )


def _watch_validity(channel: Channel, now: datetime) -> None:
    """Tells of keysets whose time is over, or nearly: they go on counting, since a lapsed date must not cut a link."""
    try:
        keys = channel_keys(channel.party_code, channel.peer_id)
    except AccordError:
        # Whoever needs the keysets raises the alarm about that.
        return
    for keyset, notice in ((keys.theirs.latest, timedelta()), (keys.ours.latest, RENEWAL_NOTICE)):
        ends = from_ms(keyset.valid_until_ms)
        if ends - notice <= now:
            raise_alarm_once(
                channel,
                "courier.keyset-ends" if keyset.party == channel.party_code else "courier.peer-keyset-ended",
                f"The newest keyset of {keyset.party} is valid until {ends:%Y-%m-%d}; a new one is due.",
            )
