"""Meetings: planning one, its page with agenda, papers, decisions and action items, and the calendar to take along."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from icalendar import Calendar, Event

from accord.dialogue.errors import DialogueRefused
from accord.dialogue.meetings import (
    PAPER_BYTES_MAX,
    MeetingPlan,
    add_item,
    add_paper,
    begin_series,
    change_meeting,
    finish_item,
    plan_meeting,
    remove_item,
    settle_meeting,
)
from accord.dialogue.models import Meeting, MeetingItem, MeetingPaper, MeetingSeries
from accord.dialogue.reading import statements_of
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.dialogue_days import near_day, posted_date
from accord.node.desk.meeting_rows import listed_meetings, own_zone
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.statement_rows import pick
from accord.node.desk.views.statements import text_fields, written_texts
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = [
    "LEVELS",
    "act_on_meeting",
    "download_calendar",
    "download_paper",
    "new_meeting",
    "new_series",
    "show_meeting",
]

# Any: lazy translations.
LEVELS: Final[Mapping[str, Any]] = {
    "ministers": pgettext_lazy("level", "ministers"),
    "advisers": pgettext_lazy("level", "national security advisers"),
    "senior-officials": pgettext_lazy("level", "senior officials"),
    "officials": pgettext_lazy("level", "officials"),
    "experts": pgettext_lazy("level", "experts"),
}
NAMES: Final[Mapping[str, Any]] = {
    "names": ("text-en", gettext_lazy("Name of the series")),
    "place": gettext_lazy("Place"),
    "starts_at": gettext_lazy("Begins"),
    "statement": gettext_lazy("Statement"),
    "text": gettext_lazy("Text"),
    "due_on": gettext_lazy("Due on"),
    "paper": gettext_lazy("Paper"),
    "our_chair": gettext_lazy("Chair of our side"),
    "their_chair": gettext_lazy("Chair of the other side"),
    "our_delegation": gettext_lazy("Our delegation"),
    "their_delegation": gettext_lazy("Their delegation"),
}
_WORDS: Final = ("place", "our_chair", "their_chair", "our_delegation", "their_delegation")


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def new_series(request: HttpRequest) -> HttpResponse:
    """Begins a series of meetings.

    View permission: ``agreement.draft``.
    """
    officer, error, given = officer_of(request), None, request.POST
    if request.method == "POST":
        peer, level = given.get("peer", ""), given.get("level", "")
        try:
            act_once(
                request,
                lambda: begin_series(officer, names=written_texts(given), peer=peer, level=level),
                done=_("Done."),
            )
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:dialogue")
    shown = {
        "peers": Party.objects.filter(is_self=False).order_by("code"),
        "levels": LEVELS.items(),
        "fields": text_fields(written_texts(given)),
        "given": given,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/dialogue/series.html", shown, status=error.http_status if error else 200)


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def new_meeting(request: HttpRequest) -> HttpResponse:
    """Plans a meeting of a series.

    View permission: ``agreement.draft``.
    """
    officer, error, given = officer_of(request), None, request.POST
    made: list[Meeting] = []
    if request.method == "POST":
        try:
            plan = _plan(officer, given)
            series = _series(given.get("series", ""))
            act_once(request, lambda: made.append(plan_meeting(officer, series, plan)))
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:meeting", made[0].pk) if made else redirect("desk:dialogue")
    shown = {**_form(officer, given), "all_series": listed_meetings()["series"], "error": error}
    return show(request, "desk/dialogue/new_meeting.html", shown, status=error.http_status if error else 200)


def _form(officer: Officer, given: Mapping[str, Any]) -> dict[str, Any]:
    statements = [(str(one.statement.pk), pick(one.title)[0]) for one in statements_of(officer)]
    return {"given": given, "statements": statements, "error_names": NAMES, "zone": str(own_zone())}


def _series(text: str) -> MeetingSeries:
    found = MeetingSeries.objects.filter(pk=whole(text) or 0).first()
    if found is None:
        raise NotFound("There is no such series.")
    return found


def _plan(officer: Officer, given: QueryDict, meeting: Meeting | None = None) -> MeetingPlan:
    """Returns what a form says of a meeting; a statement that the officer does not see stays with it."""
    try:
        wall = datetime.fromisoformat(given.get("starts_at", ""))
    except ValueError:
        raise DialogueRefused(
            "This is no day and hour.",
            code="dialogue.no-moment",
            next_step="Give the day and the hour at which it begins.",
            fields={"field": "starts_at"},
        ) from None
    near_day(wall, "starts_at")
    starts_at = wall.replace(tzinfo=own_zone())
    seen = {str(one.statement.pk): one.statement for one in statements_of(officer)}
    linked = meeting.statement if meeting is not None else None
    is_hidden = linked is not None and str(linked.pk) not in seen
    statement = linked if is_hidden else seen.get(given.get("statement", ""))
    words = {name: given.get(name, "") for name in _WORDS}
    return MeetingPlan(starts_at=starts_at, statement=statement, **words)


@page(Permission.AGREEMENT_READ)
def show_meeting(request: HttpRequest, number: int) -> HttpResponse:
    """Shows a meeting with its agenda, papers, decisions and action items.

    View permission: ``agreement.read``; the services ask for ``agreement.draft``.
    """
    return _shown(request, _found(number), None)


def _found(number: int) -> Meeting:
    meetings = Meeting.objects.select_related("series", "statement", "changed_by")
    found = meetings.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotFound("There is no such meeting.")
    return found


def _shown(request: HttpRequest, meeting: Meeting, error: AccordError | None) -> HttpResponse:
    officer, given = officer_of(request), request.POST
    items = list(meeting.items.all())
    is_change = given.get("act") == "change"
    kept = {name: getattr(meeting, name) for name in _WORDS} | {
        "starts_at": meeting.starts_at.astimezone(own_zone()).strftime("%Y-%m-%dT%H:%M"),
        "statement": str(meeting.statement_id or ""),
    }
    statement = next((one for one in statements_of(officer) if one.statement.pk == meeting.statement_id), None)
    shown = {
        **_form(officer, given if is_change else kept),
        "meeting": meeting,
        "name": pick(meeting.series.names),
        "level": LEVELS[meeting.series.level],
        "groups": [(sort, [one for one in items if one.sort == sort]) for sort in MeetingItem.Sort.values],
        "papers": meeting.papers.defer("content").select_related("added_by"),
        "statement_title": pick(statement.title) if statement is not None else None,
        "owners": MeetingItem.Owner.values,
        "added": given if given.get("act") == "add" else {},
        "limit": PAPER_BYTES_MAX,
        "today": timezone.now().date(),
        "is_past": meeting.starts_at <= timezone.now(),
        "may_change": officer.may(Permission.AGREEMENT_DRAFT),
        "is_open": is_change,
        "error": error,
    }
    if given.get("act") == "add" and given.get("sort") in MeetingItem.Sort.values:
        shown["error_names"] = {**NAMES, "text": (f"text-{given['sort']}", NAMES["text"])}
    return show(request, "desk/dialogue/meeting.html", shown, status=error.http_status if error else 200)


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def act_on_meeting(request: HttpRequest, number: int) -> HttpResponse:
    """Changes a meeting, records whether it was held, adds or settles an item, or adds a paper.

    View permission: ``agreement.draft``.
    """
    officer, meeting = officer_of(request), _found(number)
    try:
        act_once(request, lambda: _do(request, officer, meeting), done=_("Done."))
    except AccordError as refused:
        return _shown(request, meeting, refused)
    return redirect("desk:meeting", meeting.pk)


def _do(request: HttpRequest, officer: Officer, meeting: Meeting) -> None:
    given = request.POST
    act = given.get("act", "")
    if act == "change":
        change_meeting(officer, meeting, _plan(officer, given, meeting), version=_number(given.get("version", "")))
    elif act in {"held", "cancelled", "planned"}:
        settle_meeting(officer, meeting, act)
    elif act == "add":
        due = given.get("due_on", "")
        add_item(
            officer,
            meeting,
            sort=given.get("sort", ""),
            text=given.get("text", ""),
            owner=given.get("owner", ""),
            due_on=posted_date(due, "due_on") if due else None,
        )
    elif act in {"done", "open", "remove"}:
        item = MeetingItem.objects.filter(meeting=meeting, pk=_number(given.get("item", ""))).first()
        if item is None:
            raise NotFound("There is no such item.")
        if act == "remove":
            remove_item(officer, item)
        else:
            finish_item(officer, item, is_done=act == "done")
    elif act == "paper":
        file = request.FILES.get("paper")
        content = file.read(PAPER_BYTES_MAX + 1) if file is not None else b""
        add_paper(officer, meeting, name=(file.name or "") if file is not None else "", content=content)
    else:
        raise NotFound("There is no such act.")


def _number(text: str) -> int:
    number = whole(text, 9)
    return -1 if number is None else number


@page(Permission.AGREEMENT_READ)
def download_paper(request: HttpRequest, number: int) -> HttpResponse:
    """Hands out a paper as it was handed in; who took it is noted.

    View permission: ``agreement.read``.
    """
    paper = MeetingPaper.objects.filter(pk=number).first() if number < 2**63 else None
    if paper is None:
        raise NotFound("There is no such paper.")
    note(officer_of(request), "take paper", paper, detail={"sha256": bytes(paper.digest).hex()})
    response = HttpResponse(bytes(paper.content), content_type="application/octet-stream")
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_.") else "_" for one in paper.name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain.lstrip(".") or "paper"}"'
    return response


@page(Permission.AGREEMENT_READ)
def download_calendar(request: HttpRequest) -> HttpResponse:
    """Hands out the meetings as an iCalendar: name of the series, time and place, and nothing of what is discussed.

    View permission: ``agreement.read``; with ``peer`` those with that party alone.
    """
    officer = officer_of(request)
    calendar = Calendar()
    calendar.add("prodid", "-//Accord//Dialogue//EN")
    calendar.add("version", "2.0")
    meetings = Meeting.objects.select_related("series")
    peer = request.GET.get("peer", "")
    for meeting in meetings.filter(series__peer_id=peer) if peer else meetings:
        event = Event()
        event.add("uid", f"meeting-{meeting.pk}@accord")
        event.add("dtstamp", meeting.changed_at.astimezone(UTC))
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("duration", timedelta(hours=2))
        event.add("summary", pick(meeting.series.names)[0])
        event.add("location", meeting.place)
        event.add("sequence", meeting.version)
        event.add("status", "CANCELLED" if meeting.state == Meeting.State.CANCELLED else "CONFIRMED")
        calendar.add_component(event)
    note(officer, "export meetings", officer, detail={"rows": len(calendar.subcomponents)})
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="accord-meetings.ics"'
    return response
