"""Channels: their health, the root keys pinned here, stopping one, and thawing a frozen one by two officers."""

from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from ninja import Field, Path, Router, Schema
from pydantic import WithJsonSchema

from accord.courier.health import ChannelHealth, MessageTimes, channel_health, message_times
from accord.courier.models import Alarm, Channel
from accord.exchange.reach import messages_for
from accord.node.api.documents import STRUCT_MARK
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.problems import NotFound
from accord.node.api.shapes import Closed, PeerInPath, RowId
from accord.officers import channel_acts
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = ["router"]

router = Router()

REASON_CHARACTERS_MAX: Final = 400


# Any: JSON objects whose schemas are those of the courier's own values.
ChannelOut = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: ChannelHealth.__name__})]
TimesOut = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: MessageTimes.__name__})]


class Reason(Closed):
    """Why the mode of a channel is changed; for the file."""

    reason: str = Field(min_length=1, max_length=REASON_CHARACTERS_MAX)


class RootOut(Schema):
    """The root key pinned for a party."""

    party: str
    root: str = Field(description="Ed25519 and ML-DSA-65 public keys, base64.")


class RootsOut(Schema):
    """The file that `accord verify --root` reads."""

    roots: list[RootOut]


class AlarmOut(Schema):
    """An alarm that a person has seen."""

    id: int
    code: str
    acknowledged_at: datetime | None


class ThawOut(Schema):
    """A proposal to thaw a frozen channel, which waits for a second officer."""

    peer: str
    from_mode: str
    to_mode: str
    proposed_at: datetime


def _find(peer: str) -> Channel:
    return Channel.objects.select_related("peer").get(peer_id=peer)


def _out(value: msgspec.Struct) -> dict[str, Any]:  # Any: see ChannelOut
    shown: dict[str, Any] = msgspec.to_builtins(value)
    return shown


def _health_of(channel: Channel) -> ChannelOut:
    return _out(channel_health(channel)[0])


@offer(
    router,
    "GET",
    "/channels",
    permission=Permission.CHANNEL_READ,
    summary="Show the health of every channel",
    response=list[ChannelOut],
)
def list_channels(request: ApiRequest) -> list[ChannelOut]:
    """Shows each channel: mode, both logs' heads, queue, lag, clock skew, last contact, open alarms."""
    return [_out(health) for health in channel_health()]


@offer(
    router,
    "GET",
    "/channels/{peer}",
    permission=Permission.CHANNEL_READ,
    summary="Show the health of a channel",
    response=ChannelOut,
)
def show_channel(request: ApiRequest, peer: PeerInPath) -> ChannelOut:
    """Shows one channel: mode, both logs' heads, queue, lag, clock skew, last contact, open alarms."""
    return _health_of(_find(peer))


@offer(
    router,
    "GET",
    "/messages/{message_id}/times",
    permission=Permission.CASE_READ,
    summary="Show the four moments of a message's way",
    response=TimesOut,
)
def show_message_times(request: ApiRequest, message_id: Path[UUID]) -> TimesOut:
    """Shows when a message was decided, logged, receipted and handled; what has not happened is null."""
    message = messages_for(request.officer).get(pk=message_id)
    times = message_times(message.envelope_id) if message.envelope_id else None
    if times is None:
        raise NotFound("The message has not been released.")
    return _out(times)


@offer(
    router,
    "POST",
    "/alarms/{alarm_id}/acknowledge",
    permission=Permission.CHANNEL_MANAGE,
    summary="Acknowledge an alarm",
    response=AlarmOut,
)
def acknowledge_alarm(request: ApiRequest, alarm_id: Path[RowId]) -> AlarmOut:
    """Notes that a person has seen the alarm; the same cause again raises a new one."""
    alarm = channel_acts.settle_alarm(request.officer, Alarm.objects.get(pk=alarm_id))
    return AlarmOut(id=alarm.pk, code=alarm.code, acknowledged_at=alarm.acknowledged_at)


@offer(
    router,
    "GET",
    "/roots",
    permission=Permission.CHANNEL_READ,
    summary="Show the root keys pinned here",
    response=RootsOut,
)
def show_roots(request: ApiRequest) -> RootsOut:
    """Shows the root keys by which evidence is verified, in the form that `accord verify --root` reads."""
    pinned = Party.objects.exclude(root_public=None).order_by("code")
    roots = [RootOut(party=one.code, root=b64encode(bytes(one.root_public or b"")).decode()) for one in pinned]
    return RootsOut(roots=roots)


@offer(
    router,
    "POST",
    "/channels/{peer}/suspend",
    permission=Permission.CHANNEL_MANAGE,
    summary="Stop a channel",
    response=ChannelOut,
    statuses=(409,),
    examples={"maintenance": {"reason": "Move to another building"}},
)
def suspend_channel(request: ApiRequest, peer: PeerInPath, body: Reason) -> ChannelOut:
    """Stops a channel in both directions; the peer is told that it is suspended, and not why."""
    return _health_of(channel_acts.suspend_channel(request.officer, _find(peer), reason=body.reason))


@offer(
    router,
    "POST",
    "/channels/{peer}/resume",
    permission=Permission.CHANNEL_MANAGE,
    summary="Let a suspended channel go on",
    response=ChannelOut,
    statuses=(409,),
)
def resume_channel(request: ApiRequest, peer: PeerInPath, body: Reason) -> ChannelOut:
    """Lets a channel that our side suspended go on where it stopped, and tells the peer so."""
    return _health_of(channel_acts.resume_channel(request.officer, _find(peer), reason=body.reason))


@offer(
    router,
    "POST",
    "/channels/{peer}/thaw-proposal",
    permission=Permission.CHANNEL_THAW,
    summary="Propose to thaw a frozen channel",
    response=ThawOut,
    status=201,
    statuses=(409,),
)
def propose_thaw_of_channel(request: ApiRequest, peer: PeerInPath, body: Reason) -> ThawOut:
    """Records the first officer's word; nothing changes until a second officer confirms it."""
    change = channel_acts.propose_thaw(request.officer, _find(peer), reason=body.reason)
    return ThawOut(peer=peer, from_mode=change.from_mode, to_mode=change.to_mode, proposed_at=change.proposed_at)


@offer(
    router,
    "POST",
    "/channels/{peer}/thaw-confirmation",
    permission=Permission.CHANNEL_THAW,
    summary="Confirm the thaw of a frozen channel",
    response=ChannelOut,
    statuses=(409,),
)
def confirm_thaw_of_channel(request: ApiRequest, peer: PeerInPath) -> ChannelOut:
    """Thaws a frozen channel on the word of a second officer; the proof of the fork stays on file."""
    return _health_of(channel_acts.confirm_thaw(request.officer, _find(peer)))
