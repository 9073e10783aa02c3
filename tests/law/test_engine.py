import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import cedarpy
import pytest
from msgspec import structs

from accord.law import engine
from accord.law.decision import Decision, Outcome
from accord.law.engine import Gate, gate_for
from accord.law.facts import ClearanceFact, Facts, facts_digest
from accord.law.loading import PartyWithoutLaw, load_packs, packs_for, read_pack
from accord.law.specimens import SPECIMEN_DAY, acknowledgement, specimen, specimen_facts
from tests.law.packs import RULE_FILE, changed, gate_with, small

REQUEST = specimen_facts("CA")
ANSWER = specimen_facts("IN")


def facts(base: Facts = REQUEST, **changes: object) -> Facts:
    return structs.replace(base, **changes)


def spoken(decision: Decision) -> set[str]:
    return {reason.policy for reason in decision.reasons}


def rule_in_force(begin: str, end: str) -> Gate:
    text = RULE_FILE.replace("{outcome}", "refuse").replace(
        "in_force_from = 2026-02-07", f"in_force_from = {begin}\nin_force_to = {end}"
    )
    return gate_with(read_pack("tests", small(rule=text)))


@pytest.fixture
def gate() -> Gate:
    return Gate(packs_for("CA"))


def test_the_lawful_request_may_go_with_its_record_kept(gate: Gate) -> None:
    decision = gate.decide(REQUEST)
    assert decision.outcome is Outcome.PERMIT_WITH
    assert decision.lets_pass
    assert spoken(decision) == {"CA-22.record"}
    assert "1 March" in decision.conditions[0]
    assert decision.alarm is None


def test_the_lawful_answer_may_go_without_conditions() -> None:
    decision = gate_for("IN").decide(ANSWER)
    assert decision.outcome is Outcome.PERMIT
    assert decision.reasons == ()


def test_the_first_draft_of_the_story_is_refused_and_both_cures_are_named(gate: Gate) -> None:
    decision = gate.decide(facts(accuracy_statement=False, caveats=()))
    assert decision.outcome is Outcome.REFUSE
    assert spoken(decision) == {"CA-05.no-accuracy", "CA-06.none", "CA-22.record"}
    assert "how you know" in decision.reasons[0].cure
    assert "Security of Canada Information Disclosure Act" in decision.reasons[0].citation


@pytest.mark.parametrize("party", ["CA", "IN"])
@pytest.mark.parametrize("kind", ["disposition", "keyset", "receipt", "delay-notice", "withdrawal"])
def test_an_acknowledgement_needs_nothing_but_the_record(party: str, kind: str) -> None:
    decision = gate_for(party).decide(acknowledgement(party, "XX", kind=kind))
    assert decision.lets_pass
    assert spoken(decision) <= {"CA-22.record"}


def test_nothing_passes_a_gate_without_rules() -> None:
    decision = Gate(()).decide(REQUEST)
    assert decision.outcome is Outcome.REFUSE
    assert {"GATE.no-law", "GATE.no-permit"} <= spoken(decision)
    assert decision.alarm


def test_nothing_passes_a_gate_without_the_permits_of_the_common_pack() -> None:
    decision = Gate((packs_for("CA")[1],)).decide(REQUEST)
    assert decision.outcome is Outcome.REFUSE
    assert "GATE.no-permit" in spoken(decision)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("request", "no-such-kind"),
        ("request", "answer"),
        ("release", "request"),
        ("release", "disposition"),
        ("acknowledge", "answer"),
        ("acknowledge", ""),
        ("use", "keyset"),
        ("release", 'answer"'),
    ],
)
def test_an_unknown_kind_or_action_is_refused_with_an_alarm(gate: Gate, action: str, kind: str) -> None:
    decision = gate.decide(facts(action=action, kind=kind))
    assert decision.outcome is Outcome.REFUSE
    assert "GATE.no-permit" in spoken(decision)
    assert str(decision.alarm).startswith("law.no-permit")


