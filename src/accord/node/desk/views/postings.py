"""Postings of liaison officers at the desk: who is posted with what state, one posting, and our own record of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.instruments.models import Instrument, Text
from accord.liaison.errors import RecordChanged
from accord.liaison.models import PostingRecord
from accord.liaison.postings.content import POSTING, PostingContent, read_posting
from accord.liaison.postings.proposing import propose_posting
from accord.liaison.postings.records import KINDS, WITH_SECOND, agree_record, refuse_record, write_record
from accord.liaison.postings.standing import Posting, posting_of, postings
from accord.node.desk.acting import act_once
from accord.node.desk.error_words import reason_words
from accord.node.desk.fields import Field, fields_of, posted_values
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.posting_words import HINTS, NAMES, PARTIES, POSTING_ORDER, POSTING_STATES, RECORD_STATES
from accord.node.desk.reading import Part, parts_of
from accord.node.desk.templatetags.desk import party_name
from accord.node.desk.text_readings import changes_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.vocabulary.handling import Classification

__all__ = [
    "act_on_record",
    "agencies_to_choose",
    "change_posting",
    "dressed",
    "field_names",
    "peers_to_choose",
    "propose_new",
    "show_liaison",
    "show_posting",
    "write_own_record",
    "wrong_field",
]

# Any: lazy translations.
RECORD_NAMES: Final[Mapping[str, Any]] = {
    "account": gettext_lazy("Account that holds it"),
    "delegation": gettext_lazy("What it may send, with a second officer"),
    "ceiling": gettext_lazy("Highest classification"),
    "conflicts": gettext_lazy("Conflicts of interest, and what was agreed about them"),
    "deputies": gettext_lazy("Deputies"),
    "training": gettext_lazy("Training"),
}


@page(Permission.AGREEMENT_READ)
def show_liaison(request: HttpRequest) -> HttpResponse:
    """Lists the postings of both sides with how each stands.

    View permission: ``agreement.read``.
    """
    now = timezone.now()
    rows = [_row(one) for one in postings(now=now)]
    shown = {
        "rows": rows,
        "is_any_in_force": any(row["posting"].state in {"in-force", "in-force-changing"} for row in rows),
        "may_draft": officer_of(request).may(Permission.AGREEMENT_DRAFT),
    }
    return show(request, "desk/liaison/liaison.html", shown)


def _row(posting: Posting) -> dict[str, Any]:
    tone, words = POSTING_STATES[posting.state]
    return {"posting": posting, "tone": tone, "words": words}


@page(Permission.AGREEMENT_READ)
def show_posting(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows a posting: its texts, its signatures, what may be done, and our own record of it where the reader may.

    View permission: ``agreement.read``; the record is shown to who prepares, signs or reviews, and to its officer.
    """
    return _shown(request, _found(key), None)


