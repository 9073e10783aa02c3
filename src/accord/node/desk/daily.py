"""How many entries of a log came on each day, found along its positions instead of by looking through it.

A log only grows, and its entries are recorded in the order of their positions. So the first position of a day is found
by halving, in some twenty looks at an index, and stays what it is once the day has begun: it is kept in memory. A log
of half a million entries is looked through in seconds; this takes a look a log.
"""

from datetime import date, timedelta
from typing import Final

from django.core.cache import cache

from accord.courier.models import Channel, Direction, Entry
from accord.vocabulary.periods import midnight_of

__all__ = ["entries_by_day", "first_position"]

KEPT_SECONDS: Final = 24 * 3600
"""After a log was restored its positions may have other times; a day later the chart has them."""


def entries_by_day(channel: Channel, direction: Direction, *, first: date, last: date) -> dict[date, int]:
    """Returns the entries of each day from the first to the last, in UTC.

    Args:
        channel: The channel.
        direction: Whose log.
        first: First day.
        last: Last day; today at the latest.
    """
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    begins = [first_position(channel, direction, day) for day in days]
    end = _end(channel, direction)
    return {day: max(0, after - begin) for day, begin, after in zip(days, begins, [*begins[1:], end], strict=True)}


def first_position(channel: Channel, direction: Direction, day: date) -> int:
    """Returns the first position of the log that was recorded on that day or later."""
    key = f"first-position-{channel.pk}-{direction}-{day.isoformat()}"
    kept = cache.get(key)
    if kept is not None:
        return int(kept)
    moment = midnight_of(day)
    rows = Entry.objects.filter(channel=channel, direction=direction)
    low, high = _begin(channel, direction), _end(channel, direction)
    is_over = False
    while low < high:
        middle = (low + high) // 2
        at = rows.filter(position__gte=middle).order_by("position").values_list("recorded_at", flat=True).first()
        if at is None or at >= moment:
            high, is_over = middle, True
        else:
            low = middle + 1
    if is_over:
        # An entry beyond it is there already: no later one can come before it.
        cache.set(key, low, KEPT_SECONDS)
    return low


def _begin(channel: Channel, direction: Direction) -> int:
    rows = Entry.objects.filter(channel=channel, direction=direction).order_by("position")
    return rows.values_list("position", flat=True).first() or 0


def _end(channel: Channel, direction: Direction) -> int:
    rows = Entry.objects.filter(channel=channel, direction=direction).order_by("-position")
    newest = rows.values_list("position", flat=True).first()
    return 0 if newest is None else newest + 1
