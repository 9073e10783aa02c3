"""The workplan against time: the drawing with its table, the month, and the page for a minister."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accord.node.desk.meeting_rows import MeetingRow, meetings_by_day
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.plan_chart import Window, chart_key, drawn, in_window, month_after
from accord.node.desk.plan_filters import looked_for, whole_number
from accord.node.desk.plan_scene import Scene, scene_of
from accord.node.desk.views.plan import PAGES_MAX, frame
from accord.officers.permissions import Permission
from accord.workplan.codes import LANGUAGES, Status
from accord.workplan.content import Action, Milestone, Priority, statuses
from accord.workplan.due import OVER, due_days, next_due
from accord.workplan.finding import Place, counted, reading_order

__all__ = ["show_brief", "show_calendar", "show_timeline"]

ROWS_SHOWN: Final = 60
"""Rows of the drawing: two screens; the next ones are a page further."""

MONTHS: Final = (3, 6, 12, 24, 36)
MONTHS_BEFORE: Final = 2
"""Months before this one with which the drawing begins."""

ENTRIES_OF_A_DAY: Final = 6
"""Entries of a day of the calendar; the others are counted, with a way to them."""

TOLD_IN_BRIEF: Final = 7
"""Rows of each list of the brief, so that it stays one sheet."""


def _month(text: str, default: date) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return default


@page(Permission.AGREEMENT_READ)
def show_timeline(request: HttpRequest, peer: str) -> HttpResponse:
    """Draws the items that have days, sixty rows and some months at a time, with the same rows as a table.

    View permission: ``agreement.read``.
    """
    scene = scene_of(request, peer)
    shown = frame(request, scene, "plan-timeline")
    if scene.plan is None:
        return show(request, "desk/plan/empty.html", shown)
    looked = looked_for(request, scene)
    months = whole_number(request.GET, "months", default=12, least=MONTHS[0], most=MONTHS[-1])
    begins = month_after(scene.today.replace(day=1), -MONTHS_BEFORE)
    window = Window(first=_month(request.GET.get("from", ""), begins), months=months)
    rows = in_window((one for one in looked.hits if not isinstance(one.item, Priority)), window)
    number = whole_number(request.GET, "page", default=1, least=1, most=PAGES_MAX)
    first = (number - 1) * ROWS_SHOWN
    part = rows[first : first + ROWS_SHOWN]
    asked = {"months": months, "from": f"{window.first:%Y-%m}"}
    step = max(1, months // 2)
    shown |= {
        "found": looked,
        "rows": part,
        "count": len(rows),
        "number": number,
        "pages": -(-len(rows) // ROWS_SHOWN),
        "first": looked.address(**asked),
        "next": looked.address(**asked, page=number + 1) if len(rows) > first + ROWS_SHOWN else "",
        "is_later_page": number > 1,
        "chart": drawn(part, window, today=scene.today, title=scene.plan.title.in_language(_language())),
        "key": chart_key(),
        "window": window,
        "months": [(one, one == months) for one in MONTHS],
        "earlier": looked.address(months=months, **{"from": f"{month_after(window.first, -step):%Y-%m}"}),
        "later": looked.address(months=months, **{"from": f"{month_after(window.first, step):%Y-%m}"}),
    }
    return show(request, "desk/plan/timeline.html", shown)


def _language() -> str:
    return translation.get_language() or "en"


@page(Permission.AGREEMENT_READ)
def show_calendar(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows a month with what falls due on each of its days, also what recurs, and our meetings of the dialogue.

    The meetings are our own record: they are no part of the plan, and no file of it has them.

    View permission: ``agreement.read``.
    """
    scene = scene_of(request, peer)
    shown = frame(request, scene, "plan-calendar")
    if scene.plan is None:
        return show(request, "desk/plan/empty.html", shown)
    looked = looked_for(request, scene)
    first = _month(request.GET.get("month", ""), scene.today.replace(day=1))
    last = month_after(first, 1) - timedelta(days=1)
    meetings = meetings_by_day(scene.peer.code, first, last)
    days: dict[date, list[Place]] = {}
    for place in looked.hits:
        for day in due_days(place.item, first, last):
            days.setdefault(day, []).append(place)
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday <= last:
        week = [monday + timedelta(days=number) for number in range(7)]
        weeks.append([_cell(day, days.get(day, ()), meetings.get(day, ()), first, scene) for day in week])
        monday += timedelta(days=7)
    shown |= {
        "found": looked,
        "month": first,
        "weeks": weeks,
        "weekdays": [cell["day"] for cell in weeks[0]],
        "count": sum(map(len, days.values())),
        "meetings": sum(map(len, meetings.values())),
        "earlier": looked.address(month=f"{month_after(first, -1):%Y-%m}"),
        "later": looked.address(month=f"{month_after(first, 1):%Y-%m}"),
    }
    return show(request, "desk/plan/calendar.html", shown)


