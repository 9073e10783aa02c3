"""Months and quarters are those of the calendar, by UTC, and a period is over at its last moment and not before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accord.vocabulary.periods import Period, ended_periods, period_of


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_code_names_a_period_and_the_period_its_code(code: str, first: date, last: date) -> None:
    period = period_of(code)
    assert period == Period(first_day=first, last_day=last)
    assert period.code == code
    assert period.is_calendar
    assert not period.is_over(period.until - timedelta(microseconds=1))
    assert period.is_over(period.until)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-00", "2026-13", "2026-Q0", "2026-Q5", "1999-01", "2026-1", " 2026-01"]
)
def test_what_is_no_period_is_none(code: str) -> None:
    assert period_of(code) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 2, 1), date(2026, 2, 27)),
        (date(2026, 2, 1), date(2026, 4, 30)),
        (date(2026, 1, 2), date(2026, 3, 31)),
    ],
)
def test_days_that_are_no_calendar_period_are_told(first: date, last: date) -> None:
    assert not Period(first_day=first, last_day=last).is_calendar


@pytest.mark.parametrize("today", [datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 11, 29, 23, 59, tzinfo=UTC)])
def test_what_may_be_published_is_over_and_the_newest_stands_first(today: datetime) -> None:
    offered = ended_periods(today)
    assert all(one.is_over(today) and one.is_calendar for one in offered)
    quarters, months = offered[:4], offered[4:]
    assert next(one.code for one in quarters) == ("2026-Q4" if today.year == 2027 else "2026-Q3")
    assert next(one.code for one in months) == ("2026-12" if today.year == 2027 else "2026-10")
    assert months == sorted(months, key=lambda one: one.first_day, reverse=True)
