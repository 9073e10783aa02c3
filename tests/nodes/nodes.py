"""Two real nodes with a bad network between them, and what a test does with them."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.pair import REPOSITORY, inside_environment, make_pair, run_inside

from accord.cli.demo.nodes import NodeProcess, free_port
from tests.nodes.checker import NodeBook, Verdict, check_pair, read_books
from tests.nodes.proof import prove_receipts
from tests.nodes.proxy import BadNetwork

__all__ = ["CANADA", "INDIA", "Nodes", "Template", "ask", "copied", "inside", "make_template", "wait_for"]

CANADA, INDIA = "CA", "IN"
PATIENCE_SECONDS = 60.0
"""How long what takes some seconds may take on a machine that does other things; no test asserts less."""
LOOK_AGAIN_SECONDS = 0.05


def wait_for(what: str, held: Callable[[], Any], *, seconds: float = PATIENCE_SECONDS) -> Any:
    """Waits until something holds and returns it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.OperationalError):
            found = held()
            if found:
                return found
        time.sleep(LOOK_AGAIN_SECONDS)
    message = f"waited {seconds:.0f} s in vain for {what}"
    raise AssertionError(message)


@dataclass(frozen=True, kw_only=True)
class Template:
    """Two paired homes that tests copy, and the ports under which the nodes reach each other."""

    folder: Path
    to_india: int
    to_canada: int


def make_template(folder: Path) -> Template:
    """Makes and pairs two homes whose addresses lead through the bad network's ports."""
    to_india, to_canada = free_port(), free_port()
    make_pair(folder, addresses={(CANADA, INDIA): to_india, (INDIA, CANADA): to_canada})
    return Template(folder=folder, to_india=to_india, to_canada=to_canada)


@dataclass(kw_only=True)
class Nodes:
    """Canada's and India's nodes, each reached by the other through a network of its own."""

    folder: Path
    canada: NodeProcess
    india: NodeProcess
    to_india: BadNetwork
    to_canada: BadNetwork

    @property
    def both(self) -> tuple[NodeProcess, NodeProcess]:
        return self.canada, self.india

    def start(self, *nodes: NodeProcess) -> None:
        """Starts both nodes, or those named, and waits until each has heard the other."""
        started = nodes or self.both
        since = datetime.now(UTC).replace(tzinfo=None)
        with ThreadPoolExecutor(max_workers=len(started)) as pool:
            list(pool.map(NodeProcess.start, started))
        if not nodes:
            wait_for("both nodes to hear each other", lambda: all(heard(node, since=since) for node in self.both))

    def release(self, node: NodeProcess, count: int = 1, *, first: int = 0, pause: float = 0.0) -> list[bytes]:
        """Releases messages at a node, through its services, and returns their envelope ids."""
        said = run_inside(
            node,
            "bench.workload",
            *("release", "--count", str(count), "--first", str(first), "--pause", str(pause), "--size", "3000"),
        )
        return [bytes.fromhex(envelope.replace("-", "")) for envelope in said["envelopes"]]

    def books(self) -> tuple[NodeBook, NodeBook]:
        """Returns what both databases hold now."""
        return read_books(self.canada.home)[INDIA], read_books(self.india.home)[CANADA]

    def canadas(self) -> NodeBook:
        return read_books(self.canada.home)[INDIA]

    def indias(self) -> NodeBook:
        return read_books(self.india.home)[CANADA]

    def judged(self) -> Verdict:
        return check_pair(*self.books())

    def settle(self, *, filed: int | None = None, seconds: float = PATIENCE_SECONDS) -> Verdict:
        """Waits until nothing is under way, and demands that all is clean and provable offline.

        Args:
            filed: Messages that must have been filed on both sides together; not counted when omitted.
            seconds: How long that may take.
        """
        try:
            wait_for("both nodes to settle", lambda: self._is_settled(filed), seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.judged()}") from None
        verdict = self.judged()
        assert verdict.faults == ()
        self.prove()
        return verdict

    def _is_settled(self, filed: int | None) -> bool:
        if any(_queued(node) for node in self.both):
            return False
        verdict = self.judged()
        return verdict.is_clean and filed in {None, messages_filed(verdict, self.books())}

    def prove(self) -> int:
        """Verifies every signature of both databases with the two root keys alone; returns how many receipts hold."""
        roots = (self.folder / "roots.json").read_bytes()
        return sum(prove_receipts(node.home, roots) for node in self.both)


def messages_filed(verdict: Verdict, books: tuple[NodeBook, NodeBook]) -> int:
    """Returns how many messages of officers had an effect: dispositions are filed, too, but leave none."""
    return sum(sum(book.effects.values()) for book in books)


@contextmanager
def reading(node: NodeProcess) -> Iterator[sqlite3.Connection]:
    """A read-only look into a node's database."""
    path = f"file:{node.home / 'node.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True, timeout=20)) as connection:
        yield connection


def ask(node: NodeProcess, sql: str, *parameters: object) -> Any:
    """Returns the first column of the first row of a question to a node's database."""
    with reading(node) as connection:
        row = connection.execute(sql, parameters).fetchone()
    return None if row is None else row[0]


def heard(node: NodeProcess, *, since: datetime) -> bool:
    """Whether a node has heard its peer since that moment (UTC)."""
    at = ask(node, "SELECT last_contact_at FROM courier_channel")
    return at is not None and datetime.fromisoformat(at) > since


@contextmanager
def inside(node: NodeProcess, module: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs a module of ours on a node's home until the block ends; it must end by itself when its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-m", module],
        env=inside_environment(node),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.stdin.close()
        process.wait(timeout=PATIENCE_SECONDS)


def _queued(node: NodeProcess) -> int:
    return int(ask(node, "SELECT count(*) FROM courier_outbox WHERE state = 'queued'"))


@contextmanager
def copied(template: Template, folder: Path) -> Iterator[Nodes]:
    """Copies the template's homes into ``folder`` and ends every process and connection afterwards."""
    for name in ("canada", "india"):
        shutil.copytree(template.folder / name, folder / name)
    shutil.copy(template.folder / "roots.json", folder / "roots.json")
    canada, india = (NodeProcess.opened(folder / name) for name in ("canada", "india"))
    with (
        BadNetwork(india.channel_port, port=template.to_india) as to_india,
        BadNetwork(canada.channel_port, port=template.to_canada) as to_canada,
    ):
        nodes = Nodes(folder=folder, canada=canada, india=india, to_india=to_india, to_canada=to_canada)
        try:
            yield nodes
        finally:
            for node in nodes.both:
                node.kill()
                node._pool.clear()
