"""The roster's days and gaps as they are drawn: days of 23 and 25 hours, gaps in as few lines as there are hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context
from django.template.loader import render_to_string

from accord.liaison.roster.coverage import Span
from accord.liaison.roster.reading import read_roster
from accord.node.desk.frame import CapitalClock
from accord.node.desk.roster_days import BAR_WIDTH, day_rows, day_span, gap_lines
from accord.node.desk.templatetags.desk_roster import hours, nobody, own_day
from tests.desk import Desk
from tests.liaison.roster.specimens import at, two_desks

OTTAWA, DELHI = ZoneInfo("America/Toronto"), ZoneInfo("Asia/Kolkata")
EVENING = at(2026, 12, 4, 1)
"""20:00 on Thursday the 3rd in Ottawa, 06:30 on Friday the 4th in Delhi."""


def capitals(moment: datetime = EVENING) -> Context:
    clocks = [
        CapitalClock(party=party, capital=name, now=moment.astimezone(zone))
        for party, name, zone in (("CA", "Ottawa", OTTAWA), ("IN", "New Delhi", DELHI))
    ]
    return Context({"capitals": clocks})


def test_a_gap_that_moves_with_a_clock_change_stands_in_two_lines(desk: Desk) -> None:
    two_desks(desk)
    read = read_roster(Span(at(2026, 10, 1, 12), at(2026, 11, 30, 12)))
    lines = gap_lines(read.ours.gaps, (), (OTTAWA, DELHI))
    assert [(line.count, f"{line.first.start:%m-%d %H:%M}", f"{line.last.start:%m-%d %H:%M}") for line in lines] == [
        (31, "10-02 00:00", "11-01 00:00"),
        (29, "11-02 01:00", "11-30 01:00"),
    ]


def test_a_gap_that_the_other_side_covers_stands_apart(desk: Desk) -> None:
    two_desks(desk)
    read = read_roster(Span(at(2026, 12, 1, 12), at(2026, 12, 4, 12)))
    theirs = (Span(at(2026, 12, 1), at(2026, 12, 3)),)
    assert [(line.count, line.with_theirs) for line in gap_lines(read.ours.gaps, theirs, (OTTAWA, DELHI))] == [
        (1, True),
        (2, False),
    ]


@pytest.mark.parametrize(("day", "length"), [(date(2026, 11, 1), 25), (date(2027, 3, 14), 23), (date(2026, 12, 1), 24)])
def test_a_bar_is_full_whatever_the_length_of_its_day(desk: Desk, day: date, length: int) -> None:
    two_desks(desk)
    span = day_span(day, "America/Toronto")
    assert span.end - span.start == timedelta(hours=length)
    (row,) = day_rows(read_roster(span), first=day, days=1, zone="America/Toronto", today=day, holidays=lambda _day: ())
    assert sum(part.width for part in row.parts) == pytest.approx(BAR_WIDTH, abs=1)
    assert [watch.day for _post, watches in row.posts for watch in watches].count(day) == 1


def test_hours_are_said_in_each_capital_s_time_and_days_are_ours() -> None:
    gap = Span(EVENING, EVENING + timedelta(hours=1.5))
    assert nobody(capitals(), gap) == (
        "Nobody is on duty from Thu 3 Dec 2026, 20:00 to 21:30 in Ottawa / "
        "from Fri 4 Dec 2026, 06:30 to 08:00 in New Delhi."
    )
    assert "20:00 \N{EN DASH} 21:30" in hours(capitals(), gap)
    assert own_day(capitals(), EVENING) == "Thu 3 Dec 2026"


def test_the_header_s_day_is_that_of_its_capital() -> None:
    """A day of the server's zone would let the script take today in the other capital for tomorrow."""
    moment = datetime(2026, 11, 29, 19, 30, tzinfo=UTC)
    told = render_to_string("components/frame/capitals.html", capitals(moment).flatten())
    assert 'data-date="2026-11-29"' in told
    assert 'data-date="2026-11-30"' in told
