"""The pure peer machine of a channel, given its state, its signer and its view of the stored logs."""

import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings

from accord.channel.checkpoint import unverified_checkpoint
from accord.channel.frames import Fetch
from accord.channel.keys import Signer
from accord.channel.peer import PeerMachine
from accord.errors import AccordError
from accord.parties.custody import custody_in_use
from accord.parties.keysets import ChannelKeys, channel_keys

from .heads import channel_state, frontier_of, hash_reader, known_positions, own_note_at
from .models import Channel, Direction

__all__ = ["forget_meetings", "has_met", "machine_for", "remember_meeting"]

logger = logging.getLogger(__name__)


class _Meetings:
    """Channels whose peer has told this process, live, what it holds of our log; never written to disk.

    A node restored from a backup starts as a new process, so it appends nothing before it has heard the peer. A
    database can also go back under a running process (a copy put back, a replica that took over), so a meeting is
    kept with the head it was about, and is over when that head does not stand in our log any more.
    Where what the peer says does not fit our log, the wish to see its copy is kept for the next contact.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.met: dict[int, tuple[int, bytes]] = {}
        self.wishes: dict[int, Fetch] = {}


_MEETINGS: Final = _Meetings()


def has_met(channel: Channel) -> bool:
    """Returns whether this process has heard the peer since it started, and our stored log has not gone back since.

    Args:
        channel: The channel's row, as read in the present transaction.
    """
    head = _MEETINGS.met.get(channel.pk)
    if head is None:
        return False
    size, root = head
    if _root_at(channel, size) == root:
        return True
    with _MEETINGS.lock:
        _MEETINGS.met.pop(channel.pk, None)
    logger.warning("Our log with %s has gone back; the peer is heard again first.", channel.peer_id)
    return False


def _root_at(channel: Channel, size: int) -> bytes | None:
    if channel.out_size < size:
        return None
    if channel.out_size == size:
        return frontier_of(bytes(channel.out_frontier)).root
    # Another thread has appended since; every size that was ever a head has its signed note.
    note = own_note_at(channel.pk)(size)
    if note is None:
        return frontier_of(bytes(channel.out_receipted)).root if channel.out_receipted_size == size else None
    return unverified_checkpoint(note).root


def remember_meeting(channel_id: int, machine: PeerMachine) -> None:
    """Keeps what a machine learned about having met, and the head of our log at which it did.

    Call it once the transaction is committed, or before: a head that is not stored in the end only means that the peer
    is heard again.
    """
    head = machine.state.outgoing
    with _MEETINGS.lock:
        if machine.has_met:
            _MEETINGS.met[channel_id] = (head.size, head.root)
        else:
            _MEETINGS.met.pop(channel_id, None)
        if machine.wish is None:
            _MEETINGS.wishes.pop(channel_id, None)
        else:
            _MEETINGS.wishes[channel_id] = machine.wish


def forget_meetings() -> None:
    """Forgets every meeting, as a restart of the process would."""
    with _MEETINGS.lock:
        _MEETINGS.met.clear()
        _MEETINGS.wishes.clear()


def machine_for(channel: Channel, *, keys: ChannelKeys | None = None, appending: int = 1) -> PeerMachine:
    """Returns the machine of a channel; its row is locked where the machine's state will be stored.

    Args:
        channel: The channel's row.
        keys: The keysets of both sides, where they are at hand.
        appending: How many entries will be appended, since the key that signs depends on the position.
    """
    held = keys or channel_keys(channel.party_code, channel.peer_id)
    channel_id = channel.pk

    def positions_of(ids: Sequence[bytes]) -> Mapping[bytes, int]:
        return known_positions(channel_id, Direction.IN, ids)

    return PeerMachine(
        channel_state(channel, keys=held),
        signer=_signer(held.sign_key_id(channel.out_size + appending - 1)),
        skew_tolerance_ms=settings.ACCORD_SKEW_TOLERANCE_SECONDS * 1000,
        has_met=has_met(channel),
        wish=_MEETINGS.wishes.get(channel_id),
        own_log=hash_reader(channel_id, Direction.OUT),
        own_note_at=own_note_at(channel_id),
        peer_log=hash_reader(channel_id, Direction.IN),
        positions_of=positions_of,
    )


def _signer(key_id: bytes) -> Signer | None:
    # A locked or broken custody stops signing, not reading: the machine then refuses what needs a signature.
    try:
        return custody_in_use().signer(key_id)
    except AccordError:
        return None
