"""A suspension on one side is known on the other at once, holds back what waits there, and its end is told, too."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accord.channel.frames import decode_frame, encode_frame
from accord.channel.refusals import Misaddressed
from accord.courier.freeze import resume, suspend
from accord.courier.health import channel_health
from accord.courier.inbound import receive_contact
from accord.courier.machine import has_met
from accord.courier.models import Alarm, Channel, Mode, Outbox, OutboxState
from accord.courier.outbox import withdraw
from tests.simulators.paired_node import PairedNode
from tests.simulators.stored_node import StoredNode

REASON = "An incident is looked into."


def peer_stops(node: PairedNode) -> None:
    node.peer.state = node.peer.state.suspended()


def peer_goes_on(node: PairedNode) -> None:
    node.peer.state = node.peer.state.resumed()


def alarms(code: str) -> int:
    return Alarm.objects.filter(code=code).count()


# --- the peer's -------------------------------------------------------------------------------------------------------


def test_a_suspension_that_the_peer_tells_is_shown_with_an_alarm_and_nothing_is_appended(met: PairedNode) -> None:
    peer_stops(met)
    assert met.heard().status == 200
    (health,) = channel_health()
    assert health.mode == Mode.OPEN
    assert health.peer_suspended_at is not None
    assert [alarm.code for alarm in health.alarms] == ["courier.peer-suspended"]
    assert not has_met(met.now())
    met.enqueue()
    assert met.flush().is_idle
    assert met.now().out_size == 0


def test_a_suspension_told_again_with_every_sign_of_life_is_one_alarm_and_one_moment(met: PairedNode) -> None:
    peer_stops(met)
    met.heard()
    since = met.now().peer_suspended_at
    met.heard()
    met.flush(is_due=True)
    assert met.now().peer_suspended_at == since
    assert Alarm.objects.get(code="courier.peer-suspended").count == 1
    assert alarms("courier.peer-refused") == 0


def test_a_contact_that_the_suspended_peer_refuses_tells_the_same(met: PairedNode) -> None:
    peer_stops(met)
    result = met.flush(is_due=True)
    assert result.refusal == "channel.suspended"
    channel = met.now()
    assert channel.peer_suspended_at is not None
    assert channel.failures_in_a_row == 1
    assert not has_met(channel)


def test_what_waits_for_a_suspended_peer_can_be_withdrawn_and_the_rest_leaves_when_it_goes_on(met: PairedNode) -> None:
    peer_stops(met)
    met.heard()
    kept, gone = met.enqueue(2)
    withdraw(gone)
    peer_goes_on(met)
    met.heard()
    assert met.now().peer_suspended_at is None
    assert alarms("courier.peer-resumed") == 1
    met.flush()
    assert met.peer_ids() == [kept.envelope_id]
    assert Outbox.objects.get(pk=gone.pk).state == OutboxState.WITHDRAWN


def test_an_entry_that_was_under_way_when_the_peer_stopped_arrives_once_afterwards(met: PairedNode) -> None:
    (row,) = met.enqueue()
    met.wire.on_request = lambda: peer_stops(met) if met.peer.state.mode.value == "open" else None
    assert met.flush().refusal == "channel.suspended"
    met.wire.on_request = None
    carried = len(met.wire.carried)
    met.flush(is_due=True)
    assert met.wire.carried[carried].batch is None
    peer_goes_on(met)
    met.heard()
    met.flush()
    assert met.peer_ids() == [row.envelope_id]
    assert met.now().out_receipted_size == 1


def test_what_a_parcel_says_of_a_suspension_counts_for_nothing(met: PairedNode) -> None:
    peer_stops(met)
    old = met.peer.contact()
    receive_contact(met.channel.pk, old, is_live=False)
    assert met.now().peer_suspended_at is None
    assert has_met(met.now())
    met.heard(old)
    peer_goes_on(met)
    receive_contact(met.channel.pk, met.peer.contact(), is_live=False)
    assert met.now().peer_suspended_at is not None


def test_a_peer_that_cannot_now_says_nothing_of_its_suspension(met: PairedNode) -> None:
    peer_stops(met)
    met.heard()
    met.wire.alters = lambda answer: encode_frame(replace(decode_frame(answer), refusal="channel.not-now"))
    met.flush(is_due=True)
    assert met.now().peer_suspended_at is not None


# --- ours -------------------------------------------------------------------------------------------------------------


def stopped(node: PairedNode) -> None:
    suspend(node.channel.pk, officer_id=7, reason=REASON)


def going_on(node: PairedNode) -> None:
    resume(node.channel.pk, officer_id=7, reason="It is over.")


def test_our_suspension_is_told_in_one_frame_without_waiting_and_carries_nothing(met: PairedNode) -> None:
    met.enqueue()
    stopped(met)
    carried = len(met.wire.carried)
    assert met.flush().refusal is None
    (frame,) = met.wire.carried[carried:]
    assert frame.refusal == "channel.suspended"
    assert (frame.batch, frame.receipt, frame.witness, frame.chunks, frame.have_chunks) == (None, None, None, (), ())
    assert not met.peer.has_met
    assert met.flush().is_idle
    assert met.flush(is_due=True).frames == 1
    assert met.now().out_size == 0


def test_our_going_on_is_told_without_waiting(met: PairedNode) -> None:
    stopped(met)
    met.flush()
    going_on(met)
    carried = len(met.wire.carried)
    assert met.flush().frames == 1
    assert met.wire.carried[carried].refusal is None
    assert met.peer.has_met
    assert met.flush().is_idle


@pytest.mark.parametrize("act", [stopped, going_on])
def test_what_could_not_be_told_is_told_at_the_next_try(met: PairedNode, act: object) -> None:
    if act is going_on:
        stopped(met)
        met.flush()
    met.wire.loses_requests = True
    act(met)  # type: ignore[operator]
    assert met.flush().refusal == "courier.peer-silent"
    assert met.now().is_mode_untold
    met.wire.loses_requests = False
    assert met.flush().refusal is None
    assert not met.now().is_mode_untold
    assert met.peer.has_met == (act is going_on)


@pytest.mark.parametrize("act", [stopped, going_on])
def test_a_change_does_not_wait_for_a_back_off_to_end(met: PairedNode, act: object) -> None:
    if act is going_on:
        stopped(met)
    Channel.objects.update(back_off_until=timezone.now() + timedelta(minutes=4))
    act(met)  # type: ignore[operator]
    assert met.now().back_off_until is None


def test_a_suspension_lifted_while_it_is_told_is_still_to_be_told(met: PairedNode) -> None:
    stopped(met)
    met.wire.on_request = lambda: going_on(met)
    met.flush()
    met.wire.on_request = None
    assert met.now().is_mode_untold
    assert not met.peer.has_met
    met.flush()
    assert met.peer.has_met


def test_a_peer_that_is_suspended_itself_knows_of_ours_when_it_refuses(met: PairedNode) -> None:
    peer_stops(met)
    stopped(met)
    assert met.flush().refusal is None
    assert not met.now().is_mode_untold
    going_on(met)
    assert met.flush().refusal == "channel.suspended"
    assert met.now().peer_suspended_at is not None
    assert met.now().is_mode_untold


def test_an_answer_that_is_not_of_this_channel_tells_nobody_anything(met: PairedNode) -> None:
    stopped(met)
    stranger = StoredNode.create("XX", "CA")
    met.wire.alters = lambda _: stranger.contact()
    assert met.flush().refusal == Misaddressed.code
    assert met.now().is_mode_untold


def test_a_peer_that_refuses_to_hear_it_is_told_again(met: PairedNode) -> None:
    stopped(met)
    met.wire.alters = lambda answer: encode_frame(replace(decode_frame(answer), refusal="channel.not-now"))
    assert met.flush().refusal == "channel.not-now"
    channel = met.now()
    assert (channel.is_mode_untold, channel.failures_in_a_row) == (True, 1)
