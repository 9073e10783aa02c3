"""The duty officer's side: the queue with both capitals' clocks, and every way to answer."""

from datetime import datetime, timedelta

import pytest

from accord.exchange.models import Case, Clock, Message
from accord.officers.permissions import Role
from tests.api.conftest import Caller
from tests.api.story import answer_fields, drafted, own_side, received_request, word_of

pytestmark = pytest.mark.usefixtures("node")

CallersByRole = dict[Role, Caller]

REPLY = {name: value for name, value in answer_fields().items() if name not in {"outcome", "text", "answered_items"}}
CORRESPONDENCE = [
    "sender",
    "recipient",
    "liaison_contact",
    "duty_phone",
    "theme",
    "purpose",
    "legal_basis",
    "handling",
    "caveats",
    "classification",
    "retention_until",
    "language",
]


def _notice() -> dict[str, object]:
    return {name: answer_fields()[name] for name in CORRESPONDENCE}


def test_the_queue_shows_the_limit_in_both_capitals(callers: CallersByRole) -> None:
    request = received_request()

    row = callers[Role.DUTY].get("/queue").json()["items"][0]

    clock = row["message"]["clock"]
    assert row["message"]["id"] == str(request.pk)
    assert [item["capital"] for item in clock["capitals"]] == ["Ottawa", "New Delhi"]
    due = {datetime.fromisoformat(item["due"]) for item in clock["capitals"]}
    assert due == {datetime.fromisoformat(clock["due_at"])}
    offsets = [datetime.fromisoformat(item["due"]).utcoffset() for item in clock["capitals"]]
    assert offsets[0] in {timedelta(hours=-5), timedelta(hours=-4)}
    assert offsets[1] == timedelta(hours=5, minutes=30)
    assert clock["limit_hours"] == 168
    assert 167 < clock["hours_left"] <= 168


def test_what_is_due_first_stands_first_and_pages_go_on(callers: CallersByRole) -> None:
    later, sooner = received_request(), received_request()
    Clock.objects.filter(message=sooner).update(due_at=later.clock.due_at - timedelta(days=1))
    duty = callers[Role.DUTY]

    first = duty.get("/queue", limit=1).json()
    second = duty.get("/queue", limit=1, cursor=first["next"]).json()

    assert [page["items"][0]["message"]["id"] for page in (first, second)] == [str(sooner.pk), str(later.pk)]
    assert second["next"] is None


def test_what_is_answered_leaves_the_queue(callers: CallersByRole) -> None:
    request = received_request()
    Clock.objects.filter(message=request).update(state="ended", ended_at=request.received_at)

    assert callers[Role.DUTY].get("/queue").json()["items"] == []


def test_the_counts_tell_what_is_new_and_what_waits(callers: CallersByRole) -> None:
    received_request()

    counts = callers[Role.DUTY].get("/queue/counts").json()

    assert (counts["new"], counts["waiting-on-us"], counts["overdue"]) == (1, 1, 0)


def test_a_case_is_taken_once_and_from_a_colleague_only_expressly(callers: CallersByRole) -> None:
    path = f"/cases/{received_request().case_id}/take"

    assert callers[Role.DUTY].post(path).json()["holder"] == "duty"
    refused = callers[Role.LIAISON].post(path)
    unexplained = callers[Role.LIAISON].post(path, {"from_colleague": True})
    taken = callers[Role.LIAISON].post(path, {"from_colleague": True, "reason": "On leave from today."})

    assert (refused.status_code, refused.json()["code"]) == (409, "exchange.case-held")
    fields = refused.json()["fields"]
    assert (fields["holder"], fields["you"]) == ("duty", "liaison")
    assert datetime.fromisoformat(fields["since"]).tzinfo is not None
    assert (unexplained.status_code, unexplained.json()["fields"]["field"]) == (422, "reason")
    assert taken.json()["holder"] == "liaison"
    [over] = [moment for moment in taken.json()["timeline"] if moment["what"] == "case taken over"]
    assert (over["by"], over["to"], over["reason"]) == ("liaison", "liaison", "On leave from today.")


