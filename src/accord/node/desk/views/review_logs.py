"""The reviewer's check of every log in one click, and each log as a file to take along."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accord.channel.fingerprint import fingerprint_words
from accord.courier.models import Direction
from accord.exchange.errors import NotFound
from accord.node.desk.kept_words import is_by_script
from accord.node.desk.log_words import fault_words
from accord.node.desk.page import officer_of, page, show
from accord.officers.permissions import Permission
from accord.oversight.log_checks import FoundLog, advance, begin_check, export_log, last_run, logs_to_check
from accord.parties.models import Party

__all__ = ["check_on", "download_log", "show_logs"]

OF: Final = {"ours": Direction.OUT, "theirs": Direction.IN}


@page(Permission.RECORD_READ, methods=("GET", "POST"))
def show_logs(request: HttpRequest) -> HttpResponse:
    """Shows what the last check of the logs found; begins a new one, which reads for a moment before it answers.

    View permission: ``record.read``.
    """
    officer = officer_of(request)
    if request.method == "POST":
        run = begin_check(officer)
        if run is not None:
            advance(officer, run)
        return redirect(reverse("desk:review-logs"))
    logs = [(log, "ours" if log.direction == Direction.OUT else "theirs") for log in logs_to_check(officer)]
    shown = {**_found(last_run(officer)), "logs": logs, "roots": _roots()}
    return show(request, "desk/review_logs.html", shown)


@page(Permission.RECORD_READ, methods=("POST",))
def check_on(request: HttpRequest, key: UUID) -> HttpResponse:
    """Reads on for a moment and shows how far the check is.

    View permission: ``record.read``.
    """
    found = advance(officer_of(request), key)
    if not found:
        raise NotFound("There is no such check.")
    if not is_by_script(request):
        return redirect(reverse("desk:review-logs"))
    return show(request, "desk/_log_checks.html", _found(found))


@page(Permission.RECORD_READ)
def download_log(request: HttpRequest, peer: str, of: str) -> HttpResponseBase:
    """Gives one whole log as a file for ``accord verify --log``; the export is noted as an act.

    View permission: ``record.read``.
    """
    if of not in OF:
        raise NotFound("There is no such log.")
    pieces = export_log(officer_of(request), peer, OF[of])
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="accord-{of}-{peer}.log"'
    return response


def _found(found: list[FoundLog]) -> dict[str, Any]:  # Any: what templates take
    is_running = any(one.check.state == "running" for one in found)
    return {
        "found": [_row(one) for one in found],
        "is_running": is_running,
        "run": found[0].check.run if found else None,
        "begun": found[0].check if found else None,
        "fails": sum(one.check.state == "fails" for one in found),
    }


def _row(one: FoundLog) -> dict[str, Any]:  # Any: what templates take
    done = one.progress
    reason, detail = fault_words(done.fault) if done.fault is not None else ("", "")
    return {
        "log": one,
        "done": done,
        "signed_at": _moment(done.head_time_ms),
        "cosigned_at": _moment(done.receipt_time_ms),
        "reason": reason,
        "detail": detail,
        "english": done.fault.sentence if done.fault is not None else "",
        "root": done.receipted_root.hex(),
    }


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _roots() -> list[tuple[str, str]]:
    rows = Party.objects.filter(root_public__isnull=False).order_by("code").values_list("code", "root_public")
    return [(code, " ".join(fingerprint_words(bytes(root)))) for code, root in rows if root is not None]
