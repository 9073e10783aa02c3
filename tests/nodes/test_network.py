"""What a bad or hostile network can do: at most delay.

Source: the fault list, items 16, 18, 19, 28 and 33.
"""

import socket
import ssl
from collections import Counter
from dataclasses import replace

import pytest

from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes


def speak(port: int, context: ssl.SSLContext) -> None:
    # TLS 1.3 tells a client that its certificate is missing when it first reads (RFC 8446, section 4.4.2.4).
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain, context.wrap_socket(plain) as line:
        line.sendall(b"POST /channel/v1/contact HTTP/1.1\r\nHost: india\r\nContent-Length: 1\r\n\r\nx")
        if not line.recv(1):
            raise ConnectionResetError("closed")


def test_requests_that_arrive_while_replies_are_lost_have_one_effect(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_india.weather.swallow_replies = True
    nodes.to_canada.cut()  # else India's own contact brings the receipt, and nothing is tried again
    nodes.release(nodes.canada, 3)
    wait_for("India to hold the entries", lambda: nodes.indias().replica.size >= 3)
    size = nodes.indias().replica.size
    wait_for("three tries whose replies were lost", lambda: nodes.to_india.replies_swallowed >= 3)
    assert nodes.indias().replica.size == size
    nodes.to_india.heal()
    nodes.to_canada.heal()
    nodes.settle(filed=3)


def test_flipped_bits_are_refused_and_the_message_comes_through_afterwards(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_india.weather.flip_request_bits = True
    nodes.release(nodes.canada, 2)
    wait_for("two failed contacts", lambda: ask(nodes.canada, "SELECT failures_in_a_row >= 2 FROM courier_channel"))
    assert nodes.indias().replica.size == 0
    nodes.to_india.heal()
    nodes.settle(filed=2)


def test_a_peer_that_wakes_up_ends_the_back_off(nodes: Nodes) -> None:
    nodes.start()
    nodes.india.kill()
    nodes.release(nodes.canada, 2)
    wait_for("four failures in a row", lambda: ask(nodes.canada, "SELECT failures_in_a_row >= 4 FROM courier_channel"))
    nodes.start(nodes.india)
    nodes.settle(filed=2)
    assert ask(nodes.canada, "SELECT failures_in_a_row = 0 AND back_off_until IS NULL FROM courier_channel") == 1


def test_a_stranger_without_the_pinned_certificate_changes_nothing_but_raises_an_alarm(nodes: Nodes) -> None:
    nodes.start()
    before = nodes.indias()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with pytest.raises(OSError, match=r"(?i)certificate|closed|reset|eof"):
        speak(nodes.india.channel_port, context)
    alarms = before.alarms + Counter({"courier.unknown-certificate": 1})
    wait_for("India's alarm", lambda: nodes.indias().alarms == alarms)
    assert nodes.indias() == replace(before, alarms=alarms)


def test_a_delayed_line_only_delays(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_india.weather.delay_seconds = 0.2
    nodes.to_canada.weather.delay_seconds = 0.2
    nodes.release(nodes.canada, 3)
    nodes.release(nodes.india, 3)
    nodes.settle(filed=6)


def test_a_peer_that_trickles_bytes_does_not_hold_up_the_other_direction(nodes: Nodes) -> None:
    nodes.start()
    nodes.to_india.weather.bytes_per_second = 5
    nodes.release(nodes.canada, 2)
    nodes.release(nodes.india, 3)
    wait_for("India's messages at Canada", lambda: nodes.canadas().replica.size >= 3)
    assert nodes.india.call("GET", "/me", as_="duty").status == 200
    nodes.to_india.heal()
    nodes.settle(filed=5)
