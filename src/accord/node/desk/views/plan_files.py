"""The workplan taken out as a file: Word, Excel, PDF, iCalendar, JSON, and the brief as one sheet of PDF."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page
from accord.node.desk.plan_scene import scene_of
from accord.officers.acts import note
from accord.officers.permissions import Permission
from accord.workplan.codes import LANGUAGES
from accord.workplan.content import Plan
from accord.workplan.documents.due_days import calendar_of
from accord.workplan.documents.plain import json_of
from accord.workplan.documents.printed import brief_pdf, plan_pdf
from accord.workplan.documents.word import document_of
from accord.workplan.documents.workbook import workbook_of

__all__ = ["FILES", "download_plan"]

FILES: Final[Mapping[str, tuple[str, Callable[[Plan, str, str], bytes]]]] = {
    "plan.docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda plan, _language, standing: document_of(plan, standing=standing),
    ),
    "plan.xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda plan, _language, standing: workbook_of(plan, standing=standing),
    ),
    "plan.pdf": (
        "application/pdf",
        lambda plan, language, standing: plan_pdf(plan, language=language, standing=standing),
    ),
    "plan.ics": (
        "text/calendar; charset=utf-8",
        lambda plan, language, standing: calendar_of(plan, language=language, at=timezone.now(), standing=standing),
    ),
    "plan.json": ("application/json", lambda plan, _language, _standing: json_of(plan)),
    "brief.pdf": (
        "application/pdf",
        lambda plan, language, standing: brief_pdf(plan, language=language, on=timezone.localdate(), standing=standing),
    ),
}
"""Files by their names: the type, and what makes them of a plan in a language, with the line of its standing."""


@page(Permission.AGREEMENT_READ)
def download_plan(request: HttpRequest, peer: str, name: str) -> HttpResponse:
    """Hands out the plan that is shown as a file.

    View permission: ``agreement.read``.
    """
    scene = scene_of(request, peer)
    found = FILES.get(name)
    if found is None or scene.plan is None:
        raise NotFound("There is no such file.")
    asked = request.GET.get("in", "")
    language = asked if asked in set(LANGUAGES) else (get_language() or "en")[:2]
    kind, make = found
    target = scene.text if scene.text is not None else scene.draft
    if target is not None:
        note(officer_of(request), "export plan", target, detail={"file": name})
    response = HttpResponse(make(scene.plan, language, scene.standing(language)), content_type=kind)
    # A proposal is named so, where the file lies among others on a disk.
    number = f"-{scene.text.number}" if scene.text is not None else ""
    state = "proposal" if scene.is_proposal else "signed"
    response.headers["Content-Disposition"] = f'attachment; filename="{peer}-{state}{number}-{name}"'
    return response
