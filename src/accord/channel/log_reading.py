"""Reading a whole log against what its owner signed and its peer co-signed: every entry, every head, every receipt.

The reader is fed stretches of the log in order and keeps nothing of them but the right edge of the tree, so that a log
of any length is read in constant memory, in slices, from a database or from a file.

A stretch is read in two steps. Judging its signatures needs nothing of what was read before, and is what takes time:
stretches may be judged in any order, side by side. Settling what was judged needs the tree, and happens in the log's
order; so the verdict, its first fault and every word of it are the same however the judging was shared out.

What a clean reading proves: these entries, in this order and number, are those that the owner signed and the peer
co-signed with keys that their roots had named; nothing was changed, left out, added or put in another order up to the
last co-signed size. What it does not prove: that nothing newer exists. Who shows a log can show its beginning only; the
other party's copy, or a witness, tells.

Invariants:
    * the first fault ends the reading: behind it nothing is proven, and nothing is said of it;
    * a log with entries of which the peer co-signed none is a fault: nothing means no;
    * newer entries that wait for their co-signature are counted, and are no fault.

Source: RFC 9162, 2.1; docs/protocol.md, sections 4, 7 and 8.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple, Protocol, TypeVar

from accord.errors import AccordError

from .checkpoint import Checkpoint, checkpoint_and_key, receipt_and_key
from .keyset import KeysetChain
from .merkle import EMPTY_FRONTIER, Frontier

__all__ = [
    "FAULTS",
    "FaultCode",
    "JudgedStretch",
    "Judging",
    "LogFault",
    "LogProgress",
    "LogReader",
    "Stretch",
    "in_turn",
]

FaultCode = Literal[
    "missing",
    "changed",
    "other-log",
    "owner-signature",
    "peer-signature",
    "other-receipt",
    "not-cosigned",
    "keysets",
    "no-root",
    "damaged",
    "unreadable",
    "other-history",
]

FAULTS: Final[Mapping[FaultCode, str]] = {
    "missing": "Entries {start} to {end} of the log of {owner} towards {peer} are missing.",
    "changed": "The entries {start} to {end} are not those that {owner} signed: one was changed, left out or added.",
    "other-log": "The signed head at size {size} is of another log than that of {owner} towards {peer}, or does not "
    "follow the one before it.",
    "owner-signature": "The signature of {owner} over the log of {size} entries does not hold: {detail}",
    "peer-signature": "The co-signature of {peer} over the log of {size} entries does not hold: {detail}",
    "other-receipt": "{peer} co-signed another log of {size} entries than the one that {owner} signed here: the "
    "history was rewritten after it was co-signed.",
    "not-cosigned": "{peer} co-signed nothing of this log, so nothing is proven of its {size} entries.",
    "keysets": "The keys of {party} do not lead to the root key that you trust: {detail}",
    "no-root": "No root key of {party} was given, so nothing signed by {party} can be believed.",
    "damaged": "The file is damaged: its digest is not that of its bytes.",
    "unreadable": "The file cannot be read as a log: {detail}",
    "other-history": "At size {size} this log is not the one that was seen before: its history was rewritten, or "
    "another log is shown.",
}
"""What each fault says in one plain sentence; the desk has the same in other languages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogFault:
    """Why a log does not hold, and where.

    Args:
        code: Which fault.
        named: What its sentence names.
    """

    code: FaultCode
    named: Mapping[str, str | int]

    @property
    def sentence(self) -> str:
        """Returns what is wrong in one plain sentence."""
        return FAULTS[self.code].format(**self.named)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A part of a log that ends at a signed head.

    Args:
        start: Position of its first entry.
        leaves: Leaf of each entry, computed anew from its bytes.
        checkpoint: The owner's signed note over the log up to here, where one was signed here.
        receipt: The peer's co-signature over the same, where there is one.
    """

    start: int
    leaves: Sequence[bytes]
    checkpoint: bytes | None
    receipt: bytes | None = None


class JudgedHead(NamedTuple):
    """An owner's signed head that its key signed.

    Args:
        owner: Party code of whose log it says to be.
        peer: Party code of who co-signs it.
        size: Number of entries.
        root: Root over them.
        epoch: The owner's epoch.
        time_ms: The owner's clock.
        key: Name of the key that signed.
    """

    owner: str
    peer: str
    size: int
    root: bytes
    epoch: int
    time_ms: int
    key: str


class JudgedReceipt(NamedTuple):
    """A co-signature that the peer's key made.

    Args:
        is_of_head: Whether it confirms exactly the head that it stands beside.
        time_ms: The peer's clock.
        key: Name of the key that signed.
    """

    is_of_head: bool
    time_ms: int
    key: str


class JudgedStretch(NamedTuple):
    """A stretch whose signatures were checked, and whose place in the log was not.

    Args:
        start: Position of its first entry.
        leaves: Leaf of each entry.
        note: The owner's signed note, where one was signed here.
        head: What it says under which key, or why its signature does not hold.
        receipt: What the co-signature beside it says, or why it does not hold; ``None`` where there is none.
    """

    start: int
    leaves: Sequence[bytes]
    note: bytes = b""
    head: JudgedHead | str | None = None
    receipt: JudgedReceipt | str | None = None


_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


class Judging(Protocol):
    """How the judging of stretches is shared out: like ``map``, in order, and reading only a little ahead."""

    def __call__(self, judge: Callable[[_Item], _Found], items: Iterable[_Item], /) -> Generator[_Found, None, None]:
        """Gives what ``judge`` finds of each item, in their order."""
        ...


def in_turn(judge: Callable[[_Item], _Found], items: Iterable[_Item], /) -> Generator[_Found, None, None]:
    """Judges one after the other, here."""
    yield from map(judge, items)


@dataclass(frozen=True, kw_only=True, slots=True)
class LogProgress:
    """How far a log was read and what was found.

    Args:
        frontier: Right edge of the tree that was read.
        heads: Signed heads that hold.
        receipts: Co-signatures that hold.
        head_time_ms: When the owner signed the last head that holds.
        head_epoch: The owner's epoch in it.
        head_note: Its bytes, for who co-signs it.
        receipted_size: Entries under the last co-signature that holds.
        receipted_root: Root of that log, 32 bytes.
        receipt_time_ms: When the peer co-signed it.
        owner_keys: Names of the owner's keys that signed.
        peer_keys: Names of the peer's keys that co-signed.
        marks_seen: Sizes at which the log is the one that was seen before.
        fault: The first fault, after which nothing was read.
    """

    frontier: Frontier = EMPTY_FRONTIER
    heads: int = 0
    receipts: int = 0
    head_time_ms: int | None = None
    head_epoch: int = 0
    head_note: bytes = b""
    receipted_size: int = 0
    receipted_root: bytes = b""
    receipt_time_ms: int | None = None
    owner_keys: tuple[str, ...] = ()
    peer_keys: tuple[str, ...] = ()
    marks_seen: tuple[int, ...] = ()
    fault: LogFault | None = None

    @property
    def size(self) -> int:
        """Returns how many entries were read."""
        return self.frontier.size

    @property
    def waiting(self) -> int:
        """Returns how many of the newest entries no co-signature covers yet."""
        return self.size - self.receipted_size


@dataclass(frozen=True, kw_only=True)
class LogReader:
    """Reads one log, stretch by stretch; it keeps no state itself.

    Args:
        owner: Party code of whose log it is.
        peer: Party code of who co-signs it.
        owner_chain: The owner's keysets, verified under the trusted root.
        peer_chain: The peer's keysets, verified under the trusted root.
        marks: Roots that were seen before, by size: where the log passes that size it must have that root.
    """

    owner: str
    peer: str
    owner_chain: KeysetChain
    peer_chain: KeysetChain
    marks: Mapping[int, bytes] = field(default_factory=dict)

    def judged(self, stretch: Stretch) -> JudgedStretch:
        """Returns the stretch with its signatures checked; nothing is said of its place in the log."""
        if stretch.checkpoint is None:
            return JudgedStretch(stretch.start, stretch.leaves)
        note = stretch.checkpoint
        try:
            head, key = checkpoint_and_key(note, self.owner_chain.signing_keys_at)
        except AccordError as error:
            return JudgedStretch(stretch.start, stretch.leaves, note, error.sentence)
        said = JudgedHead(head.owner, head.peer, head.size, head.root, head.epoch, head.time_ms, key.key_id.hex())
        receipt = None if stretch.receipt is None else self._judged_receipt(stretch.receipt, head)
        return JudgedStretch(stretch.start, stretch.leaves, note, said, receipt)

    def _judged_receipt(self, note: bytes, head: Checkpoint) -> JudgedReceipt | str:
        try:
            receipt, key = receipt_and_key(note, self.peer_chain.cosigning_keys_at)
        except AccordError as error:
            return error.sentence
        return JudgedReceipt(receipt.checkpoint == head, receipt.time_ms, key.key_id.hex())

    def settled(self, done: LogProgress, stretch: JudgedStretch) -> LogProgress:
        """Returns the progress after one more stretch, which was judged; after a fault it stays as it is."""
        if done.fault is not None:
            return done
        if stretch.start != done.size:
            where = {"start": min(done.size, stretch.start), "end": max(done.size, stretch.start) - 1}
            return self._failed(done, "missing", **where)
        done = self._appended(done, stretch.leaves)
        if done.fault is not None or stretch.head is None:
            return done
        return self._headed(done, stretch, stretch.head)

    def ended(self, done: LogProgress) -> LogProgress:
        """Returns the progress when the log is at its end: some of it must be co-signed, unless it is empty."""
        if done.fault is None and done.size and not done.receipted_size:
            return self._failed(done, "not-cosigned", size=done.size)
        return done

    def _failed(self, done: LogProgress, code: FaultCode, **named: str | int) -> LogProgress:
        fault = LogFault(code=code, named={"owner": self.owner, "peer": self.peer, **named})
        return replace(done, fault=fault)

    def _appended(self, done: LogProgress, leaves: Sequence[bytes]) -> LogProgress:
        frontier, begun = done.frontier, done.frontier.size
        passed = sorted(size for size in self.marks if begun < size <= begun + len(leaves))
        seen = done.marks_seen
        for size in passed:
            frontier, _ = frontier.append(leaves[frontier.size - begun : size - begun])
            if frontier.root != self.marks[size]:
                return self._failed(replace(done, frontier=frontier, marks_seen=seen), "other-history", size=size)
            seen = (*seen, size)
        frontier, _ = frontier.append(leaves[frontier.size - begun :])
        return replace(done, frontier=frontier, marks_seen=seen)

    def _headed(self, done: LogProgress, stretch: JudgedStretch, head: JudgedHead | str) -> LogProgress:
        size = done.size
        if isinstance(head, str):
            return self._failed(done, "owner-signature", size=size, detail=head)
        if (head.owner, head.peer) != (self.owner, self.peer):
            return self._failed(done, "other-log", size=size)
        if head.size != size or head.root != done.frontier.root:
            return self._failed(done, "changed", start=stretch.start, end=max(head.size, size) - 1)
        done = replace(
            done,
            heads=done.heads + 1,
            head_time_ms=head.time_ms,
            head_epoch=head.epoch,
            head_note=stretch.note,
            owner_keys=_with(done.owner_keys, head.key),
        )
        return done if stretch.receipt is None else self._receipted(done, stretch.receipt, head)

    def _receipted(self, done: LogProgress, receipt: JudgedReceipt | str, head: JudgedHead) -> LogProgress:
        if isinstance(receipt, str):
            return self._failed(done, "peer-signature", size=head.size, detail=receipt)
        if not receipt.is_of_head:
            return self._failed(done, "other-receipt", size=head.size)
        return replace(
            done,
            receipts=done.receipts + 1,
            receipted_size=head.size,
            receipted_root=head.root,
            receipt_time_ms=receipt.time_ms,
            peer_keys=_with(done.peer_keys, receipt.key),
        )


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)
