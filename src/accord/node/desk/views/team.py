"""The team of a case on a page, and the way in for who is not in it and cannot wait."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.models import Case
from accord.exchange.reach import reads
from accord.exchange.services import (
    add_member,
    break_in,
    keep_to_team,
    open_to_scope,
    read_case,
    remove_member,
    team_of,
)
from accord.exchange.team import BREAK_IN_HOURS, keeps_team
from accord.exchange.waiting import highest_handling
from accord.node.desk.acting import act_once
from accord.node.desk.case_filters import plain_words
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["break_into_case", "show_team"]


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_team(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows who reads a case besides its scope, and lets its holder or a releasing officer change that.

    View permission: ``case.read``; a change needs ``team.keep``, which the services ask for.
    """
    officer, given = officer_of(request), request.POST
    case = read_case(officer, reference)
    error: AccordError | None = None
    if request.method == "POST":
        act = ACTS.get(given.get("act", ""))
        if act is None:
            raise NotFound("There is no such act.")
        try:
            act_once(request, lambda: act(officer, case, given), done=_("Done. It stands in the case's timeline."))
        except AccordError as refused:
            error = refused
        else:
            # Who put the case out of their own sight goes on at the list.
            return redirect("desk:case-team", case.own_ref) if reads(officer, case) else redirect("desk:cases")
    team = team_of(officer, case)
    within = {one.officer_id for one in team} | {case.holder_id}
    shown = {
        "case": read_case(officer, reference),
        "team": team,
        "may_change": keeps_team(officer, case),
        "colleagues": [one for one in _readers() if one.pk not in within],
        "given": given,
        "error": error,
        "error_names": {"reason": _("Why"), "member": _("Colleague")},
        "handling_marks": highest_handling([case]).get(case.pk, ""),
    }
    return show(request, "desk/team.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _readers() -> list[Officer]:
    persons = Officer.objects.filter(is_active=True).defer("password")
    return [one for one in persons if one.may(Permission.CASE_READ)]


def _member(given: QueryDict) -> Officer:
    return Officer.objects.filter(username=given.get("member", "")).first() or Officer(is_active=False)


_Act = Callable[[Officer, Case, QueryDict], Any]  # Any: what the services return is read again by the page

ACTS: Final[Mapping[str, _Act]] = {
    "add": lambda who, case, given: add_member(who, case, member=_member(given), reason=given.get("reason", "")),
    "remove": lambda who, case, given: remove_member(who, case, member=_member(given), reason=given.get("reason", "")),
    "keep": lambda who, case, given: keep_to_team(who, case, reason=given.get("reason", "")),
    "open": lambda who, case, given: open_to_scope(who, case, reason=given.get("reason", "")),
}
"""The acts of the page by their names in its forms."""


@page(Permission.CASE_TAKE, methods=("GET", "POST"))
def break_into_case(request: HttpRequest) -> HttpResponse:
    """Opens a case for a day to an officer who has no need to know it but cannot wait; the reason is told on.

    View permission: ``case.take``.
    """
    officer, given = officer_of(request), request.POST
    error: AccordError | None = None
    if request.method == "POST":
        opened: list[Case] = []
        reference = plain_words(given.get("reference", ""))
        try:
            do_once(officer, given, lambda: opened.append(break_in(officer, reference, reason=given.get("reason", ""))))
        except AccordError as refused:
            error = refused
        else:
            if not opened:
                return redirect("desk:cases")
            words = _(
                "The case is open to you for %(hours)d hours. Its holder and the reviewers are told, with your reason."
            )
            notes.success(request, words % {"hours": BREAK_IN_HOURS})
            return redirect("desk:case", opened[0].own_ref)
    shown = {
        "given": given if request.method == "POST" else request.GET,
        "hours": BREAK_IN_HOURS,
        "error": error,
        "error_names": {"reason": _("What cannot wait"), "reference": _("Reference of the case, ours or theirs")},
    }
    return show(request, "desk/break_in.html", shown, status=error.http_status if error else HTTPStatus.OK)
