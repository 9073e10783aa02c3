"""A node that was restored from an older copy, a peer that was, and logs that contradict one another."""

from dataclasses import replace

import pytest

from accord.channel.capsule import ArchiveCapsule
from accord.channel.equivocation import decode_equivocation, verify_equivocation
from accord.channel.frames import decode_frame, encode_frame
from accord.channel.merkle import Frontier
from accord.channel.seal import open_archived
from accord.courier.freeze import declare_restored, resume, suspend
from accord.courier.models import Alarm, Capsule, Direction, Entry, Mode, ModeChange, Outbox, OutboxState
from accord.courier.remedies import Remedy, TwoOfficersNeeded, confirm, propose
from accord.courier.rotation import rotate_keys
from accord.errors import OfficerCanMend
from accord.parties.models import Keyset
from tests.channel.specimens import specimen
from tests.simulators.backup import Backup
from tests.simulators.paired_node import PairedNode, by_two_officers


def sizes(node: PairedNode) -> tuple[int, int, int]:
    channel = node.now()
    return channel.out_size, channel.out_receipted_size, channel.in_size


def settle(node: PairedNode, rounds: int = 4) -> None:
    for _ in range(rounds):
        node.flush(is_due=True)


# --- a restored copy of our own storage -------------------------------------------------------------------------------


def test_a_rolled_back_node_gets_every_delivered_entry_back_byte_for_byte(met: PairedNode) -> None:
    met.enqueue(3)
    met.flush()
    backup = Backup.take()
    met.enqueue(4)
    met.flush()
    before = list(
        Entry.objects.filter(direction=Direction.OUT).order_by("position").values_list("header", "sealed", "leaf")
    )
    backup.restore()
    assert sizes(met)[:2] == (3, 3)
    settle(met)
    after = list(
        Entry.objects.filter(direction=Direction.OUT).order_by("position").values_list("header", "sealed", "leaf")
    )
    assert [tuple(map(bytes, row)) for row in after] == [tuple(map(bytes, row)) for row in before]
    assert sizes(met)[:2] == (7, 7)
    assert met.now().mode == Mode.OPEN
    assert met.now().out_epoch > 1_700_000_000
    assert Entry.objects.filter(recovered=True).count() == 4


def test_a_rolled_back_node_sends_nothing_before_it_is_whole(met: PairedNode) -> None:
    met.enqueue(2)
    met.flush()
    backup = Backup.take()
    met.enqueue(2)
    met.flush()
    backup.restore()
    met.enqueue(1)
    carried = len(met.wire.carried)
    settle(met)
    batches = [frame.batch for frame in met.wire.carried[carried:] if frame.batch is not None]
    assert [batch.start for batch in batches] == [4]
    assert len(set(met.peer_ids())) == len(met.peer_ids()) == 5


def test_a_message_that_waits_again_after_the_rollback_is_not_sent_twice(met: PairedNode) -> None:
    (row,) = met.enqueue(1)
    backup = Backup.take()
    met.flush()
    assert met.peer_ids() == [row.envelope_id]
    backup.restore()
    assert Outbox.objects.get().state == OutboxState.QUEUED
    settle(met)
    assert met.peer_ids() == [row.envelope_id]
    again = Outbox.objects.get()
    assert (again.state, again.position) == (OutboxState.FLUSHED, 0)


def test_an_entry_nobody_receipted_goes_back_into_the_queue_and_is_sent_once(met: PairedNode) -> None:
    (first,) = met.enqueue(1)
    met.wire.loses_requests = True
    met.flush()
    backup = Backup.take()
    met.wire.loses_requests = False
    met.flush()
    met.enqueue(1)
    met.flush()
    backup.restore()
    settle(met)
    assert sizes(met)[:2] == (2, 2)
    assert met.peer_ids().count(first.envelope_id) == 1
    assert Outbox.objects.get(pk=first.pk).position == 0


