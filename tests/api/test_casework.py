"""Notes, links and assignment over the API: what the desk offers a person, a national system has, too."""

import uuid

import pytest

from accord.exchange.models import Case
from accord.officers.models import Officer
from accord.officers.permissions import Permission, Role
from tests.api.conftest import Caller, CallerOf
from tests.api.story import received_request

pytestmark = pytest.mark.usefixtures("node")

CallersByRole = dict[Role, Caller]


def opened(callers: CallersByRole) -> str:
    made = callers[Role.LIAISON].post("/cases", {"peer": "IN", "theme": "cyber", "title": "SPECIMEN"}).json()
    return str(made["id"])


def test_a_note_is_written_read_and_corrected_by_a_further_one(callers: CallersByRole) -> None:
    notes = f"/cases/{opened(callers)}/notes"
    wrong = callers[Role.DUTY].post(notes, {"text": "SPECIMEN Monday"})
    right = callers[Role.LIAISON].post(notes, {"text": "SPECIMEN Tuesday", "corrects": wrong.json()["id"]})
    assert (wrong.status_code, right.status_code) == (201, 201)
    read = callers[Role.REVIEWER].get(notes).json()
    assert [one["text"] for one in read] == ["SPECIMEN Monday", "SPECIMEN Tuesday"]
    assert read[1]["corrects"] == read[0]["id"]
    elsewhere = callers[Role.DUTY].post(
        f"/cases/{opened(callers)}/notes", {"text": "SPECIMEN", "corrects": read[0]["id"]}
    )
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "exchange.no-such-note")


def test_a_narrow_token_does_not_read_a_note_by_writing_it(
    callers: CallersByRole, caller_of: CallerOf, officers: dict[Role, Officer]
) -> None:
    notes = f"/cases/{opened(callers)}/notes"
    taker = caller_of(officers[Role.LIAISON], [Permission.CASE_TAKE])
    assert taker.post(notes, {"text": "SPECIMEN secret"}).json()["text"] is None
    assert taker.get(notes).status_code == 403


def test_a_link_is_seen_from_both_ends_until_it_ends(callers: CallersByRole) -> None:
    first, second = opened(callers), opened(callers)
    duty = callers[Role.DUTY]
    linked = duty.post(f"/cases/{first}/links", {"other": second, "reason": "SPECIMEN"})
    assert linked.status_code == 200
    assert [one["what"] for one in linked.json()["timeline"]][-1] == "case linked"
    (seen,) = duty.get(f"/cases/{second}/links").json()
    assert (seen["case_id"], seen["kind"]) == (first, "linked")
    assert duty.post(f"/cases/{second}/unlink", {"other": first, "reason": "SPECIMEN"}).status_code == 200
    assert duty.get(f"/cases/{first}/links").json() == []
    assert duty.post(f"/cases/{second}/unlink", {"other": first, "reason": "SPECIMEN"}).status_code == 409


def test_a_request_is_joined_to_a_case_of_the_same_other_side(callers: CallersByRole) -> None:
    lead, asked = opened(callers), str(received_request().case.pk)
    body = {"other": lead, "kind": "joined", "reason": "SPECIMEN"}
    joined = callers[Role.DUTY].post(f"/cases/{asked}/links", body)
    assert joined.json()["holder"] == Case.objects.get(pk=lead).holder.username  # type: ignore[union-attr]
    kinds = [callers[Role.DUTY].get(f"/cases/{one}/links").json()[0]["kind"] for one in (lead, asked)]
    assert kinds == ["joined-here", "joined-there"]


def test_a_case_is_given_to_a_colleague_or_to_oneself(callers: CallersByRole, officers: dict[Role, Officer]) -> None:
    assign = f"/cases/{received_request().case.pk}/assign"
    liaison, duty = (officers[role].username for role in (Role.LIAISON, Role.DUTY))
    nameless = callers[Role.DUTY].post(assign, {"to": "nobody-of-this-name", "reason": "SPECIMEN"})
    silent = callers[Role.DUTY].post(assign, {"to": liaison})
    given = callers[Role.DUTY].post(assign, {"to": liaison, "reason": "SPECIMEN"})
    back = callers[Role.DUTY].post(assign, {"to": duty})
    assert [answer.status_code for answer in (nameless, silent, given, back)] == [409, 422, 200, 409]
    assert given.json()["holder"] == liaison
    assert back.json()["code"] == "exchange.case-held"


def test_what_is_not_there_is_not_found(callers: CallersByRole) -> None:
    missing = uuid.uuid4()
    answers = [
        callers[Role.DUTY].get(f"/cases/{missing}/notes"),
        callers[Role.DUTY].post(f"/cases/{missing}/notes", {"text": "SPECIMEN"}),
        callers[Role.DUTY].post(f"/cases/{opened(callers)}/links", {"other": str(missing), "reason": "SPECIMEN"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
