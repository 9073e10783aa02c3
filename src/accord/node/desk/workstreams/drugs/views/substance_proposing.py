"""Proposing the next version of a row, taking a row out, and settling what waits."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.text import check_written
from accord.node.desk.acting import act_once
from accord.node.desk.error_words import reason_words
from accord.node.desk.fields import Field, fields_of, posted_values
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.substance_rows import proposed_rows, terms_of
from accord.node.desk.workstreams.drugs.substance_words import CHOICES, HINTS, KINDS, NAMES, ORDER, STATES, STRUCTS
from accord.node.desk.workstreams.drugs.views.substances import kind_named, proposal_of, shown_row
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.officers.registers import register_deciders
from accord.workstreams.drugs.models import SubstanceProposal
from accord.workstreams.drugs.substances.book import table_in_force
from accord.workstreams.drugs.substances.proposing import (
    agree_to_changes,
    may_agree_to,
    propose_changes,
    refuse_changes,
    withdraw_changes,
)
from accord.workstreams.drugs.substances.rows import Change, Kind, row_of_terms, rows_of

__all__ = ["act_on_proposal", "propose_row", "show_proposal", "take_row_out"]

LINES: Final = frozenset({"label", "formula", "text", "item", "threshold", "notification", "class_"})
"""Texts that may be long and never are: a line each."""

LOOKS: Final = 100
"""Rows of one proposal that its page shows at once; of a longer one the first, with how many there are."""


@page(Permission.REGISTER_PROPOSE, methods=("GET", "POST"))
def propose_row(request: HttpRequest, kind: str) -> HttpResponse:
    """Shows the form of a row, filled with the one named by ``from``, and proposes what comes back.

    View permission: ``register.propose``.
    """
    officer, named = officer_of(request), kind_named(kind)
    before = rows_of(table_in_force(), named).get(request.GET.get("from", ""))
    terms: dict[str, Any] = dict(terms_of(before)) if before is not None else {}  # Any: JSON types
    why, more = "", tuple[str, ...]()
    error: AccordError | None = None
    if request.method == "POST":
        terms, why = posted_values(STRUCTS[named], ORDER[named], request.POST), _why(request.POST)
        more = (request.POST["add"],) if request.POST.get("add") else ()
        if not more and not request.POST.get("remove"):
            made: list[SubstanceProposal] = []
            try:
                do_once(officer, request.POST, lambda: made.append(_propose(officer, named, terms, why)))
            except AccordError as refused:
                error = refused
            else:
                return _on_to(request, made)
    shown = {
        "kind": named,
        "kind_words": KINDS[named],
        "before": before,
        "fields": _fields(named, terms, error, more),
        "why": why,
        "is_alone": not register_deciders(),
        "error": error,
        "error_names": {name: (f"field-{name}", label) for name, label in NAMES.items()}
        | {"why": ("field-why", _("Why, for the record"))},
    }
    return show(request, "desk/drugs/substances/new.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _propose(officer: Officer, kind: Kind, terms: Mapping[str, Any], why: str) -> SubstanceProposal:
    given = {("class" if name == "class_" else name): value for name, value in terms.items()}
    if isinstance(given.get("tariff"), dict):
        # A flag that nobody ticked is no.
        given["tariff"] = {"is_own": False, "verified": False, **given["tariff"]}
    # Lists that were left empty, and the mark that nobody set, are left out of what a form holds.
    empty: dict[str, Any] = {"names": [], "cas": []} if kind is Kind.SUBSTANCE else {}
    row = row_of_terms(kind, {"verified": False, **empty, **given})
    if why:
        check_written({"why": why})
    return propose_changes(officer, [Change.to(row)], why=why)


def _why(posted: QueryDict) -> str:
    return posted.get("why", "").replace("\r\n", "\n").strip()


def _on_to(request: HttpRequest, made: list[SubstanceProposal]) -> HttpResponse:
    if not made:
        return redirect("desk:drugs-substances")
    said_proposed(request, made[0])
    return redirect("desk:drugs-substance-proposal", made[0].pk)


def said_proposed(request: HttpRequest, made: SubstanceProposal) -> None:
    """Says what came of a proposal: it waits, or counts at once since nobody may agree yet."""
    waits = _("Proposed. A second person now agrees to it or refuses it.")
    alone = _("It counts at once, since nobody at this node may agree yet.")
    notes.success(request, waits if made.state == SubstanceProposal.State.PROPOSED else alone)


def _fields(
    kind: Kind, terms: Mapping[str, Any], error: AccordError | None, more: tuple[str, ...]
) -> tuple[Field, ...]:
    field = str(error.fields.get("field", "")).partition(".")[0] if error is not None else ""
    wrong = {("class_" if field == "class" else field): reason_words(error)} if error is not None and field else {}
    made = fields_of(STRUCTS[kind], ORDER[kind], terms, more=more)
    return tuple(_named(one).with_errors(wrong) for one in made)


def _named(field: Field) -> Field:
    name = field.path.rpartition(".")[2]
    if name.isdecimal():
        name = field.path.rpartition(".")[0].rpartition(".")[2]
    known = CHOICES.get(name, {})
    return replace(
        field,
        widget="line" if name in LINES and field.widget == "text" else field.widget,
        label=NAMES.get(name, field.label),
        hint=HINTS.get(name, "") if not field.parts else "",
        options=tuple((code, known.get(code, words)) for code, words in field.options),
        is_needed=field.is_needed and field.widget != "choices",
        parts=tuple(_named(part) for part in field.parts),
    )


@page(Permission.REGISTER_PROPOSE, methods=("POST",))
def take_row_out(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Proposes to take a row out of the register.

    View permission: ``register.propose``.
    """
    officer, named, why = officer_of(request), kind_named(kind), _why(request.POST)
    if code not in rows_of(table_in_force(), named):
        raise NotFound("There is no such row.")
    made: list[SubstanceProposal] = []
    change = Change(kind=named, code=code, row=None)
    try:
        do_once(officer, request.POST, lambda: made.append(propose_changes(officer, [change], why=why)))
    except AccordError as refused:
        return shown_row(request, named, code, refused)
    return _on_to(request, made)


