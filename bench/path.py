"""The whole path: officers' services, both law gates, sealing, two logs, mutual TLS, storage that survives a power cut.

Two node processes on loopback. Every figure stands beside the limit of this machine (``bench.limit``), another system
measured in the same run, or a published number.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from accord.cli.demo.nodes import NodeProcess
from bench.limit import Limit
from bench.pair import make_pair, run_inside
from bench.payloads import MESSAGE_BYTES
from bench.peers.as4_cost import As4Cost
from bench.peers.published import SIENA_2023, SYNAPSE, X_ROAD
from bench.results import Figure, Peer
from bench.sustained import Drained, drain, filled
from bench.wire import Wire, measure_wire

__all__ = ["measure_path"]

SAME_RUN = "same run"
LIMIT = "limit of this machine from its primitives"
PACES = (25, 50, 100)
"""Messages a second that officers release whether or not the one before has its receipt."""
STARTS = 5
VERIFICATIONS = 5
SECONDS_A_DAY = 86_400


def measure_path(
    *, folder: Path, limit: Limit, messages: int, alone: int, as4: As4Cost, say: Callable[[str], None]
) -> list[Figure]:
    """Measures everything and returns the figures.

    Args:
        folder: Where a folder for the nodes is made; its file system is part of the result.
        limit: What this machine's primitives allow.
        messages: Messages drained from the outbox.
        alone: Messages sent one at a time.
        as4: What AS4 costs here.
        say: Told what is being done.
    """
    with tempfile.TemporaryDirectory(prefix="accord-bench-", dir=folder) as scratch:
        place = Path(scratch)
        say("making two nodes")
        sender, receiver = make_pair(place / "pair")
        figures = _starts(sender, say)
        figures += _alone(sender, receiver, alone, limit, say)
        figures += _paced(sender, receiver, alone, say)
        figures += _verification(sender, place, say)
        figures += _sustained(sender, receiver, messages, limit, as4, say)
        figures += _wire(place, as4, say)
    return figures


def _starts(node: NodeProcess, say: Callable[[str], None]) -> list[Figure]:
    say("starting a node")
    taken = []
    for _ in range(STARTS):
        taken.append(node.start())
        node.stop()
    return [Figure(name="path.node_start", value=statistics.median(taken), unit="s", target="< 3 s")]


def _alone(
    sender: NodeProcess, receiver: NodeProcess, count: int, limit: Limit, say: Callable[[str], None]
) -> list[Figure]:
    say(f"sending {count} messages one at a time")
    receiver.start()
    try:
        found = run_inside(sender, "bench.alone", "--count", str(count))
    finally:
        receiver.stop()
    whole, releasing = sorted(found["whole_ms"]), sorted(found["releasing_ms"])
    ideal_ms = Peer(name=LIMIT, value=limit.alone_to_receipt / 1e3, source=SAME_RUN)
    return [
        Figure(
            name="path.alone.rate",
            value=count / found["seconds"],
            unit="messages/s",
            peer=Peer(name=LIMIT, value=limit.alone_rate, source=SAME_RUN),
            target=">= 100/s (aim 300/s)",
        ),
        Figure(name="path.alone.p50", value=_at(whole, 0.50), unit="ms", peer=ideal_ms),
        Figure(name="path.alone.p99", value=_at(whole, 0.99), unit="ms", peer=ideal_ms, target="< 30 ms (aim 12 ms)"),
        Figure(
            name="path.alone.p50_beside_matrix",
            value=_at(whole, 0.50),
            unit="ms",
            peer=Peer(name=SYNAPSE.name, value=SYNAPSE.value, source=SYNAPSE.source),
        ),
        Figure(name="path.alone.releasing_p50", value=_at(releasing, 0.50), unit="ms"),
        Figure(name="path.alone.sender_cpu", value=found["cpu_seconds"] / count * 1e3, unit="ms/message"),
    ]


def _paced(sender: NodeProcess, receiver: NodeProcess, count: int, say: Callable[[str], None]) -> list[Figure]:
    figures = []
    for place, rate in enumerate(PACES):
        say(f"sending {count} messages at {rate} a second")
        receiver.start()
        try:
            found = run_inside(
                sender, "bench.paced", "--count", str(count), "--rate", str(rate), "--first", str(100_000 * (place + 1))
            )
        finally:
            receiver.stop()
        whole = sorted(found["whole_ms"])
        figures += [
            Figure(name=f"path.paced_{rate}.{name}", value=_at(whole, share), unit="ms")
            for name, share in (("p50", 0.50), ("p99", 0.99))
        ]
    return figures


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _verification(node: NodeProcess, place: Path, say: Callable[[str], None]) -> list[Figure]:
    say("verifying evidence offline")
    file = place / "one.accord-evidence"
    run_inside(node, "bench.workload", "evidence", "--out", str(file))
    taken = []
    for _ in range(VERIFICATIONS):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "accord", "verify", str(file), "--root", str(place / "pair" / "roots.json")],
            check=True,
            capture_output=True,
        )
        taken.append(time.perf_counter() - began)
    return [
        Figure(name="path.verify", value=statistics.median(taken), unit="s", target="< 1 s"),
        Figure(name="path.evidence_bundle", value=float(file.stat().st_size), unit="B"),
    ]


def _sustained(
    sender: NodeProcess,
    receiver: NodeProcess,
    messages: int,
    limit: Limit,
    as4: As4Cost,
    say: Callable[[str], None],
) -> list[Figure]:
    say(f"releasing {messages:,} messages into the outbox (each through four officers' acts and the gate)")
    prepared = filled(sender, messages, first=1_000_000)
    say("draining the outbox")
    found = drain(sender, receiver, say=say)
    growth = found.growth_mib()
    cpu = sum(found.cpu_ms)
    as4_rate = 2 / as4.both_sides_ms * 1e3
    return [
        Figure(
            name="path.sustained.rate",
            value=found.rate,
            unit="messages/s",
            peer=Peer(name=LIMIT, value=limit.batch_rate, source=SAME_RUN),
            target=">= 1,000/s (aim 3,000/s)",
        ),
        Figure(
            name="path.sustained.rate_beside_as4",
            value=found.rate,
            unit="messages/s",
            peer=Peer(name="AS4 on 2 cores, without HTTP or database", value=as4_rate, source=as4.source),
        ),
        Figure(
            name="path.sustained.rate_beside_x_road",
            value=found.rate,
            unit="messages/s",
            peer=Peer(name=X_ROAD.name, value=X_ROAD.value, source=X_ROAD.source),
        ),
        Figure(name="path.sustained.messages", value=float(found.messages), unit="messages"),
        Figure(name="path.sustained.batches", value=float(found.batches), unit="batches"),
        Figure(name="path.sustained.searchable_after", value=found.searchable_seconds, unit="s"),
        Figure(name="path.sustained.cpu_sender", value=found.cpu_ms[0], unit="ms/message"),
        Figure(name="path.sustained.cpu_receiver", value=found.cpu_ms[1], unit="ms/message"),
        Figure(
            name="path.sustained.cpu_both",
            value=cpu,
            unit="ms/message",
            peer=Peer(name="AS4, without HTTP or database", value=as4.both_sides_ms, source=as4.source),
        ),
        *_memory(found, growth),
        Figure(name="path.releasing.rate", value=messages / prepared["releasing_seconds"], unit="messages/s"),
        Figure(
            name="path.siena_year",
            value=SIENA_2023.messages / found.rate / 60,
            unit="min",
            peer=Peer(name=f"a year ({SIENA_2023.source})", value=365 * SECONDS_A_DAY / 60, source="calendar"),
        ),
    ]


def _memory(found: Drained, growth: tuple[float, float]) -> list[Figure]:
    return [
        Figure(name="path.memory.sender_peak", value=max(row[1] for row in found.memory_mib), unit="MiB"),
        Figure(name="path.memory.receiver_peak", value=max(row[2] for row in found.memory_mib), unit="MiB"),
        Figure(name="path.memory.sender_growth", value=growth[0], unit="MiB", target="flat"),
        Figure(name="path.memory.receiver_growth", value=growth[1], unit="MiB", target="flat"),
    ]


def _wire(place: Path, as4: As4Cost, say: Callable[[str], None]) -> list[Figure]:
    figures: list[Figure] = []
    peer = Peer(name="AS4 with its receipt", value=as4.wire_bytes, source=as4.source)
    for kind, words in (("report", "report text"), ("noise", "text that cannot be compressed")):
        say(f"counting bytes on the wire: {words}")
        found: Wire = measure_wire(place / f"wire-{kind}", kind=kind)
        target = "<= 5.5 kB"
        figures += [
            Figure(
                name=f"path.wire.{kind}",
                value=found.batch_bytes / found.messages,
                unit="B/message",
                peer=peer,
                target=target,
            ),
            Figure(
                name=f"path.wire.{kind}_with_dispositions",
                value=(found.batch_bytes + found.return_bytes) / found.messages,
                unit="B/message",
            ),
        ]
    figures.append(Figure(name="path.wire.payload", value=float(MESSAGE_BYTES), unit="B"))
    return figures
