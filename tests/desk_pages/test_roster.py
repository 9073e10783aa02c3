"""The pages of the roster: gaps first, forms that keep their words, private reasons, signatures, secret addresses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accord.exchange import services
from accord.liaison.models import CalendarFeed, CallEntry, DutyPost, DutyShift, Handover, Leave, WatchSwap
from accord.liaison.roster.feeds import make_feed
from accord.liaison.roster.handing_over import hand_over, what_stands
from accord.liaison.roster.leaving import take_leave
from accord.node.calendars import ASKS, GUESSES
from tests.desk import Desk, received_request
from tests.desk_pages.conftest import SignIn, statements
from tests.liaison.roster.specimens import keeper, post, shift, two_desks

PAGES = ("roster", "roster-watches", "roster-leave", "roster-posts", "roster-calls", "roster-calendars")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def posted(client: Client, page: str, /, *args: object, **given: object) -> HttpResponse:
    return client.post(reverse(f"desk:{page}", args=args), given, follow=True)  # type: ignore[return-value]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_without_a_roster(desk: Desk, sign_in: SignIn, name: str) -> None:
    assert sign_in(keeper(desk)).get(reverse(f"desk:{name}")).status_code == 200


def test_an_empty_roster_says_what_comes_first(desk: Desk, sign_in: SignIn) -> None:
    assert "Open the first post" in text(sign_in(keeper(desk)).get(reverse("desk:roster")))
    told = text(sign_in(desk.duty).get(reverse("desk:roster")))
    assert "An officer with the role policy keeps the roster." in told


def test_the_gaps_stand_first_in_both_capitals_time(desk: Desk, sign_in: SignIn) -> None:
    two_desks(desk)
    told = text(sign_in(desk.duty).get(reverse("desk:roster")))
    assert told.index("Gaps in the next 60 days") < told.index("On duty now")
    assert "Nobody is on duty from" in told
    assert "20:00 to" in told
    assert "in Ottawa / from" in told
    assert "in New Delhi" in told
    assert "days in a row, the last on" in told


def test_a_roster_without_gaps_says_so(desk: Desk, sign_in: SignIn) -> None:
    shift(desk, post(desk), desk.duty, 0, 0)
    told = text(sign_in(desk.duty).get(reverse("desk:roster")))
    assert "Somebody is on duty at every hour of the next 60 days" in told
    assert "The duty" in told


@pytest.mark.parametrize("query", ["?view=month", "?view=week&from=2027-03-08", "?from=9999-12-31", "?view=x&from=y"])
def test_other_weeks_and_months_are_shown(desk: Desk, sign_in: SignIn, query: str) -> None:
    two_desks(desk)
    told = text(sign_in(desk.duty).get(reverse("desk:roster") + query))
    assert told.count('class="r-bar"') == (31 if "month" in query else 7)


def test_a_page_costs_a_fixed_number_of_statements(desk: Desk, sign_in: SignIn) -> None:
    home, _away = two_desks(desk)
    client = sign_in(desk.duty)
    one = statements(client, reverse("desk:roster"))
    for hour in range(8):
        shift(desk, home.post, desk.liaison, hour, hour + 8)
    assert statements(client, reverse("desk:roster")) == one
    assert statements(client, reverse("desk:roster") + "?view=month") == one


def test_a_post_and_a_shift_are_made_ended_and_undone(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(keeper(desk))
    told = posted(
        client, "roster-posts", act="open", party="CA", name="Ottawa desk", zone="America/Toronto", minutes="10"
    )
    made = DutyPost.objects.get()
    assert "Ottawa desk" in text(told)
    fields = {"begins": "20:00", "ends": "08:00", "first_on": "2026-12-01", "weekdays": ["0", "1"], "rule": "not-on"}
    posted(client, "roster-post", made.pk, act="add", officer="duty", holidays_of="CA", **fields)
    held = DutyShift.objects.get()
    assert (held.officer, held.weekdays, held.rule, held.holidays_of) == (desk.duty, [0, 1], "not-on", "CA")
    posted(client, "roster-post", made.pk, act="end", shift=held.pk, last_on="2026-12-24")
    assert str(DutyShift.objects.get().last_on) == "2026-12-24"
    posted(client, "roster-post", made.pk, act="undo", shift=held.pk)
    assert DutyShift.objects.get().last_on is None
    posted(client, "roster-post", made.pk, act="close")
    assert DutyPost.objects.get().closed_at is not None
    posted(client, "roster-post", made.pk, act="reopen")
    assert DutyPost.objects.get().closed_at is None


@pytest.mark.parametrize(
    ("given", "element"),
    [
        ({"begins": "25:00"}, "begins"),
        ({"begins": ""}, "begins"),
        ({"first_on": "2026-02-31"}, "first_on"),
        ({"officer": ""}, "officer"),
        ({"officer": "releasing"}, "officer"),
        ({"weekdays": []}, "weekdays"),
    ],
)
def test_a_refused_shift_names_its_field_and_keeps_its_words(
    desk: Desk, sign_in: SignIn, given: dict[str, Any], element: str
) -> None:
    where = post(desk)
    fields = {"officer": "duty", "begins": "07:35", "ends": "15:35", "first_on": "2026-12-01", "weekdays": ["0"]}
    answer = posted(sign_in(keeper(desk)), "roster-post", where.pk, act="add", rule="no-matter", **{**fields, **given})
    assert answer.status_code == 422
    assert f'href="#{element}"' in text(answer)
    assert 'value="15:35"' in text(answer)
    assert not DutyShift.objects.exists()


def test_who_does_not_keep_the_roster_is_shown_no_form_and_changes_nothing(desk: Desk, sign_in: SignIn) -> None:
    where = post(desk)
    client = sign_in(desk.duty)
    assert 'value="add"' not in text(client.get(reverse("desk:roster-post", args=[where.pk])))
    answer = posted(client, "roster-post", where.pk, act="close")
    assert answer.status_code == 403
    assert DutyPost.objects.get().closed_at is None


@pytest.mark.parametrize("key", [404, 2**63, 10**30])
def test_a_post_that_is_not_there_is_not_found(desk: Desk, sign_in: SignIn, key: int) -> None:
    assert sign_in(desk.duty).get(reverse("desk:roster-post", args=[key])).status_code == 404


@pytest.mark.parametrize("name", ["roster-watches", "roster-leave", "roster-posts", "roster-calls", "roster-calendars"])
def test_an_act_that_is_none_is_not_found(desk: Desk, sign_in: SignIn, name: str) -> None:
    assert sign_in(keeper(desk)).post(reverse(f"desk:{name}"), {"act": "nothing"}).status_code == 404


def test_the_telephone_list_is_kept_and_printed(desk: Desk, sign_in: SignIn) -> None:
    where = post(desk)
    client = sign_in(keeper(desk))
    given = {"post": where.pk, "rank": "head", "shown_as": "Head of the desk (specimen)", "minutes": "10"}
    refused = posted(client, "roster-calls", act="add", **given)
    assert 'href="#telephone"' in text(refused)
    told = text(posted(client, "roster-calls", act="add", telephone="+1 613 555 0100", **given))
    assert "+1 613 555 0100" in told
    entry = CallEntry.objects.get()
    assert "Put back" in text(posted(client, "roster-calls", act="remove", entry=entry.pk))
    posted(client, "roster-calls", act="restore", entry=entry.pk)
    assert "a-printonly" in text(sign_in(desk.duty).get(reverse("desk:roster-calls")))


def test_a_watch_is_asked_for_and_taken_on_the_pages(desk: Desk, sign_in: SignIn) -> None:
    home, _away = two_desks(desk)
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    given = {"shift": home.pk, "day": day, "asked_of": "liaison"}
    posted(sign_in(desk.duty), "roster-watches", act="ask", **given)
    swap = WatchSwap.objects.get()
    theirs = sign_in(desk.liaison)
    assert "A colleague asks you to take 1 watch." in text(theirs.get(reverse("desk:roster")))
    assert "asks you to take a watch" in text(theirs.get(reverse("desk:roster-watches")))
    posted(theirs, "roster-watches", act="accept", swap=swap.pk)
    assert WatchSwap.objects.get().state == WatchSwap.State.ACCEPTED
    assert "taken from a colleague" in text(theirs.get(reverse("desk:roster-watches")))
    assert (
        sign_in(desk.reviewer).post(reverse("desk:roster-watches"), {"act": "back", "swap": swap.pk}).status_code == 404
    )


def test_leave_is_recorded_and_its_reason_stays_private(desk: Desk, sign_in: SignIn) -> None:
    two_desks(desk)
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    client = sign_in(desk.duty)
    told = text(posted(client, "roster-leave", act="take", starts_on=day, ends_on=day, reason="A private matter"))
    assert "A private matter" in told
    assert "A private matter" in text(sign_in(keeper(desk)).get(reverse("desk:roster-leave")))
    for name in ("roster", "roster-leave", "roster-watches"):
        assert "A private matter" not in text(sign_in(desk.liaison).get(reverse(f"desk:{name}")))
    assert "Watches whose officer is not there" in text(sign_in(desk.liaison).get(reverse("desk:roster")))
    posted(client, "roster-leave", act="back", leave=Leave.objects.get().pk)
    assert "Watches whose officer is not there" not in text(client.get(reverse("desk:roster")))


def test_a_day_of_leave_is_whole_in_the_capital(desk: Desk, sign_in: SignIn) -> None:
    posted(sign_in(desk.duty), "roster-leave", act="take", starts_on="2027-03-14", ends_on="2027-03-14")
    leave = Leave.objects.get()
    assert leave.ends_at - leave.starts_at == timedelta(hours=23)


def test_another_s_leave_is_not_found_and_not_taken(desk: Desk, sign_in: SignIn) -> None:
    start = timezone.now()
    leave = take_leave(desk.duty, desk.duty, starts_at=start, ends_at=start + timedelta(days=1))
    client = sign_in(desk.liaison)
    assert client.post(reverse("desk:roster-leave"), {"act": "back", "leave": leave.pk}).status_code == 404
    day = start.date().isoformat()
    answer = posted(client, "roster-leave", act="take", officer="duty", starts_on=day, ends_on=day)
    assert answer.status_code == 403


@pytest.mark.parametrize("field", ["starts_on", "ends_on"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_leave_at_the_end_of_the_calendar_is_refused_with_its_field(
    desk: Desk, sign_in: SignIn, field: str, day: str
) -> None:
    today = timezone.localdate().isoformat()
    fields = {"starts_on": today, "ends_on": today, field: day}
    answer = posted(sign_in(desk.duty), "roster-leave", act="take", reason="Kept words.", **fields)
    assert answer.status_code == 422
    assert "This day is more than ten years away." in text(answer)
    assert f'href="#{field}"' in text(answer)
    assert "Kept words." in text(answer)
    assert not Leave.objects.exists()


# Handing over.


def test_the_watch_is_handed_over_and_taken(desk: Desk, sign_in: SignIn) -> None:
    where, request = post(desk), received_request(desk)
    services.take(desk.duty, request.case)
    client = sign_in(desk.duty)
    page = text(client.get(reverse("desk:roster-handover-new")))
    assert request.case.own_ref in page
    seen = what_stands(desk.duty).digest
    given = {"post": where.pk, "incoming": "liaison", "seen": seen, "remarks": "The port calls back.", "act": "sign"}
    answer = posted(client, "roster-handover-new", **given)
    note = Handover.objects.get()
    assert "waits for" in text(answer)
    theirs = sign_in(desk.liaison)
    assert "1 handover note waits for your signature." in text(theirs.get(reverse("desk:roster")))
    shown = text(theirs.get(reverse("desk:roster-handover", args=[note.pk])))
    assert "The port calls back." in shown
    assert bytes(note.digest).hex() in shown
    posted(theirs, "roster-handover", note.pk, act="take", digest=bytes(note.digest).hex())
    assert Handover.objects.get().read_by == desk.liaison
    assert "I have read it" not in text(theirs.get(reverse("desk:roster-handover", args=[note.pk])))


def test_what_has_changed_meanwhile_is_shown_and_not_signed(desk: Desk, sign_in: SignIn) -> None:
    where = post(desk)
    given = {"post": where.pk, "incoming": "liaison", "seen": "0" * 64, "remarks": "Kept words.", "act": "sign"}
    answer = posted(sign_in(desk.duty), "roster-handover-new", **given)
    assert answer.status_code == 409
    assert "Something has changed since the page was shown" in text(answer)
    assert "Kept words." in text(answer)
    assert not Handover.objects.exists()


def test_a_next_call_at_the_end_of_the_calendar_is_refused_with_its_field(desk: Desk, sign_in: SignIn) -> None:
    given = {"post": post(desk).pk, "incoming": "liaison", "seen": what_stands(desk.duty).digest, "act": "sign"}
    call = {"next_call": "The port", "next_call_on": "0001-01-01", "next_call_time": "00:00"}
    answer = posted(sign_in(desk.duty), "roster-handover-new", **given, **call)
    assert answer.status_code == 422
    assert 'href="#next_call_on"' in text(answer)
    assert not Handover.objects.exists()


def test_a_case_that_the_reader_does_not_read_is_counted_and_not_named(desk: Desk, sign_in: SignIn) -> None:
    request = received_request(desk)
    services.take(desk.duty, request.case)
    services.keep_to_team(desk.duty, request.case, reason="Few need it.")
    note = hand_over(desk.duty, post(desk), to=desk.liaison, seen=what_stands(desk.duty).digest)
    told = text(sign_in(desk.liaison).get(reverse("desk:roster-handover", args=[note.pk])))
    assert request.case.own_ref not in told
    assert request.case.title not in told
    assert "1 line is about a case that you do not read." in told


def test_a_note_of_others_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    note = hand_over(desk.duty, post(desk), to=desk.liaison, seen=what_stands(desk.duty).digest)
    assert sign_in(desk.releasing).get(reverse("desk:roster-handover", args=[note.pk])).status_code == 404
    assert "No note yet." in text(sign_in(desk.releasing).get(reverse("desk:roster-handovers")))


# Calendars.


@pytest.fixture(autouse=True)
def fresh_rates() -> None:
    ASKS.forget_all()
    GUESSES.forget_all()


def test_a_secret_address_is_shown_once_and_opens_without_a_session(desk: Desk, sign_in: SignIn) -> None:
    two_desks(desk)
    client = sign_in(desk.duty)
    told = text(client.post(reverse("desk:roster-calendars"), {"act": "make", "kind": "own"}))
    address = told.partition('<code class="r-secret">')[2].partition("</code>")[0]
    assert "/calendar/accord_" in address
    assert address not in text(client.get(reverse("desk:roster-calendars")))
    outside = Client()
    answer = outside.get("/calendar/" + address.partition("/calendar/")[2])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) >= 60
    posted(client, "roster-calendars", act="end", feed=CalendarFeed.objects.get().pk)
    assert outside.get("/calendar/" + address.partition("/calendar/")[2]).status_code == 404


def test_a_calendar_speaks_its_officer_s_language(desk: Desk, settings: Any) -> None:
    two_desks(desk)
    desk.duty.language = "fr"
    desk.duty.save(update_fields=["language"])
    _feed, secret = make_feed(desk.duty, CalendarFeed.Kind.OWN)
    assert "SUMMARY:Permanence" in Client().get(f"/calendar/{secret}.ics").content.decode()


def test_what_is_no_address_is_not_found_and_soon_not_even_asked(desk: Desk) -> None:
    client = Client()
    codes = [client.get(f"/calendar/accord_{number}.ics").status_code for number in range(12)]
    assert codes == [404] * 10 + [429] * 2
    _feed, secret = make_feed(desk.duty, CalendarFeed.Kind.GAPS)
    assert client.get(f"/calendar/{secret}.ics").status_code == 200  # whose address is good is not slowed down
    assert int(client.get("/calendar/x.ics").headers["Retry-After"]) > 0


def test_a_calendar_is_asked_for_thirty_times_at_once_and_no_more(desk: Desk) -> None:
    _feed, secret = make_feed(desk.duty, CalendarFeed.Kind.GAPS)
    client = Client()
    codes = [client.get(f"/calendar/{secret}.ics").status_code for _ask in range(31)]
    assert codes == [200] * 30 + [429]


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_calendar_is_only_read(desk: Desk, method: str) -> None:
    _feed, secret = make_feed(desk.duty, CalendarFeed.Kind.GAPS)
    assert getattr(Client(), method)(f"/calendar/{secret}.ics").status_code == 405


def test_another_s_calendar_is_not_ended(desk: Desk, sign_in: SignIn) -> None:
    feed, _secret = make_feed(desk.duty, CalendarFeed.Kind.OWN)
    answer = sign_in(desk.liaison).post(reverse("desk:roster-calendars"), {"act": "end", "feed": feed.pk})
    assert answer.status_code == 404
    assert CalendarFeed.objects.get().ended_at is None


def test_the_page_of_the_agreement_counts_what_waits(desk: Desk, sign_in: SignIn) -> None:
    hand_over(desk.duty, post(desk), to=desk.liaison, seen=what_stands(desk.duty).digest, now=datetime.now(tz=UTC))
    told = text(sign_in(desk.liaison).get(reverse("desk:agreement")))
    assert "Duty roster</a> <span" in told
