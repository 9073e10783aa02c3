"""Statements that both sides negotiate: the list, one with its clauses and team, and what is left before signing."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.dialogue.drafting import add_clause, add_member, begin_statement, join_statement, leave_statement
from accord.dialogue.models import Statement
from accord.dialogue.reading import StatementView, statement_for, statements_of, view_of
from accord.dialogue.signing import obstacles_of, prepare_statement, same_as_agreed, texts_of_statement
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.instruments.models import Text
from accord.node.desk.acting import act_once
from accord.node.desk.meeting_rows import listed_meetings
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.statement_rows import language_name, pick, rows_of
from accord.node.desk.text_readings import TextReading, register_reading
from accord.node.page_words import LANGUAGES
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = [
    "NAMES",
    "act_on_statement",
    "new_clause",
    "new_statement",
    "show_sign",
    "show_statement",
    "show_statements",
    "text_fields",
    "written_texts",
]

_CODE: Final = re.compile("[a-z]{2,3}")
"""Code of a language in a form; the other side may write in one that this desk does not speak."""

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "peer": gettext_lazy("With whom"),
    "texts": ("text-en", gettext_lazy("Text")),
    **{f"texts.{code}": (f"text-{code}", name) for code, name in LANGUAGES.items()},
    "comment": gettext_lazy("Comment to the other side"),
    "who": gettext_lazy("Name of the account"),
    "leaves_out": gettext_lazy("Leave the clause out"),
}


def written_texts(given: QueryDict) -> dict[str, str]:
    """Returns the texts of a form by language."""
    named = ((name.removeprefix("text-"), given.get(name, "")) for name in given if name.startswith("text-"))
    return {code: text for code, text in named if _CODE.fullmatch(code)}


def text_fields(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Returns the fields in which the texts of a clause are written."""
    return [
        {"language": code, "name": language_name(code), "text": texts.get(code, "")}
        for code in dict.fromkeys([*LANGUAGES, *texts])
    ]


@page(Permission.AGREEMENT_READ)
def show_statements(request: HttpRequest) -> HttpResponse:
    """Lists the statements that the officer may see, with what is open in each.

    View permission: ``agreement.read``.
    """
    officer = officer_of(request)
    shown = {
        "statements": [_listed(one) for one in statements_of(officer)],
        "may_draft": officer.may(Permission.AGREEMENT_DRAFT),
        **listed_meetings(),
    }
    return show(request, "desk/dialogue/list.html", shown)


