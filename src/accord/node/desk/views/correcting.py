"""Correcting what was sent, and doing what a received correction asks: the act, the tasks, the report, the picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.drafts import FieldRefused
from accord.exchange.errors import NotFound
from accord.exchange.kinds.correction import CorrectionAction, CorrectionReason, NotDoneReason
from accord.exchange.models import Message
from accord.exchange.reach import messages_for
from accord.exchange.services import read_message
from accord.handling.applying import progress_of
from accord.handling.corrections import draft_correction
from accord.handling.derivations import act_of
from accord.handling.models import Correction, Derivation, Effect, Thing
from accord.handling.reports import draft_report, finish_effect, tell_onward
from accord.handling.seeing import items_for, seen_by
from accord.handling.standing import governed_fields, standing_of
from accord.handling.tasks import as_they_stand, open_tasks
from accord.node.desk.code_words import choice_label
from accord.node.desk.known import known_of_reply
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.provenance import graph_of
from accord.node.desk.reading import principal_parts
from accord.node.desk.use_words import PERMITTED
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.handling import Handling
from accord.vocabulary.uses import UseCode

__all__ = ["act_on_correction", "correct_one", "show_correction", "show_provenance"]

EFFECTS_SHOWN: Final = 200
"""Tasks, and things done, that are listed; the counts say how many there are."""

DONE: Final = "done"
"""What the form sends where a task is done; nothing is chosen beforehand."""

_TOLD: Final = ("recipient", "agency", "to", "told_by")
"""What of a step's detail names it to a person; the rest is for the machine."""

