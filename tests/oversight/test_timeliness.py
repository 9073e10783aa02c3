"""How soon each side answers is told from our own clocks, and what was late is named."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accord.exchange.keys import new_key
from accord.exchange.models import Case, Clock, Message
from accord.officers.permissions import NotPermitted
from accord.oversight.timeliness import late_requests, timeliness
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn, sign_in

__all__ = ["sign_in"]

HOUR = timedelta(hours=1)


def asked(
    desk: Desk,
    *,
    hours: float | None,
    began: datetime | None = None,
    theme: str = "precursors",
    urgency: str = "routine",
    direction: str = "in",
    state: str = "received",
    agency: str = "RCMP",
) -> Clock:
    """A request with a limit of ten hours, answered after so many hours, or not at all."""
    now = timezone.now()
    case = Case.objects.create(
        own_ref=str(new_key()),
        peer_id="IN",
        is_ours=False,
        theme=theme,
        title="A drum",
        agency=agency,
        opened_at=now,
        changed_at=now,
    )
    message = Message.objects.create(case=case, direction=direction, kind="request", state=state, content=b"{}")
    start = began or now - 20 * HOUR
    return Clock.objects.create(
        message=message,
        table="t",
        urgency=urgency,
        limit_seconds=36_000,
        started_at=start,
        due_at=start + 10 * HOUR,
        state="running" if hours is None else "ended",
        ended_at=None if hours is None else start + hours * HOUR,
    )


def test_share_median_and_oldest_are_those_of_the_clocks(desk: Desk) -> None:
    for hours in (2, 4, 6, 15):
        asked(desk, hours=hours)
    overdue = asked(desk, hours=None)
    young = asked(desk, hours=None, began=timezone.now() - HOUR)
    [row] = timeliness(desk.reviewer, peer="IN", direction=Message.Direction.IN, days=30)["all"]
    assert (row.requests, row.in_time, row.due, row.percent, row.open) == (6, 3, 5, 60, 2)
    assert (row.median, row.oldest) == (5 * HOUR, overdue.started_at)
    late = late_requests(desk.reviewer, peer="IN", direction=Message.Direction.IN, days=30)
    assert young not in late
    assert len(late) == 2


def test_themes_urgencies_and_sides_are_told_apart(desk: Desk) -> None:
    asked(desk, hours=1, theme="networks", urgency="urgent")
    asked(desk, hours=15)
    asked(desk, hours=1, direction="out")
    found = timeliness(desk.reviewer, peer="IN", direction=Message.Direction.IN, days=30)
    assert {row.code: row.percent for row in found["theme"]} == {"networks": 100, "precursors": 0}
    assert {row.code: row.percent for row in found["urgency"]} == {"urgent": 100, "routine": 0}
    theirs = timeliness(desk.reviewer, peer="IN", direction=Message.Direction.OUT, days=30)
    assert theirs["all"][0].requests == 1


def test_what_was_withdrawn_or_lies_before_the_period_counts_for_nobody(desk: Desk) -> None:
    asked(desk, hours=15, state="withdrawn")
    asked(desk, hours=15, began=timezone.now() - timedelta(days=60))
    [row] = timeliness(desk.reviewer, peer="IN", direction=Message.Direction.IN, days=30)["all"]
    assert (row.requests, row.percent, row.median, row.oldest) == (0, None, None, None)


def test_a_mandate_bounds_the_figures_and_others_read_none(desk: Desk) -> None:
    asked(desk, hours=15, agency="CBSA")
    desk.reviewer.scope_agencies = ["RCMP"]
    desk.reviewer.save()
    assert timeliness(desk.reviewer, peer="IN", direction=Message.Direction.IN, days=30)["all"][0].requests == 0
    assert not late_requests(desk.reviewer, peer="IN", direction=Message.Direction.IN, days=30)
    for act in (timeliness, late_requests):
        with pytest.raises(NotPermitted):
            act(desk.liaison, peer="IN", direction=Message.Direction.IN, days=30)  # type: ignore[operator]


def test_the_page_shows_both_sides_and_leads_to_what_was_late(desk: Desk, sign_in: SignIn, settings: object) -> None:
    settings.ACCORD_SECOND_FACTOR = False  # type: ignore[attr-defined] # pytest-django's settings
    late = asked(desk, hours=15)
    asked(desk, hours=None, direction="out")
    client = sign_in(desk.reviewer)
    page = client.get("/desk/review/timeliness/").content.decode()
    assert "How we answer them" in page
    assert "0 % (0 of 1)" in page
    assert f"/desk/cases/{late.message.case.own_ref}/" in page
    assert client.get("/desk/review/timeliness/", {"days": "30", "peer": "IN"}).context["days"] == 30
    assert client.get("/desk/review/timeliness/", {"days": "all"}).context["days"] == 90
    assert client.get("/desk/review/timeliness/", {"peer": "XX"}).status_code == 404