def test_a_case_is_handed_over_and_only_by_its_holder(callers: CallersByRole) -> None:
    path = f"/cases/{received_request().case_id}"
    callers[Role.DUTY].post(f"{path}/take")
    body = {"to": "liaison", "reason": "My shift ends."}

    by_another = callers[Role.LIAISON].post(f"{path}/hand-over", body)
    to_nobody = [
        callers[Role.DUTY].post(f"{path}/hand-over", {**body, "to": name}) for name in ("ghost", "releasing", "duty")
    ]
    handed = callers[Role.DUTY].post(f"{path}/hand-over", body)

    assert by_another.json()["code"] == "exchange.case-held"
    assert {answer.json()["code"] for answer in to_nobody} == {"exchange.not-a-holder"}
    assert handed.json()["holder"] == "liaison"
    moments = {moment["what"]: moment for moment in handed.json()["timeline"]}
    assert moments["case taken"]["by"] == "duty"
    assert moments["case handed over"]["reason"] == "My shift ends."
    assert moments["case opened"]["by"] == "IN"
    assert all(moment["by"] for moment in handed.json()["timeline"])


def test_an_agency_is_asked_and_its_reply_is_on_record_once(callers: CallersByRole) -> None:
    duty, request = callers[Role.DUTY], received_request()

    unknown = duty.post(f"/cases/{request.case_id}/inquiries", {"agency": "NOBODY", "question": "Who?"})
    asked = duty.post(f"/cases/{request.case_id}/inquiries", {"agency": "HC", "question": "Who holds the licence?"})
    reply = {"text": "Specimen Ltd.", "holds_information": True}
    first = duty.post(f"/inquiries/{asked.json()['id']}/reply", reply)
    second = duty.post(f"/inquiries/{asked.json()['id']}/reply", reply)

    assert (unknown.status_code, asked.status_code) == (409, 201)
    assert first.json()["reply"] == "Specimen Ltd."
    assert second.json()["code"] == "exchange.reply-on-record"
    timeline = [item["what"] for item in duty.get(f"/cases/{request.case_id}").json()["timeline"]]
    assert {"HC asked", "HC replied"} <= set(timeline)


@pytest.mark.parametrize("outcome", ["full", "partial", "nothing-held", "deferred"])
def test_a_request_is_answered_in_each_way(callers: CallersByRole, outcome: str) -> None:
    duty, request = callers[Role.DUTY], received_request()
    changes: dict[str, object] = {"outcome": outcome}
    if outcome != "partial":
        changes["refusals"] = []
    body = {"fields": answer_fields(**changes), "own_side": own_side()}

    draft = duty.post(f"/messages/{request.pk}/answer", body)

    assert draft.status_code == 201, draft.content
    assert draft.json()["in_reply_to"] == str(request.pk)
    check = duty.get(f"/messages/{draft.json()['id']}/check").json()
    assert check["problems"] == []


def test_a_partial_answer_leaves_and_ends_the_clock(callers: CallersByRole) -> None:
    duty, releasing, request = callers[Role.DUTY], callers[Role.RELEASING], received_request()
    body = {"fields": answer_fields(), "own_side": own_side()}
    draft = duty.post(f"/messages/{request.pk}/answer", body).json()
    path = f"/messages/{draft['id']}"

    submitted = duty.post(f"{path}/submit", {"version": 1})
    assert submitted.status_code == 200, submitted.content
    word = word_of(releasing.get(f"{path}/approval").json())
    releasing.post(f"{path}/approve", word)
    released = releasing.post(f"{path}/release")

    assert released.json()["state"] == "released"
    assert duty.get(f"/messages/{request.pk}").json()["clock"]["state"] == "ended"
    assert duty.post(f"/cases/{request.case_id}/close").json()["state"] == "closed"


def test_a_request_is_refused_on_a_ground_of_the_closed_list_only(callers: CallersByRole) -> None:
    duty, request = callers[Role.DUTY], received_request()
    fields = {name: value for name, value in REPLY.items() if name not in {"refusals", "updates_expected_on"}}
    body = {"ground": "b", "part_refused": "All of it", "reasons": "No necessity shown", "fields": fields}

    refused = duty.post(f"/messages/{request.pk}/refuse", {**body, "fields": {**fields, "text": "Refused."}})
    invented = duty.post(f"/messages/{request.pk}/refuse", {**body, "ground": "relationship-value"})

    assert refused.json()["content"]["refusals"][0]["ground"] == "b"
    assert refused.json()["content"]["outcome"] == "refused"
    assert invented.status_code == 422


