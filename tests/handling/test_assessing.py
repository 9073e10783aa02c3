"""Assessments on file: nobody decides their own, departing takes a ground of a list, and the gate is told the worse."""

from typing import Any

import pytest

from accord.errors import AccordError
from accord.exchange import services
from accord.exchange.gate_facts import facts_of
from accord.exchange.models import Message
from accord.exchange.text import TextRefused
from accord.handling.assessing import OverrideGround, Question, assess, decide_assessment, settle_escalation
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from accord.handling.on_file import AssessmentRefused
from accord.handling.weighing import decide_weighing, weigh
from accord.law.facts import RiskFact
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted
from tests.desk import NOON, Desk, desk, information_fields, own_side, weighed
from tests.exchange.test_what_the_gate_is_told import informing, stopped_by
from tests.registers import profiled

__all__ = ["desk"]

ABOUT_A_PERSON = {"person_categories": ["suspect"], "arrangement_id": "ARR-2026-1"}
HEAD = "The head of the agency"


def draft_about_a_person(desk: Desk) -> Message:
    return informing(desk, own=own_side(protection_statuses=["none"], is_in_custody=False), **ABOUT_A_PERSON)


def assessed(desk: Desk, draft: Message, **changes: Any) -> MistreatmentAssessment:
    given: dict[str, Any] = {
        "answers": dict.fromkeys(Question, "no"),
        "outcome": "not-substantial",
        "reasons": "Nobody is named.",
        **changes,
    }
    return assess(desk.duty, draft, **given)


def risk_told(draft: Message, *, releaser: str | None = None) -> RiskFact:
    draft.refresh_from_db()
    risk = facts_of(draft, releaser=releaser, now=NOON).risk
    assert risk is not None
    return risk


@pytest.fixture(autouse=True)
def profile(desk: Desk) -> None:
    from accord.parties.models import RegisterEntry

    RegisterEntry.objects.filter(register="risk").delete()
    taken = [{"measure": "caveat", "is_taken": True}]
    profiled("IN", assessed_on=NOON.date(), baseline="substantial", residual="medium", mitigations=taken)


def test_who_wrote_a_word_of_the_draft_does_not_assess_it(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    with pytest.raises(AssessmentRefused) as refused:
        assess(
            desk.liaison, draft, answers=dict.fromkeys(Question, "no"), outcome="not-substantial", reasons="Nothing."
        )
    assert refused.value.reason_code == "handling.own-file"


def test_nobody_decides_the_file_that_they_assessed_or_wrote(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    made = assessed(desk, draft)
    for officer in (desk.duty, desk.liaison):
        officer.roles = [*officer.roles, "decider"]
        with pytest.raises(AssessmentRefused) as refused:
            decide_assessment(officer, made, agrees=True, why="Yes.")
        assert refused.value.reason_code == "handling.own-file"
    with pytest.raises(NotPermitted):
        decide_assessment(desk.reviewer, made, agrees=True, why="Yes.")


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": {}},
        {"answers": {**dict.fromkeys(Question, "no"), "strategic-relationship": "yes"}},
        {"answers": dict.fromkeys(Question, "perhaps")},
        {"answers": dict.fromkeys(Question, "unknown")},
        {"answers": {**dict.fromkeys(Question, "no"), Question.AGENCY_RECORD: "unknown"}},
        {"answers": dict.fromkeys(Question, "yes")},
        {"answers": {**dict.fromkeys(Question, "no"), Question.LEADS_TO_DETENTION: "yes"}, "measures": [" "]},
        {"outcome": "mitigated"},
        {"outcome": "harmless"},
        {"reasons": " "},
    ],
    ids=[
        "open",
        "relationship",
        "perhaps",
        "unknown",
        "one unknown",
        "yes",
        "one yes",
        "no measure",
        "no outcome",
        "no reasons",
    ],
)
def test_an_assessment_that_does_not_hold_together_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(AccordError):
        assessed(desk, draft_about_a_person(desk), **changes)
    assert not MistreatmentAssessment.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": {**dict.fromkeys(Question, "no"), Question.LESS_WOULD_DO: "unknown"}},
        {"answers": {**dict.fromkeys(Question, "no"), Question.NAMES_PERSON: "yes"}},
        {"answers": dict.fromkeys(Question, "yes"), "measures": ["caveat on use"]},
        {"answers": dict.fromkeys(Question, "yes"), "outcome": "substantial"},
    ],
    ids=["less would do", "a name", "a measure", "a risk found"],
)
def test_an_assessment_that_follows_from_its_answers_is_filed(desk: Desk, changes: dict[str, Any]) -> None:
    assert assessed(desk, draft_about_a_person(desk), **changes).decision == "open"


