"""An urgent request that nobody takes goes by the roster: to who is on duty, the deputy, the head, each once."""

from datetime import datetime, timedelta

import pytest

from accord.exchange import services
from accord.exchange.models import Clock, Message
from accord.liaison.models import CallEntry, DutyPost
from accord.liaison.roster.leaving import take_leave
from accord.liaison.roster.posts import add_call
from accord.node.api.timelines import timeline_of
from accord.node.notices.calling import call_by_roster
from accord.node.notices.escalating import escalate_unread
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Escalation, Notice
from accord.node.notices.places import place_of
from accord.node.notices.settling import settle_notices
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.vocabulary.urgency import Urgency
from tests.desk import Desk, received_request
from tests.liaison.roster.specimens import NIGHT, NOON, keeper, two_desks

MINUTE = timedelta(minutes=1)
RANK = CallEntry.Rank


def urgent(desk: Desk, *, at: datetime = NOON, urgency: Urgency = Urgency.URGENT) -> Message:
    """An urgent request that came in at that time."""
    message = received_request(desk)
    Clock.objects.filter(message=message).update(
        urgency=urgency.value, started_at=at, due_at=at + timedelta(hours=8), state=Clock.State.RUNNING
    )
    Message.objects.filter(pk=message.pk).update(received_at=at)
    return Message.objects.get(pk=message.pk)


def listed(desk: Desk) -> DutyPost:
    """Two desks; in Ottawa a deputy after the duty officer, and then the head."""
    home, _away = two_desks(desk)
    deputy, head = desk.again(Role.DUTY, "deputy"), desk.again(Role.LIAISON, "chief")
    for rank, officer in ((RANK.DUTY, desk.duty), (RANK.HEAD, head), (RANK.DEPUTY, deputy)):
        add_call(
            keeper(desk), home.post, rank=rank, officer=officer, shown_as="", telephone="+1 613 555 0100", minutes=10
        )
    return home.post


def called(step: int) -> set[str]:
    rows = Notice.objects.filter(kind=Kind.CALLED, key__startswith=f"{step}-")
    return set(rows.values_list("officer__username", flat=True))


def test_it_goes_from_duty_to_deputy_to_head_and_then_to_those_who_release(desk: Desk) -> None:
    listed(desk)
    urgent(desk)
    assert call_by_roster(now=NOON + 14 * MINUTE) == 0
    assert call_by_roster(now=NOON + 15 * MINUTE) == 1
    assert called(0) == {"duty"}
    assert call_by_roster(now=NOON + 24 * MINUTE) == 0
    assert call_by_roster(now=NOON + 25 * MINUTE) == 1
    assert called(1) == {"deputy"}
    assert call_by_roster(now=NOON + 35 * MINUTE) == 1
    assert called(2) == {"chief"}
    assert call_by_roster(now=NOON + 45 * MINUTE) == 1
    assert called(3) == {"releasing", "admin"}
    assert call_by_roster(now=NOON + timedelta(hours=4)) == 0


def test_in_a_gap_nobody_is_waited_for(desk: Desk) -> None:
    listed(desk)
    urgent(desk, at=NIGHT)
    assert call_by_roster(now=NIGHT) == 2
    assert (called(0), called(1), called(2)) == (set(), {"deputy"}, set())
    assert list(Escalation.objects.values_list("step", "told")) == [(0, 0), (1, 1)]


def test_who_is_on_leave_is_not_called(desk: Desk) -> None:
    listed(desk)
    take_leave(desk.duty, desk.duty, starts_at=NOON - MINUTE, ends_at=NOON + timedelta(days=1))
    urgent(desk)
    call_by_roster(now=NOON)
    assert (called(0), called(1)) == (set(), {"deputy"})


def test_who_is_on_duty_elsewhere_is_called_there(desk: Desk) -> None:
    listed(desk)
    at = NOON.replace(hour=5) + timedelta(days=1)  # 10:30 in Delhi
    urgent(desk, at=at)
    call_by_roster(now=at + 15 * MINUTE)
    assert called(0) == {"liaison"}


