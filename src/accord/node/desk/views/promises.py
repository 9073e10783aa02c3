"""What both sides promised in a signed statement: suggested sentence by sentence, taken out by a person, exported."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.dialogue.commitments import Promise, confirm_commitment, drop_commitment, promises_of
from accord.dialogue.models import Commitment, Statement
from accord.dialogue.reading import statement_for, view_of
from accord.dialogue.verbs import Strength
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.dialogue_days import posted_date
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.statement_rows import pick
from accord.node.desk.views.readouts import STRENGTHS
from accord.node.tables import table_response
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["act_on_promises", "download_promises", "show_promises"]


@page(Permission.AGREEMENT_READ)
def show_promises(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lists the sentences of a signed statement that promise something, and what was taken out of each.

    View permission: ``agreement.read``.
    """
    return _shown(request, statement_for(officer_of(request), key), None)


def _shown(request: HttpRequest, statement: Statement, error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    view = view_of(officer, statement)
    promises = promises_of(statement)
    rows = [_row(one, request.POST if error is not None else {}) for one in promises]
    # Fields are numbered by their row, as the template numbers them.
    place = next((number for number, row in enumerate(rows, start=1) if row["is_open"]), 1)
    shown = {
        "statement": statement,
        "title": pick(view.title)[0],
        "promises": rows,
        "taken": sum(one.commitment is not None for one in promises),
        "verbs": [(strength.value, words) for strength, words in STRENGTHS.items()],
        "may_change": view.is_member and officer.may(Permission.AGREEMENT_DRAFT),
        "error": error,
        "error_names": {
            "our_lead": (f"ours-{place}", _("Who leads for our side")),
            "their_lead": (f"theirs-{place}", _("Who leads for the other side")),
            "due_on": (f"due-{place}", _("Due on")),
        },
    }
    return show(request, "desk/dialogue/promises.html", shown, status=error.http_status if error else 200)


def _row(promise: Promise, refused: Mapping[str, str]) -> dict[str, Any]:
    """Returns a sentence with what its form holds: what was written where that was refused, else what stands."""
    text, language = pick(promise.texts)
    made = promise.commitment
    verb = Strength(made.verb) if made is not None else promise.verb
    key = (str(promise.clause), str(promise.sentence))
    is_open = refused.get("act") == "confirm" and (refused.get("clause"), refused.get("sentence")) == key
    stands = {
        "verb": verb.value,
        "due_on": made.due_on.isoformat() if made is not None and made.due_on else "",
        "our_lead": made.our_lead if made is not None else "",
        "their_lead": made.their_lead if made is not None else "",
    }
    return {
        "promise": promise,
        "text": text,
        "language": language,
        "verb_words": STRENGTHS[verb],
        "is_open": is_open,
        "given": {name: refused.get(name, "") for name in stands} if is_open else stands,
    }


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def act_on_promises(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes a promise out of its sentence, or takes that back.

    View permission: ``agreement.draft``; the services ask for a member of the statement's team.
    """
    officer = officer_of(request)
    statement = statement_for(officer, key)
    try:
        act_once(request, lambda: _do(officer, statement, request.POST), done=_("Done."))
    except AccordError as refused:
        return _shown(request, statement, refused)
    return redirect("desk:promises", statement.pk)


def _do(officer: Officer, statement: Statement, given: QueryDict) -> None:
    act = given.get("act", "")
    if act == "drop":
        number = whole(given.get("commitment", ""))
        found = Commitment.objects.filter(statement=statement, pk=number or 0).first()
        if found is None:
            raise NotFound("There is no such commitment.")
        drop_commitment(officer, found)
    elif act == "confirm":
        try:
            clause = UUID(given.get("clause", ""))
        except ValueError:
            raise NotFound("There is no such clause.") from None
        due = given.get("due_on", "")
        sentence = whole(given.get("sentence", ""), 5)
        confirm_commitment(
            officer,
            statement,
            clause=clause,
            sentence=-1 if sentence is None else sentence,
            verb=given.get("verb", ""),
            our_lead=given.get("our_lead", ""),
            their_lead=given.get("their_lead", ""),
            due_on=posted_date(due, "due_on") if due else None,
        )
    else:
        raise NotFound("There is no such act.")


@page(Permission.AGREEMENT_READ)
def download_promises(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hands out the commitments of a statement as a table; it is noted as an act.

    View permission: ``agreement.read``.
    """
    officer = officer_of(request)
    statement = statement_for(officer, key)
    taken = [one for one in promises_of(statement) if one.commitment is not None]
    languages = sorted({language for one in taken for language in one.texts})
    note(officer, "export commitments", statement, detail={"rows": len(taken)})
    head = [
        _("Clause"),
        _("How strong"),
        *languages,
        _("Who leads for our side"),
        _("Who leads for the other side"),
        _("Due on"),
    ]
    rows = [
        [
            one.number,
            str(STRENGTHS[Strength(made.verb)]),
            *(one.texts.get(language, "") for language in languages),
            made.our_lead,
            made.their_lead,
            made.due_on.isoformat() if made.due_on else "",
        ]
        for one in taken
        if (made := one.commitment) is not None
    ]
    return table_response(head, rows, name="accord-commitments", mark=True)
