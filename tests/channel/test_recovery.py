"""Lost disks, restored backups and clones: what was delivered comes back, and nothing is sent twice."""

from dataclasses import replace

import pytest

from accord.channel.equivocation import prove_against_log, verify_equivocation
from accord.channel.events import (
    DuplicateEntries,
    EquivocationProven,
    Event,
    OwnEntriesRecovered,
    OwnKeysetsRecovered,
    PeerBehind,
    PeerDisagrees,
    ReceiptAccepted,
    RecoveryCompleted,
    ReplicaLost,
    RolledBack,
)
from accord.channel.frames import Batch, Fetched, decode_frame, encode_frame
from accord.channel.key_entry import KeyEntry
from accord.channel.keys import SigningKey
from accord.channel.keyset import sign_keyset
from accord.channel.refusals import CheckpointMismatch, PositionSkipped, ReceiptMismatch
from accord.channel.state import Mode
from accord.errors import TrustFails
from tests.channel.specimens import NOW_MS, seed, specimen
from tests.simulators.stored_node import CAPSULE, StoredNode, envelope_id, meet, pair


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def settle(one: StoredNode, other: StoredNode, rounds: int = 12) -> None:
    for _ in range(rounds):
        meet(one, other)
        meet(other, one)
        for node in (one, other):
            if node.has_met and node.state.mode is Mode.OPEN:
                node.flush()


def assert_whole(one: StoredNode, other: StoredNode, labels: set[str]) -> None:
    """Every label stands once in both copies of the log, was effective once, and is receipted."""
    wanted = sorted(envelope_id(label) for label in labels)
    assert sorted(one.disk.out.ids()) == wanted
    assert sorted(other.disk.inn.ids()) == wanted
    assert sorted(other.disk.effects) == wanted
    assert one.disk.out.entries == other.disk.inn.entries
    assert one.state.outgoing.receipted == other.state.incoming.frontier


