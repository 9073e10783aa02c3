"""One contact: taking, appending, sending, and the receipt on file."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.channel.equivocation import decode_equivocation, verify_equivocation
from accord.channel.frames import decode_frame
from accord.channel.limits import MAX_BATCH_ENTRIES, MAX_PAYLOAD_BYTES
from accord.channel.seal import open_sealed
from accord.courier.backoff import back_off_seconds
from accord.courier.flush import flush_once
from accord.courier.machine import forget_meetings
from accord.courier.models import (
    Alarm,
    Channel,
    Direction,
    Entry,
    Lane,
    Outbox,
    OutboxState,
    SignedCheckpoint,
)
from accord.courier.outbox import WithdrawnTooLate, withdraw
from accord.courier.sealing import LANE_FLOOR, expire_overdue, taken
from accord.errors import NotAvailableNow
from accord.parties.keysets import channel_keys
from tests.channel.specimens import specimen
from tests.simulators.paired_node import PairedNode


def test_a_message_is_in_both_logs_and_receipted_after_one_contact(met: PairedNode) -> None:
    (row,) = met.enqueue()
    result = met.flush()
    assert (result.appended, result.frames, result.receipted_size) == (1, 1, 1)
    row.refresh_from_db()
    assert (row.state, row.position) == (OutboxState.FLUSHED, 0)
    assert met.peer_ids() == [row.envelope_id]
    channel = met.now()
    assert channel.out_size == channel.out_receipted_size == met.peer.state.incoming.size == 1
    assert bytes(channel.out_frontier) == met.peer.state.incoming.frontier.to_bytes()
    checkpoint = SignedCheckpoint.objects.get(channel=channel, direction=Direction.OUT)
    assert checkpoint.receipt is not None
    assert Entry.objects.get(envelope_id=row.envelope_id).receipted_at == checkpoint.receipted_at


def test_the_peer_opens_exactly_the_bytes_that_were_released(met: PairedNode) -> None:
    met.enqueue(payload=b'{"text":"exactly this"}', kind="request", handling="H2", decision_digest=b"d" * 32)
    met.flush()
    header, sealed = met.peer.disk.inn.entries[0]
    body = open_sealed(header, sealed, specimen("IN").seal).body
    assert (body.payload, body.kind, body.handling) == (b'{"text":"exactly this"}', "request", "H2")
    assert body.decision_digest == b"d" * 32


def test_nothing_is_appended_before_the_peer_was_heard(paired: PairedNode) -> None:
    paired.enqueue()
    assert paired.flush().appended == 0
    assert paired.now().out_size == 0
    assert paired.flush().appended == 1


def test_an_idle_channel_makes_no_contact(met: PairedNode) -> None:
    carried = len(met.wire.carried)
    assert met.flush().is_idle
    assert len(met.wire.carried) == carried
    assert met.flush(is_due=True).frames == 1


def test_a_channel_without_an_address_makes_no_contact(met: PairedNode) -> None:
    Channel.objects.update(peer_url="")
    met.enqueue()
    assert met.flush().is_idle


# --- lanes ------------------------------------------------------------------------------------------------------------


def lanes_of(pks: list[int]) -> list[int]:
    lanes = dict(Outbox.objects.filter(pk__in=pks).values_list("pk", "lane"))
    return [lanes[pk] for pk in pks]


def test_urgent_messages_are_taken_before_older_ones_of_lower_lanes(met: PairedNode) -> None:
    (bulk,) = met.enqueue(lane=Lane.BULK)
    (routine,) = met.enqueue(lane=Lane.ROUTINE)
    (urgent,) = met.enqueue(lane=Lane.URGENT)
    (life,) = met.enqueue(lane=Lane.THREAT_TO_LIFE)
    assert taken(met.now(), now=timezone.now()) == [life.pk, urgent.pk, routine.pk, bulk.pk]


def test_messages_of_one_lane_keep_their_order(met: PairedNode) -> None:
    rows = met.enqueue(20)
    met.flush()
    assert met.peer_ids() == [row.envelope_id for row in rows]


def test_a_full_lane_leaves_every_other_lane_its_floor(met: PairedNode) -> None:
    met.enqueue(MAX_BATCH_ENTRIES + 10, lane=Lane.THREAT_TO_LIFE)
    met.enqueue(40, lane=Lane.ROUTINE)
    met.enqueue(3, lane=Lane.BULK)
    lanes = lanes_of(taken(met.now(), now=timezone.now()))
    assert len(lanes) == MAX_BATCH_ENTRIES
    assert lanes.count(Lane.ROUTINE) == LANE_FLOOR
    assert lanes.count(Lane.BULK) == 3
    assert lanes.count(Lane.THREAT_TO_LIFE) == MAX_BATCH_ENTRIES - LANE_FLOOR - 3
    assert lanes == sorted(lanes)


def test_a_saturated_bulk_lane_delays_an_urgent_message_by_one_batch_at_most(met: PairedNode) -> None:
    met.enqueue(2 * MAX_BATCH_ENTRIES, lane=Lane.BULK)
    met.flush()
    (urgent,) = met.enqueue(lane=Lane.THREAT_TO_LIFE)
    met.flush()
    urgent.refresh_from_db()
    assert urgent.position == MAX_BATCH_ENTRIES


def test_a_batch_keeps_to_its_bytes_and_the_rest_follows(met: PairedNode) -> None:
    met.enqueue(6, payload=bytes(1024 * 1024))
    assert met.flush().appended == 3
    assert met.flush().appended == 3
    assert met.now().out_receipted_size == 6


# --- expiry and withdrawal --------------------------------------------------------------------------------------------


def test_an_expired_message_is_never_sent(met: PairedNode) -> None:
    (row,) = met.enqueue(not_after=timezone.now() + timedelta(seconds=60))
    later = timezone.now() + timedelta(seconds=61)
    assert taken(met.now(), now=later) == []
    assert expire_overdue(now=later) == 1
    row.refresh_from_db()
    assert row.state == OutboxState.EXPIRED
    assert met.flush().is_idle
    assert met.peer_ids() == []


def test_a_withdrawn_message_is_never_sent(met: PairedNode) -> None:
    kept, gone = met.enqueue(2)
    withdraw(gone)
    met.flush()
    assert met.peer_ids() == [kept.envelope_id]


def test_a_message_in_our_log_can_no_longer_be_withdrawn(met: PairedNode) -> None:
    (row,) = met.enqueue()
    met.flush()
    with pytest.raises(WithdrawnTooLate):
        withdraw(row)


def test_a_message_withdrawn_while_it_is_sealed_is_left_out(met: PairedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    from accord.courier import flush as module

    kept, gone = met.enqueue(2)
    real = module.sealed_rows

    def sealed_rows(*arguments: object, **options: object) -> object:
        sealed = real(*arguments, **options)  # type: ignore[arg-type]
        withdraw(gone)
        return sealed

    monkeypatch.setattr(module, "sealed_rows", sealed_rows)
    assert met.flush().appended == 1
    assert met.peer_ids() == [kept.envelope_id]
    gone.refresh_from_db()
    assert (gone.state, gone.position) == (OutboxState.WITHDRAWN, None)


def test_a_message_that_cannot_be_sealed_is_blocked_and_holds_up_nothing(met: PairedNode) -> None:
    bad, good = met.enqueue(2)
    Outbox.objects.filter(pk=bad.pk).update(payload=bytes(MAX_PAYLOAD_BYTES + 1))
    met.flush()
    bad.refresh_from_db()
    assert bad.state == OutboxState.BLOCKED
    assert met.peer_ids() == [good.envelope_id]
    assert Alarm.objects.filter(code="courier.not-sealable").exists()


def test_an_emptied_message_is_withdrawn_and_never_sent(met: PairedNode) -> None:
    erased, good = met.enqueue(2)
    Outbox.objects.filter(pk=erased.pk).update(payload=b"")
    met.flush()
    erased.refresh_from_db()
    assert (erased.state, erased.position) == (OutboxState.WITHDRAWN, None)
    assert met.peer_ids() == [good.envelope_id]
    assert Alarm.objects.filter(code="courier.erased-unsent").exists()


# --- crashes and losses -----------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing catches it."""


