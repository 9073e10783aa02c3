"""Incidents and suspicious transactions: a list of each, with its filters, and a table of it to take along."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.exchange.waiting import highest_handling
from accord.node.desk.case_filters import plain_words
from accord.node.desk.figures import month_of
from accord.node.desk.numbers import whole as whole_number
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.flow_filters import SIDES
from accord.node.desk.workstreams.drugs.report_rows import ReportShown, reports_shown, unsent_shown
from accord.node.tables import table_response, whole
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.flows.consignments import Wanted
from accord.workstreams.drugs.kinds import DRUG_INCIDENT, SUSPICIOUS_TRANSACTION
from accord.workstreams.drugs.models import Incident, SuspiciousReport
from accord.workstreams.drugs.notices.told import incidents_told, months_of, reports_told, substances_in, unsent

__all__ = ["download_incidents", "download_suspicions", "show_incidents", "show_suspicions"]

ROWS: Final = 50
DRAFTS: Final = 20

# Any: lazy translations.
COLUMNS: Final[tuple[Any, ...]] = (
    gettext_lazy("Our reference"),
    gettext_lazy("Told by"),
    gettext_lazy("With"),
    gettext_lazy("What happened"),
    gettext_lazy("Day"),
    gettext_lazy("Substance"),
    gettext_lazy("CAS number"),
    gettext_lazy("Quantity, kg"),
    gettext_lazy("How it was identified, or whether it took place"),
    gettext_lazy("Country"),
    gettext_lazy("Place"),
    gettext_lazy("Sent"),
    gettext_lazy("State"),
)
"""Columns of the table to take along."""


@dataclass(frozen=True, kw_only=True)
class _List:
    """One of the two lists.

    Args:
        here: Name of its page, behind ``drugs-``.
        kind: Kind of its messages.
        name: Its name.
        says: What it lists, in a sentence.
        writes: The button that begins such a message.
        none_yet: The head of an empty list.
        none_like: The head of a list that a filter leaves empty.
        model: Its rows.
        day: The column that has the day.
        rows: The rows that an officer may read and asks for.
    """

    here: str
    kind: str
    name: Any  # Any: lazy translations, as below
    says: Any
    writes: Any
    none_yet: Any
    none_like: Any
    model: type[Incident | SuspiciousReport]
    day: str
    rows: Callable[[Officer, Wanted], QuerySet[Any]]  # Any: rows of either model


_INCIDENTS: Final = _List(
    here="incidents",
    kind=DRUG_INCIDENT,
    name=gettext_lazy("Incidents"),
    says=gettext_lazy("What was seized, stopped, stolen or found: what we told the other side, and what it told us."),
    writes=gettext_lazy("Report an incident"),
    none_yet=gettext_lazy("There are no incidents yet"),
    none_like=gettext_lazy("No incident is like this"),
    model=Incident,
    day="happened_on",
    rows=incidents_told,
)
_SUSPICIONS: Final = _List(
    here="suspicions",
    kind=SUSPICIOUS_TRANSACTION,
    name=gettext_lazy("Suspicious transactions"),
    says=gettext_lazy(
        "Transactions in precursors that looked suspicious. Who reported one is not listed, and is not to be told."
    ),
    writes=gettext_lazy("Report a transaction"),
    none_yet=gettext_lazy("There are no suspicious transactions yet"),
    none_like=gettext_lazy("No suspicious transaction is like this"),
    model=SuspiciousReport,
    day="transaction_on",
    rows=reports_told,
)


@page(Permission.CASE_READ)
def show_incidents(request: HttpRequest) -> HttpResponse:
    """Lists the incidents that the officer may read, sent, received and being written.

    View permission: ``case.read``.
    """
    return _show(request, _INCIDENTS)


@page(Permission.CASE_READ)
def show_suspicions(request: HttpRequest) -> HttpResponse:
    """Lists the suspicious transactions that the officer may read, sent, received and being written.

    View permission: ``case.read``.
    """
    return _show(request, _SUSPICIONS)


@page(Permission.CASE_READ)
def download_incidents(request: HttpRequest) -> HttpResponse:
    """Gives the filtered list of incidents as a table; the export is noted as an act.

    View permission: ``case.read``.
    """
    return _download(request, _INCIDENTS)


@page(Permission.CASE_READ)
def download_suspicions(request: HttpRequest) -> HttpResponse:
    """Gives the filtered list of suspicious transactions as a table; the export is noted as an act.

    View permission: ``case.read``.
    """
    return _download(request, _SUSPICIONS)


def _chosen(asked: QueryDict) -> dict[str, str]:
    """Returns the filters of an address that are understood, by name."""
    given = {name: plain_words(asked.get(name, "")) for name in ("month", "side")}
    # The name of a substance may be as long as a message states it.
    given["substance"] = "".join(sign for sign in asked.get("substance", "")[:200] if sign.isprintable())
    if given["side"] not in SIDES:
        given["side"] = ""
    if _first_day(given["month"]) is None:
        given["month"] = ""
    return {name: value for name, value in given.items() if value}


def _first_day(month: str) -> date | None:
    try:
        return date.fromisoformat(f"{month}-01") if len(month) == len("2026-11") else None
    except ValueError:
        return None


def _wanted(chosen: Mapping[str, str]) -> Wanted:
    since = _first_day(chosen.get("month", ""))
    return Wanted(
        substance=chosen.get("substance", ""),
        is_ours=SIDES.get(chosen.get("side", "")),
        since=since,
        until=since.replace(day=monthrange(since.year, since.month)[1]) if since is not None else None,
    )


def _show(request: HttpRequest, which: _List) -> HttpResponse:
    officer, chosen = officer_of(request), _chosen(request.GET)
    start = min(max(whole_number(request.GET.get("from", "")) or 0, 0), 1_000_000)
    found = list(which.rows(officer, _wanted(chosen))[start : start + ROWS + 1])
    # What a draft will say at last is not known: it stands above the list while no filter asks for something told.
    drafts = [] if start or chosen.keys() - {"side"} or chosen.get("side") == "theirs" else _drafts(officer, which)
    rows = reports_shown(found[:ROWS])
    name = f"desk:drugs-{which.here}"
    shown = {
        "here": which.here,
        "kind": which.kind,
        "name": which.name,
        "says": which.says,
        "writes": which.writes,
        "none_yet": which.none_yet,
        "none_like": which.none_like,
        "has_place": which.model is Incident,
        "drafts": drafts,
        "rows": rows,
        "chosen": chosen,
        "has_filter": bool(chosen),
        "substances": sorted(substances_in(which.rows(officer, Wanted())).items(), key=lambda one: one[1].casefold()),
        "months": [(f"{one:%Y-%m}", month_of(one)) for one in months_of(officer, which.model, which.day)],
        "export": f"{reverse(f'{name}-export')}?{urlencode(chosen)}",
        "first": f"?{urlencode(chosen)}",
        "next": f"?{urlencode({**chosen, 'from': start + ROWS})}" if len(found) > ROWS else "",
        "is_later_page": start > 0,
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
        "handling_marks": max(highest_handling([one.case for one in (*rows, *drafts)]).values(), default=""),
    }
    return show(request, "desk/drugs/reports.html", shown)


def _drafts(officer: Officer, which: _List) -> list[ReportShown]:
    return unsent_shown(officer, unsent(officer, which.kind)[:DRAFTS])


def _download(request: HttpRequest, which: _List) -> HttpResponse:
    officer = officer_of(request)
    found = whole(which.rows(officer, _wanted(_chosen(request.GET))))
    note(officer, f"export {which.here}", officer, detail={"rows": len(found)})
    name = "drug-incidents" if which.model is Incident else "suspicious-transactions"
    return table_response(
        COLUMNS, map(_cells, reports_shown(found)), name=f"{name}-{timezone.now():%Y-%m-%d}", mark=True
    )


def _cells(shown: ReportShown) -> tuple[object, ...]:
    row = shown.row
    if row is None:
        return ()
    incident = row if isinstance(row, Incident) else None
    return (
        row.case.own_ref,
        _("us") if row.is_ours else _("them"),
        row.peer,
        shown.kind,
        shown.on.isoformat() if shown.on else "",
        shown.substance,
        row.cas_number,
        f"{row.quantity_kg.normalize():f}" if row.quantity_kg is not None else "",
        shown.detail,
        incident.place_country if incident else "",
        incident.place_region if incident else "",
        row.sent_at.isoformat(timespec="seconds"),
        shown.state,
    )
