"""Assessments and tests of predominance over the API: written by one, decided by another, and of which text."""

import uuid
from typing import Any

import pytest

from accord.exchange.models import Message
from accord.handling.assessing import HEAD, Question
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from accord.node.api.assessments import Answers
from accord.officers.permissions import Role
from tests.api.conftest import Caller, CallerOf
from tests.api.story import stranger_of
from tests.desk import Desk, desk, own_side
from tests.exchange.test_what_the_gate_is_told import informing
from tests.handling.test_assessing import draft_about_a_person

__all__ = ["desk"]

NO = {one.value.replace("-", "_"): "no" for one in Question}
FOUND = {"answers": NO, "outcome": "not-substantial", "reasons": "Nobody is named."}
RISK = {"answers": {**NO, "person_at_risk": "yes"}, "outcome": "substantial", "reasons": "They may be held."}
WEIGHED = {
    "conduct": "A drum of a precursor.",
    "expression": "A protest on the same day.",
    "predominates": "conduct",
    "why": "It is about the drum.",
}


def assessed(caller: Caller, draft: Message, body: dict[str, Any] = FOUND) -> dict[str, Any]:
    made = caller.post(f"/messages/{draft.pk}/assessments", body)
    assert made.status_code == 201, made.content
    shown: dict[str, Any] = made.json()
    return shown


def test_each_question_of_the_assessment_is_asked() -> None:
    assert set(Answers.model_fields) == {one.value.replace("-", "_") for one in Question}


def test_an_assessment_is_written_by_one_and_agreed_to_by_another(desk: Desk, caller_of: CallerOf) -> None:
    draft, duty, decider = draft_about_a_person(desk), caller_of(desk.duty), caller_of(desk.head("The deputy head"))
    made = assessed(duty, draft)
    assert (made["decision"], made["counts"], made["answers"], made["written_by"]) == ("open", True, NO, "duty")
    path = f"/messages/{draft.pk}/assessments"
    agreed = decider.post(f"{path}/{made['id']}/decision", {"agrees": True, "reason": "I read it."})
    assert agreed.status_code == 200, agreed.content
    assert (agreed.json()["decision"], agreed.json()["decided_by"]) == ("agreed", "head")
    again = decider.post(f"{path}/{made['id']}/decision", {"agrees": True, "reason": "Again."})
    assert again.json()["code"] == "handling.decided"
    [shown] = duty.get(path).json()
    assert shown == agreed.json()
    Message.objects.filter(pk=draft.pk).update(content=b'{"facts":"Another text."}')
    assert duty.get(path).json()[0]["counts"] is False


def test_who_wrote_the_draft_neither_assesses_it_nor_decides(desk: Desk, caller_of: CallerOf) -> None:
    draft = draft_about_a_person(desk)
    refused = caller_of(desk.liaison).post(f"/messages/{draft.pk}/assessments", FOUND)
    assert (refused.status_code, refused.json()["code"]) == (422, "handling.own-file")
    assert not MistreatmentAssessment.objects.exists()


def test_departing_takes_a_ground_and_goes_to_the_head_by_itself(desk: Desk, caller_of: CallerOf) -> None:
    draft, releasing = draft_about_a_person(desk), caller_of(desk.releasing)
    path = f"/messages/{draft.pk}/assessments/{assessed(caller_of(desk.duty), draft, RISK)['id']}"
    unknown = releasing.post(f"{path}/decision", {"agrees": False, "override": "good-relations", "reason": "So."})
    assert [one["field"] for one in unknown.json()["fields"]["refused"]] == ["override"]
    both = releasing.post(f"{path}/decision", {"agrees": True, "override": "factual-error", "reason": "So."})
    assert (both.json()["code"], both.json()["fields"]["field"]) == ("handling.override-ground", "override")
    departed = releasing.post(
        f"{path}/decision", {"agrees": False, "override": "factual-error", "reason": "Another man."}
    )
    assert departed.json()["decision"] == "escalated"
    early = releasing.post(f"{path}/settlement", {"allows": True, "reason": "So."})
    assert early.json()["code"] == "handling.not-the-head"
    head = caller_of(desk.head(HEAD))
    settled = head.post(f"{path}/settlement", {"allows": False, "reason": "The risk stays."})
    assert settled.status_code == 200, settled.content
    assert (settled.json()["decision"], settled.json()["settled_by"]) == ("denied", "head")
    assert settled.json()["override_ground"] == "factual-error"


def test_what_was_read_is_decided_on_and_not_what_was_written_since(desk: Desk, caller_of: CallerOf) -> None:
    draft, duty, releasing = draft_about_a_person(desk), caller_of(desk.duty), caller_of(desk.releasing)
    first = assessed(duty, draft)
    path = f"/messages/{draft.pk}/assessments"
    assert releasing.post(f"{path}/{first['id']}/decision", {"agrees": False, "reason": "Again."}).status_code == 200
    second = assessed(duty, draft)
    stale = releasing.post(f"{path}/{first['id']}/decision", {"agrees": True, "reason": "I read it."})
    assert (stale.status_code, stale.json()["code"]) == (409, "api.record-not-the-newest")
    assert [(row["id"], row["is_newest"]) for row in duty.get(path).json()] == [
        (second["id"], True),
        (first["id"], False),
    ]


