"""Cases: the list with its filters in the address, and a case with everything that happened in it."""

import csv
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages as notes
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.attaching import take_out
from accord.exchange.clocks import read_clock
from accord.exchange.errors import NotFound
from accord.exchange.models import AgencyInquiry, Attachment, Case, Clock, Message
from accord.exchange.services import (
    ask_agency,
    close_case,
    hand_over,
    messages_of,
    read_case,
    record_reply,
    resume,
    take,
    take_over,
)
from accord.node.api.timelines import timeline_of
from accord.node.desk.looks import note_look
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import principal_parts
from accord.node.desk.said import said
from accord.node.desk.steps import next_step
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.vocabulary.subjects import Theme

__all__ = ["act_on_case", "download", "export_cases", "show_case", "show_cases", "take_one"]

ROWS: Final = 50
EXPORT_ROWS_MAX: Final = 10_000
FILTERS: Final = ("q", "state", "waiting", "peer", "theme", "holder", "side")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula (OWASP, CSV injection)."""


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name].strip()[:80] for name in FILTERS if request.GET.get(name, "").strip()}


def _found(officer: Officer, chosen: dict[str, str]) -> QuerySet[Case]:
    rows = Case.objects.select_related("holder", "peer")
    if words := chosen.get("q"):
        rows = rows.filter(Q(title__icontains=words) | Q(own_ref__icontains=words) | Q(other_ref__icontains=words))
    if state := chosen.get("state"):
        rows = rows.filter(state=state)
    if waiting := chosen.get("waiting"):
        rows = rows.filter(waiting_on=waiting)
    if peer := chosen.get("peer"):
        rows = rows.filter(peer_id=peer)
    if theme := chosen.get("theme"):
        rows = rows.filter(theme=theme)
    if side := chosen.get("side"):
        rows = rows.filter(is_ours=side == "ours")
    if holder := chosen.get("holder"):
        rows = rows.filter(
            {"mine": Q(holder=officer), "nobody": Q(holder=None)}.get(holder, Q(holder__username=holder))
        )
    return rows.order_by("-id")


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_cases(request: HttpRequest) -> HttpResponse:
    """Lists cases, the newest first; filters stand in the address, so that a list can be kept and shared.

    View permission: ``case.read``; taking several needs ``case.take``, which the service asks for.
    """
    officer = officer_of(request)
    if request.method == "POST":
        _take_many(request, officer)
        return redirect(request.get_full_path())
    chosen = _chosen(request)
    rows = _found(officer, chosen)
    after = request.GET.get("after", "")
    page_rows = list((rows.filter(pk__lt=after) if _is_key(after) else rows)[: ROWS + 1])
    shown = {
        "rows": page_rows[:ROWS],
        "next": f"?{urlencode({**chosen, 'after': page_rows[ROWS - 1].pk})}" if len(page_rows) > ROWS else "",
        "chosen": chosen,
        "tags": [
            (f"{_names()[name]}: {value}", f"?{urlencode({k: v for k, v in chosen.items() if k != name})}")
            for name, value in chosen.items()
        ],
        "export": f"{reverse('desk:cases-export')}?{urlencode(chosen)}",
        "themes": [theme.value for theme in Theme],
        "peers": Party.objects.filter(is_self=False).values_list("code", flat=True),
        "may_take": officer.may(Permission.CASE_TAKE),
    }
    return show(request, "desk/cases.html", shown)


def _names() -> dict[str, Any]:
    return {
        "q": gettext_lazy("Words"),
        "state": gettext_lazy("State"),
        "waiting": gettext_lazy("Waiting on"),
        "peer": gettext_lazy("With"),
        "theme": gettext_lazy("Subject"),
        "holder": gettext_lazy("Held by"),
        "side": gettext_lazy("Begun by"),
    }


def _is_key(text: str) -> bool:
    return len(text) == 36 and set(text) <= set("0123456789abcdef-")


def _take_many(request: HttpRequest, officer: Officer) -> None:
    for reference in request.POST.getlist("case")[:ROWS]:
        try:
            take(officer, read_case(officer, reference))
            notes.success(request, _("%(case)s is yours.") % {"case": reference})
        except AccordError as error:
            notes.error(request, f"{reference}: {said(error.sentence)}")


@page(Permission.CASE_READ)
def export_cases(request: HttpRequest) -> HttpResponse:
    """Gives the filtered list as CSV that no spreadsheet takes for formulas.

    View permission: ``case.read``.
    """
    rows = _found(officer_of(request), _chosen(request))[:EXPORT_ROWS_MAX]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="cases-{timezone.now():%Y-%m-%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(["reference", "theirs", "peer", "begun by us", "theme", "title", "state", "waiting on", "holder"])
    for case in rows:
        cells = (
            case.own_ref,
            case.other_ref,
            case.peer_id,
            "yes" if case.is_ours else "no",
            case.theme,
            case.title,
            case.state,
            case.waiting_on,
            case.holder.username if case.holder else "",
        )
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in map(str, cells)])
    return response


@page(Permission.CASE_READ)
def show_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows a case: what was said, what happened, who holds it, and the next step.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    case = read_case(officer, reference)
    note_look(officer, case)
    found = messages_of(officer, case)
    inquiries = list(AgencyInquiry.objects.filter(case=case).order_by("asked_at"))
    parties = (Party.objects.get(is_self=True), case.peer)
    now = timezone.now()
    clocks = {clock.message_id: clock for clock in Clock.objects.filter(message__case=case)}
    readings = {key: read_clock(clock, parties=parties, now=now) for key, clock in clocks.items()}
    open_clock = next((one for one in clocks.values() if one.state != Clock.State.ENDED), None) or next(
        iter(clocks.values()), None
    )
    files: dict[Any, list[Attachment]] = {}
    for attachment in Attachment.objects.filter(message__case=case):
        files.setdefault(attachment.message_id, []).append(attachment)
    handed = [
        {
            "message": message,
            "parts": principal_parts(message.kind, message.fields) if bytes(message.content) else (),
            "clock": clocks.get(message.pk),
            "reading": readings.get(message.pk),
            "files": files.get(message.pk, []),
            "is_open": message.state in {"draft", "submitted", "approved"},
            "may_reply": message.direction == "in" and message.kind == "request",
        }
        for message in found
    ]
    shown = {
        "case": case,
        "messages_shown": handed,
        "moments": timeline_of(case, found, inquiries, shows_content=True),
        "inquiries": inquiries,
        "clock": open_clock,
        "reading": readings.get(open_clock.message_id) if open_clock else None,
        "step": next_step(officer, case, found[-1] if found else None),
        "asked": next((one for one in reversed(found) if one.direction == "in" and one.kind == "request"), None),
        "is_mine": case.holder_id == officer.pk,
        "may_take": officer.may(Permission.CASE_TAKE) and case.state == Case.State.OPEN,
        "may_answer": officer.may(Permission.MESSAGE_ANSWER) and case.state == Case.State.OPEN,
        "colleagues": _colleagues(officer),
        "agencies": parties[0].described.agencies,
        "handling_marks": max((message.handling for message in found), default=""),
    }
    return show(request, "desk/case.html", shown)


def _colleagues(officer: Officer) -> list[Officer]:
    others = Officer.objects.filter(is_system=False).exclude(pk=officer.pk)
    return [one for one in others if one.may(Permission.CASE_TAKE)]


@page(Permission.CASE_TAKE, methods=("POST",))
def take_one(request: HttpRequest, reference: str) -> HttpResponse:
    """Takes a case that nobody holds.

    View permission: ``case.take``.
    """
    officer = officer_of(request)
    case = take(officer, _case(reference))
    notes.success(request, _("The case is yours. Its clock goes on; you answer it, or hand it over."))
    return redirect("desk:case", case.own_ref)


def _case(reference: str) -> Case:
    case = Case.objects.select_related("peer", "holder").filter(own_ref=reference).first()
    if case is None:
        raise NotFound("There is no case with this reference.")
    return case


@page(Permission.CASE_TAKE, methods=("POST",))
def act_on_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Does one act on a case: takes it over, hands it over, asks an agency, records a reply, resumes, closes.

    View permission: ``case.take``; asking and recording need ``message.answer``, which the services ask for.
    """
    officer, case, given = officer_of(request), _case(reference), request.POST
    act = given.get("act", "")
    if act == "take-over":
        take_over(officer, case, reason=given.get("reason", ""))
    elif act == "hand-over":
        colleague = Officer.objects.filter(username=given.get("to", "")).first()
        hand_over(officer, case, to=colleague or Officer(is_active=False), reason=given.get("reason", ""))
    elif act == "ask":
        ask_agency(officer, case, agency=given.get("agency", ""), question=given.get("question", ""))
    elif act == "reply":
        inquiry = AgencyInquiry.objects.get(pk=given.get("inquiry", ""), case=case)
        record_reply(officer, inquiry, text=given.get("text", ""), holds_information=given.get("holds") == "yes")
    elif act == "resume":
        resume(officer, Message.objects.get(pk=given.get("message", ""), case=case))
    elif act == "close":
        close_case(officer, case, outcome=given.get("outcome") or None)
    else:
        raise NotFound("There is no such act.")
    notes.success(request, _("Done. It stands in the case's timeline."))
    return redirect("desk:case", case.own_ref)


@page(Permission.CASE_READ)
def download(request: HttpRequest, reference: str, key: UUID) -> FileResponse:
    """Hands out a file of a case: always as a download, never shown inside a page.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    case = read_case(officer, reference)
    attachment = Attachment.objects.filter(pk=key, message__case=case).first()
    if attachment is None:
        raise NotFound("There is no such file in this case.")
    response = FileResponse(take_out(officer, attachment), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
    return response