def test_a_crash_between_commit_and_sending_loses_and_doubles_nothing(met: PairedNode) -> None:
    rows = met.enqueue(3)

    def die() -> None:
        raise Killed

    met.wire.on_request = die
    with pytest.raises(Killed):
        met.flush()
    assert met.now().out_size == 3
    assert met.peer_ids() == []
    forget_meetings()
    met.wire.on_request = None
    met.flush(is_due=True)
    assert met.peer_ids() == [row.envelope_id for row in rows]
    assert met.now().out_receipted_size == 3


def test_a_lost_answer_is_answered_again_with_the_stored_receipt(met: PairedNode) -> None:
    rows = met.enqueue(3)
    met.wire.loses_answers = True
    assert met.flush().refusal == "courier.peer-silent"
    first = met.peer.disk.inn.heads[3][1]
    met.wire.loses_answers = False
    forget_meetings()
    met.flush(is_due=True)
    assert met.peer_ids() == [row.envelope_id for row in rows]
    stored = SignedCheckpoint.objects.get(channel=met.channel, direction=Direction.OUT, size=3)
    assert stored.receipt is not None
    assert bytes(stored.receipt) == first == met.peer.disk.inn.heads[3][1]


def test_what_is_sent_again_is_the_same_bytes(met: PairedNode) -> None:
    met.enqueue(3)
    met.wire.loses_requests = True
    met.flush()
    met.wire.loses_requests = False
    met.flush()
    stored = [
        (bytes(entry.header), bytes(entry.sealed))
        for entry in Entry.objects.filter(channel=met.channel, direction=Direction.OUT).order_by("position")
    ]
    assert met.peer.disk.inn.entries == stored