def _cell(
    day: date, places: Sequence[Place], meetings: Sequence[MeetingRow], first: date, scene: Scene
) -> dict[str, Any]:  # Any: for a template
    return {
        "day": day,
        "is_here": day.month == first.month,
        "is_today": day == scene.today,
        "meetings": meetings,
        "places": places[:ENTRIES_OF_A_DAY],
        "more": max(0, len(places) - ENTRIES_OF_A_DAY),
    }


@page(Permission.AGREEMENT_READ)
def show_brief(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows the plan on one sheet for a minister, in the language that is asked for.

    View permission: ``agreement.read``.
    """
    asked = request.GET.get("in", "")
    language = asked if asked in set(LANGUAGES) else _language()[:2]
    with translation.override(language):
        scene = scene_of(request, peer)
        shown = frame(request, scene, "plan-brief")
        if scene.plan is None:
            return show(request, "desk/plan/empty.html", shown)
        shown |= _brief(scene) | {
            "asked": language,
            "offered": [(code, code == language) for code in LANGUAGES],
            "printed_by": officer_of(request),
            "printed_at": timezone.now(),
            "own": settings.ACCORD_PARTY,
        }
        return show(request, "desk/plan/brief.html", shown)


def _brief(scene: Scene) -> dict[str, Any]:  # Any: what a template reads
    plan = scene.plan
    if plan is None:
        return {}
    places = reading_order(plan, today=scene.today)
    actions = [one for one in places if isinstance(one.item, Action)]
    numbers, told = counted(places), statuses(plan)
    soon = scene.today + timedelta(days=30)
    stuck = [one for one in actions if one.status in {Status.BLOCKED, Status.LATE} or one.is_overdue]
    coming = [
        one
        for one in places
        if isinstance(one.item, Action | Milestone) and one.status not in OVER and _is_between(one, scene.today, soon)
    ]
    coming.sort(key=lambda one: one.due or date.max)
    return {
        "totals": [(status, sum(found[status] for found in numbers.values())) for status in Status],
        "actions": len(actions),
        "pillars": [
            {
                "pillar": pillar,
                "commitments": sum(1 for one in plan.commitments if one.under == pillar.id),
                "counts": [numbers[pillar.id][status] if pillar.id in numbers else 0 for status in Status],
            }
            for pillar in plan.pillars
        ],
        "states": list(Status),
        "stuck": [{"place": one, "said": told.get(one.item.id)} for one in islice(stuck, TOLD_IN_BRIEF)],
        "stuck_more": max(0, len(stuck) - TOLD_IN_BRIEF),
        "coming": coming[:TOLD_IN_BRIEF],
        "coming_more": max(0, len(coming) - TOLD_IN_BRIEF),
    }


def _is_between(place: Place, first: date, last: date) -> bool:
    day = next_due(place.item, first) if place.item.due_on is not None else None
    return day is not None and first <= day <= last
