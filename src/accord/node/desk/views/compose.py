"""Writing a draft of any kind: saved as one writes, what the gate says of it, what would leave, and what to do next.

A save never overtakes a colleague's, never makes a version where nothing changed, and says what became of it. An
automatic save keeps every field that is right, and names those that are not; their words stay on the page.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.drafts import StaleDraft
from accord.exchange.errors import ActRefused
from accord.exchange.models import Message
from accord.exchange.own_drafts import sent_back_by
from accord.exchange.services import discard, read_message, save_draft, submit, take_back
from accord.handling.finding import take_over_handling
from accord.node.desk.draft_form import (
    OWN,
    errors_of,
    later_fields,
    posted_fields,
    posted_own,
    prints_of,
    sections_of,
    stored_own,
    top_of,
)
from accord.node.desk.gate_card import GateCard, gate_card_of, own_fields_read
from accord.node.desk.kept_words import is_by_script, label_of, not_saved
from accord.node.desk.leaving import leaving_of
from accord.node.desk.numbers import whole
from accord.node.desk.openings import filled_with_opening, opening_for
from accord.node.desk.overview import after_act
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.said import said
from accord.node.desk.unsaved import Unsaved, drop_unsaved, forget_unsaved, keep_unsaved, unsaved_of
from accord.node.desk.views.conflict import merged, show_conflict, who_saved
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["discard_draft", "show_draft", "show_gate"]

OPEN: Final = frozenset({Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED})


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows a draft with its form, the gate's card, and exactly what would leave; saves, checks and submits it.

    View permission: ``case.read``; every change needs ``message.draft``, which the services ask for.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    if not message.is_ours or message.state not in OPEN:
        if request.method == "POST":
            raise ActRefused("The message can no longer be changed.", code="exchange.not-a-draft")
        return redirect("desk:case", message.case.own_ref)
    if request.GET.get("later"):
        return show(request, "desk/_later.html", {"fields": later_fields(stored_own(message), request.GET["later"])})
    if request.method != "POST":
        return _shown(request, officer, message, more=request.GET.getlist("more"))
    _require_same_officer(officer, request.POST)
    if is_by_script(request):
        return _saved_by_script(request, officer, message)
    return _done(request, officer, message)


def _require_same_officer(officer: Officer, posted: QueryDict) -> None:
    writer = posted.get("by", "")
    if writer and writer != officer.username:
        raise ActRefused(
            f"This page was opened by {writer}; you are signed in as {officer.username}.",
            code="exchange.another-writer",
            next_step="If the words are yours, send them again from a page that you opened yourself.",
        )


def _done(request: HttpRequest, officer: Officer, message: Message) -> HttpResponse:
    posted, act = request.POST, request.POST.get("act", "save")
    try:
        return redirect(_after(request, officer, message, posted, act))
    except StaleDraft:
        return show_conflict(request, officer, message.pk)
    except AccordError as error:
        return _shown(request, officer, read_message(officer, message.pk), error=error, posted=posted)


def _kept(officer: Officer, message: Message, posted: QueryDict) -> bool:
    """Returns whether what a form holds is stored; what is not is kept for its writer."""
    fields, own = posted_fields(message, posted), posted_own(message, posted)
    if officer.may(Permission.MESSAGE_DRAFT):
        keep_unsaved(officer, message, fields, own)
    return _is_stored(message, fields, own)


def _after(request: HttpRequest, officer: Officer, message: Message, posted: QueryDict, act: str) -> str:
    """Does what the officer asked for, and returns the address to go on at."""
    if act == "take-back":
        take_back(officer, message)
        notes.success(request, _("Taken back. It is a draft again, and waits for nobody."))
        return request.path
    if act == "drop-unsaved":
        drop_unsaved(officer, message)
        notes.success(request, _("Thrown away. The draft stands as it is stored."))
        return request.path
    saved = _saved(officer, message, posted, merges=act == "merge", fills=act == "specimen")
    drop_unsaved(officer, saved)
    if act == "submit":
        submit(officer, saved, version=saved.version)
        notes.success(request, _("A second officer can approve it now. Nothing has left yet."))
        return after_act(request, officer, message.case)
    if act in {"files", "every-field"}:
        return reverse("desk:files", args=[message.pk]) if act == "files" else f"{request.path}?every=1#further-own"
    more = posted.get("add", "")
    if more:
        return f"{request.path}?{urlencode({'more': more})}#field-{more.replace('.', '-')}"
    if act == "take-handling":
        take_over_handling(officer, saved, version=saved.version)
        notes.success(request, _("Taken over: its codes, caveats, evaluation and retention bind this draft, too."))
    else:
        notes.success(request, _("Saved."))
    return request.path


def _version(posted: QueryDict) -> int:
    return whole(str(posted.get("version", "")), 9) or 0


def _saved(
    officer: Officer, message: Message, posted: QueryDict, *, merges: bool = False, fills: bool = False
) -> Message:
    """Saves what a form holds; where exactly that is stored already, nothing is saved and no approval is void."""
    fields, own = posted_fields(message, posted), posted_own(message, posted)
    if merges:
        fields, own = merged(message, posted, fields, own)
    if fills:
        language = str(fields.get("language") or get_language() or "en")
        fields = filled_with_opening(fields, opening_for(message.case.theme, message.kind, language))
    return _stored(officer, message, posted, fields, own)


def _stored(
    officer: Officer, message: Message, posted: QueryDict, fields: Mapping[str, Any], own: Mapping[str, Any]
) -> Message:
    # A form that is sent twice holds what its first sending stored: it is no conflict.
    if officer.may(Permission.MESSAGE_DRAFT) and _is_stored(message, fields, own):
        return message
    return save_draft(officer, message, version=_version(posted), fields=fields, own=own)


def _is_stored(message: Message, fields: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    return dict(fields) == message.fields and dict(own) == stored_own(message)


def _saved_by_script(request: HttpRequest, officer: Officer, message: Message) -> HttpResponse:
    posted = request.POST
    fields, own = written = posted_fields(message, posted), posted_own(message, posted)
    left_out: dict[str, str] = {}
    while True:
        try:
            saved = _stored(officer, message, posted, fields, own)
            break
        except StaleDraft as stale:
            return not_saved(
                request,
                why=who_saved(officer, read_message(officer, message.pk)),
                next_step=_("Nothing was overwritten, and your words stay on this page."),
                status=stale.http_status,
                is_stale=True,
            )
        except AccordError as error:
            known = set(map(top_of, left_out))
            refused = {path: words for path, words in errors_of(error).items() if top_of(path) not in known}
            names = set(map(top_of, refused))
            if not names:
                return not_saved(
                    request, why=said(error.sentence), next_step=said(error.next_step), status=error.http_status
                )
            left_out |= refused
            fields, own = _without(fields, message.fields, names, ""), _without(own, stored_own(message), names, OWN)
    keep_unsaved(officer, saved, *written)
    state = _state(request, officer, saved, fields=written[0], own=written[1], errors=left_out)
    shown = {**state, "left_out": _wrong_in(state), "is_part": True}
    return show(request, "desk/_saved.html", shown)


def _wrong_in(state: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Returns the fields of a form with which something is wrong: element, name, and what it is."""
    fields = [field for section in state["sections"] for field in (*section.fields, *section.further)]
    return [(one.id, label_of(one.path), one.error) for field in fields for one in field.flat() if one.error]


