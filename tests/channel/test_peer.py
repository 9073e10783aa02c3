"""The peer machine in honest company: order, duplicates, receipts, duties and modes."""

from dataclasses import replace

import pytest

from accord.channel.attachment import attachment_root, chunk_leaf, chunk_proof
from accord.channel.checkpoint import read_checkpoint, read_receipt
from accord.channel.events import (
    ChunkAccepted,
    ChunksHeld,
    DuplicateEntries,
    EntriesAccepted,
    Event,
    PeerBehind,
    PeerRefused,
    ReceiptAccepted,
    SkewObserved,
)
from accord.channel.frames import Batch, Chunk, Frame, HeldChunks, decode_frame, encode_frame
from accord.channel.keys import SigningKey
from accord.channel.limits import MAX_LOG_SIZE
from accord.channel.merkle import EMPTY_FRONTIER, Frontier
from accord.channel.peer import NOT_NOW, PeerMachine
from accord.channel.refusals import (
    ChannelFrozen,
    ChannelSuspended,
    Misaddressed,
    ModeForbids,
    NoSigner,
    NotMet,
    NotSendable,
    PositionSkipped,
    Recovering,
    WrongSigner,
)
from accord.channel.state import TRANSITIONS, Cause, ChannelState, LogHead, Mode
from accord.errors import AccordError, OurFault
from tests.channel.specimens import NOW_MS, seed, specimen
from tests.simulators.stored_node import CAPSULE, StoredNode, make_envelope, meet, pair


def only(events: list[Event], kind: type[Event]) -> Event:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


def batch_frame(node: StoredNode, start: int, end: int) -> Frame:
    """A frame with entries from ``start`` to ``end``, which must be a signed head."""
    batch = Batch(
        start=start,
        entries=tuple(node.disk.out.entries[start:end]),
        capsules=(CAPSULE,),
        checkpoint=node.disk.out.heads[end][0],
    )
    return replace(node.machine().contact(node.now_ms), batch=batch)


# --- sending and receiving ----------------------------------------------------------------------------------------


def test_a_batch_is_accepted_whole_and_receipted_once() -> None:
    ca, india = pair()
    ca.append("one", "two", "three")
    answer = decode_frame(india.receive(ca.contact()))
    accepted = only(india.seen, EntriesAccepted)
    assert isinstance(accepted, EntriesAccepted)
    assert accepted.start == 0
    assert [header.sender for header in accepted.headers] == ["CA"] * 3
    assert accepted.leaves == tuple(ca.disk.out.leaves)
    assert accepted.capsules == (CAPSULE,)
    assert answer.receipt == accepted.receipt
    ca.receive(encode_frame(answer))
    assert ca.state.outgoing.receipted_size == 3


def test_both_signatures_of_a_round_are_by_the_named_parties_over_one_root() -> None:
    ca, india = pair()
    ca.append("one", "two")
    meet(ca, india)
    head = ca.state.outgoing
    assert head.checkpoint is not None
    assert head.receipt is not None
    checkpoint = read_checkpoint(head.checkpoint, verify_key=specimen("CA").sign.public)
    receipt = read_receipt(head.receipt, verify_key=specimen("IN").sign.public)
    assert receipt.checkpoint == checkpoint
    assert (checkpoint.size, checkpoint.root) == (2, head.root)
    assert receipt.cosigner == "IN"


def test_messages_cross_and_both_logs_go_on() -> None:
    ca, india = pair()
    meet(india, ca)
    for round_number in range(4):
        ca.append(f"c{round_number}")
        india.append(f"i{round_number}", f"j{round_number}")
        meet(ca, india)
        meet(india, ca)
    assert ca.state.outgoing.receipted == india.state.incoming.frontier
    assert india.state.outgoing.receipted == ca.state.incoming.frontier
    assert (ca.state.incoming.size, india.state.incoming.size) == (8, 4)


