"""Objections over the API: to a use of ours, shown, raised, answered; and who is told of none."""

import uuid

import pytest

from accord.exchange.models import Message
from accord.handling.models import ObjectionMade
from tests.api.conftest import CallerOf
from tests.api.story import stranger_of, word_of
from tests.desk import Desk, days, desk, own_side, received_request
from tests.handling.test_objections import answered, given, sent_objection, their_objection, whole

__all__ = ["desk"]

SEEN = {"observed_use": "It was quoted.", "harm": "A warning.", "demand": "Stop it.", "caveat_number": 1}


def test_an_objection_goes_from_draft_to_release_and_shows_where_it_stands(desk: Desk, caller_of: CallerOf) -> None:
    item, liaison, releasing = given(desk), caller_of(desk.liaison), caller_of(desk.releasing)
    begun = liaison.post(f"/messages/{item.pk}/objection", SEEN)
    assert begun.status_code == 201, begun.content
    draft = begun.json()
    assert (draft["kind"], draft["content"]["demand"], draft["content"]["item"]) == (
        "objection",
        "Stop it.",
        str(item.envelope_id),
    )
    address = f"/messages/{draft['id']}"
    assert liaison.get(f"{address}/objection").status_code == 404, "a draft is no objection on file"
    fields = {**whole(), **draft["content"]}
    saved = liaison.put(
        f"{address}/draft", {"version": draft["version"], "fields": fields, "own_side": own_side(substances=[])}
    )
    assert saved.status_code == 200, saved.content
    assert liaison.post(f"{address}/submit", {"version": saved.json()["version"]}).status_code == 200
    assert releasing.post(f"{address}/approve", word_of(releasing.get(f"{address}/approval").json())).status_code == 200
    assert releasing.post(f"{address}/release").status_code == 200
    shown = liaison.get(f"{address}/objection").json()
    assert (shown["item"], shown["level"], shown["is_ours"]) == (str(item.pk), "agency", True)
    assert (shown["is_overdue"], shown["may_escalate"], shown["answer"]) == (False, False, None)
    assert [one["message"] for one in liaison.get("/objections", item=str(item.pk)).json()["items"]] == [draft["id"]]
    assert liaison.get("/objections", is_open="false").json()["items"] == []
    assert liaison.get("/objections", item=str(uuid.uuid4())).json()["items"] == []


def test_it_is_raised_when_its_day_has_passed_and_not_before(desk: Desk, caller_of: CallerOf) -> None:
    made, liaison = sent_objection(desk, given(desk)), caller_of(desk.liaison)
    refused = liaison.post(f"/messages/{made.pk}/escalation")
    assert (refused.status_code, refused.json()["code"]) == (409, "handling.not-escalated")
    ObjectionMade.objects.update(reply_due_on="2026-01-01")
    shown = liaison.get(f"/messages/{made.pk}/objection").json()
    assert (shown["is_overdue"], shown["may_escalate"]) == (True, True)
    raised = liaison.post(f"/messages/{made.pk}/escalation")
    assert raised.status_code == 201, raised.content
    assert (raised.json()["content"]["level"], raised.json()["content"]["escalates"]) == (
        "ministry",
        str(made.message.envelope_id),
    )


def test_what_the_other_side_says_to_it_is_shown(desk: Desk, caller_of: CallerOf) -> None:
    made, liaison = sent_objection(desk, given(desk)), caller_of(desk.liaison)
    answered(desk, made, "contested")
    shown = liaison.get(f"/messages/{made.pk}/objection").json()
    assert (shown["outcome"], shown["answer"], shown["may_escalate"]) == ("contested", str(made.answer_id), True)
    assert liaison.get("/objections", is_open="false").json()["items"][0]["message"] == str(made.pk)


def test_every_answer_is_told_in_its_order(desk: Desk, caller_of: CallerOf) -> None:
    made, liaison = sent_objection(desk, given(desk)), caller_of(desk.liaison)
    answered(desk, made, "under-inquiry", further_answer_on=days(20))
    answered(desk, made, "contested", number=12)
    shown = liaison.get(f"/messages/{made.pk}/objection").json()
    assert [one["outcome"] for one in shown["answers"]] == ["under-inquiry", "contested"]
    assert shown["answers"][-1]["message"] == shown["answer"] == str(made.answer_id)