def test_an_unknown_kind_is_refused_although_a_hold_also_speaks(gate: Gate) -> None:
    held = facts(ANSWER, party="CA", peer="IN", death_penalty_exposure=True)
    assert gate.decide(held).outcome is Outcome.HOLD
    assert gate.decide(structs.replace(held, kind="no-such-kind")).outcome is Outcome.REFUSE


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "publish"},
        {"date": "soon"},
        {"party": ""},
        {"party": "ca"},
        {"personal_data": "no"},
        {"basis": ("habit",)},
        {"retention_days": -1},
        {"exposure": "hardly"},
        {"kind": "x" * 300},
        {"purpose": "revenge"},
        {"arrangements": ("text",)},
    ],
    ids=str,
)
def test_a_fact_of_the_wrong_type_or_code_is_refused_with_an_alarm(gate: Gate, changes: dict[str, object]) -> None:
    decision = gate.decide(facts(**changes))
    assert decision.outcome is Outcome.REFUSE
    assert spoken(decision) == {"GATE.malformed-facts"}
    assert str(decision.alarm).startswith("law.facts-malformed")


def test_a_fact_that_cannot_even_be_written_down_is_refused(gate: Gate) -> None:
    decision = gate.decide(facts(theme=object()))
    assert decision.outcome is Outcome.REFUSE
    assert decision.alarm


def test_a_policy_that_meets_a_type_error_refuses_and_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    # The validator forbids such a policy, so the error is made in the reading: a word where a number belongs.
    reading = engine.context_of

    def broken(stated: Facts) -> object:
        return structs.replace(reading(stated), retention_days="long")

    monkeypatch.setattr(engine, "context_of", broken)
    decision = Gate(packs_for("CA")).decide(REQUEST)
    assert decision.outcome is Outcome.REFUSE
    assert "GATE.policy-error" in spoken(decision)
    assert str(decision.alarm).startswith("law.policy-error")


def test_a_reading_that_misses_an_attribute_refuses_and_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_CONTEXT_FIELDS", ("day",))
    decision = Gate(packs_for("CA")).decide(facts(accuracy_statement=False))
    assert decision.outcome is Outcome.REFUSE
    assert str(decision.alarm).startswith("law.policy-error")


class Panic(BaseException):
    """What a panic in the engine looks like from here: no Exception."""


@pytest.mark.parametrize("crash", [ValueError("broken"), MemoryError(), Panic()], ids=repr)
def test_a_crash_of_the_engine_refuses_and_alarms(monkeypatch: pytest.MonkeyPatch, crash: BaseException) -> None:
    gate = Gate(packs_for("CA"))

    def fall(*_: object, **__: object) -> object:
        raise crash

    with monkeypatch.context() as patched:
        patched.setattr(cedarpy, "is_authorized", fall)
        decision = gate.decide(REQUEST)
    assert decision.outcome is Outcome.REFUSE
    assert decision.alarm == f"law.engine-error: {type(crash).__name__}"
    assert gate.decide(REQUEST).lets_pass, "a failure is never remembered as an answer"


def test_an_operator_can_still_stop_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(cedarpy, "is_authorized", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Gate(packs_for("CA")).decide(REQUEST)


def test_a_policy_that_no_file_explains_refuses_and_alarms() -> None:
    gate = gate_with(read_pack("tests", small()))
    gate._meanings.pop("XX-01.always")
    decision = gate.decide(REQUEST)
    assert decision.outcome is Outcome.REFUSE
    assert str(decision.alarm).startswith("law.policy-error")


def test_the_most_severe_reason_wins_and_none_is_hidden(gate: Gate) -> None:
    decision = gate.decide(
        facts(evidence_needed="yes", basis=("conduct", "protest"), caveats=(), source_eval="X", info_eval="4")
    )
    assert decision.outcome is Outcome.REFUSE
    assert spoken(decision) == {"CA-06.none", "CA-12.evidence", "CA-15.mixed", "CA-05.weak", "CA-22.record"}
    assert [reason.outcome for reason in decision.reasons] == sorted(
        (reason.outcome for reason in decision.reasons), reverse=True
    )


def test_a_route_beats_a_hold_and_names_the_channel_but_no_approver(gate: Gate) -> None:
    decision = gate.decide(facts(evidence_needed="yes", basis=("conduct", "protest")))
    assert decision.outcome is Outcome.ROUTE
    assert "central authority" in str(decision.channel)
    assert decision.approver is None


def test_a_hold_names_every_approver_once(gate: Gate) -> None:
    decision = gate.decide(facts(exposure="possible", basis=("conduct", "protest")))
    assert decision.outcome is Outcome.HOLD
    assert decision.approver == "The deputy head (for the RCMP, the Commissioner); The head of the agency"
    assert decision.channel is None


def clearance(by: str = "deputy-head", *, on: date = SPECIMEN_DAY, has_reason: bool = True) -> ClearanceFact:
    return ClearanceFact(policy="CA-03.possible", by=by, on=on, has_reason=has_reason)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (clearance(), Outcome.PERMIT_WITH),
        (clearance("liaison"), Outcome.HOLD),
        (clearance("releasing"), Outcome.HOLD),
        (clearance("risk-unit"), Outcome.HOLD),
        (clearance(has_reason=False), Outcome.HOLD),
        (clearance(on=SPECIMEN_DAY + timedelta(days=1)), Outcome.HOLD),
        (clearance(on=SPECIMEN_DAY - timedelta(days=30)), Outcome.PERMIT_WITH),
        (clearance(on=SPECIMEN_DAY - timedelta(days=31)), Outcome.HOLD),
    ],
    ids=["approver", "drafter", "releaser", "assessor", "no reason", "tomorrow", "30 days", "31 days"],
)
def test_only_a_reasoned_clearance_by_someone_without_a_part_in_the_file_lifts_a_hold(
    gate: Gate, given: ClearanceFact, outcome: Outcome
) -> None:
    assert gate.decide(facts(exposure="possible", clearances=(given,))).outcome is outcome


