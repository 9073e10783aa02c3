"""Lanes: which subjects stand still with whom, since when, and on whose word they go on."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.reach import messages_for
from accord.handling.lanes import resume_lane, suspend_lane
from accord.handling.models import LaneSuspension, ObjectionMade
from accord.node.desk.acting import act_once
from accord.node.desk.code_words import choice_label
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.vocabulary.subjects import Theme

__all__ = ["act_on_lanes", "show_lanes"]

ENDED_SHOWN: Final = 50
"""Suspensions that have ended and are still listed, the newest first."""

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "theme": gettext_lazy("Subject"),
    "reason": gettext_lazy("Why"),
    "peer": gettext_lazy("With whom"),
}


@page(Permission.CHANNEL_READ)
def show_lanes(request: HttpRequest) -> HttpResponse:
    """Shows the suspended lanes and those that were, and lets a releasing officer suspend or resume one.

    View permission: ``channel.read``; the services ask for ``message.release``.
    """
    return _show(request, None)


def _show(request: HttpRequest, error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    rows = LaneSuspension.objects.select_related(
        "suspended_by", "we_resume_by", "objection__message__case", "objection__item"
    )
    standing, ended = list(rows.filter(ended_at=None)), list(rows.exclude(ended_at=None)[:ENDED_SHOWN])
    objections = [one.objection_id for one in (*standing, *ended) if one.objection_id is not None]
    known = messages_for(officer).filter(pk__in=objections) if officer.may(Permission.CASE_READ) else None
    shown = {
        "standing": standing,
        "ended": ended,
        "named": set(known.values_list("pk", flat=True)) if known is not None else set(),
        "may_read": officer.may(Permission.CASE_READ),
        "may_act": officer.may(Permission.MESSAGE_RELEASE),
        "peers": Party.objects.filter(is_self=False).order_by("code"),
        "themes": [(theme.value, choice_label("theme", theme.value)) for theme in Theme],
        "given": request.POST,
        "objection": request.GET.get("objection", ""),
        "theme": request.GET.get("theme", "") or request.POST.get("theme", ""),
        "error": error,
        "error_names": NAMES,
        "decision": error.decision if isinstance(error, GateRefuses) else None,
    }
    return show(request, "desk/lanes.html", shown, status=error.http_status if error else 200)


@page(Permission.MESSAGE_RELEASE, methods=("POST",))
def act_on_lanes(request: HttpRequest) -> HttpResponse:
    """Suspends a lane, or says for our side that one may go on.

    View permission: ``message.release``.
    """
    officer, given = officer_of(request), request.POST
    try:
        act_once(request, lambda: _act(officer, given), done=_("Done. The other side is told."))
    except NotFound:
        raise
    except AccordError as error:
        return _show(request, error)
    return redirect("desk:lanes")


def _act(officer: Officer, given: Mapping[str, str]) -> None:
    reason = given.get("reason", "")
    if given.get("act") == "resume":
        row = LaneSuspension.objects.filter(pk=_key(given.get("suspension", ""))).first()
        if row is None:
            raise NotFound("There is no such suspension.")
        resume_lane(officer, row, reason=reason)
        return
    named = given.get("objection", "")
    objection = ObjectionMade.objects.filter(pk=_key(named)).first() if named else None
    suspend_lane(officer, peer=given.get("peer", ""), theme=given.get("theme", ""), reason=reason, objection=objection)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such suspension.") from error
