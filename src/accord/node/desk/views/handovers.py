"""Handing the watch over at the desk: what stands, the outgoing officer's signature, the incoming officer's, print."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.exchange.models import Case
from accord.exchange.reach import cases_for
from accord.liaison.models import DutyPost, Handover
from accord.liaison.roster.coverage import moment_of
from accord.liaison.roster.errors import WrongField
from accord.liaison.roster.handing_over import (
    UNREAD_AFTER,
    hand_over,
    handover_for,
    handovers_for,
    lines_for,
    sign_in,
    take_back_handover,
    what_stands,
)
from accord.liaison.roster.posts import can_be_on_duty
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.roster_forms import act_posted, named_officer, own_zone, posted_day, posted_key, posted_time
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["show_handover", "show_handovers", "show_new_handover"]

NOTES_SHOWN: Final = 50

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "post": _("Post"),
    "incoming": _("Who takes the watch"),
    "remarks": _("Remarks"),
    "next_call": _("Next call with"),
    "next_call_on": _("Day of the next call"),
    "next_call_time": _("Time of the next call"),
}


@page(Permission.CASE_READ)
def show_handovers(request: HttpRequest) -> HttpResponse:
    """Lists handover notes, those that wait for their second signature first.

    View permission: ``case.read``; the notes of others are for those who take cases or review.
    """
    officer = officer_of(request)
    now = timezone.now()
    notes = list(handovers_for(officer)[:NOTES_SHOWN])
    waiting = [one for one in notes if one.read_at is None and one.taken_back_at is None]
    shown = {
        "waiting": [{"note": one, "is_late": now - one.signed_at >= UNREAD_AFTER} for one in waiting],
        "settled": [one for one in notes if one not in waiting],
        "takes": officer.may(Permission.CASE_TAKE),
    }
    return show(request, "desk/roster/handovers.html", shown)


@page(Permission.CASE_TAKE, methods=("GET", "POST"))
def show_new_handover(request: HttpRequest) -> HttpResponse:
    """Shows what stands, and signs the note of it as the outgoing officer.

    View permission: ``case.take``.
    """
    officer, given = officer_of(request), request.POST
    error: AccordError | None = None
    if request.method == "POST":
        made: list[Handover] = []
        error = act_posted(request, {"sign": lambda form: made.append(_hand_over(officer, form))})
        if error is None:
            return redirect("desk:roster-handover", made[0].pk) if made else redirect("desk:roster-handovers")
    stands = what_stands(officer)
    persons = Officer.objects.filter(is_active=True, is_system=False).defer("password").order_by("display_name")
    shown = {
        "stands": stands,
        "note_lines": _with_cases(officer, stands.facts["cases"]),
        "names": _names(stands.facts["cases"]),
        "posts": DutyPost.objects.filter(closed_at=None, party__is_self=True),
        "colleagues": [one for one in persons if one.pk != officer.pk and can_be_on_duty(one)],
        "zone": own_zone(),
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/handover_new.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _hand_over(officer: Officer, given: QueryDict) -> Handover:
    post = DutyPost.objects.select_related("party").filter(pk=posted_key(given, "post")).first()
    to = named_officer(given, "incoming")
    if post is None:
        raise WrongField("Choose a post of ours that is open.", field="post")
    if to is None:
        raise WrongField("Choose a colleague.", field="incoming")
    return hand_over(
        officer,
        post,
        to=to,
        seen=given.get("seen", ""),
        remarks=given.get("remarks", "").replace("\r\n", "\n"),
        next_call=given.get("next_call", ""),
        next_call_at=_next_call(given),
    )


def _next_call(given: QueryDict) -> datetime | None:
    day, wall = posted_day(given, "next_call_on"), posted_time(given, "next_call_time")
    if day is None and wall is None:
        return None
    if day is None or wall is None:
        missing = "next_call_on" if day is None else "next_call_time"
        raise WrongField("The next call has a day and a time, or neither.", field=missing)
    return moment_of(day, wall, own_zone())


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_handover(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows one note with the lines of cases that the officer reads; the incoming officer signs it here.

    View permission: ``case.read``; signing needs ``case.take``.
    """
    officer = officer_of(request)
    note = handover_for(officer, key)
    error: AccordError | None = None
    if request.method == "POST":
        error = act_posted(
            request,
            {
                "take": lambda form: sign_in(officer, note, digest=form.get("digest", "")),
                "back": lambda _form: take_back_handover(officer, note),
            },
        )
        if error is None:
            return redirect("desk:roster-handover", note.pk)
        note = handover_for(officer, key)
    said = note.said
    found, withheld = lines_for(officer, note)
    is_open = note.read_at is None and note.taken_back_at is None
    call_at = said.get("next_call_at")
    shown = {
        "note": note,
        "said": said,
        "next_call_at": datetime.fromisoformat(call_at) if call_at else None,
        "note_lines": [_line(line, case) for line, case in found],
        "names": _names([line for line, _case in found]),
        "withheld": withheld,
        "may_sign": is_open and officer.may(Permission.CASE_TAKE) and officer.pk != note.outgoing_id,
        "may_take_back": is_open and officer.pk == note.outgoing_id,
        "is_meant": officer.pk == note.incoming_id,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/roster/handover.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _with_cases(officer: Officer, lines: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    read = {case.own_ref: case for case in cases_for(officer).filter(own_ref__in=[one["case"] for one in lines])}
    return [_line(one, read[one["case"]]) for one in lines if one["case"] in read]


def _line(line: Mapping[str, Any], case: Case) -> dict[str, Any]:
    clocks = [{**one, "due": datetime.fromisoformat(one["due_at"])} for one in line["clocks"]]
    return {"line": line, "case": case, "clocks": clocks}


def _names(lines: list[Mapping[str, Any]]) -> dict[str, str]:
    told = {name for line in lines for name in line["knows"]}
    return {one.username: str(one) for one in Officer.objects.filter(username__in=told).defer("password")}
