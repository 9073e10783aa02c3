"""The days on which an item falls due: once, or again and again from its first day on."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from accord.workplan.codes import Recurrence, Status
from accord.workplan.content import Item, Progress

__all__ = ["OVER", "due_days", "is_overdue", "next_due", "status_of"]

OVER: Final = frozenset({Status.DONE, Status.DROPPED})
"""What is done or dropped falls due no more."""

_MONTHS: Final[Mapping[Recurrence, int]] = {
    Recurrence.MONTHLY: 1,
    Recurrence.QUARTERLY: 3,
    Recurrence.HALF_YEARLY: 6,
    Recurrence.YEARLY: 12,
}
_WEEK: Final = timedelta(days=7)


def _later(day: date, months: int) -> date | None:
    """Returns the same day some months later, the last of a shorter month; ``None`` beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _from(item: Item, first: date) -> Iterator[date]:
    """Yields the days from a day on, without end where the item recurs without one."""
    if item.due_on is None:
        return
    if item.recurrence is Recurrence.ONCE:
        if item.due_on >= first:
            yield item.due_on
        return
    behind = max(0, (first - item.due_on).days)
    if item.recurrence is Recurrence.WEEKLY:
        day = item.due_on + _WEEK * -(-behind // 7)
        while True:
            yield day
            if date.max - day < _WEEK:
                return
            day += _WEEK
    step = _MONTHS[item.recurrence]
    # A month has 31 days at most, so that this is never a turn too late.
    turn = behind // 31 // step
    while True:
        later = _later(item.due_on, turn * step)
        if later is None:
            return
        if later >= first:
            yield later
        turn += 1


def due_days(item: Item, first: date, last: date) -> Iterator[date]:
    """Yields the days from ``first`` to ``last`` on which an item falls due.

    A day that a shorter month does not have is its last day; the month after has the day again.
    """
    end = last if item.recurs_until is None or item.recurrence is Recurrence.ONCE else min(last, item.recurs_until)
    for day in _from(item, first):
        if day > end:
            return
        yield day


def next_due(item: Item, today: date) -> date | None:
    """Returns the first day from today on; the last one that was where none comes any more."""
    coming = next(due_days(item, today, date.max), None)
    if coming is not None or item.due_on is None or item.recurrence is Recurrence.ONCE:
        return coming or item.due_on
    end = item.recurs_until or item.due_on
    days = list(due_days(item, max(item.due_on, end - timedelta(days=366)), end))
    return days[-1] if days else item.due_on


def status_of(item: Item, told: Mapping[str, Progress]) -> Status:
    """Returns where an item stands; what nobody has spoken of is planned."""
    row = told.get(item.id)
    return row.status if row is not None else Status.PLANNED


def is_overdue(item: Item, status: Status, today: date) -> bool:
    """Returns whether its last day is past and it is neither done nor dropped."""
    if status in OVER or item.due_on is None:
        return False
    day = next_due(item, today)
    return day is not None and day < today
