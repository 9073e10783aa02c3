"""The stored state: whole, versioned, and refused when storage is damaged."""

from dataclasses import replace

import cbor2
import pytest

from accord.channel.encoding import encode
from accord.channel.refusals import ModeForbids
from accord.channel.state import LogHead, Mode, decode_state, encode_state
from accord.errors import AccordError, TrustFails
from tests.channel.specimens import specimen
from tests.simulators.stored_node import StoredNode, meet, pair


def used() -> StoredNode:
    ca, india = pair()
    meet(india, ca)
    ca.append("one", "two", "three")
    meet(ca, india)
    ca.append("four")
    india.append("i1")
    meet(india, ca)
    return ca


def test_a_state_survives_its_storage() -> None:
    state = used().state
    assert (state.outgoing.size, state.outgoing.receipted_size, state.incoming.size) == (4, 3, 1)
    assert decode_state(encode_state(state)) == state
    for mode in Mode:
        changed = replace(state, mode=mode, witness=b"a note")
        assert decode_state(encode_state(changed)) == changed


@pytest.mark.parametrize(
    ("key", "value"), [(1, 2), (4, 0), (9, "melted"), (9, ""), (10, bytes(20_000)), (7, {}), (5, b""), (2, "C A")]
)
def test_a_damaged_state_is_refused(key: int, value: object) -> None:
    fields = cbor2.loads(encode_state(used().state))
    with pytest.raises(AccordError):
        decode_state(encode({**fields, key: value}))


def test_a_head_whose_receipt_covers_more_than_the_log_is_refused() -> None:
    state = used().state
    torn = replace(state, outgoing=replace(state.outgoing, frontier=LogHead().frontier))
    with pytest.raises(AccordError):
        decode_state(encode_state(torn))


def test_a_state_that_is_cut_short_is_refused() -> None:
    data = encode_state(used().state)
    for size in range(0, len(data), 211):
        with pytest.raises(AccordError):
            decode_state(data[:size])


def test_only_a_recovering_channel_can_give_up_its_recovery() -> None:
    with pytest.raises(ModeForbids):
        used().state.recovery_abandoned()


def test_a_keyset_of_another_root_extends_no_chain() -> None:
    state = used().state
    stranger = specimen("FR").chain("CA").signed[0]
    with pytest.raises(TrustFails):
        state.with_peer_keyset(stranger)
    with pytest.raises(TrustFails):
        state.with_our_keyset(stranger)


def test_an_announced_restoration_keeps_what_is_receipted_and_begins_an_epoch() -> None:
    state = used().state
    restored = state.restored()
    assert restored.outgoing.frontier == restored.outgoing.receipted == state.outgoing.receipted
    assert restored.outgoing.epoch == state.outgoing.epoch + 1
    assert restored.outgoing.checkpoint is None
    assert restored.incoming == state.incoming
