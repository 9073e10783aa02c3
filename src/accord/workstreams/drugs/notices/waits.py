"""How much of a wait is left, as both capitals count it, and what the other side's own rule would be.

One clock binds: that of the side that exports. The rule of the side that imports is shown beside it, because an
authority that has twenty-one working days by its own law may not know that the other side's law counts seven days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accord.exchange.clocks import WorkingCalendar, calendar_of
from accord.parties.models import Party
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.clocks import ClockRule, DaysLeft, begins_on, days_left, rule_of, waits_until

__all__ = ["Calendars", "LeftIn", "Wait", "calendars_of", "waits_of"]

Calendars = Mapping[str, WorkingCalendar]


@dataclass(frozen=True, kw_only=True)
class LeftIn:
    """What is left of a wait, as one party counts it.

    Args:
        party: Its code.
        days: The days.
    """

    party: str
    days: DaysLeft


@dataclass(frozen=True, kw_only=True)
class Wait:
    """One wait for a word on a notice.

    Args:
        rule: Whose rule it is.
        is_binding: Whether it is the exporting side's, which decides when nobody has answered.
        until: When it ends.
        left: What is left of it by each party's calendar, the rule's own party first.
        days: Calendar days that it lasts from its first to its last.
        passed: How many of them have passed.
    """

    rule: ClockRule
    is_binding: bool
    until: datetime
    left: tuple[LeftIn, ...]
    days: int
    passed: int

    @property
    def last_moment(self) -> datetime:
        """The last second of its last day, as a reader names the end of a wait."""
        return self.until - timedelta(seconds=1)

    @property
    def own(self) -> DaysLeft:
        """What is left by the calendar of the rule's own party."""
        return self.left[0].days


def calendars_of(parties: Sequence[Party]) -> Calendars:
    """Returns the working calendars of some parties, by their codes."""
    return {party.code: calendar_of(party.described) for party in parties}


def waits_of(notice: Notice, now: datetime, *, ours: str, calendars: Calendars) -> tuple[Wait, ...]:
    """Returns the waits of a notice: the exporting side's, which binds, and the importing side's own rule.

    Args:
        notice: The notice.
        now: The time.
        ours: Our code.
        calendars: Calendars of both parties.
    """
    exporting, importing = (ours, notice.peer) if notice.is_ours else (notice.peer, ours)
    found = []
    binding = rule_of(exporting)
    if binding is not None and notice.waits_until is not None:
        found.append(_wait(binding, notice, notice.waits_until, now, calendars, is_binding=True))
    other = rule_of(importing)
    if other is not None and importing in calendars:
        calendar = calendars[importing]
        sent_on = notice.sent_at.astimezone(calendar.zone).date()
        begins = begins_on(other, sent_on=sent_on, applied_on=notice.applied_on)
        until = waits_until(other, begins, zone=calendar.zone, is_working_day=calendar.is_working_day)
        found.append(_wait(other, notice, until, now, calendars, is_binding=False))
    return tuple(found)


def _wait(
    rule: ClockRule, notice: Notice, until: datetime, now: datetime, calendars: Calendars, *, is_binding: bool
) -> Wait:
    parties = sorted(calendars, key=lambda code: code != rule.party)
    left = tuple(
        LeftIn(
            party=code,
            days=days_left(until, now, zone=calendars[code].zone, is_working_day=calendars[code].is_working_day),
        )
        for code in parties
    )
    days = max((until - notice.sent_at).days, 1)
    passed = min(max((now - notice.sent_at).days, 0), days)
    return Wait(rule=rule, is_binding=is_binding, until=until, left=left, days=days, passed=passed)
