"""A table that comes as a file: looked at, and proposed for a second officer.

Nothing is kept of a file before its changes are proposed: it goes back and forth with the page that shows it, and is
read anew when the button is pressed, against the register as it stands then.
"""

from http import HTTPStatus
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.exchange.text import check_written
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.substance_rows import row_changes
from accord.node.desk.workstreams.drugs.substance_words import KINDS
from accord.node.desk.workstreams.drugs.views.substance_proposing import said_proposed
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.officers.registers import register_deciders
from accord.workstreams.drugs.models import SubstanceProposal
from accord.workstreams.drugs.substances.book import table_in_force
from accord.workstreams.drugs.substances.csv_rows import FILE_BYTES_MAX, read_csv
from accord.workstreams.drugs.substances.errors import RowRefused, TableDamaged
from accord.workstreams.drugs.substances.previewing import ImportPreview, preview
from accord.workstreams.drugs.substances.proposing import propose_changes, waiting_rows

__all__ = ["import_rows"]

SHOWN_MAX: Final = 100
"""Rows of a preview that are shown; of more the first, with how many there are."""


@page(Permission.REGISTER_PROPOSE, methods=("GET", "POST"))
def import_rows(request: HttpRequest) -> HttpResponse:
    """Asks for a file, shows what it would change, and proposes that.

    View permission: ``register.propose``.
    """
    if request.method != "POST":
        return _shown(request, None, "", "", None)
    officer, posted, name, content = officer_of(request), request.POST, "", ""
    found: ImportPreview | None = None
    made: list[SubstanceProposal] = []
    try:
        name, content = _given(request)
        found = preview(read_csv(content), table_in_force(), waiting=waiting_rows())
        if posted.get("act") == "propose":
            looked_at = found
            do_once(officer, posted, lambda: made.append(_propose(officer, looked_at, posted.get("why", ""), name)))
            if not made:
                return redirect("desk:drugs-substances")
            said_proposed(request, made[0])
            return redirect("desk:drugs-substance-proposal", made[0].pk)
    except AccordError as error:
        return _shown(request, found, name, content, error)
    return _shown(request, found, name, content, None)


def _given(request: HttpRequest) -> tuple[str, str]:
    if "content" in request.POST:
        return request.POST.get("name", "")[:200], request.POST["content"]
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise TableDamaged(
            "No file was chosen.",
            code="drugs.substance-no-file",
            next_step="Choose the table, then press the button.",
            fields={"field": "file"},
        )
    data = given.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise TableDamaged(
            f"The file is larger than {FILE_BYTES_MAX // 1024 // 1024} MiB.",
            next_step="Bring it in parts.",
            fields={"field": "file"},
        )
    read_csv(data)
    return str(given.name or "")[:200], data.decode("utf-8").removeprefix("\ufeff")


def _propose(officer: Officer, found: ImportPreview, why: str, name: str) -> SubstanceProposal:
    if found.contradiction is not None:
        raise found.contradiction
    if found.bad:
        raise RowRefused(
            "Some rows cannot be proposed.",
            code="drugs.substance-bad-rows",
            next_step="Mend the rows that are named in the file, and choose it again.",
        )
    if why.strip():
        check_written({"why": why})
    return propose_changes(officer, found.changes, why=why, file_name=name)


def _shown(
    request: HttpRequest, found: ImportPreview | None, name: str, content: str, error: AccordError | None
) -> HttpResponse:
    shown = {
        "found": found,
        "kind_words": KINDS[found.kind] if found is not None else "",
        "rows": [
            {"row": one, "changes": row_changes(one.before, one.after)}
            for one in (found.changed[:SHOWN_MAX] if found is not None else ())
        ],
        "hidden": max(len(found.changed) - SHOWN_MAX, 0) if found is not None else 0,
        "missing": ", ".join(found.missing) if found is not None else "",
        "name": name,
        "content": content,
        "why": request.POST.get("why", ""),
        "limit_mb": FILE_BYTES_MAX // 1024 // 1024,
        "is_alone": not register_deciders(),
        "error": error,
        "error_names": {"file": ("file", _("File")), "why": ("why", _("Why, for the record"))},
    }
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/drugs/substances/import.html", shown, status=status)
