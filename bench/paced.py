"""Messages that officers release one by one at a given rate, whether or not the one before has its receipt.

Run as ``python -m bench.paced --count N --rate R`` with the home of the sending node in the environment: it starts that
node as ``accord serve`` does and drives the release service beside it. A time is counted from the moment at which the
message was to be released, so that a node that falls behind cannot hide it. Prints one JSON value.
"""

import argparse
import json
import os
import sqlite3
import sys
import threading
import time
from bisect import bisect_right
from contextlib import closing
from pathlib import Path
from typing import Any

from accord.cli.node import open_node
from bench.workload import approved_messages, officers, release_message

__all__ = ["main"]

LOOK_AGAIN_SECONDS = 0.001
PATIENCE_SECONDS = 60.0
WARM_UP = 50
"""Messages before the figures count: first connection, first page of each table, first policy set."""


class _Receipts(threading.Thread):
    """Notes when each size of the log had its receipt on file, as another process would see it."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self._database = database
        self.over = threading.Event()
        self.times: list[float] = []
        self.sizes: list[int] = []

    def run(self) -> None:
        with closing(sqlite3.connect(self._database, timeout=20)) as connection:
            seen = -1
            while not self.over.is_set():
                (version,) = connection.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    (size,) = connection.execute("SELECT out_receipted_size FROM courier_channel").fetchone()
                    if not self.sizes or self.sizes[-1] != size:
                        self.times.append(time.perf_counter())
                        self.sizes.append(size)
                time.sleep(LOOK_AGAIN_SECONDS)


def _measured(home: Path, count: int, rate: float, first: int) -> dict[str, Any]:
    from django.conf import settings

    from accord.courier.models import Outbox, OutboxState
    from accord.exchange.models import Message
    from accord.node.server import Node

    officer = officers()["releasing"]
    messages = [one for some in approved_messages(count + WARM_UP, first=first) for one in some]
    node = Node(settings.CONFIG)
    node.start()
    receipts = _Receipts(home / "node.sqlite3")
    receipts.start()
    start = time.perf_counter() + 1.0
    for number, message in enumerate(messages):
        time.sleep(max(0.0, start + number / rate - time.perf_counter()))
        release_message(message, officer)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Outbox.objects.filter(state=OutboxState.QUEUED).exists() or _unreceipted():
        if time.monotonic() > deadline:
            sys.exit(f"not every message had its receipt within {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.05)
    receipts.over.set()
    receipts.join()
    node.stop()
    rows = Message.objects.filter(pk__in=[message.pk for message in messages])
    places = {key: place or 0 for key, place in rows.values_list("pk", "released__outbox__position")}
    whole = []
    for number, message in enumerate(messages[WARM_UP:], WARM_UP):
        receipted = receipts.times[bisect_right(receipts.sizes, places[message.pk])]
        whole.append((receipted - (start + number / rate)) * 1e3)
    return {"whole_ms": whole}


def _unreceipted() -> bool:
    from accord.courier.models import Channel

    channel = Channel.objects.get()
    return channel.out_size > channel.out_receipted_size


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.paced")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--rate", type=float, default=100.0, help="messages a second")
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    home = open_node(Path(os.environ["ACCORD_HOME"]))
    json.dump(_measured(home, asked.count, asked.rate, asked.first), sys.stdout)


if __name__ == "__main__":
    main()
