"""Between two real nodes: an objection answered, a lane stopped and let go on, an outcome told, an erasure claimed."""

from typing import Any
from uuid import UUID

import pytest
from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes


def act(node: NodeProcess, command: str, envelope: str) -> Any:
    return run_inside(node, "tests.nodes.disputing", command, envelope)


def arrived(node: NodeProcess, envelope: str) -> None:
    found = "SELECT count(*) FROM exchange_message WHERE direction = 'in' AND envelope_id = ?"
    wait_for("the message to be filed", lambda: ask(node, found, envelope.replace("-", "")))


def test_an_objection_is_answered_and_a_lane_stops_until_both_let_it_go_on(nodes: Nodes) -> None:
    nodes.start()
    item = str(UUID(bytes=nodes.release(nodes.india)[0]))
    arrived(nodes.canada, item)
    wait_for(
        "India to learn that it was filed",
        lambda: ask(nodes.india, "SELECT count(*) FROM exchange_message WHERE state = 'filed'"),
    )
    objection = act(nodes.india, "object", item)["envelope"]
    arrived(nodes.canada, objection)
    arrived(nodes.india, act(nodes.canada, "answer", objection)["envelope"])
    assert ask(nodes.india, "SELECT outcome FROM handling_objectionmade WHERE is_ours = 1") == "remedied"

    act(nodes.india, "suspend", item)
    standing = "SELECT count(*) FROM handling_lanesuspension WHERE ended_at IS NULL"
    wait_for("Canada to hear of the suspension", lambda: ask(nodes.canada, standing))
    assert act(nodes.canada, "send", item) == {"refused": ["BI-09"]}
    assert act(nodes.india, "send", item) == {"refused": ["BI-09"]}
    act(nodes.canada, "resume", item)
    wait_for(
        "India to hear Canada's word",
        lambda: ask(nodes.india, "SELECT count(*) FROM handling_lanesuspension WHERE they_resume_at IS NOT NULL"),
    )
    assert act(nodes.india, "send", item) == {"refused": ["BI-09"]}
    act(nodes.india, "resume", item)
    wait_for("the lane to go on in Canada", lambda: ask(nodes.canada, standing) == 0)
    arrived(nodes.india, act(nodes.canada, "send", item)["envelope"])


def test_an_outcome_is_told_and_what_was_erased_is_claimed(nodes: Nodes) -> None:
    nodes.start()
    item = str(UUID(bytes=nodes.release(nodes.india)[0]))
    arrived(nodes.canada, item)
    arrived(nodes.india, act(nodes.canada, "close", item)["envelope"])
    assert ask(nodes.india, "SELECT usefulness FROM handling_outcome WHERE is_ours = 0") == 4
    assert act(nodes.canada, "erase", item)["erased"] == 1
    wait_for(
        "India to hear of the erasure", lambda: ask(nodes.india, "SELECT count(*) FROM handling_erasureclaim") == 1
    )
