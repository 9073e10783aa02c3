"""Backups put back, on one side and on both, and a home that was copied: found out, never papered over.

Source: the fault list, items 12 to 14.
"""

import shutil

import pytest

from accord.cli.demo.nodes import NodeProcess, free_port
from tests.nodes.checker import read_books
from tests.nodes.scene import Scene, ask, wait_for

pytestmark = pytest.mark.nodes


def epoch(node: NodeProcess) -> int:
    return int(ask(node, "SELECT out_epoch FROM courier_channel")[0][0])


def test_a_restored_sender_fetches_its_own_messages_and_goes_on_in_a_new_epoch(scene: Scene) -> None:
    scene.start()
    scene.release(scene.canada, 2)
    scene.settle()
    scene.canada.stop()
    backup = scene.keep(scene.canada)
    scene.canada.start()
    scene.release(scene.canada, 3)
    scene.settle()
    scene.canada.stop()
    whole = read_books(scene.canada.home)["IN"].out
    scene.restore(scene.canada, backup)
    before = epoch(scene.canada)
    scene.canada.start()
    wait_for(lambda: epoch(scene.canada) > before, "the recovery to end")
    recovered = read_books(scene.canada.home)["IN"].out
    assert [entry.leaf for entry in recovered.entries][: whole.size] == [entry.leaf for entry in whole.entries]
    scene.release(scene.canada, 1)
    wait_for(lambda: read_books(scene.india.home)["CA"].replica.size > whole.size, "a message of the new epoch")
    assert not any(book.mode == "frozen" for book in scene.books())


def test_a_restored_receiver_is_sent_again_what_it_lost(scene: Scene) -> None:
    scene.start()
    scene.release(scene.canada, 2)
    scene.settle()
    scene.india.stop()
    backup = scene.keep(scene.india)
    scene.india.start()
    scene.release(scene.canada, 3)
    scene.settle()
    scene.india.stop()
    scene.restore(scene.india, backup)
    scene.india.start()
    wait_for(lambda: read_books(scene.india.home)["CA"].replica.size >= 5, "the lost entries")
    wait_for(lambda: len(read_books(scene.india.home)["CA"].effects) >= 5, "their effects")
    book = read_books(scene.india.home)["CA"]
    assert set(book.effects.values()) == {1}
    assert book.mode == "open"


def test_both_sides_restored_from_different_days_never_go_on_in_silence(scene: Scene) -> None:
    scene.start()
    scene.release(scene.canada, 2)
    scene.settle()
    scene.stop()
    older, newer = scene.keep(scene.india), None
    scene.start()
    scene.release(scene.canada, 2)
    scene.settle()
    scene.stop()
    newer = scene.keep(scene.canada)
    scene.start()
    scene.release(scene.canada, 2)
    scene.settle()
    scene.stop()
    scene.restore(scene.india, older)
    scene.restore(scene.canada, newer)
    scene.start()
    wait_for(
        lambda: read_books(scene.india.home)["CA"].replica.size == read_books(scene.canada.home)["IN"].out.size >= 4,
        "the later of the two histories to win",
    )
    ours, theirs = scene.books()
    assert [entry.leaf for entry in ours.out.entries] == [entry.leaf for entry in theirs.replica.entries]


def test_a_copied_home_that_speaks_beside_the_original_is_found_out(scene: Scene) -> None:
    scene.start()
    scene.release(scene.canada, 1)
    scene.settle()
    scene.canada.stop()
    twin = NodeProcess.opened(scene.canada.home)
    twin.home = scene.folder / "twin"
    shutil.copytree(scene.canada.home, twin.home)
    text = (twin.home / "node.toml").read_text()
    twin.api_port, twin.channel_port = free_port(), free_port()
    text = text.replace(str(scene.canada.api_port), str(twin.api_port))
    (twin.home / "node.toml").write_text(text.replace(str(scene.canada.channel_port), str(twin.channel_port)))
    scene.canada.start()
    try:
        twin.start()
        met = "SELECT 1 FROM courier_channel WHERE last_contact_at IS NOT NULL"
        wait_for(lambda: ask(twin, met) and ask(scene.canada, met), "both to have met India")
        scene.to_india.weather.hold_requests = True
        scene.release(scene.canada, 1)
        scene.release(twin, 1)
        size = "SELECT out_size FROM courier_channel"
        wait_for(lambda: ask(twin, size) == ask(scene.canada, size) and ask(twin, size)[0][0] >= 2, "a fork")
        scene.to_india.heal()
        wait_for(lambda: read_books(scene.india.home)["CA"].mode == "frozen", "India to freeze the channel")
        assert ask(scene.india, "SELECT count(*) FROM courier_alarm WHERE length(evidence) > 0")[0][0] >= 1
    finally:
        twin.stop()
