"""Two real nodes report an indicator of the plan both signed: where the figures differ, each finds the entry."""

import pytest
from bench.pair import run_inside

from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

ACTS = "tests.nodes.measuring"


def test_both_sides_report_differ_and_trace_the_difference_to_the_entry(nodes: Nodes) -> None:
    nodes.start()
    envelope = run_inside(nodes.canada, "tests.nodes.counting", "request")["envelope"]
    clocks = "SELECT count(*) FROM exchange_clock"
    wait_for("both clocks to run", lambda: all(ask(node, clocks) for node in nodes.both))
    assert len({run_inside(node, ACTS, "sign")["digest"] for node in nodes.both}) == 1
    # India's node counts as answered what never reached Canada as an answer.
    quarter = run_inside(nodes.canada, ACTS, "begun")["quarter"]
    run_inside(nodes.india, ACTS, "begun", "--answered")
    [theirs] = run_inside(nodes.india, ACTS, "report", "--peer", "CA", "--quarter", quarter)["rows"]
    [ours] = run_inside(nodes.canada, ACTS, "report", "--peer", "IN", "--quarter", quarter)["rows"]
    assert (theirs["numerator"], ours["numerator"], ours["denominator"]) == (6, 5, 6)
    assert envelope not in str(theirs)
    filed = "SELECT count(*) FROM workplan_publishedindicators WHERE is_ours = 0"
    wait_for("both reports to arrive", lambda: all(ask(node, filed) for node in nodes.both))
    canada = run_inside(nodes.canada, ACTS, "compare", "--peer", "IN", "--quarter", quarter)
    india = run_inside(nodes.india, ACTS, "compare", "--peer", "CA", "--quarter", quarter)
    assert (canada["differs"], canada["difference"], india["difference"]) == (True, "16.7", "-16.7")
    assert canada["missed"] == [envelope]
    assert india["missed"] == []
    assert nodes.settle().faults == ()