def test_no_new_batch_is_appended_while_one_is_unreceipted(met: PairedNode) -> None:
    met.enqueue(2)
    met.wire.loses_requests = True
    met.flush()
    met.enqueue(2)
    met.flush()
    assert met.now().out_size == 2
    met.wire.loses_requests = False
    met.flush()
    assert met.flush().appended == 2
    assert met.now().out_receipted_size == 4


def test_a_peer_that_lost_receipted_entries_gets_them_again(met: PairedNode) -> None:
    met.enqueue(2)
    met.flush()
    backup = met.peer.backup()
    met.enqueue(3)
    met.flush()
    met.peer.restore(backup)
    met.flush(is_due=True)
    assert met.peer.state.incoming.size == 5
    assert Alarm.objects.filter(code="courier.peer-lost-entries").exists()


def test_a_failure_backs_off_and_the_next_contact_ends_the_back_off(met: PairedNode) -> None:
    met.enqueue()
    met.wire.loses_requests = True
    met.flush()
    channel = met.now()
    assert (channel.failures_in_a_row, channel.last_failure_code) == (1, "courier.peer-silent")
    assert channel.back_off_until is not None
    assert channel.back_off_until > timezone.now()
    met.heard()
    channel = met.now()
    assert (channel.failures_in_a_row, channel.back_off_until) == (0, None)


def test_the_back_off_spreads_over_the_whole_window_and_ends_at_five_minutes() -> None:
    assert back_off_seconds(1, spread=0.0) == 1.0
    assert back_off_seconds(1, spread=1.0) == 2.0
    assert back_off_seconds(4, spread=0.5) == 8.5
    assert back_off_seconds(40, spread=1.0) == 300.0
    assert back_off_seconds(40, spread=0.0) == 1.0


def test_an_altered_answer_is_refused_with_an_alarm_and_changes_nothing(met: PairedNode) -> None:
    met.enqueue()
    met.wire.alters = lambda answer: answer[:-40] + bytes([answer[-40] ^ 1]) + answer[-39:]
    result = met.flush()
    assert result.refusal is not None
    assert met.now().out_receipted_size == 0
    assert Alarm.objects.filter(channel=met.channel).exists()
    met.wire.alters = None
    met.flush()
    assert met.now().out_receipted_size == 1


def test_a_receipt_over_another_log_of_the_same_name_is_kept_as_proof_and_receipts_nothing(met: PairedNode) -> None:
    from tests.simulators.stored_node import pair

    other, third = pair("CA", "IN")
    other.append("a")
    third.receive(other.contact())
    foreign = third.disk.inn.heads[1][1]
    met.enqueue()

    def swap(answer: bytes) -> bytes:
        from dataclasses import replace

        from accord.channel.frames import encode_frame

        return encode_frame(replace(decode_frame(answer), receipt=foreign))

    met.wire.alters = swap
    met.flush()
    assert met.now().out_receipted_size == 0
    alarm = Alarm.objects.get(code="courier.receipt-contradicted")
    proof = decode_equivocation(bytes(alarm.evidence or b""))
    keys = channel_keys("CA", "IN")
    assert verify_equivocation(proof, keys.ours, keys.theirs).parties == ("CA", "IN")


def test_a_peer_that_cannot_now_is_no_alarm_and_is_tried_again_later(met: PairedNode) -> None:
    met.enqueue()
    signer, met.peer.signer = met.peer.signer, None  # type: ignore[assignment]
    result = met.flush()
    assert result.refusal == "channel.not-now"
    assert met.now().failures_in_a_row == 1
    assert met.now().peer_suspended_at is None
    assert not Alarm.objects.filter(code="courier.peer-refused").exists()
    met.peer.signer = signer
    met.flush()
    assert met.now().out_receipted_size == 1


def test_without_a_signing_key_nothing_is_appended_and_the_queue_stays(met: PairedNode) -> None:
    met.enqueue()
    met.custody.is_locked = True
    with pytest.raises(NotAvailableNow):
        met.flush()
    assert met.now().out_size == 0
    assert Outbox.objects.filter(state=OutboxState.QUEUED).count() == 1
    met.custody.is_locked = False
    assert met.flush().appended == 1


def test_two_flushes_at_once_send_each_message_once(met: PairedNode) -> None:
    rows = met.enqueue(4)
    inner: list[int] = []

    def flush_inside() -> None:
        met.wire.on_request = None
        inner.append(flush_once(met.channel.pk, met.wire).appended)

    met.wire.on_request = flush_inside
    assert met.flush().appended == 4
    assert inner == [0]
    assert met.peer_ids() == [row.envelope_id for row in rows]
