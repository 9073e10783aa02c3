"""The year at the reviewer's desk: statistics that may be published, and the record of what left, to print or take."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accord.exchange.errors import NotFound
from accord.node.desk.code_words import choice_label
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.use_words import PERMITTED
from accord.node.tables import table_response, whole
from accord.node.workbooks import workbook_response
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.oversight.statistics import (
    COLUMNS,
    FIRST_YEAR,
    Disclosure,
    StatisticsTable,
    disclosure_of,
    disclosures,
    peers_of,
    use_disclosed,
    uses_outward,
    year_statistics,
)
from accord.vocabulary.uses import UseCode

__all__ = ["download_year", "show_year"]

KEPT_BACK: Final = "x"
"""What stands in a cell that is kept back; the page says what it means."""

# Any: lazy translations.
TITLES: Final[Mapping[str, Any]] = {
    "received": gettext_lazy("Requests that we received"),
    "received-urgency": gettext_lazy("Requests that we received, by urgency"),
    "sent": gettext_lazy("Requests that we sent"),
    "sent-urgency": gettext_lazy("Requests that we sent, by urgency"),
    "refusals": gettext_lazy("Refusals, by ground"),
    "delays": gettext_lazy("Delays, by reason"),
}
FIELDS: Final = {
    "received": "theme",
    "received-urgency": "urgency",
    "sent": "theme",
    "sent-urgency": "urgency",
    "refusals": "ground",
    "delays": "reason",
}
WORDS: Final[Mapping[str, Any]] = {
    "in-time": pgettext_lazy("statistics", "Answered in time"),
    "late": pgettext_lazy("statistics", "Answered late"),
    "withdrawn": pgettext_lazy("statistics", "Withdrawn or expired"),
    "open": pgettext_lazy("statistics", "Still open"),
    "by-us": pgettext_lazy("statistics", "By us"),
    "by-them": pgettext_lazy("statistics", "By them"),
}
RECORD: Final[Sequence[Any]] = (
    gettext_lazy("Decision"),
    gettext_lazy("When"),
    gettext_lazy("Act"),
    gettext_lazy("Whose message"),
    gettext_lazy("Kind"),
    gettext_lazy("What"),
    gettext_lazy("Recipient"),
    gettext_lazy("Authorised by"),
    gettext_lazy("Released or used by"),
    gettext_lazy("The gate said"),
    gettext_lazy("Rules"),
    gettext_lazy("Permission used"),
)


@page(Permission.RECORD_READ)
def show_year(request: HttpRequest) -> HttpResponse:
    """Shows the statistics of a year towards one party as they may be published, to be read or printed.

    View permission: ``record.read``.
    """
    officer, this_year = officer_of(request), timezone.now().year
    peers = peers_of(officer)
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == len(str(FIRST_YEAR)) else this_year
    peer = request.GET.get("peer", peers[0] if peers else "")
    shown: dict[str, Any] = {
        "years": range(this_year, FIRST_YEAR - 1, -1),
        "year": year,
        "peers": peers,
        "peer": peer,
        "is_over": year < this_year,
        "kept_back": KEPT_BACK,
    }
    if peers:
        tables = year_statistics(officer, year=year, peer=peer)
        shown |= {
            "tables": [_shown(one) for one in tables],
            "disclosed": disclosures(officer, year=year, peer=peer).count(),
            "used": uses_outward(officer, year=year, peer=peer).count(),
        }
    return show(request, "desk/review_year.html", shown)


def _shown(table: StatisticsTable) -> dict[str, Any]:  # Any: what templates take
    return {
        "title": TITLES[table.name],
        "first": _first(table),
        "columns": [WORDS[column] for column in COLUMNS[table.name]],
        "rows": list(zip(_labels(table), table.cells[:-1], strict=True)),
        "totals": table.cells[-1],
    }


def _first(table: StatisticsTable) -> str:
    return {"theme": _("Theme"), "urgency": _("Urgency"), "ground": _("Ground"), "reason": _("Reason")}[
        FIELDS[table.name]
    ]


def _labels(table: StatisticsTable) -> list[Any]:  # Any: words that may hold marked English
    return [choice_label(FIELDS[table.name], code) for code in table.rows]


@page(Permission.RECORD_READ)
def download_year(request: HttpRequest, year: int, peer: str, name: str) -> HttpResponse:
    """Gives the year's statistics or its record of disclosures as a table or as one workbook; it is noted as an act.

    View permission: ``record.read``.
    """
    officer = officer_of(request)
    file = f"accord-{year}-{peer}"
    if name == "statistics.csv":
        rows = list(_long(officer, year, peer))
        _note(officer, name, year, peer, len(rows))
        return table_response(_long_head(), rows, name=f"{file}-statistics", mark=True)
    if name == "record.csv":
        lines = _record(officer, year, peer)
        _note(officer, name, year, peer, len(lines))
        return table_response(RECORD, lines, name=f"{file}-record", mark=True)
    if name == "year.xlsx":
        lines = _record(officer, year, peer)
        _note(officer, name, year, peer, len(lines))
        sheets = [(str(TITLES[one.name]), _sheet(one)) for one in year_statistics(officer, year=year, peer=peer)]
        return workbook_response([*sheets, (_("Record of disclosures"), [[*map(str, RECORD)], *lines])], name=file)
    raise NotFound("There is no such file.")


def _note(officer: Officer, name: str, year: int, peer: str, rows: int) -> None:
    note(officer, "export year", officer, detail={"list": name, "year": year, "party": peer, "rows": rows})


def _long_head() -> list[str]:
    return [_("Table"), _("Row"), _("Column"), _("Count")]


def _long(officer: Officer, year: int, peer: str) -> Iterator[list[object]]:
    total = _("Total")
    for table in year_statistics(officer, year=year, peer=peer):
        columns = [*(str(WORDS[one]) for one in COLUMNS[table.name]), total]
        for label, cells in zip([*map(str, _labels(table)), total], table.cells, strict=True):
            for column, count in zip(columns, cells, strict=True):
                yield [str(TITLES[table.name]), label, column, KEPT_BACK if count is None else count]


def _sheet(table: StatisticsTable) -> list[list[object]]:
    head: list[object] = [_first(table), *(str(WORDS[one]) for one in COLUMNS[table.name]), _("Total")]
    rows = zip([*map(str, _labels(table)), _("Total")], table.cells, strict=True)
    told: list[list[object]] = [
        [label, *(KEPT_BACK if count is None else count for count in cells)] for label, cells in rows
    ]
    return [head, *told]


def _record(officer: Officer, year: int, peer: str) -> list[list[object]]:
    left = map(disclosure_of, whole(disclosures(officer, year=year, peer=peer)))
    used = map(use_disclosed, whole(uses_outward(officer, year=year, peer=peer)))
    return [_line(one) for one in merge(left, used, key=lambda one: one.at)]


def _line(one: Disclosure) -> list[object]:
    return [
        one.number,
        one.at.isoformat(timespec="seconds"),
        str(PERMITTED.get(one.use, one.use)) if one.use else _("Message sent"),
        one.whose,
        str(choice_label("kind", one.kind)),
        one.description,
        _recipient(one),
        one.authorised_by or "",
        one.by or "",
        str(choice_label("decision", one.outcome)),
        "; ".join(one.rules),
        one.permission,
    ]


def _recipient(one: Disclosure) -> str:
    """Returns who got it; of an applicant for access no name is kept but what the officer wrote."""
    named = "" if one.use == UseCode.ACCESS_REQUEST else one.recipient
    return "; ".join(filter(None, (named, one.handed_to))) or _("The applicant")