_REASONS_NOT_DONE: Final = tuple(reason for reason in NotDoneReason if reason is not NotDoneReason.AWAITED)


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def correct_one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Says what to restrict, correct, recall or have erased of a message that has left, and drafts the correction.

    View permission: ``message.draft``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    error: AccordError | None = None
    if request.method == "POST":
        given, made = request.POST, list[Message]()

        def act() -> None:
            made.append(
                draft_correction(
                    officer,
                    message,
                    action=given.get("action", ""),
                    reason=given.get("reason", ""),
                    what_is_wrong=given.get("what_is_wrong", ""),
                    changes=_changes(given),
                )
            )

        try:
            is_done_now = do_once(officer, given, act)
        except AccordError as stopped:
            error = stopped
        else:
            if not is_done_now:
                notes.warning(request, _("This was done already. Nothing was done twice."))
                return redirect("desk:case", message.case.own_ref)
            notes.success(request, _("Drafted. Look through it and submit it; a second officer lets it leave."))
            return redirect("desk:draft", made[0].pk)
    shown = {
        "message": message,
        "case": message.case,
        "leaves": principal_parts(message.kind, message.fields)[0],
        "text_language": str(message.fields.get("language", "")),
        "actions": [(code.value, choice_label("action", code.value)) for code in CorrectionAction],
        "reasons": [(code.value, choice_label("reason", code.value)) for code in CorrectionReason],
        "handlings": [code.value for code in Handling],
        "permitted": PERMITTED.items(),
        "ticked": request.POST.getlist("permitted"),
        "given": request.POST,
        "error": error,
        "error_names": {"wrong": _("Wrong"), "what_is_wrong": _("What is wrong, in words they may read")},
        "handling_marks": message.handling,
    }
    return show(request, "desk/correct.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _changes(given: QueryDict) -> dict[str, object]:
    """Returns what the form says beside the action; what belongs to another action is left out."""
    action = given.get("action", "")
    changes: dict[str, object] = {}
    if action == CorrectionAction.CORRECT:
        wrong, right = given.get("wrong", "").strip(), given.get("right", "").strip()
        changes["values"] = [{"wrong": wrong, **({"right": right} if right else {})}] if wrong else []
    if action == CorrectionAction.RESTRICT:
        if given.get("new_handling"):
            changes["new_handling"] = given["new_handling"]
        if given.get("who", "").strip():
            changes["new_caveats"] = [
                {
                    "who_may_access": _lines(given.get("who", "")),
                    "permitted_uses": [
                        *(code for code in given.getlist("permitted") if code in PERMITTED),
                        *_lines(given.get("uses", "")),
                    ],
                    "procedure_contact": given.get("contact", "").strip(),
                    "expires_on": given.get("until", ""),
                }
            ]
    return changes


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _correction(request: HttpRequest, key: UUID) -> tuple[Correction, Message]:
    message = read_message(officer_of(request), key)
    row = Correction.objects.filter(message=message).select_related("message__case", "report").first()
    if row is None:
        raise NotFound("There is no such correction.")
    return row, message


@page(Permission.CASE_READ)
def show_correction(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows a correction: what it is about, how far it is applied, what a person must do, and what was reported.

    View permission: ``case.read``; every act on it asks for its own.
    """
    row, message = _correction(request, key)
    return _shown(request, row, message)


def _shown(request: HttpRequest, row: Correction, message: Message, error: AccordError | None = None) -> HttpResponse:
    officer = officer_of(request)
    done, found = progress_of(row)
    effects = row.effects.select_related("done_by")
    tasks = open_tasks(row)
    others = effects.exclude(pk__in=tasks.order_by().values("pk"))
    listed, read = seen_by(officer, row, as_they_stand([*tasks[:EFFECTS_SHOWN], *others[:EFFECTS_SHOWN]]))
    waiting = tasks.count()
    shown = {
        "row": row,
        "message": message,
        "case": message.case,
        "says": principal_parts(message.kind, _by_reference(message.fields))[0],
        "text_language": str(message.fields.get("language", "")),
        "items": [(item, standing_of(item)) for item in items_for(officer, row)],
        "read": read,
        "done": done,
        "found": found,
        "tasks": _named(officer, [one for one in listed if one.state == Effect.State.TASK]),
        "task_count": waiting,
        "settled": max(0, done - waiting),
        "effects": _named(officer, [one for one in listed if one.state != Effect.State.TASK]),
        "reasons": [(code.value, choice_label("reason", code.value)) for code in _REASONS_NOT_DONE],
        "report_says": principal_parts(row.report.kind, row.report.fields)[0] if row.report and row.is_ours else None,
        "may_answer": officer.may(Permission.MESSAGE_ANSWER),
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
        "given": request.POST,
        "error": error,
        "error_names": {"reason": (f"reason-{request.POST.get('effect', '')}", _("What became of it"))},
        "handling_marks": message.handling,
    }
    return show(request, "desk/correction.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _by_reference(fields: Mapping[str, Any]) -> dict[str, Any]:  # Any: members of a message are JSON of many shapes
    """Returns what a correction says with its messages named by reference; their keys are for the machine."""
    named = [{"message_ref": one["message_ref"]} for one in fields.get("corrected", ())]
    return {**fields, "corrected": named}


@dataclass(frozen=True, kw_only=True)
class Named:
    """One thing derived, as the page names it.

    Args:
        effect: What was done to it, or is to be done.
        way: How it came of the message, in codes.
        references: Its own reference, or that of the message that it was made of, and the party that has it.
        told: To whom it went or as what.
    """

    effect: Effect
    way: str
    references: tuple[str, ...]
    told: tuple[str, ...]


def _named(officer: Officer, effects: Sequence[Effect]) -> list[Named]:
    """Names what was derived by what an officer knows it by; a print or a forwarding by the message it was made of."""
    keys = [one.thing_id for one in effects if not one.reference and one.thing != Thing.MESSAGE]
    made = Derivation.objects.filter(derived_id__in=keys, source_type=Thing.MESSAGE)
    pairs = list(made.values_list("derived_id", "source_id"))
    sources = dict(messages_for(officer).filter(pk__in=[key for _, key in pairs]).values_list("pk", "reference"))
    source_of = {thing: sources[source] for thing, source in pairs if sources.get(source)}
    return [
        Named(
            effect=one,
            way=act_of(one.way, one.detail),
            references=tuple(filter(None, (one.reference or source_of.get(one.thing_id, ""), one.recipient))),
            told=tuple(str(one.detail[name]) for name in _TOLD if _is_told(one, name)),
        )
        for one in effects
    ]


def _is_told(effect: Effect, name: str) -> bool:
    is_applicant = name == "recipient" and effect.detail.get("act") == UseCode.ACCESS_REQUEST
    return bool(effect.detail.get(name)) and not is_applicant


@page(Permission.CASE_READ, methods=("POST",))
def act_on_correction(request: HttpRequest, key: UUID) -> HttpResponse:
    """Finishes a task of a correction, drafts what an onward recipient is told, or drafts the report.

    View permission: ``case.read``; the services ask for ``message.answer`` or ``message.draft``.
    """
    officer, given = officer_of(request), request.POST
    row, message = _correction(request, key)
    made: list[object] = []
    acts: dict[str, Callable[[], object]] = {
        "finish": lambda: finish_effect(
            officer, _effect(row, given), reason=_reason(given), words=given.get("words", "")
        ),
        "tell": lambda: tell_onward(officer, _effect(row, given)),
        "report": lambda: draft_report(officer, message, fields=known_of_reply(officer, message)),
    }
    act = acts.get(given.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")
    try:
        is_done_now = do_once(officer, given, lambda: made.append(act()))
    except NotFound:
        raise
    except AccordError as error:
        return _shown(request, row, message, error)
    if not is_done_now:
        notes.warning(request, _("This was done already. Nothing was done twice."))
    elif isinstance(made[0], Message):
        notes.success(request, _("Drafted. Look through it and submit it; a second officer lets it leave."))
        return redirect("desk:draft", made[0].pk)
    else:
        notes.success(request, _("Done. It stands in the correction's list."))
    return redirect("desk:correction", message.pk)


def _reason(given: QueryDict) -> str | None:
    """Returns why a task cannot be done; ``None`` where it is said that it is done."""
    chosen = given.get("reason", "")
    if chosen != DONE and chosen not in set(_REASONS_NOT_DONE):
        raise FieldRefused(
            "It is not said what became of it.",
            next_step="Choose whether it is done, or why it is not possible.",
            fields={"field": "reason"},
        )
    return None if chosen == DONE else chosen


def _effect(row: Correction, given: QueryDict) -> Effect:
    try:
        return Effect.objects.get(correction=row, pk=UUID(given.get("effect", "")))
    except (Effect.DoesNotExist, ValueError):
        raise NotFound("There is no such task.") from None


@page(Permission.CASE_READ)
def show_provenance(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows what a message came from and what came of it, as a picture and as a table.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    shown = {
        "message": message,
        "case": message.case,
        "graph": graph_of(officer, message),
        "standing": standing_of(message),
        "handling_marks": str(governed_fields(message.fields, standing_of(message)).get("handling") or ""),
    }
    return show(request, "desk/provenance.html", shown)
