"""Notices: the list with the waits in both calendars, one consignment on one line, a table, and what follows."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages as told
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.beginning import ReplyBegun
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.node.desk.code_words import choice_label
from accord.node.desk.known import known_of_case, known_of_reply
from accord.node.desk.numbers import whole as whole_number
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.notice_rows import NoticeShown, notice_shown, notices_shown
from accord.node.desk.workstreams.drugs.notice_steps import steps_of_notice
from accord.node.tables import table_response, whole
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.release.errors import GateRefuses
from accord.workstreams.drugs.kinds.drug_incident import IncidentKind
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.acts import begin_incident, begin_notice_reply, begin_outcome, begin_question
from accord.workstreams.drugs.notices.lists import doubled_for, notices_for
from accord.workstreams.drugs.notices.states import NoticeState

__all__ = ["begin_from_notice", "export_notices", "show_notice", "show_notices"]

ROWS: Final = 50

# Any: lazy translations.
COLUMNS: Final[tuple[Any, ...]] = (
    gettext_lazy("Our reference"),
    gettext_lazy("Begun by"),
    gettext_lazy("With"),
    gettext_lazy("Reference in PEN Online"),
    gettext_lazy("Substance"),
    gettext_lazy("CAS number"),
    gettext_lazy("Gross quantity, kg"),
    gettext_lazy("Exporter"),
    gettext_lazy("Importer"),
    gettext_lazy("Country of origin"),
    gettext_lazy("Country of destination"),
    gettext_lazy("Departure"),
    gettext_lazy("Sent"),
    gettext_lazy("Waits until"),
    gettext_lazy("State"),
    gettext_lazy("Why the notice does not stand"),
    gettext_lazy("What the authority says"),
    gettext_lazy("What became of it"),
)
"""Columns of the table to take along."""


def _chosen(given: Mapping[str, str]) -> dict[str, Any]:
    states = {one.value: one for one in NoticeState}
    return {
        "state": states.get(given.get("state", "")),
        "is_ours": {"ours": True, "theirs": False}.get(given.get("side", "")),
        "words": given.get("q", "")[:200],
    }


@page(Permission.CASE_READ)
def show_notices(request: HttpRequest) -> HttpResponse:
    """Lists the notices that the officer may read, by state and side, with how much of each wait is left.

    View permission: ``case.read``.
    """
    officer, now = officer_of(request), timezone.now()
    chosen, start = _chosen(request.GET), whole_number(request.GET.get("from", "")) or 0
    start = min(max(start, 0), 1_000_000)
    found = list(notices_for(officer, now, **chosen)[start : start + ROWS + 1])
    kept = {name: request.GET[name] for name in ("state", "side", "q") if request.GET.get(name)}
    shown = {
        "rows": notices_shown(found[:ROWS], now, doubled=doubled_for(officer, found[:ROWS])),
        "states": [(one.value, choice_label("notice_state", one.value)) for one in NoticeState],
        "given": request.GET,
        "has_filter": bool(kept),
        "export": f"{reverse('desk:drugs-notices-export')}?{urlencode(kept)}",
        "first": f"?{urlencode(kept)}",
        "next": f"?{urlencode({**kept, 'from': start + ROWS})}" if len(found) > ROWS else "",
        "is_later_page": start > 0,
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
    }
    return show(request, "desk/drugs/notices.html", shown)


@page(Permission.CASE_READ)
def export_notices(request: HttpRequest) -> HttpResponse:
    """Gives the filtered list as a table; the export is noted as an act.

    View permission: ``case.read``.
    """
    officer, now = officer_of(request), timezone.now()
    found = whole(notices_for(officer, now, **_chosen(request.GET)))
    note(officer, "export notices", officer, detail={"rows": len(found)})
    rows = notices_shown(found, now)
    return table_response(COLUMNS, map(_cells, rows), name=f"pre-export-notices-{now:%Y-%m-%d}", mark=True)


def _cells(shown: NoticeShown) -> tuple[object, ...]:
    notice = shown.notice
    # What they sent stays in the node: of theirs a table has what the row needs to be found, and no company.
    ours = notice.is_ours
    return (
        notice.case.own_ref,
        _("us") if ours else _("them"),
        notice.peer,
        notice.pen_reference,
        notice.substance_name,
        notice.cas_number,
        f"{notice.gross_kg.normalize():f}" if notice.gross_kg is not None else "",
        notice.exporter if ours else "",
        notice.importer if ours else "",
        notice.origin_country,
        notice.destination_country,
        notice.departure_on.isoformat(),
        notice.sent_at.isoformat(timespec="seconds"),
        notice.waits_until.isoformat(timespec="seconds") if notice.waits_until else "",
        choice_label("notice_state", shown.state.value),
        shown.ended_as,
        choice_label("reply_result", notice.reply_result) if notice.reply_result else "",
        choice_label("became", notice.became) if notice.became else "",
    )


def _found(officer: Officer, key: UUID) -> Notice:
    notice = notices_for(officer, timezone.now()).filter(pk=key).first()
    if notice is None:
        raise NotFound("There is no such notice.")
    return notice


@page(Permission.CASE_READ)
def show_notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows one consignment on one line, and the acts that follow from it.

    View permission: ``case.read``.
    """
    return _shown(request, key, None)


