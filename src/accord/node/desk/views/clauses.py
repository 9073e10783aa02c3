"""One clause of a statement: both wordings with their differences, our draft, what was said, and the acts on it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.dialogue.drafting import bracket_clause, discard_draft, save_draft
from accord.dialogue.models import Clause
from accord.dialogue.negotiating import accept_wording, comment_on, propose_wording, withdraw_wording
from accord.dialogue.reading import ClauseView, statement_for, view_of
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.statement_rows import pick, row_of
from accord.node.desk.views.statements import NAMES, text_fields, written_texts
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.release.errors import GateRefuses

__all__ = ["act_on_clause", "show_clause"]


@page(Permission.AGREEMENT_READ)
def show_clause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows one clause with the wording of each side, what was said about it, and what can be done.

    View permission: ``agreement.read``; a draft is shown to the statement's team alone.
    """
    return _shown(request, _found(officer_of(request), key), None)


def _found(officer: Officer, key: UUID) -> Clause:
    clause = Clause.objects.filter(pk=key).first()
    if clause is None:
        raise NotFound("There is no such clause.")
    clause.statement = statement_for(officer, clause.statement_id)
    return clause


def _shown(request: HttpRequest, clause: Clause, error: AccordError | None) -> HttpResponse:
    officer, statement = officer_of(request), clause.statement
    whole = view_of(officer, statement)
    view = next((one for one in whole.clauses if one.clause.pk == clause.pk), None)
    if view is None:
        raise NotFound("There is no such clause.")
    is_written = error is not None and "form" in request.POST and "text-en" in request.POST
    title, language = pick(whole.title)
    position = whole.clauses.index(view)
    shown = {
        "row": row_of(view, whole.languages),
        "view": view,
        "clause": clause,
        "statement": statement,
        "title": title,
        "title_language": language,
        "before": whole.clauses[position - 1] if position else None,
        "after": whole.clauses[position + 1] if position + 1 < len(whole.clauses) else None,
        "fields": text_fields(written_texts(request.POST) if is_written else _begins_with(view)),
        "wanted": whole.languages,
        "comment": request.POST.get("comment", "") if is_written else (view.draft.comment if view.draft else ""),
        "place": request.POST.get("place", "") if is_written else view.place[1],
        "leaves_out": "leaves_out" in request.POST if is_written else bool(view.draft and view.draft.leaves_out),
        "their_digest": view.standing.theirs.digest.hex() if view.standing.theirs is not None else "",
        "may_change": whole.is_member and officer.may(Permission.AGREEMENT_DRAFT) and statement.signed_at is None,
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
        "decision": error.decision if isinstance(error, GateRefuses) else None,
    }
    return show(request, "desk/dialogue/clause.html", shown, status=error.http_status if error else 200)


def _begins_with(view: ClauseView) -> dict[str, str]:
    """Returns the texts with which the form begins: our draft, else our wording, else theirs."""
    if view.draft is not None:
        return dict(view.draft.texts)
    known = view.standing.known
    return dict(known.texts) if known is not None else {}


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def act_on_clause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keeps a draft, sends it, accepts the other side's wording, withdraws ours, or sends a comment.

    View permission: ``agreement.draft``; the services ask for a member of the statement's team.
    """
    officer = officer_of(request)
    clause = _found(officer, key)
    statement = clause.statement
    try:
        act_once(request, lambda: _do(officer, clause, request.POST))
    except AccordError as error:
        return _shown(request, clause, error)
    if Clause.objects.filter(pk=key).exists():
        return redirect("desk:clause", key)
    return redirect("desk:statement", statement.pk)


def _do(officer: Officer, clause: Clause, given: QueryDict) -> str:
    act, comment = given.get("act", ""), given.get("comment", "")
    if act in {"save", "propose", "bracket"}:
        return _write(officer, clause, given, act)
    if act == "accept":
        accept_wording(officer, clause, digest=_digest(given), comment=comment)
        return _("Accepted. The clause is agreed once both sides stand for this wording.")
    if act == "withdraw":
        withdraw_wording(officer, clause, comment=comment)
        return _("Withdrawn. Our side stands for no wording of this clause now.")
    if act == "comment":
        comment_on(officer, clause, comment=comment)
        return _("Sent. Where the clause stands has not changed.")
    if act == "discard":
        discard_draft(officer, clause)
        return _("The draft is discarded. Nothing was sent.")
    raise NotFound("There is no such act.")


def _write(officer: Officer, clause: Clause, given: QueryDict, act: str) -> str:
    texts = written_texts(given)
    if act == "bracket":
        bracket_clause(officer, clause, texts)
        return _("The whole text stands in brackets now, as a draft. It is not sent.")
    stated: dict[str, Any] = {"place": whole(given.get("place", ""), 8), "leaves_out": "leaves_out" in given}
    save_draft(
        officer, clause, texts, comment=given.get("comment", ""), version=whole(given.get("version", ""), 8), **stated
    )
    if act == "save":
        return _("Kept for our team. It is not sent.")
    propose_wording(officer, clause, seen=_digest(given))
    return _("Sent. Our side stands for this wording now.")


def _digest(given: QueryDict) -> bytes:
    try:
        return bytes.fromhex(given.get("theirs", ""))
    except ValueError:
        return b""
