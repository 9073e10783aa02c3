"""A node in memory that keeps the caller's duties to the peer machine: one transaction a step, a disk that can be lost.

Its disk can be copied and put back, which is what a restored backup does; its memory is lost with a crash.
Envelopes are not sealed for real, as the machine never opens a body; signatures and hashes are real.
"""

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from accord.channel.envelope import Header
from accord.channel.events import (
    EntriesAccepted,
    EntriesRequested,
    EquivocationProven,
    Event,
    HistoryDisputed,
    OwnEntriesRecovered,
    PeerBehind,
    ReceiptAccepted,
    RolledBack,
)
from accord.channel.frames import Batch, Fetch, Fetched, Frame, decode_frame, encode_frame
from accord.channel.keys import SigningKey
from accord.channel.keyset import KeysetChain
from accord.channel.merkle import StrideNode, leaf_hash
from accord.channel.peer import PeerMachine
from accord.channel.recovery import rewind
from accord.channel.seal import SealedEnvelope
from accord.channel.state import ChannelState, decode_state, encode_state
from accord.errors import AccordError
from tests.channel.specimens import NOW_MS, seed, specimen

__all__ = ["CAPSULE", "Disk", "StoredLog", "StoredNode", "envelope_id", "make_envelope", "meet", "pair"]

CAPSULE = b"a capsule of the simulator, which nobody opens"
CAPSULE_ID = hashlib.sha256(CAPSULE).digest()[:16]