def test_another_objection_is_begun_only_where_it_is_said_so(desk: Desk, caller_of: CallerOf) -> None:
    item, liaison = given(desk), caller_of(desk.liaison)
    first = liaison.post(f"/messages/{item.pk}/objection", SEEN).json()
    other = {**SEEN, "observed_use": "It was shown to a third agency."}
    refused = liaison.post(f"/messages/{item.pk}/objection", other)
    assert (refused.status_code, refused.json()["code"]) == (409, "handling.objection-begun")
    assert liaison.post(f"/messages/{item.pk}/objection", {**other, "is_another": False}).status_code == 409
    another = liaison.post(f"/messages/{item.pk}/objection", {**other, "is_another": True})
    assert another.status_code == 201, another.content
    assert another.json()["id"] != first["id"]
    assert "is_another" not in another.json()["content"]
    assert liaison.post(f"/messages/{item.pk}/objection", {"is_another": "yes"}).status_code == 422


def test_their_objection_is_answered(desk: Desk, caller_of: CallerOf) -> None:
    objection = their_objection(desk, received_request(desk))
    assert objection is not None
    duty = caller_of(desk.duty)
    duty.post(f"/cases/{objection.case_id}/take")
    body = {"objection_outcome": "remedied", "found": "It was shown on.", "measures": "It was taken back."}
    answer = duty.post(f"/messages/{objection.pk}/objection-answer", body)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["in_reply_to"], answer.json()["content"]["measures"]) == (
        str(objection.pk),
        "It was taken back.",
    )
    refused = duty.post(f"/messages/{ObjectionMade.objects.get().item_id}/objection-answer", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "handling.not-an-objection")


def test_the_same_key_drafts_once(desk: Desk, caller_of: CallerOf) -> None:
    item, liaison = given(desk), caller_of(desk.liaison)
    first, again = (liaison.post(f"/messages/{item.pk}/objection", SEEN, key="one") for _ in range(2))
    assert (first.json()["id"], again.headers["Idempotency-Replayed"]) == (again.json()["id"], "true")
    assert Message.objects.filter(kind="objection").count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"caveat_number": 0}, "caveat_number"),
        ({"harm": ""}, "harm"),
        ({"level": "minister"}, "level"),
        ({"reply_due_on": 20_000}, "reply_due_on"),
    ],
)
def test_what_is_refused_is_named(desk: Desk, caller_of: CallerOf, body: dict[str, object], field: str) -> None:
    refused = caller_of(desk.liaison).post(f"/messages/{given(desk).pk}/objection", body)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["fields"]["refused"]] == [field]
    assert not Message.objects.filter(kind="objection").exists()


def test_what_they_do_not_hold_is_not_objected_to(desk: Desk, caller_of: CallerOf) -> None:
    refused = caller_of(desk.liaison).post(f"/messages/{received_request(desk).pk}/objection", SEEN)
    assert (refused.status_code, refused.json()["code"]) == (409, "handling.not-given")


def test_who_may_not_draft_objects_to_nothing(desk: Desk, caller_of: CallerOf) -> None:
    made = sent_objection(desk, given(desk))
    for officer in (desk.releasing, desk.reviewer, desk.administrator):
        caller = caller_of(officer)
        for path in (f"/messages/{made.item_id}/objection", f"/messages/{made.pk}/escalation"):
            assert caller.post(path, SEEN).json()["code"] == "officer.not-permitted"


def test_who_need_not_know_is_told_what_is_told_of_none(desk: Desk, caller_of: CallerOf) -> None:
    made = sent_objection(desk, given(desk))
    stranger = stranger_of(desk, caller_of)
    assert stranger.get("/objections").json() == {"items": [], "next": None}
    for act, body in (("objection", SEEN), ("escalation", {}), ("objection-answer", {})):
        for key in (made.pk, made.item_id):
            there, nowhere = (stranger.post(f"/messages/{one}/{act}", body) for one in (key, uuid.uuid4()))
            assert (there.status_code, there.json()) == (404, nowhere.json())
    assert (
        stranger.get(f"/messages/{made.pk}/objection").json()
        == stranger.get(f"/messages/{uuid.uuid4()}/objection").json()
    )
