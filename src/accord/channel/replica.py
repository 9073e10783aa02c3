"""Reading a log that storage holds: its right edge at an earlier size, and what it would be with other entries.

The machine remembers only the right edge of each log.
When it must say something about an earlier size (an old duplicate, a fork, a receipt for less than everything)
it asks storage for hashes through a ``HashReader``; it never asks for more than a few hundred of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from .frames import Batch
from .merkle import STRIDE_LEVELS, Frontier, HashReader, leaf_hash, subtree_root

__all__ = ["ProposedLog", "batch_leaves", "frontier_at"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedLog:
    """A log that begins like one we hold and goes on with leaves that somebody proposes.

    Args:
        base: Reader of the log that we hold.
        start: First position that the proposal replaces or adds.
        leaves: Leaf hashes from ``start`` on.
    """

    base: HashReader
    start: int
    leaves: tuple[bytes, ...]

    def read(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Answers as a ``HashReader`` over the proposed log."""
        return [self._node(level, index) for index in range(start, start + count)]

    def _node(self, level: int, index: int) -> bytes:
        first, end = index << level, (index + 1) << level
        if end <= self.start:
            return self.base(level, index, 1)[0]
        if level == 0:
            return self.leaves[first - self.start]
        # A stored node above the seam does not exist for the proposed log: make it from the level below.
        below = level - STRIDE_LEVELS
        return _complete_root(self.read(below, first >> below, 1 << STRIDE_LEVELS))


def frontier_at(reader: HashReader, size: int) -> Frontier:
    """Returns the right edge of the stored log when it had ``size`` entries.

    Args:
        reader: Answers for at least ``size`` entries.
        size: An earlier size.

    Raises:
        OurFault: If storage does not answer with what was asked.
    """
    peaks: list[bytes] = []
    position = 0
    for bit in range(size.bit_length() - 1, -1, -1):
        if size >> bit & 1:
            peaks.append(subtree_root(reader, position, position + (1 << bit)))
            position += 1 << bit
    return Frontier(size, tuple(peaks))


def batch_leaves(batch: Batch, first: int) -> tuple[bytes, ...]:
    """Returns the leaf hashes of a batch from position ``first`` of the log on."""
    return tuple(
        leaf_hash(sha256(header).digest(), sha256(sealed).digest())
        for header, sealed in batch.entries[first - batch.start :]
    )


def _complete_root(hashes: Sequence[bytes]) -> bytes:
    frontier, _ = Frontier(0, ()).append(hashes)
    return frontier.root
