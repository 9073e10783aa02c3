"""The reviewer's sample of decisions, drawn by a stated seed, and the findings written beside a decision."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, get_args

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.law.decision import Outcome
from accord.node.api.decisions import ActionWord
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.views.review import decision_shown
from accord.officers.permissions import Permission
from accord.oversight.annotations import annotate
from accord.oversight.sampling import SAMPLE_MAX, SEED_CHARACTERS_MAX, SampleRefused, draw_sample
from accord.vocabulary.periods import midnight_of

__all__ = ["annotate_decision", "show_sample"]

SIZE: Final = 10
"""Decisions of a sample that nobody chose the size of: what a first visit reads."""


@page(Permission.RECORD_READ)
def show_sample(request: HttpRequest) -> HttpResponse:
    """Draws a sample by the seed that stands in the address; without one it asks for it.

    View permission: ``record.read``.
    """
    given, error, sample = request.GET, None, None
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    actions, outcomes = list(get_args(ActionWord)), [one.label for one in Outcome]
    if "seed" in given:
        try:
            sample = draw_sample(
                officer_of(request),
                seed=given["seed"],
                size=_size(given.get("size", "")),
                since=_moment(since),
                until=_moment(until + timedelta(days=1)) if until is not None else None,
                action=given.get("action") if given.get("action") in actions else None,
                outcome=given.get("outcome") if given.get("outcome") in outcomes else None,
            )
        except AccordError as refused:
            error = refused
    today = timezone.now().date()
    shown: dict[str, Any] = {
        "given": given,
        "since": since,
        "until": until,
        "size": given.get("size", str(SIZE)),
        "size_max": SAMPLE_MAX,
        "seed_max": SEED_CHARACTERS_MAX,
        "actions": actions,
        "outcomes": outcomes,
        "sample": sample,
        "error": error,
        "may_grow": until is None or until >= today,
    }
    return show(request, "desk/review_sample.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _size(text: str) -> int:
    if not text.isdecimal() or len(text) > len(str(SAMPLE_MAX)):
        raise SampleRefused(
            f"A sample has 1 to {SAMPLE_MAX} decisions.",
            code="oversight.sample-size",
            next_step="Choose a smaller number, or draw twice with two seeds.",
        )
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(day: date | None) -> datetime | None:
    return None if day is None else midnight_of(day)


@page(Permission.RECORD_READ, methods=("POST",))
def annotate_decision(request: HttpRequest, number: int) -> HttpResponse:
    """Writes the reviewer's finding beside a decision.

    View permission: ``record.read``.
    """
    officer, given = officer_of(request), request.POST
    try:
        annotate(officer, number, finding=given.get("finding", ""), text=given.get("text", ""))
    except AccordError as error:
        if error.http_status == HTTPStatus.NOT_FOUND:
            raise
        shown = {
            **decision_shown(officer, number),
            "error": error,
            "error_names": {"text": _("Why")},
            "given": given,
        }
        return show(request, "desk/review_decision.html", shown, status=error.http_status)
    notes.success(request, _("Your finding stands beside the decision."))
    return redirect(reverse("desk:review-decision", args=[number]))
