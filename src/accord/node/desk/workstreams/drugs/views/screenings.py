"""Screenings: the list with the form that brings a manifest, how far each is, and the tables to take along."""

from collections.abc import Iterator
from typing import BinaryIO, Final, cast
from uuid import UUID

from django.contrib import messages as notes
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.said import said
from accord.node.desk.workstreams.drugs.screening_rows import (
    PAPERS,
    SCREENING_STATES,
    FlagRow,
    flag_rows,
    substance_labels,
    with_counts,
)
from accord.node.tables import table_response, whole
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.manifests.keeping import screen_file
from accord.workstreams.drugs.manifests.reach import flags_for, screenings_for
from accord.workstreams.drugs.models import Flag, Screening
from accord.workstreams.drugs.screening.columns import COLUMNS, KEPT
from accord.workstreams.drugs.screening.errors import ManifestUnreadable

__all__ = [
    "count_flags",
    "download_flags",
    "download_refused",
    "found_screening",
    "show_progress",
    "show_screenings",
]

ROWS: Final = 50
"""Screenings of one page; older ones stand on the next."""

ACCEPTED: Final = ".csv,.txt,.tsv,.gz,.xlsx,.parquet,text/csv"

STOP_POLLING: Final = 286
"""Status by which the page is told to ask no more (htmx)."""

_OVER: Final = frozenset({Screening.State.DONE, Screening.State.FAILED, Screening.State.STOPPED})


def count_flags(officer: Officer) -> int:
    """Returns how many flags an officer could look at of which nobody has said anything."""
    return flags_for(officer).filter(mark=Flag.Mark.NONE, followed_at=None).count()


def found_screening(officer: Officer, key: UUID) -> Screening:
    """Returns a screening that an officer reads, with its counts.

    Raises:
        NotFound: There is none, or it is not the officer's to read.
    """
    found = with_counts(screenings_for(officer)).filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such screening.")
    return found


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_screenings(request: HttpRequest) -> HttpResponse:
    """Lists the screenings, and takes a manifest in.

    View permission: ``case.read``; to bring a manifest needs ``message.draft``, which its service asks for.
    """
    officer, error = officer_of(request), None
    if request.method == "POST":
        try:
            made = _brought(request, officer)
        except AccordError as refused:
            error = refused
        else:
            notes.success(request, _("%(name)s is here, sealed, and is screened now.") % {"name": made.name})
            return redirect("desk:drugs-screening", made.pk)
    before = request.GET.get("before", "")
    rows = with_counts(screenings_for(officer)).order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=_key(before))
    found = list(rows[: ROWS + 1])
    shown = {
        "screenings": found[:ROWS],
        "next": f"?before={found[ROWS - 1].pk}" if len(found) > ROWS else "",
        "is_later_page": bool(before),
        "first": request.path,
        "states": SCREENING_STATES,
        "papers": PAPERS,
        "may_work": officer.may(Permission.MESSAGE_DRAFT),
        "accept": ACCEPTED,
        "columns": [(name, called) for name, called in {**COLUMNS, **KEPT}.items()],
        "error": error,
        "error_names": {"file": ("file", _("Manifest"))},
    }
    return show(request, "desk/drugs/screening/list.html", shown, status=error.http_status if error else 200)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such screening.") from error


def _brought(request: HttpRequest, officer: Officer) -> Screening:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise ManifestUnreadable(
            "No file came, or it is larger than 50 MB.",
            code="drugs.no-manifest",
            next_step="Choose a file of at most 50 MB; a larger CSV fits when it is compressed with gzip.",
            fields={"field": "file"},
        )
    return screen_file(officer, cast("BinaryIO", given.file), name=str(given.name or ""))


@page(Permission.CASE_READ)
def show_progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Says how far a screening is: a part of its page, which asks for it by itself while it goes on.

    View permission: ``case.read``.
    """
    screening = found_screening(officer_of(request), key)
    shown = {"screening": screening, "state": SCREENING_STATES[screening.state]}
    is_over = screening.state in _OVER
    return show(request, "desk/drugs/screening/_progress.html", shown, status=STOP_POLLING if is_over else 200)


@page(Permission.CASE_READ)
def download_flags(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hands out the flags of a screening as a table, with the reasons in the reader's language; it is noted.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    screening = found_screening(officer, key)
    found = whole(screening.flags.select_related("screening", "marked_by"))
    note(officer, "export flags", screening, detail={"rows": len(found)})
    header = (
        *("line", "reference", "score", "substances", "rules", "why", "cost_of_an_error", "description"),
        *("state", "mark", "mark_reason", "marked_by", "marked_at"),
        *(name for name in (*COLUMNS, *KEPT) if name not in {"reference", "description"}),
    )
    labels = substance_labels()
    return table_response(
        header, map(_cells, flag_rows(found, labels)), name=f"flags-{screening.pk.hex[-8:]}", mark=True
    )


def _cells(row: FlagRow) -> list[object]:
    flag = row.flag
    papers = [flag.papers.get(name, "") for name in (*COLUMNS, *KEPT) if name not in {"reference", "description"}]
    return [
        flag.line,
        flag.reference,
        flag.score,
        list(row.substances),
        [one.code for one in row.reasons],
        " ".join(one.sentence for one in row.reasons),
        str(row.main.cost),
        flag.description,
        flag.state,
        flag.mark,
        flag.mark_reason,
        str(flag.marked_by or ""),
        flag.marked_at.isoformat() if flag.marked_at else "",
        *papers,
    ]


@page(Permission.CASE_READ)
def download_refused(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hands out the lines and values that could not be read, each with line, column, value and mend; it is noted.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    screening = found_screening(officer, key)
    note(
        officer, "export refused lines", screening, detail={"rows": screening.refused + screening.unread_values.count()}
    )
    header = ("line", "column", "value", "mend", "screened")
    return table_response(header, _refused(screening), name=f"refused-{screening.pk.hex[-8:]}", mark=True)


def _refused(screening: Screening) -> Iterator[tuple[object, ...]]:
    for one in screening.refused_lines.iterator():
        yield one.line, one.column, one.value, said(one.mend), _("no")
    for value in screening.unread_values.iterator():
        yield value.line, value.column, value.value, said(value.mend), _("without this value")
