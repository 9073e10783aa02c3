"""What the other side says later or too far ahead does not undo what it said, nor stop our clocks for ever."""

from datetime import timedelta

from django.utils import timezone

from accord.courier.models import Alarm
from accord.exchange import services
from accord.exchange.models import Clock, Message
from accord.exchange.sent import FOLLOWER
from accord.release.intake import take_in
from accord.release.registry import Delivered, OutcomeNotice, followers
from tests.desk import (
    CANADA,
    INDIA,
    TODAY,
    Desk,
    answer_fields,
    approved,
    days,
    flush,
    from_india,
    notice_fields,
    own_side,
    received_request,
    released_request,
)


def sent_request(desk: Desk) -> Message:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    for follower in followers():
        follower.on_delivered([Delivered(sent.released_id, timezone.now(), timezone.now())])
    sent.refresh_from_db()
    return sent


def delayed(desk: Desk, sent: Message, expected_on: str) -> Clock:
    fields = from_india(notice_fields(INDIA, CANADA), reason="volume", expected_on=expected_on)
    desk.peer.send("delay-notice", fields, in_reply_to=sent.envelope_id)
    take_in(desk.channel)
    return Clock.objects.get(message=sent)


def test_a_notice_for_a_day_that_never_comes_stops_no_clock(desk: Desk) -> None:
    assert delayed(desk, sent_request(desk), "9999-12-31").state == Clock.State.RUNNING


def test_a_clock_they_stopped_goes_on_by_our_act_once_their_day_has_passed(desk: Desk) -> None:
    sent = sent_request(desk)
    clock = delayed(desk, sent, days(20))
    later = timezone.now() + timedelta(days=22)
    assert (clock.state, clock.is_overdue(later)) == (Clock.State.PAUSED, True)
    assert services.resume(desk.liaison, sent, now=later).state == Clock.State.RUNNING


def test_a_word_of_theirs_is_not_taken_back(desk: Desk) -> None:
    sent = sent_request(desk)
    position = sent.released.outbox.position  # type: ignore[union-attr]
    for state in ("filed", "expired-unread", "refused"):
        FOLLOWER.on_outcome(
            OutcomeNotice(
                peer="IN", first=position, last=position, state=state, code=None, rule=None, at=timezone.now()
            )
        )
    sent.refresh_from_db()
    assert sent.state == Message.State.FILED
    assert Alarm.objects.get(code="exchange.disposition-contradicts").count == 2


def test_that_nothing_is_held_of_a_person_leaves_when_the_shielded_answer_would(desk: Desk) -> None:
    request = received_request(desk, person_categories=["suspect"])
    fields = answer_fields(outcome="nothing-held", arrangement_id="ARR-2026-1", text="Nothing is held.")
    own = own_side(protection_statuses=["none"], is_in_custody=False)
    draft = services.answer(desk.duty, request, fields, own=own)
    message = services.submit(desk.duty, draft, version=1)
    message = services.release(desk.releasing, approved(desk, message))
    assert message.state == Message.State.APPROVED
    assert message.release_at == request.clock.started_at + timedelta(days=5, hours=6)
    assert message.release_at.date() > TODAY
