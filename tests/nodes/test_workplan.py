"""Two real nodes sign the workplan, one of them down in the middle; from then on both count with its clock table."""

from typing import Any

import pytest
from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

AGREED = "SELECT count(*) FROM instruments_text WHERE state = 'agreed'"
OFFERED = "SELECT count(*) FROM instruments_text WHERE state = 'offered' AND is_ours = 0"
CLOCKS = "SELECT count(*) FROM exchange_clock"


def do(node: NodeProcess, command: str, **given: str) -> Any:
    return run_inside(node, "tests.nodes.planning", command, *(f"--{name}={value}" for name, value in given.items()))


def all_have(nodes: Nodes, question: str, count: int, what: str) -> None:
    wait_for(what, lambda: all(ask(node, question) == count for node in nodes.both))


def test_both_nodes_count_with_the_table_of_the_plan_that_both_signed(nodes: Nodes) -> None:
    nodes.start()
    run_inside(nodes.canada, "tests.nodes.counting", "request")
    all_have(nodes, CLOCKS, 1, "the first clock to run on both nodes")
    do(nodes.canada, "prepare", peer="IN", hours="100")
    assert do(nodes.canada, "offer", peer="IN") == {"refused": ""}
    wait_for("the offer to arrive", lambda: ask(nodes.india, OFFERED) == 1)
    # India signs while nobody hears it, and Canada is down altogether.
    nodes.to_india.cut()
    nodes.to_canada.cut()
    nodes.canada.stop()
    do(nodes.india, "accept", peer="CA")
    assert do(nodes.india, "force", peer="CA") == {"table": "2026-1", "digest": ""}
    nodes.to_india.heal()
    nodes.to_canada.heal()
    nodes.start(nodes.canada)
    all_have(nodes, AGREED, 1, "the plan to be agreed on both nodes")
    here, there = do(nodes.canada, "force", peer="IN"), do(nodes.india, "force", peer="CA")
    assert here == there
    assert here["table"].startswith("plan-1-")
    # A request of either side starts the same clock on both; the one that ran before keeps its own.
    run_inside(nodes.canada, "tests.nodes.counting", "request")
    all_have(nodes, CLOCKS, 2, "the second clock to run on both nodes")
    first, second = do(nodes.canada, "clocks")
    assert do(nodes.india, "clocks") == [first, second]
    assert first == ["2026-1", "normal", 168.0]
    assert second == [here["table"], "normal", 100.0]
    # India wrote its next revision on the first one; meanwhile both signed Canada's second.
    do(nodes.india, "prepare", peer="CA", hours="50")
    do(nodes.canada, "prepare", peer="IN", hours="80")
    do(nodes.canada, "offer", peer="IN")
    wait_for("the second offer to arrive", lambda: ask(nodes.india, OFFERED) == 1)
    do(nodes.india, "accept", peer="CA")
    all_have(nodes, AGREED, 2, "the second revision to be agreed on both nodes")
    assert do(nodes.india, "offer", peer="CA")["refused"].startswith("instruments.")
    assert do(nodes.canada, "force", peer="IN") == do(nodes.india, "force", peer="CA")
    assert nodes.settle().faults == ()
