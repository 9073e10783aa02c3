"""Calendars of the roster: hours at a secret address, for a calendar program that cannot sign in.

The address is a bearer secret: whoever has it reads the hours. So it is random, shown once, kept as a digest alone, can
be renewed, and shows nothing but that there is duty or a gap: no name, no case, no reason, no place. It opens nothing
any more once its officer may not read the roster.

Source: RFC 5545 (iCalendar); RFC 7986, section 5.7 (refresh interval).
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from django.db import transaction
from django.utils import timezone
from icalendar import Calendar, Event

from accord.liaison.models import CalendarFeed
from accord.liaison.roster.coverage import Span
from accord.liaison.roster.errors import FeedNotFound
from accord.liaison.roster.reading import DAYS_AHEAD, gaps_ahead, read_roster
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["calendar_text", "end_feed", "feed_at", "feed_spans", "feeds_of", "make_feed"]

SECRET_BYTES: Final = 32
"""Random bytes in an address: 256 bits cannot be guessed, so that a plain SHA-256 of it suffices."""

PREFIX: Final = "accord_"
"""What every secret of a node begins with, so that scanners find one that leaked."""

DAYS_BEHIND: Final = 7
REFRESH: Final = timedelta(hours=1)

OPENED_EVERY: Final = timedelta(minutes=10)
"""When an address was last opened is kept to this: a program that asks every minute writes a row in ten."""


@transaction.atomic
def make_feed(by: Officer, kind: CalendarFeed.Kind, *, now: datetime | None = None) -> tuple[CalendarFeed, str]:
    """Makes a calendar of an officer, and ends the one of that kind which stood.

    Args:
        by: Whose calendar it is.
        kind: What it shows.
        now: The time.

    Returns:
        The calendar, and its secret, which is never shown again.

    Raises:
        NotPermitted: The officer may not read the roster.
    """
    require(by, Permission.AGREEMENT_READ)
    at = now or timezone.now()
    CalendarFeed.objects.filter(officer=by, kind=kind, ended_at=None).update(ended_at=at)
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    feed = CalendarFeed.objects.create(officer=by, kind=kind, digest=_digest(secret), made_at=at)
    note(by, "make calendar", feed, at=at, detail={"kind": kind.value})
    return feed, secret


@transaction.atomic
def end_feed(by: Officer, feed: CalendarFeed, *, now: datetime | None = None) -> CalendarFeed:
    """Ends a calendar of the officer: its address opens nothing any more.

    Raises:
        FeedNotFound: It is not theirs.
    """
    if feed.officer_id != by.pk:
        raise FeedNotFound("There is no such calendar.")
    if feed.ended_at is None:
        feed.ended_at = now or timezone.now()
        feed.save(update_fields=["ended_at"])
        note(by, "end calendar", feed, at=feed.ended_at)
    return feed


def feeds_of(officer: Officer) -> list[CalendarFeed]:
    """Returns the calendars of an officer that stand."""
    return list(CalendarFeed.objects.filter(officer=officer, ended_at=None))


def feed_at(secret: str, *, now: datetime | None = None) -> CalendarFeed:
    """Returns the calendar at an address.

    Raises:
        FeedNotFound: There is none, or its officer may not read the roster now.
    """
    digest = _digest(secret)
    feed = CalendarFeed.objects.filter(digest=digest, ended_at=None).select_related("officer").first()
    # The index compares digests, which nobody can choose; the last word is compared in constant time.
    if feed is None or not compare_digest(bytes(feed.digest), digest):
        raise FeedNotFound("There is no calendar at this address.")
    if not feed.officer.may(Permission.AGREEMENT_READ):
        raise FeedNotFound("There is no calendar at this address.")
    moment = now or timezone.now()
    if feed.opened_at is None or moment - feed.opened_at > OPENED_EVERY:
        feed.opened_at = moment
        feed.save(update_fields=["opened_at"])
    return feed


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def feed_spans(feed: CalendarFeed, *, now: datetime | None = None) -> list[Span]:
    """Returns the hours that a calendar shows: a week behind and as far ahead as gaps are looked for."""
    moment = (now or timezone.now()).replace(microsecond=0)
    if feed.kind == CalendarFeed.Kind.GAPS:
        return list(gaps_ahead(now=moment))
    span = Span(moment - timedelta(days=DAYS_BEHIND), moment + timedelta(days=DAYS_AHEAD))
    watches = read_roster(span).ours.watches
    return [part for watch in watches if watch.holder == feed.officer_id for part in watch.held]


def calendar_text(feed: CalendarFeed, spans: Iterable[Span], *, title: str, now: datetime | None = None) -> bytes:
    """Returns a calendar as iCalendar.

    Args:
        feed: The calendar.
        spans: Its hours.
        title: The one word that each of them bears.
        now: The time.
    """
    moment = (now or timezone.now()).astimezone(UTC).replace(microsecond=0)
    calendar = Calendar()
    calendar.add("prodid", "-//Accord//Duty roster//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for span in spans:
        event = Event()
        # The same hours have the same name in one calendar, and none that tells them in another.
        name = sha256(bytes(feed.digest) + f"{span.start.isoformat()}/{span.end.isoformat()}".encode()).hexdigest()
        event.add("uid", f"{name[:40]}@accord.invalid")
        event.add("dtstamp", moment)
        event.add("dtstart", span.start)
        event.add("dtend", span.end)
        event.add("summary", title)
        event.add("class", "PRIVATE")
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
