"""The log's arithmetic: RFC 9162 Merkle trees over leaves that two parties hold.

A log is a list of leaves; its root commits to every leaf, its place and their number.

Invariants:
    * a ``Frontier`` of size n holds one hash for each bit set in n, the highest first: enough to append and to state
      the root;
    * a ``StrideNode`` of level 8k and index i is the root of the leaves [i * 256^k, (i + 1) * 256^k): storage keeps
      the leaves and these, one more hash for each 256 leaves, and every proof is made from less than 3 * 256 reads;
    * a proof is checked by arithmetic alone and has exactly as many hashes as sizes and index demand.

It does not store, fetch or sign anything.
Source: RFC 9162, 2.1 (hash tree), 2.1.3 (inclusion), 2.1.4 (consistency).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from accord.errors import OurFault, TrustFails

from .encoding import MapReader, decode, encode
from .limits import MAX_LOG_SIZE, MAX_PROOF_HASHES

__all__ = [
    "EMPTY_FRONTIER",
    "EMPTY_ROOT",
    "STRIDE_LEVELS",
    "Frontier",
    "HashReader",
    "ProofInvalid",
    "StrideNode",
    "consistency_proof",
    "entry_leaf",
    "inclusion_proof",
    "inclusion_root",
    "leaf_hash",
    "node_hash",
    "subtree_root",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES: Final = 32
STRIDE_LEVELS: Final = 8
"""Levels between stored nodes: 2^8 = 256 leaves to one stored node. Precedent: the tiles of C2SP tlog-tiles are as
high."""

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""Root of the empty log. Source: RFC 9162, 2.1.1."""

_sha256 = hashlib.sha256

HashReader = Callable[[int, int, int], Sequence[bytes]]
"""Reads ``count`` hashes from ``start`` on at ``level`` (0 for leaves, then 8, 16, 24...): called as (level, start,
count)."""


class ProofInvalid(TrustFails):
    """A Merkle proof does not lead to the root it is said to lead to."""

    code = "trust.proof-invalid"


@dataclass(frozen=True, slots=True)
class StrideNode:
    """The root of one complete subtree that storage keeps.

    Args:
        level: Height of the subtree, a multiple of 8.
        index: Its place among the subtrees of that height, from 0.
        hash: Its root, 32 bytes.
    """

    level: int
    index: int
    hash: bytes


def leaf_hash(header_digest: bytes, sealed_digest: bytes) -> bytes:
    """Returns the leaf of an entry: SHA-256(0x00 || SHA-256(header) || SHA-256(sealed body))."""
    return _sha256(b"\0" + header_digest + sealed_digest).digest()


