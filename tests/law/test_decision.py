import pytest
from jsonschema import Draft202012Validator
from msgspec import structs

from accord.law.decision import Decision, Outcome, Reason
from accord.law.engine import gate_for
from accord.law.facts import Facts
from accord.law.schemas import decision_schema
from accord.law.specimens import specimen, specimen_facts

REASON = Reason(
    rule="XX-01",
    policy="XX-01.always",
    citation="Specimen Act, section 1",
    sentence="It speaks.",
    cure="None.",
    decider="Nobody",
    outcome=Outcome.REFUSE,
)
DECISION = Decision(outcome=Outcome.REFUSE, reasons=(REASON,), facts_digest=bytes(32), pack_digest=bytes(32))
ANSWER = specimen("answer", party="CA", peer="IN")


def test_outcomes_are_ordered_from_mild_to_severe() -> None:
    assert list(Outcome) == sorted(Outcome)
    assert [outcome.label for outcome in Outcome] == ["permit", "permit-with", "hold", "route", "refuse"]
    assert [outcome for outcome in Outcome if outcome.lets_pass] == [Outcome.PERMIT, Outcome.PERMIT_WITH]


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": Outcome.HOLD},
        {"reasons": ()},
        {"reasons": (structs.replace(REASON, sentence="It speaks otherwise."),)},
        {"conditions": ("one",)},
        {"approver": "Somebody"},
        {"channel": "Post"},
        {"facts_digest": b"\1" * 32},
        {"pack_digest": b"\1" * 32},
        {"alarm": "law.engine-error"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_digest_moves_with_every_part_of_a_decision(changes: dict[str, object]) -> None:
    assert len(DECISION.digest) == 32
    assert structs.replace(DECISION, **changes).digest != DECISION.digest


def decisions() -> list[Decision]:
    gate = gate_for("CA")
    stated: list[Facts] = [
        specimen_facts("CA"),
        structs.replace(specimen_facts("CA"), caveats=()),
        structs.replace(specimen_facts("CA"), evidence_needed="yes"),
        structs.replace(specimen_facts("CA"), exposure="possible"),
        structs.replace(specimen_facts("CA"), kind="unknown"),
    ]
    return [gate.decide(facts) for facts in stated]


@pytest.mark.parametrize("decision", decisions(), ids=lambda decision: decision.outcome.label)
def test_what_other_programs_see_follows_the_schema(decision: Decision) -> None:
    seen = decision.to_json()
    Draft202012Validator(decision_schema()).validate(seen)
    assert {"outcome", "reasons", "conditions", "pack_digest"} <= seen.keys()
    for reason in seen["reasons"]:  # type: ignore[attr-defined]
        assert {"rule", "citation", "sentence", "cure", "decider"} <= reason.keys()


@pytest.mark.parametrize("decision", decisions(), ids=lambda decision: decision.outcome.label)
def test_a_decision_on_record_reads_as_it_was_made(decision: Decision) -> None:
    assert Decision.from_json(decision.to_json()) == decision


def shielded() -> list[Facts]:
    return [
        structs.replace(ANSWER, protection_statuses=("claimant",)),
        structs.replace(ANSWER, protection_statuses=("protected", "none")),
        structs.replace(ANSWER, protection_statuses=()),
        structs.replace(ANSWER, subject_is_victim_of_intimidation=True),
        structs.replace(ANSWER, subject_is_victim_of_intimidation=None),
    ]


@pytest.mark.parametrize("facts", shielded(), ids=str)
def test_every_shielded_refusal_says_the_same_outside_whatever_the_reason(facts: Facts) -> None:
    decision = gate_for("CA").decide(facts)
    assert not decision.lets_pass
    assert decision.is_shielded
    assert decision.outward() == "cannot-confirm-or-deny"


def test_an_ordinary_refusal_prescribes_no_answer() -> None:
    decision = gate_for("CA").decide(structs.replace(ANSWER, caveats=()))
    assert not decision.lets_pass
    assert not decision.is_shielded
    assert decision.outward() is None


def test_a_source_is_shielded_on_the_other_side_too() -> None:
    decision = gate_for("IN").decide(structs.replace(specimen_facts("IN"), names_source=True))
    assert decision.outward() == "cannot-confirm-or-deny"


@pytest.mark.parametrize("statuses", [("claimant",), ("protected",), ("unknown",), ("none",)])
def test_cannot_confirm_or_deny_may_be_said_of_anyone_and_leaves_no_trace_of_why(statuses: tuple[str, ...]) -> None:
    stated = structs.replace(
        ANSWER, protection_statuses=statuses, answer_outcome="cannot-confirm-or-deny", personal_data=False
    )
    decision = gate_for("CA").decide(stated)
    plain = gate_for("CA").decide(structs.replace(stated, protection_statuses=("none",)))
    assert decision.lets_pass
    assert (decision.outcome, decision.reasons, decision.conditions) == (plain.outcome, plain.reasons, plain.conditions)


@pytest.mark.parametrize(("party", "rule"), [("CA", "CA-07"), ("CA", "CA-16"), ("CA", "CA-03"), ("IN", "IN-16")])
def test_a_refusal_may_not_name_a_rule_that_shields(party: str, rule: str) -> None:
    peer = "IN" if party == "CA" else "CA"
    stated = structs.replace(
        specimen("answer", party=party, peer=peer),
        answer_outcome="refused",
        refusal_ground="law",
        refusal_rule=rule,
        personal_data=False,
    )
    assert not gate_for(party).decide(stated).lets_pass
    assert gate_for(party).decide(structs.replace(stated, refusal_rule="BI-02")).lets_pass