def test_a_reply_may_carry_entries_of_its_own() -> None:
    ca, india = pair()
    meet(india, ca)
    ca.append("question")
    india.append("answer")
    machine = india.machine()
    events = machine.receive(decode_frame(ca.contact()), india.now_ms)
    reply = machine.reply(india.now_ms, batch=india.disk.out.batch(0, 256))
    assert only(events, EntriesAccepted)
    taken = ca.take(reply)
    assert only(taken, EntriesAccepted)
    assert only(taken, ReceiptAccepted)


def test_known_entries_are_answered_with_the_stored_receipt_byte_for_byte() -> None:
    ca, india = pair()
    ca.append("one")
    request = ca.contact()
    first = decode_frame(india.receive(request))
    india.now_ms += 60_000
    state = india.state
    for _ in range(3):
        assert decode_frame(india.receive(request)).receipt == first.receipt
    assert india.state == state
    assert sum(isinstance(event, DuplicateEntries) for event in india.seen) == 3
    assert len(india.disk.effects) == 1


def test_a_batch_that_overlaps_what_is_known_adds_only_the_rest() -> None:
    ca, india = pair()
    ca.append("one", "two")
    meet(ca, india)
    ca.append("three")
    events = india.take(batch_frame(ca, 0, 3))
    accepted = only(events, EntriesAccepted)
    assert isinstance(accepted, EntriesAccepted)
    assert accepted.start == 2
    assert len(accepted.entries) == 1
    assert india.disk.inn.leaves == ca.disk.out.leaves


def test_an_older_batch_is_known_too() -> None:
    ca, india = pair()
    for label in ("one", "two", "three"):
        ca.append(label)
        meet(ca, india)
    events = india.take(batch_frame(ca, 0, 2))
    duplicate = only(events, DuplicateEntries)
    assert isinstance(duplicate, DuplicateEntries)
    assert duplicate.receipt == india.state.incoming.receipt


def test_a_gap_is_refused_and_the_answer_says_what_is_due() -> None:
    ca, india = pair()
    ca.append("one")
    ca.append("two")
    with pytest.raises(PositionSkipped) as refusal:
        india.take(batch_frame(ca, 1, 2))
    assert refusal.value.fields == {"expected": 0, "got": 1}
    answer = decode_frame(india.receive(encode_frame(batch_frame(ca, 1, 2))))
    assert answer.state.in_size == 0
    events = ca.take(answer)
    assert PeerRefused(code="channel.position-skipped") in events
    assert PeerBehind(their_size=0, has_lost=False) in events


def test_receipts_for_a_part_of_the_log_count_for_that_part() -> None:
    ca, india = pair()
    ca.append("one")
    ca.append("two")
    answer = india.receive(encode_frame(batch_frame(ca, 0, 1)))
    ca.receive(answer)
    assert ca.state.outgoing.receipted_size == 1
    assert ca.state.outgoing.receipted == EMPTY_FRONTIER.append(ca.disk.out.leaves[:1])[0]


def test_a_receipt_is_carried_until_the_peer_shows_that_it_has_it() -> None:
    ca, india = pair()
    meet(india, ca)
    ca.append("one")
    india.receive(ca.contact())  # the answer is lost
    later = decode_frame(india.contact())
    assert later.receipt == india.state.incoming.receipt
    answer = ca.receive(encode_frame(later))
    assert ca.state.outgoing.receipted_size == 1
    india.receive(answer)
    assert decode_frame(india.contact()).receipt is None


def test_a_frame_from_or_to_another_party_is_refused() -> None:
    ca, india = pair()
    frame = decode_frame(ca.contact())
    for other in (replace(frame, sender="FR"), replace(frame, recipient="FR")):
        with pytest.raises(Misaddressed):
            india.take(other)
    with pytest.raises(Misaddressed):
        ca.take(frame)


def test_chunks_are_checked_against_their_root_and_reported() -> None:
    ca, india = pair()
    leaves = [chunk_leaf(piece) for piece in (b"one", b"two")]
    chunk = Chunk(root=attachment_root(leaves), index=1, count=2, data=b"two", proof=chunk_proof(leaves, 1))
    held = HeldChunks(root=chunk.root, count=2, ranges=((1, 2),))
    frame = ca.machine().contact(ca.now_ms, chunks=[chunk], have_chunks=[held])
    events = india.take(frame)
    assert ChunkAccepted(chunk=chunk) in events
    assert ChunksHeld(held=held) in events
    assert held.missing() == (0,)


