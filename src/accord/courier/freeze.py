"""What one officer may do to a channel: stop it, let it go on, and say that an older copy was put back.

What needs two officers stands in :mod:`accord.courier.remedies`.
"""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.channel.state import ChannelState
from accord.errors import OfficerCanMend

from .effects import requeue_from
from .heads import channel_state, locked_channel, store_state
from .models import Channel, ModeChange
from .moment import now_ms
from .suspension import say_mode_anew
from .wakeup import flush_topic, wake_on_commit

__all__ = [
    "ReasonMissing",
    "declare_restored",
    "reason_in_words",
    "resume",
    "suspend",
]


REASON_CHARACTERS: Final = 400
"""Longest reason that is kept, characters: a few sentences; the whole story belongs into a case."""


class ReasonMissing(OfficerCanMend):
    """A channel's mode is changed for a reason in words, which is kept and shown."""

    code = "courier.reason-missing"
    default_next_step = "Say why in a sentence or two."


def reason_in_words(words: str) -> str:
    """Returns a reason as it is kept.

    Raises:
        ReasonMissing: It is empty or too long.
    """
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
        reason=reason_in_words(reason),
        proposed_at=now,
        proposed_by=officer_id,
        confirmed_at=now,
    )
    store_state(channel, state, beside=beside)
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
