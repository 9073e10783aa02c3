"""What the desk's pages of a workplan of 2,000 actions cost: CPU, statements, bytes, on a node of its own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.pair import make_node, run_inside
from bench.results import Figure, Peer

__all__ = ["measure_plan_pages"]

PROMISED_MS: Final = {"plan": 150.0, "plan_first": 150.0, "gantt": 400.0, "gantt_year_3": 400.0}
"""What issue and desk promise of the page of a plan and of its drawing."""


def measure_plan_pages(*, folder: Path) -> list[Figure]:
    """Makes a node, writes a plan there, and measures its pages.

    Args:
        folder: Where the home is made, in a folder of its own that is taken away after.
    """
    with tempfile.TemporaryDirectory(dir=folder) as home:
        node = make_node(Path(home) / "canada", profile="canada")
        found = run_inside(node, "bench.plan_page_costs")
    load = f"measured at a load of {found['load']:.2f} on the machine"
    return [*_figures(found), Figure(name="plan_pages.load", value=found["load"], unit="processes", target=load)]


def _figures(found: dict[str, Any]) -> Iterator[Figure]:  # Any: JSON of the measuring process
    for name, cost in found["pages"].items():
        promised = PROMISED_MS.get(name)
        yield Figure(
            name=f"plan_pages.{name}.cpu",
            value=cost["cpu_ms"],
            unit="ms",
            peer=None if promised is None else Peer(name="promise", value=promised, source="what the desk promises"),
            target="" if promised is None else f"under {promised:g} ms",
        )
        yield Figure(name=f"plan_pages.{name}.statements", value=cost["statements"], unit="statements")
        yield Figure(name=f"plan_pages.{name}.sent", value=cost["sent_bytes"], unit="bytes")