def _shown(request: HttpRequest, key: UUID, error: AccordError | None) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    notice = _found(officer, key)
    shown = notice_shown(notice, now, doubled=doubled_for(officer, [notice]))
    same = notices_for(officer, now).filter(peer=notice.peer, pen_reference=notice.pen_reference).exclude(pk=notice.pk)
    is_open = notice.case.state == notice.case.State.OPEN
    drafts = notice.case.messages.filter(direction=Message.Direction.OUT, state=Message.State.DRAFT)
    seen = {
        "row": shown,
        "notice": notice,
        "case": notice.case,
        "steps": steps_of_notice(officer, shown, now),
        "same": list(same[:10]) if notice.pen_reference else [],
        "drafts": list(drafts.order_by("created_at")[:10]),
        "today": now.date(),
        "may_reply": not notice.is_ours
        and is_open
        and not shown.is_withdrawn
        and officer.may(Permission.MESSAGE_ANSWER),
        "may_draft": is_open and officer.may(Permission.MESSAGE_DRAFT),
        "may_ask": notice.is_ours and is_open and officer.may(Permission.MESSAGE_DRAFT),
        "incident_kinds": [(one.value, choice_label("incident_kind", one.value)) for one in IncidentKind],
        "given": request.POST,
        "error": error,
        "error_names": {"incident_kind": _("Kind of incident")},
        "handling_marks": notice.message.handling,
    }
    return show(request, "desk/drugs/notice.html", seen, status=error.http_status if error else HTTPStatus.OK)


@page(Permission.CASE_READ, methods=("POST",))
def begin_from_notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begins a reply, an outcome, an incident or another question from a notice.

    View permission: ``case.read``; the services ask for ``message.answer`` or ``message.draft``.
    """
    officer, given = officer_of(request), request.POST
    notice = _found(officer, key)
    act = _ACTS.get(given.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")
    try:
        return redirect("desk:draft", act(request, officer, notice).pk)
    except ReplyBegun as begun:
        told.info(request, _("A reply was begun already; here it is. Nothing was begun twice."))
        return redirect("desk:draft", begun.begun.pk)
    except GateRefuses:
        raise
    except AccordError as refused:
        return _shown(request, key, refused)


def _reply(request: HttpRequest, officer: Officer, notice: Notice) -> Message:
    made, is_new = begin_notice_reply(officer, notice, known_of_reply(officer, notice.message))
    if not is_new:
        told.info(request, _("A reply was begun already; here it is. Nothing was begun twice."))
    return made


def _known(officer: Officer, notice: Notice) -> dict[str, Any]:
    known = known_of_case(officer, peer=notice.peer, theme=notice.case.theme)
    known.pop("recipient", None)
    return known


def _outcome(_request: HttpRequest, officer: Officer, notice: Notice) -> Message:
    return begin_outcome(officer, notice, _known(officer, notice))


def _incident(request: HttpRequest, officer: Officer, notice: Notice) -> Message:
    kinds = {one.value for one in IncidentKind}
    chosen = request.POST.get("incident_kind", "")
    return begin_incident(officer, notice, _known(officer, notice), variant=chosen if chosen in kinds else "")


def _ask(_request: HttpRequest, officer: Officer, notice: Notice) -> Message:
    return begin_question(officer, notice, _known(officer, notice))


_ACTS: Final = {"reply": _reply, "outcome": _outcome, "incident": _incident, "ask": _ask}
