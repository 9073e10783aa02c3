"""The duty roster: gaps first, who is on duty now, and the days with the hours of each post."""

from datetime import UTC, date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from accord.liaison.models import WatchSwap
from accord.liaison.roster.calendars import Holidays, holidays_of
from accord.liaison.roster.coverage import Span
from accord.liaison.roster.handing_over import handovers_for
from accord.liaison.roster.reading import DAYS_AHEAD, on_duty_now, read_roster
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.roster_days import BAR_WIDTH, day_rows, day_span, gap_lines
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = ["show_roster"]

VIEWS: Final = {"week": 7, "month": 31}

GAP_LINES: Final = 6
"""Lines of gaps that stand on the page at once; the others are folded below them."""

YEARS_AROUND: Final = 10
"""Days further away are not looked up: no roster is made for them, and no calendar of holidays reaches there."""


@page(Permission.AGREEMENT_READ)
def show_roster(request: HttpRequest) -> HttpResponse:
    """Shows gaps for sixty days, who is on duty now, and a week or a month of watches in both capitals' time.

    View permission: ``agreement.read``.
    """
    officer = officer_of(request)
    now = timezone.now().replace(microsecond=0)
    parties = list(Party.objects.order_by("-is_self", "code"))
    described = [one.described for one in parties if one.profile]
    zone = described[0].zone if described else UTC
    today = now.astimezone(zone).date()
    view = request.GET.get("view", "") if request.GET.get("view", "") in VIEWS else "week"
    first = _first_day(request.GET.get("from", ""), today)
    days = VIEWS[view]
    zone_name = described[0].time_zone if described else "UTC"
    ahead = read_roster(Span(now, now + timedelta(days=DAYS_AHEAD)))
    shown_span = Span(day_span(first, zone_name).start, day_span(first + timedelta(days=days - 1), zone_name).end)
    read = read_roster(shown_span)
    zones = [one.zone for one in described]
    lines = gap_lines(ahead.ours.gaps, ahead.theirs.covered, zones) if ahead.has_ours else []
    shown = {
        "read": read,
        "officers": {**read.officers, **ahead.officers},
        "has_roster": bool(ahead.posts),
        "has_ours": ahead.has_ours,
        "gap_lines": lines[:GAP_LINES],
        "more_gap_lines": lines[GAP_LINES:],
        "days_ahead": DAYS_AHEAD,
        "missing": ahead.missing[:20],
        "on_now": on_duty_now(ahead),
        "rows": day_rows(
            read,
            first=first,
            days=days,
            zone=zone_name,
            today=today,
            holidays=lambda day: _holidays(holidays_of(described), day, [one.code for one in described]),
        ),
        "bar_width": BAR_WIDTH,
        "view": view,
        "first": first,
        "before": first - timedelta(days=days),
        "after": first + timedelta(days=days),
        "today": today,
        "may_keep": officer.may(Permission.ROSTER_KEEP),
        **_waiting(officer),
    }
    return show(request, "desk/roster/roster.html", shown)


def _first_day(asked: str, today: date) -> date:
    """Returns the first day that is shown: that which was asked for, else today; what is past can no more be kept."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return today
    return day if abs(day.year - today.year) <= YEARS_AROUND else today


def _holidays(known: Holidays, day: date, codes: list[str]) -> tuple[tuple[str, str], ...]:
    language = get_language() or "en"
    named = ((code, known.name_of(code, day, language)) for code in codes)
    return tuple((code, name) for code, name in named if name)


def _waiting(officer: Officer) -> dict[str, Any]:
    """Returns what of the roster waits for the officer: watches they are asked to take, notes that they should sign."""
    asked = WatchSwap.objects.filter(asked_of=officer, state=WatchSwap.State.ASKED).count()
    takes = officer.may(Permission.CASE_TAKE)
    notes = handovers_for(officer).filter(incoming=officer, read_at=None, taken_back_at=None).count() if takes else 0
    return {"asked_count": asked, "note_count": notes, "takes": takes}
