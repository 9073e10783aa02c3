"""A node is killed at the worst moment: nothing is lost, nothing is doubled, and the same receipt is given.

Source: the fault list, items 1 to 5 and 7 (docs/faults.md).
"""

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from bench.pair import REPOSITORY, inside_environment

from accord.cli.demo.nodes import NodeProcess
from accord.errors import AccordError
from tests.nodes.nodes import Nodes, ask, inside, wait_for

pytestmark = pytest.mark.nodes

STORM_SECONDS = 30.0
STORM_MESSAGES = 300
STORM_KILLS = 5
READ_LATER = 120
"""Messages of one burst: they are filed at once, and read in some seconds."""


@contextmanager
def writing_forbidden(node: NodeProcess) -> Iterator[None]:
    """Holds the write lock of a node's database, so that the node stands still just before a commit."""
    with closing(sqlite3.connect(node.home / "node.sqlite3", isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def test_a_sender_killed_after_its_commit_and_before_its_post_sends_once(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_india.cut()
    nodes.release(nodes.canada, 5)
    wait_for("Canada to append", lambda: nodes.canadas().out.size == 5)
    before = nodes.canadas().out.entries
    assert nodes.indias().replica.size == 0
    nodes.canada.kill()
    nodes.to_india.heal()
    nodes.start(nodes.canada)
    nodes.settle(filed=5)
    assert [(e.header, e.sealed) for e in nodes.indias().replica.entries] == [(e.header, e.sealed) for e in before]


def test_a_sender_killed_before_it_stored_the_receipt_gets_the_same_receipt_again(nodes: Nodes) -> None:
    nodes.start()
    # A receipt comes with the answer, or with whatever the peer sends next: both ways are closed.
    nodes.to_canada.cut()
    nodes.to_india.weather.swallow_replies = True
    nodes.release(nodes.canada, 3)
    wait_for("India to hold the batch", lambda: nodes.indias().replica.size == 3)
    given = nodes.indias().replica.receipt
    assert nodes.canadas().out.receipted_size == 0
    nodes.canada.kill()
    nodes.to_india.heal()
    nodes.to_canada.heal()
    nodes.start(nodes.canada)
    nodes.settle(filed=3)
    assert nodes.canadas().out.checkpoints[-1][2] == given


def test_a_receiver_killed_before_its_commit_has_no_leaf_no_receipt_and_no_effect(nodes: Nodes) -> None:
    nodes.start()
    with writing_forbidden(nodes.india):
        passed = nodes.to_india.bytes_to_server
        nodes.release(nodes.canada, 2)
        wait_for("the whole batch to arrive", lambda: nodes.to_india.bytes_to_server - passed > 4_000)
        nodes.india.kill()
    replica = nodes.indias().replica
    assert (replica.size, replica.entries, replica.checkpoints) == (0, (), ())
    assert nodes.canadas().out.receipted_size == 0
    nodes.start(nodes.india)
    nodes.settle(filed=2)


def test_a_receiver_killed_after_its_commit_answers_the_duplicate_with_the_stored_receipt(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_canada.cut()
    nodes.to_india.weather.hold_replies = True
    nodes.release(nodes.canada, 2)
    wait_for("India to hold the batch", lambda: nodes.indias().replica.size == 2)
    given = nodes.indias().replica.receipt
    nodes.india.kill()
    assert nodes.canadas().out.receipted_size == 0
    nodes.to_india.heal()
    nodes.to_canada.heal()
    nodes.start(nodes.india)
    nodes.settle(filed=2)
    assert nodes.indias().replica.receipt == given
    assert nodes.canadas().out.checkpoints[-1][2] == given


def test_a_receiver_killed_after_filing_reads_what_arrived_when_it_is_up_again(nodes: Nodes) -> None:
    nodes.release(nodes.canada, READ_LATER)
    nodes.start()
    filed = "SELECT count(*) FROM exchange_message WHERE direction = 'in'"
    wait_for("India to file", lambda: ask(nodes.india, filed) == READ_LATER)
    nodes.india.kill()
    assert ask(nodes.india, "SELECT count(*) FROM exchange_arrival") > 0
    nodes.start(nodes.india)
    wait_for("India to read", lambda: ask(nodes.india, "SELECT count(*) FROM exchange_arrival") == 0)
    nodes.settle(filed=READ_LATER)
    for read in (
        "SELECT count(*) FROM exchange_searchentry WHERE subject = 'message'",
        "SELECT count(*) FROM handling_keeping",
        "SELECT count(DISTINCT message_id) FROM handling_passage",
        "SELECT count(DISTINCT message_id) FROM notices_notice",
    ):
        assert ask(nodes.india, read) == READ_LATER, read


def test_a_request_that_is_cut_in_the_middle_leaves_nothing_behind(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_india.weather.cut_after_request_bytes = 2_000
    nodes.release(nodes.canada, 5)
    wait_for("Canada to fail", lambda: ask(nodes.canada, "SELECT failures_in_a_row > 0 FROM courier_channel"))
    assert nodes.indias().replica.size == 0
    nodes.to_india.heal()
    nodes.settle(filed=5)


def test_what_was_released_while_the_sender_was_down_waits_in_the_outbox(nodes: Nodes) -> None:
    nodes.release(nodes.canada, 3)
    assert ask(nodes.canada, "SELECT count(*) FROM courier_outbox WHERE state = 'queued'") == 3
    nodes.start()
    nodes.settle(filed=3)


def test_two_intakes_over_one_database_file_each_entry_once(nodes: Nodes) -> None:
    nodes.start()
    with inside(nodes.india, "tests.nodes.second_intake") as second:
        nodes.release(nodes.canada, 200)
        nodes.settle(filed=200)
    assert second.returncode == 0
    assert ask(nodes.india, "SELECT count(*) FROM exchange_message WHERE direction = 'in'") == 200


def test_a_second_process_on_the_same_home_refuses_to_start(nodes: Nodes) -> None:
    nodes.start(nodes.canada)
    with pytest.raises(AccordError, match="runs this home"):
        nodes.canada.run("serve")


def test_both_nodes_killed_again_and_again_under_load_lose_and_double_nothing(nodes: Nodes) -> None:
    dice = random.Random(5)
    nodes.start()
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.workload", "release", "--count", str(STORM_MESSAGES), "--pause", "0.05"],
            env=inside_environment(node),
            stdout=subprocess.DEVNULL,
            cwd=REPOSITORY,
        )
        for node in nodes.both
    ]
    kills = 0
    over = time.monotonic() + STORM_SECONDS
    while kills < STORM_KILLS or time.monotonic() < over or any(writer.poll() is None for writer in writers):
        time.sleep(dice.uniform(0.2, 1.0))
        victims = [node for node in nodes.both if dice.random() < 0.5] or [nodes.canada]
        for node in victims:
            node.kill()
            kills += 1
        nodes.start(*victims)
    assert [writer.wait() for writer in writers] == [0, 0]
    nodes.settle(filed=2 * STORM_MESSAGES, seconds=120)
    assert [book.mode for book in nodes.books()] == ["open", "open"]