def test_a_delay_notice_pauses_the_clock_until_it_is_resumed(callers: CallersByRole) -> None:
    duty, releasing, request = callers[Role.DUTY], callers[Role.RELEASING], received_request()
    expected = (datetime.now().astimezone() + timedelta(days=5)).date().isoformat()
    body = {"reason": "translation", "expected_on": expected, "fields": _notice()}
    draft = duty.post(f"/messages/{request.pk}/delay", {**body, "own_side": own_side()})
    assert draft.status_code == 201, draft.content
    path = f"/messages/{draft.json()['id']}"
    submitted = duty.post(f"{path}/submit", {"version": 1})
    assert submitted.status_code == 200, submitted.content
    word = word_of(releasing.get(f"{path}/approval").json())
    releasing.post(f"{path}/approve", word)
    releasing.post(f"{path}/release")

    paused = duty.get(f"/messages/{request.pk}").json()["clock"]
    running = duty.post(f"/messages/{request.pk}/resume").json()["clock"]

    assert (paused["state"], paused["pause_reason"]) == ("paused", "translation")
    assert running["state"] == "running"
    assert duty.post(f"/messages/{request.pk}/resume").status_code == 409


def test_missing_particulars_are_asked_for(callers: CallersByRole) -> None:
    request = received_request()
    body = {"points": ["Which consignment number?"], "fields": _notice()}

    draft = callers[Role.DUTY].post(f"/messages/{request.pk}/clarify", body)

    assert draft.status_code == 201, draft.content
    assert draft.json()["content"]["role"] == "question"


def test_an_answer_that_shields_is_the_same_in_every_word_and_leaves_at_a_time_the_request_sets(
    callers: CallersByRole,
) -> None:
    duty, releasing = callers[Role.DUTY], callers[Role.RELEASING]
    shielded, plain = received_request(), received_request()
    Clock.objects.filter(message=plain).update(started_at=shielded.clock.started_at, due_at=shielded.clock.due_at)
    Message.objects.filter(pk=plain.pk).update(received_at=shielded.received_at)
    contents, times = [], []
    for request in (shielded, plain):
        if request is shielded:
            duty.post(f"/cases/{request.case_id}/inquiries", {"agency": "CSIS", "question": "Is she protected?"})
        draft = duty.post(f"/messages/{request.pk}/cannot-confirm")
        assert draft.status_code == 201, draft.content
        path = f"/messages/{draft.json()['id']}"
        submitted = duty.post(f"{path}/submit", {"version": 1})
        assert submitted.status_code == 200, submitted.content
        word = word_of(releasing.get(f"{path}/approval").json())
        releasing.post(f"{path}/approve", word)
        held = releasing.post(f"{path}/release").json()
        assert held["state"] == "approved"
        contents.append(held["content"])
        times.append(held["release_at"])

    assert contents[0] == contents[1]
    assert times[0] == times[1]


def test_an_officer_cannot_word_the_answer_that_neither_confirms_nor_denies(callers: CallersByRole) -> None:
    request = received_request()
    body = {"fields": answer_fields(outcome="cannot-confirm-or-deny", refusals=[], text="She is protected.")}

    answer = callers[Role.DUTY].post(f"/messages/{request.pk}/answer", body)

    assert answer.status_code == 409
    assert answer.json()["code"] == "exchange.fixed-words"


def test_our_own_message_is_not_answered(callers: CallersByRole) -> None:
    draft = drafted(callers[Role.LIAISON])

    answer = callers[Role.DUTY].post(f"/messages/{draft['id']}/answer", {"fields": answer_fields()})

    assert answer.json()["code"] == "exchange.own-message"


def test_a_list_of_cases_is_filtered_and_paged(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    for number in range(3):
        liaison.post("/cases", {"peer": "IN", "theme": "fraud", "title": f"Case {number}"})
    received_request()

    first = liaison.get("/cases", limit=2).json()
    second = liaison.get("/cases", limit=2, cursor=first["next"]).json()

    references = [item["own_ref"] for item in (*first["items"], *second["items"])]
    assert sorted(references) == sorted(Case.objects.values_list("own_ref", flat=True))
    assert liaison.get("/cases", peer="US").json()["items"] == []
    assert liaison.get("/cases", cursor="forged").status_code == 400
    assert liaison.get("/cases", limit=101).status_code == 422
