"""Clocks: when an answer is due, in calendar time that binds, and in working time that tells what is left of it.

The limit is calendar time from receipt (8 hours, 3 days, 7 days in the first table). Working time never moves the
limit; it is shown for each capital, because seven days over a festival may hold two working days. A clock stands still
only while a pause with a stated ground lasts, and then its limit moves by the length of the pause.

Source: Directive (EU) 2023/977, article 5, as a model (rule BI-08).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays

from accord.exchange.models import Clock
from accord.parties.models import Party
from accord.parties.profile import Profile
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE, ClockTable
from accord.vocabulary.refusal import DelayReason
from accord.vocabulary.urgency import AccessClass, Urgency

__all__ = [
    "CLOCK_TABLES",
    "DELAY_DAYS_MAX",
    "CapitalTime",
    "ClockReading",
    "WorkingCalendar",
    "calendar_of",
    "end_clock",
    "new_clock",
    "pause_clock",
    "read_clock",
    "resume_clock",
]

CLOCK_TABLES: Final[dict[str, ClockTable]] = {FIRST_CLOCK_TABLE.version: FIRST_CLOCK_TABLE}
"""Tables by version; a clock keeps the one it was started under."""

DELAY_DAYS_MAX: Final = 90
"""Days by which one notice may put an answer off: a quarter, after which the delay is told anew."""

WORK_BEGINS: Final = time(9)
WORK_ENDS: Final = time(17)
"""Office hours in the capital's own time: eight hours, as both central governments keep them."""

SATURDAY: Final = 5
"""``date.weekday()`` of the first day of the weekend."""


@lru_cache(maxsize=64)
def _public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return frozenset(found)


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """Office hours of one capital.

    Args:
        zone: Time zone of the capital.
        is_holiday: Whether a day is a public holiday there.
    """

    zone: ZoneInfo
    is_holiday: Callable[[date], bool]

    def is_working_day(self, day: date) -> bool:
        """Returns whether offices are open on that day."""
        return day.weekday() < SATURDAY and not self.is_holiday(day)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Returns the office hours between two moments; zero when ``end`` is not after ``start``."""
        total = timedelta()
        day = start.astimezone(self.zone).date()
        last = end.astimezone(self.zone).date()
        while day <= last:
            if self.is_working_day(day):
                opens = max(start, datetime.combine(day, WORK_BEGINS, self.zone))
                closes = min(end, datetime.combine(day, WORK_ENDS, self.zone))
                total += max(closes - opens, timedelta())
            day += timedelta(days=1)
        return total


def calendar_of(profile: Profile) -> WorkingCalendar:
    """Returns the working calendar of a party."""
    country, subdivision = profile.holidays_country, profile.holidays_subdivision
    return WorkingCalendar(
        zone=profile.zone, is_holiday=lambda day: day in _public_holidays(country, subdivision, day.year)
    )


@dataclass(frozen=True, kw_only=True)
class CapitalTime:
    """A limit as one capital reads it.

    Args:
        party: Code of the party.
        capital: English name of the capital.
        due: The limit in that capital's zone.
        working_left: Office hours left there; zero when it is past.
    """

    party: str
    capital: str
    due: datetime
    working_left: timedelta


@dataclass(frozen=True, kw_only=True)
class ClockReading:
    """A clock as it is shown.

    Args:
        due_at: The limit, UTC.
        left: Calendar time left, negative when overdue; what is left at the pause while it stands still.
        is_overdue: Whether the limit has passed.
        is_paused: Whether it stands still.
        pause_reason: The ground of the pause.
        expected_on: Day on which a late answer was announced for.
        capitals: The limit in each capital, ours first.
    """

    due_at: datetime
    left: timedelta
    is_overdue: bool
    is_paused: bool
    pause_reason: str
    expected_on: date | None
    capitals: tuple[CapitalTime, ...]


def new_clock(*, message_id: UUID, table: str, urgency: Urgency, access: AccessClass, received_at: datetime) -> Clock:
    """Returns the clock of a request, not yet stored.

    Args:
        message_id: Primary key of the request.
        table: Version of the table both sides agreed on.
        urgency: Urgency of the request.
        access: Access class of the request.
        received_at: Moment of receipt.

    Raises:
        KeyError: The table is unknown: no limit is assumed.
    """
    limit = CLOCK_TABLES[table].limit(urgency, access)
    return Clock(
        message_id=message_id,
        table=table,
        urgency=urgency.value,
        limit_seconds=int(limit.total_seconds()),
        started_at=received_at,
        due_at=received_at + limit,
    )


def pause_clock(clock: Clock, *, reason: DelayReason, expected_on: date | None, at: datetime) -> None:
    """Makes a running clock stand still on a stated ground; the caller stores it."""
    if clock.state == Clock.State.RUNNING:
        clock.state = Clock.State.PAUSED
        clock.paused_at = at
    if clock.state == Clock.State.PAUSED:
        clock.pause_reason = reason.value
        clock.expected_on = expected_on


def resume_clock(clock: Clock, *, at: datetime) -> None:
    """Lets a paused clock go on; its limit moves by the length of the pause."""
    if clock.state == Clock.State.PAUSED and clock.paused_at is not None:
        clock.due_at += at - clock.paused_at
        clock.state = Clock.State.RUNNING
        clock.paused_at = None


def end_clock(clock: Clock, *, at: datetime) -> None:
    """Ends a clock: the request was answered at that moment."""
    if clock.state == Clock.State.PAUSED:
        resume_clock(clock, at=at)
    if clock.state == Clock.State.RUNNING:
        clock.state = Clock.State.ENDED
        clock.ended_at = at


def read_clock(clock: Clock, *, parties: tuple[Party, ...], now: datetime) -> ClockReading:
    """Returns the clock as both capitals read it now.

    Args:
        clock: The clock.
        parties: We, then the other side.
        now: The time.
    """
    at = now
    if clock.state == Clock.State.PAUSED and clock.paused_at is not None:
        at = clock.paused_at
    elif clock.state == Clock.State.ENDED and clock.ended_at is not None:
        at = clock.ended_at
    capitals = []
    for party in parties:
        profile = party.described
        calendar = calendar_of(profile)
        capitals.append(
            CapitalTime(
                party=party.code,
                capital=profile.capital.en,
                due=clock.due_at.astimezone(calendar.zone),
                working_left=calendar.working_time(at, clock.due_at),
            )
        )
    return ClockReading(
        due_at=clock.due_at,
        left=clock.due_at - at,
        is_overdue=clock.is_overdue(now),
        is_paused=clock.state == Clock.State.PAUSED,
        pause_reason=clock.pause_reason,
        expected_on=clock.expected_on,
        capitals=tuple(capitals),
    )
