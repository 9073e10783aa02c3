"""Receipts and expiries of the courier reach the messages they concern, once."""

from datetime import timedelta

from django.utils import timezone

from accord.courier.models import Outbox, SignedCheckpoint
from accord.exchange.models import Clock, Message
from accord.release.follow import follow_all
from accord.release.models import ReleasedMessage
from tests.desk import Desk, flush, released_request


def test_a_receipt_makes_a_message_delivered_at_the_moment_it_was_signed(desk: Desk) -> None:
    sent = released_request(desk)
    signed_at = timezone.now() + timedelta(seconds=2)
    flush(desk, receipted_at=signed_at)
    assert follow_all() == 1
    sent.refresh_from_db()
    assert (sent.state, sent.delivered_at) == (Message.State.DELIVERED, signed_at)
    assert ReleasedMessage.objects.get().delivered_at == signed_at


def test_a_message_shows_when_its_receipt_arrived_here_and_beside_it_the_second_that_was_signed(desk: Desk) -> None:
    sent = released_request(desk)
    arrived_at = timezone.now()
    stated_at = arrived_at.replace(microsecond=0) - timedelta(seconds=1)
    flush(desk, receipted_at=stated_at)
    SignedCheckpoint.objects.update(receipt_recorded_at=arrived_at)
    follow_all()
    sent.refresh_from_db()
    assert (sent.delivered_at, sent.receipt_stated_at) == (arrived_at, stated_at)
    assert Clock.objects.get(message=sent).started_at == stated_at


def test_nothing_is_delivered_without_a_receipt(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk)
    assert follow_all() == 0
    sent.refresh_from_db()
    assert sent.state == Message.State.RELEASED


def test_a_receipt_is_noted_once(desk: Desk) -> None:
    released_request(desk)
    flush(desk, receipted_at=timezone.now())
    assert follow_all() == 1
    assert follow_all() == 0


def test_the_clock_of_our_own_request_runs_from_its_receipt(desk: Desk) -> None:
    sent = released_request(desk)
    signed_at = timezone.now()
    flush(desk, receipted_at=signed_at)
    follow_all()
    clock = Clock.objects.get(message=sent)
    assert clock.started_at == signed_at
    assert clock.due_at == signed_at + timedelta(days=7)


def test_a_message_that_was_filed_before_its_receipt_was_noted_stays_filed(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    Message.objects.update(state=Message.State.FILED)
    follow_all()
    sent.refresh_from_db()
    assert sent.state == Message.State.FILED
    assert sent.delivered_at is not None


def test_a_message_that_expired_in_the_queue_shows_it(desk: Desk) -> None:
    sent = released_request(desk)
    Outbox.objects.update(state="expired")
    assert follow_all() == 1
    sent.refresh_from_db()
    assert sent.state == Message.State.EXPIRED


def test_a_message_blocked_by_a_fault_of_the_gate_says_so_until_it_is_delivered(desk: Desk) -> None:
    sent = released_request(desk)
    Outbox.objects.update(state="blocked")
    follow_all()
    sent.refresh_from_db()
    assert sent.state == Message.State.BLOCKED
    assert ReleasedMessage.objects.get().unsent_reason == "blocked"
    Outbox.objects.update(state="queued")
    flush(desk, receipted_at=timezone.now())
    follow_all()
    sent.refresh_from_db()
    assert sent.state == Message.State.DELIVERED


def test_the_undelivered_are_looked_through_only_now_and_then(desk: Desk) -> None:
    now = timezone.now()
    released_request(desk)
    assert follow_all(now=now) == 0
    Outbox.objects.update(state="expired")
    assert follow_all(now=now + timedelta(seconds=5)) == 0
    assert follow_all(now=now + timedelta(seconds=61)) == 1