def test_taking_the_request_stops_it_and_reading_does_not(desk: Desk) -> None:
    listed(desk)
    message = urgent(desk)
    call_by_roster(now=NOON + 15 * MINUTE)
    Notice.objects.filter(kind=Kind.CALLED).update(read_at=NOON + 16 * MINUTE)
    assert call_by_roster(now=NOON + 25 * MINUTE) == 1
    services.take(desk.duty, message.case)
    assert call_by_roster(now=NOON + timedelta(hours=2)) == 0
    settle_notices()
    assert not Notice.objects.filter(kind=Kind.CALLED, read_at=None, settled_at=None).exists()


def test_what_is_not_urgent_is_never_called(desk: Desk) -> None:
    listed(desk)
    urgent(desk, urgency=Urgency.NORMAL)
    assert call_by_roster(now=NOON + timedelta(days=2)) == 0


def test_a_threat_to_life_is(desk: Desk) -> None:
    listed(desk)
    urgent(desk, urgency=Urgency.THREAT_TO_LIFE)
    assert call_by_roster(now=NOON + 15 * MINUTE) == 1


def unread(desk: Desk, message: Message, kind: Kind = Kind.REQUEST) -> None:
    Notice.objects.create(
        officer=desk.liaison,
        kind=kind,
        key=str(message.pk),
        at=NOON,
        made_at=NOON,
        is_urgent=True,
        case=message.case,
        message=message,
    )


def test_without_a_roster_nobody_is_called_and_unread_notices_go_as_before(desk: Desk) -> None:
    unread(desk, urgent(desk))
    assert call_by_roster(now=NOON + timedelta(hours=4)) == 0
    assert escalate_unread(now=NOON + 15 * MINUTE) == 1


def test_with_a_roster_an_unread_request_is_called_and_not_escalated_beside_it(desk: Desk) -> None:
    listed(desk)
    unread(desk, urgent(desk))
    assert escalate_unread(now=NOON + timedelta(hours=1)) == 0


def test_another_urgent_item_goes_to_who_is_on_watch_and_not_to_every_duty_officer(desk: Desk) -> None:
    listed(desk)
    unread(desk, urgent(desk), Kind.CLOCK_OUT)
    escalate_unread(now=NOON + 15 * MINUTE)
    told = Notice.objects.filter(kind=Kind.ESCALATED).values_list("officer__username", flat=True)
    assert list(told) == ["duty"]


def test_who_may_not_read_the_case_is_passed_over(desk: Desk) -> None:
    post = listed(desk)
    message = urgent(desk)
    Officer.objects.filter(username="deputy").update(scope_themes=["fraud"])
    call_by_roster(now=NOON + 15 * MINUTE)
    assert call_by_roster(now=NOON + 25 * MINUTE) == 2
    assert (called(1), called(2)) == (set(), {"chief"})
    assert message.case.theme != "fraud"
    assert post.minutes == 15


def test_a_number_without_an_account_is_passed_over(desk: Desk) -> None:
    home, _away = two_desks(desk)
    add_call(keeper(desk), home.post, rank=RANK.HEAD, officer=None, shown_as="Head (specimen)", telephone="1")
    urgent(desk)
    call_by_roster(now=NOON + 15 * MINUTE)
    assert call_by_roster(now=NOON + 30 * MINUTE) == 2
    assert called(2) == {"releasing", "admin"}


def test_each_step_stands_in_the_timeline_and_the_notice_leads_to_the_case(desk: Desk) -> None:
    listed(desk)
    message = urgent(desk)
    call_by_roster(now=NOON + 15 * MINUTE)
    call_by_roster(now=NOON + 25 * MINUTE)
    happened = [one.what for one in timeline_of(desk.duty, message.case, [message], [], shows_content=True)]
    assert [what for what in happened if what.startswith("untaken")] == [
        "untaken urgent request: those on duty called",
        "untaken urgent request: deputy called",
    ]
    notice = Notice.objects.filter(kind=Kind.CALLED).order_by("pk")[0]
    assert place_of(notice, desk.duty) == f"/desk/cases/{message.case.own_ref}/"


@pytest.mark.parametrize("times", [2, 3])
def test_a_turn_that_is_done_again_calls_nobody_twice(desk: Desk, times: int) -> None:
    listed(desk)
    urgent(desk)
    for _turn in range(times):
        call_by_roster(now=NOON + 15 * MINUTE)
    assert Notice.objects.filter(kind=Kind.CALLED).count() == 1
