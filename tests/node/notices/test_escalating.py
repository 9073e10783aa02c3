"""An urgent item that nobody reads goes further, step by step, each on record and once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings

from accord.exchange.models import Message
from accord.node.api.timelines import timeline_of
from accord.node.notices.escalating import ITEMS_A_TURN, escalate_unread, is_office_hour
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Escalation, Notice
from accord.node.notices.services import mark_read
from accord.officers.models import Officer
from tests.desk import Desk, received_request

# A Wednesday at eleven in Ottawa, and what is none: Christmas, a Sunday, an evening.
WORKING = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=15)


@pytest.fixture
def request_(desk: Desk) -> Message:
    return received_request(desk)


def notice(message: Message, *officers: Officer, at: datetime = WORKING, is_urgent: bool = True) -> None:
    for officer in officers:
        Notice.objects.create(
            officer=officer,
            kind=Kind.REQUEST,
            key=str(message.pk),
            at=at,
            made_at=at,
            is_urgent=is_urgent,
            case=message.case,
            message=message,
        )


def told(step: int) -> set[str]:
    rows = Notice.objects.filter(kind=Kind.ESCALATED, key__startswith=f"{step}-")
    return set(rows.values_list("officer__username", flat=True))


def test_an_unread_urgent_notice_goes_to_duty_and_then_to_those_who_release_and_administer(
    desk: Desk, request_: Message
) -> None:
    notice(request_, desk.liaison, desk.duty)
    assert escalate_unread(now=WORKING + PATIENCE - timedelta(seconds=1)) == 0
    assert escalate_unread(now=WORKING + PATIENCE) == 1
    assert (told(0), told(1)) == ({desk.duty.username}, set())
    assert escalate_unread(now=WORKING + PATIENCE + timedelta(seconds=3)) == 0
    assert escalate_unread(now=WORKING + 2 * PATIENCE) == 1
    assert told(1) == {desk.releasing.username, desk.administrator.username}
    assert escalate_unread(now=WORKING + 9 * PATIENCE) == 0


def test_what_is_not_urgent_never_escalates(desk: Desk, request_: Message) -> None:
    notice(request_, desk.liaison, is_urgent=False)
    assert escalate_unread(now=WORKING + timedelta(days=9)) == 0


@pytest.mark.parametrize("kind", [Kind.REQUEST, Kind.ESCALATED])
def test_one_reader_stops_it_whichever_notice_was_read(desk: Desk, request_: Message, kind: Kind) -> None:
    notice(request_, desk.liaison, desk.duty)
    escalate_unread(now=WORKING + PATIENCE)
    read = Notice.objects.filter(kind=kind, officer=desk.duty).get()
    mark_read(desk.duty, [read.pk])
    assert escalate_unread(now=WORKING + 5 * PATIENCE) == 0


def test_each_step_stands_in_the_timeline_of_its_case(desk: Desk, request_: Message) -> None:
    notice(request_, desk.liaison)
    escalate_unread(now=WORKING + PATIENCE)
    escalate_unread(now=WORKING + 2 * PATIENCE)
    happened = [one.what for one in timeline_of(desk.duty, request_.case, [request_], [], shows_content=True)]
    assert [what for what in happened if "unread urgent" in what] == [
        "unread urgent notice taken to the duty officers",
        "unread urgent notice taken to the releasing officers and administrators",
    ]


def test_a_step_is_taken_once_though_two_rounds_look_at_the_same_time(desk: Desk, request_: Message) -> None:
    notice(request_, desk.liaison)
    for _round in range(3):
        escalate_unread(now=WORKING + PATIENCE)
    assert (Escalation.objects.count(), Notice.objects.filter(kind=Kind.ESCALATED).count()) == (1, 1)


def test_a_step_that_reaches_nobody_is_not_waited_for(desk: Desk, request_: Message) -> None:
    Officer.objects.filter(pk=desk.duty.pk).update(is_active=False)
    notice(request_, desk.liaison)
    escalate_unread(now=WORKING + PATIENCE)
    escalate_unread(now=WORKING + PATIENCE + timedelta(seconds=3))
    assert (told(0), told(1)) == (set(), {desk.releasing.username, desk.administrator.username})


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (WORKING, True),
        (datetime(2026, 12, 25, 16, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 19, 2, 0, tzinfo=UTC), False),
    ],
    ids=["Wednesday", "holiday", "Sunday", "night"],
)
def test_office_hours_are_those_of_the_own_capital(desk: Desk, moment: datetime, is_open: bool) -> None:
    assert is_office_hour(moment) is is_open


def test_on_a_holiday_what_did_not_go_to_the_duty_officers_goes_to_them_at_once(desk: Desk, request_: Message) -> None:
    holiday = datetime(2026, 12, 25, 16, 0, tzinfo=UTC)
    notice(request_, desk.liaison, at=holiday)
    assert escalate_unread(now=holiday) == 1
    assert told(0) == {desk.duty.username}


def test_what_has_no_step_left_keeps_nothing_from_going_further(desk: Desk, request_: Message) -> None:
    for number in range(ITEMS_A_TURN):
        Notice.objects.create(
            officer=desk.liaison, kind=Kind.ALARM, key=f"old-{number}", at=WORKING, made_at=WORKING, is_urgent=True
        )
    for turn in (1, 2):
        assert escalate_unread(now=WORKING + turn * PATIENCE) == ITEMS_A_TURN
    later = WORKING + 3 * PATIENCE
    notice(request_, desk.liaison, at=later)
    assert escalate_unread(now=later + PATIENCE) == 1
    assert Escalation.objects.filter(kind=Kind.REQUEST).count() == 1


def test_what_was_read_on_its_way_up_keeps_nothing_from_going_further(desk: Desk, request_: Message) -> None:
    for number in range(ITEMS_A_TURN):
        Notice.objects.create(
            officer=desk.liaison, kind=Kind.ALARM, key=f"old-{number}", at=WORKING, made_at=WORKING, is_urgent=True
        )
    assert escalate_unread(now=WORKING + PATIENCE) == ITEMS_A_TURN
    read = Notice.objects.filter(kind=Kind.ESCALATED, officer=desk.duty)
    mark_read(desk.duty, [one.pk for one in read])
    later = WORKING + 2 * PATIENCE
    notice(request_, desk.liaison, at=later)
    assert escalate_unread(now=later + PATIENCE) == 1
    assert Escalation.objects.get(kind=Kind.REQUEST).step == 0


def test_the_time_of_waiting_is_the_operators(desk: Desk, request_: Message, settings: LazySettings) -> None:
    settings.ACCORD_NOTICE_ESCALATION_MINUTES = 5
    notice(request_, desk.liaison, desk.duty)
    assert escalate_unread(now=WORKING + timedelta(minutes=5)) == 1
