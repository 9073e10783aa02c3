"""The register of substances: the matrix of a day and a pair, a row with its history, and tables to take along."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.register_texts import CONVENTION, ShownEntry, jurisdiction_name
from accord.node.desk.workstreams.drugs.substance_rows import history_of, parts_of_row
from accord.node.desk.workstreams.drugs.substance_words import DIFFERENCES, KINDS, STANDINGS
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.officers.registers import register_deciders
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.workstreams.drugs.models import SubstanceProposal
from accord.workstreams.drugs.screening.folding import as_ascii, squeezed
from accord.workstreams.drugs.substances.book import table_in_force
from accord.workstreams.drugs.substances.content import Control, Substance, SubstanceTable
from accord.workstreams.drugs.substances.csv_rows import write_csv
from accord.workstreams.drugs.substances.proposing import may_agree_to, waiting_proposals, waiting_rows
from accord.workstreams.drugs.substances.rows import Kind, rows_of
from accord.workstreams.drugs.substances.status import Differing, Status, differences, entries_for, statuses

__all__ = ["count_waiting", "download_rows", "kind_named", "proposal_of", "show_row", "show_substances", "shown_row"]

SHOWN_MAX: Final = 200
"""Substances of the matrix that are shown at once; of more the first, and one looks for the others by name."""


def count_waiting(officer: Officer) -> int:
    """Returns how many changes wait for an officer's agreement."""
    return sum(may_agree_to(officer, one) for one in waiting_proposals())


def kind_named(name: str) -> Kind:
    """Returns the kind of row of an address.

    Raises:
        NotFound: There is none of that name.
    """
    try:
        return Kind(name)
    except ValueError as error:
        raise NotFound("There is no such table.") from error


UNSURE: Final = frozenset({Differing.UNDATED, Differing.NOT_KNOWN})
"""Where nobody can say from here whether both sides differ: it is told apart from where they do."""


@page(Permission.REGISTER_READ)
def show_substances(request: HttpRequest) -> HttpResponse:
    """Shows where each substance is controlled on a day, and where two sides differ.

    View permission: ``register.read``.
    """
    officer, table = officer_of(request), table_in_force()
    day, is_odd = _day(request.GET.get("on", ""))
    origin, destination, known = _pair(request, table)
    names = {code: jurisdiction_name(code) for code in (CONVENTION, origin, destination)}
    substances = table.by_id()
    found = {one.substance: one for one in differences(table, on=day, origin=origin, destination=destination)}
    asked = request.GET.get("q", "").strip()
    rows = [
        row
        for row in statuses(table, jurisdictions=list(names), on=day)
        if not asked or _is_asked_for(substances[row[0].substance], asked)
    ]
    shown = {
        "day": day,
        "asked": asked,
        "hidden": max(len(rows) - SHOWN_MAX, 0),
        "is_odd": is_odd,
        "origin": origin,
        "destination": destination,
        "jurisdictions": [(code, jurisdiction_name(code)) for code in known],
        "columns": list(names.values()),
        "rows": [
            {
                "substance": substances[row[0].substance],
                "cells": [_cell(one, names[one.jurisdiction]) for one in row],
                "differs": DIFFERENCES[found[row[0].substance].differing] if row[0].substance in found else "",
            }
            for row in rows[:SHOWN_MAX]
        ],
        "differing": sum(one.differing not in UNSURE for one in found.values()),
        "unsure": sum(one.differing in UNSURE for one in found.values()),
        "table": table,
        "waiting": _waiting(officer),
        "may_propose": officer.may(Permission.REGISTER_PROPOSE),
        "is_alone": not register_deciders(),
    }
    return show(request, "desk/drugs/substances/matrix.html", shown)


def _is_asked_for(substance: Substance, asked: str) -> bool:
    wanted = squeezed(as_ascii(asked)) or asked.casefold().encode()
    texts = (substance.id, substance.label, *substance.cas, *(name.text for name in substance.names))
    return any(wanted in (squeezed(as_ascii(text)) or text.casefold().encode()) for text in texts)