def test_a_node_restored_from_a_backup_gets_its_own_words_back_and_goes_on_in_a_new_epoch() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup = ca.backup()
    for label in ("c2", "c3", "c4"):
        ca.append(label)
        meet(ca, india)
    lost = ca.disk.out.entries[1:]
    ca.restore(backup)
    ca.seen.clear()
    settle(ca, india, rounds=4)
    assert kinds(ca.seen) == [RolledBack, OwnEntriesRecovered, RecoveryCompleted]
    rolled_back, recovered, completed = ca.seen
    assert isinstance(rolled_back, RolledBack)
    assert isinstance(recovered, OwnEntriesRecovered)
    assert isinstance(completed, RecoveryCompleted)
    assert (rolled_back.to_size, rolled_back.witness_size) == (1, 4)
    assert (recovered.start, list(recovered.entries)) == (1, lost)
    assert recovered.capsules == (CAPSULE,)
    assert (completed.epoch, completed.size) == (NOW_MS // 1000, 4)
    ca.append("c5")
    settle(ca, india, rounds=2)
    assert india.state.incoming.epoch == NOW_MS // 1000
    assert_whole(ca, india, {"c1", "c2", "c3", "c4", "c5"})


def test_nothing_is_signed_between_the_restoration_and_the_recovery() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    ca.restore(backup)
    ca.enqueue("c2")
    assert not ca.has_met
    ca.receive(india.receive(ca.contact()))
    assert ca.state.mode is Mode.RECOVERING
    assert ca.state.outgoing.size == 0
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2"})


def test_what_was_queued_in_the_backup_and_delivered_since_is_not_sent_again() -> None:
    ca, india = pair()
    ca.enqueue("c1", "c2")
    backup = ca.backup()
    ca.flush()
    meet(ca, india)
    ca.restore(backup)
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2"})


def test_entries_that_were_appended_and_never_received_go_back_into_the_queue() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup = ca.backup()
    ca.append("c2")
    meet(ca, india)
    ca.restore(backup)
    ca.append("c3", unmet=True)  # against all advice, and never sent
    ca.receive(india.receive(encode_frame(ca.machine().contact(ca.now_ms))))
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2", "c3"})
    assert ca.state.mode is india.state.mode is Mode.OPEN


def test_a_long_loss_is_recovered_batch_by_batch() -> None:
    ca, india = pair()
    backup = ca.backup()
    india.limit = 2
    labels = [f"c{number}" for number in range(9)]
    for label in labels:
        ca.append(label)
        meet(ca, india)
    ca.restore(backup)
    settle(ca, india, rounds=12)
    assert sum(isinstance(event, OwnEntriesRecovered) for event in ca.seen) == 5
    assert_whole(ca, india, set(labels))


def test_a_crash_in_the_midst_of_recovery_goes_on_where_it_stopped() -> None:
    ca, india = pair()
    backup = ca.backup()
    india.limit = 1
    for label in ("c1", "c2", "c3"):
        ca.append(label)
        meet(ca, india)
    ca.restore(backup)
    meet(ca, india)
    meet(ca, india)
    assert ca.state.mode is Mode.RECOVERING
    ca.crash()
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2", "c3"})


def test_a_peer_that_was_restored_is_sent_again_what_it_lost() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup = india.backup()
    for label in ("c2", "c3"):
        ca.append(label)
        meet(ca, india)
    india.restore(backup)
    ca.seen.clear()
    ca.receive(india.contact())
    assert PeerBehind(their_size=1, has_lost=True) in ca.seen
    india.receive(ca.contact(start=1))
    assert_whole(ca, india, {"c1", "c2", "c3"})
    assert ca.state.outgoing.receipted_size == 3


def test_both_restored_from_different_days_keep_what_either_still_holds() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    older = india.backup()
    ca.append("c2")
    meet(ca, india)
    newer = ca.backup()
    ca.append("c3")
    meet(ca, india)
    ca.restore(newer)
    india.restore(older)
    ca.receive(india.contact())
    india.receive(ca.contact(start=1))
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2"})
    ca.append("c4")
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2", "c4"})


def test_a_gap_that_nobody_can_fill_waits_for_officers_and_is_named() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backups = ca.backup(), india.backup()
    ca.append("c2")
    meet(ca, india)
    ca.restore(backups[0])
    meet(ca, india)
    assert ca.state.mode is Mode.RECOVERING
    india.restore(backups[1])  # now the peer has lost it, too
    settle(ca, india)
    assert ca.state.mode is Mode.RECOVERING
    ca.state = ca.state.recovery_abandoned(NOW_MS)
    assert (ca.state.mode, ca.state.outgoing.epoch, ca.state.witness) == (
        Mode.OPEN,
        NOW_MS // 1000 + 1,
        None,
    )
    ca.enqueue("c3")
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c3"})


def test_a_clone_that_goes_on_by_itself_is_caught_with_a_proof() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    clone = ca.clone()
    ca.append("c2")
    meet(ca, india)
    clone.append("x2")
    answer = decode_frame(india.receive(clone.contact()))
    (event,) = [event for event in india.seen if isinstance(event, EquivocationProven)]
    assert verify_equivocation(event.proof, india.state.peer_chain).party == "CA"
    assert india.state.mode is Mode.FROZEN
    assert answer.batch is None


@pytest.mark.parametrize("lead", [1, 2, 3])
@pytest.mark.parametrize("trail", [1, 2, 3])
def test_a_clone_is_caught_however_far_the_two_have_gone(lead: int, trail: int) -> None:
    ca, india = pair()
    clone = ca.clone()
    for number in range(lead):
        ca.append(f"c{number}")
        meet(ca, india)
    clone.append(*(f"x{number}" for number in range(trail)))
    india.receive(clone.contact())
    (event,) = [event for event in india.seen if isinstance(event, EquivocationProven)]
    verify_equivocation(event.proof, india.state.peer_chain)


def test_a_clone_that_listens_first_recovers_and_then_the_other_one_does() -> None:
    ca, india = pair()
    clone = ca.clone()
    ca.append("c1")
    meet(ca, india)
    clone.crash()
    settle(clone, india)
    assert clone.disk.out.entries == ca.disk.out.entries
    clone.append("x2")
    meet(clone, india)
    ca.crash()
    settle(ca, india)
    assert ca.disk.out.entries == india.disk.inn.entries
    assert ca.state.outgoing.epoch > clone.state.outgoing.epoch


def test_after_a_thaw_the_author_of_the_fork_recovers_what_was_co_signed() -> None:
    ca, india = pair()
    clone = ca.clone()
    clone.append("x1")
    india.receive(clone.contact())
    ca.append("c1")
    answer = india.receive(ca.contact())
    assert india.state.mode is Mode.FROZEN
    ca.receive(answer)
    india.state = india.state.thawed()
    settle(ca, india)
    assert_whole(ca, india, {"x1", "c1"})
    assert ca.state.outgoing.epoch == NOW_MS // 1000


def test_a_frozen_peer_shows_the_author_its_own_signature() -> None:
    ca, india = pair()
    clone = ca.clone()
    clone.append("x1")
    india.receive(clone.contact())
    ca.append("c1")
    india.receive(ca.contact())
    refusal = decode_frame(india.receive(ca.contact()))
    assert refusal.refusal == "channel.frozen"
    ca.receive(encode_frame(refusal))
    assert ca.state.mode is Mode.RECOVERING
    assert ca.disk.queue == ["c1"]


def test_a_restored_node_that_began_a_new_epoch_without_recovering_is_not_accused() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    ca.restore(backup)
    ca.announce_restoration()
    ca.append("c2", unmet=True)
    answer = india.receive(ca.contact())
    assert india.refused[-1].reason_code == "channel.history-missing"
    assert india.state.mode is Mode.OPEN
    ca.receive(answer)
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2"})


def test_our_own_key_seen_under_a_second_log_freezes_us_with_a_proof_against_ourselves() -> None:
    ca, india = pair()
    clone, elsewhere = ca.clone(), india.clone()
    clone.append("x1")
    meet(clone, elsewhere)
    ca.append("c1")
    ca.append("c2")
    meet(ca, india)
    stolen = elsewhere.state.incoming.checkpoint
    events = ca.take(replace(decode_frame(india.contact()), witness=stolen))
    (event,) = events
    assert isinstance(event, EquivocationProven)
    assert event.party == "CA"
    assert verify_equivocation(event.proof, ca.state.our_chain).party == "CA"
    assert ca.state.mode is Mode.FROZEN


def test_a_witness_of_an_epoch_that_was_left_behind_is_ignored() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")  # signed, lost on the way, and lost with the disk
    lost = ca.state.outgoing.checkpoint
    ca.restore(backup)
    ca.announce_restoration()
    meet(ca, india)
    ca.append("c2", "c3")
    meet(ca, india)
    state = ca.state
    ca.take(replace(decode_frame(india.contact()), witness=lost))
    assert ca.state == state


def test_a_frame_of_the_lost_epoch_that_comes_late_is_stale_and_accuses_nobody() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    late = ca.contact()
    ca.restore(backup)
    ca.announce_restoration()
    meet(ca, india)
    ca.append("c2")
    meet(ca, india)
    india.receive(late, is_live=False)
    assert india.refused[-1].reason_code == "channel.stale-epoch"
    assert india.state.mode is Mode.OPEN


def test_a_frame_of_the_lost_epoch_that_comes_first_is_kept_and_its_author_recovers_it() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    late = ca.contact()
    ca.restore(backup)
    ca.announce_restoration()
    meet(ca, india)
    india.receive(late, is_live=False)
    ca.append("c2")
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2"})


# --- keysets ------------------------------------------------------------------------------------------------------


def test_a_node_that_lost_its_rotation_gets_its_keysets_back_with_its_words() -> None:
    ca, india = pair()
    backup = ca.backup()
    party, fresh = specimen("CA"), SigningKey.from_seed(seed("fresh", 64))
    ca.append("c1")
    meet(ca, india)
    second = party.keyset(
        "IN",
        serial=2,
        previous=ca.state.our_chain.latest.digest,
        sign_keys=(
            KeyEntry(public=party.sign.public.to_bytes()).retired(1),
            KeyEntry(public=fresh.public.to_bytes(), from_position=1),
        ),
    )
    signed = sign_keyset(second, party.root)
    ca.state = ca.state.with_our_keyset(signed)
    india.state = india.state.with_peer_keyset(signed)
    ca.signer = fresh
    ca.append("c2")
    meet(ca, india)
    ca.restore(backup)
    assert len(ca.state.our_chain.keysets) == 1
    settle(ca, india)
    assert OwnKeysetsRecovered(keysets=(signed,)) in ca.seen
    assert ca.state.our_chain.keysets == india.state.peer_chain.keysets
    assert_whole(ca, india, {"c1", "c2"})


def test_a_keyset_that_our_root_did_not_sign_is_not_taken_back() -> None:
    ca, india = pair()
    party = specimen("CA")
    forged = sign_keyset(party.keyset("IN", serial=2, previous=ca.state.our_chain.latest.digest), specimen("IN").root)
    state = ca.state
    with pytest.raises(TrustFails):
        ca.take(replace(decode_frame(india.contact()), keysets=(forged,)))
    assert ca.state == state


# --- what is given back is judged ---------------------------------------------------------------------------------


def recovering() -> tuple[StoredNode, StoredNode]:
    """A node that knows that it lost two entries, and the peer that holds them."""
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    ca.append("c2")
    meet(ca, india)
    ca.restore(backup)
    machine = india.machine()
    machine.receive(decode_frame(ca.contact()), india.now_ms)
    ca.take(machine.reply(india.now_ms))
    assert ca.state.mode is Mode.RECOVERING
    return ca, india


def given_back(india: StoredNode, start: int, end: int, **changes: object) -> Fetched:
    note, receipt = india.disk.inn.heads[end]
    assert receipt is not None
    batch = Batch(start=start, entries=tuple(india.disk.inn.entries[start:end]), capsules=(CAPSULE,), checkpoint=note)
    return replace(Fetched(batch=batch, receipt=receipt), **changes)  # type: ignore[arg-type]


def test_entries_given_back_with_a_gap_are_refused() -> None:
    ca, india = recovering()
    with pytest.raises(PositionSkipped):
        ca.take(replace(decode_frame(india.contact()), fetched=given_back(india, 1, 2)))


def test_entries_given_back_with_another_receipt_are_refused() -> None:
    ca, india = recovering()
    other = india.disk.inn.heads[1][1]
    with pytest.raises(ReceiptMismatch):
        ca.take(replace(decode_frame(india.contact()), fetched=given_back(india, 0, 2, receipt=other)))


def test_entries_given_back_with_another_checkpoint_are_refused() -> None:
    ca, india = recovering()
    fetched = given_back(india, 0, 2)
    short = replace(fetched, batch=replace(fetched.batch, entries=fetched.batch.entries[:1]))
    with pytest.raises(CheckpointMismatch):
        ca.take(replace(decode_frame(india.contact()), fetched=short))


def test_entries_given_back_twice_are_recovered_once() -> None:
    ca, india = recovering()
    frame = replace(decode_frame(india.contact()), fetched=given_back(india, 0, 1), receipt=None)
    assert OwnEntriesRecovered in kinds(ca.take(frame))
    state = ca.state
    assert OwnEntriesRecovered not in kinds(ca.take(frame))
    assert ca.state.outgoing == state.outgoing


def test_entries_given_back_to_a_node_that_lost_nothing_change_nothing() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    state = ca.state
    ca.take(replace(decode_frame(india.contact()), fetched=given_back(india, 0, 1)))
    assert ca.state == state


def test_a_parcel_with_what_was_lost_recovers_in_one_step_without_a_witness_before_it() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1", "c2")
    meet(ca, india)
    ca.restore(backup)
    frame = india.machine().contact(india.now_ms, fetched=given_back(india, 0, 2))
    events = ca.take(frame)
    assert kinds(events)[:3] == [RolledBack, OwnEntriesRecovered, RecoveryCompleted]
    assert ca.state.outgoing.receipted_size == 2


def test_a_peer_that_holds_more_is_asked_to_show_it_even_without_a_witness() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    ca.restore(backup)
    ca.has_met = True  # as if it had met before the loss
    answer = decode_frame(ca.receive(india.contact()))
    assert PeerDisagrees(their_size=1, our_size=0) in ca.seen
    assert answer.fetch is not None
    assert not ca.has_met
    assert ca.state.mode is Mode.OPEN
    fetched = india.receive(encode_frame(answer))
    ca.receive(fetched)
    assert RecoveryCompleted in kinds(ca.seen)


def test_receipts_that_come_again_after_recovery_change_nothing() -> None:
    ca, india = recovering()
    settle(ca, india)
    receipts = [event for event in ca.seen if isinstance(event, ReceiptAccepted)]
    state = ca.state
    ca.take(replace(decode_frame(india.contact()), receipt=india.disk.inn.heads[1][1]))
    assert ca.state.outgoing == state.outgoing
    assert [event for event in ca.seen if isinstance(event, ReceiptAccepted)] == receipts
    assert not any(isinstance(event, DuplicateEntries) for event in india.seen)


# --- replays and thieves ------------------------------------------------------------------------------------------


def recovered_node() -> tuple[StoredNode, StoredNode, bytes]:
    """A node that recovered and has no receipt of its new epoch yet, and a note of the old one that nobody received."""
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup = ca.backup()
    ca.append("c2")
    meet(ca, india)
    ca.append("c3")
    lost = ca.state.outgoing.checkpoint
    assert lost is not None
    ca.restore(backup)
    settle(ca, india)
    assert (ca.state.mode, ca.state.outgoing.epoch, ca.state.outgoing.receipted_epoch) == (
        Mode.OPEN,
        NOW_MS // 1000,
        0,
    )
    return ca, india, lost


@pytest.mark.parametrize("is_live", [True, False])
def test_a_lost_note_of_an_epoch_that_was_left_stops_nobody_however_often_it_is_played(is_live: bool) -> None:
    ca, india, lost = recovered_node()
    ca.append("c4")
    for _ in range(3):
        ca.receive(encode_frame(replace(decode_frame(india.contact()), witness=lost)), is_live=is_live)
        assert ca.state.mode is Mode.OPEN
    settle(ca, india)
    assert_whole(ca, india, {"c1", "c2", "c4"})


def test_a_note_of_an_epoch_that_was_left_counts_with_the_peers_receipt() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    ca.restore(backup)
    ca.announce_restoration()
    note, receipt = india.disk.inn.heads[1]
    assert receipt is not None
    frame = replace(decode_frame(india.contact()), receipt=None)
    ca.take(replace(frame, witness=note))
    assert ca.state.mode is Mode.OPEN
    events = ca.take(replace(frame, fetched=given_back(india, 0, 1)))
    assert kinds(events)[:3] == [RolledBack, OwnEntriesRecovered, RecoveryCompleted]


def test_entries_that_another_holder_of_our_key_signed_come_with_both_notes() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    thief = ca.clone()
    ca.append("real")
    ours = ca.state.outgoing.checkpoint
    thief.append("forged")
    meet(thief, india)
    theirs = india.state.incoming.checkpoint
    assert theirs is not None
    ca.take(replace(decode_frame(india.contact()), witness=theirs))
    (rolled_back,) = [event for event in ca.seen if isinstance(event, RolledBack)]
    assert (rolled_back.witness, rolled_back.abandoned) == (theirs, ours)
    assert ours is not None
    proof = prove_against_log(ours, held=theirs, reader=None)
    assert proof is not None
    assert verify_equivocation(proof, ca.state.our_chain).party == "CA"


def test_a_plain_rollback_accuses_nobody_of_a_second_hand() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    ca.restore(backup)
    settle(ca, india)
    (rolled_back,) = [event for event in ca.seen if isinstance(event, RolledBack)]
    assert rolled_back.abandoned is None


def test_an_old_receipt_beside_what_is_given_back_needs_no_storage_that_is_not_written_yet() -> None:
    ca, india = pair()
    backup = ca.backup()
    for label in ("c1", "c2", "c3"):
        ca.append(label)
        meet(ca, india)
    ca.restore(backup)
    old = india.disk.inn.heads[2][1]
    frame = replace(decode_frame(india.contact()), receipt=old, fetched=given_back(india, 0, 3))
    behind = replace(frame, state=replace(frame.state, in_size=1, in_root=bytes(32)))
    events = ca.take(behind)
    assert OwnEntriesRecovered in kinds(events)
    assert ca.state.outgoing.receipted_size == 3


def test_a_node_that_lost_only_its_replica_is_told() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup = india.backup()
    ca.append("c2")
    meet(ca, india)
    india.restore(backup)
    india.receive(ca.contact())
    assert ReplicaLost(claimed=2, held=1) in india.seen


def test_a_node_with_its_whole_replica_is_told_of_no_loss() -> None:
    ca, india = pair()
    for label in ("c1", "c2", "c3"):
        ca.append(label)
        meet(ca, india)
        meet(india, ca)
    assert not any(isinstance(event, ReplicaLost) for event in ca.seen + india.seen)
