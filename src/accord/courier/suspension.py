"""A suspension on either side: told by whoever suspended, noted and shown by the other.

Officers of one side stop the channel; the node says so in a frame of its own at once, again with every sign of life,
and once more when it goes on. It is a claim like the rest of a frame's state: it steers what is sent and what is shown,
and proves nothing. What was only said in a parcel does not count, since anybody can have written it, long ago.
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from accord.channel.frames import Frame
from accord.channel.refusals import ChannelSuspended
from accord.channel.statements import NOT_NOW

from .alarms import raise_alarm
from .heads import locked_channel
from .models import Channel, Mode
from .statements import update_channel

__all__ = ["note_peer_suspension", "note_told", "say_mode_anew"]

TOLD_FIELDS: Final = ("is_mode_untold", "last_contact_at", "failures_in_a_row", "back_off_until")


def say_mode_anew(channel: Channel) -> tuple[str, ...]:
    """Notes in the row object that the peer is to hear of a changed mode without waiting; returns the fields to store.

    Args:
        channel: The locked row.
    """
    channel.is_mode_untold = True
    channel.back_off_until = None
    return "is_mode_untold", "back_off_until"


def note_peer_suspension(channel: Channel, frame: Frame, now: datetime) -> None:
    """Notes in the row object what a live frame says about the peer's own suspension, with an alarm when it changes.

    Args:
        channel: The locked row.
        frame: A frame of the peer that came over an authenticated connection just now.
        now: The present.
    """
    since = channel.peer_suspended_at
    if frame.refusal == ChannelSuspended.code:
        if since is None:
            channel.peer_suspended_at = now
            raise_alarm(
                channel,
                "courier.peer-suspended",
                f"Officers of {channel.peer_id} suspended the channel. What is for them waits here and can still be "
                "withdrawn; ask them why, and use another way for what cannot wait.",
            )
    elif since is not None and frame.refusal != NOT_NOW:
        channel.peer_suspended_at = None
        raise_alarm(
            channel,
            "courier.peer-resumed",
            f"Officers of {channel.peer_id} let the channel go on; it was suspended since {since:%Y-%m-%d %H:%M} UTC.",
        )


@transaction.atomic
def note_told(channel_id: int, now: datetime) -> None:
    """Notes that the peer has answered a frame that told it of our suspension.

    Args:
        channel_id: The channel.
        now: The present.
    """
    channel = locked_channel(channel_id)
    if channel.mode != Mode.SUSPENDED:
        # Officers let it go on meanwhile, which is still to be told.
        return
    channel.is_mode_untold = False
    channel.last_contact_at = now
    channel.failures_in_a_row = 0
    channel.back_off_until = None
    update_channel(channel, TOLD_FIELDS)