# --- clocks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_clock_that_is_hours_off_raises_an_alarm_and_stops_nothing(hours: int) -> None:
    ca, india = pair()
    ca.now_ms += hours * 3_600_000
    ca.append("one")
    meet(ca, india)
    alarm = only(india.seen, SkewObserved)
    assert isinstance(alarm, SkewObserved)
    assert alarm.ms == hours * 3_600_000
    assert ca.state.outgoing.receipted_size == 1
    assert any(isinstance(event, SkewObserved) for event in ca.seen)


def test_small_differences_of_clocks_are_no_alarm() -> None:
    ca, india = pair()
    ca.now_ms += 60_000
    ca.append("one")
    meet(ca, india)
    assert not any(isinstance(event, SkewObserved) for event in ca.seen + india.seen)


def test_an_old_parcel_is_no_sign_of_a_wrong_clock() -> None:
    ca, india = pair()
    ca.append("one")
    parcel = ca.contact()
    india.now_ms += 30 * 86_400_000
    india.receive(parcel, is_live=False)
    assert only(india.seen, EntriesAccepted)
    assert not any(isinstance(event, SkewObserved) for event in india.seen)


# --- duties of the caller that the machine insists on -------------------------------------------------------------


def test_nothing_is_appended_before_the_peer_was_heard() -> None:
    ca, india = StoredNode.create("CA", "IN"), StoredNode.create("IN", "CA")
    with pytest.raises(NotMet):
        ca.append("one")
    meet(ca, india)
    ca.append("one")
    assert ca.state.outgoing.size == 1


def test_a_parcel_does_not_count_as_having_met() -> None:
    ca, india = StoredNode.create("CA", "IN"), StoredNode.create("IN", "CA")
    ca.receive(india.contact(), is_live=False)
    assert not ca.has_met
    ca.receive(india.contact())
    assert ca.has_met


def test_a_parcel_can_be_filled_without_having_met_when_the_caller_says_so() -> None:
    ca, india = StoredNode.create("CA", "IN"), StoredNode.create("IN", "CA")
    ca.append("one", unmet=True)
    india.receive(ca.contact(), is_live=False)
    assert india.state.incoming.size == 1


def test_a_locked_custody_accepts_and_appends_nothing_and_says_try_later() -> None:
    ca, india = pair()
    ca.append("one")
    machine = PeerMachine(india.state, signer=None, has_met=True)
    with pytest.raises(NoSigner) as refusal:
        machine.receive(decode_frame(ca.contact()), india.now_ms)
    assert machine.state == india.state
    assert machine.refuse(refusal.value, india.now_ms).refusal == NOT_NOW
    with pytest.raises(NoSigner):
        machine.append([make_envelope("IN", "CA", "one")], india.now_ms)


def test_a_locked_custody_still_takes_receipts() -> None:
    ca, india = pair()
    ca.append("one")
    answer = decode_frame(india.receive(ca.contact()))
    machine = PeerMachine(ca.state, signer=None, has_met=True, own_log=ca.disk.out.hashes)
    assert only(machine.receive(answer, ca.now_ms), ReceiptAccepted)


def test_a_key_that_the_keysets_do_not_name_signs_nothing() -> None:
    ca, india = pair()
    ca.append("one")
    stranger = SigningKey.from_seed(seed("stranger", 64))
    machine = PeerMachine(india.state, signer=stranger, has_met=True)
    with pytest.raises(WrongSigner):
        machine.receive(decode_frame(ca.contact()), india.now_ms)
    with pytest.raises(WrongSigner):
        machine.append([make_envelope("IN", "CA", "one")], india.now_ms)
    assert machine.state == india.state


def test_our_own_faults_have_one_code_for_the_peer() -> None:
    ca, _ = pair()
    fault: AccordError = OurFault("The disk is gone.", code="node.disk")
    frame = ca.machine().refuse(fault, ca.now_ms)
    assert frame.refusal == NOT_NOW