def _listed(view: StatementView) -> dict[str, Any]:
    title, language = pick(view.title)
    rows = rows_of(view)
    return {
        "view": view,
        "title": title,
        "language": language,
        "count": len(view.shown_clauses),
        "open": view.open_count,
        "for_us": sum(row.tone == "bad" for row in rows),
    }


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def new_statement(request: HttpRequest) -> HttpResponse:
    """Begins a statement with the draft of its title; nothing leaves.

    View permission: ``agreement.draft``.
    """
    officer, error = officer_of(request), None
    if request.method == "POST":
        made: list[Statement] = []
        try:
            act_once(
                request,
                lambda: made.append(
                    begin_statement(officer, peer=request.POST.get("peer", ""), title=written_texts(request.POST))
                ),
            )
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:statement", made[0].pk) if made else redirect("desk:dialogue")
    shown = {
        "peers": Party.objects.filter(is_self=False).order_by("code"),
        "fields": text_fields(written_texts(request.POST)),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/dialogue/new.html", shown, status=error.http_status if error else 200)


@page(Permission.AGREEMENT_READ)
def show_statement(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows a statement clause by clause, with the wording of each side and where each clause stands.

    View permission: ``agreement.read``; a statement of which nothing was sent opens to its team alone.
    """
    return _shown(request, statement_for(officer_of(request), key), None)


def _shown(request: HttpRequest, statement: Statement, error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    view = view_of(officer, statement)
    title, language = pick(view.title)
    shown = {
        "view": view,
        "statement": statement,
        "title": title,
        "language": language,
        "rows": rows_of(view),
        "team": [one.officer for one in statement.members.select_related("officer").order_by("since")],
        "may_draft": officer.may(Permission.AGREEMENT_DRAFT),
        "may_change": view.is_member and officer.may(Permission.AGREEMENT_DRAFT) and statement.signed_at is None,
        "texts": texts_of_statement(statement),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/dialogue/statement.html", shown, status=error.http_status if error else 200)


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def act_on_statement(request: HttpRequest, key: UUID) -> HttpResponse:
    """Joins the team, adds or takes out a colleague, or prepares the agreed text for signing.

    View permission: ``agreement.draft``.
    """
    officer = officer_of(request)
    statement = statement_for(officer, key)
    prepared: list[Text] = []
    try:
        act_once(request, lambda: _do(officer, statement, request.POST, prepared))
    except AccordError as refused:
        if request.POST.get("act") == "prepare":
            return _sign_page(request, statement, refused)
        return _shown(request, statement, refused)
    if prepared:
        return redirect("desk:text", prepared[0].pk)
    try:
        statement_for(officer, key)
    except NotFound:
        # Whoever takes herself out of the team of an unsent statement sees it no more.
        return redirect("desk:dialogue")
    return redirect("desk:statement", key)


def _do(officer: Officer, statement: Statement, given: QueryDict, prepared: list[Text]) -> str:
    act, who = given.get("act", ""), given.get("who", "").strip()
    if act == "join":
        join_statement(officer, statement)
    elif act == "add":
        add_member(officer, statement, who=who)
    elif act == "take-out":
        leave_statement(officer, statement, who=who)
        if who == officer.username:
            return _("You are out of the team of this statement.")
    elif act == "prepare":
        prepared.append(prepare_statement(officer, statement))
        return _("Prepared. Another officer who may sign signs and offers it.")
    else:
        raise NotFound("There is no such act.")
    return _("Done.")


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def new_clause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drafts a new clause of a statement; nothing leaves.

    View permission: ``agreement.draft``.
    """
    officer, error = officer_of(request), None
    statement = statement_for(officer, key)
    view = view_of(officer, statement)
    after = request.POST.get("after") or request.GET.get("after", "")
    if request.method == "POST":
        try:
            act_once(
                request,
                lambda: add_clause(
                    officer,
                    statement,
                    written_texts(request.POST),
                    after=_key(after),
                    comment=request.POST.get("comment", ""),
                ),
                done=_("Kept for our team. It is not sent."),
            )
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:statement", statement.pk)
    shown = {
        "statement": statement,
        "title": pick(view.title)[0],
        "fields": text_fields(written_texts(request.POST)),
        "wanted": view.languages,
        "clauses": [row for row in rows_of(view) if row.view.number is not None],
        "after": after,
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/dialogue/new_clause.html", shown, status=error.http_status if error else 200)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@page(Permission.AGREEMENT_READ)
def show_sign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows what is left before a statement can be signed, the text that would be signed, and the texts on offer.

    View permission: ``agreement.read``; to prepare the text needs ``agreement.draft``, to sign it ``agreement.sign``.
    """
    return _sign_page(request, statement_for(officer_of(request), key), None)


def _sign_page(request: HttpRequest, statement: Statement, error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    view = view_of(officer, statement)
    title, language = pick(view.title)
    shown = {
        "view": view,
        "statement": statement,
        "title": title,
        "language": language,
        "rows": [row for row in rows_of(view) if row.view.standing.agreed is not None],
        "obstacles": obstacles_of(view),
        "texts": [
            {"text": one, "is_same": same_as_agreed(view, one) or statement.signed_at is not None}
            for one in texts_of_statement(statement)
        ],
        "may_prepare": view.is_member and officer.may(Permission.AGREEMENT_DRAFT),
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/dialogue/sign.html", shown, status=error.http_status if error else 200)


def _title_of_text(text: Text) -> str:
    statement = Statement.objects.filter(pk=text.instrument_id).first()
    if statement is None:
        return ""
    title = statement.clauses.get(pk=statement.pk).acts.filter(act="propose").last()
    return pick(title.wording.texts)[0] if title is not None and title.wording is not None else ""


def _home_of_text(text: Text) -> str:
    return reverse("desk:statement-sign", args=[text.instrument_id])


register_reading(
    "statement",
    TextReading(
        name=gettext_lazy("Statement"),
        names={
            "statement": gettext_lazy("Statement"),
            "title": gettext_lazy("Title"),
            "clauses": gettext_lazy("Clauses"),
            "texts": gettext_lazy("Text"),
            "id": gettext_lazy("Identifier"),
            **LANGUAGES,
        },
        title=_title_of_text,
        home=_home_of_text,
    ),
)
