"""Flows: what the notices that an officer may read come to, by month, substance and route."""

from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.flow_filters import choices_for, chosen_of
from accord.node.desk.workstreams.drugs.flow_rows import (
    charts_of,
    kilograms,
    map_of,
    route_rows,
    route_words,
    sheets_of,
    substance_rows,
)
from accord.node.desk.workstreams.drugs.standing import words_against
from accord.node.tables import table_response
from accord.node.workbooks import workbook_response
from accord.officers.acts import note
from accord.officers.permissions import Permission
from accord.workstreams.drugs.flows.consignments import as_consignment, read_consignments, substance_names
from accord.workstreams.drugs.flows.grouping import by_route, whole_of
from accord.workstreams.drugs.models import Notice

__all__ = ["download_flows", "notice_cells", "show_flows"]

NOTICES_SHOWN: Final = 50
"""Notices that are listed under the figures, the latest departures; a route or a substance leads to fewer."""


@page(Permission.CASE_READ)
def show_flows(request: HttpRequest) -> HttpResponse:
    """Shows the flows of precursors, by month, substance and route, with a map and the notices behind the figures.

    View permission: ``case.read``; every figure is made of cases that the officer may read.
    """
    officer, chosen = officer_of(request), chosen_of(request.GET)
    read = read_consignments(officer, chosen.wanted)
    consignments = read.consignments
    routes, whole = by_route(consignments), whole_of(consignments)
    shown: dict[str, Any] = {
        "chosen": chosen.values,
        "query": chosen.address(),
        "without_route": chosen.address(route=""),
        "route": route_words(chosen.wanted.route) if chosen.wanted.route else "",
        "read": read,
        "whole": whole,
        "kg": kilograms(whole.kg),
        "stopped_kg": kilograms(whole.stopped_kg),
        "charts": charts_of(consignments) if consignments else (),
        "map": map_of(routes),
        "substances": [
            {**row, "address": chosen.address(substance=str(row["key"]))} for row in substance_rows(consignments)
        ],
        "routes": [{**row, "address": chosen.address(route=str(row["key"]))} for row in route_rows(routes)],
        "is_routes_cut": len(routes) > len(route_rows(routes)),
        "notices": notice_cells(read.notices[:NOTICES_SHOWN], read.doubled),
        "is_notices_cut": len(read.notices) > NOTICES_SHOWN,
        "choices": choices_for(officer),
        "handling_marks": read.handling,
    }
    return show(request, "desk/drugs/flows.html", shown, status=HTTPStatus.OK)


def notice_cells(
    notices: Sequence[Notice], doubled: Collection[UUID]
) -> list[dict[str, Any]]:  # Any: what a template shows
    """Returns notices as rows of a table, with their cases, in one look-up.

    Args:
        notices: The notices.
        doubled: Keys of those that bear the reference of another one.
    """
    held = list(notices)
    prefetch_related_objects(held, "case")
    told = [as_consignment(one) for one in held]
    names = substance_names((one.substance, one.substance_name) for one in told)
    return [
        {
            "notice": notice,
            "case": notice.case,
            "is_doubled": notice.pk in doubled,
            "substance": names[one.substance],
            "route": route_words(one.route),
            "kg": kilograms(one.kg) if one.kg is not None else None,
            "receiver": notice.consignee or notice.importer,
            "standing": words_against(notice),
        }
        for notice, one in zip(held, told, strict=True)
    ]


@page(Permission.CASE_READ)
def download_flows(request: HttpRequest, form: str) -> HttpResponse:
    """Gives the flows as a table (CSV) or a workbook with a sheet each (XLSX); it is noted as an act.

    View permission: ``case.read``; every figure is made of cases that the officer may read.
    """
    if form not in {"csv", "xlsx"}:
        raise NotFound("There is no such table.")
    officer, chosen = officer_of(request), chosen_of(request.GET)
    read = read_consignments(officer, chosen.wanted)
    sheets = sheets_of(read.consignments)
    # Names of the filters alone: what was looked for may be content.
    detail: dict[str, str | int | bool | None] = {
        "rows": sum(len(rows) - 1 for _name, rows in sheets),
        "filters": ",".join(sorted(chosen.values)),
    }
    note(officer, "export flows", officer, detail=detail)
    name = f"accord-flows-{timezone.now():%Y-%m-%d}"
    if form == "xlsx":
        return workbook_response(sheets, name=name)
    head = [_("By"), *sheets[0][1][0]]
    head[1] = _("Of what")
    return table_response(head, [[by, *row] for by, rows in sheets for row in rows[1:]], name=name, mark=True)
