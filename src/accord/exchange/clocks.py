"""Clocks: when an answer is due, in calendar time that binds, and in working time that tells what is left of it.

The limit is calendar time from receipt (8 hours, 3 days, 7 days in the first table). Working time never moves the
limit; it is shown for each capital, because seven days over a festival may hold two working days. A clock stands still
only while a pause with a stated ground lasts, and then its limit moves by the length of the pause.

Source: Directive (EU) 2023/977, article 5, as a model (rule BI-08).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays

from accord.courier.alarms import raise_alarm
from accord.exchange.models import Clock
from accord.exchange.registered import terms_in_force, terms_with
from accord.parties.models import Party
from accord.parties.profile import Profile
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE, ClockTable
from accord.vocabulary.refusal import DelayReason
from accord.vocabulary.urgency import AccessClass, Urgency

__all__ = [
    "DELAY_DAYS_MAX",
    "CapitalTime",
    "ClockReading",
    "WorkingCalendar",
    "calendar_of",
    "clock_of_sent",
    "end_clock",
    "find_tables_with",
    "new_clock",
    "pause_clock",
    "read_clock",
    "resume_clock",
    "table_for",
    "table_named",
]

TableFinder = Callable[[str, str], ClockTable | None]

_FINDERS: Final[list[TableFinder]] = []


def find_tables_with(finder: TableFinder) -> None:
    """Lets a room above find a table that both sides signed and that is not in force here yet.

    Args:
        finder: Of the code of a peer and a version, returns the table; ``None`` where it knows none.
    """
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def table_for(peer: str, *, at: datetime) -> ClockTable:
    """Returns the table that a request to a peer carries now: the agreed one in force, or the first.

    Args:
        peer: Code of the other party.
        at: The time.
    """
    terms = terms_in_force(peer, on=at.astimezone(UTC).date())
    return terms.clocks if terms is not None and terms.clocks is not None else FIRST_CLOCK_TABLE


def table_named(version: str, peer: str) -> ClockTable | None:
    """Returns the table of a version, in force now or not; ``None`` where this node never agreed to it with the peer.

    Args:
        version: Its version, as a request carries it.
        peer: Code of the other party.
    """
    if version == FIRST_CLOCK_TABLE.version:
        return FIRST_CLOCK_TABLE
    for terms in terms_with(peer):
        if terms.version == version and terms.clocks is not None:
            return terms.clocks
    return next((found for finder in _FINDERS if (found := finder(peer, version)) is not None), None)


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


def new_clock(
    *, message_id: UUID, table: ClockTable, urgency: Urgency, access: AccessClass, received_at: datetime
) -> Clock:
    """Returns the clock of a request, not yet stored.

    Args:
        message_id: Primary key of the request.
        table: The table both sides agreed on, of the version that the request carries.
        urgency: Urgency of the request.
        access: Access class of the request.
        received_at: Moment of receipt.

    Raises:
        KeyError: The table has no such row: no limit is assumed.
    """
    limit = table.limit(urgency, access)
    return Clock(
        message_id=message_id,
        table=table.version,
        urgency=urgency.value,
        limit_seconds=int(limit.total_seconds()),
        started_at=received_at,
        due_at=received_at + limit,
    )


def clock_of_sent(message_id: UUID, fields: Mapping[str, object], *, peer: str, received_at: datetime) -> Clock | None:
    """Returns the clock of a request of ours, not yet stored; ``None`` where its table was lost with an older copy.

    Args:
        message_id: Primary key of the request.
        fields: Its fields.
        peer: Code of the other party.
        received_at: The moment of receipt that the other side signed.
    """
    version = str(fields["clock_table"])
    table = table_named(version, peer)
    if table is None:
        raise_alarm(None, "exchange.clock-table-lost", f"The table of time limits {version} with {peer} is not here.")
        return None
    return new_clock(
        message_id=message_id,
        table=table,
        urgency=Urgency(str(fields["urgency"])),
        access=AccessClass(str(fields["access_class"])),
        received_at=received_at,
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
