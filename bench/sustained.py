"""A queue of released messages, from the first flush until the last one is filed at the other end.

Two node processes as ``accord serve`` runs them; this process only looks: at the databases of both (read-only, one
row a look) and at the memory of both processes.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from accord.cli.demo.nodes import NodeProcess
from bench.pair import run_inside
from bench.payloads import MESSAGE_BYTES

__all__ = ["Drained", "drain", "filled"]

LOOK_SECONDS = 0.25
"""Between two looks; a look costs the nodes some 50 microseconds of a reader's time."""
STALLED_SECONDS = 60.0
"""Without a newly filed message for so long, the run is broken off."""
INDEXED_SECONDS = 900.0
"""Within so long everything that was filed is in the index."""
MEBIBYTE = 2**20


@dataclass(frozen=True, kw_only=True)
class Drained:
    """What draining the queue took.

    Args:
        messages: Messages drained.
        seconds: From the first flush of the sender to the last filing at the receiver, by their own records.
        cpu_ms: Processor time of sender and receiver a message, in milliseconds.
        memory_mib: Resident memory of sender and receiver over time, as (seconds, sender, receiver).
        batches: Signed checkpoints of the sender's log over these messages.
        dispositions: Entries that the receiver sent back.
        searchable_seconds: From the last filing until every message was found by search, the receiver at rest.
    """

    messages: int
    seconds: float
    cpu_ms: tuple[float, float]
    memory_mib: tuple[tuple[float, float, float], ...]
    batches: int
    dispositions: int
    searchable_seconds: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    def growth_mib(self) -> tuple[float, float]:
        """Returns by how much the memory of sender and receiver grew from the first third to the end of the run."""
        third = len(self.memory_mib) // 3
        steady = self.memory_mib[third:] or self.memory_mib
        return steady[-1][1] - steady[0][1], steady[-1][2] - steady[0][2]


@contextmanager
def _reading(node: NodeProcess) -> Iterator[sqlite3.Connection]:
    path = node.home / "node.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        yield connection


def filled(
    node: NodeProcess, count: int, *, kind: str = "report", first: int = 0, size_bytes: int = MESSAGE_BYTES
) -> dict[str, Any]:
    """Releases messages at a node that does not run; they wait in its outbox.

    Returns:
        What ``bench.workload`` printed.
    """
    said: dict[str, Any] = run_inside(
        node,
        "bench.workload",
        *("release", "--count", str(count), "--kind", kind, "--first", str(first), "--size", str(size_bytes)),
    )
    return said


def _filed(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT position FROM release_receivedmessage ORDER BY entry_id DESC LIMIT 1").fetchone()
    return 0 if row is None else row[0] + 1


def _logged(connection: sqlite3.Connection) -> int:
    (size,) = connection.execute("SELECT out_size FROM courier_channel").fetchone()
    return int(size)


def drain(sender: NodeProcess, receiver: NodeProcess, *, say: Callable[[str], None] = lambda _: None) -> Drained:
    """Starts both nodes and waits until everything in the sender's outbox is filed at the receiver; stops both."""
    with _reading(sender) as ours, _reading(receiver) as theirs:
        (waiting,) = ours.execute("SELECT count(*) FROM courier_outbox WHERE state = 'queued'").fetchone()
        before, sent_back = _logged(ours), _logged(theirs)
        receiver.start()
        sender.start()
        try:
            samples, cpu = _watched(sender, receiver, theirs, before + waiting, say)
            searchable = _searchable(theirs, say)
        finally:
            sender.stop()
            receiver.stop()
        began, ended, batches = _moments(ours, theirs, before)
        return Drained(
            messages=waiting,
            seconds=(ended - began).total_seconds(),
            cpu_ms=(cpu[0] / waiting * 1e3, cpu[1] / waiting * 1e3),
            memory_mib=tuple(samples),
            batches=batches,
            dispositions=_logged(theirs) - sent_back,
            searchable_seconds=searchable,
        )


def _searchable(theirs: sqlite3.Connection, say: Callable[[str], None]) -> float:
    """Waits until the receiver has indexed what it filed; returns the seconds."""
    began = time.monotonic()
    while theirs.execute("SELECT 1 FROM exchange_arrival WHERE needs_search LIMIT 1").fetchone():
        if time.monotonic() - began > INDEXED_SECONDS:
            raise TimeoutError(f"not everything was indexed after {INDEXED_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)
    say("all of it is found by search")
    return time.monotonic() - began


def _watched(
    sender: NodeProcess, receiver: NodeProcess, theirs: sqlite3.Connection, goal: int, say: Callable[[str], None]
) -> tuple[list[tuple[float, float, float]], tuple[float, float]]:
    processes = [psutil.Process(node.process.pid) for node in (sender, receiver) if node.process is not None]
    began = moved = time.monotonic()
    before = [sum(process.cpu_times()[:2]) for process in processes]
    samples: list[tuple[float, float, float]] = []
    filed = _filed(theirs)
    while filed < goal:
        time.sleep(LOOK_SECONDS)
        now = time.monotonic()
        memory = [process.memory_info().rss / MEBIBYTE for process in processes]
        samples.append((now - began, memory[0], memory[1]))
        latest = _filed(theirs)
        if latest > filed:
            moved = now
        filed = latest
        if now - moved > STALLED_SECONDS:
            raise TimeoutError(f"nothing was filed for {STALLED_SECONDS:.0f} s; {filed} of {goal} are")
        if int(now - began) % 10 == 0:
            say(f"{filed:,} of {goal:,} filed")
    after = [sum(process.cpu_times()[:2]) for process in processes]
    return samples, (after[0] - before[0], after[1] - before[1])


def _moments(ours: sqlite3.Connection, theirs: sqlite3.Connection, before: int) -> tuple[datetime, datetime, int]:
    (began,) = ours.execute("SELECT min(flushed_at) FROM courier_outbox WHERE position >= ?", (before,)).fetchone()
    (ended,) = theirs.execute("SELECT max(handled_at) FROM release_receivedmessage").fetchone()
    (batches,) = ours.execute(
        "SELECT count(*) FROM courier_signedcheckpoint WHERE direction = 'out' AND size > ?", (before,)
    ).fetchone()
    return datetime.fromisoformat(began), datetime.fromisoformat(ended), batches


def main() -> None:
    """Drains what waits between two homes named in the environment; for a look without the whole run."""
    folder = Path(os.environ["ACCORD_BENCH_PAIR"])
    found = drain(NodeProcess.opened(folder / "canada"), NodeProcess.opened(folder / "india"), say=print)
    print(f"{found.rate:.0f}/s, processor {found.cpu_ms} ms, {found.batches} batches, growth {found.growth_mib()} MiB")


if __name__ == "__main__":
    main()
