"""The reviewer's lists: filtered, paged, exported; and a reviewer writes reviews alone."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accord.courier.alarms import acknowledge, raise_alarm
from accord.exchange.models import EmergencyReview, HoldAnswer, Message
from accord.node import tables
from accord.officers.models import Officer
from accord.officers.permissions import Role
from tests.api.conftest import Caller
from tests.api.story import drafted, received_request

pytestmark = pytest.mark.usefixtures("node")

CallersByRole = dict[Role, Caller]


def test_acts_are_filtered_by_time_officer_verb_and_object(callers: CallersByRole) -> None:
    reviewer = callers[Role.REVIEWER]
    draft = drafted(callers[Role.LIAISON])

    def verbs(**wanted: str) -> list[str]:
        return [act["verb"] for act in reviewer.get("/acts", limit=100, **wanted).json()["items"]]

    assert verbs(officer="liaison") == ["draft message", "open case", "issue token"]
    assert verbs(verb="open case") == ["open case"]
    assert verbs(object_type="message", object_id=draft["id"]) == ["draft message"]
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert verbs(since=later) == []
    assert "open case" in verbs(until=later)
    assert reviewer.get("/acts", since="yesterday").status_code == 422


def test_alarms_old_and_new_are_listed_and_filtered(callers: CallersByRole, officers: dict[Role, Officer]) -> None:
    reviewer = callers[Role.REVIEWER]
    raise_alarm(None, "test.open", "Open.")
    acknowledge(raise_alarm(None, "test.seen", "Seen."), officer_id=officers[Role.ADMINISTRATOR].pk)

    def codes(**wanted: str) -> set[str]:
        rows = reviewer.get("/review/alarms", limit=100, **wanted).json()["items"]
        return {row["code"] for row in rows if row["code"].startswith("test.")}

    assert codes() == {"test.open", "test.seen"}
    assert (codes(is_open="true"), codes(is_open="false")) == ({"test.open"}, {"test.seen"})
    assert codes(code="test.seen") == {"test.seen"}
    assert codes(until=(timezone.now() - timedelta(hours=1)).isoformat()) == set()
    first = reviewer.get("/review/alarms", limit=1).json()
    second = reviewer.get("/review/alarms", limit=1, cursor=first["next"]).json()
    assert first["items"] != second["items"]


def test_clocks_that_ended_are_listed_with_whether_they_were_kept(callers: CallersByRole) -> None:
    request = received_request()
    clock = request.clock
    clock.state, clock.ended_at = "ended", clock.due_at + timedelta(hours=1)
    clock.save()

    [row] = callers[Role.REVIEWER].get("/review/clocks", state="ended", direction="in", peer="IN").json()["items"]

    assert (row["reference"], row["is_overdue"]) == (request.reference, True)
    assert callers[Role.REVIEWER].get("/review/clocks", state="running").json()["items"] == []


def test_holds_show_who_cleared_them_and_why(callers: CallersByRole, officers: dict[Role, Officer]) -> None:
    draft = drafted(callers[Role.LIAISON])
    HoldAnswer.objects.create(
        message_id=draft["id"],
        policy="CA-15.mixed",
        decided_by=officers[Role.DECIDER],
        decided_at=timezone.now(),
        reason="Conduct predominates.",
        bound_to=bytes(32),
    )

    [row] = callers[Role.REVIEWER].get("/review/holds", policy="CA-15.mixed").json()["items"]
    shown = callers[Role.LIAISON].get(f"/messages/{draft['id']}").json()["hold_answers"]

    assert (row["decided_by"], row["reason"]) == ("decider", "Conduct predominates.")
    assert [(item["policy"], item["by"], item["reason"]) for item in shown] == [
        ("CA-15.mixed", "decider", "Conduct predominates.")
    ]


def test_an_emergency_is_listed_and_reviewed_by_the_reviewer_alone(callers: CallersByRole) -> None:
    draft = drafted(callers[Role.LIAISON])
    EmergencyReview.objects.create(message_id=draft["id"], due_at=timezone.now() - timedelta(hours=1))
    reviewer, path = callers[Role.REVIEWER], f"/review/emergencies/{draft['id']}"
    body = {"outcome": "not-justified", "reason": "Days were left."}

    [row] = reviewer.get("/review/emergencies", is_open="true").json()["items"]
    refused = callers[Role.RELEASING].post(path, body)
    done = reviewer.post(path, body)
    again = reviewer.post(path, body)

    assert row["is_overdue"] is True
    assert refused.status_code == 403
    assert (done.status_code, done.json()["outcome"]) == (200, "not-justified")
    assert (again.status_code, again.json()["code"]) == (409, "oversight.reviewed")
    [moment] = [
        item
        for item in reviewer.get(f"/cases/{draft['case_id']}").json()["timeline"]
        if item["what"] == "request emergency reviewed"
    ]
    assert (moment["by"], moment["reason"], moment["code"]) == ("reviewer", "Days were left.", "not-justified")


@pytest.mark.parametrize("name", ["acts", "decisions", "stopped", "alarms", "clocks", "holds", "emergencies"])
def test_each_list_is_exported_as_a_table_for_a_period(callers: CallersByRole, name: str) -> None:
    received_request()
    raise_alarm(None, "test.formula", "=1+1")
    reviewer = callers[Role.REVIEWER]

    answer = reviewer.get(f"/review/export/{name}", since=(timezone.now() - timedelta(days=1)).isoformat())

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    if name in {"acts", "alarms", "clocks"}:
        assert rows
    if name == "alarms":
        assert "'=1+1" in [row["detail"] for row in rows]
    assert callers[Role.RELEASING].get(f"/review/export/{name}").status_code == 403


def test_what_was_stopped_on_arrival_is_listed_for_the_reviewer(callers: CallersByRole) -> None:
    assert callers[Role.REVIEWER].get("/review/stopped", state="parked").json() == {"items": [], "next": None}
    assert callers[Role.REVIEWER].get("/review/stopped", state="filed").status_code == 422
    assert not Message.objects.filter(direction="in").exists()


def test_a_period_too_long_for_a_table_is_refused_and_not_cut_off(
    callers: CallersByRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    received_request()
    monkeypatch.setattr(tables, "ROWS_MAX", 0)
    answer = callers[Role.REVIEWER].get("/review/export/clocks")
    assert answer.status_code == 400
    assert answer.json()["code"] == "api.export-too-long"
