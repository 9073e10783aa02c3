"""Two real nodes: postings proposed, accepted, asked about, declined and recalled; a peer down in mid-signing."""

from typing import Any

import pytest
from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.checker import check_pair
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

ACTS = "tests.nodes.posting"


def do(node: NodeProcess, command: str, **given: str) -> Any:
    return run_inside(node, ACTS, command, *(f"--{name}={value}" for name, value in given.items()))


def stands(node: NodeProcess, posting: str) -> str:
    return str(do(node, "stand", posting=posting)["state"])


def texts(node: NodeProcess, state: str) -> int:
    return int(ask(node, "SELECT count(*) FROM instruments_text WHERE state = ?", state))


def prove(nodes: Nodes) -> None:
    """Demands that both logs agree entry by entry and that every receipt holds offline.

    Answers to texts and test calls change rows and leave none of their own, so that effects are not counted here.
    """
    assert check_pair(*nodes.books(), is_settled=False).faults == ()
    assert nodes.prove() > 0


def test_officers_are_posted_by_both_signatures_asked_about_declined_and_recalled(nodes: Nodes) -> None:
    nodes.start()
    first = do(nodes.canada, "propose", peer="IN", holder="First")["posting"]
    second = do(nodes.india, "propose", peer="CA", holder="Second")["posting"]
    third = do(nodes.canada, "propose", peer="IN", holder="Third")["posting"]
    wait_for("every proposal to arrive", lambda: texts(nodes.india, "offered") == 3 == texts(nodes.canada, "offered"))
    do(nodes.india, "query", posting=third)
    wait_for("the question to arrive", lambda: ask(nodes.canada, "SELECT count(*) FROM instruments_remark") == 1)
    assert (stands(nodes.canada, third), stands(nodes.canada, first)) == ("asked", "proposed")
    do(nodes.india, "accept", posting=first)
    do(nodes.canada, "accept", posting=second)
    do(nodes.india, "decline", posting=third)
    wait_for("both to be signed", lambda: all(texts(node, "agreed") == 2 for node in nodes.both))
    wait_for("the refusal to arrive", lambda: texts(nodes.canada, "declined") == 1)
    for node in nodes.both:
        for posting in (first, second):
            told = do(node, "stand", posting=posting)
            assert (told["state"], told["signatures"]) == ("in-force", 2)
        assert stands(node, third) == "declined"
    # The host no longer accepts the officer: the account at the sending side ends, and the other posting stands.
    assert do(nodes.canada, "hold", posting=first) == {"state": "in-force"}
    assert do(nodes.canada, "stand", posting=first)["may_act"]
    do(nodes.india, "end", posting=first)
    wait_for("the account to end", lambda: not do(nodes.canada, "stand", posting=first)["may_act"])
    assert [stands(node, first) for node in nodes.both] == ["ended", "ended"]
    assert [stands(node, second) for node in nodes.both] == ["in-force", "in-force"]
    prove(nodes)


def test_a_peer_that_is_down_in_mid_signing_loses_and_doubles_nothing(nodes: Nodes) -> None:
    nodes.start()
    posting = do(nodes.canada, "propose", peer="IN", holder="First")["posting"]
    wait_for("the proposal to arrive", lambda: texts(nodes.india, "offered") == 1)
    nodes.canada.stop()
    do(nodes.india, "accept", posting=posting)
    assert stands(nodes.india, posting) == "signing", "signed here, and no receipt of it is on file"
    assert stands(nodes.canada, posting) == "proposed"
    nodes.india.stop()
    nodes.start()
    wait_for("both to know of both signatures", lambda: all(texts(node, "agreed") == 1 for node in nodes.both))
    for node in nodes.both:
        assert do(node, "stand", posting=posting)["signatures"] == 2
    prove(nodes)


def test_a_test_call_is_answered_by_a_person_and_both_times_are_kept(nodes: Nodes) -> None:
    nodes.start()
    ping = do(nodes.canada, "call", peer="IN")["ping"]
    wait_for("the call to arrive", lambda: ask(nodes.india, "SELECT count(*) FROM liaison_pingtest") == 1)
    reached = "SELECT count(*) FROM liaison_pingtest WHERE reached_at IS NOT NULL AND answered_at IS NULL"
    wait_for("its receipt", lambda: ask(nodes.canada, reached) == 1)
    do(nodes.india, "answer", ping=ping)
    answered = "SELECT count(*) FROM liaison_pingtest WHERE answered_at > reached_at"
    wait_for("the answer", lambda: ask(nodes.canada, answered) == 1)
    prove(nodes)