def test_a_clearance_lifts_its_own_hold_and_no_refusal(gate: Gate) -> None:
    decision = gate.decide(facts(exposure="likely", clearances=(clearance(),)))
    assert decision.outcome is Outcome.REFUSE


@pytest.mark.parametrize(("day", "speaks"), [(9, False), (10, True), (11, True), (12, True), (13, False)])
def test_a_rule_speaks_from_its_first_day_to_its_last_and_no_other(day: int, speaks: bool) -> None:
    gate = rule_in_force("2026-05-10", "2026-05-12")
    decision = gate.decide(facts(date=date(2026, 5, day)))
    assert ("XX-01.always" in spoken(decision)) is speaks


def test_no_law_is_found_by_stating_an_earlier_day(gate: Gate) -> None:
    for day in (date(2026, 2, 6), date(1970, 1, 1)):
        decision = gate.decide(facts(date=day))
        assert decision.outcome is Outcome.REFUSE
        assert "GATE.no-law" in spoken(decision)
    assert "GATE.no-law" not in spoken(gate.decide(facts(date=date(2026, 2, 7))))


def test_an_answer_kept_for_a_lawful_day_does_not_serve_an_earlier_one() -> None:
    pack = changed("india", "pack.toml", "in_force_from = 2026-02-07", "in_force_from = 2026-03-16")
    gate = gate_with(pack)
    late = structs.replace(ANSWER, arrangements=(structs.replace(ANSWER.arrangements[0], valid_from=date(2020, 1, 1)),))
    assert gate.decide(late).lets_pass
    early = structs.replace(late, date=date(2026, 3, 15), due_on=None, as_of=date(2026, 3, 14))
    assert gate.decide(early).outcome is Outcome.REFUSE


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("refuse", Outcome.REFUSE), ("condition", Outcome.PERMIT_WITH)],
)
def test_what_a_policy_does_is_what_its_file_says(outcome: str, expected: Outcome) -> None:
    pack = read_pack("tests", small(rule=RULE_FILE.replace("{outcome}", outcome)))
    assert gate_with(pack).decide(ANSWER).outcome is expected


def test_every_policy_of_the_gate_can_be_told_from_every_other(gate: Gate) -> None:
    names = [name for pack in gate.packs for rule in pack.rules for name in (f"{rule.id}.{p}" for p in rule.policies)]
    assert len(names) == len(set(names)) == len(gate._meanings)


def test_an_unverified_rule_speaks_and_says_that_it_is_unverified() -> None:
    decision = gate_for("IN").decide(structs.replace(ANSWER, names_source=True))
    reason = decision.reasons[0]
    assert (reason.rule, reason.is_verified) == ("IN-16", False)
    assert decision.outcome is Outcome.REFUSE


EMERGENCY = structs.replace(
    specimen("answer", party="CA", peer="IN"),
    is_life_threat=True,
    imminence_stated=True,
    is_minimum_data=True,
    purpose="protect-life",
)


def test_an_emergency_lets_the_minimum_go_now_and_asks_for_the_rest_within_a_day(gate: Gate) -> None:
    decision = gate.decide(structs.replace(EMERGENCY, caveats=(), arrangement_id=None, accuracy_statement=False))
    assert decision.outcome is Outcome.PERMIT_WITH
    waived = {reason.policy for reason in decision.reasons if reason.is_waived}
    assert waived == {"CA-01.no-authority", "CA-05.no-accuracy", "CA-06.none"}
    assert sum(condition.startswith("Within 24 hours") for condition in decision.conditions) == len(waived) + 2
    assert any("notify the reviewer" in condition for condition in decision.conditions)


