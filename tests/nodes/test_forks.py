"""A peer that shows two histories: the channel freezes, and the proof convicts it before a stranger.

Source: the fault list, items 35, 37 and 38.
"""

import pytest

from accord.channel.equivocation import decode_equivocation, verify_equivocation
from tests.nodes.nodes import Nodes, ask
from tests.nodes.wire_peer import WirePeer

pytestmark = pytest.mark.nodes


def bytes_of(nodes: Nodes) -> list[tuple[bytes, bytes]]:
    """Canada's copy of India's log, without what its own intake notes beside it."""
    return [(entry.header, entry.sealed) for entry in nodes.canadas().replica.entries]


@pytest.mark.parametrize("lie", ["split-view", "truncate-and-go-on"])
def test_a_peer_that_signs_two_histories_is_convicted_and_the_channel_stands_still(nodes: Nodes, lie: str) -> None:
    nodes.start(nodes.canada)
    peer = WirePeer(nodes)
    peer.converse()
    for labels in (("i1", "i2"), ("i3",)):
        peer.node.append(*labels)
        assert peer.converse().status == 200
    before = bytes_of(nodes)
    peer.lied(lie)
    book = nodes.canadas()
    assert book.mode == "frozen"
    assert bytes_of(nodes)[: len(before)] == before
    # The proof is judged with India's keysets alone, under the root that was compared in person.
    proof = ask(nodes.canada, "SELECT evidence FROM courier_alarm WHERE code = 'courier.equivocation'")
    proven = verify_equivocation(decode_equivocation(proof), peer.node.state.our_chain)
    assert proven.party == "IN"
    assert "IN signed two logs towards CA" in proven.sentence
    # Nothing more is taken, and nothing more is sent, until officers decide.
    again = peer.deliver(peer.with_batch(peer.batch_of(peer.envelope("i9"))))
    assert again.refusal == "channel.frozen"
    nodes.release(nodes.canada, 1)
    assert ask(nodes.canada, "SELECT state FROM courier_outbox WHERE kind = 'spontaneous-information'") == "queued"
    assert nodes.canadas().out.size == book.out.size
    assert nodes.canada.call("GET", "/me", as_="duty").status == 200


def test_an_unsigned_claim_to_hold_less_than_was_receipted_takes_nothing_back(nodes: Nodes) -> None:
    nodes.start()
    nodes.release(nodes.canada, 2)
    nodes.settle(filed=2)
    nodes.india.kill()
    before = nodes.canadas().out
    # The liar holds India's keys and none of its memory: it says that it has nothing.
    answer = WirePeer(nodes).converse()
    assert answer.status == 200
    assert answer.frame.batch is None
    assert nodes.canadas().out == before
    assert nodes.canadas().mode == "open"
    nodes.start(nodes.india)
    nodes.release(nodes.canada, 1, first=10)
    nodes.settle(filed=3)
