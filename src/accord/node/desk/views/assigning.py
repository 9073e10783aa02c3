"""Many cases to one officer in one act, with a page that lists what was done and what was refused, and why."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accord.errors import AccordError
from accord.exchange.reach import cases_for
from accord.exchange.services import assign, read_case
from accord.exchange.waiting import highest_handling
from accord.node.desk.once import do_once
from accord.node.desk.overview import came_from
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["assign_cases", "show_assigned"]

CASES_MAX: Final = 50
"""Cases of one act: a page of the list."""

_KEY: Final = "assigned"


@page(Permission.CASE_TAKE, methods=("POST",))
def assign_cases(request: HttpRequest) -> HttpResponse:
    """Gives each of the cases that were chosen to the officer or to a colleague; each is done or refused by itself.

    View permission: ``case.take``.
    """
    officer, given = officer_of(request), request.POST
    is_mine = given.get("act") == "take"
    colleague = None if is_mine else Officer.objects.filter(username=given.get("to", "")).first()
    to = officer if is_mine else colleague or Officer(is_active=False)
    lines: list[dict[str, Any]] = []

    def act() -> None:
        # A case chosen twice is assigned once.
        chosen = list(dict.fromkeys(given.getlist("case")))[:CASES_MAX]
        lines.extend(_line(officer, one[:48], to=to, reason=given.get("reason", "")) for one in chosen)

    if do_once(officer, given, act):
        request.session[_KEY] = {
            "to": "" if is_mine else str(colleague or ""),
            "username": "" if is_mine else given.get("to", "")[:150],
            "reason": given.get("reason", "")[:2000],
            "lines": lines,
        }
    return redirect("desk:cases-assigned")


def _line(officer: Officer, reference: str, *, to: Officer, reason: str) -> dict[str, Any]:
    try:
        case = read_case(officer, reference)
        was_held = case.holder_id is not None and case.holder_id == to.pk
        assign(officer, case, to=to, reason=reason)
    except AccordError as error:
        return {
            "case": reference,
            "sentence": error.sentence,
            "next_step": error.next_step,
            "code": error.reason_code,
        }
    return {"case": reference, "was_held": was_held}


@page(Permission.CASE_TAKE)
def show_assigned(request: HttpRequest) -> HttpResponse:
    """Shows what became of the last assignment, case by case; loading it again does nothing again.

    View permission: ``case.take``.
    """
    kept = request.session.get(_KEY, {"to": "", "username": "", "reason": "", "lines": []})
    cases = list(
        cases_for(officer_of(request))
        .filter(own_ref__in=[one["case"] for one in kept["lines"]])
        .only("own_ref", "title")
    )
    titles = {case.own_ref: case.title for case in cases}
    lines = [{**one, "title": titles.get(one["case"], "")} for one in kept["lines"]]
    shown = {
        "to": kept["to"],
        "username": kept.get("username", ""),
        "reason": kept["reason"],
        "done": [one for one in lines if "code" not in one],
        "refused": [one for one in lines if "code" in one],
        "back": came_from(request),
        "handling_marks": max(highest_handling(cases).values(), default=""),
    }
    return show(request, "desk/assigned.html", shown)
