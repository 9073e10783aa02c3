"""Recalling: a message that has left is taken back as far as it can be, and the other side is asked to comply."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.services import read_message, recall
from accord.node.desk.acting import act_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import principal_parts
from accord.officers.permissions import Permission
from accord.release.errors import GateRefuses

__all__ = ["recall_one"]


@page(Permission.MESSAGE_RELEASE, methods=("GET", "POST"))
def recall_one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Says what a recall does and asks why; then asks the other side to use the message no more.

    View permission: ``message.release``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    error: AccordError | None = None
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        done = _("Recalled: the other side is asked to use it no more. Their answer appears at the message.")
        try:
            act_once(request, lambda: recall(officer, message, reason=reason), done=done)
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:case", message.case.own_ref)
    shown = {
        "message": message,
        "case": message.case,
        "leaves": principal_parts(message.kind, message.fields)[0],
        "text_language": str(message.fields.get("language", "")),
        "given": request.POST,
        "error": error,
        "error_names": {"reason": _("Why")},
        "decision": error.decision if isinstance(error, GateRefuses) else None,
        "handling_marks": message.handling,
    }
    return show(request, "desk/recall.html", shown, status=error.http_status if error else HTTPStatus.OK)
