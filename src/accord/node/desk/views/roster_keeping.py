"""Keeping the roster: posts, their shifts, and the telephone list; each act can be undone on the page that shows it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.liaison.models import CallEntry, DutyPost, DutyShift
from accord.liaison.roster.coverage import HolidayRule
from accord.liaison.roster.posts import (
    add_call,
    add_shift,
    can_be_on_duty,
    change_post,
    close_post,
    end_shift,
    open_post,
    remove_call,
    reopen_post,
    restore_call,
    undo_end,
)
from accord.liaison.roster.reading import on_watch
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.roster_forms import (
    act_posted,
    named_officer,
    own_zone,
    posted_day,
    posted_key,
    posted_number,
    wanted_day,
    wanted_time,
)
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = ["show_calls", "show_post", "show_posts"]

# Any: lazy translations.
RULES: Final[Mapping[str, Any]] = {
    HolidayRule.NO_MATTER: _("Public holidays do not matter"),
    HolidayRule.NOT_ON: _("Not on public holidays"),
    HolidayRule.ALSO_ON: _("On public holidays, too"),
}
RANKS: Final[Mapping[str, Any]] = {
    CallEntry.Rank.DUTY: _("On duty"),
    CallEntry.Rank.DEPUTY: _("Deputy"),
    CallEntry.Rank.HEAD: _("Head"),
}
NAMES: Final[Mapping[str, Any]] = {
    "party": _("Whose desk it is"),
    "name": _("Name of the post"),
    "zone": _("Time zone"),
    "minutes": _("Minutes"),
    "officer": _("Officer"),
    "begins": _("From"),
    "ends": _("Until"),
    "weekdays": _("Days of the week"),
    "first_on": _("First day"),
    "last_on": _("Last day"),
    "holidays_of": _("Whose public holidays"),
    "shown_as": _("Name or role"),
    "telephone": _("Telephone"),
    "pager": _("Pager"),
    "email": _("E-mail"),
}

CLOSED_SHOWN: Final = 20

KEY_MAX: Final = 2**63 - 1
"""The largest key that a database takes."""


def _persons() -> list[Officer]:
    found = Officer.objects.filter(is_active=True, is_system=False).defer("password").order_by("display_name")
    return [one for one in found if one.is_posted()]


@page(Permission.AGREEMENT_READ, methods=("GET", "POST"))
def show_posts(request: HttpRequest) -> HttpResponse:
    """Lists the posts, and lets who keeps the roster open one.

    View permission: ``agreement.read``; opening needs ``roster.keep``.
    """
    officer, given = officer_of(request), request.POST
    error: AccordError | None = None
    if request.method == "POST":
        made: list[DutyPost] = []
        error = act_posted(request, {"open": lambda form: made.append(_open(officer, form))})
        if error is None:
            return redirect("desk:roster-post", made[0].pk) if made else redirect("desk:roster-posts")
    posts = DutyPost.objects.select_related("party").prefetch_related("shifts__officer")
    today = timezone.now().date()
    shown = {
        "posts": [_row(one, today) for one in posts if one.closed_at is None],
        "closed": [one for one in posts if one.closed_at is not None][:CLOSED_SHOWN],
        "parties": Party.objects.order_by("-is_self", "code"),
        "zones": sorted(available_timezones()),
        "own_zone": own_zone(),
        "may_keep": officer.may(Permission.ROSTER_KEEP),
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/posts.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _row(post: DutyPost, today: Any) -> dict[str, Any]:  # Any: a day; what templates take
    return {"post": post, "shifts": [one for one in post.shifts.all() if one.last_on is None or one.last_on >= today]}


def _open(officer: Officer, given: QueryDict) -> DutyPost:
    return open_post(
        officer,
        party=given.get("party", ""),
        name=given.get("name", ""),
        zone=given.get("zone", ""),
        minutes=posted_number(given, "minutes"),
    )


@page(Permission.AGREEMENT_READ, methods=("GET", "POST"))
def show_post(request: HttpRequest, number: int) -> HttpResponse:
    """Shows one post with its shifts, and lets who keeps the roster change them.

    View permission: ``agreement.read``; changing needs ``roster.keep``.
    """
    officer, given = officer_of(request), request.POST
    post = DutyPost.objects.select_related("party").filter(pk=number if number <= KEY_MAX else 0).first()
    if post is None:
        raise NotFound("There is no such post.")
    error: AccordError | None = None
    if request.method == "POST":
        error = act_posted(
            request,
            {
                "add": lambda form: _add(officer, post, form),
                "end": lambda form: end_shift(officer, _shift(post, form), last_on=wanted_day(form, "last_on")),
                "undo": lambda form: undo_end(officer, _shift(post, form)),
                "change": lambda form: change_post(
                    officer, post, name=form.get("name", ""), minutes=posted_number(form, "minutes")
                ),
                "close": lambda _form: close_post(officer, post),
                "reopen": lambda _form: reopen_post(officer, post),
            },
        )
        if error is None:
            return redirect("desk:roster-post", post.pk)
        post.refresh_from_db()
    today = timezone.now().date()
    shifts = list(post.shifts.select_related("officer", "ended_by"))
    shown = {
        "post": post,
        "shifts": [one for one in shifts if one.last_on is None or one.last_on >= today],
        "ended": [one for one in shifts if one.last_on is not None and one.last_on < today][-CLOSED_SHOWN:],
        "persons": [one for one in _persons() if can_be_on_duty(one)],
        "parties": Party.objects.order_by("-is_self", "code"),
        "rules": RULES.items(),
        "rule_words": RULES,
        "weekdays": range(7),
        "ticked": given.getlist("weekdays") if given.get("act") == "add" else [str(day) for day in range(7)],
        "today": today,
        "may_keep": officer.may(Permission.ROSTER_KEEP),
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/post.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _add(officer: Officer, post: DutyPost, given: QueryDict) -> DutyShift:
    rule = given.get("rule", "")
    return add_shift(
        officer,
        post,
        officer=named_officer(given, "officer"),
        begins=wanted_time(given, "begins"),
        ends=wanted_time(given, "ends"),
        weekdays={int(day) for day in given.getlist("weekdays") if day in set("0123456")},
        first_on=wanted_day(given, "first_on"),
        last_on=posted_day(given, "last_on"),
        rule=HolidayRule(rule) if rule in set(HolidayRule) else HolidayRule.NO_MATTER,
        holidays_of=given.get("holidays_of", ""),
    )


def _shift(post: DutyPost, given: QueryDict) -> DutyShift:
    found = post.shifts.filter(pk=posted_key(given, "shift")).first()
    if found is None:
        raise NotFound("There is no such shift.")
    return found


@page(Permission.AGREEMENT_READ, methods=("GET", "POST"))
def show_calls(request: HttpRequest) -> HttpResponse:
    """Shows who is called in which order, as a page that prints well, and lets who keeps the roster change it.

    View permission: ``agreement.read``; changing needs ``roster.keep``.
    """
    officer, given = officer_of(request), request.POST
    error: AccordError | None = None
    if request.method == "POST":
        error = act_posted(
            request,
            {
                "add": lambda form: _add_call(officer, form),
                "remove": lambda form: remove_call(officer, _call(form)),
                "restore": lambda form: restore_call(officer, _call(form)),
            },
        )
        if error is None:
            return redirect("desk:roster-calls")
    posts = list(DutyPost.objects.filter(closed_at=None, party__is_self=True))
    order = list(CallEntry.Rank)
    entries = list(CallEntry.objects.filter(post__in=posts).select_related("officer", "removed_by"))
    entries.sort(key=lambda one: (order.index(CallEntry.Rank(one.rank)), one.position, one.pk))
    on_now = {one.pk for one in on_watch()}
    shown = {
        "lists": [
            {"post": post, "entries": [one for one in entries if one.post_id == post.pk and one.removed_at is None]}
            for post in posts
        ],
        "removed": [one for one in entries if one.removed_at is not None][-CLOSED_SHOWN:],
        "on_now": on_now,
        "ranks": RANKS.items(),
        "rank_words": RANKS,
        "persons": _persons(),
        "may_keep": officer.may(Permission.ROSTER_KEEP),
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/calls.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _add_call(officer: Officer, given: QueryDict) -> CallEntry:
    post = DutyPost.objects.filter(pk=posted_key(given, "post"), closed_at=None).first()
    rank = given.get("rank", "")
    if post is None or rank not in CallEntry.Rank.values:
        raise NotFound("There is no such post.")
    return add_call(
        officer,
        post,
        rank=CallEntry.Rank(rank),
        officer=named_officer(given, "officer"),
        shown_as=given.get("shown_as", ""),
        telephone=given.get("telephone", ""),
        pager=given.get("pager", ""),
        email=given.get("email", ""),
        minutes=posted_number(given, "minutes"),
    )


def _call(given: QueryDict) -> CallEntry:
    found = CallEntry.objects.filter(pk=posted_key(given, "entry")).first()
    if found is None:
        raise NotFound("There is no such entry of the call list.")
    return found
