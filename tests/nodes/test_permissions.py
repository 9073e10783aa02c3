"""Two nodes: what a caveat blocks is asked of its originator, and the answer unlocks that act, or nothing.

Source: Arar Commission, recommendation 9; rules BI-02 and BI-03.
"""

from typing import Any

import pytest
from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

ACTS = "tests.nodes.permission_acts"
ITEMS = "SELECT count(*) FROM exchange_message WHERE direction = 'in' AND kind = 'spontaneous-information'"
GRANTS = "SELECT count(*) FROM handling_grant"
ASKED = "SELECT count(*) FROM exchange_message WHERE direction = 'in' AND kind = 'permission-request'"
WITHDRAWN = "SELECT count(*) FROM exchange_message WHERE direction = 'in' AND state = 'withdrawn'"
RUNNING = "SELECT count(*) FROM exchange_clock WHERE state = 'running'"


def act(node: NodeProcess, command: str, *options: str) -> dict[str, Any]:
    done: dict[str, Any] = run_inside(node, ACTS, command, *options)
    return done


def blocked(node: NodeProcess, *options: str) -> bool:
    """Whether a use is stopped, by the rule of the one purpose and its caveats."""
    said = act(node, "use", *options)
    return not said["permitted"] and "BI-02" in said.get("rules", ())


def come(node: NodeProcess, sql: str, count: int) -> None:
    """Waits until so many rows stand at a node."""
    wait_for(f"{count} of {sql}", lambda: ask(node, sql) == count)


def asked(nodes: Nodes) -> None:
    """Canada's item is at India's, and India's question for a court at Canada's."""
    nodes.start()
    act(nodes.canada, "inform")
    come(nodes.india, ITEMS, 1)
    assert blocked(nodes.india)
    act(nodes.india, "ask")
    come(nodes.canada, ASKED, 1)
    assert ask(nodes.canada, RUNNING) == 1


def test_blocked_asked_granted_for_one_use_and_used_up(nodes: Nodes) -> None:
    asked(nodes)
    act(nodes.canada, "answer", "--result", "granted-with-conditions", "--once")
    assert ask(nodes.canada, RUNNING) == 0
    come(nodes.india, GRANTS, 1)
    for other in (("--recipient", "Another court"), ("--act", "forward"), ("--days", "31")):
        assert blocked(nodes.india, *other)
    assert act(nodes.india, "use") == {"permitted": True, "conditions": ["SPECIMEN. In closed session only."]}
    assert blocked(nodes.india)
    # The same words about a second item unlock nothing: a grant is for the item that was asked about.
    act(nodes.canada, "inform", "--days", "1")
    come(nodes.india, ITEMS, 2)
    assert blocked(nodes.india)


def test_a_denial_unlocks_nothing_and_a_grant_that_is_taken_back_no_more(nodes: Nodes) -> None:
    asked(nodes)
    act(nodes.canada, "answer", "--result", "denied")
    come(nodes.india, GRANTS, 1)
    assert blocked(nodes.india)
    act(nodes.india, "ask")
    come(nodes.canada, ASKED, 2)
    act(nodes.canada, "answer")
    come(nodes.india, GRANTS, 2)
    assert act(nodes.india, "use")["permitted"]
    act(nodes.canada, "recall", "--kind", "permission-answer")
    come(nodes.india, WITHDRAWN, 1)
    assert blocked(nodes.india)


def test_a_recall_that_crosses_a_grant_in_flight_wins(nodes: Nodes) -> None:
    asked(nodes)
    nodes.india.stop()
    # Both leave while nobody is connected: the grant first, and the recall of the item right behind it.
    act(nodes.canada, "answer")
    act(nodes.canada, "recall")
    nodes.start(nodes.india)
    come(nodes.india, GRANTS, 1)
    come(nodes.india, WITHDRAWN, 1)
    assert act(nodes.india, "use")["code"] == "exchange.withdrawn"
