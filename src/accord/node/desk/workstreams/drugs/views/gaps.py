"""What has no other half: notices without arrival, and what came without a notice."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accord.exchange.waiting import highest_handling
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.flow_filters import choices_for, chosen_of
from accord.node.desk.workstreams.drugs.flow_rows import route_words
from accord.node.desk.workstreams.drugs.views.flows import notice_cells
from accord.officers.permissions import Permission
from accord.workstreams.drugs.flows.consignments import substance_key, substance_names
from accord.workstreams.drugs.flows.gaps import (
    GRACE_DAYS,
    GRACE_DAYS_MAX,
    TRAVEL_DAYS,
    flags_without_notice,
    incidents_without_notice,
    notices_without_arrival,
    transactions_without_notice,
)
from accord.workstreams.drugs.models import Incident, SuspiciousReport
from accord.workstreams.drugs.notices.lists import doubled_for

__all__ = ["show_gaps"]


@page(Permission.CASE_READ)
def show_gaps(request: HttpRequest) -> HttpResponse:
    """Shows notices whose consignment never came, and incidents and transactions that no notice announced.

    View permission: ``case.read``; only cases that the officer may read are looked through.
    """
    officer, chosen = officer_of(request), chosen_of(request.GET)
    given = whole(request.GET.get("days", ""), most_digits=3)
    days = GRACE_DAYS if given is None else min(given, GRACE_DAYS_MAX)
    today = timezone.localdate()
    wanted = chosen.wanted
    unarrived, is_unarrived_cut = notices_without_arrival(officer, wanted, today=today, grace_days=days)
    incidents, is_incidents_cut = incidents_without_notice(officer, wanted)
    reports, is_reports_cut = transactions_without_notice(officer, wanted)
    flags, is_flags_cut = flags_without_notice(officer)
    notices = [one.notice for one in unarrived]
    cells = notice_cells(notices, doubled_for(officer, notices))
    cases = [one.notice.case for one in unarrived]
    cases += [one.case for one in incidents] + [one.case for one in reports]
    shown = {
        "chosen": chosen.values,
        "choices": choices_for(officer),
        "days": days,
        "days_max": GRACE_DAYS_MAX,
        "travel_days": TRAVEL_DAYS,
        "unarrived": list(zip(unarrived, cells, strict=True)),
        "is_unarrived_cut": is_unarrived_cut,
        "incidents": _dressed(incidents),
        "is_incidents_cut": is_incidents_cut,
        "reports": _dressed(reports),
        "is_reports_cut": is_reports_cut,
        "flags": flags,
        "is_flags_cut": is_flags_cut,
        "handling_marks": max(highest_handling(cases).values(), default=""),
    }
    return show(request, "desk/drugs/gaps.html", shown)


def _dressed(rows: Sequence[Incident | SuspiciousReport]) -> list[dict[str, Any]]:  # Any: what a template shows
    keys = [substance_key(one.substance, one.cas_number, one.substance_name) for one in rows]
    names = substance_names((key, one.substance_name) for key, one in zip(keys, rows, strict=True))
    return [
        {
            "row": one,
            "case": one.case,
            "substance": names[key],
            "route": route_words(_places(one)) if isinstance(one, Incident) else "",
        }
        for one, key in zip(rows, keys, strict=True)
    ]


def _places(incident: Incident) -> list[str]:
    places = (incident.origin_country, *incident.transit_countries, incident.destination_country)
    return [one for one in places if one]
