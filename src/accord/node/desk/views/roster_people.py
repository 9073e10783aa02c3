"""An officer's own part of the roster: watches and who takes them, leave, and calendars at secret addresses."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.liaison.models import CalendarFeed, DutyShift, Leave, WatchSwap
from accord.liaison.roster.coverage import Span, moment_of
from accord.liaison.roster.errors import WrongField
from accord.liaison.roster.feeds import end_feed, feeds_of, make_feed
from accord.liaison.roster.leaving import (
    answer_swap,
    ask_swap,
    leave_for,
    may_read_reason,
    swaps_of,
    take_back_leave,
    take_back_swap,
    take_leave,
)
from accord.liaison.roster.posts import can_be_on_duty
from accord.liaison.roster.reading import DAYS_AHEAD, read_roster
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.roster_forms import (
    act_posted,
    named_officer,
    own_zone,
    posted_key,
    posted_time,
    wanted_day,
)
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["show_calendars", "show_leave", "show_watches"]

WATCHES_SHOWN: Final = 30
SWAPS_SHOWN: Final = 20

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "asked_of": _("Colleague"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "starts_time": _("From"),
    "ends_time": _("Until"),
    "reason": _("Why"),
    "officer": _("Officer"),
}
STATES: Final[Mapping[str, Any]] = {
    WatchSwap.State.ASKED: _("waits for an answer"),
    WatchSwap.State.ACCEPTED: _("accepted"),
    WatchSwap.State.DECLINED: _("declined"),
    WatchSwap.State.TAKEN_BACK: _("taken back"),
    WatchSwap.State.PASSED_ON: _("accepted, and passed on since"),
}


def _colleagues(officer: Officer) -> list[Officer]:
    found = Officer.objects.filter(is_active=True, is_system=False).defer("password").order_by("display_name")
    return [one for one in found if one.pk != officer.pk and can_be_on_duty(one)]


@page(Permission.AGREEMENT_READ, methods=("GET", "POST"))
def show_watches(request: HttpRequest) -> HttpResponse:
    """Shows the officer's own watches, those that colleagues ask them to take, and lets both be answered.

    View permission: ``agreement.read``; the services ask whose watch it is.
    """
    officer, given = officer_of(request), request.POST
    error: AccordError | None = None
    if request.method == "POST":
        error = act_posted(
            request,
            {
                "ask": lambda form: _ask(officer, form),
                "accept": lambda form: answer_swap(officer, _swap(officer, form), accepts=True),
                "decline": lambda form: answer_swap(officer, _swap(officer, form), accepts=False),
                "back": lambda form: take_back_swap(officer, _swap(officer, form)),
            },
        )
        if error is None:
            return redirect("desk:roster-watches")
    now = timezone.now().replace(microsecond=0)
    read = read_roster(Span(now, now + timedelta(days=DAYS_AHEAD)))
    names = {one.post.pk: one.post for one in read.posts}
    posts = {shift.pk: names[shift.post_id] for shift in DutyShift.objects.filter(post__in=names)}
    mine = [watch for watch in read.ours.watches if watch.holder == officer.pk][:WATCHES_SHOWN]
    swaps = list(swaps_of(officer)[:SWAPS_SHOWN])
    waiting = {(one.shift_id, one.day): one for one in swaps if one.state == WatchSwap.State.ASKED}
    shown = {
        "mine": [
            {
                "watch": watch,
                "post": posts.get(watch.shift.key),
                "asked": waiting.get((watch.shift.key, watch.day)),
                "may_ask": watch.span.start > now,
            }
            for watch in mine
        ],
        "to_answer": [
            {"swap": one, "span": one.shift.described.on(one.day)}
            for one in swaps
            if one.state == WatchSwap.State.ASKED and one.asked_of_id == officer.pk
        ],
        "swaps": [{"swap": one, "span": one.shift.described.on(one.day), "words": STATES[one.state]} for one in swaps],
        "colleagues": _colleagues(officer),
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/watches.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _ask(officer: Officer, given: QueryDict) -> WatchSwap:
    shift = DutyShift.objects.select_related("post").filter(pk=posted_key(given, "shift")).first()
    if shift is None:
        raise NotFound("There is no such shift.")
    colleague = named_officer(given, "asked_of")
    if colleague is None:
        raise WrongField("Choose a colleague.", field="asked_of")
    return ask_swap(officer, shift, wanted_day(given, "day"), of=colleague)


def _swap(officer: Officer, given: QueryDict) -> WatchSwap:
    found = swaps_of(officer).filter(pk=posted_key(given, "swap")).first()
    if found is None:
        raise NotFound("There is no such watch.")
    return found


@page(Permission.AGREEMENT_READ, methods=("GET", "POST"))
def show_leave(request: HttpRequest) -> HttpResponse:
    """Shows the officer's leave, or everybody's to who keeps the roster, and records or takes back some.

    View permission: ``agreement.read``; for another officer the services ask for ``roster.keep``.
    """
    officer, given = officer_of(request), request.POST
    may_keep = officer.may(Permission.ROSTER_KEEP)
    error: AccordError | None = None
    if request.method == "POST":
        error = act_posted(
            request,
            {
                "take": lambda form: _take(officer, form),
                "back": lambda form: take_back_leave(officer, _leave(officer, form)),
            },
        )
        if error is None:
            return redirect("desk:roster-leave")
    rows = list(leave_for(officer)[:100])
    shown = {
        "rows": [
            {"leave": one, "reason": one.reason if may_read_reason(officer, one) else ""}
            for one in rows
            if one.taken_back_at is None
        ],
        "taken_back": [one for one in rows if one.taken_back_at is not None],
        "persons": [officer, *_colleagues(officer)] if may_keep else [],
        "zone": own_zone(),
        "may_keep": may_keep,
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/leave.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _take(officer: Officer, given: QueryDict) -> Leave:
    zone = own_zone()
    whose = named_officer(given, "officer") or officer
    return take_leave(
        officer,
        whose,
        starts_at=_at(wanted_day(given, "starts_on"), posted_time(given, "starts_time"), zone, is_end=False),
        ends_at=_at(wanted_day(given, "ends_on"), posted_time(given, "ends_time"), zone, is_end=True),
        reason=given.get("reason", ""),
    )


def _at(day: date, wall: time | None, zone: str, *, is_end: bool) -> datetime:
    """Returns a moment of our capital: a day without a time is whole."""
    if wall is None and is_end:
        return moment_of(day + timedelta(days=1), time(), zone)
    return moment_of(day, wall or time(), zone)


def _leave(officer: Officer, given: QueryDict) -> Leave:
    found = leave_for(officer).filter(pk=posted_key(given, "leave")).first()
    if found is None:
        raise NotFound("There is no such leave.")
    return found


@page(Permission.AGREEMENT_READ, methods=("GET", "POST"))
def show_calendars(request: HttpRequest) -> HttpResponse:
    """Makes, renews and ends the officer's calendars; a secret address is in the answer that makes it and nowhere else.

    View permission: ``agreement.read``.
    """
    officer, given = officer_of(request), request.POST
    error: AccordError | None = None
    secrets: list[tuple[CalendarFeed, str]] = []
    if request.method == "POST":
        error = act_posted(
            request,
            {
                "make": lambda form: secrets.append(make_feed(officer, _kind(form))),
                "end": lambda form: end_feed(officer, _feed(officer, form)),
            },
        )
        if error is None and not secrets:
            return redirect("desk:roster-calendars")
    feeds = {one.kind: one for one in feeds_of(officer)}
    shown = {
        "kinds": [
            {"kind": CalendarFeed.Kind.OWN, "words": _("My watches"), "feed": feeds.get(CalendarFeed.Kind.OWN)},
            {"kind": CalendarFeed.Kind.GAPS, "words": _("Gaps"), "feed": feeds.get(CalendarFeed.Kind.GAPS)},
        ],
        "address": _address(request, secrets[0][1]) if secrets else "",
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/calendars.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _address(request: HttpRequest, secret: str) -> str:
    """Returns the whole address: beside the desk's, as the operator named it, or as it was asked for."""
    path = reverse("calendar", args=[secret])
    desk = settings.CONFIG.desk_address
    base = desk.partition("/desk")[0] if desk else ""
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def _kind(given: QueryDict) -> CalendarFeed.Kind:
    kind = given.get("kind", "")
    if kind not in CalendarFeed.Kind.values:
        raise NotFound("There is no such calendar.")
    return CalendarFeed.Kind(kind)


def _feed(officer: Officer, given: QueryDict) -> CalendarFeed:
    found = CalendarFeed.objects.filter(officer=officer, pk=posted_key(given, "feed")).first()
    if found is None:
        raise NotFound("There is no such calendar.")
    return found
