"""What a node remembers of one channel, and the only table of how its mode may change.

Two rules of this file, after h11's ``_state.py``: every change of the mode stands in :data:`TRANSITIONS`,
and nothing here knows which of the two parties we are, so both sides obey the same rules.

Invariants:
    * of ``incoming`` everything is receipted: we never hold an entry of the peer's log that we did not co-sign;
    * ``outgoing.receipted`` is a beginning of ``outgoing.frontier``: what lies between is not yet proven delivered;
    * both only grow, except that a node whose storage was restored from an older copy begins again from that copy;
    * ``witness`` is set from the moment our own later signature is seen until our log is whole again.

The caller stores a state in the same transaction as the events that came with it, before any answer leaves the node.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .checkpoint import unverified_checkpoint
from .encoding import MapReader, decode, encode
from .envelope import MAX_EPOCH
from .keyset import KeysetChain, Settled
from .limits import MAX_CHAIN_KEYSETS, MAX_KEYSET_BYTES, MAX_LOG_SIZE, MAX_NOTE_BYTES
from .merkle import EMPTY_FRONTIER, Frontier
from .refusals import EpochsExhausted, ModeForbids
from .suite import SUITE_1, require_suite

__all__ = ["TRANSITIONS", "Cause", "ChannelState", "LogHead", "Mode", "decode_state", "encode_state", "next_epoch"]

STATE_VERSION: Final = 1
FRONTIER_BYTES: Final = 4096
"""Bytes of an encoded frontier: at most 62 hashes."""


class Mode(StrEnum):
    """How far the channel may be used."""

    OPEN = "open"
    """Entries go both ways."""
    RECOVERING = "recovering"
    """We lost a part of our own log: we append nothing until the peer has given it back; we still receive."""
    FROZEN = "frozen"
    """A party signed two logs that cannot be one: nothing goes either way until officers of both sides decide."""
    SUSPENDED = "suspended"
    """Officers of our side stopped the channel."""


class Cause(StrEnum):
    """Why the mode changes."""

    ROLLBACK_SEEN = "rollback-seen"
    RECOVERY_COMPLETED = "recovery-completed"
    RECOVERY_ABANDONED = "recovery-abandoned"
    EQUIVOCATION_PROVEN = "equivocation-proven"
    THAWED = "thawed"
    THAWED_UNRECOVERED = "thawed-unrecovered"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    RESUMED_UNRECOVERED = "resumed-unrecovered"


TRANSITIONS: Final[Mapping[tuple[Mode, Cause], Mode]] = MappingProxyType(
    {
        (Mode.OPEN, Cause.ROLLBACK_SEEN): Mode.RECOVERING,
        (Mode.RECOVERING, Cause.ROLLBACK_SEEN): Mode.RECOVERING,
        (Mode.RECOVERING, Cause.RECOVERY_COMPLETED): Mode.OPEN,
        (Mode.RECOVERING, Cause.RECOVERY_ABANDONED): Mode.OPEN,
        (Mode.OPEN, Cause.EQUIVOCATION_PROVEN): Mode.FROZEN,
        (Mode.RECOVERING, Cause.EQUIVOCATION_PROVEN): Mode.FROZEN,
        (Mode.FROZEN, Cause.THAWED): Mode.OPEN,
        (Mode.FROZEN, Cause.THAWED_UNRECOVERED): Mode.RECOVERING,
        (Mode.OPEN, Cause.SUSPENDED): Mode.SUSPENDED,
        (Mode.RECOVERING, Cause.SUSPENDED): Mode.SUSPENDED,
        (Mode.SUSPENDED, Cause.RESUMED): Mode.OPEN,
        (Mode.SUSPENDED, Cause.RESUMED_UNRECOVERED): Mode.RECOVERING,
    }
)
"""Every permitted change of mode; what does not stand here does not happen."""


def next_epoch(after: int, now_ms: int) -> int:
    """Returns the epoch that a log begins after ``after``: the clock in seconds, or one more where that is not later.

    By the clock, two restorations of one older copy begin two epochs, though neither knows of the other; without a
    clock that goes, they are still later than all that the copy knows.

    Raises:
        EpochsExhausted: If there is no later epoch.
    """
    epoch = max(after + 1, now_ms // 1000)
    if epoch > MAX_EPOCH:
        raise EpochsExhausted(f"Epoch {after} is the last that this log can have.", fields={"epoch": after})
    return epoch


@dataclass(frozen=True, kw_only=True, slots=True)
class LogHead:
    """Where one log stands.

    Args:
        epoch: Raised by its owner after each recovery; a checkpoint of an older epoch is stale.
        frontier: The right edge of the log.
        checkpoint: The owner's latest signed note, over ``frontier``; ``None`` while it never signed.
        receipt: The other party's latest co-signature, over ``receipted``; ``None`` while there is none.
        receipted: The log's right edge at the size that the receipt covers.
        receipted_epoch: Epoch of the receipted checkpoint.
        time_ms: The owner's signed time of the latest checkpoint, milliseconds since the Unix epoch.
    """

    epoch: int = 0
    frontier: Frontier = EMPTY_FRONTIER
    checkpoint: bytes | None = None
    receipt: bytes | None = None
    receipted: Frontier = EMPTY_FRONTIER
    receipted_epoch: int = 0
    time_ms: int = 0

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.frontier.size

    @property
    def root(self) -> bytes:
        """RFC 9162 root of the log."""
        return self.frontier.root

    @property
    def receipted_size(self) -> int:
        """Number of entries that the other party has co-signed."""
        return self.receipted.size


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelState:
    """All that must survive a crash, for one channel between ``us`` and ``peer``.

    Args:
        us: Our party code.
        peer: The other party's code.
        our_chain: Our own keysets; what we sign must verify under them.
        peer_chain: The peer's keysets as far as we opened them.
        suite: Suite of algorithms that the agreement names.
        outgoing: Our own log.
        incoming: The replica of the peer's log.
        mode: How far the channel may be used.
        witness: Our own later signed note, while we recover what it covers.
        peer_receipted: Size of the peer's log for which it says it holds our receipt; a claim that only spares bytes.
    """

    us: str
    peer: str
    our_chain: KeysetChain
    peer_chain: KeysetChain
    suite: int = SUITE_1
    outgoing: LogHead = LogHead()
    incoming: LogHead = LogHead()
    mode: Mode = Mode.OPEN
    witness: bytes | None = None
    peer_receipted: int = 0

    def changed(self, cause: Cause) -> "ChannelState":
        """Returns the state after a change of mode.

        Raises:
            ModeForbids: If the mode does not allow this change.
        """
        mode = TRANSITIONS.get((self.mode, cause))
        if mode is None:
            raise ModeForbids(
                f"A channel that is {self.mode.value} cannot be {cause.value}.",
                fields={"mode": self.mode.value, "cause": cause.value},
            )
        return replace(self, mode=mode)

    def suspended(self) -> "ChannelState":
        """Returns the state after our officers stopped the channel."""
        return self.changed(Cause.SUSPENDED)

    def resumed(self) -> "ChannelState":
        """Returns the state after our officers let a suspended channel go on."""
        return self.changed(Cause.RESUMED if self.witness is None else Cause.RESUMED_UNRECOVERED)

    def thawed(self) -> "ChannelState":
        """Returns the state after two officers thawed a frozen channel.

        It goes on from what was co-signed, never from the fork: the owner of the fork recovers what was co-signed.
        """
        return self.changed(Cause.THAWED if self.witness is None else Cause.THAWED_UNRECOVERED)

    def restored(self, now_ms: int) -> "ChannelState":
        """Returns the state after an operator put back an older copy of the storage: our log begins a new epoch.

        It is not needed for safety. It lets the peer tell an innocent restoration from a second log, should a frame
        that was sent before the restoration arrive after it. What was never receipted is appended anew in that epoch:
        the caller deletes stored entries from ``outgoing.size`` on and puts their messages back into the queue.

        Raises:
            EpochsExhausted: If there is no later epoch.
        """
        head = self.outgoing
        checkpoint = head.checkpoint if head.size == head.receipted_size else None
        outgoing = replace(head, epoch=next_epoch(head.epoch, now_ms), frontier=head.receipted, checkpoint=checkpoint)
        return replace(self, outgoing=outgoing)

    def recovery_abandoned(self, now_ms: int) -> "ChannelState":
        """Returns the state after two officers gave up entries that neither side holds any more.

        It happens when both nodes were restored from older copies: the witness covers what the peer, too, has lost.
        The positions from ``outgoing.size`` up to the witness's size are a gap that operators must name to each other.
        """
        changed = self.changed(Cause.RECOVERY_ABANDONED)
        lost_epoch = 0 if self.witness is None else unverified_checkpoint(self.witness).epoch
        epoch = next_epoch(max(self.outgoing.epoch, lost_epoch), now_ms)
        return replace(changed, outgoing=replace(self.outgoing, epoch=epoch), witness=None)

    def with_peer_keyset(self, signed: bytes) -> "ChannelState":
        """Returns the state with the peer's next keyset, which the layer above found in an opened entry.

        Raises:
            TrustFails: If the keyset does not extend the peer's chain under its pinned root, or would undo what is
                co-signed already.
        """
        settled = Settled(own_size=self.incoming.size, peer_size=self.outgoing.receipted_size)
        return replace(self, peer_chain=self.peer_chain.extended(signed, settled=settled))

    def with_our_keyset(self, signed: bytes) -> "ChannelState":
        """Returns the state with our own next keyset.

        Raises:
            TrustFails: If the keyset does not extend our chain.
        """
        return replace(self, our_chain=self.our_chain.extended(signed))


MAX_CHAIN_BYTES: Final = MAX_CHAIN_KEYSETS * MAX_KEYSET_BYTES
MAX_STATE_BYTES: Final = 2 * MAX_CHAIN_BYTES + 8 * MAX_NOTE_BYTES
"""Bytes of a stored state: two full keyset chains and a few notes."""


def encode_state(state: ChannelState) -> bytes:
    """Encodes a state for storage."""
    return encode(
        {
            1: STATE_VERSION,
            2: state.us,
            3: state.peer,
            4: state.suite,
            5: state.our_chain.to_bytes(),
            6: state.peer_chain.to_bytes(),
            7: _head_fields(state.outgoing),
            8: _head_fields(state.incoming),
            9: state.mode.value,
            10: state.witness,
            11: state.peer_receipted,
        }
    )


def decode_state(data: bytes) -> ChannelState:
    """Reads what :func:`encode_state` wrote.

    Raises:
        AccordError: If the bytes are not a whole state; storage is damaged then, and nothing may be signed with it.
    """
    reader = MapReader(decode(data, what="channel state", max_bytes=MAX_STATE_BYTES), what="channel state", known=11)
    reader.version(1, STATE_VERSION)
    suite = reader.uint(4)
    require_suite(suite)
    mode = reader.text(9, maximum=16)
    if mode not in set(Mode):
        raise reader.wrong(9, "is not a mode")
    return ChannelState(
        us=reader.party(2),
        peer=reader.party(3),
        suite=suite,
        our_chain=KeysetChain.from_bytes(reader.octets(5, maximum=MAX_CHAIN_BYTES)),
        peer_chain=KeysetChain.from_bytes(reader.octets(6, maximum=MAX_CHAIN_BYTES)),
        outgoing=_read_head(reader.value(7)),
        incoming=_read_head(reader.value(8)),
        mode=Mode(mode),
        witness=_read_note(reader, 10),
        peer_receipted=reader.uint(11, MAX_LOG_SIZE),
    )


def _head_fields(head: LogHead) -> dict[int, object]:
    return {
        1: head.epoch,
        2: head.frontier.to_bytes(),
        3: head.checkpoint,
        4: head.receipt,
        5: head.receipted.to_bytes(),
        6: head.receipted_epoch,
        7: head.time_ms,
    }


def _read_head(obj: object) -> LogHead:
    reader = MapReader(obj, what="log head", known=7)
    head = LogHead(
        epoch=reader.uint(1, MAX_EPOCH),
        frontier=Frontier.from_bytes(reader.octets(2, maximum=FRONTIER_BYTES)),
        checkpoint=_read_note(reader, 3),
        receipt=_read_note(reader, 4),
        receipted=Frontier.from_bytes(reader.octets(5, maximum=FRONTIER_BYTES)),
        receipted_epoch=reader.uint(6, MAX_EPOCH),
        time_ms=reader.time_ms(7),
    )
    if head.receipted_size > head.size:
        raise reader.wrong(5, "is larger than the log")
    return head


def _read_note(reader: MapReader, key: int) -> bytes | None:
    return None if reader.is_null(key) else reader.octets(key, maximum=MAX_NOTE_BYTES)
