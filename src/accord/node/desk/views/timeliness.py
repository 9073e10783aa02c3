"""Timeliness that both sides publish: what each published, beside our own log, and publishing ours."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.kinds.timeliness_report import TimelinessRow
from accord.node.desk.acting import act_once
from accord.node.desk.code_words import choice_label
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.published import FIGURE_WORDS, figures_cell, published_section
from accord.node.tables import table_response
from accord.officers.acts import note
from accord.officers.permissions import Permission
from accord.oversight.comparing import FIGURES, Comparison, compare
from accord.oversight.models import PublishedTimeliness
from accord.oversight.publishing import Figures, figures_to_publish, publish
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.vocabulary.periods import ended_periods

__all__ = ["download_published", "publish_timeliness", "show_published"]

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {"peer": gettext_lazy("With whom"), "period": gettext_lazy("Period")}


@page(Permission.CASE_READ)
def show_published(request: HttpRequest) -> HttpResponse:
    """Shows what each side published beside our own log; who may publish sees what would leave.

    View permission: ``case.read``; the services ask for ``message.release`` before they count or publish.
    """
    return _show(request, request.GET, None)


def _show(request: HttpRequest, given: Mapping[str, str], error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    peers = list(Party.objects.filter(is_self=False).order_by("code").values_list("code", flat=True))
    peer = given.get("peer", peers[0] if peers else "")
    if peers and peer not in peers:
        raise NotFound("There is no such party.")
    periods = [one.code for one in ended_periods(timezone.now())]
    may_publish = officer.may(Permission.MESSAGE_RELEASE)
    period, would_leave = given.get("period", ""), None
    if peers and may_publish and period and error is None:
        try:
            would_leave = figures_to_publish(officer, peer=peer, period=period)
        except AccordError as refused:
            error = refused
    shown: dict[str, Any] = {
        "peers": peers,
        "peer": peer,
        "periods": periods,
        "period": period,
        "may_publish": may_publish,
        "would_leave": would_leave,
        "error": error,
        "leaving": _leaving(would_leave) if would_leave is not None else [],
        "error_names": NAMES,
        "decision": error.decision if isinstance(error, GateRefuses) else None,
        "address": "desk:timeliness",
    }
    if peers:
        shown |= published_section(officer, peer=peer, chosen=request.GET.get("report", ""))
    return show(request, "desk/timeliness.html", shown, status=error.http_status if error else 200)


def _leaving(told: Figures) -> list[tuple[bool, TimelinessRow, Any]]:  # Any: a cell, as templates take it
    sides = ((False, told.received), (True, told.sent))
    return [(is_ours, row, figures_cell(row)) for is_ours, rows in sides for row in rows]


@page(Permission.MESSAGE_RELEASE, methods=("POST",))
def publish_timeliness(request: HttpRequest) -> HttpResponse:
    """Publishes our figures of a period to the other side.

    View permission: ``message.release``.
    """
    officer, given = officer_of(request), request.POST
    peer = given.get("peer", "")
    try:
        act_once(
            request,
            lambda: publish(officer, peer=peer, period=given.get("period", "")),
            done=_("Published. The other side can compare it with its own log."),
        )
    except AccordError as error:
        return _show(request, given, error)
    answer = redirect("desk:timeliness")
    answer["Location"] += f"?peer={peer}"
    return answer


@page(Permission.CASE_READ)
def download_published(request: HttpRequest, number: int) -> HttpResponse:
    """Gives one report beside our own log as a table, one figure a line; it is noted as an act.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    report = PublishedTimeliness.objects.filter(pk=number).first()
    if report is None:
        raise NotFound("There is no such report.")
    lines = list(_lines(compare(officer, report)))
    code = report.period.code
    note(officer, "export timeliness", report, detail={"period": code, "party": report.peer_id, "rows": len(lines)})
    head = [_("Asked by"), _("Theme"), _("Urgency"), _("Figure"), _("Published"), _("Our log"), _("Difference")]
    return table_response(head, lines, name=f"accord-timeliness-{code}-{report.peer_id}", mark=True)


def _lines(compared: Comparison) -> Iterator[list[object]]:
    us, them = _("our side"), compared.report.peer_id
    for row in compared.rows:
        differing = {one.figure: one.by for one in row.differences}
        for figure in FIGURES:
            published, ours = (getattr(part, figure) if part is not None else None for part in (row.theirs, row.ours))
            yield [
                us if row.is_asked_by_us else them,
                str(choice_label("theme", row.theme)),
                str(choice_label("urgency", row.urgency)),
                f"{FIGURE_WORDS[figure]} (s)" if figure == "median_seconds" else str(FIGURE_WORDS[figure]),
                published,
                ours,
                differing.get(figure, ""),
            ]
