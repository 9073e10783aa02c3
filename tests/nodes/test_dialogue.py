"""Two real nodes negotiate a statement: both edit one clause, acceptances cross, and a peer is down in the middle."""

import json
from typing import Any

import pytest
from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

ACTS = "tests.nodes.negotiating"

FIRST = {"en": "They will meet twice a year.", "fr": "Ils se réuniront deux fois par an."}
OURS = {"en": "They will meet three times a year.", "fr": "Ils se réuniront trois fois par an."}
THEIRS = {"en": "They intend to meet once a year.", "fr": "Ils comptent se réunir une fois par an."}
MERGED = {"en": "They will meet [once or] twice a year.", "fr": "Ils se réuniront [une ou] deux fois par an."}


def do(node: NodeProcess, command: str, **given: Any) -> Any:
    said = [f"--{name}={json.dumps(value) if isinstance(value, dict) else value}" for name, value in given.items()]
    return run_inside(node, ACTS, command, *said)


def acts(node: NodeProcess) -> int:
    return int(ask(node, "SELECT count(*) FROM dialogue_clauseact"))


def all_arrived(nodes: Nodes, count: int) -> None:
    wait_for("every act to arrive", lambda: all(acts(node) == count for node in nodes.both))


def test_two_sides_agree_on_a_clause_though_both_edit_it_and_one_is_down(nodes: Nodes) -> None:
    nodes.start()
    begun = do(nodes.canada, "begin", peer="IN", text=FIRST)
    clause = begun["clause"]
    all_arrived(nodes, 2)
    assert do(nodes.india, "stand", clause=clause) == {
        "state": "theirs",
        "ours": None,
        "theirs": FIRST,
        "stale": [False],
    }
    # Nobody hears the other while both write; one node is down altogether.
    nodes.to_india.cut()
    nodes.to_canada.cut()
    do(nodes.canada, "propose", clause=clause, text=OURS)
    do(nodes.india, "propose", clause=clause, text=THEIRS)
    nodes.india.stop()
    assert do(nodes.canada, "stand", clause=clause)["state"] == "ours"
    nodes.to_india.heal()
    nodes.to_canada.heal()
    nodes.start(nodes.india)
    all_arrived(nodes, 4)
    here, there = do(nodes.canada, "stand", clause=clause), do(nodes.india, "stand", clause=clause)
    assert here == {"state": "differs", "ours": OURS, "theirs": THEIRS, "stale": [True]}
    assert there == {"state": "differs", "ours": THEIRS, "theirs": OURS, "stale": [False, True]}
    # Each accepts the other's at the same time: that is no agreement, and both see it.
    nodes.to_india.cut()
    nodes.to_canada.cut()
    do(nodes.canada, "accept", clause=clause)
    do(nodes.india, "accept", clause=clause)
    nodes.to_india.heal()
    nodes.to_canada.heal()
    all_arrived(nodes, 6)
    assert [do(node, "stand", clause=clause)["state"] for node in nodes.both] == ["crossed", "crossed"]
    # One proposes a merged wording, and the other takes it.
    do(nodes.canada, "propose", clause=clause, text=MERGED)
    all_arrived(nodes, 7)
    do(nodes.india, "accept", clause=clause)
    all_arrived(nodes, 8)
    for node in nodes.both:
        told = do(node, "stand", clause=clause)
        assert (told["state"], told["ours"], told["theirs"]) == ("agreed", MERGED, MERGED)
    assert nodes.settle().faults == ()
