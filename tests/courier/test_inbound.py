"""Receiving: one transaction, then the answer; a refused contact changes nothing but the alarms."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from accord.channel.frames import decode_frame, encode_frame
from accord.courier import inbound
from accord.courier.inbound import DiskFull, database_error, receive_contact
from accord.courier.models import Alarm, Channel, Direction, Entry, LogNode, SignedCheckpoint
from accord.errors import AccordError, NotAvailableNow, PeerFault, TrustFails
from tests.simulators.paired_node import PairedNode

ROWS = (Entry, SignedCheckpoint, LogNode)


def snapshot(node: PairedNode) -> object:
    return (
        list(Channel.objects.filter(pk=node.channel.pk).values()),
        [list(model.objects.order_by("pk").values()) for model in ROWS],
    )


def test_an_accepted_batch_is_stored_and_co_signed_before_the_answer(met: PairedNode) -> None:
    met.peer.append("one", "two", "three")
    answer = met.heard()
    assert (answer.status, answer.refusal) == (200, None)
    assert met.peer.state.outgoing.receipted_size == 3
    stored = Entry.objects.filter(channel=met.channel, direction=Direction.IN).order_by("position")
    assert [(bytes(entry.header), bytes(entry.sealed)) for entry in stored] == met.peer.disk.out.entries
    assert [entry.handled_at for entry in stored] == [None, None, None]
    checkpoint = SignedCheckpoint.objects.get(channel=met.channel, direction=Direction.IN)
    assert checkpoint.receipt is not None
    assert decode_frame(answer.frame).receipt == bytes(checkpoint.receipt)


def test_the_same_contact_again_gets_the_stored_receipt_byte_for_byte(met: PairedNode) -> None:
    met.peer.append("one")
    frame = met.peer.contact()
    first = receive_contact(met.channel.pk, frame)
    second = receive_contact(met.channel.pk, frame)
    assert decode_frame(second.frame).receipt == decode_frame(first.frame).receipt
    assert Entry.objects.filter(direction=Direction.IN).count() == 1
    assert SignedCheckpoint.objects.filter(direction=Direction.IN).count() == 1


def test_a_batch_that_skips_a_position_is_refused_and_stores_nothing(met: PairedNode) -> None:
    met.peer.append("one")
    met.peer.append("two")
    before = snapshot(met)
    answer = met.heard(met.peer.contact(start=1))
    assert (answer.status, answer.refusal) == (409, "channel.position-skipped")
    assert snapshot(met) == before


def test_a_frame_for_another_node_is_refused(met: PairedNode) -> None:
    met.peer.append("one")
    frame = decode_frame(met.peer.contact())
    answer = receive_contact(met.channel.pk, encode_frame(replace(frame, recipient="FR")))
    assert (answer.status, answer.refusal) == (403, "channel.misaddressed")
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\xff" * 40, b"{}", b"\xbf\xff", b"\xa1\x01\x02"])
def test_what_is_no_frame_is_refused_with_an_alarm(met: PairedNode, garbage: bytes) -> None:
    with pytest.raises(PeerFault):
        receive_contact(met.channel.pk, garbage)
    assert Alarm.objects.filter(channel=met.channel).exists()


def test_a_flipped_bit_anywhere_in_a_contact_stores_nothing(met: PairedNode) -> None:
    met.peer.append("one", "two")
    frame = met.peer.contact()
    before = Entry.objects.count()
    for at in range(0, len(frame), 211):
        damaged = frame[:at] + bytes([frame[at] ^ 0x10]) + frame[at + 1 :]
        try:
            answer = receive_contact(met.channel.pk, damaged)
        except (PeerFault, TrustFails):
            continue
        # Only a claim that nobody signed may be changed without being noticed; it stores no entry.
        assert answer.refusal is not None or Entry.objects.count() in {before, 2}
    assert met.heard(frame).status == 200
    assert Entry.objects.count() == 2


def test_without_a_signing_key_no_receipt_is_given_and_nothing_is_stored(met: PairedNode) -> None:
    met.peer.append("one")
    met.custody.is_locked = True
    answer = met.heard()
    assert answer.status == 503
    assert decode_frame(answer.frame).refusal == "channel.not-now"
    assert Entry.objects.count() == 0
    met.custody.is_locked = False
    assert met.heard().status == 200
    assert Entry.objects.count() == 1


def test_a_failing_database_gives_no_receipt(met: PairedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    met.peer.append("one")
    before = snapshot(met)

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(inbound, "store_state", fail)
    with pytest.raises(DiskFull) as caught:
        met.heard()
    assert caught.value.http_status == 507
    assert snapshot(met) == before
    monkeypatch.undo()
    assert met.heard().status == 200


def test_a_crash_before_the_commit_leaves_no_entry_and_the_next_try_succeeds(
    met: PairedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    met.peer.append("one")
    monkeypatch.setattr(inbound, "store_state", die)
    with pytest.raises(Killed):
        met.heard()
    assert Entry.objects.count() == 0
    monkeypatch.undo()
    met.heard()
    assert Entry.objects.count() == 1
    assert met.peer.state.outgoing.receipted_size == 1


def test_a_database_error_of_any_other_kind_is_for_later() -> None:
    error = database_error(DatabaseError("deadlock detected"))
    assert isinstance(error, NotAvailableNow)
    assert error.http_status == 503


def test_a_flood_of_unopened_entries_waits_at_the_sender(met: PairedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "MAX_UNHANDLED", 2)
    met.peer.append("one", "two")
    assert met.heard().status == 200
    met.peer.append("three")
    assert met.heard().refusal == "courier.no-credit"
    assert Entry.objects.count() == 2
    Entry.objects.update(handled_at=timezone.now())
    inbound._OLDEST_UNHANDLED.forget()
    assert met.heard().status == 200


def test_a_contact_without_a_batch_is_taken_even_without_credit(
    met: PairedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "MAX_UNHANDLED", 1)
    met.peer.append("one")
    met.heard()
    assert met.heard().status == 200


def test_a_clock_that_differs_raises_an_alarm_and_stops_nothing(met: PairedNode) -> None:
    met.peer.append("one")
    answer = met.heard(now=timezone.now() - timedelta(hours=26))
    assert answer.status == 200
    assert Entry.objects.count() == 1
    assert Alarm.objects.filter(code="courier.clock-skew").count() == 1
    skew = met.now().clock_skew_ms
    assert skew is not None
    assert 25 * 3_600_000 < skew < 27 * 3_600_000


def test_the_same_alarm_is_counted_and_not_repeated(met: PairedNode) -> None:
    for _ in range(3):
        with pytest.raises(PeerFault):
            receive_contact(met.channel.pk, b"\x00")
    alarm = Alarm.objects.get(channel=met.channel)
    assert alarm.count == 3


def test_an_identifier_that_stands_in_the_log_already_is_refused(met: PairedNode) -> None:
    met.peer.append("one", content="first")
    met.heard()
    met.peer.append("one", content="second")
    answer = met.heard()
    assert answer.refusal == "channel.identifier-taken"
    assert Entry.objects.count() == 1


def test_old_contacts_replayed_in_any_order_change_nothing(met: PairedNode) -> None:
    frames = []
    for label in ("one", "two", "three"):
        met.peer.append(label)
        frames.append(met.peer.contact())
        met.heard(frames[-1])
    before = [list(model.objects.order_by("pk").values()) for model in ROWS]
    for frame in (frames[2], frames[0], frames[1], frames[0]):
        try:
            receive_contact(met.channel.pk, frame)
        except AccordError:
            continue
    assert [list(model.objects.order_by("pk").values()) for model in ROWS] == before


def test_a_sign_of_life_wakes_the_flusher_of_the_channel(met: PairedNode) -> None:
    from accord.courier.wakeup import flush_topic, wait_for_wake

    wait_for_wake(flush_topic(met.channel.pk), timeout_seconds=0)
    met.heard()
    assert wait_for_wake(flush_topic(met.channel.pk), timeout_seconds=0)


def test_entries_of_a_peer_are_in_the_order_of_its_log_across_batches(met: PairedNode) -> None:
    for number in range(5):
        met.peer.append(*(f"{number}-{place}" for place in range(60)))
        met.heard()
    positions = list(Entry.objects.filter(direction=Direction.IN).values_list("position", flat=True))
    assert positions == list(range(300))
    assert LogNode.objects.filter(direction=Direction.IN, level=8).count() == 1
