"""Test calls by hand and by plan, their answers, their times, and who is told."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accord.courier.models import Outbox
from accord.liaison.directory.filing import FOLLOWER
from accord.liaison.directory.kinds import Ping, PingAnswer
from accord.liaison.directory.pinging import (
    ANSWER_WITHIN,
    answer_ping,
    end_plan,
    next_moment,
    ping_times,
    plan_pings,
    send_due_pings,
    send_ping,
)
from accord.liaison.models import PingPlan, PingTest
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Notice
from accord.node.notices.rounds import make_round
from accord.officers.permissions import NotPermitted, Role
from accord.release.models import DecisionRecord, ReleasedMessage
from tests.desk import Desk
from tests.instruments.test_services import arrives, receipt
from tests.liaison.directory.test_directory import refused


def called(desk: Desk, **when: Any) -> PingTest:
    return send_ping(desk.duty, peer="IN", function="customs", **when)


def their_answer(test: PingTest) -> dict[str, Any]:
    return {"schema_version": 1, "ping": str(test.ping)}


def they_call(desk: Desk, key: UUID | None = None) -> str:
    return arrives(desk, "ping", {"schema_version": 1, "ping": str(key or uuid4()), "function": "duty-desk"})


def test_a_call_reaches_their_node_and_a_person_answers_and_both_times_are_kept(desk: Desk) -> None:
    test = called(desk)
    sent = msgspec.json.decode(bytes(Outbox.objects.get(kind="ping").payload), type=Ping)
    assert (UUID(sent.ping), sent.function) == (test.ping, "customs")
    receipt(desk)
    test.refresh_from_db()
    assert (test.reached_at is not None, test.answered_at) == (True, None)
    assert arrives(desk, "ping-answer", their_answer(test)) == ""
    test.refresh_from_db()
    assert test.answered_at is not None
    first = test.answered_at
    assert arrives(desk, "ping-answer", their_answer(test)) == ""
    test.refresh_from_db()
    assert test.answered_at == first, "a second answer changes nothing"


def test_an_answer_shows_that_the_call_reached_them_before_its_receipt_is_on_file(desk: Desk) -> None:
    test = called(desk)
    arrives(desk, "ping-answer", their_answer(test))
    test.refresh_from_db()
    assert test.reached_at == test.answered_at


def test_their_call_waits_for_the_duty_officer_who_answers_with_one_act(desk: Desk) -> None:
    key = uuid4()
    assert they_call(desk, key) == ""
    assert they_call(desk, key) == "liaison.ping-known"
    make_round()
    told = Notice.objects.filter(kind=Kind.PING_WAITS)
    assert {one.officer.username for one in told} == {"liaison", "duty"}
    held = answer_ping(desk.duty, PingTest.objects.get(is_ours=False))
    answered = msgspec.json.decode(bytes(Outbox.objects.get(kind="ping-answer").payload), type=PingAnswer)
    assert (UUID(answered.ping), held.answered_by) == (key, desk.duty)
    assert refused(answer_ping, desk.duty, held) == "liaison.ping-answered"
    make_round()
    assert not Notice.objects.filter(kind=Kind.PING_WAITS, settled_at=None).exists()


def test_our_answer_that_came_back_before_their_call_is_taken_in_again_is_no_open_call(desk: Desk) -> None:
    key = uuid4()
    they_call(desk, key)
    they_call(desk)
    for test in PingTest.objects.order_by("pk"):
        answer_ping(desk.duty, test)
    PingTest.objects.all().delete()
    DecisionRecord.objects.filter(kind="ping-answer").update(outcome="lost")
    released = ReleasedMessage.objects.filter(kind="ping-answer").select_related("outbox")
    for one in released:
        FOLLOWER.on_restored(one.pk, bytes(one.outbox.payload))
    assert they_call(desk, key) == ""
    assert PingTest.objects.get().answered_at == released[0].released_at
    make_round()
    assert not Notice.objects.filter(kind=Kind.PING_WAITS, settled_at=None).exists()


def test_nobody_answers_our_own_call_and_an_unknown_answer_is_refused(desk: Desk) -> None:
    assert refused(answer_ping, desk.duty, called(desk)) == "liaison.ping-answered"
    assert arrives(desk, "ping-answer", {"schema_version": 1, "ping": str(uuid4())}) == "liaison.unknown-ping"


def test_an_overdue_call_raises_a_notice_that_its_answer_settles(desk: Desk) -> None:
    test = called(desk, now=timezone.now() - ANSWER_WITHIN - timedelta(minutes=1))
    make_round()
    assert {one.officer.username for one in Notice.objects.filter(kind=Kind.PING_LATE)} == {"liaison", "duty"}
    arrives(desk, "ping-answer", their_answer(test))
    make_round()
    assert not Notice.objects.filter(kind=Kind.PING_LATE, settled_at=None).exists()


def test_one_call_of_a_function_is_open_at_a_time(desk: Desk) -> None:
    called(desk)
    assert refused(called, desk) == "liaison.ping-open"
    assert refused(send_ping, desk.duty, peer="IN", function="gossip") == "liaison.unknown-function"
    assert send_ping(desk.duty, peer="IN", function="fraud").pk


def test_only_who_may_calls_answers_and_plans(desk: Desk) -> None:
    they_call(desk)
    theirs = PingTest.objects.get()
    for role, officer in desk.officers.items():
        if role not in {Role.LIAISON, Role.DUTY}:
            with pytest.raises(NotPermitted):
                send_ping(officer, peer="IN", function="customs")
            with pytest.raises(NotPermitted):
                answer_ping(officer, theirs)
        if role is not Role.POLICY:
            with pytest.raises(NotPermitted):
                planned(desk, by=role)


def planned(desk: Desk, by: Role = Role.POLICY, **changed: Any) -> PingPlan:
    given: dict[str, Any] = {
        "peer": "IN",
        "function": "customs",
        "every_days": 7,
        "begins": time(2),
        "ends": time(5),
        "zone": "Asia/Kolkata",
        **changed,
    }
    return plan_pings(desk.officers[by], **given)


def test_a_plan_calls_in_its_window_and_then_a_week_later(desk: Desk) -> None:
    plan = planned(desk)
    assert send_due_pings(now=plan.next_at - timedelta(minutes=1)) == 0
    assert send_due_pings(now=plan.next_at) == 1
    test = PingTest.objects.get()
    assert (test.is_planned, test.sent_by, test.at) == (True, None, plan.next_at)
    first = plan.next_at
    plan.refresh_from_db()
    assert timedelta(days=6) < plan.next_at - first < timedelta(days=8)
    assert send_due_pings(now=first) == 0
    again = planned(desk, every_days=1)
    assert PingPlan.objects.filter(ended_at=None).get() == again
    end_plan(desk.officers[Role.POLICY], again)
    assert send_due_pings(now=first + timedelta(days=40)) == 0


def test_a_planned_call_that_cannot_leave_waits_for_its_next_turn(desk: Desk) -> None:
    plan = planned(desk)
    called(desk, now=plan.next_at)
    assert send_due_pings(now=plan.next_at) == 0
    assert PingTest.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"function": "gossip"}, "liaison.unknown-function"),
        ({"peer": "ZZ"}, "liaison.no-channel"),
        ({"zone": "Mars/Olympus"}, "liaison.unknown-zone"),
        ({"every_days": 0}, "liaison.odd-plan"),
        ({"every_days": 93}, "liaison.odd-plan"),
        ({"begins": time(5), "ends": time(2)}, "liaison.odd-plan"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(desk: Desk, changed: dict[str, Any], code: str) -> None:
    assert refused(planned, desk, **changed) == code


@given(
    after=st.integers(0, 730 * 24 * 60),
    begins=st.integers(0, 22),
    length=st.integers(1, 23),
    zone=st.sampled_from(["America/Toronto", "Asia/Kolkata", "UTC", "Asia/Kathmandu"]),
)
def test_the_next_moment_lies_ahead_and_in_the_window(after: int, begins: int, length: int, zone: str) -> None:
    plan = PingPlan(begins=time(begins), ends=time(min(23, begins + length)), zone=zone)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=after)
    found = next_moment(plan, after=moment)
    assert moment < found.astimezone(UTC) < moment + timedelta(days=2, hours=2)
    assert plan.begins <= found.time() < plan.ends


def test_the_times_are_counted_for_the_indicators(desk: Desk) -> None:
    began = timezone.now() - timedelta(days=1)
    for number, seconds in enumerate([60, 600, 3600, None]):
        at = began + timedelta(hours=number)
        PingTest.objects.create(
            peer_id="IN",
            is_ours=True,
            function="customs" if number else "fraud",
            at=at,
            due_at=at + ANSWER_WITHIN,
            reached_at=at,
            answered_at=None if seconds is None else at + timedelta(seconds=seconds),
        )
    found = ping_times("IN", began, began + timedelta(days=1))
    assert (found.sent, found.reached, found.answered, found.overdue) == (4, 4, 3, 2)
    assert (found.seconds, found.median_seconds, found.worst_seconds) == ((60, 600, 3600), 600, 3600)
    assert ping_times("IN", began, began + timedelta(days=1), function="fraud").sent == 1
    empty = ping_times("IN", began - timedelta(days=9), began)
    assert (empty.sent, empty.median_seconds, empty.worst_seconds) == (0, None, None)
