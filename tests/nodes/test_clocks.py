"""A node whose clock is wrong, or goes back while it runs: order is by position, an alarm tells, the exchange goes on.

The clock of one real node's process is bent by libfaketime; the other node has the true one.
Source: the fault list, item 25.
"""

import glob
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, wait_for
from tests.programs import absent

pytestmark = pytest.mark.nodes

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# libfaketime (0.9.10) refuses the absolute monotonic sleep by which CPython's time.sleep waits: EINVAL, each time.
# The bent processes sleep by a lock instead, which it leaves alone.
SLEEP_BY_A_LOCK = """import threading, time


def sleep(seconds):
    threading.Event().wait(seconds)


time.sleep = sleep
"""


@dataclass(frozen=True, kw_only=True)
class BentClock:
    """The clock of processes that are started within :meth:`bent`.

    Args:
        library: libfaketime.
        file: Where it reads by how much the clock is wrong, again at every look.
        site: Folder of what Python runs first in such a process.
    """

    library: str
    file: Path
    site: Path

    def set(self, wrong_by: timedelta) -> None:
        """Bends the clock, at once, of what runs already too."""
        written = self.file.with_suffix(".new")
        written.write_text(f"{wrong_by.total_seconds():+.0f}\n")
        # In one step, so that no look at the clock finds half a number.
        written.replace(self.file)

    @contextmanager
    def bent(self) -> Iterator[None]:
        """Lets processes that are started here have this clock."""
        changed = {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # Waiting is done by the monotonic clock, which no wrong clock changes.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(self.site), os.environ.get("PYTHONPATH")))),
        }
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


@pytest.fixture
def clock(tmp_path: Path) -> BentClock:
    found = [path for pattern in LIBRARIES for path in glob.glob(pattern)]  # noqa: PTH207 - the pattern is absolute
    if not found:
        absent("libfaketime", package="faketime")
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SLEEP_BY_A_LOCK)
    made = BentClock(library=found[0], file=tmp_path / "clock", site=site)
    made.set(timedelta())
    return made


def test_a_process_with_a_bent_clock_sleeps_and_sees_the_wrong_time(clock: BentClock) -> None:
    clock.set(-DAY)
    with clock.bent():
        done = subprocess.run(
            [sys.executable, "-c", "import time; time.sleep(0.01); print(time.time())"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert abs(float(done.stdout) - (datetime.now(UTC) - DAY).timestamp()) < HOUR.total_seconds()


def started(nodes: Nodes, clock: BentClock, wrong_by: timedelta) -> None:
    """Starts India's node with a wrong clock and Canada's with the true one."""
    clock.set(wrong_by)
    with clock.bent():
        nodes.start(nodes.india)
    nodes.start(nodes.canada)


def released_by_india(nodes: Nodes, clock: BentClock, count: int, *, first: int) -> list[bytes]:
    with clock.bent():
        return nodes.release(nodes.india, count, first=first)


def alarmed(nodes: Nodes) -> bool:
    return all(book.alarms["courier.clock-skew"] > 0 for book in nodes.books())


def stated_times(node: NodeProcess) -> list[int]:
    from tests.nodes.nodes import reading

    with reading(node) as connection:
        rows = connection.execute("SELECT recorded_at FROM courier_entry WHERE direction = 'out' ORDER BY position")
        return [int(datetime.fromisoformat(str(at)).replace(tzinfo=UTC).timestamp()) for (at,) in rows]


@pytest.mark.parametrize("wrong_by", [DAY, -DAY], ids=["day-ahead", "day-behind"])
def test_a_node_with_a_wrong_clock_exchanges_in_order_and_both_sides_are_alarmed(
    nodes: Nodes, clock: BentClock, wrong_by: timedelta
) -> None:
    started(nodes, clock, wrong_by)
    ours = nodes.release(nodes.canada, 3)
    theirs = released_by_india(nodes, clock, 3, first=100)
    nodes.settle(filed=6)
    assert [entry.envelope_id for entry in nodes.canadas().out.entries if entry.envelope_id in ours] == ours
    assert [entry.envelope_id for entry in nodes.indias().out.entries if entry.envelope_id in theirs] == theirs
    wait_for("both alarms", lambda: alarmed(nodes))
    assert [book.mode for book in nodes.books()] == ["open", "open"]


def test_a_clock_that_goes_back_while_the_node_runs_changes_no_order_and_stops_nothing(
    nodes: Nodes, clock: BentClock
) -> None:
    started(nodes, clock, HOUR)
    before = released_by_india(nodes, clock, 2, first=100)
    nodes.settle(filed=2)
    clock.set(-HOUR)
    after = released_by_india(nodes, clock, 2, first=200)
    nodes.release(nodes.canada, 1)
    nodes.settle(filed=5)
    entries = [entry.envelope_id for entry in nodes.indias().out.entries if entry.envelope_id in {*before, *after}]
    assert entries == [*before, *after]
    times = stated_times(nodes.india)
    assert times != sorted(times), "the clock did not go back"
    wait_for("both alarms", lambda: alarmed(nodes))
    assert [book.mode for book in nodes.books()] == ["open", "open"]
