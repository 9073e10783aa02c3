"""What the peer machine reports: frozen values in the past tense, in the order in which they happened.

An event is a fact that the caller must store together with the machine's new state, in one transaction,
before any answer leaves the node.
"""

from dataclasses import dataclass

from .envelope import Header
from .equivocation import EquivocationProof
from .frames import Chunk, HeldChunks
from .merkle import StrideNode

__all__ = [
    "Appended",
    "ChunkAccepted",
    "ChunksHeld",
    "DuplicateEntries",
    "EntriesAccepted",
    "EntriesRequested",
    "EquivocationProven",
    "Event",
    "HistoryDisputed",
    "OwnEntriesRecovered",
    "OwnKeysetsRecovered",
    "PeerBehind",
    "PeerDisagrees",
    "PeerRefused",
    "ReceiptAccepted",
    "ReceiptContradicted",
    "ReceiptDisputed",
    "ReceiptWithheld",
    "RecoveryCompleted",
    "ReplicaLost",
    "RolledBack",
    "SkewObserved",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Appended:
    """We appended entries to our own log and signed it.

    Args:
        start: Position of the first new entry.
        size: Size of our log now.
        checkpoint: Our signed note over ``size``.
        stride_nodes: Merkle nodes to keep so that proofs need not read every leaf.
    """

    start: int
    size: int
    checkpoint: bytes
    stride_nodes: tuple[StrideNode, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened in the channel; every event is one of the children."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntriesAccepted(Event):
    """The peer's log continued as it should, and we co-signed it.

    Store entries, capsules, checkpoint, receipt, nodes and the machine's state in one transaction before the answer.

    Args:
        start: Position of the first new entry.
        entries: New pairs of header bytes and sealed bytes.
        headers: The same headers, decoded.
        leaves: Leaf hash of each entry.
        capsules: Archive capsules that came with the batch.
        checkpoint: The peer's signed note.
        receipt: Our co-signature; the answer carries it.
        stride_nodes: Merkle nodes of the peer's log to keep.
    """

    start: int
    entries: tuple[tuple[bytes, bytes], ...]
    headers: tuple[Header, ...]
    leaves: tuple[bytes, ...]
    capsules: tuple[bytes, ...]
    checkpoint: bytes
    receipt: bytes
    stride_nodes: tuple[StrideNode, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DuplicateEntries(Event):
    """The peer sent what we already hold; the answer carries the stored receipt, byte for byte.

    Args:
        size: Size of the peer's log that the duplicate ended at.
        receipt: The stored receipt.
    """

    size: int
    receipt: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptAccepted(Event):
    """The peer's co-signature over our log holds: everything below ``size`` is delivered, provably.

    Args:
        size: Size of our log that the peer co-signed.
        receipt: The receipt's bytes.
        time_ms: When the peer says it co-signed, milliseconds since the Unix epoch.
    """

    size: int
    receipt: bytes
    time_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptDisputed(Event):
    """The peer co-signed a text that we never signed, over a root that our log has: delivery stays unconfirmed.

    Such a receipt would fail in every evidence bundle; only the peer can have made it.

    Args:
        size: Size of our log that it names.
        receipt: The receipt, which the peer did sign.
    """

    size: int
    receipt: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptContradicted(Event):
    """The peer co-signed another log than the one that we signed in the same epoch: it is not used, and is evidence.

    One of the two broke its word; if nobody else holds our key, it was the peer.

    Args:
        size: Size of our log that both name.
        proof: Our checkpoint and the peer's receipt.
    """

    size: int
    proof: EquivocationProof


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptWithheld(Event):
    """The peer says that it holds our log up to ``size`` but gave no receipt: delivery stays unconfirmed.

    Args:
        size: The size that the peer claims to hold.
        receipted_size: The size that we hold a receipt for.
    """

    size: int
    receipted_size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerBehind(Event):
    """The peer holds less of our log than we do; send again from ``their_size``.

    Args:
        their_size: Entries of our log that the peer says it holds.
        has_lost: Whether the peer once receipted more than that: it was rolled back, which its operator should know.
    """

    their_size: int
    has_lost: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerDisagrees(Event):
    """The peer states more of our log than we hold, or another root: nothing is appended until that is cleared.

    It is an unsigned claim. Our wish to see the entries goes into the next frame by itself; what comes back is signed.

    Args:
        their_size: Entries of our log that the peer says it holds.
        our_size: Entries of our log that we hold.
    """

    their_size: int
    our_size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryDisputed(Event):
    """The peer shows our own signature, of another epoch, over a beginning that our receipted log does not have.

    It takes two lost disks to get here, or a replay of a frame that was lost with one; nothing is proven.
    While the peer disagrees, too, nothing goes on: officers of both sides compare what they hold, and may then let our
    log begin again from what the peer co-signed (:func:`~accord.channel.recovery.rewind`).

    Args:
        witness: Our own signed note that the peer showed.
        witness_size: Size of our log that it covers.
    """

    witness: bytes
    witness_size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RolledBack(Event):
    """We lost a part of our own log: our own later signature proves it.

    Delete what is stored of our log from ``to_size`` on, and put its unsent messages back into the queue under the same
    envelope ids: what the peer holds of them comes back as :class:`OwnEntriesRecovered` and must not be sent again.

    Args:
        to_size: Size of our log that is certain: all of it is receipted.
        witness: Our own signed note that the peer showed.
        witness_size: Size of our log when we signed it.
        abandoned: Our own signed note over entries that were never receipted, where the witness is of the same epoch
            and another log. A restored copy that went on explains that, and so does a clone of this node or a thief of
            its key: what comes back as our own may then not be ours. Keep both notes, and tell the officers so.
    """

    to_size: int
    witness: bytes
    witness_size: int
    abandoned: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnEntriesRecovered(Event):
    """The peer gave back entries that we had lost; they are ours up to a root that both have signed.

    Args:
        start: Position of the first recovered entry.
        entries: Pairs of header bytes and sealed bytes.
        headers: The same headers, decoded.
        leaves: Leaf hash of each entry.
        capsules: Archive capsules, with which the archive key opens our own words.
        checkpoint: Our own signed note.
        receipt: The peer's co-signature over it.
        stride_nodes: Merkle nodes of our own log to keep.
    """

    start: int
    entries: tuple[tuple[bytes, bytes], ...]
    headers: tuple[Header, ...]
    leaves: tuple[bytes, ...]
    capsules: tuple[bytes, ...]
    checkpoint: bytes
    receipt: bytes
    stride_nodes: tuple[StrideNode, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnKeysetsRecovered(Event):
    """The peer gave back keysets that our root key had signed and we had lost.

    Args:
        keysets: Signed keysets, oldest first, that now extend our chain.
    """

    keysets: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicaLost(Event):
    """The peer says that it holds our receipt for more of its log than we hold: our replica may be an older copy.

    It is an unsigned claim and stops nothing. If it is true, we might co-sign a second history of the peer's log.

    Args:
        claimed: Size of the peer's log for which the peer says it holds our receipt.
        held: Size of the peer's log that we hold.
    """

    claimed: int
    held: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryCompleted(Event):
    """Our log is whole again up to the co-signed root; sending may go on in a new epoch.

    Args:
        epoch: Epoch of our log from now on.
        size: Size of our log.
    """

    epoch: int
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EntriesRequested(Event):
    """The peer lost entries of its own log and asks for them; answer with ``fetched`` in the next frame.

    Args:
        start: First position wanted.
        end: Size up to which entries are wanted, never more than we hold.
    """

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EquivocationProven(Event):
    """A party signed two logs that cannot be one; the channel is frozen and officers decide together.

    Args:
        party: Who signed both.
        proof: Transferable proof that a third person can check offline.
    """

    party: str
    proof: EquivocationProof


@dataclass(frozen=True, kw_only=True, slots=True)
class SkewObserved(Event):
    """The peer's clock is further from ours than the tolerance; the exchange goes on.

    Args:
        ms: The peer's time minus ours, or minus its own earlier time where its clock went backwards.
        went_back: Whether the peer's own signed times went backwards.
    """

    ms: int
    went_back: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunkAccepted(Event):
    """A chunk of an attachment belongs under its root; whether the root is awaited is for the caller to judge.

    Args:
        chunk: The chunk, verified by its inclusion proof.
    """

    chunk: Chunk


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunksHeld(Event):
    """The peer says which chunks of an attachment it holds.

    Args:
        held: The peer's claim.
    """

    held: HeldChunks


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerRefused(Event):
    """The peer refused our last frame.

    Args:
        code: The stable code of its refusal; a claim, so it only informs.
    """

    code: str