def test_no_substantial_risk_beside_a_risk_names_the_field(desk: Desk) -> None:
    with pytest.raises(AssessmentRefused) as refused:
        assessed(desk, draft_about_a_person(desk), answers=dict.fromkeys(Question, "yes"))
    assert (refused.value.reason_code, refused.value.fields) == ("handling.risk-unmet", {"field": "outcome"})


def test_no_list_of_this_room_speaks_of_what_a_relationship_is_worth() -> None:
    fields = {field.name for field in MistreatmentAssessment._meta.get_fields()}
    words = " ".join([*Question, *OverrideGround, *fields])
    assert "relation" not in words
    assert "strateg" not in words


def test_until_it_is_decided_the_risk_counts_as_substantial(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    assert risk_told(draft).residual == "medium"
    made = assessed(desk, draft, outcome="mitigated", measures=["caveat on use"])
    assert risk_told(draft).residual == "substantial"
    decide_assessment(desk.releasing, made, agrees=True, why="I read it.")
    told = risk_told(draft)
    assert (told.baseline, told.residual, told.has_measures_taken, told.assessed_here_by) == (
        "substantial",
        "medium",
        True,
        "duty",
    )


def test_a_text_that_changes_leaves_the_assessment_behind(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    decide_assessment(desk.releasing, assessed(desk, draft), agrees=True, why="I read it.")
    assert risk_told(draft).residual == "medium"
    fields = information_fields(facts="Another text.", **ABOUT_A_PERSON)
    services.save_draft(desk.liaison, draft, version=1, fields=fields, own=own_side(protection_statuses=["none"]))
    assert risk_told(draft).residual == "substantial"


def test_who_decided_an_assessment_does_not_release_on_it(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    decide_assessment(desk.releasing, assessed(desk, draft), agrees=True, why="I read it.")
    assert risk_told(draft, releaser="releasing").residual == "substantial"
    assert risk_told(draft, releaser="another").residual == "medium"


def test_a_risk_that_was_found_stops_the_message(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    decide_assessment(desk.releasing, assessed(desk, draft, outcome="substantial"), agrees=True, why="So it is.")
    assert "CA-02.substantial" in stopped_by(desk, draft)


@pytest.mark.parametrize("outcome", ["substantial", "cannot-determine"])
def test_departing_takes_a_ground_of_the_list_and_goes_to_the_head_by_itself(desk: Desk, outcome: str) -> None:
    draft = draft_about_a_person(desk)
    made = assessed(desk, draft, outcome=outcome)
    for ground in ("strategic-relationship", "urgent", "FACTUAL-ERROR"):
        with pytest.raises(AssessmentRefused) as refused:
            decide_assessment(desk.releasing, made, agrees=False, why="They are friends.", override=ground)
        assert refused.value.reason_code == "handling.override-ground"
    escalated = decide_assessment(
        desk.releasing, made, agrees=False, why="The place is closed.", override="factual-error"
    )
    assert escalated.decision == "escalated"
    assert risk_told(draft).residual == "substantial"
    with pytest.raises(AssessmentRefused) as refused:
        settle_escalation(desk.releasing, made, allows=True, why="Yes.")
    assert refused.value.reason_code == "handling.not-the-head"
    settle_escalation(desk.head(HEAD), made, allows=True, why="The place was closed in May.")
    assert risk_told(draft).residual == "unknown"
    assert "CA-02.unsure" in stopped_by(desk, draft)


def test_a_risk_that_cannot_be_determined_goes_to_the_head_though_all_agree(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    made = assessed(desk, draft, outcome="cannot-determine", answers=dict.fromkeys(Question, "unknown"))
    assert decide_assessment(desk.releasing, made, agrees=True, why="We do not know.").decision == "escalated"
    settle_escalation(desk.head(HEAD), made, allows=False, why="Then it stays.")
    assert risk_told(draft).residual == "substantial"


def test_the_head_who_escalated_does_not_answer_their_own_escalation(desk: Desk) -> None:
    draft, head = draft_about_a_person(desk), desk.head(HEAD)
    made = assessed(desk, draft, outcome="substantial")
    decide_assessment(head, made, agrees=False, why="Wrong.", override="factual-error")
    with pytest.raises(AssessmentRefused) as refused:
        settle_escalation(head, made, allows=True, why="Yes.")
    assert refused.value.reason_code == "handling.own-file"


def test_an_assessment_lowers_no_score_of_the_profile(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    decide_assessment(desk.releasing, assessed(desk, draft), agrees=True, why="I read it.")
    told = risk_told(draft)
    assert (told.baseline, told.residual) == ("substantial", "medium")


def test_mixed_grounds_need_a_test_that_another_decided_and_that_finds_conduct(desk: Desk) -> None:
    draft = informing(desk, own=own_side(basis=["conduct", "protest"]))
    assert not facts_of(draft, releaser=None, now=NOON).predominance_test
    given = {"conduct": "A drum.", "expression": "A protest.", "why": "The drum."}
    test = weigh(desk.liaison, draft, predominates="conduct", **given)
    assert not facts_of(draft, releaser=None, now=NOON).predominance_test
    desk.liaison.roles = ["liaison", "decider"]
    with pytest.raises(AssessmentRefused):
        decide_weighing(desk.liaison, test, agrees=True, why="Yes.")
    decide_weighing(desk.releasing, test, agrees=True, why="The drum it is.")
    assert facts_of(draft, releaser=None, now=NOON).predominance_test
    assert not facts_of(draft, releaser="releasing", now=NOON).predominance_test
    other = weigh(desk.duty, draft, predominates="expression", **given)
    decide_weighing(desk.releasing, other, agrees=True, why="It is the protest.")
    assert not facts_of(draft, releaser=None, now=NOON).predominance_test


def test_a_test_of_predominance_does_not_outlive_its_text(desk: Desk) -> None:
    draft = informing(desk, own=own_side(basis=["conduct", "protest"]))
    weighed(desk, draft)
    assert facts_of(draft, releaser=None, now=NOON).predominance_test
    other = services.save_draft(desk.liaison, draft, version=1, fields=information_fields(facts="A list of names."))
    assert not facts_of(other, releaser=None, now=NOON).predominance_test


@pytest.mark.parametrize("changed", [{"conduct": " "}, {"expression": ""}, {"predominates": "both"}, {"why": "\u202e"}])
def test_a_test_that_leaves_something_out_is_refused(desk: Desk, changed: dict[str, str]) -> None:
    draft = informing(desk, own=own_side(basis=["conduct", "protest"]))
    given = {"conduct": "A drum.", "expression": "A protest.", "predominates": "conduct", "why": "The drum.", **changed}
    with pytest.raises((AssessmentRefused, TextRefused)):
        weigh(desk.liaison, draft, **given)
    assert not PredominanceTest.objects.exists()


def test_the_record_says_who_did_what_and_no_word_of_it(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    decide_assessment(desk.releasing, assessed(desk, draft), agrees=True, why="I read it.")
    acts = Act.objects.filter(verb__in=("assess message", "decide on assessment")).order_by("pk")
    assert [act.officer.username if act.officer else "" for act in acts] == ["duty", "releasing"]
    assert "Nobody is named" not in str([act.detail for act in acts])


def test_a_message_names_its_own_assessment_of_its_own_text_or_none(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    made = assessed(desk, draft)
    own = own_side(protection_statuses=["none"])

    def problems(**fields: Any) -> list[str]:
        draft.refresh_from_db()
        given = information_fields(**ABOUT_A_PERSON, **fields)
        saved = services.save_draft(desk.liaison, draft, version=draft.version, fields=given, own=own)
        return [one.sentence for one in services.check_draft(desk.liaison, saved).problems]

    assert problems(mistreatment_assessment_id=made.reference) == []
    assert problems(mistreatment_assessment_id="MA-0") == ["No assessment of this message has that reference."]
    changed = problems(mistreatment_assessment_id=made.reference, facts="Another text.")
    assert changed == ["The text or a file changed after that assessment."]


@pytest.mark.parametrize("decides", ["nobody", "agrees", "head denies"])
def test_a_new_assessment_is_no_way_around_what_was_found_of_the_same_text(desk: Desk, decides: str) -> None:
    draft = draft_about_a_person(desk)
    made = assessed(desk, draft, outcome="substantial")
    if decides == "agrees":
        decide_assessment(desk.releasing, made, agrees=True, why="So it is.")
    elif decides == "head denies":
        decide_assessment(desk.releasing, made, agrees=False, why="Wrong.", override="factual-error")
        settle_escalation(desk.head(HEAD), made, allows=False, why="It stays.")
    with pytest.raises(AssessmentRefused) as refused:
        assessed(desk, draft)
    assert refused.value.reason_code == "handling.assessment-stands"


def test_what_was_agreed_to_is_departed_from_on_a_ground_alone(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    made = assessed(desk, draft, outcome="substantial")
    decide_assessment(desk.releasing, made, agrees=True, why="So it is.")
    with pytest.raises(AssessmentRefused) as refused:
        decide_assessment(desk.head(HEAD, "other"), made, agrees=False, why="No more.")
    assert refused.value.reason_code == "handling.decided"
    again = decide_assessment(
        desk.head(HEAD, "third"), made, agrees=False, why="A visit was made.", override="measure-since-taken"
    )
    assert again.decision == "escalated"


def test_an_assessment_that_was_returned_is_written_anew(desk: Desk) -> None:
    draft = draft_about_a_person(desk)
    decide_assessment(desk.releasing, assessed(desk, draft), agrees=False, why="Look at the place again.")
    assert risk_told(draft).residual == "substantial"
    decide_assessment(desk.releasing, assessed(desk, draft), agrees=True, why="Now it is right.")
    assert risk_told(draft).residual == "medium"