def _without(given: Mapping[str, Any], stored: Mapping[str, Any], names: set[str], prefix: str) -> dict[str, Any]:
    """Returns what was given, with what is stored in the place of the members that were refused."""
    kept = {name: value for name, value in given.items() if f"{prefix}{name}" not in names}
    return kept | {name: value for name, value in stored.items() if f"{prefix}{name}" in names}


def _state(
    request: HttpRequest,
    officer: Officer,
    message: Message,
    *,
    fields: Mapping[str, Any],
    own: Mapping[str, Any],
    more: list[str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Returns what the page shows of a draft as it is stored, around the words that stand in its form."""
    card: GateCard = gate_card_of(officer, message)
    return {
        "message": message,
        "case": message.case,
        "card": card,
        "leaving": leaving_of(officer, message),
        "sections": sections_of(
            message,
            fields,
            own,
            more=more or [],
            errors=errors,
            named=card.named,
            asked=card.asked,
            own_read=own_fields_read(),
            is_whole=bool(request.GET.get("every")),
        ),
        "was": msgspec.json.encode(prints_of(message.fields, stored_own(message))).decode(),
        "handling_marks": str(message.fields.get("handling", "")),
        "text_language": str(fields.get("language", "")),
    }


def _shown(
    request: HttpRequest,
    officer: Officer,
    message: Message,
    *,
    more: list[str] | None = None,
    error: AccordError | None = None,
    posted: QueryDict | None = None,
) -> HttpResponse:
    is_saved, kept = True, Unsaved(fields={}, own={}, errors={})
    if posted is None:
        kept = unsaved_of(officer, message)
        fields, own, errors = kept.fields, kept.own, kept.errors
    else:
        is_saved = _kept(officer, message, posted)
        fields, own, errors = posted_fields(message, posted), posted_own(message, posted), errors_of(error)
    state = _state(request, officer, message, fields=fields, own=own, more=more, errors=errors)
    theme, language = message.case.theme, str(fields.get("language") or get_language() or "en")
    shown = {
        **state,
        "error": error,
        "is_saved": is_saved,
        "kept": kept,
        "field_errors": _wrong_in(state),
        "left_out": _wrong_in(state) if kept.errors else [],
        "files": list(message.attachments.all()),
        "has_opening": bool(opening_for(theme, message.kind, language)),
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
        "returned_by": sent_back_by(message) if message.return_reason else "",
        "is_waiting": message.state != Message.State.DRAFT,
    }
    return show(request, "desk/draft.html", shown, status=error.http_status if error else 200)


@page(Permission.CASE_READ)
def show_gate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows the gate's card of a draft as it is stored.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    if not message.is_ours:
        raise ActRefused("Only a message of our own is checked for release.", code="exchange.not-ours")
    shown = {"message": message, "card": gate_card_of(officer, message), "leaving": leaving_of(officer, message)}
    return show(request, "desk/_gate.html", shown)


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def discard_draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asks whether a draft shall be discarded, and why; then discards it.

    View permission: ``message.draft``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    if not message.is_ours or message.state not in OPEN:
        return redirect("desk:case", message.case.own_ref)
    error = None
    if request.method == "POST":
        try:
            discard(officer, message, version=_version(request.POST), reason=request.POST.get("why", ""))
            forget_unsaved(message)
            notes.success(request, _("The draft is discarded. Who did it, and why, stays on record."))
            return redirect(after_act(request, officer, message.case))
        except AccordError as refused:
            error = refused
            message = read_message(officer, key)
    shown = {
        "message": message,
        "case": message.case,
        "files": list(message.attachments.all()),
        "leaving": leaving_of(officer, message),
        "why": request.POST.get("why", ""),
        "error": error,
        "handling_marks": str(message.fields.get("handling", "")),
    }
    return show(request, "desk/discard.html", shown, status=error.http_status if error else 200)
