"""One side stops the channel: the other side's officers see it at once, and nothing is lost by it."""

import pytest

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

SUSPENDED = "SELECT peer_suspended_at IS NOT NULL FROM courier_channel"
QUEUED = "SELECT count(*) FROM courier_outbox WHERE state = 'queued'"


def health(node: NodeProcess, peer: str) -> object:
    return node.call("GET", f"/channels/{peer}", as_="duty")["peer_suspended_at"]


def test_a_suspension_is_seen_on_the_other_side_at_once_and_so_is_its_end(nodes: Nodes) -> None:
    nodes.start()
    nodes.release(nodes.canada, 1)
    nodes.settle(filed=1)
    nodes.india.run("peer", "suspend", "CA", "--reason", "An incident is looked into.")
    wait_for("Canada to see the suspension", lambda: ask(nodes.canada, SUSPENDED), seconds=20)
    assert health(nodes.canada, "IN") is not None
    assert nodes.canadas().alarms["courier.peer-suspended"] == 1
    nodes.release(nodes.canada, 2)
    size = nodes.canadas().out.size
    assert ask(nodes.canada, QUEUED) == 2
    nodes.india.run("peer", "resume", "CA", "--reason", "It is over.")
    wait_for("Canada to see the end", lambda: not ask(nodes.canada, SUSPENDED), seconds=20)
    nodes.settle(filed=3)
    assert nodes.canadas().out.size >= size + 2
    assert health(nodes.canada, "IN") is None


def test_a_suspension_that_could_not_be_told_is_told_when_the_line_is_back(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_canada.cut()
    nodes.to_india.cut()
    nodes.india.run("peer", "suspend", "CA", "--reason", "An incident is looked into.")
    wait_for("India to fail", lambda: ask(nodes.india, "SELECT failures_in_a_row > 0 FROM courier_channel"))
    nodes.release(nodes.canada, 1)
    nodes.to_canada.heal()
    nodes.to_india.heal()
    wait_for("Canada to see the suspension", lambda: ask(nodes.canada, SUSPENDED))
    assert nodes.indias().replica.size == 0
    nodes.india.run("peer", "resume", "CA", "--reason", "It is over.")
    nodes.settle(filed=1)
