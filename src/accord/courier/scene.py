"""What the functions that store events share: the channel, the time, and what the caller must know afterwards."""

from dataclasses import dataclass, field
from datetime import datetime

from accord.channel.frames import Chunk, HeldChunks

from .models import Channel, Mode, ModeChange

__all__ = ["Effects", "Scene", "record_mode"]


@dataclass(kw_only=True)
class Effects:
    """What the caller of ``apply_events`` must know to go on after the commit.

    Args:
        accepted: Number of new entries of the peer.
        receipted_size: Size of our log that was newly receipted.
        refusal: Code with which the peer refused our frame.
        requested: Entries of its own log that the peer asks for, as (start, end).
        chunks: Verified chunks of awaited attachments, to be written to disk.
        held: What the peer says it holds of attachments.
        peer_lost: Whether the peer holds less of our log than it once receipted.
        is_whole_again: Whether a recovery has ended.
    """

    accepted: int = 0
    receipted_size: int | None = None
    refusal: str | None = None
    requested: tuple[int, int] | None = None
    chunks: list[Chunk] = field(default_factory=list)
    held: list[HeldChunks] = field(default_factory=list)
    peer_lost: bool = False
    is_whole_again: bool = False


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where an event takes place.

    Args:
        channel: The channel, locked.
        now: The time of storing.
        effects: What the caller must know to go on after the commit.
        is_live: Whether the peer itself said so just now; ``False`` for parcels, whose frames nobody signed.
    """

    channel: Channel
    now: datetime
    effects: Effects
    is_live: bool = True


def record_mode(scene: Scene, mode: Mode, reason: str) -> None:
    """Puts a change of the channel's mode that the node made by itself on record."""
    ModeChange.objects.create(
        channel=scene.channel,
        from_mode=scene.channel.mode,
        to_mode=mode,
        reason=reason,
        proposed_at=scene.now,
        confirmed_at=scene.now,
    )
