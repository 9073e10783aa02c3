"""Screenings: the list with the form that brings a manifest, how far each is, and the tables to take along."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django.contrib import messages as notes
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.inspection import ATTACHMENT_BYTES_MAX
from accord.node.desk.numbers import whole as as_whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.said import said
from accord.node.desk.workstreams.drugs.screening_rows import (
    GOING_ON,
    PAPERS,
    SCREENING_STATES,
    FlagRow,
    flag_rows,
    progress_of,
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
    earlier: Screening | None = None
    if request.method == "POST":
        made: Screening | None = None
        try:
            given = _given(request)
            if officer.may(Permission.MESSAGE_DRAFT) and request.POST.get("again") != "yes":
                earlier = _screened_before(officer, given)
            if earlier is None:
                made = screen_file(officer, cast("BinaryIO", given.file), name=str(given.name or ""))
        except AccordError as refused:
            error = refused
        if made is not None:
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
        "progress": {one.pk: progress_of(one, timezone.now()) for one in found[:ROWS]},
        "papers": PAPERS,
        "may_work": officer.may(Permission.MESSAGE_DRAFT),
        "accept": ACCEPTED,
        "columns": [(name, called) for name, called in {**COLUMNS, **KEPT}.items()],
        "earlier": earlier,
        "error": error,
        "error_names": {"file": ("file", _("Manifest"))},
    }
    return show(
        request, "desk/drugs/screening/list.html", shown, status=error.http_status if error else 409 if earlier else 200
    )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such screening.") from error


def _given(request: HttpRequest) -> "UploadedFile[Any]":
    given = request.FILES.get("file")
    if isinstance(given, UploadedFile):
        return given
    # A file that grows past the limit is not kept; the form that bore it has said how long it is.
    length = as_whole(str(request.META.get("CONTENT_LENGTH") or "")) or 0
    if length > ATTACHMENT_BYTES_MAX:
        raise ManifestUnreadable(
            "The file is larger than 50 MB.",
            code="drugs.manifest-too-large",
            next_step="Compress it with gzip, or cut it into parts, each with the first line.",
            fields={"field": "file"},
        )
    raise ManifestUnreadable(
        "No file came.",
        code="drugs.no-manifest",
        next_step="Choose a file of at most 50 MB, then bring it.",
        fields={"field": "file"},
    )


def _screened_before(officer: Officer, given: "UploadedFile[Any]") -> Screening | None:
    """Returns the last screening of the same file that the officer reads; nothing where it goes nowhere any more."""
    file = cast("io.BytesIO", given.file)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").digest()
    file.seek(0)
    same = screenings_for(officer).filter(sha256=digest).select_related("asked_by")
    return same.filter(Q(state=Screening.State.DONE) | Q(root__isnull=False)).order_by("-pk").first()


@page(Permission.CASE_READ)
def show_progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Says how far a screening is: a part of its page, which asks for it by itself while it goes on.

    A page without a flag is shown anew as soon as there is something else to say; one with flags stays as it is, since
    an officer may be at work on it, and says above them that it is older. ``was`` and ``seen`` are the state and the
    number of flags of the page that asks; ``in=list`` asks for a row of the list.

    View permission: ``case.read``.
    """
    screening, is_of_list = found_screening(officer_of(request), key), request.GET.get("in") == "list"
    is_going_on, was = screening.state in GOING_ON, request.GET.get("was", screening.state)
    seen = as_whole(request.GET.get("seen", ""), 9) or 0
    shown = {
        "screening": screening,
        "state": SCREENING_STATES[screening.state],
        "progress": progress_of(screening, timezone.now()),
        "is_of_list": is_of_list,
        "is_going_on": is_going_on,
        "is_over": not is_going_on,
        "is_news": was != screening.state,
        "seen": seen,
    }
    status = 200 if is_going_on else STOP_POLLING
    answer = show(request, "desk/drugs/screening/_news.html", shown, status=status)
    if not is_of_list and not seen and (was != screening.state or screening.flagged):
        answer["HX-Redirect"] = reverse("desk:drugs-screening", args=[key])
    return answer


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
