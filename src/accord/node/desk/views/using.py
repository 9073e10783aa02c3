"""Using what was received: the officer says for what, the law gate answers, and the answer stands on record."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError, OfficerCanMend
from accord.exchange.models import Message
from accord.exchange.services import read_message
from accord.handling.grants import grants_of
from accord.handling.models import Use
from accord.handling.uses import Intended, last_stopped, stops_only_for_permission, use_item, uses_of
from accord.law.decision import Decision
from accord.node.desk.code_words import choice_label
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.use_words import ASKED, SUSPICIONS, USES
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode

__all__ = ["ALLOWING", "asking_address", "stopped_copy", "use_one"]

ALLOWING: Final = ("purpose", "handling", "handling_note", "caveats", "originator", "conditions", "retention_until")
"""Members that say for what the other side lets it be used, and how."""


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
            newest = next(iter(uses_of([message])), None)
            return redirect(f"{reverse('desk:use', args=[key])}?answer={newest.pk if newest else ''}#answer")
    return _shown(request, message, error)


def _ask(officer: Officer, message: Message, given: Mapping[str, str]) -> None:
    """Asks the gate; what it refuses is an answer like any other, and ends no transaction."""
    use, purpose, suspicion = given.get("use", ""), given.get("purpose", ""), given.get("suspicion", "unknown")
    if use not in USES or purpose not in set(Purpose) or suspicion not in SUSPICIONS:
        raise UseUnclear("It is not said what is to be done with it, or for which purpose.")
    intended = Intended(
        use=UseCode(use),
        purpose=Purpose(purpose),
        recipient=given.get("recipient", "").strip(),
        handed_to=given.get("handed_to", ""),
        suspicion=suspicion,  # type: ignore[arg-type] # one of the closed list, as was just looked
        relies_on_peer_decision=given.get("relies") == "yes",
        imminence=given.get("imminence", "").strip(),
        is_minimum_data=given.get("is_minimum") == "yes",
        concerns_rights={"yes": True, "no": False}.get(given.get("concerns_rights", "")),
    )
    try:
        use_item(officer, message, intended)
    except GateRefuses:
        return


def asking_address(use: Use) -> str:
    """Returns the page on which permission for a stopped use is asked of the originator.

    Args:
        use: The use that was stopped.
    """
    named = urlencode({"use": use.use, "recipient": use.recipient, "purpose": use.purpose})
    return f"{reverse('desk:ask-permission', args=[use.item_id])}?{named}"


def stopped_copy(request: HttpRequest, officer: Officer, message: Message, refused: GateRefuses) -> HttpResponse:
    """Shows why a copy of an item may not be taken, and the way to the originator where that is the way.

    Args:
        request: The request.
        officer: Who wanted it.
        message: The item.
        refused: What the gate answered.
    """
    use = last_stopped(officer, message)
    may_ask = use is not None and stops_only_for_permission(refused.decision)
    shown: dict[str, Any] = {
        "message": message,
        "case": message.case,
        "use": use,
        "use_words": ASKED.get(use.use, use.use) if use is not None else "",
        "decision": refused.decision,
        "asking": asking_address(use) if use is not None and may_ask else "",
        "handling_marks": message.handling,
    }
    return show(request, "desk/stopped_copy.html", shown, status=refused.http_status)


def _answer(message: Message, asked: str) -> Use | None:
    try:
        return Use.objects.select_related("decision", "grant__answer", "officer").get(pk=UUID(asked), item=message)
    except (ValueError, Use.DoesNotExist):
        return None


def _shown(request: HttpRequest, message: Message, error: AccordError | None) -> HttpResponse:
    answer = _answer(message, request.GET.get("answer", ""))
    decision = Decision.from_json(answer.decision.decision) if answer is not None else None
    may_ask = decision is not None and not decision.lets_pass and stops_only_for_permission(decision)
    known = message.fields if bytes(message.content) else {}
    shown: dict[str, Any] = {
        "message": message,
        "case": message.case,
        "parts": parts_of({name: known[name] for name in ALLOWING if name in known}),
        "uses": USES.items(),
        "suspicions": SUSPICIONS.items(),
        "purposes": [(one.value, choice_label("purpose", one.value)) for one in Purpose],
        "agencies": Party.objects.get(is_self=True).described.agencies,
        "answer": answer,
        "answer_words": ASKED.get(answer.use, answer.use) if answer is not None else "",
        "decision": decision,
        "asking": asking_address(answer) if answer is not None and may_ask else "",
        "before": [(one, ASKED.get(one.use, one.use)) for one in uses_of([message])],
        "grants": [(one, ASKED.get(one.use, one.use)) for one in grants_of([message])],
        "given": request.POST,
        "error": error,
        "error_names": {
            "imminence": _("What makes death or serious harm imminent"),
            "recipient": _("Who gets it"),
            "handed_to": _("The person or office, in your own words"),
        },
        "title": _("Use what was received"),
        "handling_marks": message.handling,
    }
    return show(request, "desk/use.html", shown, status=error.http_status if error else HTTPStatus.OK)