def _day(text: str) -> tuple[date, bool]:
    today = timezone.now().date()
    if not text:
        return today, False
    try:
        return date.fromisoformat(text), False
    except ValueError:
        return today, True


def _pair(request: HttpRequest, table: SubstanceTable) -> tuple[str, str, list[str]]:
    ours = our_party()
    peers = [one.code for one in Party.objects.filter(is_self=False).order_by("code")]
    listed = sorted({one.jurisdiction for one in table.controls} - {CONVENTION})
    known = list(dict.fromkeys((ours, *peers, *listed)))
    other = next((code for code in known if code != ours), ours)
    origin, destination = request.GET.get("from", ours), request.GET.get("to", other)
    return (origin if origin in known else ours), (destination if destination in known else other), known


def _cell(status: Status, name: str) -> dict[str, Any]:  # Any: lazy translations among them
    tone, words = STANDINGS[status.standing]
    return {"name": name, "tone": tone, "words": words, "entries": [ShownEntry(entry=one) for one in status.entries]}


def _waiting(officer: Officer) -> list[dict[str, Any]]:
    return [
        {"proposal": one, "rows": one.versions.count(), "is_mine": one.proposed_by_id == officer.pk}
        for one in waiting_proposals()
    ]


@page(Permission.REGISTER_READ)
def show_row(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Shows one row: what it says, what rests on it, and every version with who proposed and who settled it.

    View permission: ``register.read``; to propose it needs ``register.propose``.
    """
    return shown_row(request, kind_named(kind), code)


def shown_row(request: HttpRequest, kind: Kind, code: str, error: AccordError | None = None) -> HttpResponse:
    """Returns the page of a row, with a refusal where an act on it was refused.

    Args:
        request: The request.
        kind: The kind of row.
        code: Its code.
        error: The refusal.
    """
    officer, table, history = officer_of(request), table_in_force(), history_of(kind, code)
    row = rows_of(table, kind).get(code)
    if row is None and not history:
        raise NotFound("There is no such row.")
    shown: dict[str, Any] = {
        "kind": kind,
        "kind_words": KINDS[kind],
        "code": code,
        "row": row,
        "parts": parts_of_row(row) if row is not None else (),
        "history": history,
        "is_waiting": (kind, code) in waiting_rows(),
        "may_propose": officer.may(Permission.REGISTER_PROPOSE),
        "given": request.POST,
        "error": error,
        "error_names": {"why": ("out-why", _("Why"))},
    }
    if isinstance(row, Substance):
        shown |= {
            "controls": [ShownEntry(entry=one) for one in entries_for(table, code)],
            "forms": [one for one in table.substances if one.parent == code],
            "parent": table.by_id().get(row.parent or ""),
        }
    elif isinstance(row, Control):
        # Its substances stand by their names below, each with a way to its row.
        shown |= {
            "named": [table.by_id()[one] for one in row.substances],
            "parts": tuple(part for part in shown["parts"] if part.name != "substances"),
        }
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/drugs/substances/row.html", shown, status=status)


@page(Permission.REGISTER_READ)
def download_rows(request: HttpRequest, kind: str) -> HttpResponse:
    """Hands out the substances or the entries of control as a table that can be brought back; it is noted.

    What its originator controls is in it only where that is asked for by an officer who may propose.

    View permission: ``register.read``.
    """
    officer, named = officer_of(request), kind_named(kind)
    with_all = request.GET.get("all") == "yes" and officer.may(Permission.REGISTER_PROPOSE)
    table = table_in_force() if with_all else table_in_force().opened()
    rows = list(rows_of(table, named).values())
    detail: dict[str, str | int | bool | None] = {"table": named.value, "rows": len(rows), "is_whole": with_all}
    note(officer, "export substances", Party.objects.get(code=our_party()), detail=detail)
    response = HttpResponse(write_csv(named, rows, mark=True), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="accord-{named.value}s.csv"'
    return response


def proposal_of(key: Any) -> SubstanceProposal:  # Any: a UUID of an address
    """Returns a proposal.

    Raises:
        NotFound: There is none of that key.
    """
    found = SubstanceProposal.objects.select_related("proposed_by", "settled_by").filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    return found
