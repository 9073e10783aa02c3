"""Properties that hold for any facts whatever, not only for those that somebody thought of."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import structs

from accord.law.decision import Outcome
from accord.law.engine import Gate, gate_for
from accord.law.facts import Facts, RiskFact
from accord.law.loading import packs_for, read_pack
from accord.law.rules import Pack
from accord.law.schemas import decision_schema
from accord.law.specimens import SPECIMEN_DAY, SpecimenName, specimen
from tests.law.packs import POLICY_FILE, RULE_FILE, small

REQUIRED = {"party", "peer", "action", "date", "kind"}
OPTIONAL = [field.name for field in structs.fields(Facts) if field.name not in REQUIRED]
DEFAULTS = Facts(party="CA", peer="IN", action="use", date=SPECIMEN_DAY, kind="answer")
SPECIMENS: tuple[SpecimenName, ...] = ("request", "answer", "use-request", "use-answer")
VALIDATOR = Draft202012Validator(decision_schema())

LEVELS = ["none", "low", "medium", "substantial", "unknown"]
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from(["request", "answer", "clarification", "delay-notice", "spontaneous-information", "other"]),
    "action": st.sampled_from(["release", "request", "use", "acknowledge"]),
    "date": st.integers(-400, 1000).map(lambda days: SPECIMEN_DAY + timedelta(days=days)),
    "purpose": st.sampled_from([None, "investigate", "prosecute", "protect-life"]),
    "use_purpose": st.sampled_from([None, "investigate", "protect-life"]),
    "basis": st.lists(st.sampled_from(["conduct", "protest", "religion"]), max_size=3).map(tuple),
    "protection_statuses": st.lists(st.sampled_from(["none", "claimant", "unknown"]), max_size=3).map(tuple),
    "personal_data": st.sampled_from([None, True, False]),
    "asks_about_person": st.sampled_from([None, True, False]),
    "answer_outcome": st.sampled_from([None, "full", "refused", "deferred", "cannot-confirm-or-deny"]),
    "refusal_ground": st.sampled_from([None, "a", "law"]),
    "evidence_needed": st.sampled_from(["no", "yes", "will-go-mla", "unknown"]),
    "compelled": st.sampled_from([None, True, False]),
    "classification": st.sampled_from([None, "protected", "restricted", "secret"]),
    "is_life_threat": st.booleans(),
    "imminence_stated": st.booleans(),
    "is_minimum_data": st.booleans(),
    "exposure": st.sampled_from(["none", "possible", "likely", "unknown"]),
    "possibly_from_mistreatment": st.sampled_from(["no", "possible", "likely", "unknown"]),
    "use_effect": st.sampled_from([None, "file", "lead", "evidence", "deprive-of-rights"]),
    "risk": st.none()
    | st.builds(
        lambda age, before, after, who: RiskFact(
            profile_date=SPECIMEN_DAY - timedelta(days=age), baseline=before, residual=after, assessed_by=who
        ),
        st.integers(-2, 800),
        st.sampled_from(LEVELS),
        st.sampled_from(LEVELS),
        st.sampled_from([None, "liaison", "risk-unit"]),
    ),
    "subject_is_victim_of_intimidation": st.sampled_from([None, True, False]),
    "death_penalty_exposure": st.sampled_from([None, True, False]),
    "names_source": st.sampled_from([None, True, False]),
    "onward_state": st.sampled_from([None, "CA", "XX"]),
    "caveats": st.just(()),
    "arrangement_id": st.sampled_from([None, "NONE"]),
}


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    party, peer = draw(st.sampled_from([("CA", "IN"), ("IN", "CA")]))
    base = specimen(draw(st.sampled_from(SPECIMENS)), party=party, peer=peer)
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=8, unique=True))
    return structs.replace(base, **{name: draw(VALUES[name]) for name in names})


@given(any_facts())
def test_the_gate_always_answers_and_its_outcome_is_its_most_severe_reason(facts: Facts) -> None:
    decision = gate_for(facts.party).decide(facts)
    assert decision.outcome == max((reason.outcome for reason in decision.reasons), default=Outcome.PERMIT)
    assert (decision.approver is not None) == (decision.outcome is Outcome.HOLD)
    assert (decision.channel is not None) == (decision.outcome is Outcome.ROUTE)
    if decision.alarm:
        assert decision.outcome is Outcome.REFUSE
    VALIDATOR.validate(decision.to_json())


@given(any_facts())
def test_a_kept_answer_is_the_answer_a_new_gate_would_give(facts: Facts) -> None:
    assert Gate(packs_for(facts.party)).decide(facts) == gate_for(facts.party).decide(facts)


@given(st.sampled_from(["CA", "IN"]), st.sampled_from(SPECIMENS), st.sets(st.sampled_from(OPTIONAL)))
def test_facts_taken_away_never_make_an_answer_milder_than_the_lawful_one(
    party: str, name: SpecimenName, missing: set[str]
) -> None:
    lawful = specimen(name, party=party, peer="IN" if party == "CA" else "CA")
    fewer = structs.replace(lawful, **{fact: getattr(DEFAULTS, fact) for fact in missing})
    gate = gate_for(party)
    assert gate.decide(fewer).outcome >= gate.decide(lawful).outcome


@given(
    st.sampled_from(["CA", "IN"]),
    st.sampled_from(["release", "request", "use"]),
    st.sampled_from(["request", "answer", "clarification", "spontaneous-information", "delay-notice", "refusal"]),
)
def test_facts_that_are_absent_never_permit(party: str, action: Any, kind: str) -> None:
    stated = Facts(party=party, peer="IN" if party == "CA" else "CA", action=action, date=SPECIMEN_DAY, kind=kind)
    assert not gate_for(party).decide(stated).lets_pass


def without(pack: Pack, dropped: set[str]) -> Pack:
    kept = tuple(rule for rule in pack.rules if rule.id not in dropped)
    return structs.replace(pack, rules=kept)


DROPPABLE = sorted(
    rule.id for party in ("CA", "IN") for pack in packs_for(party) for rule in pack.rules if rule.id != "BI-13"
)


@settings(max_examples=60)
@given(any_facts(), st.sets(st.sampled_from(DROPPABLE), max_size=12))
def test_adding_rules_never_makes_an_answer_milder(facts: Facts, dropped: set[str]) -> None:
    fewer = Gate([without(pack, dropped) for pack in packs_for(facts.party)]).decide(facts)
    has_law = all(reason.policy != "GATE.no-law" for reason in fewer.reasons)  # without any rule all is refused
    assert gate_for(facts.party).decide(facts).outcome >= fewer.outcome or not has_law


EXTRA = {
    outcome: read_pack(
        "tests",
        small(
            rule=RULE_FILE.replace("{outcome}", outcome).replace(
                'cure = "N', ('channel = "Post"\n' if outcome == "route" else "") + 'cure = "N'
            ),
            policy=POLICY_FILE.replace(";", ' when { !context.cleared.contains("XX-01.always") };'),
        ),
    )
    for outcome in ("condition", "hold", "route", "refuse")
}
SEVERITY = {"condition": Outcome.PERMIT_WITH, "hold": Outcome.HOLD, "route": Outcome.ROUTE, "refuse": Outcome.REFUSE}


@settings(max_examples=60)
@given(any_facts().filter(lambda facts: facts.action in {"release", "request"}), st.sampled_from(sorted(EXTRA)))
def test_a_rule_that_speaks_makes_the_answer_at_least_as_severe_as_itself(facts: Facts, outcome: str) -> None:
    gate = Gate((*packs_for(facts.party), EXTRA[outcome]))
    before = gate_for(facts.party).decide(facts)
    after = gate.decide(facts)
    if facts.date >= EXTRA[outcome].rules[0].in_force_from:
        assert after.outcome == max(before.outcome, SEVERITY[outcome])
    assert {reason.policy for reason in before.reasons} <= {reason.policy for reason in after.reasons}


@given(any_facts())
def test_protected_people_are_shielded_whatever_else_is_true(facts: Facts) -> None:
    stated = structs.replace(facts, party="CA", peer="IN", protection_statuses=("claimant",), date=SPECIMEN_DAY)
    decision = gate_for("CA").decide(stated)
    if decision.lets_pass and stated.action in {"release", "request"}:
        assert stated.answer_outcome == "cannot-confirm-or-deny"
        assert stated.personal_data is not True


@given(any_facts())
def test_expression_belief_and_identity_ground_nothing_whatever_else_is_true(facts: Facts) -> None:
    stated = structs.replace(facts, basis=("religion", "protest"))
    if stated.action != "acknowledge":
        assert gate_for(stated.party).decide(stated).outcome is Outcome.REFUSE
