"""Lanes over the API: suspended at once by one, let go on by both, and reasons shown to whom they concern."""

import uuid

from accord.handling.models import LaneSuspension, ObjectionMade
from accord.officers.permissions import Role
from tests.api.conftest import CallerOf
from tests.api.story import stranger_of
from tests.desk import Desk, approved, desk, received_request, submitted_request
from tests.handling.test_lanes import notice
from tests.handling.test_objections import their_objection

__all__ = ["desk"]

STOP = {"peer": "IN", "theme": "precursors", "reason": "A caveat was breached (specimen)."}


def test_a_lane_is_suspended_and_goes_on_when_both_have_said_so(desk: Desk, caller_of: CallerOf) -> None:
    releasing, other = caller_of(desk.releasing), caller_of(desk.again(Role.RELEASING, "another"))
    waiting = approved(desk, submitted_request(desk))
    made = releasing.post("/lanes", STOP)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["theme"], row["is_ours"], row["reason"], row["ended_at"]) == ("precursors", True, STOP["reason"], None)
    stopped = releasing.post(f"/messages/{waiting.pk}/release")
    assert "BI-09" in {reason["rule"] for reason in stopped.json()["fields"]["reasons"]}
    assert releasing.post("/lanes", STOP).json()["code"] == "handling.lane-suspended"
    own = releasing.post(f"/lanes/{row['id']}/resume", {"reason": "Settled."})
    assert (own.status_code, own.json()["code"]) == (409, "handling.own-suspension")
    said = other.post(f"/lanes/{row['id']}/resume", {"reason": "Settled."}).json()
    assert (said["we_resume_by"], said["resume_reason"], said["ended_at"]) == ("another", "Settled.", None)
    assert notice(desk, "resume", row["id"])
    assert releasing.get("/lanes", is_open="true").json()["items"] == []
    [ended] = releasing.get("/lanes", is_open="false", peer="IN").json()["items"]
    assert ended["ended_at"] is not None
    assert releasing.post(f"/messages/{waiting.pk}/release").status_code == 200


def test_the_same_key_suspends_once(desk: Desk, caller_of: CallerOf) -> None:
    releasing = caller_of(desk.releasing)
    first, again = (releasing.post("/lanes", STOP, key="one") for _ in range(2))
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert LaneSuspension.objects.count() == 1


def test_a_list_is_read_in_pages(desk: Desk, caller_of: CallerOf) -> None:
    releasing = caller_of(desk.releasing)
    for theme in ("precursors", "fraud", "cyber"):
        assert releasing.post("/lanes", {**STOP, "theme": theme}).status_code == 201
    first = releasing.get("/lanes", limit=2).json()
    rest = releasing.get("/lanes", limit=2, cursor=first["next"]).json()
    assert [row["theme"] for row in (*first["items"], *rest["items"])] == ["cyber", "fraud", "precursors"]
    assert rest["next"] is None


def test_reasons_are_content_and_an_objection_is_for_who_reads_it(desk: Desk, caller_of: CallerOf) -> None:
    objection = their_objection(desk, received_request(desk))
    assert objection is not None
    releasing = caller_of(desk.releasing)
    made = releasing.post("/lanes", {**STOP, "objection": str(objection.pk)}).json()
    assert (made["objection"], made["reason"]) == (str(objection.pk), STOP["reason"])
    stranger = stranger_of(desk, caller_of, Role.RELEASING)
    for caller in (caller_of(desk.administrator), stranger):
        [row] = caller.get("/lanes").json()["items"]
        assert (row["objection"], row["reason"]) == (None, None)
    nowhere = stranger.post("/lanes", {**STOP, "theme": "fraud", "objection": str(uuid.uuid4())})
    there = stranger.post("/lanes", {**STOP, "theme": "fraud", "objection": str(objection.pk)})
    assert (there.status_code, there.json()) == (404, nowhere.json())
    item = ObjectionMade.objects.get().item_id
    assert releasing.post("/lanes", {**STOP, "theme": "fraud", "objection": str(item)}).status_code == 404
    assert LaneSuspension.objects.count() == 1


def test_what_is_refused_is_named_and_who_may_not_changes_nothing(desk: Desk, caller_of: CallerOf) -> None:
    releasing = caller_of(desk.releasing)
    for body, field in (({**STOP, "theme": "weather"}, "theme"), ({**STOP, "reason": ""}, "reason")):
        refused = releasing.post("/lanes", body)
        assert [one["field"] for one in refused.json()["fields"]["refused"]] == [field]
    blank = releasing.post("/lanes", {**STOP, "reason": " "})
    assert (blank.json()["code"], blank.json()["fields"]["field"]) == ("text.blank", "reason")
    assert releasing.post(f"/lanes/{uuid.uuid4()}/resume", {"reason": "Settled."}).status_code == 404
    assert caller_of(desk.liaison).post("/lanes", STOP).status_code == 403
    assert not LaneSuspension.objects.exists()
