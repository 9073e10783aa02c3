"""Roster and indicators over the API: who is on duty now, when nobody is, and both sides' figures of a quarter."""

from datetime import datetime

from accord.officers.permissions import Role
from accord.workplan.indicators.counting import count_new
from tests.api.conftest import CallerOf
from tests.desk import Desk, desk
from tests.liaison.roster.specimens import post, shift, two_desks
from tests.workplan.indicators.counted import QUARTER, asked, indicator, sign_plan

__all__ = ["desk"]


def test_without_a_roster_it_says_so(desk: Desk, caller_of: CallerOf) -> None:
    told = caller_of(desk.duty).get("/roster").json()
    assert (told["is_kept"], told["posts"], told["gaps"]) == (False, [], [])


def test_who_is_on_duty_now_is_named_and_the_gaps_follow(desk: Desk, caller_of: CallerOf) -> None:
    shift(desk, post(desk), desk.duty, 0, 0)
    told = caller_of(desk.liaison).get("/roster").json()
    (found,) = told["posts"]
    assert [watch["officer"] for watch in found["on_duty"]] == [desk.duty.display_name]
    assert told["gaps"] == []
    now = datetime.fromisoformat(told["at"])
    (watch,) = found["on_duty"]
    assert datetime.fromisoformat(watch["starts_at"]) <= now < datetime.fromisoformat(watch["ends_at"])


def test_gaps_of_two_desks_are_told(desk: Desk, caller_of: CallerOf) -> None:
    two_desks(desk)
    told = caller_of(desk.duty).get("/roster").json()
    assert len(told["gaps"]) > 30
    assert {one["party"] for one in told["posts"]} >= {"CA"}


def test_both_sides_figures_of_a_quarter(desk: Desk, caller_of: CallerOf) -> None:
    sign_plan(indicator("I1", "answers.within-clock"))
    for _ in range(5):
        asked(hours=1)
    count_new()
    reader = caller_of(desk.officers[Role.POLICY])
    told = reader.get(f"/plans/IN/indicators?period={QUARTER.code}").json()
    (found,) = [one for one in told["indicators"] if one["id"] == "I1"]
    assert (found["ours"]["numerator"], found["ours"]["denominator"]) == (5, 5)
    assert float(found["ours"]["figure"]) == 100
    assert (found["theirs"], found["differs"], found["is_agreed"]) == (None, False, True)
    assert told["counted_at"] is not None
    wrong = reader.get("/plans/IN/indicators?period=2026-13")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "api.no-quarter")
    assert reader.get("/plans/XX/indicators").status_code == 404
    assert reader.get("/plans/IN/indicators").status_code == 200
