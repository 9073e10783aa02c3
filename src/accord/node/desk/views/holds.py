"""Holds: who bears the office that a rule names reads the draft and says in writing why it may go on."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError, OfficerCanMend
from accord.exchange.authors import authors_of
from accord.exchange.models import Message
from accord.exchange.services import answer_hold, check_draft, read_message
from accord.node.desk.overview import goes_on
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.waiting import next_address
from accord.officers.models import Officer
from accord.officers.offices import bearers_of
from accord.officers.permissions import Permission

__all__ = ["show_holds"]


class NoHoldChosen(OfficerCanMend):
    """The officer answered without saying which hold."""

    code = "desk.no-hold-chosen"
    default_next_step = "Choose the hold that you answer."
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_holds(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows a message that the gate holds, and takes the written answer of who decides.

    View permission: ``case.read``; answering needs ``hold.answer`` and the office that the rule names.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    if not message.may_change:
        return redirect("desk:case", message.case.own_ref)
    error: AccordError | None = None
    if request.method == "POST":
        try:
            policy = request.POST.get("policy", "")
            if not policy:
                raise NoHoldChosen("No hold was chosen.")
            answer_hold(officer, message, policy=policy, reason=request.POST.get("reason", ""))
        except AccordError as refused:
            error = refused
        else:
            notes.success(request, _("Your answer to the hold stands with the message."))
            is_more = bool(_mine(officer, message))
            moves_on = not is_more and goes_on(officer, unless_chosen=True)
            here = reverse("desk:holds", args=[message.pk])
            return redirect(next_address(officer, after=message.pk) if moves_on else here)
    return _shown(request, officer, message, error)


def _mine(officer: Officer, message: Message) -> list[Any]:  # Any: reasons of a decision
    decision = check_draft(officer, message).decision
    return [hold for hold in decision.holds if hold.decider in officer.offices]


def _shown(request: HttpRequest, officer: Officer, message: Message, error: AccordError | None) -> HttpResponse:
    decision = check_draft(officer, message).decision
    holds, authors = decision.holds, authors_of(message)
    is_own = officer.pk in authors
    may_answer = officer.may(Permission.HOLD_ANSWER) and not is_own
    bearers = {
        office: [str(one) for one in bearers_of(office, but_not=authors)] for office in {hold.decider for hold in holds}
    }
    shown = {
        "message": message,
        "case": message.case,
        "decision": decision,
        "leaves": parts_of(message.fields),
        "own": parts_of(msgspec.json.decode(bytes(message.own_side) or b"{}", type=dict[str, Any])),
        "files": message.attachments.all(),
        "mine": [hold for hold in holds if may_answer and hold.decider in officer.offices],
        "others": [
            (hold, bearers[hold.decider]) for hold in holds if not (may_answer and hold.decider in officer.offices)
        ],
        "answers": message.hold_answers.select_related("decided_by"),
        "is_own": is_own,
        "handling_marks": str(message.fields.get("handling", "")),
        "error": error,
        "given": request.POST,
    }
    return show(request, "desk/holds.html", shown, status=error.http_status if error else HTTPStatus.OK)
