"""Coverage in wall time: both capitals' clock changes, holidays, nights, exchanges, absences, and what always holds."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.liaison.roster.calendars import holidays_of
from accord.liaison.roster.coverage import (
    EVERY_DAY,
    Coverage,
    HolidayRule,
    Shift,
    Span,
    coverage_of,
    gaps_between,
    moment_of,
    united,
    without,
)
from accord.parties.profile import load_profile

OTTAWA, DELHI = "America/Toronto", "Asia/Kolkata"
WEEKDAYS = frozenset(range(5))
CALENDAR = holidays_of((load_profile("canada"), load_profile("india")))
is_holiday = CALENDAR.is_holiday


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def shift(key: int = 1, *, zone: str = OTTAWA, begins: int = 8, ends: int = 20, **more: object) -> Shift:
    given = {"holder": key, "first_on": date(2026, 1, 1), **more}
    return Shift(key=key, zone=zone, begins=time(begins), ends=time(ends), **given)  # type: ignore[arg-type]


def covered(*shifts: Shift, start: datetime, end: datetime, **more: object) -> Coverage:
    return coverage_of(shifts, Span(start, end), is_holiday=is_holiday, **more)  # type: ignore[arg-type]


BOTH = (shift(1), shift(2, zone=DELHI))


def gap_times(found: Coverage) -> list[tuple[str, str]]:
    return [(f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}") for one in found.gaps]


def test_the_gap_between_ottawa_and_delhi_moves_when_ottawa_leaves_summer_time() -> None:
    found = covered(*BOTH, start=utc(2026, 10, 30, 12), end=utc(2026, 11, 4, 12))
    assert gap_times(found) == [
        ("10-31 00:00", "10-31 02:30"),
        ("11-01 00:00", "11-01 02:30"),
        ("11-02 01:00", "11-02 02:30"),
        ("11-03 01:00", "11-03 02:30"),
        ("11-04 01:00", "11-04 02:30"),
    ]


def test_the_gap_moves_back_when_ottawa_returns_to_summer_time() -> None:
    found = covered(*BOTH, start=utc(2027, 3, 12, 12), end=utc(2027, 3, 17, 12))
    assert gap_times(found) == [
        ("03-13 01:00", "03-13 02:30"),
        ("03-14 01:00", "03-14 02:30"),
        ("03-15 00:00", "03-15 02:30"),
        ("03-16 00:00", "03-16 02:30"),
        ("03-17 00:00", "03-17 02:30"),
    ]


def test_sixty_days_have_sixty_gaps_of_two_lengths() -> None:
    found = covered(*BOTH, start=utc(2026, 10, 1, 12), end=utc(2026, 11, 30, 12))
    lengths = [one.end - one.start for one in found.gaps]
    assert len(lengths) == 60
    assert lengths[:31] == [timedelta(hours=2.5)] * 31
    assert lengths[31:] == [timedelta(hours=1.5)] * 29


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 10, 31), 13), (date(2027, 3, 13), 11), (date(2026, 12, 1), 12)],
    ids=["clocks go back", "clocks go forward", "an ordinary night"],
)
def test_a_night_shift_is_as_long_as_its_night(day: date, hours: int) -> None:
    when = shift(begins=20, ends=8).on(day)
    assert when.end - when.start == timedelta(hours=hours)


def test_a_shift_that_ends_when_it_begins_is_a_whole_day() -> None:
    found = covered(shift(begins=8, ends=8), start=utc(2026, 10, 30), end=utc(2027, 3, 20))
    assert found.gaps == ()


def test_a_wall_time_that_is_left_out_is_the_moment_of_the_change() -> None:
    assert moment_of(date(2027, 3, 14), time(2, 30), OTTAWA) == utc(2027, 3, 14, 7)
    assert moment_of(date(2027, 3, 14), time(2), OTTAWA) == utc(2027, 3, 14, 7)
    assert moment_of(date(2027, 3, 14), time(3), OTTAWA) == utc(2027, 3, 14, 7)


def test_a_wall_time_that_comes_twice_is_its_first_coming() -> None:
    assert moment_of(date(2026, 11, 1), time(1, 30), OTTAWA) == utc(2026, 11, 1, 5, 30)
    assert moment_of(date(2026, 11, 1), time(2), OTTAWA) == utc(2026, 11, 1, 7)


def test_a_shift_within_the_hour_that_is_left_out_is_not_there() -> None:
    odd = Shift(key=1, holder=1, zone=OTTAWA, begins=time(2, 10), ends=time(2, 50), first_on=date(2027, 3, 13))
    found = covered(odd, start=utc(2027, 3, 13), end=utc(2027, 3, 16))
    assert [watch.day for watch in found.watches] == [date(2027, 3, 13), date(2027, 3, 15)]


@pytest.mark.parametrize("zone", [OTTAWA, DELHI, "Australia/Lord_Howe", "Pacific/Apia", "Europe/Paris", "UTC"])
def test_the_first_moment_is_the_first_at_which_the_clocks_show_it_or_have_passed_it(zone: str) -> None:
    day, wall = date(2026, 3, 29), time(2, 15)
    moment = moment_of(day, wall, zone)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert local >= datetime.combine(day, wall) > before


def test_a_shift_keeps_the_holidays_of_the_party_it_names() -> None:
    closed = shift(weekdays=WEEKDAYS, rule=HolidayRule.NOT_ON, holidays_of="CA")
    # Thanksgiving in Canada is a Monday; Gandhi Jayanti is a Friday and no holiday there.
    found = covered(closed, start=utc(2026, 10, 1, 4), end=utc(2026, 10, 14, 4))
    assert [watch.day.day for watch in found.watches] == [1, 2, 5, 6, 7, 8, 9, 13]
    theirs = shift(zone=DELHI, weekdays=WEEKDAYS, rule=HolidayRule.NOT_ON, holidays_of="IN")
    found = covered(theirs, start=utc(2026, 10, 1), end=utc(2026, 10, 14))
    assert date(2026, 10, 2) not in [watch.day for watch in found.watches]
    assert date(2026, 10, 12) in [watch.day for watch in found.watches]


def test_a_shift_for_holidays_too_comes_on_days_that_are_not_of_its_week() -> None:
    weekend = shift(weekdays=frozenset({5, 6}), rule=HolidayRule.ALSO_ON, holidays_of="CA")
    found = covered(weekend, start=utc(2026, 10, 9, 4), end=utc(2026, 10, 14, 4))
    assert [watch.day.day for watch in found.watches] == [10, 11, 12]
    only = shift(weekdays=frozenset(), rule=HolidayRule.ALSO_ON, holidays_of="IN", zone=DELHI)
    found = covered(only, start=utc(2026, 9, 30), end=utc(2026, 10, 5))
    assert [watch.day.day for watch in found.watches] == [2]


def test_the_first_and_the_last_day_count() -> None:
    bounded = shift(first_on=date(2026, 10, 5), last_on=date(2026, 10, 6))
    found = covered(bounded, start=utc(2026, 10, 1), end=utc(2026, 10, 31))
    assert [watch.day.day for watch in found.watches] == [5, 6]


def test_an_absence_opens_a_gap_in_the_middle_of_a_watch() -> None:
    away = Span(utc(2026, 10, 5, 15), utc(2026, 10, 5, 16))
    found = covered(shift(), start=utc(2026, 10, 5, 12), end=utc(2026, 10, 6), absences={1: [away]})
    assert found.gaps == (away,)
    assert not found.watches[0].is_whole


def test_who_took_a_watch_over_holds_it_and_their_absence_counts() -> None:
    span = {"start": utc(2026, 10, 5, 12), "end": utc(2026, 10, 6)}
    away = {1: [Span(utc(2026, 10, 1), utc(2026, 10, 9))]}
    taken = {(1, date(2026, 10, 5)): 7}
    assert covered(shift(), absences=away, **span).gaps == (Span(*span.values()),)  # type: ignore[arg-type]
    found = covered(shift(), absences=away, taken_over=taken, **span)  # type: ignore[arg-type]
    assert (found.gaps, found.watches[0].holder, found.watches[0].is_swapped) == ((), 7, True)


def test_a_watch_that_nobody_is_named_for_is_never_absent() -> None:
    theirs = shift(holder=None)
    found = covered(theirs, start=utc(2026, 10, 5, 12), end=utc(2026, 10, 6), absences={1: [Span(*_year())]})
    assert found.gaps == ()


def _year() -> tuple[datetime, datetime]:
    return utc(2026, 1, 1), utc(2027, 1, 1)


def test_without_a_shift_the_whole_span_is_a_gap() -> None:
    found = covered(start=utc(2026, 10, 5), end=utc(2026, 10, 6))
    assert found.gaps == (Span(utc(2026, 10, 5), utc(2026, 10, 6)),)


# What always holds.

ZONES = st.sampled_from((OTTAWA, DELHI, "Europe/Paris", "Australia/Lord_Howe", "America/St_Johns", "UTC"))
DAYS = st.dates(date(2026, 9, 1), date(2027, 4, 30))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
STARTS = st.datetimes(datetime(2026, 10, 1), datetime(2027, 4, 1)).map(  # noqa: DTZ001
    lambda one: one.replace(microsecond=0, tzinfo=UTC)
)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(STARTS)
    return Span(start, start + timedelta(minutes=draw(st.integers(1, 20 * 24 * 60))))


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    first = draw(DAYS)
    return Shift(
        key=draw(st.integers(1, 99)),
        holder=draw(st.none() | st.integers(1, 4)),
        zone=draw(ZONES),
        begins=draw(TIMES),
        ends=draw(TIMES),
        weekdays=draw(st.frozensets(st.integers(0, 6))),
        first_on=first,
        last_on=draw(st.none() | st.integers(0, 90).map(lambda count: first + timedelta(days=count))),
        rule=draw(st.sampled_from(HolidayRule)),
        holidays_of=draw(st.sampled_from(("CA", "IN", ""))),
    )


@given(st.lists(shifts(), max_size=6), spans(), st.dictionaries(st.integers(1, 4), st.lists(spans(), max_size=3)))
def test_what_is_covered_and_what_is_not_fill_the_span(
    given: list[Shift], span: Span, absences: dict[int, list[Span]]
) -> None:
    found = coverage_of(given, span, is_holiday=is_holiday, absences=absences)
    pieces = sorted((*found.covered, *found.gaps))
    assert pieces[0].start == span.start
    assert pieces[-1].end == span.end
    assert all(one.end == after.start for one, after in itertools.pairwise(pieces))
    assert all(one.start < one.end for one in pieces)


@given(st.lists(shifts(), max_size=5), shifts(), spans())
def test_a_further_shift_never_lengthens_a_gap(given: list[Shift], more: Shift, span: Span) -> None:
    before = coverage_of(given, span, is_holiday=is_holiday).gaps
    after = coverage_of([*given, more], span, is_holiday=is_holiday).gaps
    assert all(any(old.start <= new.start and new.end <= old.end for old in before) for new in after)


@given(ZONES, st.lists(TIMES, min_size=2, max_size=6, unique=True), spans())
def test_shifts_that_meet_in_wall_time_leave_no_gap(zone: str, times: list[time], span: Span) -> None:
    turns = sorted(times)
    around = [
        Shift(key=place, holder=place, zone=zone, begins=begins, ends=ends, first_on=date(2026, 9, 1))
        for place, (begins, ends) in enumerate(zip(turns, [*turns[1:], turns[0]], strict=True))
    ]
    assert coverage_of(around, span, is_holiday=is_holiday).gaps == ()


@given(st.lists(spans(), max_size=8), spans())
def test_what_is_taken_out_and_what_is_left_fill_the_span(taken: list[Span], span: Span) -> None:
    union = united(taken)
    left = without(span, union)
    assert without(span, gaps_between(left, span)) == left
    assert all(one.end <= out.start or one.start >= out.end for one in left for out in union)
    lost = sum((min(one.end, span.end) - max(one.start, span.start) for one in union if _meets(one, span)), timedelta())
    assert sum((one.end - one.start for one in left), lost) == span.end - span.start


def _meets(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


@given(ZONES, DAYS, TIMES, TIMES)
def test_later_on_the_clock_is_never_earlier(zone: str, day: date, one: time, other: time) -> None:
    early, late = sorted((one, other))
    assert moment_of(day, early, zone) <= moment_of(day, late, zone) <= moment_of(day + timedelta(days=1), early, zone)


def test_every_day_is_all_of_the_week() -> None:
    assert sorted(EVERY_DAY) == [0, 1, 2, 3, 4, 5, 6]


def test_a_holiday_is_named_in_the_reader_s_language_where_the_calendar_knows_it() -> None:
    day = date(2026, 7, 1)
    assert CALENDAR.name_of("CA", day) == "Canada Day"
    assert CALENDAR.name_of("CA", day, "fr") != "Canada Day"
    assert CALENDAR.name_of("IN", day) == ""
    assert CALENDAR.name_of("XX", day) == ""
    assert not CALENDAR.is_holiday("XX", day)
