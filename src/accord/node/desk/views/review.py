"""The reviewer's pages: decisions, acts, emergencies, alarms and what was stopped, with a table to take along."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages as notes
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.exchange.reach import messages_for
from accord.handling.models import Use
from accord.law.decision import Decision
from accord.node.api.review import LISTS, export_table
from accord.node.desk.fact_words import FACTS
from accord.node.desk.law_words import FACT_SECTIONS
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.review_cells import Cell, cell_of
from accord.node.desk.review_filters import CHOICES, filtered
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.oversight.annotations import annotations_of
from accord.oversight.comparing import last_of_theirs
from accord.oversight.lists import alarms
from accord.oversight.models import Annotation
from accord.oversight.reviews import emergencies, review_emergency
from accord.oversight.services import decision, facts_of, outcome_counts
from accord.release.models import DecisionRecord
from accord.vocabulary.periods import midnight_of

__all__ = ["decision_shown", "download_list", "show_decision", "show_list", "show_review"]

ROWS: Final = 50
KEY_LENGTH: Final = 36
"""Of the longest key, a UUID."""
DIGITS_MAX: Final = 18
"""Of the longest number that every database takes as a key."""
_ASKED_FIRST: Final = ("action", "use_act", "use_recipient", "use_purpose", "use_effect", "kind", "party", "peer")
"""What of a decision's facts is read first."""
PERIOD: Final = timedelta(days=30)
"""The period of the overview: what a monthly report covers."""

# Any: lazy translations.
TITLES: Final[Mapping[str, Any]] = {
    "emergencies": gettext_lazy("Emergencies"),
    "decisions": gettext_lazy("Decisions of the gate"),
    "acts": gettext_lazy("What officers did"),
    "stopped": gettext_lazy("What arrived and was not filed"),
    "alarms": gettext_lazy("Alarms"),
    "holds": gettext_lazy("Answers to holds"),
    "clocks": gettext_lazy("Clocks"),
}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "decisions": ("at", "number", "action", "kind", "peer", "outcome", "rules", "officer"),
    "acts": ("at", "officer", "verb", "object_type", "object_id", "detail"),
    "stopped": ("handled_at", "state", "reason_code", "kind", "peer", "position", "received_at"),
    "alarms": ("raised_at", "code", "detail", "count", "peer", "acknowledged_at"),
    "clocks": ("started_at", "reference", "urgency", "state", "due_at", "ended_at", "is_overdue"),
    "holds": ("decided_at", "policy", "decided_by", "reason", "reference"),
}
WORDS: Final[Mapping[str, Any]] = {
    "at": gettext_lazy("When"),
    "number": gettext_lazy("Number"),
    "action": gettext_lazy("Act"),
    "kind": gettext_lazy("Kind"),
    "peer": gettext_lazy("With"),
    "outcome": gettext_lazy("The gate said"),
    "rules": gettext_lazy("Rules"),
    "officer": gettext_lazy("Officer"),
    "verb": gettext_lazy("Act"),
    "object_type": gettext_lazy("Of what"),
    "object_id": gettext_lazy("Which"),
    "detail": gettext_lazy("Details"),
    "handled_at": gettext_lazy("When"),
    "state": gettext_lazy("State"),
    "reason_code": gettext_lazy("Why"),
    "position": gettext_lazy("Position"),
    "received_at": gettext_lazy("Received"),
    "raised_at": gettext_lazy("Raised"),
    "code": gettext_lazy("Code"),
    "count": gettext_lazy("How often"),
    "acknowledged_at": gettext_lazy("Settled"),
    "started_at": gettext_lazy("Began"),
    "reference": gettext_lazy("Message"),
    "urgency": gettext_lazy("Urgency"),
    "due_at": gettext_lazy("Due"),
    "ended_at": gettext_lazy("Ended"),
    "is_overdue": gettext_lazy("Overdue"),
    "decided_at": gettext_lazy("When"),
    "policy": gettext_lazy("Rule"),
    "decided_by": gettext_lazy("Decided by"),
    "reason": gettext_lazy("Reason"),
}


@page(Permission.RECORD_READ)
def show_review(request: HttpRequest) -> HttpResponse:
    """Shows what waits for the reviewer and what happened in the last thirty days.

    View permission: ``record.read``.
    """
    officer, now = officer_of(request), timezone.now()
    open_ones = emergencies(officer, is_open=True)
    shown = {
        "lists": list(TITLES.items()),
        "open": open_ones.count(),
        "late": open_ones.filter(due_at__lte=now).count(),
        "alarms": alarms(officer, is_open=True).count(),
        "published": last_of_theirs(officer),
        "outcomes": sorted(outcome_counts(officer, since=now - PERIOD, until=now).items()),
    }
    return show(request, "desk/review.html", shown)


