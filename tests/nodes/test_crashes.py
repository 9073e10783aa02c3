"""Kills at the worst moments: nothing is lost, nothing is doubled, and both logs agree.

Source: the fault list, items 1 to 5 and 7.
"""

import random

import pytest

from tests.nodes.checker import read_books
from tests.nodes.scene import Scene, ask, wait_for

pytestmark = pytest.mark.nodes

MET = "SELECT out_size FROM courier_channel WHERE last_contact_at IS NOT NULL"


def flushed(scene: Scene) -> int:
    return read_books(scene.canada.home)["IN"].out.size


def test_what_was_sealed_before_a_kill_is_sent_once_after_the_restart(scene: Scene) -> None:
    scene.start()
    wait_for(lambda: ask(scene.canada, MET), "the first contact")
    scene.to_india.cut()
    scene.release(scene.canada, 3)
    wait_for(lambda: flushed(scene) >= 3, "the entries to be in the log")
    scene.canada.kill()
    scene.to_india.heal()
    scene.canada.start()
    assert scene.settle().filed >= 3


def test_what_was_released_while_the_sender_was_down_waits_in_the_outbox(scene: Scene) -> None:
    scene.release(scene.canada, 3)
    assert ask(scene.canada, "SELECT count(*) FROM courier_outbox WHERE state = 'queued'") == [(3,)]
    scene.start()
    assert scene.settle().filed >= 3


def test_a_sender_killed_before_the_receipt_gets_the_same_receipt_again(scene: Scene) -> None:
    scene.start()
    wait_for(lambda: ask(scene.canada, MET), "the first contact")
    scene.to_india.weather.hold_replies = True
    scene.release(scene.canada, 2)
    held = wait_for(lambda: read_books(scene.india.home)["CA"].replica.receipt, "India to hold the entries")
    scene.canada.kill()
    assert read_books(scene.canada.home)["IN"].out.receipted_size < 2
    scene.to_india.heal()
    scene.canada.start()
    scene.settle()
    receipts = [receipt for _, _, receipt in read_books(scene.canada.home)["IN"].out.checkpoints]
    assert held in receipts


def test_a_receiver_killed_in_the_middle_of_a_request_keeps_nothing_of_it(scene: Scene) -> None:
    scene.start()
    wait_for(lambda: ask(scene.canada, MET), "the first contact")
    scene.to_india.weather.cut_after_request_bytes = 2_000
    scene.release(scene.canada, 5)
    wait_for(lambda: flushed(scene) >= 5, "the entries to be in Canada's log")
    scene.india.kill()
    assert read_books(scene.india.home)["CA"].replica.size == 0
    scene.to_india.heal()
    scene.india.start()
    assert scene.settle().filed >= 5


def test_a_receiver_killed_before_its_reply_answers_again_with_the_stored_receipt(scene: Scene) -> None:
    scene.start()
    wait_for(lambda: ask(scene.canada, MET), "the first contact")
    scene.to_india.weather.swallow_replies = True
    scene.release(scene.canada, 2)
    held = wait_for(lambda: read_books(scene.india.home)["CA"].replica.receipt, "India to hold the entries")
    scene.india.kill()
    scene.to_india.heal()
    scene.india.start()
    scene.settle()
    receipts = [receipt for _, _, receipt in read_books(scene.canada.home)["IN"].out.checkpoints]
    assert held in receipts


def test_a_storm_of_kills_under_load_loses_and_doubles_nothing(scene: Scene) -> None:
    chance = random.Random(7)
    scene.start()
    for _ in range(5):
        victim = chance.choice(scene.nodes)
        scene.release(scene.canada, 12)
        victim.kill()
        scene.release(scene.india, 4)
        victim.start()
    verdict = scene.settle()
    assert verdict.filed >= 5 * 16
    assert not any(book.alarms["channel.equivocation"] for book in scene.books())


def test_a_second_process_on_the_same_home_refuses_to_start(scene: Scene) -> None:
    scene.canada.start()
    with pytest.raises(Exception, match="runs this home"):
        scene.canada.run("serve")