def test_a_record_of_another_message_is_not_found(desk: Desk, caller_of: CallerOf) -> None:
    one, two, releasing = draft_about_a_person(desk), draft_about_a_person(desk), caller_of(desk.releasing)
    made = assessed(caller_of(desk.duty), one)
    answer = releasing.post(f"/messages/{two.pk}/assessments/{made['id']}/decision", {"agrees": True, "reason": "So."})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"answers": {**NO, "strategic_relationship": "yes"}}, "api.invalid", "answers.strategic_relationship"),
        ({"answers": dict.fromkeys(list(NO)[1:], "no")}, "api.invalid", f"answers.{next(iter(NO))}"),
        ({"outcome": "harmless"}, "api.invalid", "outcome"),
        ({"outcome": "mitigated"}, "handling.no-measure", "measures"),
        ({"answers": dict.fromkeys(NO, "unknown")}, "handling.unknown-protects", "outcome"),
        ({"reasons": " "}, "text.blank", "reasons"),
    ],
    ids=["relationship", "open", "no outcome", "no measure", "unknown", "no reasons"],
)
def test_an_assessment_that_does_not_hold_together_is_refused_by_its_field(
    desk: Desk, caller_of: CallerOf, changes: dict[str, Any], code: str, field: str
) -> None:
    path = f"/messages/{draft_about_a_person(desk).pk}/assessments"
    refused = caller_of(desk.duty).post(path, {**FOUND, **changes})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    fields = refused.json()["fields"]
    assert (fields["refused"][0]["field"] if "refused" in fields else fields["field"]) == field
    assert not MistreatmentAssessment.objects.exists()


def test_a_test_of_predominance_is_written_and_decided(desk: Desk, caller_of: CallerOf) -> None:
    draft, releasing = informing(desk, own=own_side()), caller_of(desk.releasing)
    liaison, path = caller_of(desk.liaison), f"/messages/{draft.pk}/weighings"
    made = liaison.post(path, WEIGHED, key="one")
    assert (made.status_code, made.json()["decision"]) == (201, "open")
    assert liaison.post(path, WEIGHED, key="one").json() == made.json()
    assert PredominanceTest.objects.count() == 1
    bad = liaison.post(path, {**WEIGHED, "predominates": "both"})
    assert [one["field"] for one in bad.json()["fields"]["refused"]] == ["predominates"]
    agreed = releasing.post(f"{path}/{made.json()['id']}/decision", {"agrees": True, "reason": "It is."})
    assert agreed.status_code == 200, agreed.content
    assert liaison.get(path).json() == [agreed.json()]
    assert agreed.json()["decision"] == "agreed"


def test_who_need_not_know_is_told_what_is_told_of_none(desk: Desk, caller_of: CallerOf) -> None:
    draft, duty = draft_about_a_person(desk), caller_of(desk.duty)
    made = assessed(duty, draft)["id"]
    weighed = duty.post(f"/messages/{draft.pk}/weighings", WEIGHED).json()["id"]
    stranger = stranger_of(desk, caller_of, Role.RELEASING)
    word = {"agrees": True, "reason": "So."}

    def told(of: object, record: object, test: object) -> list[tuple[int, object]]:
        asked = [
            stranger.get(f"/messages/{of}/assessments"),
            stranger.get(f"/messages/{of}/weighings"),
            stranger.post(f"/messages/{of}/assessments/{record}/decision", word),
            stranger.post(f"/messages/{of}/assessments/{record}/settlement", {"allows": True, "reason": "So."}),
            stranger.post(f"/messages/{of}/weighings/{test}/decision", word),
        ]
        return [(one.status_code, one.json()) for one in asked]

    there = told(draft.pk, made, weighed)
    assert there == told(uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
    assert {status for status, _problem in there} == {404}


def test_a_token_that_may_not_read_cases_reads_no_record_by_writing_one(desk: Desk, caller_of: CallerOf) -> None:
    narrow = caller_of(desk.duty, ["message.draft"])
    refused = narrow.post(f"/messages/{draft_about_a_person(desk).pk}/assessments", FOUND)
    assert (refused.status_code, refused.json()["code"]) == (403, "officer.not-permitted")


def test_who_may_not_write_assesses_nothing(desk: Desk, caller_of: CallerOf) -> None:
    draft = draft_about_a_person(desk)
    for officer in (desk.releasing, desk.reviewer):
        for noun, body in (("assessments", FOUND), ("weighings", WEIGHED)):
            assert caller_of(officer).post(f"/messages/{draft.pk}/{noun}", body).status_code == 403
