"""The judge of every run with real nodes: Jepsen's total-queue and unique-ids over the databases of both sides.

It reads the two databases itself, recomputes every leaf and every root with its own few lines of RFC 9162, and so
shares no code with what it judges; only signatures are left to ``accord.channel``.

What it demands:

* lost = 0: every message that one side released and did not withdraw was filed, refused or expired on the other side;
* doubled = 0: no envelope has two entries, two effects or two outcomes;
* each effect has exactly one leaf on each side, at the same position, of the same bytes;
* one log is a prefix of its replica or the other way round, and every signed root is the root of those leaves;
* every receipt covers a root that its holder can recompute.
"""

import base64
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "EntryBook",
    "LogBook",
    "NodeBook",
    "RootsOf",
    "Verdict",
    "check_pair",
    "note_claim",
    "read_books",
]


@dataclass(frozen=True, kw_only=True)
class EntryBook:
    """One entry as a database holds it."""

    position: int
    envelope_id: bytes
    leaf: bytes
    header: bytes
    sealed: bytes
    is_handled: bool

    @property
    def true_leaf(self) -> bytes:
        """The leaf recomputed from the bytes (RFC 9162 section 2.1.1 over the two digests)."""
        return hashlib.sha256(
            b"\0" + hashlib.sha256(self.header).digest() + hashlib.sha256(self.sealed).digest()
        ).digest()


@dataclass(frozen=True, kw_only=True)
class LogBook:
    """One log (or replica) of one node with all its signed heads."""

    entries: tuple[EntryBook, ...]
    checkpoints: tuple[tuple[int, bytes, bytes | None], ...]
    size: int
    receipted_size: int
    receipt: bytes | None


@dataclass(frozen=True, kw_only=True)
class NodeBook:
    """What one node's database says of one channel.

    Args:
        party: Code of the node.
        peer: Code of the other side.
        mode: Mode of the channel.
        out: The node's own log.
        replica: Its copy of the peer's log.
        released: Envelope ids that left through the gate, with the reason where one was not sent.
        outcomes: Envelope id to state and reason code of what was received.
        effects: How often each received envelope shows among the rows of the exchange, as a published
            report, or as an act on a clause.
        alarms: Codes of the alarms, with how often each was seen.
        services: Received envelopes that serve the channel itself (dispositions, keysets) and have no row of a case.
    """

    party: str
    peer: str
    mode: str
    out: LogBook
    replica: LogBook
    released: dict[bytes, str]
    outcomes: dict[bytes, tuple[str, str]]
    effects: Counter[bytes]
    alarms: Counter[str]
    services: frozenset[bytes] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge found over both sides; ``faults`` is empty when all holds."""

    faults: tuple[str, ...]
    filed: int
    released: int
    receipts: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, altered or denied."""
        return not self.faults


