"""Corrections between two real nodes reach what was made of a message, and the report comes back as a claim."""

from typing import Any
from uuid import UUID

import pytest
from bench.pair import run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes


def act(node: NodeProcess, command: str, envelope: str, *more: str) -> Any:
    return run_inside(node, "tests.nodes.governing", command, envelope, *more)


def arrived(node: NodeProcess, envelope: str) -> None:
    found = "SELECT count(*) FROM exchange_message WHERE direction = 'in' AND envelope_id = ?"
    wait_for("the message to be filed", lambda: ask(node, found, envelope.replace("-", "")))


def given(nodes: Nodes, *, first: int = 0) -> str:
    """What India gave, filed in Canada, quoted in a draft there and printed."""
    envelope = str(UUID(bytes=nodes.release(nodes.india, first=first)[0]))
    arrived(nodes.canada, envelope)
    assert act(nodes.canada, "quote", envelope)["state"] == "submitted"
    return envelope


def corrected(nodes: Nodes, envelope: str, action: str, *more: str) -> str:
    sent: str = act(nodes.india, "correct", envelope, "--action", action, *more)["envelope"]
    arrived(nodes.canada, sent)
    open_ones = "SELECT count(*) FROM handling_correction WHERE is_ours = 0 AND applied_at IS NULL"
    wait_for("the correction to be applied", lambda: ask(nodes.canada, open_ones) == 0)
    return sent


def test_a_restriction_a_wrong_name_and_a_recall_reach_the_draft_and_are_reported(nodes: Nodes) -> None:
    nodes.start()
    envelope = given(nodes)
    corrected(nodes, envelope, "restrict")
    stands = act(nodes.canada, "standing", envelope)
    assert (stands["handling"], stands["drafts"][0]["state"]) == ("H2", "draft")
    assert stands["effects"] == ["governed", "retrieve"]
    corrected(nodes, envelope, "correct", "--wrong", "the", "--right", "THE FIRST")
    corrected(nodes, envelope, "correct", "--wrong", "the", "--right", "THE LAST")
    stands = act(nodes.canada, "standing", envelope)
    assert stands["values"] == [["the", "THE LAST"]]
    assert stands["effects"] == ["mend", "retrieve"]
    last = corrected(nodes, envelope, "recall")
    stands = act(nodes.canada, "standing", envelope)
    assert (stands["state"], stands["effects"]) == ("withdrawn", ["retrieve", "stopped"])
    reported = act(nodes.canada, "report", last)["envelope"]
    arrived(nodes.india, reported)
    wait_for(
        "India to learn that it was withdrawn", lambda: act(nodes.india, "standing", envelope)["state"] == "withdrawn"
    )
    ours = act(nodes.india, "standing", envelope)
    assert ours["reported"].count("done") == 1
    assert nodes.settle().faults == ()


def test_erased_words_are_gone_and_both_logs_still_hold(nodes: Nodes) -> None:
    nodes.start()
    envelope = given(nodes)
    assert act(nodes.canada, "standing", envelope)["sealed_bytes"] > 0
    corrected(nodes, envelope, "erase")
    stands = act(nodes.canada, "standing", envelope)
    assert (stands["erased"], stands["sealed_bytes"], stands["logs_hold"]) == (True, 0, [True, True])
    assert "facts" not in stands["drafts"][0]["fields"]
    assert stands["effects"] == ["retrieve", "taken-out"]
    assert act(nodes.india, "standing", envelope)["erased"] is False, "the originator keeps its own record"


def test_erased_words_go_from_what_was_sent_on_and_its_evidence_still_proves_it(nodes: Nodes) -> None:
    nodes.start()
    envelope = str(UUID(bytes=nodes.release(nodes.india, first=0)[0]))
    arrived(nodes.canada, envelope)
    passed = act(nodes.canada, "pass_back", envelope)["envelope"]
    arrived(nodes.india, passed)
    wait_for("Canada to learn that it came", lambda: act(nodes.canada, "own_copy", passed)["state"] != "released")
    before = act(nodes.canada, "own_copy", passed)
    assert "facts" in before["fields"]
    assert before["payload_bytes"] > 0
    corrected(nodes, envelope, "erase")
    after = act(nodes.canada, "own_copy", passed)
    assert "facts" not in after["fields"]
    assert "erased_in_part" in after["fields"]
    assert (after["payload_bytes"], after["sealed_bytes"], after["has_body"]) == (0, 0, False)
    assert after["digest"] == before["digest"]
    stands = act(nodes.canada, "standing", envelope)
    assert stands["effects"] == ["own-copy", "retrieve"]
    assert stands["logs_hold"] == [True, True]


def test_a_correction_that_crosses_a_line_that_is_cut_is_applied_when_it_mends(nodes: Nodes) -> None:
    nodes.start()
    envelope = given(nodes)
    nodes.canada.kill()
    sent = act(nodes.india, "correct", envelope, "--action", "recall")["envelope"]
    # Meanwhile the draft that quotes it is approved in Canada: what was approved may not leave afterwards.
    nodes.canada.start()
    arrived(nodes.canada, sent)
    wait_for("the recall to be applied", lambda: act(nodes.canada, "standing", envelope)["applied"] == [True])
    assert act(nodes.canada, "standing", envelope)["drafts"][0]["state"] == "draft"
