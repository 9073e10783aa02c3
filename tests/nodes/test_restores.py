"""Backups put back, on one side and on both, and a home that was copied: found out, never papered over.

Source: the fault list, items 12 to 14.
"""

import shutil
from pathlib import Path

import pytest

from accord.cli.demo.nodes import NodeProcess, free_port
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes


def keep(node: NodeProcess, place: Path) -> Path:
    """Makes a backup of a stopped node's home."""
    shutil.copytree(node.home, place)
    return place


def restore(node: NodeProcess, backup: Path) -> None:
    shutil.rmtree(node.home)
    shutil.copytree(backup, node.home)


def sent(nodes: Nodes, count: int, *, filed: int) -> None:
    nodes.start()
    nodes.release(nodes.canada, count)
    nodes.settle(filed=filed)
    for node in nodes.both:
        node.stop()


def epoch(node: NodeProcess) -> int:
    return int(ask(node, "SELECT out_epoch FROM courier_channel"))


def test_a_restored_sender_fetches_its_own_messages_and_goes_on_in_a_new_epoch(nodes: Nodes) -> None:
    sent(nodes, 2, filed=2)
    backup = keep(nodes.canada, nodes.folder / "backup")
    sent(nodes, 3, filed=5)
    whole = nodes.canadas().out
    restore(nodes.canada, backup)
    before = epoch(nodes.canada)
    nodes.start()
    wait_for("the recovery to end", lambda: epoch(nodes.canada) > before)
    recovered = nodes.canadas().out
    assert [entry.leaf for entry in recovered.entries][: whole.size] == [entry.leaf for entry in whole.entries]
    nodes.release(nodes.canada, 1)
    wait_for("a message of the new epoch", lambda: sum(nodes.indias().effects.values()) == 6)
    assert [book.mode for book in nodes.books()] == ["open", "open"]


def test_a_restored_receiver_is_sent_again_what_it_lost_and_files_it_once(nodes: Nodes) -> None:
    sent(nodes, 2, filed=2)
    backup = keep(nodes.india, nodes.folder / "backup")
    sent(nodes, 3, filed=5)
    restore(nodes.india, backup)
    nodes.start()
    wait_for("the effects of the lost entries", lambda: len(nodes.indias().effects) == 5)
    book = nodes.indias()
    assert set(book.effects.values()) == {1}
    assert book.mode == "open"


def test_both_sides_restored_from_different_days_agree_on_the_later_history(nodes: Nodes) -> None:
    sent(nodes, 2, filed=2)
    older = keep(nodes.india, nodes.folder / "older")
    sent(nodes, 2, filed=4)
    newer = keep(nodes.canada, nodes.folder / "newer")
    sent(nodes, 2, filed=6)
    restore(nodes.india, older)
    restore(nodes.canada, newer)
    nodes.start()
    wait_for(
        "the later of the two histories to win",
        lambda: nodes.indias().replica.size == nodes.canadas().out.size >= 4,
    )
    ours, theirs = nodes.books()
    assert [entry.leaf for entry in ours.out.entries] == [entry.leaf for entry in theirs.replica.entries]


def test_a_copied_home_that_speaks_beside_the_original_is_found_out(nodes: Nodes) -> None:
    sent(nodes, 1, filed=1)
    twin = NodeProcess.opened(nodes.canada.home)
    twin.home = keep(nodes.canada, nodes.folder / "twin")
    twin.api_port, twin.channel_port = free_port(), free_port()
    text = (twin.home / "node.toml").read_text()
    text = text.replace(str(nodes.canada.api_port), str(twin.api_port))
    (twin.home / "node.toml").write_text(text.replace(str(nodes.canada.channel_port), str(twin.channel_port)))
    nodes.start()
    try:
        before = ask(twin, "SELECT last_contact_at FROM courier_channel")
        twin.start()
        wait_for("the twin to meet India", lambda: ask(twin, "SELECT last_contact_at FROM courier_channel") != before)
        nodes.to_india.weather.hold_requests = True
        nodes.release(nodes.canada, 1)
        nodes.release(twin, 1)
        size = "SELECT out_size FROM courier_channel"
        wait_for("a fork", lambda: ask(twin, size) >= 2 and ask(nodes.canada, size) >= 2)
        nodes.to_india.heal()
        wait_for("India to freeze the channel", lambda: nodes.indias().mode == "frozen")
        assert ask(nodes.india, "SELECT count(*) FROM courier_alarm WHERE length(evidence) > 0") >= 1
    finally:
        twin.kill()
