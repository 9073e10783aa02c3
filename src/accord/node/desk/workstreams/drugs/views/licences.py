"""Licences on file: which company may have which substance, until when; brought as a table that is looked at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.screening_rows import substance_labels
from accord.node.tables import whole as whole_table
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.licences.keeping import Imported, import_licences, remove_licence, restore_licence
from accord.workstreams.drugs.licences.rows import LICENCE_COLUMNS, write_licences
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.models import Licence

__all__ = ["act_on_licences", "download_licences", "licence_row", "show_licences"]

TABLE_BYTES_MAX: Final = 2 * 1024 * 1024
"""A table that is looked at first comes twice, the second time in the form: some 20,000 licences."""

ROWS: Final = 200
REFUSED_SHOWN: Final = 50
SOON: Final = timedelta(days=30)
"""So long before its last day a licence is marked: a renewal takes weeks."""

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {"file": ("file", gettext_lazy("Table of licences"))}


@dataclass(frozen=True, kw_only=True)
class LicenceRow:
    """A licence as it is shown.

    Args:
        licence: The licence.
        state: ``good``, ``soon``, ``over``, ``later`` or ``out``.
        substances: Names of the substances that it covers.
    """

    licence: Licence
    state: str
    substances: Sequence[str]


def licence_row(licence: Licence, labels: Mapping[str, str], today: date) -> LicenceRow:
    """Returns a licence as it is shown.

    Args:
        licence: The licence.
        labels: The name of each substance by its code.
        today: The day.
    """
    return LicenceRow(
        licence=licence,
        state=_state(licence, today),
        substances=[labels.get(code, code) for code in licence.substances],
    )


def _state(licence: Licence, today: date) -> str:
    if licence.removed_at is not None:
        return "out"
    if licence.valid_to is not None and licence.valid_to < today:
        return "over"
    if licence.valid_from is not None and licence.valid_from > today:
        return "later"
    return "soon" if licence.valid_to is not None and licence.valid_to - today <= SOON else "good"


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_licences(request: HttpRequest) -> HttpResponse:
    """Lists the licences on file, and shows what a table would change before it is taken in.

    View permission: ``case.read``; to look at a table needs ``message.draft``, which the service asks for.
    """
    if request.method == "POST":
        try:
            text = _given(request)
            return _shown(request, text=text, found=_tried(officer_of(request), text))
        except AccordError as refused:
            return _shown(request, error=refused)
    return _shown(request)


def _given(request: HttpRequest) -> str:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise ScreeningRefused(
            "No table was chosen.",
            code="drugs.licences-no-file",
            next_step="Choose the file, then press the button again.",
            fields={"field": "file"},
        )
    if (given.size or 0) > TABLE_BYTES_MAX:
        raise ScreeningRefused(
            "The table is larger than 2 MB.",
            code="drugs.licences-too-large",
            next_step="Split it, give each part the header, and bring one part after the other.",
            fields={"field": "file"},
        )
    try:
        return str(given.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ScreeningRefused(
            "The table is not in UTF-8.",
            code="drugs.licences-unreadable",
            next_step="Save it as CSV in UTF-8.",
            fields={"field": "file"},
        ) from error


def _tried(officer: Officer, text: str) -> Imported:
    """Takes the table in and lets all of it go again: what is shown is what would happen."""
    with transaction.atomic():
        found = import_licences(officer, text.encode())
        transaction.set_rollback(True)
    return found


def _shown(
    request: HttpRequest, *, text: str = "", found: Imported | None = None, error: AccordError | None = None
) -> HttpResponse:
    officer, today, labels = officer_of(request), timezone.now().date(), substance_labels()
    after = whole(request.GET.get("after", "")) or 0
    licences = list(Licence.objects.filter(pk__gt=after).select_related("kept_by").order_by("pk")[: ROWS + 1])
    shown = {
        "rows": [licence_row(one, labels, today) for one in licences[:ROWS]],
        "next": f"?after={licences[ROWS - 1].pk}" if len(licences) > ROWS else "",
        "first": request.path,
        "is_later_page": bool(after),
        "columns": LICENCE_COLUMNS,
        "text": text,
        "found": found,
        "refused": found.refused[:REFUSED_SHOWN] if found is not None else [],
        "may_work": officer.may(Permission.MESSAGE_DRAFT),
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/drugs/licences.html", shown, status=error.http_status if error else 200)


@page(Permission.CASE_READ, methods=("POST",))
def act_on_licences(request: HttpRequest) -> HttpResponse:
    """Takes a table of licences in, takes a licence out, or puts it back.

    View permission: ``case.read``; each act's service asks for ``message.draft``.
    """
    officer = officer_of(request)
    try:
        act_once(request, lambda: _do(officer, request.POST))
    except AccordError as refused:
        return _shown(request, error=refused)
    return redirect("desk:drugs-licences")


def _do(officer: Officer, posted: QueryDict) -> str:
    act = posted.get("act", "")
    if act == "import":
        made = import_licences(officer, posted.get("table", "").encode())
        counts = {"added": made.added, "changed": made.changed, "refused": len(made.refused)}
        return _("On file: %(added)s new, %(changed)s changed, %(refused)s rows refused.") % counts
    licence = Licence.objects.filter(pk=whole(posted.get("licence", "")) or 0).first()
    if licence is None:
        raise NotFound("There is no such licence.")
    if act == "remove":
        remove_licence(officer, licence)
        return _("Taken out. It counts no more, and can be put back.")
    if act == "restore":
        restore_licence(officer, licence)
        return _("Put back. It counts again.")
    raise NotFound("There is no such act.")


@page(Permission.CASE_READ)
def download_licences(request: HttpRequest) -> HttpResponse:
    """Hands out the licences that count, as a table that can be brought in again; it is noted.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    found = whole_table(Licence.objects.filter(removed_at=None))
    note(officer, "export licences", officer, detail={"rows": len(found)})
    response = HttpResponse(write_licences(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="licences.csv"'
    return response