@pytest.mark.parametrize("count", [0, 257])
def test_an_append_takes_one_batch_and_not_more(count: int) -> None:
    ca, _ = pair()
    envelopes = [make_envelope("CA", "IN", "same")] * count
    with pytest.raises(NotSendable):
        ca.machine().append(envelopes, ca.now_ms)


def test_a_batch_beyond_our_own_log_is_not_sent() -> None:
    ca, _ = pair()
    ca.append("one")
    batch = replace(ca.disk.out.batch(0, 256), start=1)
    with pytest.raises(NotSendable):
        ca.machine().contact(ca.now_ms, batch=batch)


def test_a_refused_frame_leaves_the_state_object_untouched() -> None:
    ca, india = pair()
    ca.append("one")
    ca.append("two")
    machine = india.machine()
    before = machine.state
    with pytest.raises(PositionSkipped):
        machine.receive(batch_frame(ca, 1, 2), india.now_ms)
    assert machine.state is before


def test_a_receipt_in_a_frame_whose_batch_is_refused_does_not_count() -> None:
    ca, india = pair()
    meet(india, ca)
    india.append("i1")
    ca.receive(india.contact())  # the answer is lost
    ca.append("one")
    ca.append("two")
    frame = batch_frame(ca, 1, 2)
    assert frame.receipt is not None
    with pytest.raises(PositionSkipped):
        india.take(frame)
    assert india.state.outgoing.receipted_size == 0


# --- modes --------------------------------------------------------------------------------------------------------


def test_a_suspended_channel_takes_and_sends_nothing_until_it_is_resumed() -> None:
    ca, india = pair()
    ca.append("one")
    india.state = india.state.suspended()
    with pytest.raises(ChannelSuspended):
        india.take(decode_frame(ca.contact()))
    with pytest.raises(ChannelSuspended):
        india.append("i1")
    answer = decode_frame(india.receive(ca.contact()))
    assert answer == replace(decode_frame(india.contact()), sent_ms=answer.sent_ms)
    assert (answer.refusal, answer.batch, answer.receipt, answer.witness) == ("channel.suspended", None, None, None)
    india.state = india.state.resumed()
    meet(ca, india)
    assert ca.state.outgoing.receipted_size == 1


def test_nothing_is_appended_for_a_suspended_peer_until_it_is_heard_again() -> None:
    ca, india = pair()
    india.state = india.state.suspended()
    told = india.contact()
    ca.receive(told)
    with pytest.raises(NotMet):
        ca.append("one")
    india.state = india.state.resumed()
    ca.receive(india.contact())
    ca.append("one")
    meet(ca, india)
    assert ca.state.outgoing.receipted_size == 1
    ca.receive(told, is_live=False)
    ca.append("two")


def test_a_frozen_channel_still_says_where_it_stands_and_nothing_more() -> None:
    ca, _ = pair()
    ca.state = replace(ca.state, mode=Mode.FROZEN)
    machine = ca.machine()
    frame = machine.contact(ca.now_ms)
    assert (frame.batch, frame.receipt, frame.fetch) == (None, None, None)
    assert frame.refusal == "channel.frozen"
    with pytest.raises(ChannelFrozen):
        machine.contact(ca.now_ms, have_chunks=[HeldChunks(root=bytes(32), count=1, ranges=())])
    with pytest.raises(ChannelFrozen):
        machine.append([make_envelope("CA", "IN", "one")], ca.now_ms)


def test_a_recovering_node_sends_nothing_of_its_own_log_but_still_receives() -> None:
    ca, india = pair()
    meet(india, ca)
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    india.append("i1")
    ca.restore(backup)
    answer = india.receive(ca.contact())
    ca.receive(answer)
    assert ca.state.mode is Mode.RECOVERING
    with pytest.raises(Recovering):
        ca.append("c2")
    ca.receive(india.contact())
    assert ca.state.incoming.size == 1


