"""The clocks of a pre-export notice: how long the exporting side waits, by its own law and its own calendar.

Two national clocks differ in length, in how they count and in what they run from; the rules are data. The day on which
a clock begins does not count. It ends with the end of its last day in the capital of the party whose rule it is.

A clock that ends without a reply says that nobody answered, and nothing else: no rule here turns silence into consent.

Source: Precursor Control Regulations (SOR/2002-359), paragraph 34(e); Regulation of Controlled Substances Order 2013
(G.S.R. 191(E)).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec

__all__ = [
    "ALERTED_PLACES",
    "Alerts",
    "ClockRule",
    "Counts",
    "DaysLeft",
    "RunsFrom",
    "alerted_hours",
    "alerts",
    "begins_on",
    "days_left",
    "last_day",
    "rule_of",
    "waits_until",
]

DAYS_MAX: Final = 366
"""The longest wait that a rule may state, in days."""

SEARCHED_MAX: Final = 4 * DAYS_MAX
"""Days that are looked at for working ones; a calendar without any is a fault of its data."""

ALERTED_PLACES: Final = Decimal("0.01")
"""Hours from an incident to its telling are kept to some half a minute."""


class Counts(StrEnum):
    """Which days count."""

    CALENDAR = "calendar"
    WORKING = "working"


class RunsFrom(StrEnum):
    """What a clock runs from."""

    SENDING = "sending"
    RECEIPT = "receipt"
    APPLICATION = "application"


class ClockRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long one party waits.

    Args:
        party: Its code.
        days: How many days.
        counts: Which days count.
        runs_from: What it runs from.
        citation: Where it stands.
        verified: Whether the text of the instrument was read.
    """

    party: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9]{1,7}\Z")]
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)]
    counts: Counts
    runs_from: RunsFrom
    citation: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    verified: bool


class Alerts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What both sides hold one another to, in hours.

    Args:
        incident_hours: From an incident to its telling.
        objection_hours: From an objection to the word on what follows.
    """

    incident_hours: Annotated[int, msgspec.Meta(ge=1)]
    objection_hours: Annotated[int, msgspec.Meta(ge=1)]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rules: tuple[ClockRule, ...]
    alerts: Alerts


@cache
def _file() -> _File:
    return msgspec.toml.decode(files(__package__).joinpath("clocks.toml").read_text("utf-8"), type=_File)


def rule_of(party: str) -> ClockRule | None:
    """Returns the rule of a party; ``None`` where the table knows none, and then no day is assumed."""
    return next((rule for rule in _file().rules if rule.party == party), None)


def alerts() -> Alerts:
    """Returns what both sides hold one another to."""
    return _file().alerts


def begins_on(rule: ClockRule, *, sent_on: date, applied_on: date | None) -> date:
    """Returns the day from which a wait runs, in the capital of the rule's party.

    From the receipt runs what was received at once; until a receipt says otherwise the day of sending stands for it. It
    stands too for a day of application that no application of this notice can have had: a sender's slip or worse never
    decides how long a page counts.

    Args:
        rule: The rule.
        sent_on: The day on which the notice was sent.
        applied_on: The day of the application, as the notice states it.
    """
    if rule.runs_from is not RunsFrom.APPLICATION or applied_on is None:
        return sent_on
    return applied_on if abs(applied_on - sent_on) <= timedelta(days=DAYS_MAX) else sent_on


def last_day(rule: ClockRule, begins: date, is_working_day: Callable[[date], bool]) -> date:
    """Returns the last day of a wait.

    Args:
        rule: The rule.
        begins: The day from which it runs; it does not count.
        is_working_day: Whether offices of the rule's party are open on a day.

    Raises:
        ValueError: The calendar has too few working days.
    """
    if rule.counts is Counts.CALENDAR:
        return begins + timedelta(days=rule.days)
    left, day = rule.days, begins
    for _one in range(SEARCHED_MAX):
        day += timedelta(days=1)
        left -= is_working_day(day)
        if not left:
            return day
    raise ValueError(f"the calendar of {rule.party} has too few working days")


def waits_until(rule: ClockRule, begins: date, *, zone: ZoneInfo, is_working_day: Callable[[date], bool]) -> datetime:
    """Returns the moment at which a wait ends: the end of its last day in the capital of the rule's party, in UTC.

    Args:
        rule: The rule.
        begins: The day from which it runs, in that capital.
        zone: Time zone of that capital.
        is_working_day: Whether offices there are open on a day.
    """
    after = last_day(rule, begins, is_working_day) + timedelta(days=1)
    return datetime.combine(after, time(), zone).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class DaysLeft:
    """What is left of a wait, in both ways of counting.

    Args:
        calendar: Days after today, up to and with the last one; nothing when it is over, and no more than are looked
            at for working ones.
        working: Those of them on which offices of the rule's party are open.
        is_over: Whether the wait is over.
    """

    calendar: int
    working: int
    is_over: bool


def days_left(until: datetime, now: datetime, *, zone: ZoneInfo, is_working_day: Callable[[date], bool]) -> DaysLeft:
    """Returns what is left of a wait.

    Args:
        until: The moment at which it ends.
        now: The time.
        zone: Time zone of the capital of the rule's party.
        is_working_day: Whether offices there are open on a day.
    """
    if now >= until:
        return DaysLeft(calendar=0, working=0, is_over=True)
    today = now.astimezone(zone).date()
    # The wait ends with the end of a day: the moment itself belongs to the day after.
    last = (until.astimezone(zone) - timedelta(microseconds=1)).date()
    count = min(max((last - today).days, 0), SEARCHED_MAX)
    working = sum(is_working_day(today + timedelta(days=one)) for one in range(1, count + 1))
    return DaysLeft(calendar=count, working=working, is_over=False)


def alerted_hours(happened_at: datetime, told_at: datetime) -> Decimal:
    """Returns the hours from an incident to its telling; nothing where clocks say that it was told before."""
    seconds = max((told_at - happened_at).total_seconds(), 0.0)
    return (Decimal(seconds) / 3600).quantize(ALERTED_PLACES)
