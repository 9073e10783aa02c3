"""Notices before export over the API: drafted, replied to, told what became of them, and listed with their state."""

from datetime import timedelta

import pytest

from accord.exchange.models import Case, Message
from accord.officers.permissions import Role
from accord.workstreams.drugs.models import Notice
from tests.api.conftest import CallerOf
from tests.api.story import stranger_of
from tests.desk import Desk, desk, own_side
from tests.workstreams.drugs.noticed import OURS, THEIRS, received_notice, sent_notice
from tests.workstreams.drugs.told import incident_fields, pen_fields, reply_fields

__all__ = ["desk"]

CASE = {"peer": "IN", "theme": "precursors", "title": "SPECIMEN consignment"}


def test_a_notice_is_drafted_with_what_our_side_states_of_it(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    case = liaison.post("/cases", CASE).json()
    body = {"kind": "pre-export-notice", "fields": pen_fields(OURS, THEIRS), "own_side": own_side()}
    draft = liaison.post(f"/cases/{case['id']}/drugs", body)
    assert draft.status_code == 201, draft.content
    assert (draft.json()["kind"], draft.json()["state"]) == ("pre-export-notice", "draft")
    found = liaison.get(f"/messages/{draft.json()['id']}/check").json()
    assert found["lets_pass"], found
    assert liaison.get("/drugs/notices").json()["items"] == [], "a draft is no notice on file"


@pytest.mark.parametrize("kind", ["pre-export-reply", "shipment-outcome", "request", "nothing"])
def test_what_follows_a_notice_is_not_begun_without_one(desk: Desk, caller_of: CallerOf, kind: str) -> None:
    liaison = caller_of(desk.liaison)
    case = liaison.post("/cases", CASE).json()
    refused = liaison.post(f"/cases/{case['id']}/drugs", {"kind": kind, "fields": {}})
    assert (refused.status_code, refused.json()["code"]) == (409, "drugs.unknown-kind")


def test_a_wrong_field_is_named_and_nothing_is_begun(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    case = liaison.post("/cases", CASE).json()
    wrong = pen_fields(OURS, THEIRS, destination_country="India")
    refused = liaison.post(f"/cases/{case['id']}/drugs", {"kind": "pre-export-notice", "fields": wrong})
    assert refused.status_code == 422
    assert "destination_country" in refused.content.decode()
    assert liaison.get(f"/cases/{case['id']}").json()["messages"] == []


def test_a_notice_of_theirs_is_replied_to(desk: Desk, caller_of: CallerOf) -> None:
    notice, duty = received_notice(desk), caller_of(desk.duty)
    duty.post(f"/cases/{notice.case_id}/take")
    body = {"fields": {**reply_fields(OURS, THEIRS), "reply_result": "objection", "reason_code": "under-inquiry"}}
    reply = duty.post(f"/messages/{notice.pk}/notice-reply", body)
    assert reply.status_code == 201, reply.content
    assert (reply.json()["in_reply_to"], reply.json()["content"]["reply_result"]) == (str(notice.pk), "objection")


def test_a_notice_of_ours_has_no_reply_of_ours_and_no_stranger_sees_it(desk: Desk, caller_of: CallerOf) -> None:
    notice, liaison = sent_notice(desk), caller_of(desk.liaison)
    refused = liaison.post(f"/messages/{notice.pk}/notice-reply", {"fields": {}})
    assert refused.status_code == 409, refused.content
    stranger = stranger_of(desk, caller_of)
    assert stranger.get("/drugs/notices").json()["items"] == []
    assert stranger.post(f"/messages/{notice.pk}/shipment-outcome", {"fields": {}}).status_code == 404


def test_an_outcome_and_an_incident_take_over_what_the_notice_says(desk: Desk, caller_of: CallerOf) -> None:
    notice, liaison = sent_notice(desk), caller_of(desk.liaison)
    outcome = liaison.post(f"/messages/{notice.pk}/shipment-outcome", {"fields": {"became": "stopped"}})
    assert outcome.status_code == 201, outcome.content
    assert outcome.json()["content"]["pen_reference"] == "PEN-2026-0001"
    fields = {name: incident_fields(OURS, THEIRS)[name] for name in ("incident_kind", "findings", "place_country")}
    incident = liaison.post(f"/messages/{notice.pk}/drug-incident", {"fields": fields})
    assert incident.status_code == 201, incident.content
    assert incident.json()["content"]["transit_countries"] == ["AE"]


def test_a_message_that_is_no_notice_has_no_outcome(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    case = liaison.post("/cases", CASE).json()
    draft = liaison.post(f"/cases/{case['id']}/requests", {"fields": {}}).json()
    assert liaison.post(f"/messages/{draft['id']}/shipment-outcome", {"fields": {}}).status_code == 404


def test_silence_is_a_state_of_its_own_in_the_list(desk: Desk, caller_of: CallerOf) -> None:
    notice, liaison = sent_notice(desk), caller_of(desk.liaison)
    (row,) = liaison.get("/drugs/notices").json()["items"]
    assert (row["message"], row["state"], row["reply_result"]) == (str(notice.pk), "awaiting", "")
    assert notice.waits_until is not None
    Notice.objects.update(waits_until=notice.sent_at - timedelta(seconds=1))
    assert liaison.get("/drugs/notices", state="awaiting").json()["items"] == []
    (row,) = liaison.get("/drugs/notices", state="silent").json()["items"]
    assert (row["state"], row["reply_result"], row["became"]) == ("silent", "", "")


@pytest.mark.parametrize("ended", ["withdrawn", "refused", "expired", "blocked", "recalled"])
def test_a_notice_that_does_not_stand_is_listed_and_says_what_became_of_it(
    desk: Desk, caller_of: CallerOf, ended: str
) -> None:
    notice, liaison = sent_notice(desk), caller_of(desk.liaison)
    (row,) = liaison.get("/drugs/notices").json()["items"]
    assert row["ended_as"] == ""
    changed = {"recalled_at": notice.sent_at} if ended == "recalled" else {"state": ended}
    Message.objects.filter(pk=notice.pk).update(**changed)
    Notice.objects.update(waits_until=notice.sent_at - timedelta(seconds=1))
    (row,) = liaison.get("/drugs/notices", state="ended").json()["items"]
    assert (row["message"], row["state"], row["ended_as"]) == (str(notice.pk), "ended", ended)
    for state in ("awaiting", "silent", "replied", "settled"):
        assert liaison.get("/drugs/notices", state=state).json()["items"] == []


def test_of_a_notice_that_the_account_does_not_read_no_shared_reference_is_told(
    desk: Desk, caller_of: CallerOf
) -> None:
    first, second, liaison = sent_notice(desk), sent_notice(desk), caller_of(desk.liaison)
    assert [one["is_duplicate"] for one in liaison.get("/drugs/notices").json()["items"]] == [True, True]
    Case.objects.filter(pk=second.case_id).update(is_team_only=True, holder=None)
    other = caller_of(desk.again(Role.LIAISON, "second"))
    (row,) = other.get("/drugs/notices").json()["items"]
    assert (row["message"], row["is_duplicate"]) == (str(first.pk), False)
