"""What the desk's pages cost at 50,000 cases and 500,000 messages: CPU, statements, bytes, and the start of a node.

A pair of real nodes is made; one of them is filled with years of work (``bench.archive``) and its pages are measured
from within (``bench.page_costs``). Then it is started as an operator would, and its first page is asked for.

With ``ACCORD_DATABASE_URL`` set, as ``tests/postgres/server.py -- python -m bench --only pages`` sets it, the node
works on that PostgreSQL server; otherwise on SQLite.
"""

import os
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from accord.cli.demo.nodes import NodeProcess
from bench.pair import make_pair, run_inside
from bench.results import Figure, Peer

__all__ = ["CASES", "MESSAGES", "measure_pages"]

CASES: Final = 50_000
MESSAGES: Final = 500_000

PROMISED_MS: Final = {"desk": 60.0, "cases": 60.0, "case": 60.0}
AIM: Final = "aim 40"
PROMISED_BYTES: Final = 60 * 1024
PROMISED_START_SECONDS: Final = 3.0
STARTS: Final = 3

DATABASE: Final = "ACCORD_DATABASE_URL"
OF_CANADA: Final = "ACCORD_DATABASE_URL_CANADA"


def measure_pages(*, folder: Path, cases: int, messages: int, say: Callable[[str], None]) -> list[Figure]:
    """Makes the node, fills it, measures its pages and its start.

    Args:
        folder: Where the homes are made, in a folder of their own; one that was filled there before is used again.
        cases: How many cases.
        messages: How many messages.
        say: Told what is going on.
    """
    url = os.environ.pop(DATABASE, "")
    if url:
        os.environ[OF_CANADA] = url
    place = folder / f"accord-pages-{cases}-{'postgresql' if url else 'sqlite'}"
    done = place / "filled"
    if done.exists() and not url:
        node = NodeProcess.opened(place / "canada")
        say(f"using the archive in {place}")
    else:
        say("making and pairing two nodes")
        node, _other = make_pair(place)
        say(f"filling one of them with {cases:,} cases and {messages:,} messages; this takes minutes")
        filled = run_inside(node, "bench.archive", "--cases", str(cases), "--messages", str(messages))
        say(f"filled: {filled}")
        done.touch()
    say("measuring pages")
    found = run_inside(node, "bench.page_costs")
    say("starting the node")
    starts = [_start_to_first_page(node) for _start in range(STARTS)]
    figures = [*_figures(found), _start_figure(starts)]
    load = f"measured at a load of {found['load']:.2f} on the machine"
    return [*figures, Figure(name="pages.load", value=found["load"], unit="processes", target=load)]


def _figures(found: dict[str, Any]) -> Iterator[Figure]:  # Any: JSON of the measuring process
    for name, cost in found["pages"].items():
        promised = PROMISED_MS.get(name)
        yield Figure(
            name=f"pages.{name}.cpu",
            value=cost["cpu_ms"],
            unit="ms",
            peer=None if promised is None else Peer(name="promise", value=promised, source="what the desk promises"),
            target="" if promised is None else f"{promised:g} ms, {AIM}",
        )
        yield Figure(name=f"pages.{name}.statements", value=cost["statements"], unit="statements")
        yield Figure(name=f"pages.{name}.sent", value=cost["sent_bytes"], unit="bytes")
    for name, size in found["visits"].items():
        yield Figure(
            name=f"pages.{name}.first_visit",
            value=size,
            unit="bytes",
            peer=Peer(name="promise", value=PROMISED_BYTES, source="what the desk promises"),
            target="60 KB compressed, without fonts",
        )


def _start_figure(starts: list[float]) -> Figure:
    return Figure(
        name="pages.start_to_first_page",
        value=sorted(starts)[len(starts) // 2],
        unit="s",
        peer=Peer(name="promise", value=PROMISED_START_SECONDS, source="what the desk promises"),
        target="3 s",
    )


def _start_to_first_page(node: NodeProcess) -> float:
    """Returns the seconds from the start of the process until the page of sign-in has come whole."""
    began = time.monotonic()
    node.start()
    try:
        with urllib.request.urlopen(f"{node.api_url}/account/login/", timeout=10) as page:
            page.read()
        return time.monotonic() - began
    finally:
        node.stop()
