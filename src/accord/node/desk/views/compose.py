"""Writing: a new request, a draft of any kind, what the gate says of it, and what would leave."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.drafts import DraftIncomplete, FieldRefused, StaleDraft
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import STRUCTS
from accord.exchange.models import Case, Message
from accord.exchange.own_side import OwnSide
from accord.exchange.services import (
    Check,
    answer,
    cannot_confirm,
    check_draft,
    clarify,
    create_case,
    delay,
    discard,
    draft_information,
    draft_request,
    read_message,
    refuse,
    save_draft,
    submit,
)
from accord.node.desk.field_words import COMMON, LABELS, OWN_SIDE, SECTIONS
from accord.node.desk.fields import Field, Section, fields_of, posted_values
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.said import said
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.release.gate import our_party
from accord.vocabulary.refusal import DELAY_REASON_LABELS, REFUSAL_GROUND_LABELS
from accord.vocabulary.subjects import Theme

__all__ = ["begin_reply", "show_draft", "show_gate", "show_new_case"]

OWN: Final = "own."
OPEN: Final = frozenset({Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED})


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def show_new_case(request: HttpRequest) -> HttpResponse:
    """Opens a case of our own and begins its first message.

    View permission: ``message.draft``.
    """
    officer = officer_of(request)
    error = None
    if request.method == "POST":
        try:
            case = create_case(
                officer,
                peer=request.POST.get("peer", ""),
                theme=request.POST.get("theme", ""),
                title=request.POST.get("title", ""),
            )
            begin = draft_information if request.POST.get("kind") == "spontaneous-information" else draft_request
            draft = begin(officer, case, _first_words(officer, case))
            return redirect("desk:draft", draft.pk)
        except AccordError as refused:
            error = refused
    shown = {
        "error": error,
        "given": request.POST,
        "peers": Party.objects.filter(is_self=False).order_by("code"),
        "themes": [(theme.value, theme.value.replace("-", " ")) for theme in Theme],
    }
    return show(request, "desk/new_case.html", shown, status=error.http_status if error else 200)


def _first_words(officer: Officer, case: Case) -> dict[str, Any]:
    """Returns what a first message says anyway, so that nobody types it."""
    known: dict[str, Any] = {"theme": case.theme, "language": "en"}
    if officer.display_name:
        known["liaison_contact"] = officer.display_name
    if officer.agency:
        known["sender"] = {"party": our_party(), "agency": officer.agency}
    return known


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows a draft with its form, the gate's card, and exactly what would leave; saves, checks and submits it.

    View permission: ``case.read``; every change needs ``message.draft``, which the services ask for.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    if not message.is_ours or message.state not in OPEN:
        return redirect("desk:case", message.case.own_ref)
    if request.method != "POST":
        return _shown(request, officer, message, more=request.GET.getlist("more"))
    return _done(request, officer, message)


def _done(request: HttpRequest, officer: Officer, message: Message) -> HttpResponse:
    posted, act = request.POST, request.POST.get("act", "save")
    version = _version(posted)
    try:
        if act == "discard":
            discard(officer, message, version=version, reason=posted.get("why", ""))
            notes.success(request, _("The draft is discarded. Who did it, and why, stays on record."))
            return redirect("desk:case", message.case.own_ref)
        saved = save_draft(
            officer, message, version=version, fields=_fields(message, posted), own=_own(message, posted)
        )
        if act == "submit":
            submit(officer, saved, version=saved.version)
            notes.success(request, _("A second officer can approve it now. Nothing has left yet."))
            return redirect("desk:case", message.case.own_ref)
    except StaleDraft as stale:
        return _conflict(request, message, stale)
    except AccordError as error:
        return _shown(request, officer, read_message(officer, message.pk), error=error, posted=posted)
    more = posted.get("add", "")
    if request.headers.get("HX-Request"):
        return show(request, "desk/_gate.html", {**_gate(officer, saved), "message": saved, "is_kept": True})
    if not more:
        notes.success(request, _("Saved."))
    return redirect(f"{request.path}?more={more}#field-{more.replace('.', '-')}" if more else request.path)


def _version(posted: QueryDict) -> int:
    text = str(posted.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _names(kind: str) -> tuple[str, ...]:
    found = [name for _title, names in (*SECTIONS.get(kind, ()), *COMMON) for name in names]
    return tuple(dict.fromkeys(found))


def _fields(message: Message, posted: QueryDict) -> dict[str, Any]:
    # What this form does not show stays as it is stored.
    names = _names(message.kind)
    kept = {name: value for name, value in message.fields.items() if name not in names}
    return {**kept, **posted_values(STRUCTS[message.kind], names, posted)}


def _own(message: Message, posted: QueryDict) -> dict[str, Any]:
    # What this form does not show stays as it is stored.
    kept = {name: value for name, value in _stored_own(message).items() if name not in OWN_SIDE}
    return {**kept, **posted_values(OwnSide, OWN_SIDE, posted, prefix=OWN)}


def _stored_own(message: Message) -> dict[str, Any]:
    held = bytes(message.own_side)
    return msgspec.json.decode(held, type=dict[str, Any]) if held else {}


def _errors(error: AccordError | None) -> dict[str, str]:
    # Any: the members that the errors of drafts document.
    if isinstance(error, FieldRefused):
        refused: Any = error.fields.get("refused", ())
        return {_path(one["field"]): f"{said(one['reason'])}. {said(one['next_step'])}" for one in refused}
    if isinstance(error, DraftIncomplete):
        problems: Any = error.fields.get("problems", ())
        return {_path(one["field"]): said(one["sentence"]) for one in problems}
    if error is not None and error.fields.get("field"):
        return {_path(str(error.fields["field"])): f"{said(error.sentence)} {said(error.next_step)}"}
    return {}


def _path(pointer: str) -> str:
    return str(pointer).strip("/").replace("/", ".").replace("[", ".").replace("]", "")


def _shown(
    request: HttpRequest,
    officer: Officer,
    message: Message,
    *,
    more: list[str] | None = None,
    error: AccordError | None = None,
    posted: QueryDict | None = None,
) -> HttpResponse:
    struct = STRUCTS[message.kind]
    values = message.fields if posted is None else _fields(message, posted)
    own = _stored_own(message) if posted is None else _own(message, posted)
    errors = _errors(error)
    seen: set[str] = set()
    sections = []
    for title, names in (*SECTIONS.get(message.kind, ()), *COMMON):
        fresh = [name for name in names if name not in seen]
        seen.update(fresh)
        made = fields_of(struct, fresh, values, more=more or [])
        sections.append(Section(title=title, fields=tuple(one.with_errors(errors) for one in made)))
    ours = tuple(
        _prefixed(one).with_errors(errors) for one in fields_of(OwnSide, OWN_SIDE, own, more=_own_more(more or []))
    )
    shown = {
        "message": message,
        "case": message.case,
        "sections": sections,
        "own_fields": ours,
        "error": error,
        "field_errors": [
            (one, one.error) for section in sections for top in section.fields for one in top.flat() if one.error
        ],
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
        "handling_marks": str(message.fields.get("handling", "")),
        **_gate(officer, message),
    }
    return show(request, "desk/draft.html", shown, status=error.http_status if error else 200)


def _own_more(more: list[str]) -> list[str]:
    return [path.removeprefix(OWN) for path in more if path.startswith(OWN)]


def _prefixed(made: Field) -> Field:
    parts = tuple(_prefixed(part) for part in made.parts)
    return replace(made, path=f"{OWN}{made.path}", parts=parts, is_needed=False)


def _gate(officer: Officer, message: Message) -> dict[str, Any]:
    try:
        check: Check = check_draft(officer, message)
    except (AccordError, KeyError) as error:
        return {"check": None, "check_error": error if isinstance(error, AccordError) else None}
    return {
        "check": check,
        "problems": [(one, LABELS.get(_path(one.field).rpartition(".")[2]) or one.field) for one in check.problems],
        "leaves": parts_of(message.fields),
        "message": message,
    }


@page(Permission.CASE_READ)
def show_gate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows the gate's card of a draft as it is stored.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    return show(request, "desk/_gate.html", _gate(officer, read_message(officer, key)))


def _conflict(request: HttpRequest, message: Message, stale: StaleDraft) -> HttpResponse:
    names = sorted({*stale.yours, *stale.stored})
    rows = [
        (LABELS.get(name) or name, parts_of({name: stale.yours.get(name)}), parts_of({name: stale.stored.get(name)}))
        for name in names
        if stale.yours.get(name) != stale.stored.get(name)
    ]
    shown = {"message": message, "case": message.case, "rows": rows, "error": stale, "posted": request.POST.lists()}
    return show(request, "desk/conflict.html", shown, status=stale.http_status)


REPLIES: Final = ("answer", "refuse", "delay", "clarify", "cannot-confirm")


@page(Permission.CASE_READ, methods=("GET", "POST"))
def begin_reply(request: HttpRequest, key: UUID, reply: str) -> HttpResponse:
    """Begins an answer, a refusal, a delay notice, a clarification, or the answer that neither confirms nor denies.

    View permission: ``case.read``; the services ask for ``message.answer``.
    """
    officer = officer_of(request)
    asked = read_message(officer, key)
    if reply not in REPLIES:
        raise ActRefused("There is no such reply.", code="exchange.no-such-reply")
    error = None
    if request.method == "POST":
        try:
            return redirect("desk:draft", _begun(officer, asked, reply, request.POST).pk)
        except GateRefuses:
            raise
        except AccordError as refused:
            error = refused
    shown = {
        "asked": asked,
        "case": asked.case,
        "reply": reply,
        "leaves": parts_of(asked.fields),
        "grounds": [(code.value, words) for code, words in REFUSAL_GROUND_LABELS.items()],
        "reasons": [(code.value, words) for code, words in DELAY_REASON_LABELS.items()],
        "given": request.POST,
        "error": error,
        "handling_marks": asked.handling,
    }
    return show(request, "desk/reply.html", shown, status=error.http_status if error else 200)


def _begun(officer: Officer, asked: Message, reply: str, given: Mapping[str, str]) -> Message:
    if reply == "answer":
        return answer(officer, asked, {"outcome": given.get("outcome") or "full"})
    if reply == "refuse":
        return refuse(
            officer,
            asked,
            {},
            ground=given.get("ground", ""),
            part_refused=given.get("part_refused", ""),
            rule=given.get("rule") or None,
            reasons=given.get("reasons") or None,
        )
    if reply == "delay":
        return delay(officer, asked, {}, reason=given.get("reason", ""), expected_on=_day(given.get("expected_on", "")))
    if reply == "clarify":
        points = [line.strip() for line in given.get("points", "").splitlines() if line.strip()]
        return clarify(officer, asked, {}, points=points)
    return cannot_confirm(officer, asked)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ActRefused(
            "The day is missing or is not a day.",
            code="exchange.expected-on",
            next_step="Write the day on which the answer can be expected.",
            fields={"field": "expected_on"},
        ) from error


def has_open_draft(case: Case) -> Message | None:
    """Returns the open draft of a case, if there is one."""
    return case.messages.filter(direction=Message.Direction.OUT, state__in=OPEN).order_by("-saved_at").first()
