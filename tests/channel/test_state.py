"""The stored state: whole, versioned, and refused when storage is damaged."""

from dataclasses import replace

import cbor2
import pytest

from accord.channel.encoding import encode
from accord.channel.envelope import MAX_EPOCH
from accord.channel.refusals import EpochsExhausted, ModeForbids
from accord.channel.state import LogHead, Mode, decode_state, encode_state, next_epoch
from accord.errors import AccordError, TrustFails
from tests.channel.specimens import NOW_MS, specimen
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
        used().state.recovery_abandoned(NOW_MS)


def test_a_keyset_of_another_root_extends_no_chain() -> None:
    state = used().state
    stranger = specimen("FR").chain("CA").signed[0]
    with pytest.raises(TrustFails):
        state.with_peer_keyset(stranger)
    with pytest.raises(TrustFails):
        state.with_our_keyset(stranger)


def test_an_announced_restoration_keeps_what_is_receipted_and_begins_an_epoch() -> None:
    state = used().state
    restored = state.restored(NOW_MS)
    assert restored.outgoing.frontier == restored.outgoing.receipted == state.outgoing.receipted
    assert restored.outgoing.epoch == NOW_MS // 1000
    assert restored.outgoing.checkpoint is None
    assert restored.incoming == state.incoming


def test_the_next_epoch_is_the_clock_or_one_more() -> None:
    assert next_epoch(0, NOW_MS) == NOW_MS // 1000
    assert next_epoch(0, NOW_MS + 1000) == NOW_MS // 1000 + 1
    assert next_epoch(7, 0) == 8
    assert next_epoch(NOW_MS // 1000, NOW_MS) == NOW_MS // 1000 + 1
    assert next_epoch(MAX_EPOCH - 1, NOW_MS) == MAX_EPOCH


def test_after_the_last_epoch_a_log_begins_no_other_and_says_so() -> None:
    state = used().state
    last = replace(state, outgoing=replace(state.outgoing, epoch=MAX_EPOCH))
    assert decode_state(encode_state(last)) == last
    with pytest.raises(EpochsExhausted):
        last.restored(NOW_MS)
    with pytest.raises(EpochsExhausted):
        state.restored((MAX_EPOCH + 1) * 1000)
