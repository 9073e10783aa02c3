"""A scene of real nodes with a bad network between them, and the acts the fault tests repeat."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.checker import NodeBook, Verdict, check_pair, read_books
from tests.nodes.proxy import BadNetwork

PATIENCE_SECONDS = 90.0
"""How long a test waits for what takes milliseconds; only a fault makes it wait so long."""


def wait_for(what: Callable[[], Any], sentence: str) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain for {sentence}")


@dataclass(kw_only=True)
class Scene:
    """Canada and India, each behind its own road, both in a folder of this test alone."""

    canada: NodeProcess
    india: NodeProcess
    to_india: BadNetwork
    to_canada: BadNetwork
    folder: Path
    sent: int = field(default=0)

    @property
    def nodes(self) -> tuple[NodeProcess, NodeProcess]:
        return self.canada, self.india

    def start(self) -> None:
        for node in self.nodes:
            node.start()

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def release(self, node: NodeProcess, count: int = 1, *, pause: float = 0.0) -> None:
        """Releases messages through a node's own services; its courier finds them whether it runs or not."""
        words = ("release", "--count", str(count), "--first", str(self.sent), "--size", "1500", "--pause", str(pause))
        self.sent += count
        run_inside(node, "bench.workload", *words)

    def books(self) -> tuple[NodeBook, NodeBook]:
        return read_books(self.canada.home)["IN"], read_books(self.india.home)["CA"]

    def settle(self) -> Verdict:
        """Waits until everything that was released has its receipt and outcome, and judges both databases."""

        def is_settled() -> Verdict | None:
            verdict = check_pair(*self.books())
            return verdict if verdict.is_clean else None

        try:
            return wait_for(is_settled, "both sides to settle")
        except AssertionError as error:
            raise AssertionError(f"{error}: {check_pair(*self.books()).faults}") from None

    def keep(self, node: NodeProcess) -> Path:
        """Makes a backup of a stopped node's home."""
        place = self.folder / f"backup-{node.profile}-{time.monotonic_ns()}"
        shutil.copytree(node.home, place)
        return place

    def restore(self, node: NodeProcess, backup: Path) -> None:
        """Puts a backup back in the place of a stopped node's home."""
        shutil.rmtree(node.home)
        shutil.copytree(backup, node.home)


def ask(node: NodeProcess, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Reads a node's database without touching it."""
    with closing(sqlite3.connect(f"file:{node.home / 'node.sqlite3'}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(sql, values).fetchall()
