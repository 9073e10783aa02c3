"""The roster as the desk shows it: days with a bar of their hours, and gaps that come again in one line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from accord.liaison.models import DutyPost
from accord.liaison.roster.coverage import Span, Watch, moment_of, without
from accord.liaison.roster.reading import RosterRead

__all__ = ["BAR_WIDTH", "BarPart", "DayRow", "GapLine", "day_rows", "day_span", "gap_lines"]

BAR_WIDTH: Final = 480
"""Width of a day's bar in the drawing's units: twenty to the hour, on a day of twenty-four."""


@dataclass(frozen=True, kw_only=True)
class BarPart:
    """One piece of a day's bar.

    Args:
        kind: ``ours``, ``gap`` or ``theirs``.
        x: Left edge.
        width: Width.
    """

    kind: str
    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """One day of our capital.

    Args:
        day: The day.
        is_today: Whether it is today there.
        holidays: Public holidays on it: code of the party and name.
        parts: The pieces of its bar.
        marks: Where the bar has its lines, every six hours.
        posts: For each post, ours first, the watches that begin on the day.
        gaps: Hours without anybody of ours.
    """

    day: date
    is_today: bool
    holidays: tuple[tuple[str, str], ...]
    parts: tuple[BarPart, ...]
    marks: tuple[float, ...]
    posts: tuple[tuple[DutyPost, tuple[Watch, ...]], ...]
    gaps: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """A gap, or one that comes again at the same hours in every capital.

    Args:
        first: The first of them.
        last: The last of them.
        count: How many there are.
        with_theirs: Whether the other side told us that it is at its desk all that time.
    """

    first: Span
    last: Span
    count: int
    with_theirs: bool


def day_span(day: date, zone: str) -> Span:
    """Returns a day of a zone: 23, 24 or 25 hours long."""
    return Span(moment_of(day, time(), zone), moment_of(day + timedelta(days=1), time(), zone))


def day_rows(
    read: RosterRead,
    *,
    first: date,
    days: int,
    zone: str,
    today: date,
    holidays: Callable[[date], tuple[tuple[str, str], ...]],
) -> list[DayRow]:
    """Returns the rows of some days.

    Args:
        read: The roster over these days.
        first: The first day.
        days: How many.
        zone: Zone of our capital.
        today: Today there.
        holidays: The public holidays of a day.
    """
    return [
        _row(read, first + timedelta(days=place), zone, today, holidays)
        for place in range(days)
        if read.span.start <= day_span(first + timedelta(days=place), zone).start
    ]


def _row(
    read: RosterRead, day: date, zone: str, today: date, holidays: Callable[[date], tuple[tuple[str, str], ...]]
) -> DayRow:
    span = day_span(day, zone)
    scale = BAR_WIDTH / (span.end - span.start).total_seconds()

    def part(kind: str, piece: Span) -> BarPart:
        x = (piece.start - span.start).total_seconds() * scale
        width = (piece.end - piece.start).total_seconds() * scale
        return BarPart(kind=kind, x=round(x, 1), width=max(1.0, round(width, 1)))

    gaps = _inside(read.ours.gaps, span)
    parts = [part("ours", one) for one in _inside(read.ours.covered, span)]
    parts += [part("gap", one) for one in gaps]
    parts += [part("theirs", one) for one in _inside(read.theirs.covered, span)]
    hours = (moment_of(day, time(hour), zone) for hour in (6, 12, 18))
    return DayRow(
        day=day,
        is_today=day == today,
        holidays=holidays(day),
        parts=tuple(parts),
        marks=tuple(round((one - span.start).total_seconds() * scale, 1) for one in hours),
        posts=tuple(
            (one.post, tuple(watch for watch in one.coverage.watches if span.start <= watch.span.start < span.end))
            for one in read.posts
        ),
        gaps=gaps,
    )


def _inside(spans: Sequence[Span], span: Span) -> tuple[Span, ...]:
    return tuple(Span(max(one.start, span.start), min(one.end, span.end)) for one in spans if _meets(one, span))


def _meets(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def gap_lines(gaps: Sequence[Span], theirs: Sequence[Span], zones: Sequence[ZoneInfo]) -> list[GapLine]:
    """Returns gaps in lines: one that comes again a day later at the same hours in every capital is in the same line.

    Args:
        gaps: The gaps, in order.
        theirs: When the other side is at its desk, as a union.
        zones: The zones of the capitals.
    """
    lines: list[GapLine] = []
    for gap in gaps:
        with_theirs = bool(theirs) and not without(gap, theirs)
        last = lines[-1] if lines else None
        if last is not None and last.with_theirs == with_theirs and _comes_again(last.last, gap, zones):
            lines[-1] = GapLine(first=last.first, last=gap, count=last.count + 1, with_theirs=with_theirs)
        else:
            lines.append(GapLine(first=gap, last=gap, count=1, with_theirs=with_theirs))
    return lines


def _comes_again(before: Span, gap: Span, zones: Sequence[ZoneInfo]) -> bool:
    return all(
        _local(moment, zone) + timedelta(days=1) == _local(again, zone)
        for zone in zones or (ZoneInfo("UTC"),)
        for moment, again in zip(before, gap, strict=True)
    )


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=UTC)
