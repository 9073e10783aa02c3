"""Beginning: a new case with its first message, and a reply to a message of the other side; each once."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.drafts import FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import REQUEST, SPONTANEOUS_INFORMATION
from accord.exchange.kinds.answer import PART_REFUSED_ALL
from accord.exchange.models import Message
from accord.exchange.services import (
    ReplyBegun,
    answer,
    begin_case,
    cannot_confirm,
    clarify,
    delay,
    read_message,
    refuse,
)
from accord.exchange.services import begin_reply as begin_once
from accord.node.desk.code_words import choice_label
from accord.node.desk.known import known_of_case, known_of_reply
from accord.node.desk.openings import opening_for
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.workstream_acts import beginnings, words_of_beginning
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.vocabulary.refusal import DELAY_REASON_LABELS, REFUSAL_GROUND_LABELS, RefusalGround
from accord.vocabulary.subjects import Theme

__all__ = ["begin_reply", "show_new_case"]

REPLIES: Final = ("answer", "refuse", "refer", "delay", "clarify", "cannot-confirm")


# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "outcome": gettext_lazy("What does the answer say?"),
    "ground": gettext_lazy("On which ground?"),
    "part_refused": gettext_lazy("What is refused?"),
    "referred_to": gettext_lazy("Whom should they ask instead?"),
    "rule": gettext_lazy("Rule of law, where that is the ground"),
    "reasons": gettext_lazy("Reasons, as far as they may be told"),
    "reason": gettext_lazy("Why will it be late?"),
    "expected_on": gettext_lazy("When can it be expected?"),
    "points": gettext_lazy("What is unclear? One point a line."),
}
"""What the fields of the page are called, by their names."""


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def show_new_case(request: HttpRequest) -> HttpResponse:
    """Opens a case of our own with its first message, or neither.

    View permission: ``message.draft``.
    """
    officer, given = officer_of(request), request.POST
    error = None
    if request.method == "POST":
        kind = given.get("kind", "")
        kind = kind if kind in {SPONTANEOUS_INFORMATION, *dict(beginnings())} else REQUEST
        theme, peer = given.get("theme", ""), given.get("peer", "")
        by_kind, own = words_of_beginning(kind, peer=peer) or ({}, None)
        try:
            draft = begin_case(
                officer,
                peer=peer,
                theme=theme,
                title=given.get("title", ""),
                kind=kind,
                fields={
                    **_first_words(officer, peer, theme, kind, has_opening=given.get("start") == "specimen"),
                    **by_kind,
                },
                own=own,
            )
            return redirect("desk:draft", draft.pk)
        except AccordError as refused:
            error = refused
    shown = {
        "error": error,
        "given": given,
        "peers": Party.objects.filter(is_self=False).order_by("code"),
        "kinds": beginnings(),
        "themes": [(theme.value, choice_label("theme", theme.value)) for theme in Theme],
    }
    return show(request, "desk/new_case.html", shown, status=error.http_status if error else 200)


def _first_words(officer: Officer, peer: str, theme: str, kind: str, *, has_opening: bool) -> dict[str, Any]:
    """Returns what a first message says anyway, so that nobody types it, and a specimen text where it is wanted."""
    known: dict[str, Any] = {"theme": theme}
    if has_opening:
        known |= opening_for(theme, kind, get_language() or "en")
    return {**known_of_case(officer, peer=peer, theme=theme), **known}


@page(Permission.CASE_READ, methods=("GET", "POST"))
def begin_reply(request: HttpRequest, key: UUID, reply: str) -> HttpResponse:
    """Begins an answer, a refusal, a referral, a delay notice, a clarification, or what neither confirms nor denies.

    View permission: ``case.read``; the services ask for ``message.answer``.
    """
    officer, given = officer_of(request), request.POST
    asked = read_message(officer, key)
    if reply not in REPLIES:
        raise ActRefused("There is no such reply.", code="exchange.no-such-reply")
    error = begun = None
    if request.method == "POST":
        try:
            made, is_new = begin_once(
                asked, lambda: _begun(officer, asked, reply, given), is_another=given.get("another") == "yes"
            )
            if not is_new:
                notes.info(request, _("This reply was begun already; here it is. Nothing was begun twice."))
            return redirect("desk:draft", made.pk)
        except GateRefuses:
            raise
        except AccordError as refused:
            error = refused
            begun = refused.begun if isinstance(refused, ReplyBegun) else None
    shown = {
        "asked": asked,
        "case": asked.case,
        "reply": reply,
        "leaves": parts_of(asked.fields),
        "text_language": str(asked.fields.get("language", "")),
        "grounds": [(code.value, choice_label("ground", code.value)) for code in REFUSAL_GROUND_LABELS],
        "reasons": [(code.value, choice_label("reason", code.value)) for code in DELAY_REASON_LABELS],
        "given": given,
        "ground": given.get("ground", "") or (RefusalGround.NOT_AVAILABLE.value if reply == "refer" else ""),
        "error": error,
        "error_names": NAMES,
        "begun": begun,
        "handling_marks": asked.handling,
    }
    return show(request, "desk/reply.html", shown, status=error.http_status if error else 200)


def _begun(officer: Officer, asked: Message, reply: str, given: Mapping[str, str]) -> Message:
    known = known_of_reply(officer, asked)
    if reply == "answer":
        return answer(officer, asked, {**known, "outcome": _chosen(given, "outcome")})
    if reply in {"refuse", "refer"}:
        return refuse(
            officer,
            asked,
            known,
            ground=_chosen(given, "ground"),
            part_refused=given.get("part_refused", "") or (PART_REFUSED_ALL if reply == "refer" else ""),
            rule=given.get("rule") or None,
            reasons=given.get("reasons") or None,
            cured_by=_referred_to(given) if reply == "refer" else None,
        )
    if reply == "delay":
        return delay(
            officer, asked, known, reason=_chosen(given, "reason"), expected_on=_day(given.get("expected_on", ""))
        )
    if reply == "clarify":
        points = [line.strip() for line in given.get("points", "").splitlines() if line.strip()]
        return clarify(officer, asked, known, points=points)
    return cannot_confirm(officer, asked)


def _referred_to(given: Mapping[str, str]) -> str:
    """Returns whom the other side is to ask instead: a request is referred to somebody, or it is refused."""
    words = given.get("referred_to", "").strip()
    if not words:
        raise FieldRefused(
            "It is not said whom they should ask instead.",
            next_step="Name the authority or the channel, or refuse the request.",
            fields={"field": "referred_to"},
        )
    return words


def _chosen(given: Mapping[str, str], name: str) -> str:
    """Returns what was chosen of a list; nothing is chosen beforehand, so that nobody says what they did not mean."""
    code = given.get(name, "")
    if not code:
        raise FieldRefused("Nothing is chosen.", next_step="Choose one of the list.", fields={"field": name})
    return code


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
