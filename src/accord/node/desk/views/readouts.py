"""Read-outs beside the agreed text in three columns, what is published of them, and tables to take along."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accord.dialogue.aligning import Tag
from accord.dialogue.comparing import Comparison, OwnSentence, compare
from accord.dialogue.models import ReadOut, Statement
from accord.dialogue.reading import statement_for, view_of
from accord.dialogue.readouts import (
    confirm_link,
    keep_read_out,
    publish_read_out,
    record_their_read_out,
    undo_link,
)
from accord.dialogue.verbs import Strength
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.dialogue_days import posted_date
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.statement_rows import language_name, pick
from accord.node.desk.table_document import table_document
from accord.node.tables import table_response
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["act_on_read_outs", "download_read_outs", "show_read_outs"]

# Any: lazy translations.
TAGS: Final[Mapping[Tag, Any]] = {
    Tag.VERBATIM: pgettext_lazy("tag", "verbatim"),
    Tag.PARAPHRASE: pgettext_lazy("tag", "paraphrase"),
    Tag.ADDED: pgettext_lazy("tag", "added"),
    Tag.STRONGER: pgettext_lazy("tag", "stronger verb"),
    Tag.WEAKER: pgettext_lazy("tag", "weaker verb"),
}
OMITTED: Final[Any] = pgettext_lazy("tag", "omitted")
STRENGTHS: Final[Mapping[Strength, Any]] = {
    Strength.SHALL: pgettext_lazy("verb", "shall"),
    Strength.WILL: pgettext_lazy("verb", "will"),
    Strength.INTEND: pgettext_lazy("verb", "intend"),
    Strength.EXPLORE: pgettext_lazy("verb", "explore"),
    Strength.CONTINUE: pgettext_lazy("verb", "continue"),
    Strength.ACKNOWLEDGE: pgettext_lazy("verb", "acknowledge"),
}
NAMES: Final[Mapping[str, Any]] = {
    "text": gettext_lazy("Text"),
    "url": gettext_lazy("Address at which it is published"),
    "published_on": gettext_lazy("Published on"),
    "despite": gettext_lazy("The contradictions are meant"),
}


@page(Permission.AGREEMENT_READ)
def show_read_outs(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows the agreed text, our read-out and theirs in three columns, in one language.

    View permission: ``agreement.read``; an unpublished read-out is shown to the statement's team alone.
    """
    return _shown(request, statement_for(officer_of(request), key), request.GET.get("language", ""), None)


def _language(statement_languages: tuple[str, ...], asked: str) -> str:
    known = statement_languages or ("en",)
    return asked if asked in known else next((one for one in ("en",) if one in known), known[0])


