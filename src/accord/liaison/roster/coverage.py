"""Who is on watch when, and in which hours nobody is: computed from shifts in wall time.

A shift is what an officer reads on a clock: from eight to twenty, on weekdays, in the zone of the desk. So it stands in
wall time with the zone's name, and only its occurrences are moments. A gap that is closed in summer may be open in
winter, since one capital changes its clocks and the other does not.

Invariants:

* Shifts that meet in wall time meet in UTC, on the days of a clock change, too: every wall time stands for the first
  moment at which the zone's clocks show it or have passed it. An hour that is left out has no length, and an hour that
  comes twice belongs whole to the shift in which it lies.
* What is covered and what is not fill the span, and do not overlap.
* A further shift never makes a gap longer.

It knows no database and no time of its own: shifts, absences, exchanges and holidays are arguments.

Example: with summer time at UTC-4, 08-20 there and 08-20 at UTC+5:30 leave 00:00-02:30 UTC open; once the first has
left summer time, 01:00-02:30.

Source: PEP 495, for times that come twice or not at all; RFC 5545, section 3.3.10, whose rule for them differs.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

__all__ = [
    "EVERY_DAY",
    "Coverage",
    "HolidayRule",
    "Shift",
    "Span",
    "Watch",
    "coverage_of",
    "gaps_between",
    "moment_of",
    "united",
    "watches_of",
    "without",
]

EVERY_DAY: Final = frozenset(range(7))
"""Days of the week as ``date.weekday()`` counts them, Monday is 0."""

ONE_DAY: Final = timedelta(days=1)
ONE_SECOND: Final = timedelta(seconds=1)

WALL_TIMES_KEPT: Final = 16_384
"""Moments of wall times that are remembered: a year of some twenty shifts; each costs two microseconds again."""


class HolidayRule(StrEnum):
    """What a public holiday does to a shift."""

    NO_MATTER = "no-matter"
    NOT_ON = "not-on"
    ALSO_ON = "also-on"


class Span(NamedTuple):
    """Time from a moment up to another, which belongs to it no more; both are UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """One shift that comes again.

    Args:
        key: What names it.
        holder: Whose it is; ``None`` where a side only publishes that somebody is there.
        zone: Name of the IANA zone in whose wall time it stands.
        begins: When it begins.
        ends: When it ends; on the next day where it is not later than ``begins``.
        weekdays: On which days of the week it begins, Monday is 0.
        first_on: The first day on which it may begin, in its zone.
        last_on: The last such day, if there is one.
        rule: What a public holiday does to it.
        holidays_of: Whose holidays; a code that the calendar knows.
    """

    key: int
    holder: int | None
    zone: str
    begins: time
    ends: time
    weekdays: frozenset[int] = EVERY_DAY
    first_on: date
    last_on: date | None = None
    rule: HolidayRule = HolidayRule.NO_MATTER
    holidays_of: str = ""

    def is_on(self, day: date, is_holiday: Callable[[str, date], bool]) -> bool:
        """Returns whether the shift begins on that day of its zone."""
        if day < self.first_on or (self.last_on is not None and day > self.last_on):
            return False
        is_of_week = day.weekday() in self.weekdays
        if self.rule is HolidayRule.NO_MATTER:
            return is_of_week
        if self.rule is HolidayRule.NOT_ON:
            return is_of_week and not is_holiday(self.holidays_of, day)
        return is_of_week or is_holiday(self.holidays_of, day)

    def on(self, day: date) -> Span:
        """Returns when the shift of that day is; of no length where a clock change leaves it out."""
        last = day if self.ends > self.begins else day + ONE_DAY
        return Span(moment_of(day, self.begins, self.zone), moment_of(last, self.ends, self.zone))


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One occurrence of a shift.

    Args:
        shift: The shift.
        day: The day on which it begins, in its zone.
        holder: Who is to be there, after every exchange.
        span: When it is.
        held: The parts of it in which the holder can be there; all of it unless they are absent.
        is_swapped: Whether the holder took it over from another.
    """

    shift: Shift
    day: date
    holder: int | None
    span: Span
    held: tuple[Span, ...]
    is_swapped: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether its holder is there from its beginning to its end."""
        return self.held == (self.span,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What is covered within a span.

    Args:
        span: The span.
        watches: The occurrences that touch it, by their beginning.
        covered: When somebody is there, within the span.
        gaps: When nobody is, within the span.
    """

    span: Span
    watches: tuple[Watch, ...]
    covered: tuple[Span, ...]
    gaps: tuple[Span, ...]


@lru_cache(maxsize=WALL_TIMES_KEPT)
def moment_of(day: date, wall: time, zone: str) -> datetime:
    """Returns the first moment at which the zone's clocks show that wall time, or have passed it.

    Args:
        day: The day in the zone.
        wall: The time on its clocks.
        zone: Name of an IANA zone.

    Source: PEP 495 (fold), for the reading of times that come twice or not at all.
    """
    local = datetime.combine(day, wall)
    described = ZoneInfo(zone)
    first = _offset(local, described, fold=0)
    second = _offset(local, described, fold=1)
    if first >= second:
        return (local - first).replace(tzinfo=UTC)
    return _change((local - second).replace(tzinfo=UTC), (local - first).replace(tzinfo=UTC), described)


def _offset(local: datetime, zone: ZoneInfo, *, fold: int) -> timedelta:
    return local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Returns the moment at which the zone's offset becomes what it is at ``after``, to the second."""
    wanted = after.astimezone(zone).utcoffset()
    while after - before > ONE_SECOND:
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == wanted:
            after = middle
        else:
            before = middle
    return after


def watches_of(
    shifts: Iterable[Shift],
    span: Span,
    *,
    is_holiday: Callable[[str, date], bool],
    absences: Mapping[int, Sequence[Span]] | None = None,
    taken_over: Mapping[tuple[int, date], int] | None = None,
) -> Iterator[Watch]:
    """Yields the occurrences of shifts that touch a span, shift by shift.

    Args:
        shifts: The shifts.
        span: The span.
        is_holiday: Whether a day is a public holiday of the party of that code.
        absences: By holder, when they cannot be there.
        taken_over: By shift and day, who took the watch over.
    """
    away = {holder: united(spans) for holder, spans in (absences or {}).items()}
    swaps = taken_over or {}
    for shift in shifts:
        for day in _days(shift, span):
            if not shift.is_on(day, is_holiday):
                continue
            when = shift.on(day)
            if when.start >= when.end or when.end <= span.start or when.start >= span.end:
                continue
            holder = swaps.get((shift.key, day), shift.holder)
            absent = away.get(holder, ()) if holder is not None else ()
            yield Watch(
                shift=shift,
                day=day,
                holder=holder,
                span=when,
                held=without(when, absent) if absent else (when,),
                is_swapped=holder != shift.holder,
            )


def _days(shift: Shift, span: Span) -> Iterator[date]:
    """Yields the days on which an occurrence that touches the span may begin."""
    zone = ZoneInfo(shift.zone)
    # A day of a zone is never longer than two days, and a shift ends on the next day at the latest.
    day = max(span.start.astimezone(zone).date() - 2 * ONE_DAY, shift.first_on)
    last = span.end.astimezone(zone).date()
    if shift.last_on is not None:
        last = min(last, shift.last_on)
    while day <= last:
        yield day
        day += ONE_DAY


def coverage_of(
    shifts: Iterable[Shift],
    span: Span,
    *,
    is_holiday: Callable[[str, date], bool],
    absences: Mapping[int, Sequence[Span]] | None = None,
    taken_over: Mapping[tuple[int, date], int] | None = None,
) -> Coverage:
    """Returns what shifts cover of a span, and what they do not; the arguments are those of :func:`watches_of`."""
    watches = sorted(
        watches_of(shifts, span, is_holiday=is_holiday, absences=absences, taken_over=taken_over),
        key=lambda watch: (watch.span, watch.shift.key),
    )
    held = (part for watch in watches for part in watch.held)
    inside = (Span(max(one.start, span.start), min(one.end, span.end)) for one in held)
    covered = united(one for one in inside if one.start < one.end)
    return Coverage(span=span, watches=tuple(watches), covered=covered, gaps=gaps_between(covered, span))


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Returns the union of spans, in order, none of which touches the next."""
    found: list[Span] = []
    for one in sorted(spans):
        if found and one.start <= found[-1].end:
            if one.end > found[-1].end:
                found[-1] = Span(found[-1].start, one.end)
        elif one.start < one.end:
            found.append(one)
    return tuple(found)


def gaps_between(covered: Sequence[Span], span: Span) -> tuple[Span, ...]:
    """Returns what a union leaves open of a span.

    Args:
        covered: A union within the span, as :func:`united` returns it.
        span: The span.
    """
    found, at = [], span.start
    for one in covered:
        if at < one.start:
            found.append(Span(at, one.start))
        at = one.end
    if at < span.end:
        found.append(Span(at, span.end))
    return tuple(found)


def without(span: Span, absent: Sequence[Span]) -> tuple[Span, ...]:
    """Returns what is left of a span once a union is taken out of it.

    Args:
        span: The span.
        absent: A union, as :func:`united` returns it.
    """
    first = max(bisect_right(absent, span.start, key=lambda one: one.start) - 1, 0)
    inside = []
    for one in absent[first:]:
        if one.start >= span.end:
            break
        if one.end > span.start:
            inside.append(Span(max(one.start, span.start), min(one.end, span.end)))
    return gaps_between(inside, span)
