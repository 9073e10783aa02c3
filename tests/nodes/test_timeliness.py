"""Two real nodes publish their timeliness: where one side's figures differ, both see in what, and of which request."""

import pytest
from bench.pair import run_inside

from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

ACTS = "tests.nodes.counting"


def test_each_side_publishes_and_both_see_in_what_they_differ(nodes: Nodes) -> None:
    nodes.start()
    envelope = run_inside(nodes.canada, ACTS, "request")["envelope"]
    clocks = "SELECT count(*) FROM exchange_clock"
    wait_for("both clocks to run", lambda: all(ask(node, clocks) for node in nodes.both))
    # India's node counts as answered what never reached Canada as an answer.
    month = run_inside(nodes.canada, ACTS, "begun")["month"]
    assert run_inside(nodes.india, ACTS, "begun", "--answered")["clocks"] == 1
    theirs = run_inside(nodes.india, ACTS, "publish", "--peer", "CA", "--month", month)
    ours = run_inside(nodes.canada, ACTS, "publish", "--peer", "IN", "--month", month)
    assert (theirs["received"][0]["open"], ours["sent"][0]["open"]) == (0, 1)
    assert envelope not in str(theirs)
    filed = "SELECT count(*) FROM oversight_publishedtimeliness WHERE is_ours = 0"
    wait_for("both reports to arrive", lambda: all(ask(node, filed) for node in nodes.both))
    [canada] = run_inside(nodes.canada, ACTS, "compare", "--peer", "IN")
    [india] = run_inside(nodes.india, ACTS, "compare", "--peer", "CA")
    assert canada["differs"]["open"] == [0, 1]
    assert india["differs"]["open"] == [1, 0]
    assert (canada["ours"], india["ours"]) == (True, False)
    assert (canada["requests"], india["requests"]) == (1, 1)
    assert nodes.settle().faults == ()