def test_every_change_of_mode_stands_in_the_table() -> None:
    state = StoredNode.create("CA", "IN").state
    for mode in Mode:
        for cause in Cause:
            if (mode, cause) in TRANSITIONS:
                assert replace(state, mode=mode).changed(cause).mode is TRANSITIONS[mode, cause]
            else:
                with pytest.raises(ModeForbids):
                    replace(state, mode=mode).changed(cause)
    assert set(TRANSITIONS.values()) == set(Mode)


def test_a_resumed_or_thawed_channel_that_was_recovering_goes_on_recovering() -> None:
    state = replace(StoredNode.create("CA", "IN").state, witness=b"note", mode=Mode.RECOVERING)
    assert state.suspended().resumed().mode is Mode.RECOVERING
    assert state.changed(Cause.EQUIVOCATION_PROVEN).thawed().mode is Mode.RECOVERING
    open_state = replace(state, witness=None, mode=Mode.OPEN)
    assert open_state.suspended().resumed().mode is Mode.OPEN


# --- cost ---------------------------------------------------------------------------------------------------------


class CountingSigner:
    """Counts signatures."""

    def __init__(self, key: SigningKey) -> None:
        self.key, self.count = key, 0

    @property
    def public(self):  # type: ignore[no-untyped-def]
        return self.key.public

    def sign(self, context: bytes, message: bytes):  # type: ignore[no-untyped-def]
        self.count += 1
        return self.key.sign(context, message)


def test_a_batch_costs_one_signature_on_each_side(monkeypatch: pytest.MonkeyPatch) -> None:
    ca, india = pair()
    ours, theirs = CountingSigner(specimen("CA").sign), CountingSigner(specimen("IN").sign)
    verified = 0
    honest = type(specimen("CA").sign.public).verify

    def counting(self, *arguments: object) -> None:  # type: ignore[no-untyped-def]
        nonlocal verified
        verified += 1
        honest(self, *arguments)

    sending = PeerMachine(ca.state, signer=ours, has_met=True)
    envelopes = [make_envelope("CA", "IN", f"m{number}") for number in range(256)]
    appended = sending.append(envelopes, NOW_MS)
    entries = tuple((envelope.header, envelope.sealed) for envelope in envelopes)
    batch = Batch(start=0, entries=entries, capsules=(CAPSULE,), checkpoint=appended.checkpoint)
    receiving = PeerMachine(india.state, signer=theirs, has_met=True)
    monkeypatch.setattr(type(specimen("CA").sign.public), "verify", counting)
    receiving.receive(sending.contact(NOW_MS, batch=batch), NOW_MS)
    assert (ours.count, theirs.count, verified) == (1, 1, 1)
    assert [node.level for node in appended.stride_nodes] == [8]
    assert receiving.state.incoming.frontier == Frontier(256, (appended.stride_nodes[0].hash,))


def test_a_state_is_complete_without_the_machine_that_made_it() -> None:
    ca, india = pair()
    ca.append("one")
    meet(ca, india)
    assert isinstance(ca.state, ChannelState)
    again = PeerMachine(india.state, signer=specimen("IN").sign)
    assert again.contact(NOW_MS).state == india.machine().contact(NOW_MS).state


def test_what_an_old_parcel_claims_does_not_stop_us() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    frame = decode_frame(india.contact())
    boast = replace(frame, receipt=None, state=replace(frame.state, in_size=2**61, in_root=bytes(32)))
    ca.receive(encode_frame(boast), is_live=False)
    assert ca.has_met
    ca.receive(encode_frame(boast), is_live=True)
    assert not ca.has_met


def test_a_log_that_is_full_takes_no_more_and_says_so() -> None:
    ca, _ = pair()
    full = Frontier(MAX_LOG_SIZE - 1, (bytes(32),) * (MAX_LOG_SIZE - 1).bit_count())
    ca.state = replace(ca.state, outgoing=LogHead(frontier=full, receipted=full))
    with pytest.raises(NotSendable) as caught:
        ca.append("one", "more")
    assert caught.value.reason_code == "channel.log-full"
    ca.append("the last")
    assert ca.state.outgoing.size == MAX_LOG_SIZE
    with pytest.raises(NotSendable):
        ca.append("one more")