def _shown(request: HttpRequest, statement: Statement, asked: str, error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    view = view_of(officer, statement)
    language = _language(view.languages, asked)
    title, title_language = pick(view.title)
    compared = compare(officer, statement, language)
    shown = {
        "statement": statement,
        "title": title,
        "title_language": title_language,
        "language": language,
        "languages": [(one, language_name(one)) for one in view.languages],
        "compared": compared,
        "rows": [_row(row) for row in compared.rows],
        "tags": [(tag.value, words) for tag, words in TAGS.items() if tag is not Tag.ADDED],
        "may_change": view.is_member and officer.may(Permission.AGREEMENT_DRAFT),
        "contradictions": compared.contradictions if compared.ours and compared.ours.published_on is None else (),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/dialogue/readouts.html", shown, status=error.http_status if error else 200)


def _row(row: Any) -> dict[str, Any]:  # Any: a Row, whose sentences get their words here
    return {
        "agreed": row.agreed,
        "columns": [("ours", [_told(one) for one in row.ours]), ("theirs", [_told(one) for one in row.theirs])],
    }


def _told(one: OwnSentence) -> dict[str, Any]:
    return {
        "own": one,
        "tag": TAGS[one.tag],
        "is_suggested": one.link is None and one.agreed is not None,
        "contradictions": [
            (found.sort, _verb(found.agreed, found.sort), _verb(found.ours, found.sort)) for found in one.contradictions
        ],
    }


def _verb(word: str, sort: str) -> str:
    return str(STRENGTHS[Strength(word)]) if sort == "verb" and word else word or "\u2013"


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def act_on_read_outs(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keeps our read-out, records its publication or theirs, confirms what a sentence speaks of, or takes that back.

    View permission: ``agreement.draft``; the services ask for a member of the statement's team.
    """
    officer, given = officer_of(request), request.POST
    statement = statement_for(officer, key)
    language = given.get("language", "")
    if language not in view_of(officer, statement).languages:
        raise NotFound("The statement is not in this language.")
    try:
        act_once(request, lambda: _do(officer, statement, language, given), done=_("Done."))
    except AccordError as refused:
        return _shown(request, statement, language, refused)
    answer = redirect("desk:read-outs", statement.pk)
    answer["Location"] += f"?language={language}"
    return answer


def _do(officer: Officer, statement: Statement, language: str, given: QueryDict) -> None:
    act = given.get("act", "")
    if act == "keep":
        keep_read_out(officer, statement, language=language, text=given.get("text", ""))
    elif act == "publish":
        publish_read_out(
            officer,
            _ours(statement, language),
            url=given.get("url", ""),
            published_on=posted_date(given.get("published_on", ""), "published_on"),
            despite_contradictions=given.get("despite") == "yes",
        )
    elif act == "theirs":
        record_their_read_out(
            officer,
            statement,
            language=language,
            text=given.get("text", ""),
            url=given.get("url", ""),
            published_on=posted_date(given.get("published_on", ""), "published_on"),
        )
    elif act in {"confirm", "undo"}:
        found = ReadOut.objects.filter(statement=statement, pk=_number(given.get("read_out", ""))).first()
        if found is None:
            raise NotFound("There is no such read-out.")
        sentence = _number(given.get("sentence", ""))
        if act == "undo":
            undo_link(officer, found, sentence=sentence)
        else:
            confirm_link(officer, found, sentence=sentence, agreed=given.get("agreed", ""), tag=given.get("tag", ""))
    else:
        raise NotFound("There is no such act.")


def _ours(statement: Statement, language: str) -> ReadOut:
    found = ReadOut.objects.filter(statement=statement, language=language, is_ours=True).first()
    if found is None:
        raise NotFound("There is no such read-out.")
    return found


def _number(text: str) -> int:
    number = whole(text, 9)
    return -1 if number is None else number


@page(Permission.AGREEMENT_READ)
def download_read_outs(request: HttpRequest, key: UUID, language: str, form: str) -> HttpResponse:
    """Hands out the three columns as a table or a document; it is noted as an act.

    View permission: ``agreement.read``; an unpublished read-out goes to the statement's team alone.
    """
    officer = officer_of(request)
    statement = statement_for(officer, key)
    compared = compare(officer, statement, _language(view_of(officer, statement).languages, language))
    head = [_("Agreed"), _("Our read-out"), _("Their read-out")]
    rows = list(_cells(compared))
    note(officer, "export read-outs", statement, detail={"rows": len(rows)})
    name = f"accord-read-outs-{compared.language}"
    if form == "csv":
        return table_response(head, rows, name=name, mark=True)
    title = pick(view_of(officer, statement).title)[0]
    response = HttpResponse(
        table_document(title, head, rows),
        content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response


def _cells(compared: Comparison) -> Iterator[list[str]]:
    for row in compared.rows:
        cells = [row.agreed.text if row.agreed is not None else ""]
        for read_out, column in ((compared.ours, row.ours), (compared.theirs, row.theirs)):
            lines = [f"{one.text} [{TAGS[one.tag]}{'' if one.link else ' ?'}]" for one in column]
            if not lines and row.agreed is not None and read_out is not None:
                lines = [f"[{OMITTED}]"]
            cells.append("\n".join(lines))
        yield cells
