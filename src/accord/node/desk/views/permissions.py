"""Permission: asked of the originator where no caveat permits a use, and answered where it is asked of us."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.beginning import ReplyBegun, begin_reply
from accord.exchange.drafts import FieldRefused
from accord.exchange.kinds import PERMISSION_REQUEST
from accord.exchange.models import Message
from accord.exchange.services import read_message
from accord.handling.models import Grant
from accord.handling.permissions import ANSWER_DAYS, answer_permission, ask_permission
from accord.handling.uses import Intended
from accord.node.desk.code_words import choice_label
from accord.node.desk.known import known_of_reply
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.use_words import ASKED, RESULTS
from accord.node.desk.views.using import ALLOWING, UseUnclear
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode

__all__ = ["answer_one", "ask_one"]


ASKING: Final = (
    "new_use",
    "new_recipient",
    "new_purpose",
    "justification",
    "answer_by",
    "caveat",
    "sender",
    "handling",
)
"""Members of a question that are read beside the form of its answer."""


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def ask_one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drafts a question to the originator of an item: what is asked stands in the form already, and why is added.

    View permission: ``message.draft``.
    """
    officer = officer_of(request)
    item = read_message(officer, key)
    given = request.POST if request.method == "POST" else request.GET
    error: AccordError | None = None
    begun: Message | None = None
    if request.method == "POST":
        try:
            return _begin(request, item, lambda: _asked(officer, item, given))
        except AccordError as refused:
            error = refused
            begun = refused.begun if isinstance(refused, ReplyBegun) else None
    known = item.fields if bytes(item.content) else {}
    shown: dict[str, Any] = {
        "message": item,
        "case": item.case,
        "parts": parts_of({name: known[name] for name in ALLOWING if name in known}),
        "uses": ASKED.items(),
        "purposes": [(one.value, choice_label("purpose", one.value)) for one in Purpose],
        "agencies": Party.objects.get(is_self=True).described.agencies,
        "answer_by": given.get("answer_by") or (timezone.now().date() + timedelta(days=ANSWER_DAYS)).isoformat(),
        "given": given,
        "purpose": given.get("purpose") or known.get("purpose"),
        "error": error,
        "begun": begun,
        "error_names": {
            "recipient": _("Who would get it"),
            "justification": _("Why it is needed"),
            "answer_by": _("Needed by"),
        },
        "handling_marks": item.handling,
    }
    return show(request, "desk/ask_permission.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _begin(request: HttpRequest, about: Message, begin: Any) -> HttpResponse:
    made, is_new = begin_reply(about, begin, is_another=request.POST.get("another") == "yes")
    if not is_new:
        notes.info(request, _("This reply was begun already; here it is. Nothing was begun twice."))
    return redirect("desk:draft", made.pk)


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FieldRefused(
            "This is not a day.", next_step="Write the day as year-month-day.", fields={"field": name}
        ) from error


def _asked(officer: Officer, item: Message, given: Mapping[str, str]) -> Message:
    use, purpose = given.get("use", ""), given.get("purpose", "")
    if use not in ASKED or purpose not in set(Purpose):
        raise UseUnclear("It is not said what is to be done with it, or for which purpose.")
    if not given.get("justification", "").strip():
        raise FieldRefused(
            "It is not said why it is needed.",
            next_step="Say in a sentence why; the originator decides on it.",
            fields={"field": "justification"},
        )
    return ask_permission(
        officer,
        item,
        Intended(use=UseCode(use), purpose=Purpose(purpose), recipient=given.get("recipient", "").strip()),
        justification=given.get("justification", ""),
        answer_by=_day(given, "answer_by"),
        fields=known_of_reply(officer, item),
    )


@page(Permission.MESSAGE_ANSWER, methods=("GET", "POST"))
def answer_one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drafts our answer to a permission request, in a short form beside the item and the question.

    View permission: ``message.answer``.
    """
    officer = officer_of(request)
    asked = read_message(officer, key)
    if asked.kind != PERMISSION_REQUEST:
        notes.warning(request, _("This is no question for a permission."))
        return redirect("desk:case", asked.case.own_ref)
    if request.method == "GET" and Grant.objects.filter(request=asked).exists():
        notes.info(request, _("This question has been answered."))
        return redirect("desk:case", asked.case.own_ref)
    given = request.POST
    error: AccordError | None = None
    begun: Message | None = None
    if request.method == "POST":
        try:
            return _begin(request, asked, lambda: _answered(officer, asked, given))
        except AccordError as refused:
            error = refused
            begun = refused.begun if isinstance(refused, ReplyBegun) else None
    known = asked.fields if bytes(asked.content) else {}
    item = asked.in_reply_to
    shown: dict[str, Any] = {
        "asked": asked,
        "item": item,
        "case": asked.case,
        "parts": parts_of({name: known[name] for name in ASKING if name in known}),
        "text_language": str(known.get("language", "")),
        "use_words": ASKED.get(str(known.get("new_use", "")), ""),
        "results": RESULTS.items(),
        "given": given,
        "error": error,
        "begun": begun,
        "error_names": {
            "result": _("What do we say?"),
            "conditions": _("Conditions, one a line"),
            "permitted_until": _("Permitted until"),
            "reasons": _("Reasons, as far as they may be told"),
        },
        "handling_marks": asked.handling,
    }
    return show(request, "desk/answer_permission.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _answered(officer: Officer, asked: Message, given: Mapping[str, str]) -> Message:
    return answer_permission(
        officer,
        asked,
        result=given.get("result", ""),
        conditions=given.get("conditions", "").splitlines(),
        permitted_until=_day(given, "permitted_until"),
        used_once=given.get("used_once") == "yes",
        reasons=given.get("reasons", ""),
        fields=known_of_reply(officer, asked),
    )
