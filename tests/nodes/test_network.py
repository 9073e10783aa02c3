"""What a bad or hostile network can do: at most delay.

Source: the fault list, items 16, 18, 19, 28, 33 and 34.
"""

import ssl

import pytest
import urllib3

from tests.nodes.checker import read_books
from tests.nodes.scene import Scene, ask, wait_for

pytestmark = pytest.mark.nodes

MET = "SELECT out_size FROM courier_channel WHERE last_contact_at IS NOT NULL"


def meet(scene: Scene) -> None:
    scene.start()
    for node in scene.nodes:
        wait_for(lambda node=node: ask(node, MET), "the first contact")


def test_requests_that_arrive_while_replies_are_lost_have_one_effect(scene: Scene) -> None:
    meet(scene)
    scene.to_india.weather.swallow_replies = True
    scene.release(scene.canada, 3)
    wait_for(lambda: read_books(scene.india.home)["CA"].replica.size >= 3, "India to hold the entries")
    size = read_books(scene.india.home)["CA"].replica.size
    wait_for(lambda: scene.to_india.replies_swallowed >= 3, "three tries whose replies were lost")
    assert read_books(scene.india.home)["CA"].replica.size == size
    scene.to_india.heal()
    scene.settle()


def test_flipped_bits_are_refused_and_the_message_comes_through_afterwards(scene: Scene) -> None:
    meet(scene)
    scene.to_india.weather.flip_request_bits = True
    scene.release(scene.canada, 2)
    wait_for(
        lambda: ask(scene.canada, "SELECT 1 FROM courier_channel WHERE failures_in_a_row >= 2"), "two failed contacts"
    )
    assert read_books(scene.india.home)["CA"].replica.size == 0
    scene.to_india.heal()
    scene.settle()


def test_a_peer_that_wakes_up_ends_the_back_off(scene: Scene) -> None:
    meet(scene)
    scene.india.kill()
    scene.release(scene.canada, 2)
    # The longest wait of the back-off, so that only the peer's own sign of life can end it in time.
    until = wait_for(
        lambda: ask(scene.canada, "SELECT back_off_until FROM courier_channel WHERE failures_in_a_row >= 5"),
        "five failures in a row",
    )
    scene.india.start()
    scene.settle()
    assert ask(scene.canada, "SELECT failures_in_a_row, back_off_until FROM courier_channel") == [(0, None)]
    assert until


def test_a_stranger_without_the_pinned_certificate_changes_nothing(scene: Scene) -> None:
    meet(scene)
    before = read_books(scene.india.home)["CA"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    pool = urllib3.HTTPSConnectionPool("127.0.0.1", scene.india.channel_port, ssl_context=context, retries=False)
    with pytest.raises(urllib3.exceptions.HTTPError):
        pool.request("POST", "/channel/v1/contact", body=b"x", timeout=5.0)
    assert read_books(scene.india.home)["CA"] == before


def test_a_slow_and_delayed_line_only_delays(scene: Scene) -> None:
    meet(scene)
    scene.to_india.weather.delay_seconds = 0.2
    scene.to_canada.weather.delay_seconds = 0.2
    scene.release(scene.canada, 3)
    scene.release(scene.india, 3)
    scene.settle()


def test_a_peer_that_trickles_bytes_does_not_hold_up_the_other_direction(scene: Scene) -> None:
    meet(scene)
    scene.to_india.weather.bytes_per_second = 5
    scene.release(scene.canada, 2)
    scene.release(scene.india, 3)
    wait_for(lambda: read_books(scene.canada.home)["IN"].replica.size >= 3, "India's messages at Canada")
    assert scene.india.call("GET", "/me", as_="duty").status == 200
    scene.to_india.heal()
    scene.settle()