def test_the_same_facts_without_an_emergency_are_refused(gate: Gate) -> None:
    plain = structs.replace(EMERGENCY, caveats=(), is_life_threat=False, purpose="investigate")
    assert gate.decide(plain).outcome is Outcome.REFUSE


@pytest.mark.parametrize(
    "absolute",
    [
        {"protection_statuses": ("claimant",)},
        {"protection_statuses": ("unknown",)},
        {"basis": ("religion",)},
        {"subject_is_victim_of_intimidation": True},
        {"classification": "secret"},
        {"safeguarded_information": True},
        {"contains_received_from": ("XX",)},
        {"kind": "no-such-kind"},
    ],
    ids=str,
)
def test_an_emergency_never_passes_the_absolute_rules(gate: Gate, absolute: dict[str, object]) -> None:
    assert gate.decide(EMERGENCY).lets_pass
    assert gate.decide(structs.replace(EMERGENCY, **absolute)).outcome is Outcome.REFUSE


@pytest.mark.parametrize(
    "missing", [{"imminence_stated": False}, {"is_minimum_data": False}, {"purpose": "investigate"}], ids=str
)
def test_an_emergency_that_is_only_claimed_waives_nothing(gate: Gate, missing: dict[str, object]) -> None:
    decision = gate.decide(structs.replace(EMERGENCY, caveats=(), **missing))
    assert decision.outcome is Outcome.REFUSE
    assert not any(reason.is_waived for reason in decision.reasons)


def test_the_purpose_of_a_use_does_not_make_a_release_an_emergency(gate: Gate) -> None:
    decision = gate.decide(structs.replace(EMERGENCY, purpose="investigate", use_purpose="protect-life", caveats=()))
    assert decision.outcome is Outcome.REFUSE


def test_equal_facts_give_equal_decisions_in_another_process() -> None:
    code = (
        "from accord.law.engine import gate_for; from accord.law.specimens import specimen_facts as s;"
        "print(gate_for('CA').decide(s('CA')).digest.hex())"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == gate_for("CA").decide(REQUEST).digest.hex()


def test_a_decision_kept_by_reading_carries_the_digest_of_its_own_facts(gate: Gate) -> None:
    first, second = gate.decide(REQUEST), gate.decide(facts(drafter="another"))
    assert len(gate._answers) == 1
    assert first.facts_digest == facts_digest(REQUEST)
    assert second.facts_digest == facts_digest(facts(drafter="another"))
    assert first.digest != second.digest
    assert structs.replace(second, facts_digest=first.facts_digest) == first


def test_the_memory_of_decisions_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "DECISION_CACHE_SIZE", 3)
    gate = Gate(packs_for("CA"))
    for number in range(5):
        gate.decide(facts(drafter=f"officer-{number}"))
    assert len(gate._decided) == 3


def test_the_digest_of_the_gate_is_that_of_its_packs_in_any_order() -> None:
    packs = packs_for("CA")
    assert Gate(packs).digest == Gate(packs[::-1]).digest
    assert Gate(packs).digest != Gate(packs_for("IN")).digest
    edited = changed("canada", "CA-05.toml", "State how you know", "Say how you know")
    assert Gate((packs[0], edited)).digest != Gate(packs).digest


def test_a_gate_may_be_had_by_party_or_by_the_packs_of_its_profile() -> None:
    assert gate_for("CA").digest == gate_for("CA", "common", "canada").digest == Gate(load_packs(["canada"])).digest


def test_a_party_without_a_pack_has_no_gate() -> None:
    with pytest.raises(PartyWithoutLaw):
        gate_for("ZZ")


def test_rules_are_listed_in_order(gate: Gate) -> None:
    ids = [rule.id for rule in gate.rules]
    assert ids == sorted(ids)
    assert {"BI-01", "CA-22"} <= set(ids)


def days() -> Iterator[date]:
    day = date(2026, 2, 7)
    while day < date(2031, 1, 1):
        yield day
        day += timedelta(days=97)


def test_the_specimens_are_lawful_on_every_day_of_the_coming_years() -> None:
    for party in ("CA", "IN"):
        for day in days():
            assert gate_for(party).decide(specimen_facts(party, on=day)).lets_pass
