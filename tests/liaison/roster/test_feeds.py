"""Calendars at secret addresses: what they show, what they never show, and when they open nothing."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from accord.liaison.models import CalendarFeed
from accord.liaison.roster.errors import FeedNotFound
from accord.liaison.roster.feeds import calendar_text, end_feed, feed_at, feed_spans, feeds_of, make_feed
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted
from tests.desk import Desk
from tests.liaison.roster.specimens import NOON, at, two_desks

OWN, GAPS = CalendarFeed.Kind.OWN, CalendarFeed.Kind.GAPS


def text_of(desk: Desk, kind: CalendarFeed.Kind) -> bytes:
    feed, _secret = make_feed(desk.duty, kind, now=NOON)
    return calendar_text(feed, feed_spans(feed, now=NOON), title="Duty", now=NOON)


def test_own_watches_follow_the_clocks_of_the_post(desk: Desk) -> None:
    two_desks(desk)
    feed, _secret = make_feed(desk.duty, OWN, now=NOON)
    spans = feed_spans(feed, now=at(2026, 10, 31, 18))
    assert (spans[7].start, spans[7].end) == (at(2026, 10, 31, 12), at(2026, 11, 1, 0))
    assert (spans[8].start, spans[8].end) == (at(2026, 11, 1, 13), at(2026, 11, 2, 1))


def test_gaps_are_those_of_the_roster(desk: Desk) -> None:
    two_desks(desk)
    feed, _secret = make_feed(desk.duty, GAPS, now=NOON)
    assert len(feed_spans(feed, now=NOON)) == 60


def test_a_calendar_reads_back_and_holds_hours_and_nothing_else(desk: Desk) -> None:
    two_desks(desk)
    text = text_of(desk, OWN)
    events = list(Calendar.from_ical(text).walk("VEVENT"))
    assert len(events) == 68
    assert {str(event["summary"]) for event in events} == {"Duty"}
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert {name for event in events for name in event} == {
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "CLASS",
        "TRANSP",
    }
    for word in (b"duty@", b"The duty", b"Ottawa", b"RCMP", b"America"):
        assert word not in text


def test_the_same_hours_keep_their_name_in_one_calendar_and_not_in_two(desk: Desk) -> None:
    two_desks(desk)
    feed, _secret = make_feed(desk.duty, OWN, now=NOON)
    spans = feed_spans(feed, now=NOON)
    names = [
        [str(event["uid"]) for event in Calendar.from_ical(calendar_text(one, spans, title="Duty")).walk("VEVENT")]
        for one in (feed, feed, make_feed(desk.duty, GAPS, now=NOON)[0])
    ]
    assert names[0] == names[1]
    assert not set(names[0]) & set(names[2])


def test_only_the_digest_of_an_address_is_kept(desk: Desk) -> None:
    feed, secret = make_feed(desk.duty, OWN)
    assert len(secret) > 43
    stored = CalendarFeed.objects.values_list("digest", flat=True).get()
    assert secret.encode() not in bytes(stored)
    assert secret not in str(list(Act.objects.values_list("detail", flat=True)))
    assert feed_at(secret) == feed


def test_a_renewed_address_ends_the_old_one(desk: Desk) -> None:
    _feed, old = make_feed(desk.duty, OWN)
    feed, new = make_feed(desk.duty, OWN)
    assert feeds_of(desk.duty) == [feed]
    assert feed_at(new) == feed
    with pytest.raises(FeedNotFound):
        feed_at(old)


def test_an_ended_address_opens_nothing(desk: Desk) -> None:
    feed, secret = make_feed(desk.duty, OWN)
    with pytest.raises(FeedNotFound):
        end_feed(desk.liaison, feed)
    end_feed(desk.duty, feed)
    with pytest.raises(FeedNotFound):
        feed_at(secret)


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": []}, {"waits_for_second": True}])
def test_an_address_ends_with_what_its_officer_may_read(desk: Desk, change: dict[str, object]) -> None:
    _feed, secret = make_feed(desk.duty, OWN)
    Officer.objects.filter(pk=desk.duty.pk).update(**change)
    with pytest.raises(FeedNotFound):
        feed_at(secret)


@pytest.mark.parametrize("secret", ["", "accord_", "x" * 4000, "\ud800", "ज्ञ"])
def test_what_is_no_address_opens_nothing(desk: Desk, secret: str) -> None:
    make_feed(desk.duty, OWN)
    with pytest.raises(FeedNotFound):
        feed_at(secret)


def test_an_administrator_has_no_calendar(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        make_feed(desk.administrator, GAPS)


def test_when_an_address_was_opened_is_kept_to_ten_minutes(desk: Desk) -> None:
    _feed, secret = make_feed(desk.duty, OWN, now=NOON)
    feed_at(secret, now=NOON)
    feed_at(secret, now=NOON + timedelta(minutes=9))
    assert CalendarFeed.objects.get().opened_at == NOON
    feed_at(secret, now=NOON + timedelta(minutes=11))
    assert CalendarFeed.objects.get().opened_at == NOON + timedelta(minutes=11)
