"""The queue and the case, for who may read content."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.errors import NotFound
from accord.exchange.models import Case
from accord.officers.permissions import NotPermitted
from tests.desk import Desk, received_request, released_request, submitted_request


def test_a_new_request_shows_under_new_until_it_is_taken(desk: Desk) -> None:
    case = received_request(desk).case
    assert [row.case for row in services.queue(desk.duty, section=services.Section.NEW)] == [case]
    services.take(desk.duty, case)
    assert services.queue(desk.duty, section=services.Section.NEW) == []
    assert [row.case for row in services.queue(desk.duty, section=services.Section.WAITING_ON_US)] == [case]


def test_each_case_stands_under_whom_it_waits_for(desk: Desk) -> None:
    received_request(desk)
    submitted_request(desk)
    released_request(desk)
    counts = services.queue_counts(desk.duty)
    assert counts[services.Section.WAITING_ON_US] == 1
    assert counts[services.Section.WAITING_ON_GATE] == 1
    assert counts[services.Section.WAITING_ON_THEM] == 1


def test_due_today_is_today_in_our_capital(desk: Desk) -> None:
    zone = ZoneInfo("America/Toronto")
    now = timezone.now()
    received_request(desk, now=now)
    due = now + timedelta(days=7)
    last_hour_before = due - timedelta(minutes=1)
    local_midnight = datetime.combine(due.astimezone(zone).date(), datetime.min.time(), zone)
    for moment, section in (
        (last_hour_before, services.Section.DUE_TODAY),
        (local_midnight, services.Section.DUE_TODAY),
        (due + timedelta(minutes=1), services.Section.OVERDUE),
    ):
        counts = services.queue_counts(desk.duty, now=moment)
        assert counts[section] == 1
    before = services.queue_counts(desk.duty, now=local_midnight - timedelta(minutes=1))
    assert before[services.Section.DUE_TODAY] == 0


def test_a_page_goes_on_where_the_last_one_ended(desk: Desk) -> None:
    now = timezone.now()
    for number in range(5):
        received_request(desk, case=f"IN-2026-{number:06d}", now=now)
    seen: list[str] = []
    after = ""
    while page := services.queue(desk.duty, limit=2, after=after):
        seen += [row.case.other_ref for row in page]
        after = page[-1].place
    assert sorted(seen) == [f"IN-2026-{number:06d}" for number in range(5)]


def test_the_queue_goes_from_what_is_due_first_to_what_has_no_clock_page_by_page(desk: Desk) -> None:
    now = timezone.now()
    urgent = {"urgency": "urgent", "urgency_ground": "losing-relevance", "urgency_text": "It leaves tomorrow."}
    for number, change in enumerate(({}, urgent, {}, urgent)):
        received_request(desk, case=f"IN-2026-{number:06d}", now=now - timedelta(minutes=number), **change)
    own = [services.create_case(desk.liaison, peer="IN", theme="precursors", title=f"Drum {n}").pk for n in range(3)]
    whole = services.queue(desk.duty)
    due = [row.reading.due_at for row in whole if row.reading is not None]
    assert due == sorted(due)
    assert [row.case.pk for row in whole[4:]] == own[::-1]
    paged: list[Case] = []
    after = ""
    while page := services.queue(desk.duty, limit=2, after=after):
        paged += [row.case for row in page]
        after = page[-1].place
    assert paged == [row.case for row in whole]


def test_the_most_urgent_of_many_is_on_the_first_page(desk: Desk) -> None:
    now = timezone.now()
    first = received_request(desk, now=now - timedelta(days=6)).case
    for number in range(3):
        received_request(desk, case=f"IN-2026-{number + 10:06d}", now=now)
    (row,) = services.queue(desk.duty, limit=1)
    assert row.case == first


def test_a_case_with_two_clocks_stands_once_on_all_pages_together(desk: Desk) -> None:
    now = timezone.now()
    received_request(desk, now=now - timedelta(days=8))
    received_request(desk, now=now)
    received_request(desk, case="IN-2026-000009", now=now - timedelta(days=1))
    page = services.queue(desk.duty, limit=2)
    assert len({row.case for row in page}) == 2
    assert services.queue(desk.duty, limit=2, after=page[-1].place) == []
    for section in (services.Section.OVERDUE, services.Section.WAITING_ON_US):
        rows = services.queue(desk.duty, section=section)
        assert len(rows) == services.queue_counts(desk.duty)[section]


@pytest.mark.parametrize("after", ["x", "c~", "c~2026-01-01~x", "r~2026-01-01T00:00:00~" + "0" * 32, "~~", "\x00"])
def test_a_place_that_was_made_up_is_the_beginning(desk: Desk, after: str) -> None:
    received_request(desk)
    assert len(services.queue(desk.duty, after=after)) == 1


def test_a_row_shows_the_clock_that_is_due_first(desk: Desk) -> None:
    now = timezone.now()
    first = received_request(desk, now=now - timedelta(days=1))
    received_request(desk, now=now)
    (row,) = services.queue(desk.duty)
    assert row.clock == first.clock
    assert row.reading is not None
    assert [capital.party for capital in row.reading.capitals] == ["CA", "IN"]


def test_a_closed_case_is_not_in_the_queue(desk: Desk) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    services.close_case(desk.liaison, case)
    assert services.queue(desk.duty) == []


def test_a_case_and_its_messages_are_read_in_time(desk: Desk) -> None:
    sent = released_request(desk)
    case = services.read_case(desk.reviewer, sent.case.own_ref)
    assert services.messages_of(desk.reviewer, case) == [sent]
    assert services.read_message(desk.reviewer, sent.pk) == sent
    assert services.clock_reading(sent) is None


def test_what_is_not_there_is_said_so(desk: Desk) -> None:
    with pytest.raises(NotFound):
        services.read_case(desk.reviewer, "CA-2026-999999")
    with pytest.raises(NotFound):
        services.read_message(desk.reviewer, uuid.uuid4())


def test_an_administrator_reads_no_content(desk: Desk) -> None:
    sent = released_request(desk)
    for read in (
        lambda: services.queue(desk.administrator),
        lambda: services.queue_counts(desk.administrator),
        lambda: services.read_case(desk.administrator, sent.case.own_ref),
        lambda: services.read_message(desk.administrator, sent.pk),
        lambda: services.messages_of(desk.administrator, sent.case),
        lambda: services.check_draft(desk.administrator, sent),
    ):
        with pytest.raises(NotPermitted):
            read()
    assert Case.objects.count() == 1