@page(Permission.RECORD_READ, methods=("GET", "POST"))
def show_list(request: HttpRequest, name: str) -> HttpResponse:
    """Shows one of the reviewer's lists for a period, the newest first; takes the review of an emergency.

    View permission: ``record.read``; a review needs ``emergency.review``, which its service asks for.
    """
    officer = officer_of(request)
    if name not in TITLES:
        raise NotFound("There is no such list.")
    error: AccordError | None = None
    if request.method == "POST" and name == "emergencies":
        try:
            _record(request, officer)
            return redirect(request.get_full_path())
        except NotFound:
            raise
        except AccordError as refused:
            error = refused
    chosen, since, until = _period(request)
    _shape, lister, row_of = LISTS[name]
    rows = lister(officer, since, until)
    if name == "decisions":
        rows, filters = filtered(rows, request.GET)
        chosen = {**chosen, **filters}
    # What is no key of this list is its beginning.
    before = request.GET.get("before", "")[:KEY_LENGTH]
    if before and not (before.isdigit() and len(before) > DIGITS_MAX):
        with suppress(ValidationError, ValueError):
            rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: ROWS + 1])
    shown: dict[str, Any] = {
        "name": name,
        "title": TITLES[name],
        "lists": list(TITLES.items()),
        "chosen": chosen,
        "next": f"?{urlencode({**chosen, 'before': found[ROWS - 1].pk})}" if len(found) > ROWS else "",
        "export": f"{reverse('desk:review-export', args=[name])}?{urlencode(chosen)}",
        "choices": [(field, codes, chosen.get(field, "")) for field, codes in CHOICES.items()]
        if name == "decisions"
        else [],
        "columns": [WORDS[column] for column in COLUMNS.get(name, ())],
        "error": error,
        "given": request.POST,
        "may_review": officer.may(Permission.EMERGENCY_REVIEW),
    }
    if name == "emergencies":
        now = timezone.now()
        shown["emergencies"] = [(row, row.reviewed_at is None and row.due_at <= now) for row in found[:ROWS]]
    else:
        shown["rows"] = [_cells(name, row_of(row).model_dump()) for row in found[:ROWS]]
    return show(request, "desk/review_list.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _record(request: HttpRequest, officer: Officer) -> None:
    given = request.POST
    try:
        key = UUID(given.get("message", ""))
    except ValueError as error:
        raise NotFound("There is no such emergency.") from error
    if not emergencies(officer).filter(pk=key).exists() or given.get("outcome") not in {"justified", "not-justified"}:
        raise NotFound("There is no such emergency, or no finding was chosen.")
    review_emergency(officer, key, outcome=given["outcome"], reason=given.get("reason", ""))
    notes.success(request, _("Your finding is on record."))


def _period(request: HttpRequest) -> tuple[dict[str, str], datetime | None, datetime | None]:
    """Returns the days chosen as the address has them, and the moments at which they begin and end."""
    chosen: dict[str, str] = {}
    found: dict[str, datetime] = {}
    for name, more in (("since", 0), ("until", 1)):
        text = request.GET.get(name, "")
        try:
            day = date.fromisoformat(text)
            found[name] = midnight_of(day + timedelta(days=more))
        except (ValueError, OverflowError):
            continue
        chosen[name] = text
    return chosen, found.get("since"), found.get("until")


def _cells(name: str, row: Mapping[str, Any]) -> list[Cell]:
    return [cell_of(name, column, row[column]) for column in COLUMNS[name]]


@page(Permission.RECORD_READ)
def show_decision(request: HttpRequest, number: int) -> HttpResponse:
    """Shows one decision with its facts, its reasons, and what opens the commitment that travelled.

    View permission: ``record.read``.
    """
    return show(request, "desk/review_decision.html", decision_shown(officer_of(request), number))


def decision_shown(officer: Officer, number: int) -> dict[str, Any]:  # Any: what templates take
    """Returns what the page of a decision shows.

    Raises:
        NotPermitted: The account may not read the record.
        DecisionUnknown: There is none of that number.
    """
    record = decision(officer, number)
    return {
        "annotations": annotations_of(officer, number),
        "findings": Annotation.Finding.values,
        "record": record,
        "decision": Decision.from_json(record.decision),
        "facts": parts_of(_in_order(facts_of(record)), names=FACTS),
        **_within_reach(officer, record),
        "numbers": [
            (_("Digest of the facts"), bytes(record.facts_digest).hex()),
            (_("Digest of the packs"), bytes(record.pack_digest).hex()),
            (_("Digest of the decision"), bytes(record.digest).hex()),
            (_("Salt of the commitment"), bytes(record.salt).hex()),
            (_("Commitment that travelled"), bytes(record.commitment).hex()),
        ],
    }


def _in_order(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Returns facts in the order in which they are tried: what was asked first, then its matter, then the rest."""
    order = dict.fromkeys((*_ASKED_FIRST, *(name for _title, names in FACT_SECTIONS for name in names), *sorted(facts)))
    return {name: facts[name] for name in order if name in facts}


def _within_reach(officer: Officer, record: DecisionRecord) -> dict[str, Message | None]:
    """Returns the message that a decision is about, and the permission under which it was used, if the officer may."""
    if not officer.may(Permission.CASE_READ):
        return {}
    readable = messages_for(officer).select_related("case")
    used = Use.objects.filter(decision=record).select_related("grant").first()
    if used is None:
        return {"about": readable.filter(released__decision=record).first()}
    granted = readable.filter(pk=used.grant.answer_id).first() if used.grant is not None else None
    return {"about": readable.filter(pk=used.item_id).first(), "granted": granted}


@page(Permission.RECORD_READ)
def download_list(request: HttpRequest, name: str) -> HttpResponse:
    """Gives one list for a period as CSV that no spreadsheet takes for formulas; the export is noted as an act.

    View permission: ``record.read``.
    """
    if name not in LISTS:
        raise NotFound("There is no such list.")
    _chosen, since, until = _period(request)
    return export_table(officer_of(request), name, since=since, until=until, mark=True)
