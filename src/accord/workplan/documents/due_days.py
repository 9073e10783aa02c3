"""The due days of a plan as a calendar that any calendar program reads.

An entry says code, title and who answers for it; the texts of the plan are not in it.

Source: RFC 5545, sections 3.6.1 (events of whole days) and 3.3.10 (rules of recurrence); RFC 7986, section 5.2.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from icalendar import Calendar, Event

from accord.workplan.codes import Recurrence, Status
from accord.workplan.content import Item, Plan, all_items, statuses

__all__ = ["calendar_of"]

_LAST_SURE_DAY: Final = 28
"""The last day that every month has; what is due later in a month is due on the last day of a shorter one."""

_RULES: Final[dict[Recurrence, dict[str, Any]]] = {  # Any: values of a rule, as the library takes them
    Recurrence.WEEKLY: {"freq": "weekly"},
    Recurrence.MONTHLY: {"freq": "monthly"},
    Recurrence.QUARTERLY: {"freq": "monthly", "interval": 3},
    Recurrence.HALF_YEARLY: {"freq": "monthly", "interval": 6},
    Recurrence.YEARLY: {"freq": "yearly"},
}


def calendar_of(plan: Plan, *, language: str, at: datetime, standing: str = "") -> bytes:
    """Returns the due days as iCalendar.

    Args:
        plan: The plan.
        language: Language of the titles.
        at: When the calendar is made.
        standing: Whether the plan is signed, for the description of the calendar and of each day.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Accord//Workplan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plan.title.in_language(language))
    if standing:
        calendar.add("description", standing)
        calendar.add("x-wr-caldesc", standing)
    done = {code for code, row in statuses(plan).items() if row.status in {Status.DONE, Status.DROPPED}}
    for item in all_items(plan):
        if item.due_on is not None and item.id not in done:
            calendar.add_component(_event(plan, item, language, at, standing))
    return bytes(calendar.to_ical())


def _event(plan: Plan, item: Item, language: str, at: datetime, standing: str) -> Event:
    event = Event()
    event.add("uid", f"{item.id}.{'-'.join(plan.parties)}.workplan@accord.invalid")
    event.add("dtstamp", at)
    event.add("summary", f"{item.id} {item.title.in_language(language)}")
    owners = "; ".join(f"{owner.party} {owner.agency}" for owner in item.owners)
    event.add("description", "\n".join(line for line in (owners, standing) if line))
    event.add("dtstart", item.due_on)
    if item.due_on is not None:
        event.add("dtend", item.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    rule = _RULES.get(item.recurrence)
    if rule is not None and item.due_on is not None:
        whole = dict(rule)
        if item.due_on.day > _LAST_SURE_DAY and whole["freq"] == "monthly":
            whole |= {"bymonthday": list(range(_LAST_SURE_DAY, item.due_on.day + 1)), "bysetpos": -1}
        if item.recurs_until is not None:
            whole["until"] = item.recurs_until
        event.add("rrule", whole)
    return event
