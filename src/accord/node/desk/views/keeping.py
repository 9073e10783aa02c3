"""Keeping: until when what was received is kept, what falls due, what a legal hold keeps, and what was erased."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.models import Case, Message
from accord.exchange.services import read_case
from accord.handling.models import LegalHold
from accord.handling.retention import SOON_DAYS, confirm_need, keepings_for, lift_hold, place_hold, standing_hold
from accord.node.desk.acting import act_once
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["act_on_keeping", "show_case_keeping", "show_keeping"]

ROWS: Final = 100
"""Rows of one list of the page; what is behind them comes up as these are done."""

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {"reason": gettext_lazy("Why"), "need": gettext_lazy("For what is it still needed?")}


@page(Permission.CASE_READ)
def show_keeping(request: HttpRequest) -> HttpResponse:
    """Lists what an officer may read by its day: to be looked at, ending soon, held beyond its day, erased.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    rows = keepings_for(officer)
    today = timezone.now().date()
    kept = rows.filter(erased_at=None)
    soon = Q(keep_until__lt=today + timedelta(days=SOON_DAYS))
    shown = {
        "lists": [
            ("review", kept.filter(review_on__lte=today).order_by("review_on")[:ROWS]),
            ("soon", keepings_for(officer, is_held=False).filter(soon, erased_at=None)[:ROWS]),
            ("held", keepings_for(officer, is_held=True).filter(erased_at=None)[:ROWS]),
            ("erased", rows.exclude(erased_at=None).order_by("-erased_at")[:ROWS]),
        ],
        "soon_days": SOON_DAYS,
        "rows": ROWS,
    }
    return show(request, "desk/keeping.html", shown)


@page(Permission.CASE_READ)
def show_case_keeping(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows until when each received message of a case is kept, and its legal hold.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    return _show_case(request, officer, read_case(officer, reference), None)


def _show_case(request: HttpRequest, officer: Officer, case: Case, error: AccordError | None) -> HttpResponse:
    hold = standing_hold(case)
    shown = {
        "case": case,
        "keepings": keepings_for(officer).filter(message__case=case).order_by("message__received_at"),
        "hold": hold,
        "past_holds": LegalHold.objects.filter(case=case, lifted_at__isnull=False).select_related(
            "placed_by", "lifted_by"
        ),
        "may_hold": officer.may(Permission.MESSAGE_RELEASE),
        "may_lift": hold is not None and hold.placed_by_id != officer.pk,
        "may_confirm": officer.may(Permission.MESSAGE_ANSWER),
        "today": timezone.now().date(),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/case_keeping.html", shown, status=error.http_status if error else 200)


@page(Permission.CASE_READ, methods=("POST",))
def act_on_keeping(request: HttpRequest, reference: str) -> HttpResponse:
    """Places or lifts a legal hold, or says for what a message is still needed.

    View permission: ``case.read``; the services ask for ``message.release`` and ``message.answer``.
    """
    officer, given = officer_of(request), request.POST
    case = read_case(officer, reference)
    act = _ACTS.get(given.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")
    try:
        act_once(request, lambda: act(officer, case, given), done=_("Done. It stands in the case's timeline."))
    except NotFound:
        raise
    except AccordError as error:
        return _show_case(request, officer, case, error)
    return redirect("desk:case-keeping", case.own_ref)


def _lift(officer: Officer, case: Case, given: Mapping[str, str]) -> object:
    hold = standing_hold(case)
    if hold is None:
        raise NotFound("No legal hold stands on this case.")
    return lift_hold(officer, hold, reason=given.get("reason", ""))


def _confirm(officer: Officer, case: Case, given: Mapping[str, str]) -> object:
    message = Message.objects.filter(pk=_key(given.get("message", "")), case=case).first()
    if message is None:
        raise NotFound("There is no such message in this case.")
    return confirm_need(officer, message, need=given.get("need", ""))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such message in this case.") from error


_ACTS: Final[Mapping[str, Callable[[Officer, Case, Mapping[str, str]], object]]] = {
    "hold": lambda officer, case, given: place_hold(officer, case, reason=given.get("reason", "")),
    "lift": _lift,
    "confirm": _confirm,
}
