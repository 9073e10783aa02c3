"""Kills that need more than a moment: before a commit, beside a second worker, and again and again under load.

Source: the fault list, items 3, 5 and 7.
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
from tests.nodes.scene import Scene, ask, inside, wait_for

pytestmark = pytest.mark.nodes

STORM_SECONDS = 30.0
STORM_MESSAGES = 300


@contextmanager
def writing_forbidden(node: NodeProcess) -> Iterator[None]:
    """Holds the write lock of a node's database, so that the node stands still just before a commit."""
    with closing(sqlite3.connect(node.home / "node.sqlite3", isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def test_a_receiver_killed_before_its_commit_has_no_leaf_no_receipt_and_no_effect(scene: Scene) -> None:
    scene.meet()
    with writing_forbidden(scene.india):
        passed = scene.to_india.bytes_to_server
        scene.release(scene.canada, 2)
        wait_for(lambda: scene.to_india.bytes_to_server - passed > 4_000, "the whole batch to arrive")
        scene.india.kill()
    ours, theirs = scene.books()
    assert (theirs.replica.size, theirs.replica.entries, theirs.replica.checkpoints) == (0, (), ())
    assert ours.out.receipted_size == 0
    scene.india.start()
    scene.settle(effects=2)


def test_two_intakes_over_one_database_file_each_entry_once(scene: Scene) -> None:
    scene.meet()
    with inside(scene.india, "tests.nodes.second_intake") as second:
        scene.release(scene.canada, 200)
        scene.settle(effects=200)
    assert second.returncode == 0
    assert ask(scene.india, "SELECT count(*) FROM exchange_message WHERE direction = 'in'") == [(200,)]
    # Dispositions of both intakes together cover each entry once.
    assert scene.settle(effects=200).is_clean


def test_both_nodes_killed_again_and_again_under_load_lose_and_double_nothing(scene: Scene) -> None:
    dice = random.Random(5)
    scene.meet()
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.workload", "release", "--count", str(STORM_MESSAGES), "--pause", "0.05"],
            env=inside_environment(node),
            stdout=subprocess.DEVNULL,
            cwd=REPOSITORY,
        )
        for node in scene.nodes
    ]
    kills = 0
    over = time.monotonic() + STORM_SECONDS
    while time.monotonic() < over or any(writer.poll() is None for writer in writers):
        time.sleep(dice.uniform(0.2, 1.0))
        victims = [node for node in scene.nodes if dice.random() < 0.5] or [scene.canada]
        for node in victims:
            node.kill()
            kills += 1
        for node in victims:
            node.start()
    assert [writer.wait() for writer in writers] == [0, 0]
    assert kills >= 5
    scene.settle(effects=2 * STORM_MESSAGES)
    assert [book.mode for book in scene.books()] == ["open", "open"]
