"""Objecting: to a use of what we gave; raising an objection one level; answering one of the other side."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.drafts import FieldRefused
from accord.exchange.errors import NotFound
from accord.exchange.kinds import OBJECTION
from accord.exchange.models import Message
from accord.exchange.services import read_message
from accord.exchange.wording import Refusal
from accord.handling.errors import ObjectionBegun
from accord.handling.models import ObjectionMade
from accord.handling.objection_answers import answers_of
from accord.handling.objections import answer_objection, begin_objection, escalate, may_escalate
from accord.node.desk.known import known_of_case, known_of_reply
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of, principal_parts
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["answer_one_objection", "object_to_use", "raise_objection"]

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "caveat_number": ("caveat-0", gettext_lazy("Which caveat was breached?")),
    "observed_use": gettext_lazy("What was seen?"),
    "harm": gettext_lazy("What harm does it do, or may it do?"),
    "demand": gettext_lazy("What do you demand?"),
}
"""What the fields of the page are called, by their names."""

BLANK: Final[Mapping[str, Any]] = {
    "observed_use": gettext_lazy("It is not said what was seen."),
    "harm": gettext_lazy("It is not said what harm it does."),
    "demand": gettext_lazy("It is not said what you demand."),
}
"""What an objection cannot be begun without, and what is told where it is left blank."""


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def object_to_use(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asks what was seen of a use that a caveat forbids, and begins the objection.

    View permission: ``message.draft``.
    """
    officer, given = officer_of(request), request.POST
    item = read_message(officer, key)
    error: AccordError | None = None
    begun: Message | None = None
    if request.method == "POST":
        try:
            said, is_another = _said(officer, item, given), given.get("another") == "yes"
            return redirect("desk:draft", begin_objection(officer, item, fields=said, is_another=is_another).pk)
        except AccordError as refused:
            error = refused
            begun = refused.begun if isinstance(refused, ObjectionBegun) else None
    fields: dict[str, Any] = item.fields if bytes(item.content) else {}  # Any: JSON of many shapes
    shown = {
        "item": item,
        "case": item.case,
        "caveats": [
            (number, parts_of(caveat, language=str(fields.get("language", ""))))
            for number, caveat in enumerate(fields.get("caveats") or (), start=1)
        ],
        "leaves": principal_parts(item.kind, fields)[0],
        "given": given,
        "error": error,
        "begun": begun,
        "error_names": NAMES,
        "handling_marks": item.handling,
    }
    return show(request, "desk/object.html", shown, status=error.http_status if error else 200)


def _said(officer: Officer, item: Message, given: Mapping[str, str]) -> dict[str, object]:
    known = known_of_case(officer, peer=item.case.peer_id, theme=item.case.theme)
    known.pop("recipient", None)
    said: dict[str, object] = {name: given.get(name, "").strip() for name in BLANK}
    blank = [
        Refusal(field=name, name=name, pointer=f"/{name}", reason=str(reason), next_step=_("Say it in a sentence."))
        for name, reason in BLANK.items()
        if not said[name]
    ]
    if blank:
        raise FieldRefused.of(blank)
    number = given.get("caveat_number", "")
    if number.isdecimal() and number != "0":
        said["caveat_number"] = int(number)
    return {**known, **said}


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def raise_objection(request: HttpRequest, key: UUID) -> HttpResponse:
    """Says where an objection of ours stands on the ladder, and begins the one above it where that is open.

    View permission: ``message.draft``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    made = ObjectionMade.objects.select_related("item__case", "message").filter(pk=message.pk).first()
    if made is None:
        raise NotFound("There is no such objection.")
    error: AccordError | None = None
    if request.method == "POST":
        try:
            return redirect("desk:draft", escalate(officer, made).pk)
        except AccordError as refused:
            error = refused
    shown = {
        "made": made,
        "case": message.case,
        "leaves": principal_parts(message.kind, message.fields)[0],
        "answers": [(one, principal_parts(one.kind, one.fields)[0]) for one in reversed(answers_of(made))],
        "may_raise": may_escalate(made, on=timezone.now().date()),
        "error": error,
        "handling_marks": message.handling,
    }
    return show(request, "desk/objection.html", shown, status=error.http_status if error else 200)


@page(Permission.MESSAGE_ANSWER, methods=("POST",))
def answer_one_objection(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begins the answer to an objection of the other side.

    View permission: ``message.answer``.
    """
    officer = officer_of(request)
    objection = read_message(officer, key)
    if objection.kind != OBJECTION:
        raise NotFound("There is no such objection.")
    return redirect("desk:draft", answer_objection(officer, objection, known_of_reply(officer, objection)).pk)
