"""Clocks: the limit binds in calendar time, working time is shown for both capitals, a pause needs a ground."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.exchange.clocks import (
    WorkingCalendar,
    calendar_of,
    end_clock,
    new_clock,
    pause_clock,
    read_clock,
    resume_clock,
)
from accord.exchange.models import Clock
from accord.parties.models import Party
from accord.parties.profile import load_profile
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE, ClockTable
from accord.vocabulary.refusal import DelayReason
from accord.vocabulary.urgency import AccessClass, Urgency

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 10:00 in Ottawa, 20:30 in New Delhi
OTTAWA = calendar_of(load_profile("canada"))
DELHI = calendar_of(load_profile("india"))
PARTIES = tuple(
    Party(code=profile.code, profile=profile.to_json()) for profile in (load_profile("canada"), load_profile("india"))
)


def clock(urgency: Urgency = Urgency.NORMAL) -> Clock:
    return new_clock(
        message_id=uuid4(), table=FIRST_CLOCK_TABLE, urgency=urgency, access=AccessClass.DIRECT, received_at=FRIDAY
    )


def test_seven_days_over_a_weekend_hold_five_working_days() -> None:
    assert OTTAWA.working_time(FRIDAY, FRIDAY + timedelta(days=7)) == timedelta(hours=40)


def test_a_night_and_a_weekend_hold_no_working_time() -> None:
    evening = datetime(2026, 11, 20, 18, 0, tzinfo=ZoneInfo("America/Toronto"))
    assert OTTAWA.working_time(evening, evening + timedelta(hours=60)) == timedelta()


def test_a_public_holiday_of_one_side_is_no_holiday_of_the_other() -> None:
    canada_day, republic_day = date(2026, 7, 1), date(2026, 1, 26)
    assert not OTTAWA.is_working_day(canada_day)
    assert DELHI.is_working_day(canada_day)
    assert OTTAWA.is_working_day(republic_day)
    assert not DELHI.is_working_day(republic_day)


def test_the_limit_is_read_in_both_capitals_time() -> None:
    ours, theirs = read_clock(clock(Urgency.URGENT), parties=PARTIES, now=FRIDAY).capitals
    assert (ours.capital, f"{ours.due:%a %H:%M}") == ("Ottawa", "Fri 18:00")
    assert (theirs.capital, f"{theirs.due:%a %H:%M}") == ("New Delhi", "Sat 04:30")
    assert ours.working_left == timedelta(hours=7)
    assert theirs.working_left == timedelta()


def test_a_clock_that_ran_out_is_overdue_by_so_much() -> None:
    reading = read_clock(clock(), parties=PARTIES, now=FRIDAY + timedelta(days=8))
    assert reading.is_overdue
    assert reading.left == timedelta(days=-1)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_a_pause_moves_the_limit_by_its_length(before: int, length: int) -> None:
    running = clock()
    due = running.due_at
    paused_at = FRIDAY + timedelta(minutes=before)
    pause_clock(running, reason=DelayReason.TRANSLATION, expected_on=None, at=paused_at)
    resume_clock(running, at=paused_at + timedelta(minutes=length))
    assert running.due_at == due + timedelta(minutes=length)
    assert running.state == Clock.State.RUNNING


def test_a_paused_clock_does_not_become_overdue_and_shows_its_ground() -> None:
    running = clock()
    pause_clock(running, reason=DelayReason.VOLUME, expected_on=date(2026, 12, 24), at=FRIDAY)
    reading = read_clock(running, parties=PARTIES, now=FRIDAY + timedelta(days=30))
    assert (reading.is_paused, reading.is_overdue, reading.pause_reason) == (True, False, "volume")
    assert reading.expected_on == date(2026, 12, 24)
    assert reading.left == timedelta(days=7)


def test_a_clock_that_was_overdue_before_its_pause_stays_overdue() -> None:
    running = clock()
    pause_clock(running, reason=DelayReason.VOLUME, expected_on=None, at=FRIDAY + timedelta(days=8))
    assert running.is_overdue(FRIDAY + timedelta(days=8))


def test_a_second_notice_changes_the_ground_and_not_the_pause() -> None:
    running = clock()
    pause_clock(running, reason=DelayReason.VOLUME, expected_on=None, at=FRIDAY)
    pause_clock(running, reason=DelayReason.TRANSLATION, expected_on=None, at=FRIDAY + timedelta(days=1))
    assert (running.paused_at, running.pause_reason) == (FRIDAY, "translation")


def test_an_ended_clock_neither_pauses_nor_goes_on() -> None:
    running = clock()
    end_clock(running, at=FRIDAY + timedelta(days=1))
    pause_clock(running, reason=DelayReason.VOLUME, expected_on=None, at=FRIDAY + timedelta(days=2))
    resume_clock(running, at=FRIDAY + timedelta(days=3))
    end_clock(running, at=FRIDAY + timedelta(days=4))
    assert (running.state, running.ended_at) == (Clock.State.ENDED, FRIDAY + timedelta(days=1))
    assert running.pause_reason == ""


def test_an_answer_during_a_pause_counts_the_pause() -> None:
    running = clock()
    pause_clock(running, reason=DelayReason.VOLUME, expected_on=None, at=FRIDAY + timedelta(days=6))
    end_clock(running, at=FRIDAY + timedelta(days=20))
    assert not running.is_overdue(FRIDAY + timedelta(days=20))


def test_a_table_without_the_row_starts_no_clock() -> None:
    with pytest.raises(KeyError):
        new_clock(
            message_id=uuid4(),
            table=ClockTable(version="2099-1", limits={}),
            urgency=Urgency.NORMAL,
            access=AccessClass.DIRECT,
            received_at=FRIDAY,
        )


@given(st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 30))
def test_working_time_adds_up_and_never_exceeds_calendar_time(first: int, second: int) -> None:
    calendar = WorkingCalendar(zone=ZoneInfo("America/Toronto"), is_holiday=lambda _day: False)
    middle = FRIDAY + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    whole = calendar.working_time(FRIDAY, end)
    assert whole == calendar.working_time(FRIDAY, middle) + calendar.working_time(middle, end)
    assert timedelta() <= whole <= end - FRIDAY
