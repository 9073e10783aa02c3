"""Using what was received: the officer says for what, the law gate answers, and the answer stands on record."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError, OfficerCanMend
from accord.exchange.errors import NotFound
from accord.exchange.facts import Use
from accord.exchange.models import Message
from accord.exchange.services import messages_of, read_message, use_received
from accord.exchange.text import check_written
from accord.law.decision import Decision
from accord.node.api.shapes import BIG_ID_MAX
from accord.node.desk.code_words import choice_label
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.use_words import EFFECTS, SUSPICIONS
from accord.officers.models import Act, Officer
from accord.officers.permissions import Permission
from accord.release.errors import GateRefuses
from accord.release.models import DecisionRecord
from accord.vocabulary.subjects import Purpose

__all__ = ["use_one"]

VERBS: Final = ("use message", "stop use of message")
ANSWERS: Final = 20
"""Answers of the gate that are listed; a message is asked about a few times at most."""

ALLOWING: Final = ("purpose", "handling", "handling_note", "caveats", "originator", "conditions", "retention_until")
"""Members that say for what the other side lets it be used, and how."""

STATE: Final = re.compile(r"[A-Z][A-Z0-9]{1,7}")
"""A state's code, as the API takes it."""


class UseUnclear(OfficerCanMend):
    """The officer asked without saying what is to be done with the message, or for what."""

    code = "desk.use-unclear"
    default_next_step = "Choose what is to be done with it, and for which purpose."
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


@page(Permission.MESSAGE_ANSWER, methods=("GET", "POST"))
def use_one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asks the gate whether a received message may be used so, and shows what it answered, now and before.

    View permission: ``message.answer``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    error: AccordError | None = None
    if request.method == "POST":
        try:
            do_once(officer, request.POST, lambda: _ask(officer, message, request.POST))
        except AccordError as refused:
            error = refused
        else:
            newest = _answers(message).first()
            return redirect(f"{reverse('desk:use', args=[key])}?answer={newest.pk if newest else ''}#answer")
    return _shown(request, officer, message, error)


def _ask(officer: Officer, message: Message, given: Mapping[str, str]) -> None:
    """Asks the gate; what it refuses is an answer like any other, and ends no transaction."""
    effect, purpose, suspicion = given.get("effect", ""), given.get("purpose", ""), given.get("suspicion", "unknown")
    if effect not in EFFECTS or purpose not in set(Purpose) or suspicion not in SUSPICIONS:
        raise UseUnclear("It is not said what is to be done with it, or for which purpose.")
    permission = _other_message(officer, given.get("permitted_in", ""))
    imminence, onward = given.get("imminence", "").strip(), given.get("onward_state", "").strip().upper()
    check_written({"imminence": imminence})
    if onward and not STATE.fullmatch(onward):
        raise UseUnclear(
            "The state is not named by its code.",
            code="desk.no-such-state",
            next_step="Write its code, such as FR, or leave the field blank.",
            fields={"field": "onward_state"},
        )
    use = Use(
        effect=effect,  # type: ignore[arg-type] # one of the closed list, as was just looked
        purpose=Purpose(purpose),
        suspicion=suspicion,  # type: ignore[arg-type] # as above
        onward_state=onward or None,
        relies_on_peer_decision=given.get("relies") == "yes",
        is_life_threat=bool(imminence),
        imminence=imminence or None,
        is_minimum_data=given.get("is_minimum") == "yes",
    )
    try:
        use_received(officer, message, use, permitted_in=permission)
    except GateRefuses:
        return


def _other_message(officer: Officer, key: str) -> Message | None:
    try:
        return read_message(officer, UUID(key)) if key else None
    except ValueError as error:
        raise NotFound("There is no such message.") from error


def _answers(message: Message) -> QuerySet[DecisionRecord]:
    """Returns what the gate answered about uses of a message, the newest first; found by the acts at the message."""
    acts = Act.objects.filter(object_type="message", object_id=str(message.pk), verb__in=VERBS)
    numbers = [detail["decision"] for detail in acts.order_by("-pk").values_list("detail", flat=True)[:ANSWERS]]
    return DecisionRecord.objects.filter(pk__in=numbers).select_related("officer").order_by("-pk")


def _shown(request: HttpRequest, officer: Officer, message: Message, error: AccordError | None) -> HttpResponse:
    asked = request.GET.get("answer", "")
    is_number = asked.isascii() and asked.isdigit() and int(asked[:20]) <= BIG_ID_MAX
    answer = _answers(message).filter(pk=int(asked)).first() if is_number and not message.is_ours else None
    theirs = [one for one in messages_of(officer, message.case) if not one.is_ours and one.pk != message.pk]
    known = message.fields if bytes(message.content) else {}
    shown = {
        "message": message,
        "case": message.case,
        "parts": parts_of({name: known[name] for name in ALLOWING if name in known}),
        "effects": EFFECTS.items(),
        "suspicions": SUSPICIONS.items(),
        "purposes": [(one.value, choice_label("purpose", one.value)) for one in Purpose],
        "theirs": theirs,
        "answer": answer,
        "decision": Decision.from_json(answer.decision) if answer is not None else None,
        "before": [] if message.is_ours else list(_answers(message)),
        "given": request.POST,
        "error": error,
        "error_names": {
            "imminence": _("What makes death or serious harm imminent"),
            "onward_state": _("State to which it would be passed on"),
            "permitted_in": _("Their message that permits another use"),
        },
        "title": _("Use what was received"),
        "handling_marks": message.handling,
    }
    return show(request, "desk/use.html", shown, status=error.http_status if error else HTTPStatus.OK)