def envelope_id(label: str) -> bytes:
    """A UUIDv7 that depends on the label alone."""
    raw = bytearray(NOW_MS.to_bytes(6, "big") + seed(f"id {label}", 10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


def make_envelope(sender: str, recipient: str, label: str, *, content: str = "", **changes: object) -> SealedEnvelope:
    """An envelope that looks like a sealed one from outside.

    Args:
        sender: Party code.
        recipient: Party code.
        label: Decides the identifier.
        content: Decides the bytes of the body.
        changes: Header fields that differ.
    """
    sealed = seed(f"body {label} {content}", 64)
    fields: dict[str, object] = {
        "id": envelope_id(label),
        "sender": sender,
        "recipient": recipient,
        "epoch": 0,
        "created_ms": NOW_MS,
        "not_after_ms": NOW_MS + 86_400_000,
        "sealed_size": len(sealed),
        "commitment": seed(f"commitment {label} {content}", 32),
        "seal_key_id": bytes(8),
        "archive_capsule": CAPSULE_ID,
    }
    header = Header(**{**fields, **changes}).encode()  # type: ignore[arg-type]
    leaf = leaf_hash(hashlib.sha256(header).digest(), hashlib.sha256(sealed).digest())
    return SealedEnvelope(id=envelope_id(label), header=header, sealed=sealed, leaf=leaf)


@dataclass
class StoredLog:
    """Entries, Merkle nodes and signed heads of one log."""

    entries: list[tuple[bytes, bytes]] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    heads: dict[int, tuple[bytes, bytes | None]] = field(default_factory=dict)

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        if level == 0:
            return self.leaves[start : start + count]
        return [self.nodes[(level, index)] for index in range(start, start + count)]

    def add(
        self,
        entries: Sequence[tuple[bytes, bytes]],
        leaves: Sequence[bytes],
        nodes: Sequence[StrideNode],
        checkpoint: bytes,
        receipt: bytes | None,
    ) -> None:
        self.entries += entries
        self.leaves += leaves
        self.nodes.update({(node.level, node.index): node.hash for node in nodes})
        self.heads[len(self.entries)] = (checkpoint, receipt)

    def cut(self, size: int) -> None:
        del self.entries[size:], self.leaves[size:]
        self.nodes = {(lv, ix): value for (lv, ix), value in self.nodes.items() if (ix + 1) << lv <= size}
        self.heads = {at: head for at, head in self.heads.items() if at <= size}

    def batch(self, start: int, limit: int) -> Batch:
        """The largest run from ``start`` that ends at a signed head and has at most ``limit`` entries."""
        ends = sorted(size for size in self.heads if size > start)
        end = max((size for size in ends if size - start <= limit), default=ends[0])
        entries = tuple(self.entries[start:end])
        return Batch(start=start, entries=entries, capsules=(CAPSULE,), checkpoint=self.heads[end][0])

    def ids(self) -> list[bytes]:
        return [Header.decode(header).id for header, _ in self.entries]


@dataclass
class Disk:
    """Everything a node keeps: what a backup copies and a crash leaves."""

    state: bytes
    out: StoredLog = field(default_factory=StoredLog)
    inn: StoredLog = field(default_factory=StoredLog)
    queue: list[str] = field(default_factory=list)
    sent: dict[str, bytes] = field(default_factory=dict)
    effects: list[bytes] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    capsules: set[bytes] = field(default_factory=set)


@dataclass
class StoredNode:
    """One party's node with its disk, its memory and its clock."""

    us: str
    peer: str
    signer: SigningKey
    disk: Disk
    now_ms: int = NOW_MS
    has_met: bool = False
    limit: int = 256
    wanted: tuple[int, int] | None = None
    behind: int | None = None
    wish: Fetch | None = None
    seen: list[Event] = field(default_factory=list)
    refused: list[AccordError] = field(default_factory=list)

    @classmethod
    def create(
        cls, us: str, peer: str, *, our_chain: KeysetChain | None = None, peer_chain: KeysetChain | None = None
    ) -> "StoredNode":
        state = ChannelState(
            us=us,
            peer=peer,
            our_chain=our_chain or specimen(us).chain(peer),
            peer_chain=peer_chain or specimen(peer).chain(us),
        )
        return cls(us=us, peer=peer, signer=specimen(us).sign, disk=Disk(state=encode_state(state)))

    @property
    def state(self) -> ChannelState:
        return decode_state(self.disk.state)

    @state.setter
    def state(self, state: ChannelState) -> None:
        self.disk.state = encode_state(state)

    def machine(self) -> PeerMachine:
        """The machine as a caller builds it for one transaction."""
        positions = {name: place for place, name in enumerate(self.disk.inn.ids())}
        return PeerMachine(
            self.state,
            signer=self.signer,
            has_met=self.has_met,
            wish=self.wish,
            own_log=self.disk.out.hashes,
            own_note_at=lambda size: self.disk.out.heads.get(size, (None, None))[0],
            peer_log=self.disk.inn.hashes,
            positions_of=lambda ids: {name: positions[name] for name in ids if name in positions},
        )

    # --- what a crash and a backup do ------------------------------------------------------------------------

    def backup(self) -> Disk:
        return copy.deepcopy(self.disk)

    def restore(self, disk: Disk) -> None:
        self.disk = copy.deepcopy(disk)
        self.crash()

    def crash(self) -> None:
        self.has_met = False
        self.wanted = None
        self.behind = None
        self.wish = None

    def clone(self) -> "StoredNode":
        return copy.deepcopy(self)

    # --- sending ----------------------------------------------------------------------------------------------

    def enqueue(self, *labels: str) -> None:
        self.disk.queue += labels

    def append(self, *labels: str, content: str = "", unmet: bool = False) -> None:
        """Appends envelopes at once, as one batch."""
        machine = self.machine()
        sealed = [
            make_envelope(self.us, self.peer, label, content=content, epoch=machine.state.outgoing.epoch)
            for label in labels
        ]
        appended = machine.append(sealed, self.now_ms, unmet=unmet)
        entries = [(envelope.header, envelope.sealed) for envelope in sealed]
        leaves = [envelope.leaf for envelope in sealed]
        self.disk.out.add(entries, leaves, appended.stride_nodes, appended.checkpoint, None)
        self.disk.sent.update({label: envelope_id(label) for label in labels})
        self.state = machine.state

    def flush(self) -> None:
        """Appends what waits in the queue, if the machine lets it."""
        known = set(self.disk.out.ids())
        labels = [label for label in self.disk.queue[: self.limit] if envelope_id(label) not in known]
        if labels:
            self.append(*labels)
        self.disk.queue = self.disk.queue[self.limit :]

    def contact(self, *, start: int | None = None) -> bytes:
        """A frame with what the peer is due: entries it asked for, and our own from where it said that it stands."""
        machine = self.machine()
        state = machine.state
        fetched = self._fetched()
        due = state.outgoing.receipted_size if self.behind is None else self.behind
        begin = due if start is None else start
        # While the peer's copy of our log does not fit ours, nothing is added to it: first its copy is looked at.
        is_open = state.mode.value == "open" and begin < state.outgoing.size and self.wish is None
        batch = self.disk.out.batch(begin, self.limit) if is_open else None
        return encode_frame(machine.contact(self.now_ms, batch=batch, fetched=fetched))

    def _fetched(self) -> Fetched | None:
        if self.wanted is None:
            return None
        start, _ = self.wanted
        self.wanted = None
        batch = self.disk.inn.batch(start, self.limit)
        receipt = self.disk.inn.heads[batch.end][1]
        assert receipt is not None
        return Fetched(batch=batch, receipt=receipt)

    # --- receiving --------------------------------------------------------------------------------------------

    def receive(self, data: bytes, *, is_live: bool = True) -> bytes:
        """Takes a frame in one transaction and returns the answer; a refusal is an answer, too."""
        machine = self.machine()
        frame = decode_frame(data)
        try:
            events = machine.receive(frame, self.now_ms, is_live=is_live)
        except AccordError as error:
            self.refused.append(error)
            return encode_frame(machine.refuse(error, self.now_ms))
        self._store(machine, events)
        fetched = self._fetched()
        return encode_frame(machine.reply(self.now_ms, fetched=fetched))

    def take(self, frame: Frame) -> list[Event]:
        """Takes a frame and lets a refusal through, for tests that name it."""
        machine = self.machine()
        events = machine.receive(frame, self.now_ms)
        self._store(machine, events)
        return events

    def _void(self, size: int) -> None:
        """Puts what stands from ``size`` on back into the queue."""
        void = set(self.disk.out.ids()[size:])
        self.disk.queue += [label for label, name in self.disk.sent.items() if name in void]
        self.disk.out.cut(size)

    def announce_restoration(self) -> None:
        """Begins a new epoch, as an operator does who knows that an older disk was put back."""
        self.state = self.state.restored(self.now_ms)
        self._void(self.state.outgoing.size)

    def rewind(self, note: bytes) -> None:
        """Begins again from what the peer co-signed, as officers of both sides decided."""
        self.state, _ = rewind(self.state, note, now_ms=self.now_ms)
        self._void(0)

    def _store(self, machine: PeerMachine, events: list[Event]) -> None:
        disk = self.disk
        self.behind = None
        for event in events:
            match event:
                case EntriesAccepted():
                    disk.inn.add(event.entries, event.leaves, event.stride_nodes, event.checkpoint, event.receipt)
                    disk.effects += [header.id for header in event.headers]
                    disk.capsules.update(event.capsules)
                case OwnEntriesRecovered():
                    disk.out.add(event.entries, event.leaves, event.stride_nodes, event.checkpoint, event.receipt)
                case RolledBack():
                    self._void(event.to_size)
                case ReceiptAccepted():
                    checkpoint, _ = disk.out.heads[event.size]
                    disk.out.heads[event.size] = (checkpoint, event.receipt)
                case EntriesRequested():
                    self.wanted = (event.start, event.end)
                case EquivocationProven():
                    disk.alarms.append(f"equivocation of {event.party}")
                case HistoryDisputed():
                    disk.alarms.append("history-disputed")
                case PeerBehind():
                    self.behind = event.their_size
                    disk.alarms += ["peer-lost-entries"] if event.has_lost else []
                case _:
                    pass
        self.seen += events
        self.has_met = machine.has_met
        self.wish = machine.wish
        self.state = machine.state


def pair(one: str = "CA", other: str = "IN") -> tuple[StoredNode, StoredNode]:
    """Two nodes of one channel that have met and hold nothing yet."""
    nodes = StoredNode.create(one, other), StoredNode.create(other, one)
    meet(*nodes)
    return nodes


def meet(one: StoredNode, other: StoredNode, rounds: int = 1) -> None:
    """Lets ``one`` contact ``other`` over a network that works."""
    for _ in range(rounds):
        one.receive(other.receive(one.contact()))
