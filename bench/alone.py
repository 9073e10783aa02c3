"""One message at a time, from the officer's release to the receipt on file, inside the sending node's own process.

Run as ``python -m bench.alone --count N`` with the home of the sending node in the environment: it starts that node as
``accord serve`` does and drives the release service beside it, as a request to the API would. Prints one JSON value.
"""

import argparse
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from accord.cli.node import open_node
from bench.workload import approved_messages, officers, release_message

__all__ = ["main"]

LOOK_AGAIN_SECONDS = 0.0005
"""The receipt is looked for this often; half of it is the error of each figure."""
FIRST_LOOK_SECONDS = 0.004
"""Nothing is looked for sooner: no receipt can be there, and each look takes time from the node's own threads."""
PATIENCE_SECONDS = 30.0
WARM_UP = 20
"""Messages before the clock starts: first connection, first page of each table, first policy set."""


def _wait(connection: sqlite3.Connection, size: int) -> None:
    deadline = time.perf_counter() + PATIENCE_SECONDS
    time.sleep(FIRST_LOOK_SECONDS)
    seen = -1
    while True:
        # Whether anything was committed at all is told by a counter in shared memory.
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version == seen:
            time.sleep(LOOK_AGAIN_SECONDS)
            continue
        seen = version
        (receipted,) = connection.execute("SELECT out_receipted_size FROM courier_channel").fetchone()
        if receipted >= size:
            return
        if time.perf_counter() > deadline:
            sys.exit(f"no receipt for size {size} within {PATIENCE_SECONDS:.0f} s")


def _measured(home: Path, count: int, first: int) -> dict[str, Any]:
    from django.conf import settings

    from accord.courier.models import Channel
    from accord.node.server import Node

    officer = officers()["releasing"]
    messages = [one for some in approved_messages(count + WARM_UP, first=first) for one in some]
    began = time.perf_counter()
    node = Node(settings.CONFIG)
    node.start()
    started_in = time.perf_counter() - began
    releasing, whole = [], []
    with closing(sqlite3.connect(home / "node.sqlite3", timeout=20)) as connection:
        size = Channel.objects.get().out_size
        cpu_before = wall_before = 0.0
        for number, message in enumerate(messages):
            if number == WARM_UP:
                cpu_before, wall_before = time.process_time(), time.perf_counter()
            began = time.perf_counter()
            release_message(message, officer)
            released = time.perf_counter()
            size += 1
            _wait(connection, size)
            if number >= WARM_UP:
                releasing.append(released - began)
                whole.append(time.perf_counter() - began)
        wall = time.perf_counter() - wall_before
        cpu = time.process_time() - cpu_before
    node.stop()
    return {
        "seconds": wall,
        "cpu_seconds": cpu,
        "started_in": started_in,
        "releasing_ms": [value * 1e3 for value in releasing],
        "whole_ms": [value * 1e3 for value in whole],
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.alone")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    home = open_node(Path(os.environ["ACCORD_HOME"]))
    json.dump(_measured(home, asked.count, asked.first), sys.stdout)


if __name__ == "__main__":
    main()
