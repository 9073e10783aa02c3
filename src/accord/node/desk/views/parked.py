"""What arrived and is in no case: why it waits, what to do about it, and trying it again once that is done."""

from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.services import TriedAgain, parked_messages, try_again
from accord.law.decision import Decision
from accord.node.api.labels import KINDS
from accord.node.api.shapes import BIG_ID_MAX
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.parked_words import parked_words
from accord.officers.permissions import Permission
from accord.release.models import ReceivedMessage

__all__ = ["show_parked", "try_one"]

ROWS: Final = 25
"""Messages of one page: each is read with its reason; a node that parks more has one cause for all of them."""


@page(Permission.PARKED_HANDLE)
def show_parked(request: HttpRequest) -> HttpResponse:
    """Lists what waits: from whom, since when, why, and the next step; nothing of what it says.

    View permission: ``parked.handle``.
    """
    return _shown(request)


def _shown(request: HttpRequest, *, error: AccordError | None = None) -> HttpResponse:
    before = request.GET.get("before", "")
    is_later = before.isascii() and before.isdigit() and int(before[:20]) <= BIG_ID_MAX
    found = parked_messages(officer_of(request), before=int(before) if is_later else None, limit=ROWS + 1)
    rows = found[:ROWS]
    shown = {
        "rows": [_row(one) for one in rows],
        "next": f"{reverse('desk:parked')}?before={rows[-1].pk}" if len(found) > ROWS else "",
        "first": reverse("desk:parked"),
        "is_later_page": is_later,
        "error": error,
    }
    return show(request, "desk/parked.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _row(one: ReceivedMessage) -> dict[str, Any]:
    record, kind = one.decision, KINDS.get(one.kind)
    here = get_language() or "en"
    return {
        "title": kind.in_language(here) if kind is not None else _("Message"),
        "peer": one.peer.described.names.in_language(here),
        "received": one,
        "words": parked_words(one.reason_code),
        "decision": Decision.from_json(record.decision) if record is not None else None,
    }


@page(Permission.PARKED_HANDLE, methods=("POST",))
def try_one(request: HttpRequest, entry: int) -> HttpResponse:
    """Tries one message again, once a form, and says what became of it.

    View permission: ``parked.handle``.
    """
    officer = officer_of(request)
    if entry > BIG_ID_MAX:
        raise NotFound("There is no such message.")
    became: list[TriedAgain] = []
    try:
        is_done_now = do_once(officer, request.POST, lambda: became.append(try_again(officer, entry)))
    except NotFound:
        raise
    except AccordError as error:
        return _shown(request, error=error)
    if not is_done_now:
        notes.warning(request, _("This was done already. Nothing was done twice."))
        return redirect("desk:parked")
    return redirect(_said(request, became[0]))


def _said(request: HttpRequest, tried: TriedAgain) -> str:
    """Says what became of a message, and returns where to go on."""
    if tried.case is not None:
        notes.success(request, _("Tried again, and filed: it stands in this case now. The other side is told."))
        return reverse("desk:case", args=[tried.case.own_ref])
    if tried.is_filed:
        notes.success(request, _("Tried again, and filed: it was about the channel alone. The other side is told."))
    elif tried.state == ReceivedMessage.State.PARKED:
        why = parked_words(tried.code).why
        notes.warning(request, _("Tried again, and it stays parked. %(why)s") % {"why": why})
    elif tried.state == ReceivedMessage.State.EXPIRED:
        notes.warning(
            request, _("Tried again too late: its time is over, and nobody reads it. The other side is told.")
        )
    else:
        words = _("Tried again, and refused for good (%(code)s). The other side is told.")
        notes.warning(request, words % {"code": tried.code})
    return reverse("desk:parked")
