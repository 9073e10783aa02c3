"""Officers are told when a wait for a reply nears its end, when nobody replied, and of an objection left alone."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accord.exchange.models import Case, Message
from accord.node.notices.deriving import make_notices
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Notice as Told
from accord.node.notices.models import Reading
from accord.node.notices.settling import settle_notices, waiting_notices
from accord.workstreams.drugs.kinds import PRE_EXPORT_REPLY, SHIPMENT_OUTCOME
from accord.workstreams.drugs.models import Notice
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import text
from tests.workstreams.drugs.noticed import OURS, THEIRS, received, received_notice, sent_notice
from tests.workstreams.drugs.told import outcome_fields, reply_fields


def turn(now: datetime) -> None:
    Reading.objects.update_or_create(source="drugnotices", defaults={"looked_at": now - timedelta(minutes=1)})
    make_notices(now=now)


def whom(kind: Kind) -> set[str]:
    return set(Told.objects.filter(kind=kind).values_list("officer__username", flat=True))


def end(notice: Notice) -> datetime:
    assert notice.waits_until is not None
    return notice.waits_until


def test_a_wait_of_theirs_is_told_once_when_two_days_are_left_and_not_before(desk: Desk) -> None:
    notice = received_notice(desk)
    Case.objects.filter(pk=notice.case_id).update(holder=desk.duty)
    turn(end(notice) - timedelta(days=3, minutes=1))
    assert whom(Kind.REPLY_WAITS) == set()
    turn(end(notice) - timedelta(days=3))
    turn(end(notice) - timedelta(days=1))
    assert whom(Kind.REPLY_WAITS) == {desk.duty.username}
    assert Told.objects.filter(kind=Kind.REPLY_WAITS).count() == 1
    turn(end(notice) + timedelta(minutes=1))
    assert whom(Kind.SILENCE) == set()


def test_our_overdue_reply_is_told_once_to_the_holder_and_to_duty_officers(desk: Desk) -> None:
    notice = received_notice(desk)
    Case.objects.filter(pk=notice.case_id).update(holder=desk.liaison)
    turn(end(notice) - timedelta(minutes=1))
    assert whom(Kind.REPLY_OVER) == set()
    turn(end(notice) + timedelta(seconds=1))
    turn(end(notice) + timedelta(minutes=1))
    assert whom(Kind.REPLY_OVER) == {desk.liaison.username, desk.duty.username}
    assert Told.objects.filter(kind=Kind.REPLY_OVER).count() == 2
    Notice.objects.filter(pk=notice.pk).update(reply_result="no-objection", replied_at=timezone.now())
    settle_notices()
    assert not waiting_notices().filter(kind=Kind.REPLY_OVER).exists()


@pytest.mark.parametrize("ended", ["refused", "expired", "blocked", "recalled"])
def test_of_a_notice_that_never_came_or_was_recalled_no_silence_is_told(desk: Desk, ended: str) -> None:
    notice = sent_notice(desk)
    changed = {"recalled_at": timezone.now()} if ended == "recalled" else {"state": ended}
    Message.objects.filter(pk=notice.pk).update(**changed)
    turn(end(notice) + timedelta(seconds=1))
    assert whom(Kind.SILENCE) == set()


def test_of_a_case_that_nobody_holds_those_are_told_who_may_reply(desk: Desk) -> None:
    notice = received_notice(desk)
    turn(end(notice) - timedelta(days=1))
    told = whom(Kind.REPLY_WAITS)
    assert desk.duty.username in told
    assert desk.reviewer.username not in told


def test_the_list_says_the_last_day_and_leads_to_the_consignment(desk: Desk, sign_in: SignIn) -> None:
    notice = received_notice(desk)
    turn(end(notice) - timedelta(days=1))
    client = sign_in(desk.duty)
    page = text(client.get(reverse("desk:notices")))
    assert "A notice before export waits for a reply" in page
    assert "Last day: " in page
    assert "(New Delhi)" in page
    told = Told.objects.get(kind=Kind.REPLY_WAITS, officer=desk.duty)
    opened = client.post(reverse("desk:notice-open", args=[told.pk]))
    assert opened["Location"] == reverse("desk:drugs-notice", args=[notice.pk])


def test_a_reply_settles_what_was_told_of_a_wait(desk: Desk) -> None:
    notice = received_notice(desk)
    turn(end(notice) - timedelta(days=1))
    settle_notices()
    assert waiting_notices().filter(kind=Kind.REPLY_WAITS).exists()
    Notice.objects.filter(pk=notice.pk).update(reply_result="no-objection", replied_at=timezone.now())
    settle_notices()
    assert not waiting_notices().filter(kind=Kind.REPLY_WAITS).exists()


def test_silence_on_a_notice_of_ours_is_told_and_a_reply_is_not(desk: Desk) -> None:
    notice = sent_notice(desk)
    Case.objects.filter(pk=notice.case_id).update(holder=desk.liaison)
    turn(end(notice) - timedelta(minutes=1))
    assert whom(Kind.SILENCE) == set()
    turn(end(notice) + timedelta(seconds=1))
    assert whom(Kind.SILENCE) == {desk.liaison.username}
    assert whom(Kind.REPLY_WAITS) == set()
    known = {"reply_to": notice.message.envelope_id, "case_ref_other": notice.case.own_ref}
    received(desk, PRE_EXPORT_REPLY, reply_fields(THEIRS, OURS), **known)
    settle_notices()
    assert not waiting_notices().filter(kind=Kind.SILENCE).exists()


def test_an_objection_that_nothing_followed_is_told_after_two_days(desk: Desk) -> None:
    notice = sent_notice(desk)
    known = {"case_ref_other": notice.case.own_ref}
    objection = reply_fields(THEIRS, OURS, reply_result="objection", reason_code="end-use-doubtful")
    received(desk, PRE_EXPORT_REPLY, objection, reply_to=notice.message.envelope_id, **known)
    notice.refresh_from_db()
    assert notice.replied_at is not None
    due = notice.replied_at + timedelta(hours=48)
    turn(due - timedelta(minutes=1))
    assert whom(Kind.FOLLOW_UP_LATE) == set()
    turn(due + timedelta(seconds=1))
    assert desk.liaison.username in whom(Kind.FOLLOW_UP_LATE)
    received(desk, SHIPMENT_OUTCOME, outcome_fields(notice.message.envelope_id, THEIRS, OURS), **known)
    settle_notices()
    assert not waiting_notices().filter(kind=Kind.FOLLOW_UP_LATE).exists()


def test_who_may_not_read_the_case_is_told_nothing(desk: Desk) -> None:
    notice = received_notice(desk)
    Case.objects.filter(pk=notice.case_id).update(is_team_only=True, holder=desk.duty)
    turn(end(notice) - timedelta(days=1))
    assert whom(Kind.REPLY_WAITS) == {desk.duty.username}
