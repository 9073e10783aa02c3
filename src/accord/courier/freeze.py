"""Stopping and going on: one officer may stop a channel at any time, two let a frozen one go on.

A frozen channel thaws from what was co-signed, never from the fork (``ChannelState.thawed``). The proof stays on file.
"""

from django.db import transaction
from django.utils import timezone

from accord.channel.state import ChannelState
from accord.errors import OfficerCanMend

from .heads import channel_state, locked_channel, store_state
from .models import Channel, Mode, ModeChange
from .wakeup import flush_topic, wake_on_commit

__all__ = ["TwoOfficersNeeded", "confirm_thaw", "propose_thaw", "resume", "suspend", "thaw"]


class TwoOfficersNeeded(OfficerCanMend):
    """The same officer cannot both propose and confirm a thaw."""

    code = "courier.two-officers-needed"
    default_next_step = "Ask a second officer to confirm."


@transaction.atomic
def suspend(channel_id: int, *, officer_id: int, reason: str) -> Channel:
    """Stops a channel in both directions; the peer is told only that it is not possible now.

    Raises:
        OfficerCanMend: The channel's mode does not allow it.
    """
    channel = locked_channel(channel_id)
    return _changed(channel, channel_state(channel).suspended(), officer_id=officer_id, reason=reason)


@transaction.atomic
def resume(channel_id: int, *, officer_id: int, reason: str) -> Channel:
    """Lets a channel that our side suspended go on.

    Raises:
        OfficerCanMend: The channel's mode does not allow it.
    """
    channel = locked_channel(channel_id)
    return _changed(channel, channel_state(channel).resumed(), officer_id=officer_id, reason=reason)


def _changed(channel: Channel, state: ChannelState, *, officer_id: int, reason: str) -> Channel:
    now = timezone.now()
    ModeChange.objects.create(
        channel=channel,
        from_mode=channel.mode,
        to_mode=state.mode.value,
        reason=reason,
        proposed_at=now,
        proposed_by=officer_id,
        confirmed_at=now,
    )
    store_state(channel, state)
    wake_on_commit(flush_topic(channel.pk))
    return channel


@transaction.atomic
def propose_thaw(channel_id: int, *, officer_id: int, reason: str) -> ModeChange:
    """Records the first officer's word for thawing a frozen channel; it changes nothing yet.

    Raises:
        OfficerCanMend: The channel is not frozen, or a proposal waits already.
    """
    channel = locked_channel(channel_id)
    state = channel_state(channel).thawed()
    if _waiting(channel) is not None:
        raise OfficerCanMend("A proposal to thaw this channel waits already.", code="courier.thaw-waits")
    return ModeChange.objects.create(
        channel=channel,
        from_mode=channel.mode,
        to_mode=state.mode.value,
        reason=reason,
        proposed_at=timezone.now(),
        proposed_by=officer_id,
    )


def _waiting(channel: Channel) -> ModeChange | None:
    return ModeChange.objects.filter(channel=channel, from_mode=Mode.FROZEN, confirmed_at=None).first()


@transaction.atomic
def confirm_thaw(channel_id: int, *, officer_id: int) -> Channel:
    """Thaws a frozen channel on the word of a second officer.

    Raises:
        TwoOfficersNeeded: The officer proposed it, or nobody did.
    """
    channel = locked_channel(channel_id)
    proposal = _waiting(channel)
    if proposal is None or proposal.proposed_by == officer_id:
        raise TwoOfficersNeeded("A thaw needs the word of two different officers.")
    state = channel_state(channel).thawed()
    proposal.confirmed_at = timezone.now()
    proposal.confirmed_by = officer_id
    proposal.save(update_fields=["confirmed_at", "confirmed_by"])
    store_state(channel, state)
    wake_on_commit(flush_topic(channel.pk))
    return channel


@transaction.atomic
def thaw(channel_id: int, *, proposed_by: int, confirmed_by: int, reason: str) -> Channel:
    """Thaws a frozen channel where both officers are at hand.

    Raises:
        TwoOfficersNeeded: Both are one.
        OfficerCanMend: The channel is not frozen.
    """
    if proposed_by == confirmed_by:
        raise TwoOfficersNeeded("A thaw needs the word of two different officers.")
    channel = locked_channel(channel_id)
    if _waiting(channel) is None:
        propose_thaw(channel_id, officer_id=proposed_by, reason=reason)
    return confirm_thaw(channel_id, officer_id=confirmed_by)
