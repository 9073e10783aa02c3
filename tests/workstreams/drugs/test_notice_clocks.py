"""The clocks of notices: each party's days by its own calendar, and what is left of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.exchange.clocks import WorkingCalendar, calendar_of
from accord.parties.profile import load_profile
from accord.workstreams.drugs.notices.clocks import (
    ClockRule,
    Counts,
    RunsFrom,
    alerted_hours,
    alerts,
    begins_on,
    days_left,
    last_day,
    rule_of,
    waits_until,
)

CALENDARS = {"CA": calendar_of(load_profile("canada")), "IN": calendar_of(load_profile("india"))}
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
HOLIDAYS = st.sets(st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)), max_size=60)


def rule(days: int, counts: Counts = Counts.WORKING) -> ClockRule:
    return ClockRule(
        party="XX", days=days, counts=counts, runs_from=RunsFrom.SENDING, citation="Specimen", verified=False
    )


def test_the_two_national_clocks_differ_as_their_laws_do() -> None:
    canada, india = rule_of("CA"), rule_of("IN")
    assert canada is not None
    assert india is not None
    assert (canada.days, canada.counts, canada.runs_from) == (7, "calendar", "sending")
    assert (india.days, india.counts, india.runs_from) == (21, "working", "application")
    assert canada.verified
    assert "34(e)" in canada.citation
    assert rule_of("ZZ") is None
    assert (alerts().incident_hours, alerts().objection_hours) == (24, 48)


@given(begins=DAYS)
def test_seven_days_are_seven_days_whatever_the_calendar(begins: date) -> None:
    canada = rule_of("CA")
    assert canada is not None
    assert last_day(canada, begins, lambda _day: False) == begins + timedelta(days=7)


@given(begins=DAYS, days=st.integers(min_value=1, max_value=60), code=st.sampled_from(["CA", "IN"]))
@settings(max_examples=60, deadline=None)
def test_exactly_so_many_working_days_lie_behind_the_first_and_the_last_is_one(
    begins: date, days: int, code: str
) -> None:
    calendar = CALENDARS[code]
    last = last_day(rule(days), begins, calendar.is_working_day)
    counted = sum(calendar.is_working_day(begins + timedelta(days=one)) for one in range(1, (last - begins).days + 1))
    assert counted == days
    assert calendar.is_working_day(last)
    assert last >= begins + timedelta(days=days)


@given(begins=st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 6, 30)), off=HOLIDAYS, more=HOLIDAYS)
def test_a_further_holiday_never_makes_a_wait_shorter(begins: date, off: set[date], more: set[date]) -> None:
    def with_holidays(days: set[date]) -> WorkingCalendar:
        return WorkingCalendar(zone=ZoneInfo("UTC"), is_holiday=days.__contains__)

    shorter = last_day(rule(21), begins, with_holidays(off).is_working_day)
    longer = last_day(rule(21), begins, with_holidays(off | more).is_working_day)
    assert longer >= shorter


@given(begins=DAYS, later=st.integers(min_value=0, max_value=30))
@settings(max_examples=60, deadline=None)
def test_what_begins_later_never_ends_earlier(begins: date, later: int) -> None:
    for code, calendar in CALENDARS.items():
        one = rule_of(code)
        assert one is not None
        first = last_day(one, begins, calendar.is_working_day)
        assert last_day(one, begins + timedelta(days=later), calendar.is_working_day) >= first


def test_a_calendar_without_working_days_is_a_fault_and_no_endless_wait() -> None:
    with pytest.raises(ValueError, match="too few working days"):
        last_day(rule(1), date(2026, 1, 1), lambda _day: False)


MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy wants naive bounds


@given(moment=MOMENTS, code=st.sampled_from(["CA", "IN"]))
@settings(max_examples=60, deadline=None)
def test_a_wait_ends_with_a_day_of_the_capital_of_its_rule(moment: datetime, code: str) -> None:
    calendar, one = CALENDARS[code], rule_of(code)
    assert one is not None
    begins = moment.astimezone(calendar.zone).date()
    until = waits_until(one, begins, zone=calendar.zone, is_working_day=calendar.is_working_day)
    assert until.astimezone(calendar.zone).time() == datetime.min.time()
    left = days_left(until, moment, zone=calendar.zone, is_working_day=calendar.is_working_day)
    assert not left.is_over
    if one.counts is Counts.CALENDAR:
        assert left.calendar == one.days
    else:
        assert left.working == one.days
    assert left.working <= left.calendar
    over = days_left(until, until, zone=calendar.zone, is_working_day=calendar.is_working_day)
    assert (over.is_over, over.calendar, over.working) == (True, 0, 0)
    last = days_left(until, until - timedelta(seconds=1), zone=calendar.zone, is_working_day=calendar.is_working_day)
    assert (last.is_over, last.calendar) == (False, 0)


def test_seven_days_over_the_end_of_the_year_hold_few_working_days_in_both_capitals() -> None:
    sent = datetime(2026, 12, 23, 15, tzinfo=UTC)
    canada, india = CALENDARS["CA"], CALENDARS["IN"]
    one = rule_of("CA")
    assert one is not None
    until = waits_until(one, sent.date(), zone=canada.zone, is_working_day=canada.is_working_day)
    here = days_left(until, sent, zone=canada.zone, is_working_day=canada.is_working_day)
    there = days_left(until, sent, zone=india.zone, is_working_day=india.is_working_day)
    assert here.calendar == 7
    assert here.working < 5
    assert there.working != here.working


def test_hours_of_an_alert_are_never_less_than_none() -> None:
    told = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert str(alerted_hours(told - timedelta(hours=25, minutes=30), told)) == "25.50"
    assert alerted_hours(told + timedelta(hours=1), told) == 0


@pytest.mark.parametrize(
    ("applied_on", "begins"),
    [
        (None, date(2026, 11, 30)),
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2027, 12, 1), date(2027, 12, 1)),
        (date(2027, 12, 2), date(2026, 11, 30)),
        (date(2025, 11, 28), date(2026, 11, 30)),
        (date.max, date(2026, 11, 30)),
        (date.min, date(2026, 11, 30)),
    ],
)
def test_a_day_of_application_far_from_the_sending_is_not_counted_from(applied_on: date | None, begins: date) -> None:
    india, canada = rule_of("IN"), rule_of("CA")
    assert india is not None
    assert canada is not None
    assert begins_on(india, sent_on=date(2026, 11, 30), applied_on=applied_on) == begins
    assert begins_on(canada, sent_on=date(2026, 11, 30), applied_on=applied_on) == date(2026, 11, 30)


def test_a_wait_without_a_reasonable_end_is_counted_so_far_and_no_further() -> None:
    looked_at = []

    def is_working_day(day: date) -> bool:
        looked_at.append(day)
        return True

    now = datetime(2026, 11, 30, tzinfo=UTC)
    left = days_left(datetime(9000, 1, 1, tzinfo=UTC), now, zone=ZoneInfo("UTC"), is_working_day=is_working_day)
    assert not left.is_over
    assert left.calendar == left.working == len(looked_at) < 1_500
