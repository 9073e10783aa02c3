"""The forms of the roster: what was posted is read into values, and an act is done once with its words afterwards."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.liaison.roster.errors import WrongField
from accord.node.desk.acting import act_once
from accord.node.desk.near import is_near
from accord.node.desk.numbers import whole
from accord.officers.models import Officer
from accord.parties.models import Party

__all__ = [
    "act_posted",
    "named_officer",
    "own_zone",
    "posted_day",
    "posted_key",
    "posted_number",
    "posted_time",
    "wanted_day",
    "wanted_time",
]


def act_posted(request: HttpRequest, acts: Mapping[str, Callable[[QueryDict], object]]) -> AccordError | None:
    """Does the act that a form names, once; returns why it was refused, if it was.

    Raises:
        NotFound: There is no such act, or what it is about is not there for this officer.
    """
    given = request.POST
    act = acts.get(given.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")
    try:
        act_once(request, lambda: act(given), done=_("Done. It stands on record."))
    except NotFound:
        raise
    except AccordError as refused:
        return refused
    return None


def wanted_day(given: QueryDict, name: str) -> date:
    """Returns a day that must be there."""
    found = posted_day(given, name)
    if found is None:
        raise WrongField("A day is missing.", field=name, next_step="Choose the day.")
    return found


def posted_day(given: QueryDict, name: str) -> date | None:
    """Returns a day, or nothing where the field is empty."""
    told = given.get(name, "").strip()
    if not told:
        return None
    try:
        found = date.fromisoformat(told)
    except ValueError as error:
        raise WrongField("This is no day of the calendar.", field=name, next_step="Write it as 2026-12-31.") from error
    if not is_near(found):
        next_step = "Give a day within ten years of today."
        raise WrongField("This day is more than ten years away.", field=name, next_step=next_step)
    return found


def wanted_time(given: QueryDict, name: str) -> time:
    """Returns a time that must be there."""
    found = posted_time(given, name)
    if found is None:
        raise WrongField("A time is missing.", field=name, next_step="Write it as 08:00.")
    return found


def posted_time(given: QueryDict, name: str) -> time | None:
    """Returns a time of the day to the minute, or nothing where the field is empty."""
    told = given.get(name, "").strip()
    if not told:
        return None
    try:
        return datetime.strptime(told[:5], "%H:%M").time()  # noqa: DTZ007 - a wall time has no zone yet
    except ValueError as error:
        raise WrongField("This is no time of the day.", field=name, next_step="Write it as 08:00.") from error


def posted_number(given: QueryDict, name: str) -> int:
    """Returns a whole number; a word that is none is refused."""
    told = given.get(name, "").strip()
    number = whole(told)
    if number is None:
        raise WrongField("This is no whole number.", field=name, next_step="Write digits alone.")
    return number


def posted_key(given: QueryDict, name: str) -> int:
    """Returns the key of a row; what is none names nothing."""
    return whole(given.get(name, "")) or 0


def named_officer(given: QueryDict, name: str) -> Officer | None:
    """Returns the officer of that user name, or nothing where the field is empty; an unknown one is in no post."""
    told = given.get(name, "").strip()
    if not told:
        return None
    return Officer.objects.filter(username=told).defer("password").first() or Officer(is_active=False)


def own_zone() -> str:
    """Returns the zone of our capital."""
    ours = Party.objects.filter(is_self=True).first()
    return ours.described.time_zone if ours is not None else "UTC"