@page(Permission.REGISTER_READ)
def show_proposal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows changes that were proposed together, what each would change, and what became of them.

    View permission: ``register.read``; to settle them it needs ``register.decide``, which the services ask for.
    """
    return _shown(request, proposal_of(key))


def _shown(request: HttpRequest, proposal: SubstanceProposal, error: AccordError | None = None) -> HttpResponse:
    officer, rows = officer_of(request), proposed_rows(proposal)
    tone, words = STATES[proposal.state]
    shown = {
        "proposal": proposal,
        "tone": tone,
        "words": words,
        "rows": rows[:LOOKS],
        "count": len(rows),
        "hidden": max(len(rows) - LOOKS, 0),
        "may_agree": may_agree_to(officer, proposal),
        "may_decide": officer.may(Permission.REGISTER_DECIDE),
        "is_mine": officer.pk == proposal.proposed_by_id,
        "given": request.POST,
        "error": error,
        "error_names": {"why": ("why", _("Why"))},
    }
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/drugs/substances/proposal.html", shown, status=status)


@page(Permission.REGISTER_READ, methods=("POST",))
def act_on_proposal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Agrees to changes that wait, refuses them, or withdraws one's own.

    View permission: ``register.read``; each act's service asks for what it needs.
    """
    officer, found = officer_of(request), proposal_of(key)
    done = {
        "agree": _("Agreed. It counts from now on."),
        "refuse": _("Refused. Nothing of it counts."),
        "withdraw": _("Withdrawn. Nothing of it counts."),
    }.get(request.POST.get("act", ""), "")
    try:
        act_once(request, lambda: _do(officer, found, request.POST), done=done)
    except NotFound:
        raise
    except AccordError as refused:
        return _shown(request, found, refused)
    return redirect("desk:drugs-substance-proposal", found.pk)


def _do(officer: Officer, proposal: SubstanceProposal, given: QueryDict) -> None:
    why = _why(given)
    if why:
        check_written({"why": why})
    act = {"agree": agree_to_changes, "refuse": refuse_changes, "withdraw": withdraw_changes}.get(given.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")
    act(officer, proposal, why=why)