def _shown(request: HttpRequest, instrument: Instrument, error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    posting = posting_of(instrument, now=timezone.now())
    told = posting.agreed or posting.open_text or posting.last
    records = list(instrument.posting_records.select_related("account", "written_by", "settled_by"))
    shows = _reads_record(officer, records)
    change = posting.open_text if posting.agreed is not None else None
    account = next((one.account for one in records if one.state == PostingRecord.State.IN_FORCE), None)
    shown = {
        **_row(posting),
        "instrument": instrument,
        "told": told,
        "parts": _in_order(read_posting(told.content)),
        "change": change,
        "changes": changes_of(change, posting.agreed) if change is not None and posting.agreed is not None else (),
        "texts": instrument.texts.prefetch_related("signatures"),
        "records": [_record(one) for one in records] if shows else [],
        "shows_record": shows and posting.is_ours,
        "account_ends_earlier": account is not None
        and account.active_until is not None
        and posting.agreed is not None
        and account.active_until < posting.ends_at,
        "account": account if shows else None,
        "may_draft": officer.may(Permission.AGREEMENT_DRAFT),
        "may_sign": officer.may(Permission.AGREEMENT_SIGN),
        "officer": officer,
        "error": error,
        "error_names": RECORD_NAMES,
    }
    return show(request, "desk/liaison/posting.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _in_order(content: PostingContent) -> tuple[Part, ...]:
    """Returns what a posting says in the order of its form; canonical bytes have the order of the alphabet."""
    members = msgspec.to_builtins(content)
    told = {name: party_name(members[name]) if name in PARTIES else members[name] for name in members}
    return parts_of({name: told[name] for name in ("sending", *POSTING_ORDER) if name in told}, names=NAMES)


def _reads_record(officer: Officer, records: Sequence[PostingRecord]) -> bool:
    wanted = (Permission.AGREEMENT_DRAFT, Permission.AGREEMENT_SIGN, Permission.RECORD_READ)
    return any(officer.may(one) for one in wanted) or officer.pk in {one.account_id for one in records}


def _record(record: PostingRecord) -> dict[str, Any]:
    tone, words = RECORD_STATES[record.state]
    sent = [kind for kind in KINDS if record.delegation.get(kind) == WITH_SECOND]
    return {"record": record, "tone": tone, "words": words, "sent": sent}


def _found(key: UUID) -> Instrument:
    found = Instrument.objects.select_related("agreed").filter(pk=key, type=POSTING).first()
    if found is None or not found.texts.exists():
        raise NotFound("There is no such posting.")
    return found


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def propose_new(request: HttpRequest) -> HttpResponse:
    """Prepares a posting of one of our officers; another officer signs and proposes it.

    View permission: ``agreement.draft``.
    """
    return _propose(request, None)


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def change_posting(request: HttpRequest, key: UUID) -> HttpResponse:
    """Prepares the next text of a posting, from the one that stands.

    View permission: ``agreement.draft``.
    """
    return _propose(request, _found(key))


def _propose(request: HttpRequest, instrument: Instrument | None) -> HttpResponse:
    officer, posted = officer_of(request), request.POST
    values: dict[str, Any] = {}  # Any: JSON types
    error: AccordError | None = None
    more: tuple[str, ...] = ()
    if instrument is not None:
        told = posting_of(instrument, now=timezone.now())
        values = msgspec.to_builtins(told.content)
    if request.method == "POST":
        values = posted_values(PostingContent, POSTING_ORDER, posted)
        more = (posted["add"],) if posted.get("add") else ()
        if not more and not posted.get("remove"):
            made: list[Text] = []
            try:
                act_once(
                    request,
                    lambda: made.append(propose_posting(officer, values, instrument=instrument)),
                    done=_("Prepared. An officer who may sign proposes it to the other side."),
                )
            except AccordError as refused:
                error = refused
            else:
                return redirect("desk:text", made[0].pk) if made else redirect("desk:liaison")
    fields = fields_of(PostingContent, POSTING_ORDER, values, more=more)
    choices = {"host": peers_to_choose(), "agency": agencies_to_choose()}
    shown = {
        "instrument": instrument,
        "fields": [dressed(one, choices, wrong_field(error)) for one in fields],
        "error": error,
        "error_names": field_names(error),
    }
    return show(request, "desk/liaison/posting_new.html", shown, status=error.http_status if error else HTTPStatus.OK)


def wrong_field(error: AccordError | None) -> dict[str, str]:
    """Returns what is said beside the one field that an error names."""
    field = str(error.fields.get("field", "")) if error is not None else ""
    return {field: reason_words(error), field.partition(".")[0]: reason_words(error)} if error and field else {}


def field_names(error: AccordError | None) -> dict[str, Any]:
    """Returns where the fields of a form are and what they are called, for the summary of what is wrong."""
    names = {name: (f"field-{name}", label) for name, label in NAMES.items()}
    path = str(error.fields.get("field", "")) if error is not None else ""
    label = NAMES.get(path.rpartition(".")[2])
    return {**names, path: (f"field-{path.replace('.', '-')}", label)} if label else names


def dressed(field: Field, choices: Mapping[str, tuple[tuple[str, Any], ...]], errors: Mapping[str, str]) -> Field:
    """Returns a field with the words of this room, its choices, and what is wrong with it."""
    name = field.path.rpartition(".")[2]
    parts = tuple(dressed(part, choices, errors) for part in field.parts)
    known = NAMES.get(name) or (NAMES.get(field.path.partition(".")[0]) if field.parts else None) or field.label
    made = replace(field, label=known, hint=HINTS.get(name, "") if "." not in field.path else "", parts=parts)
    if name in choices and not field.parts:
        held = tuple(field.value.splitlines()) if field.widget == "lines" else field.value
        widget = "choices" if field.widget == "lines" else "choice"
        made = replace(made, widget=widget, options=choices[name], value=held, limit=0)
    if made.widget == "choices":
        # Every posting names at least one: that none applies is no answer here.
        made = replace(made, is_needed=False)
    return made.with_errors(errors) if "." not in field.path else made


def peers_to_choose() -> tuple[tuple[str, Any], ...]:
    """Returns the other parties with their names in the reader's language."""
    language = get_language() or "en"
    return tuple(
        (one.code, one.described.names.in_language(language))
        for one in Party.objects.filter(is_self=False).order_by("code")
    )


def agencies_to_choose() -> tuple[tuple[str, Any], ...]:
    """Returns the agencies of our profile, each with its code and its name in the reader's language."""
    language = get_language() or "en"
    ours = Party.objects.get(code=our_party()).described
    return tuple((one.code, f"{one.code} · {one.names.in_language(language)}") for one in ours.agencies)


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def write_own_record(request: HttpRequest, key: UUID) -> HttpResponse:
    """Writes the next version of our own record of a posting; it never leaves.

    View permission: ``agreement.draft``.
    """
    officer, instrument, posted = officer_of(request), _found(key), request.POST
    last = instrument.posting_records.select_related("account").first()
    given = _given(posted) if request.method == "POST" else _stored(last)
    error: AccordError | None = None
    if request.method == "POST":
        try:
            done = _("Written. Another officer who may sign agrees to it before it counts.")
            act_once(request, lambda: _write(officer, instrument, given), done=done)
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:posting", key)
    shown = {
        **_row(posting_of(instrument, now=timezone.now())),
        "instrument": instrument,
        "given": given,
        "kinds": KINDS,
        "ceilings": [one.value for one in Classification],
        "accounts": Officer.objects.filter(is_active=True, is_system=False).exclude(pk=officer.pk),
        "error": error,
        "error_names": {name: (f"field-{name}", label) for name, label in RECORD_NAMES.items()},
        "names": RECORD_NAMES,
    }
    return show(request, "desk/liaison/record.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _given(posted: QueryDict) -> dict[str, Any]:
    texts = {name: posted.get(name, "").replace("\r\n", "\n").strip() for name in ("conflicts", "training")}
    deputies = [line.strip() for line in posted.get("deputies", "").splitlines() if line.strip()]
    return {
        **texts,
        "account": posted.get("account", ""),
        "ceiling": posted.get("ceiling", ""),
        "sent": posted.getlist("delegation"),
        "deputies": deputies,
    }


def _stored(record: PostingRecord | None) -> dict[str, Any]:
    if record is None:
        return {"account": "", "ceiling": "", "sent": list(KINDS), "deputies": [], "conflicts": "", "training": ""}
    return {
        "account": record.account.username if record.account is not None else "",
        "ceiling": record.ceiling,
        "sent": [kind for kind in KINDS if record.delegation.get(kind) == WITH_SECOND],
        "deputies": record.deputies,
        "conflicts": record.conflicts,
        "training": record.training,
    }


def _write(officer: Officer, instrument: Instrument, given: Mapping[str, Any]) -> None:
    account = Officer.objects.filter(username=given["account"]).first() if given["account"] else None
    if given["account"] and account is None:
        raise NotFound("There is no such account.")
    write_record(
        officer,
        instrument,
        account=account,
        delegation=dict.fromkeys(given["sent"], WITH_SECOND),
        ceiling=given["ceiling"],
        conflicts=given["conflicts"],
        deputies=given["deputies"],
        training=given["training"],
    )


@page(Permission.AGREEMENT_SIGN, methods=("POST",))
def act_on_record(request: HttpRequest, key: UUID) -> HttpResponse:
    """Agrees to our record of a posting, or refuses it.

    View permission: ``agreement.sign``.
    """
    officer, instrument, posted = officer_of(request), _found(key), request.POST
    acts = {"agree": agree_record, "refuse": refuse_record}
    act = acts.get(posted.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")

    try:
        act_once(request, lambda: act(officer, _seen_record(instrument, posted)), done=_("Done."))
    except NotFound:
        raise
    except AccordError as error:
        return _shown(request, instrument, error)
    return redirect("desk:posting", key)


def _seen_record(instrument: Instrument, posted: QueryDict) -> PostingRecord:
    """Returns the record that waits, where it is the one that the page showed."""
    record = instrument.posting_records.filter(state=PostingRecord.State.WAITING).first()
    if record is None:
        raise NotFound("No record waits here.")
    if record.number != whole(posted.get("number", ""), 9):
        raise RecordChanged("Our record of this posting has changed since you opened the page.")
    return record