class RootsOf:
    """The RFC 9162 root of every prefix of a list of leaves, appended one by one."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._roots = [hashlib.sha256(b"").digest()]
        peaks: list[tuple[int, bytes]] = []
        for leaf in leaves:
            peaks.append((1, leaf))
            while len(peaks) > 1 and peaks[-2][0] == peaks[-1][0]:
                width, right = peaks.pop()
                _, left = peaks.pop()
                peaks.append((2 * width, _node(left, right)))
            root = peaks[-1][1]
            for _, peak in reversed(peaks[:-1]):
                root = _node(peak, root)
            self._roots.append(root)

    def at(self, size: int) -> bytes:
        """Returns the root of the first ``size`` leaves."""
        return self._roots[size]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def note_claim(note: bytes) -> tuple[str, int, bytes]:
    """Returns origin, size and root that a signed note states (C2SP tlog-checkpoint: the first three lines)."""
    origin, size, root = note.decode("utf-8").split("\n")[:3]
    return origin, int(size), base64.b64decode(root, validate=True)


def read_books(home: Path) -> dict[str, NodeBook]:
    """Returns the books of a node by peer, read from its SQLite database without touching it."""
    database = home / "node.sqlite3"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")  # one snapshot for all that follows
        channels = connection.execute("SELECT * FROM courier_channel").fetchall()
        return {row["peer_id"]: _node_book(connection, row) for row in channels}


def _node_book(connection: sqlite3.Connection, channel: sqlite3.Row) -> NodeBook:
    number, peer = channel["id"], channel["peer_id"]
    released = connection.execute(
        "SELECT r.envelope_id, r.unsent_reason FROM release_releasedmessage r"
        " JOIN courier_outbox o ON o.id = r.outbox_id WHERE o.channel_id = ?",
        (number,),
    ).fetchall()
    outcomes = connection.execute(
        "SELECT envelope_id, state, reason_code, kind FROM release_receivedmessage WHERE peer_id = ?", (peer,)
    ).fetchall()
    alarms = connection.execute("SELECT code, count FROM courier_alarm").fetchall()
    return NodeBook(
        party=channel["party_code"],
        peer=peer,
        mode=channel["mode"],
        out=_log_book(connection, channel, "out"),
        replica=_log_book(connection, channel, "in"),
        released={bytes.fromhex(row["envelope_id"]): row["unsent_reason"] for row in released},
        outcomes={bytes.fromhex(row["envelope_id"]): (row["state"], row["reason_code"]) for row in outcomes},
        effects=_effects(connection, peer),
        alarms=Counter({row["code"]: row["count"] for row in alarms}),
        services=frozenset(
            bytes.fromhex(row["envelope_id"]) for row in outcomes if row["kind"] in {"disposition", "keyset"}
        ),
    )


def _log_book(connection: sqlite3.Connection, channel: sqlite3.Row, direction: str) -> LogBook:
    entries = connection.execute(
        "SELECT position, envelope_id, leaf, header, sealed, handled_at FROM courier_entry"
        " WHERE channel_id = ? AND direction = ? ORDER BY position",
        (channel["id"], direction),
    )
    checkpoints = connection.execute(
        "SELECT size, note, receipt FROM courier_signedcheckpoint WHERE channel_id = ? AND direction = ? ORDER BY size",
        (channel["id"], direction),
    )
    return LogBook(
        entries=tuple(
            EntryBook(
                position=row["position"],
                envelope_id=bytes.fromhex(row["envelope_id"]),
                leaf=row["leaf"],
                header=row["header"],
                sealed=row["sealed"],
                is_handled=row["handled_at"] is not None,
            )
            for row in entries
        ),
        checkpoints=tuple((row["size"], row["note"], row["receipt"]) for row in checkpoints),
        size=channel[f"{direction}_size"],
        receipted_size=channel[f"{direction}_receipted_size"],
        receipt=channel[f"{direction}_receipt"],
    )


def _effects(connection: sqlite3.Connection, peer: str) -> Counter[bytes]:
    rows = connection.execute(
        "SELECT m.envelope_id FROM exchange_message m JOIN exchange_case c ON c.id = m.case_id"
        " WHERE m.direction = 'in' AND c.peer_id = ?"
        " UNION ALL SELECT envelope_id FROM oversight_publishedtimeliness WHERE NOT is_ours AND peer_id = ?"
        " UNION ALL SELECT a.envelope_id FROM dialogue_clauseact a JOIN dialogue_clause c ON c.id = a.clause_id"
        " JOIN dialogue_statement s ON s.id = c.statement_id WHERE NOT a.is_ours AND s.peer_id = ?"
        " UNION ALL SELECT envelope_id FROM workplan_publishedindicators WHERE NOT is_ours AND peer_id = ?"
        " UNION ALL SELECT n.envelope_id FROM instruments_signature n JOIN instruments_text t ON t.id = n.text_id"
        " JOIN instruments_instrument i ON i.id = t.instrument_id WHERE NOT n.is_ours AND i.peer_id = ?"
        " UNION ALL SELECT r.envelope_id FROM instruments_remark r JOIN instruments_text t ON t.id = r.text_id"
        " JOIN instruments_instrument i ON i.id = t.instrument_id WHERE NOT r.is_ours AND i.peer_id = ?"
        # Their decline of a text of ours, their withdrawal of one of theirs, and the end of their consent.
        " UNION ALL SELECT t.settling_envelope_id FROM instruments_text t"
        " JOIN instruments_instrument i ON i.id = t.instrument_id WHERE i.peer_id = ?"
        " AND (t.is_ours AND t.state = 'declined' OR NOT t.is_ours AND t.state = 'withdrawn')"
        " UNION ALL SELECT end_envelope_id FROM instruments_instrument WHERE NOT ended_by_us AND peer_id = ?",
        (peer, peer, peer, peer, peer, peer, peer, peer),
    )
    return Counter(bytes.fromhex(row["envelope_id"]) for row in rows)


def check_pair(one: NodeBook, other: NodeBook, *, is_settled: bool = True) -> Verdict:
    """Judges both sides of a channel.

    Args:
        one: The books of one node.
        other: The books of its peer.
        is_settled: Whether nothing is under way any more, so that whatever was released must have arrived.
    """
    faults: list[str] = []
    for sender, receiver in ((one, other), (other, one)):
        road = f"{sender.party} to {receiver.party}"
        faults += [f"{road}: {fault}" for fault in _log_faults(sender.out, receiver.replica)]
        faults += [f"{road}: {fault}" for fault in _queue_faults(sender, receiver, is_settled=is_settled)]
        faults += [f"{road}: {fault}" for fault in _head_faults(sender, receiver)]
    return Verdict(
        faults=tuple(faults),
        filed=sum(state == "filed" for book in (one, other) for state, _ in book.outcomes.values()),
        released=len(one.released) + len(other.released),
        receipts=sum(receipt is not None for book in (one, other) for _, _, receipt in book.out.checkpoints),
    )


def _log_faults(log: LogBook, replica: LogBook) -> list[str]:
    faults: list[str] = []
    for name, book in (("log", log), ("replica", replica)):
        positions = [entry.position for entry in book.entries]
        if positions != list(range(len(positions))):
            faults.append(f"the {name} has gaps")
        if len(positions) != book.size:
            faults.append(f"the {name} holds {len(positions)} entries but its head says {book.size}")
        doubled = [key.hex() for key, times in Counter(e.envelope_id for e in book.entries).items() if times > 1]
        if doubled:
            faults.append(f"the {name} holds envelopes twice: {doubled[:3]}")
        if any(entry.leaf != entry.true_leaf for entry in book.entries):
            faults.append(f"a leaf of the {name} is not the leaf of its bytes")
    shared = min(len(log.entries), len(replica.entries))
    faults += [
        f"position {ours.position} differs between log and replica"
        for ours, theirs in zip(log.entries[:shared], replica.entries[:shared], strict=True)
        if (ours.header, ours.sealed) != (theirs.header, theirs.sealed)
    ]
    return faults


def _queue_faults(sender: NodeBook, receiver: NodeBook, *, is_settled: bool) -> list[str]:
    faults: list[str] = []
    leaves = Counter(entry.envelope_id for entry in sender.out.entries)
    replicas = Counter(entry.envelope_id for entry in receiver.replica.entries)
    for envelope, times in receiver.effects.items():
        if times != 1:
            faults.append(f"envelope {envelope.hex()} had {times} effects")
        if leaves[envelope] != 1 or replicas[envelope] != 1:
            faults.append(f"the effect of {envelope.hex()} has {leaves[envelope]} and {replicas[envelope]} leaves")
    faults += [
        f"envelope {envelope.hex()} is {state} but has {receiver.effects[envelope]} effects"
        for envelope, (state, _) in receiver.outcomes.items()
        if receiver.effects[envelope] > (1 if state == "filed" else 0)
    ]
    if not is_settled:
        return faults
    sent = {envelope for envelope, unsent_reason in sender.released.items() if not unsent_reason}
    lost = sent - set(receiver.outcomes)
    if lost:
        faults.append(f"{len(lost)} of {len(sent)} released messages have no outcome, first {min(lost).hex()}")
    missing = sent & {envelope for envelope, (state, _) in receiver.outcomes.items() if state == "filed"}
    missing -= set(receiver.effects) | receiver.services
    if missing:
        faults.append(f"{len(missing)} filed messages have no effect, first {min(missing).hex()}")
    unhandled = sum(not entry.is_handled for entry in receiver.replica.entries)
    if unhandled:
        faults.append(f"{unhandled} entries of the replica were never handled")
    if sender.out.receipted_size != sender.out.size:
        faults.append(f"the log has {sender.out.size} entries but receipts for {sender.out.receipted_size}")
    if sender.out.size != receiver.replica.size:
        faults.append(f"the log has {sender.out.size} entries, the replica {receiver.replica.size}")
    return faults


def _head_faults(sender: NodeBook, receiver: NodeBook) -> list[str]:
    faults: list[str] = []
    sides = (("log", sender.out), ("replica", receiver.replica))
    for name, book in sides:
        roots = RootsOf([entry.true_leaf for entry in book.entries])
        for size, note, receipt in book.checkpoints:
            for what, text in (("checkpoint", note), ("receipt", receipt)):
                if text is None:
                    continue
                origin, stated, root = note_claim(text)
                if origin != f"accord/1/{sender.party}/{receiver.party}":
                    faults.append(f"a {what} of the {name} is of {origin}")
                elif stated != size or size > len(book.entries) or roots.at(size) != root:
                    faults.append(f"the {what} of size {size} in the {name} is not over its leaves")
    ours = {size: receipt for size, _, receipt in sender.out.checkpoints if receipt is not None}
    theirs = {size: receipt for size, _, receipt in receiver.replica.checkpoints if receipt is not None}
    faults += [
        f"the receipt of size {size} differs between the two sides"
        for size in ours.keys() & theirs.keys()
        if ours[size] != theirs[size]
    ]
    faults += [f"the receipt of size {size} was never given" for size in ours.keys() - theirs.keys()]
    return faults
