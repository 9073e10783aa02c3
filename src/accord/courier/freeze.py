"""Stopping and going on: one officer may stop a channel at any time, two let a frozen one go on.

A frozen channel thaws from what was co-signed, never from the fork (``ChannelState.thawed``). The proof stays on file.
"""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.channel.checkpoint import unverified_checkpoint
from accord.channel.state import ChannelState
from accord.errors import OfficerCanMend

from .alarms import raise_alarm
from .effects import requeue_from
from .heads import channel_state, locked_channel, store_state
from .models import Channel, Contradiction, Mode, ModeChange
from .moment import now_ms
from .suspension import say_mode_anew
from .wakeup import flush_topic, wake_on_commit

__all__ = [
    "ReasonMissing",
    "TwoOfficersNeeded",
    "abandon_recovery",
    "confirm_thaw",
    "declare_restored",
    "propose_thaw",
    "resume",
    "suspend",
    "thaw",
]


class TwoOfficersNeeded(OfficerCanMend):
    """The same officer cannot both propose and confirm a thaw."""

    code = "courier.two-officers-needed"
    default_next_step = "Ask a second officer to confirm."


REASON_CHARACTERS: Final = 400
"""Longest reason that is kept, characters: a few sentences; the whole story belongs into a case."""


class ReasonMissing(OfficerCanMend):
    """A channel's mode is changed for a reason in words, which is kept and shown."""

    code = "courier.reason-missing"
    default_next_step = "Say why in a sentence or two."


def _reason(words: str) -> str:
    said = " ".join(words.split())
    if not said or len(said) > REASON_CHARACTERS:
        raise ReasonMissing(f"The reason is empty, or longer than {REASON_CHARACTERS} characters.")
    return said


@transaction.atomic
def suspend(channel_id: int, *, officer_id: int, reason: str) -> Channel:
    """Stops a channel in both directions; the peer is told that it is suspended, and not why.

    Raises:
        OfficerCanMend: The channel's mode does not allow it, or the reason is empty.
    """
    channel = locked_channel(channel_id)
    beside = say_mode_anew(channel)
    return _changed(channel, channel_state(channel).suspended(), officer_id=officer_id, reason=reason, beside=beside)


@transaction.atomic
def resume(channel_id: int, *, officer_id: int, reason: str) -> Channel:
    """Lets a channel that our side suspended go on, and tells the peer so.

    Raises:
        OfficerCanMend: The channel's mode does not allow it, or the reason is empty.
    """
    channel = locked_channel(channel_id)
    beside = say_mode_anew(channel)
    return _changed(channel, channel_state(channel).resumed(), officer_id=officer_id, reason=reason, beside=beside)


def _changed(
    channel: Channel, state: ChannelState, *, officer_id: int, reason: str, beside: Sequence[str] = ()
) -> Channel:
    now = timezone.now()
    ModeChange.objects.create(
        channel=channel,
        from_mode=channel.mode,
        to_mode=state.mode.value,
        reason=_reason(reason),
        proposed_at=now,
        proposed_by=officer_id,
        confirmed_at=now,
    )
    store_state(channel, state, beside=beside)
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
        reason=_reason(reason),
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
    now = timezone.now()
    # What they have judged does not freeze the channel again when it is shown again.
    Contradiction.objects.filter(channel=channel, settled_at=None).update(settled_at=now)
    proposal.confirmed_at = now
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


@transaction.atomic
def abandon_recovery(channel_id: int, *, proposed_by: int, confirmed_by: int, reason: str) -> Channel:
    """Gives up entries of our own log that neither side holds any more, on the word of two officers.

    It is needed only when both nodes were restored from older copies. The lost positions are named in the alarm, so
    that the two sides can tell each other what was there.

    Raises:
        TwoOfficersNeeded: Both are one.
        OfficerCanMend: The channel is not recovering.
    """
    if proposed_by == confirmed_by:
        raise TwoOfficersNeeded("Giving up entries needs the word of two different officers.")
    channel = locked_channel(channel_id)
    before = channel_state(channel)
    state = before.recovery_abandoned(now_ms())
    lost_to = before.outgoing.size if before.witness is None else unverified_checkpoint(before.witness).size
    raise_alarm(
        channel,
        "courier.entries-lost",
        f"Our entries {before.outgoing.size} to {lost_to - 1} are lost on both sides; two officers gave them up.",
        evidence=before.witness,
    )
    now = timezone.now()
    ModeChange.objects.create(
        channel=channel,
        from_mode=channel.mode,
        to_mode=state.mode.value,
        reason=_reason(reason),
        proposed_at=now,
        proposed_by=proposed_by,
        confirmed_at=now,
        confirmed_by=confirmed_by,
    )
    store_state(channel, state)
    wake_on_commit(flush_topic(channel.pk))
    return channel


@transaction.atomic
def declare_restored(channel_id: int, *, officer_id: int, reason: str) -> Channel:
    """Begins a new epoch after an operator put an older copy of the storage back; call it before the node starts.

    What was never receipted goes back into the queue and is appended anew. Without this act the peer's witness brings
    about the same; with it, an old frame that is still under way cannot look like a second history.
    """
    channel = locked_channel(channel_id)
    state = channel_state(channel).restored(now_ms())
    requeue_from(channel, size=state.outgoing.size)
    return _changed(channel, state, officer_id=officer_id, reason=reason)
