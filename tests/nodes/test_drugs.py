"""Two real nodes: a notice before export, the objection and the stop survive a kill; a node without the workstream."""

import pytest
from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from accord.node.config import CONFIG_FILE
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

ACTS = "tests.nodes.noticing"
NOTICES = "SELECT count(*) FROM drugs_notice"


def standing(node: NodeProcess) -> dict[str, object]:
    found: dict[str, object] = run_inside(node, ACTS, "standing")
    return found


def test_a_notice_its_objection_and_the_stop_are_on_both_nodes_whatever_was_down(nodes: Nodes) -> None:
    nodes.start(nodes.canada)
    run_inside(nodes.canada, ACTS, "notice")
    nodes.start(nodes.india)
    wait_for("the notice at India's node", lambda: ask(nodes.india, NOTICES))
    assert standing(nodes.india)["state"] == "awaiting"
    # India's node dies right after it let the objection leave; Canada's before it came.
    nodes.canada.kill()
    run_inside(nodes.india, ACTS, "objection")
    nodes.india.kill()
    nodes.start(nodes.canada)
    nodes.start(nodes.india)
    replied = "SELECT count(*) FROM drugs_noticereply"
    wait_for("the objection at Canada's node", lambda: ask(nodes.canada, replied))
    run_inside(nodes.canada, ACTS, "stop")
    wait_for("the outcome at India's node", lambda: ask(nodes.india, "SELECT count(*) FROM drugs_outcome"))
    assert nodes.settle().faults == ()
    canada, india = standing(nodes.canada), standing(nodes.india)
    assert (canada.pop("is_ours"), india.pop("is_ours")) == (True, False)
    assert canada == india
    assert (canada["state"], canada["reply"], canada["became"], canada["replies"]) == (
        "settled",
        "objection",
        "not-sent",
        1,
    )
    assert canada["counted"] == [["flagged-consignment", True], ["pre-export-objection", True]]


def test_a_node_without_the_workstream_says_that_it_does_not_know_the_kind_and_works_on(nodes: Nodes) -> None:
    file = nodes.india.home / CONFIG_FILE
    whole = file.read_text("utf-8")
    assert 'workstreams = ["drugs"]' in whole
    file.write_text(whole.replace('workstreams = ["drugs"]', "workstreams = []"), "utf-8")
    nodes.start()
    run_inside(nodes.canada, ACTS, "notice")
    refused = "SELECT count(*) FROM exchange_message WHERE kind = 'pre-export-notice' AND state = 'refused'"
    wait_for("the notice to be refused by name", lambda: ask(nodes.canada, refused))
    assert not ask(nodes.india, NOTICES)
    # What both know passes as before.
    run_inside(nodes.canada, "tests.nodes.counting", "request")
    wait_for("a request to be filed", lambda: ask(nodes.india, "SELECT count(*) FROM exchange_clock"))
    wait_for("both logs to agree", lambda: nodes.judged().faults == ())
