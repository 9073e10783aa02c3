"""Texts that both sides sign: what waits for whose word, one text with what it changes, and the acts on it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.instruments.models import Instrument, Text
from accord.instruments.services import accept, decline, discard, end, offer, remark, withdraw
from accord.instruments.settling import standing_offer
from accord.instruments.signed import signed_file
from accord.node.desk.acting import act_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.text_readings import changes_of, parts_of_text, reading_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.release.errors import GateRefuses

__all__ = ["act_on_text", "download_signed", "show_text", "show_texts"]

SETTLED_SHOWN: Final = 50
"""Settled texts that are listed, the newest first."""

_OPEN: Final = (Text.State.PREPARED, Text.State.OFFERED, Text.State.ACCEPTED, Text.State.WITHDRAWING)

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "reason": gettext_lazy("Why"),
    "words": gettext_lazy("Your words to the other side"),
    "from_day": gettext_lazy("From which day"),
}


@page(Permission.AGREEMENT_READ)
def show_texts(request: HttpRequest) -> HttpResponse:
    """Lists what waits for our signature, what waits for theirs, and what was settled last.

    View permission: ``agreement.read``.
    """
    texts = Text.objects.select_related("instrument", "prepared_by").defer("packed")
    waiting = list(texts.filter(state__in=_OPEN).order_by("-prepared_at"))
    groups: dict[str, list[dict[str, Any]]] = {"theirs": [], "prepared": [], "sent": []}
    for one in waiting:
        groups[_group_of(one)].append(_row(one))
    settled = texts.exclude(state__in=_OPEN).order_by("-settled_at")[:SETTLED_SHOWN]
    shown = {**groups, "settled": [_row(one) for one in settled]}
    return show(request, "desk/texts/list.html", shown)


def _group_of(text: Text) -> str:
    if text.state == Text.State.PREPARED:
        return "prepared"
    return "sent" if text.is_ours or text.state == Text.State.ACCEPTED else "theirs"


def _row(text: Text) -> dict[str, Any]:
    reading = reading_of(text.instrument.type)
    return {"text": text, "name": reading.name, "title": reading.title(text)}


@page(Permission.AGREEMENT_READ)
def show_text(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows one text: what it says, what it changes, who signed it, and what can be done with it.

    View permission: ``agreement.read``; the services ask for ``agreement.draft`` or ``agreement.sign``.
    """
    return _show(request, _text(key), None)


def _text(key: UUID) -> Text:
    found = Text.objects.select_related("instrument__agreed", "prepared_by").filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such text.")
    return found


def _show(request: HttpRequest, text: Text, error: AccordError | None) -> HttpResponse:
    officer, instrument = officer_of(request), text.instrument
    before = instrument.texts.filter(number=text.number - 1, state=Text.State.AGREED).first()
    reading = reading_of(instrument.type)
    shown = {
        "text": text,
        "instrument": instrument,
        "name": reading.name,
        "title": reading.title(text),
        "home": reading.home(text),
        "parts": parts_of_text(text),
        "is_long": reading.is_long,
        "before": before,
        "changes": changes_of(text, before) if before is not None else (),
        "signatures": text.signatures.select_related("officer"),
        "remarks": text.remarks.select_related("officer"),
        "others": instrument.texts.exclude(pk=text.pk).defer("packed"),
        "own_offer": standing_offer(instrument, text.number, is_ours=True) if not text.is_ours else None,
        "is_in_force": instrument.agreed_id == text.pk,
        "may_draft": officer.may(Permission.AGREEMENT_DRAFT),
        "may_sign": officer.may(Permission.AGREEMENT_SIGN),
        "is_own": text.prepared_by_id == officer.pk,
        "digest": bytes(text.digest).hex(),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
        "decision": error.decision if isinstance(error, GateRefuses) else None,
    }
    return show(request, "desk/texts/text.html", shown, status=error.http_status if error else 200)


@page(Permission.AGREEMENT_READ, methods=("POST",))
def act_on_text(request: HttpRequest, key: UUID) -> HttpResponse:
    """Offers, signs, remarks on, declines, withdraws, discards a text, or ends our consent to what it began.

    View permission: ``agreement.read``; the services ask for ``agreement.draft`` or ``agreement.sign``.
    """
    officer, text, given = officer_of(request), _text(key), request.POST
    act = _ACTS.get(given.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")
    done = _("Done.") if given["act"] == "discard" else _("Done. The other side is told.")
    try:
        act_once(request, lambda: act(officer, text, given), done=done)
    except NotFound:
        raise
    except AccordError as error:
        return _show(request, _text(key), error)
    return redirect("desk:text", key)


def _end(officer: Officer, text: Text, given: Mapping[str, str]) -> Instrument:
    try:
        day = date.fromisoformat(given.get("from_day", ""))
    except ValueError:
        day = date.min
    return end(officer, text.instrument, from_day=day, reason=given.get("reason", ""))


_ACTS: Final[Mapping[str, Callable[[Officer, Text, Mapping[str, str]], object]]] = {
    "offer": lambda officer, text, _given: offer(officer, text),
    "accept": lambda officer, text, _given: accept(officer, text),
    "discard": lambda officer, text, _given: discard(officer, text),
    "remark": lambda officer, text, given: remark(officer, text, words=given.get("words", "")),
    "decline": lambda officer, text, given: decline(officer, text, reason=given.get("reason", "")),
    "withdraw": lambda officer, text, given: withdraw(officer, text, reason=given.get("reason", "")),
    "end": _end,
}


@page(Permission.AGREEMENT_READ)
def download_signed(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hands out a text with the evidence of its signatures: what ``accord verify`` checks without a node.

    View permission: ``agreement.read``.
    """
    text = _text(key)
    response = HttpResponse(signed_file(officer_of(request), text), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{text.instrument.type}-{text.number}.zip"'
    return response