def test_a_rolled_back_node_opens_its_own_lost_words_with_the_archive_key(met: PairedNode) -> None:
    backup = Backup.take()
    met.enqueue(payload=b'{"text":"lost and found"}')
    met.flush()
    backup.restore()
    settle(met)
    entry = Entry.objects.get(recovered=True)
    capsule = bytes(Capsule.objects.get(capsule_id=bytes(entry.capsule_id)).data)
    opened = open_archived(bytes(entry.header), bytes(entry.sealed), capsule, specimen("CA").archive)
    assert opened.body.payload == b'{"text":"lost and found"}'
    assert ArchiveCapsule.decode(capsule).owner == "CA"


def test_what_the_peer_sent_meanwhile_comes_again_after_a_rollback(met: PairedNode) -> None:
    backup = Backup.take()
    met.peer.append("one", "two")
    met.heard()
    assert sizes(met)[2] == 2
    backup.restore()
    settle(met)
    met.heard(met.peer.contact(start=0))
    assert sizes(met)[2] == 2
    assert Entry.objects.filter(direction=Direction.IN).count() == 2


def test_a_rollback_raises_an_alarm_with_our_own_later_signature(met: PairedNode) -> None:
    backup = Backup.take()
    met.enqueue()
    met.flush()
    backup.restore()
    settle(met)
    alarm = Alarm.objects.get(code="courier.rolled-back")
    assert alarm.evidence is not None
    assert bytes(alarm.evidence).startswith(b"accord/1/CA/IN\n1\n")
    modes = list(ModeChange.objects.order_by("id").values_list("from_mode", "to_mode"))
    assert modes == [(Mode.OPEN, Mode.RECOVERING), (Mode.RECOVERING, Mode.OPEN)]


def test_a_recovery_longer_than_one_frame_ends_whole(met: PairedNode) -> None:
    backup = Backup.take()
    for _ in range(3):
        met.enqueue(200)
        met.flush()
    root = met.peer.state.incoming.root
    backup.restore()
    settle(met)
    assert sizes(met)[:2] == (600, 600)
    assert Frontier.from_bytes(bytes(met.now().out_frontier)).root == root
    assert met.enqueue()
    met.flush()
    assert sizes(met)[:2] == (601, 601)


def test_both_sides_rolled_back_agree_on_what_either_still_proves(met: PairedNode) -> None:
    met.enqueue(2)
    met.flush()
    ours, theirs = Backup.take(), met.peer.backup()
    met.enqueue(2)
    met.flush()
    theirs_later = met.peer.backup()
    met.enqueue(2)
    met.flush()
    del theirs
    ours.restore()
    met.peer.restore(theirs_later)
    settle(met)
    assert sizes(met)[:2] == (4, 4)
    assert met.peer.state.incoming.size == 4
    met.enqueue(1)
    settle(met, 2)
    assert sizes(met)[:2] == (5, 5)


# --- two histories ----------------------------------------------------------------------------------------------------


def fork(met: PairedNode) -> None:
    """The peer's node is copied by mistake, and both copies go on."""
    met.peer.append("common")
    met.heard()
    copy = met.peer.clone()
    met.peer.append("one history")
    met.heard()
    copy.append("another history")
    met.heard(copy.contact(start=1))


def test_a_second_history_freezes_the_channel_and_leaves_a_proof_for_strangers(met: PairedNode) -> None:
    fork(met)
    channel = met.now()
    assert channel.mode == Mode.FROZEN
    assert channel.in_size == 2
    alarm = Alarm.objects.get(code="courier.equivocation")
    assert alarm.evidence is not None
    proven = verify_equivocation(
        decode_equivocation(bytes(alarm.evidence)),
        specimen("IN").chain("CA"),
    )
    assert proven.party == "IN"


def test_a_frozen_channel_sends_and_takes_nothing(met: PairedNode) -> None:
    fork(met)
    met.enqueue()
    assert met.flush(is_due=True).is_idle
    met.peer.append("more")
    answer = met.heard()
    assert (answer.status, answer.refusal) == (422, "channel.frozen")
    assert sizes(met) == (0, 0, 2)


def test_one_officer_cannot_thaw_a_frozen_channel(met: PairedNode) -> None:
    fork(met)
    propose(met.channel.pk, Remedy.THAW, officer_id=1, reason="We spoke.")
    with pytest.raises(TwoOfficersNeeded):
        confirm(met.channel.pk, Remedy.THAW, officer_id=1)
    assert met.now().mode == Mode.FROZEN


