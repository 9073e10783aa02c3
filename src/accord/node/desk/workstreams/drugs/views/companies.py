"""Companies in what was told: to look for one, its history, and who receives again and again."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from accord.exchange.errors import NotFound
from accord.exchange.waiting import highest_handling
from accord.node.desk.case_filters import plain_words
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.flow_filters import choices_for, chosen_of
from accord.node.desk.workstreams.drugs.flow_rows import kilograms, route_words
from accord.node.desk.workstreams.drugs.standing import words_against
from accord.node.desk.workstreams.drugs.views.flows import notice_cells
from accord.officers.permissions import Permission
from accord.workstreams.drugs.flows.companies import (
    Entry,
    find_companies,
    flags_of,
    history_of,
    repeated_consignees,
    spellings_of,
)
from accord.workstreams.drugs.flows.consignments import (
    as_consignment,
    substance_key,
    substance_names,
    substances_of,
)
from accord.workstreams.drugs.models import Incident, SuspiciousReport
from accord.workstreams.drugs.notices.lists import doubled_for
from accord.workstreams.drugs.screening.company_names import company_key

__all__ = ["show_companies", "show_company", "show_consignees"]

NAME_CHARACTERS: Final = 200
"""Of the longest name in a message."""


@page(Permission.CASE_READ)
def show_companies(request: HttpRequest) -> HttpResponse:
    """Finds companies in what was told, however their names are written.

    View permission: ``case.read``; only cases that the officer may read are looked through.
    """
    officer, asked = officer_of(request), plain_words(request.GET.get("q", ""))
    found, is_more = find_companies(officer, asked) if asked else ((), False)
    shown = {
        "asked": asked,
        "found": found,
        "is_more": is_more,
        "handling_marks": max((one.handling for one in found), default=""),
    }
    return show(request, "desk/drugs/companies.html", shown)


@page(Permission.CASE_READ)
def show_company(request: HttpRequest) -> HttpResponse:
    """Shows every message that names a company: the part it plays, the consignment, and what became of it.

    View permission: ``case.read``; only cases that the officer may read are looked through.
    """
    officer, name = officer_of(request), request.GET.get("name", "")[:NAME_CHARACTERS]
    key = company_key(name)
    spellings = spellings_of(officer, key) if key else ()
    if not spellings:
        raise NotFound("There is no such company in what you may read.")
    entries, is_more = history_of(officer, key)
    flags, is_flags_more = flags_of(officer, key)
    rows = [_row(one) for one in entries]
    names = substance_names(row["substance"] for row in rows)
    shown = {
        "name": spellings[0],
        "names": spellings[1:],
        "rows": [{**row, "substance": names[row["substance"][0]]} for row in rows],
        "is_more": is_more,
        "flags": flags,
        "is_flags_more": is_flags_more,
        "handling_marks": max((one.message.handling for one in entries), default=""),
    }
    return show(request, "desk/drugs/company.html", shown)


def _row(entry: Entry) -> dict[str, Any]:  # Any: what a template shows
    told: dict[str, Any] = {
        "entry": entry,
        "case": entry.message.case,
        "kind": entry.message.kind,
        "parts": [(one.part, one.name) for one in entry.mentions],
        "at": entry.mentions[0].told_at,
        "substance": ("", ""),
        "route": "",
        "kg": None,
        "standing": "",
    }
    if entry.notice is not None:
        consignment = as_consignment(entry.notice)
        told |= {
            "substance": (consignment.substance, consignment.substance_name),
            "route": route_words(consignment.route),
            "kg": consignment.kg,
            "standing": words_against(entry.notice),
        }
    elif entry.incident is not None:
        one = entry.incident
        places = (one.origin_country, *one.transit_countries, one.destination_country)
        told |= {
            "substance": _substance(one),
            "route": route_words(place for place in places if place),
            "kg": one.quantity_kg,
        }
    elif entry.report is not None:
        report = entry.report
        told |= {
            "substance": _substance(report),
            "kg": report.quantity_kg,
        }
    if told["kg"] is not None:
        told["kg"] = kilograms(told["kg"])
    return told


def _substance(row: Incident | SuspiciousReport) -> tuple[str, str]:
    return substance_key(row.substance, row.cas_number, row.substance_name), row.substance_name


@page(Permission.CASE_READ)
def show_consignees(request: HttpRequest) -> HttpResponse:
    """Shows who receives in two notices or more from different exporters, or different substances.

    View permission: ``case.read``; only cases that the officer may read are looked through.
    """
    officer, chosen = officer_of(request), chosen_of(request.GET)
    found, is_more = repeated_consignees(officer, chosen.wanted)
    names = substances_of(officer)
    doubled = doubled_for(officer, [notice for one in found for notice in one.notices])
    cells = [notice_cells(one.notices, doubled) for one in found]
    cases = {row["case"].pk: row["case"] for rows in cells for row in rows}
    shown = {
        "chosen": chosen.values,
        "choices": choices_for(officer),
        "found": [
            {
                "one": one,
                "substances": [names.get(key, key) for key in one.substances],
                "notices": rows,
            }
            for one, rows in zip(found, cells, strict=True)
        ],
        "is_more": is_more,
        "handling_marks": max(highest_handling(cases.values()).values(), default=""),
    }
    return show(request, "desk/drugs/consignees.html", shown)