def entry_leaf(header: bytes, sealed: bytes) -> bytes:
    """Returns the leaf of an entry from its header and sealed body as they travel."""
    return _sha256(b"\0" + _sha256(header).digest() + _sha256(sealed).digest()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Returns the hash of an inner node: SHA-256(0x01 || left || right)."""
    return _sha256(b"\1" + left + right).digest()


# A contact states, signs and compares the roots of a handful of sizes, each of them several times.
@lru_cache(maxsize=64)
def _root_over(peaks: tuple[bytes, ...]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in peaks[-2::-1]:
        root = node_hash(peak, root)
    return root


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a log: all that appending and stating the root need.

    Args:
        size: Number of leaves.
        peaks: Roots of the complete subtrees that ``size`` decomposes into, the largest (leftmost) first.
    """

    size: int
    peaks: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_LOG_SIZE or len(self.peaks) != self.size.bit_count():
            raise ProofInvalid(
                f"A frontier of size {self.size} needs {self.size.bit_count()} hashes, got {len(self.peaks)}."
            )

    def append(self, leaves: Sequence[bytes]) -> tuple["Frontier", list[StrideNode]]:
        """Appends leaves.

        Args:
            leaves: Leaf hashes of 32 bytes, in order.

        Returns:
            The new frontier, and the stride nodes that became complete, lower levels first at each place.
        """
        peaks = list(self.peaks)
        size = self.size
        completed: list[StrideNode] = []
        pop, push = peaks.pop, peaks.append
        for leaf in leaves:
            node = leaf
            carry = size
            size += 1
            level = 0
            while carry & 1:
                node = _sha256(b"\1" + pop() + node).digest()
                carry >>= 1
                level += 1
                if not level & 7:
                    completed.append(StrideNode(level, carry, node))
            push(node)
        return Frontier(size, tuple(peaks)), completed

    @property
    def root(self) -> bytes:
        """Returns the root of the log."""
        return _root_over(self.peaks)

    def to_bytes(self) -> bytes:
        """Returns the frontier as CBOR {1: size, 2: [peaks]}."""
        return encode({1: self.size, 2: list(self.peaks)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Reads what ``to_bytes`` wrote.

        Raises:
            MalformedObject: If it is not a frontier.
            ProofInvalid: If size and number of hashes disagree.
        """
        reader = MapReader(decode(data, what="frontier", max_bytes=4096), what="frontier", known=2)
        return cls(reader.uint(1, MAX_LOG_SIZE), reader.octet_array(2, maximum=MAX_PROOF_HASHES, size=HASH_BYTES))


EMPTY_FRONTIER: Final = Frontier(0, ())
"""A log without entries."""


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Returns the root over any number (at least one) of roots of complete subtrees of equal height."""
    level = list(hashes)
    while len(level) > 1:
        pairs = [_sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) & 1:
            pairs.append(level[-1])
        level = pairs
    return level[0]


def subtree_root(reader: HashReader, start: int, end: int) -> bytes:
    """Returns the root over the leaves [start, end), which must begin a subtree of the RFC's recursion.

    Complete strides are read as stored nodes; only the rest is read as leaves.

    Args:
        reader: Where the hashes are.
        start: First leaf, a multiple of the smallest power of two that is not below ``end - start``.
        end: One past the last leaf.
    """
    if start == end:
        return EMPTY_ROOT
    span = 1 << (end - start - 1).bit_length()
    if start % span:
        raise OurFault(f"Leaves {start} to {end} do not begin a subtree.", code="channel.subtree-misaligned")
    level = max(0, (end - start).bit_length() - 1) // STRIDE_LEVELS * STRIDE_LEVELS
    peaks: list[bytes] = []
    position = start
    # At each stored level take what is complete, then go on with the remainder below it.
    while position < end:
        count = (end - position) >> level
        if count:
            nodes = reader(level, position >> level, count)
            if len(nodes) != count:
                raise OurFault(
                    f"The log storage returned {len(nodes)} hashes of level {level} where {count} were asked.",
                    code="channel.log-storage-incomplete",
                    next_step="Run the node's integrity check; repair the log from the peer's copy.",
                )
            run = 0
            while run < count:
                # Split a run into the complete power-of-two subtrees the recursion asks for.
                width = 1 << ((count - run).bit_length() - 1)
                peaks.append(_fold(nodes[run : run + width]))
                run += width
            position += count << level
        level -= STRIDE_LEVELS
    root = peaks[-1]
    for peak in peaks[-2::-1]:
        root = node_hash(peak, root)
    return root


def _split(count: int) -> int:
    """Returns the largest power of two below ``count`` (which is at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(reader: HashReader, index: int, size: int) -> tuple[bytes, ...]:
    """Makes the proof that leaf ``index`` is in the log of ``size`` leaves (RFC 9162, 2.1.3.1), leaf side first.

    Raises:
        OurFault: If there is no such leaf.
    """
    if not 0 <= index < size:
        raise OurFault(f"There is no leaf {index} in a log of {size}.", code="channel.no-such-leaf")
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_root(reader, middle, end))
            end = middle
        else:
            path.append(subtree_root(reader, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(reader: HashReader, old: int, new: int) -> tuple[bytes, ...]:
    """Makes the proof that the log of ``old`` leaves is a beginning of the log of ``new`` (RFC 9162, 2.1.4.1).

    Returns:
        No hash when ``old`` is 0 or equals ``new``.

    Raises:
        OurFault: If ``old`` exceeds ``new``.
    """
    if not 0 <= old <= new:
        raise OurFault(f"A log of {old} leaves cannot be the beginning of one of {new}.", code="channel.no-such-leaf")
    if old in {0, new}:
        return ()
    start, end, whole = 0, new, True
    path: list[bytes] = []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(subtree_root(reader, middle, end))
            end = middle
        else:
            path.append(subtree_root(reader, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree_root(reader, start, end))
    return tuple(reversed(path))


def _shape(index: int, size: int) -> tuple[int, int]:
    """Returns how many hashes of an inclusion path lie below, and along, the right edge of the tree."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _require_length(proof: Sequence[bytes], expected: int) -> None:
    if len(proof) != expected:
        raise ProofInvalid(
            f"The proof is of the wrong length: expected {expected} hashes, got {len(proof)}.",
            fields={"expected": expected, "got": len(proof)},
        )
    if any(len(item) != HASH_BYTES for item in proof):
        raise ProofInvalid("The proof holds a hash that is not 32 bytes long.")


def _climb(seed: bytes, index: int, inner: Sequence[bytes], border: Sequence[bytes]) -> bytes:
    for bit, sibling in enumerate(inner):
        seed = node_hash(sibling, seed) if index >> bit & 1 else node_hash(seed, sibling)
    for sibling in border:
        seed = node_hash(sibling, seed)
    return seed


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Checks that ``leaf`` stands at ``index`` of the log with ``size`` leaves and root ``root`` (RFC 9162, 2.1.3.2).

    Raises:
        ProofInvalid: If it does not, or the proof has more or fewer hashes than due.
    """
    if inclusion_root(leaf, index, size, proof) != root:
        raise ProofInvalid(
            f"The proof does not lead from entry {index} to the root of the log of {size} entries.",
            fields={"index": index, "size": size},
        )


def inclusion_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Returns the root to which a proof leads from ``leaf`` at ``index`` of ``size`` leaves.

    Raises:
        ProofInvalid: If there is no such place, or the proof has more or fewer hashes than due.
    """
    if not 0 <= index < size <= MAX_LOG_SIZE:
        raise ProofInvalid(f"There is no place {index} in a tree of {size}.", fields={"index": index, "size": size})
    inner, border = _shape(index, size)
    _require_length(proof, inner + border)
    return _climb(leaf, index, proof[:inner], proof[inner:])


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Checks that the log of ``old`` leaves is a beginning of the log of ``new`` (RFC 9162, 2.1.4.2).

    Raises:
        ProofInvalid: If it is not, or the proof has more or fewer hashes than due.
    """
    if not 0 <= old <= new <= MAX_LOG_SIZE:
        raise ProofInvalid(f"A log of {new} entries does not extend one of {old}.", fields={"old": old, "new": new})
    broken = ProofInvalid(
        f"The log of {new} entries does not extend the log of {old} entries.", fields={"old": old, "new": new}
    )
    if old in {0, new}:
        _require_length(proof, 0)
        if (old == 0 and old_root != EMPTY_ROOT) or (old == new and old_root != new_root):
            raise broken
        return
    inner, border = _shape(old - 1, new)
    shift = (old & -old).bit_length() - 1
    inner -= shift
    # When the old log is one complete subtree its root is the seed; else the proof brings the seed.
    brings_seed = old != 1 << shift
    _require_length(proof, brings_seed + inner + border)
    seed, path = (proof[0], proof[1:]) if brings_seed else (old_root, proof)
    index = (old - 1) >> shift
    rebuilt = seed
    for bit in range(inner):
        if index >> bit & 1:
            rebuilt = node_hash(path[bit], rebuilt)
    for sibling in path[inner:]:
        rebuilt = node_hash(sibling, rebuilt)
    if rebuilt != old_root or _climb(seed, index, path[:inner], path[inner:]) != new_root:
        raise broken
