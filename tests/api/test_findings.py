"""A sample of decisions and findings beside them, over the API, within the reviewer's mandate."""

import hashlib

import pytest

from accord.officers.models import Act
from accord.officers.services import set_scope
from accord.oversight.models import Annotation
from accord.release.models import DecisionRecord
from tests.api.conftest import CallerOf
from tests.desk import Desk, desk, submitted_request

__all__ = ["desk"]

QUESTION = {"finding": "question", "text": "On what does the urgency rest?"}


def test_a_sample_is_drawn_again_by_its_seed_and_by_any_program(desk: Desk, caller_of: CallerOf) -> None:
    for _ in range(4):
        submitted_request(desk)
    reviewer = caller_of(desk.reviewer)
    drawn = reviewer.get("/review/sample", seed="dice", size=2).json()
    assert drawn == reviewer.get("/review/sample", seed="dice", size=2).json()
    numbers = sorted(DecisionRecord.objects.values_list("pk", flat=True))
    by_hand = sorted(numbers, key=lambda number: hashlib.sha256(f"dice\n{number}".encode()).digest())
    assert [row["number"] for row in drawn["drawn"]] == by_hand[:2]
    assert drawn["digest"] == hashlib.sha256("".join(f"{number}\n" for number in numbers).encode()).hexdigest()
    assert drawn["population"] == 4
    assert reviewer.get("/review/sample", seed="dice", outcome="refuse").json()["population"] == 0
    assert Act.objects.filter(verb="draw sample").count() == 3


@pytest.mark.parametrize(
    ("asked", "field"), [({}, "seed"), ({"seed": "dice", "size": 0}, "size"), ({"seed": "d", "size": 201}, "size")]
)
def test_a_sample_that_cannot_be_drawn_says_why(
    desk: Desk, caller_of: CallerOf, asked: dict[str, object], field: str
) -> None:
    refused = caller_of(desk.reviewer).get("/review/sample", **asked)
    assert [one["field"] for one in refused.json()["fields"]["refused"]] == [field]
    assert not Act.objects.filter(verb="draw sample").exists()


def test_a_finding_stands_beside_the_decision_once(desk: Desk, caller_of: CallerOf) -> None:
    submitted_request(desk)
    reviewer, path = caller_of(desk.reviewer), f"/decisions/{DecisionRecord.objects.get().pk}/findings"
    written = reviewer.post(path, QUESTION, key="one")
    assert (written.status_code, written.json()["finding"]) == (201, "question")
    assert reviewer.post(path, QUESTION, key="one").json() == written.json()
    assert reviewer.get(path).json() == [written.json()]
    assert Annotation.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"text": "Why?"}, "api.invalid", "finding"),
        ({"finding": "guilty", "text": "Why?"}, "api.invalid", "finding"),
        ({"finding": "question", "text": " "}, "text.blank", "text"),
    ],
)
def test_a_finding_that_is_refused_names_its_field(
    desk: Desk, caller_of: CallerOf, body: dict[str, str], code: str, field: str
) -> None:
    submitted_request(desk)
    refused = caller_of(desk.reviewer).post(f"/decisions/{DecisionRecord.objects.get().pk}/findings", body).json()
    told = refused["fields"]
    assert (refused["code"], told["refused"][0]["field"] if "refused" in told else told["field"]) == (code, field)
    assert not Annotation.objects.exists()


def test_a_decision_beyond_the_mandate_is_answered_as_one_that_is_not(desk: Desk, caller_of: CallerOf) -> None:
    submitted_request(desk)
    number = DecisionRecord.objects.get().pk
    set_scope(desk.administrator, desk.reviewer, themes=[], agencies=["CBSA"])
    desk.reviewer.refresh_from_db()
    reviewer = caller_of(desk.reviewer)
    assert reviewer.get("/review/sample", seed="dice").json()["population"] == 0
    for act in (reviewer.get, lambda path: reviewer.post(path, QUESTION)):
        there, nowhere = act(f"/decisions/{number}/findings"), act(f"/decisions/{number + 1}/findings")
        assert (there.status_code, there.json()["code"], there.json()["title"]) == (
            404,
            "oversight.decision-unknown",
            nowhere.json()["title"],
        )


def test_who_does_not_read_the_record_finds_nothing(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    assert liaison.get("/review/sample", seed="dice").status_code == 403
    assert liaison.post("/decisions/1/findings", QUESTION).status_code == 403