def test_two_officers_thaw_the_channel_from_what_was_co_signed(met: PairedNode) -> None:
    fork(met)
    by_two_officers(met, Remedy.THAW)
    assert met.now().mode == Mode.OPEN
    met.peer.append("after the thaw")
    assert met.heard().status == 200
    assert sizes(met)[2] == 3
    change = ModeChange.objects.filter(from_mode=Mode.FROZEN).get()
    assert (change.proposed_by, change.confirmed_by) == (1, 2)


def test_nobody_thaws_a_channel_that_is_not_frozen(met: PairedNode) -> None:
    with pytest.raises(OfficerCanMend):
        propose(met.channel.pk, Remedy.THAW, officer_id=1, reason="Nothing to thaw.")


def test_a_confirmation_without_a_proposal_thaws_nothing(met: PairedNode) -> None:
    fork(met)
    with pytest.raises(TwoOfficersNeeded):
        confirm(met.channel.pk, Remedy.THAW, officer_id=2)


def test_one_officer_suspends_and_resumes_and_nothing_moves_between(met: PairedNode) -> None:
    suspend(met.channel.pk, officer_id=7, reason="An incident is looked into.")
    met.enqueue()
    assert met.flush(is_due=True).appended == 0
    met.peer.has_met = True
    met.peer.append("meanwhile")
    answer = met.heard()
    assert (answer.status, decode_frame(answer.frame).refusal) == (503, "channel.suspended")
    assert sizes(met) == (0, 0, 0)
    resume(met.channel.pk, officer_id=7, reason="It is over.")
    met.flush(is_due=True)
    assert met.heard().status == 200
    settle(met, 2)
    assert sizes(met) == (1, 1, 1)


def test_two_officers_give_up_what_neither_side_holds_any_more(met: PairedNode) -> None:
    met.enqueue(1)
    met.flush()
    ours, theirs = Backup.take(), met.peer.backup()
    met.enqueue(2)
    met.flush()
    ours.restore()
    met.wire.alters = lambda answer: encode_frame(replace(decode_frame(answer), fetched=None))
    settle(met, 2)
    assert met.now().mode == Mode.RECOVERING
    met.wire.alters = None
    met.peer.restore(theirs)
    settle(met, 2)
    assert met.now().mode == Mode.RECOVERING
    propose(met.channel.pk, Remedy.GIVE_UP, officer_id=1, reason="Both copies are gone.")
    with pytest.raises(TwoOfficersNeeded):
        confirm(met.channel.pk, Remedy.GIVE_UP, officer_id=1)
    confirm(met.channel.pk, Remedy.GIVE_UP, officer_id=2)
    assert "1 to 2" in Alarm.objects.get(code="courier.entries-lost").detail
    settle(met, 2)
    met.enqueue(1)
    settle(met, 2)
    assert met.now().mode == Mode.OPEN
    assert met.peer.state.incoming.size == met.now().out_receipted_size == 2


def test_lost_keysets_of_our_own_come_back_from_the_peer(met: PairedNode) -> None:
    backup = Backup.take()
    signed = rotate_keys(met.channel, "seal")
    met.enqueue(payload=signed, kind="keyset")
    met.flush()
    met.peer.state = met.peer.state.with_peer_keyset(signed)
    backup.restore()
    assert Keyset.objects.filter(party_id="CA").count() == 1
    settle(met)
    assert [bytes(row.signed) for row in Keyset.objects.filter(party_id="CA")][1] == signed


def test_an_operator_who_puts_a_copy_back_begins_a_new_epoch(met: PairedNode) -> None:
    met.enqueue(1)
    met.flush()
    met.enqueue(1)
    met.wire.loses_requests = True
    met.flush()
    declare_restored(met.channel.pk, officer_id=1, reason="Restored from the copy of last night.")
    met.wire.loses_requests = False
    channel = met.now()
    assert channel.out_size == 1
    assert channel.out_epoch > 1_700_000_000
    assert Outbox.objects.filter(state=OutboxState.QUEUED).count() == 1
    settle(met, 3)
    assert len(met.peer_ids()) == len(set(met.peer_ids())) == 2
