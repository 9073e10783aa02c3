import re
from datetime import date, timedelta

import pytest
from msgspec import structs

from accord.law.context import Context, context_of, day_number
from accord.law.facts import ArrangementFact, AssuranceFact, CaveatFact, Facts, RiskFact, SubstanceFact
from accord.law.loading import cedar_schema, installed_packs
from accord.law.specimens import SPECIMEN_DAY, specimen, specimen_facts

REQUEST = specimen_facts("CA")
ANSWER = specimen("answer", party="CA", peer="IN")
DAY = timedelta(days=1)
BARE = Facts(party="CA", peer="IN", action="release", date=SPECIMEN_DAY, kind="answer")


def read(base: Facts, **changes: object) -> Context:
    return context_of(structs.replace(base, **changes))


def test_the_schema_declares_exactly_the_fields_that_policies_are_given() -> None:
    names = {int: "Long", str: "String", bool: "Bool"}
    given = {field.name: names.get(field.type, "Set<String>") for field in structs.fields(Context)}
    declared = dict(re.findall(r"^  ([a-z_]+): ([A-Za-z<>]+),$", cedar_schema(), re.MULTILINE))
    assert declared == given | {"context": "Reading"}


def test_every_field_is_read_by_some_policy() -> None:
    text = "\n".join(text for pack in installed_packs() for text in pack.texts.values())
    unread = {field.name for field in structs.fields(Context)} - set(re.findall(r"context\.([a-z_]+)", text))
    assert unread == set()


def test_a_day_is_a_number_that_orders_like_the_calendar() -> None:
    assert day_number(date(2027, 5, 13)) == 20270513
    assert day_number(date(2026, 12, 31)) < day_number(date(2027, 1, 1))


def test_what_is_not_stated_is_read_as_what_protects() -> None:
    reading = context_of(BARE)
    assert reading.about_person
    assert reading.holds_personal_data
    assert reading.bears_information
    assert reading.may_be_protected
    assert reading.custody_open
    assert not reading.arrangement_covers
    assert not reading.purpose_matches
    assert reading.caveats == "none"
    assert (reading.risk_age_days, reading.classification_rank, reading.retention_days) == (-1, -1, -1)
    assert {reading.compelled, reading.safeguarded, reading.third_party, reading.names_source} == {"unknown"}
    assert {reading.mistreatment, reading.evidence, reading.exposure, reading.death_penalty} == {"unknown"}


ARRANGEMENT = REQUEST.arrangements[0]


@pytest.mark.parametrize(
    ("changes", "covers"),
    [
        ({}, True),
        ({"valid_until": None}, True),
        ({"valid_from": SPECIMEN_DAY}, True),
        ({"valid_from": SPECIMEN_DAY + DAY}, False),
        ({"valid_until": SPECIMEN_DAY}, True),
        ({"valid_until": SPECIMEN_DAY - DAY}, False),
        ({"agencies": ("NCB",)}, False),
        ({"categories": ()}, False),
        ({"purposes": ()}, False),
        ({"id": "OTHER"}, False),
    ],
    ids=str,
)
def test_an_arrangement_covers_only_what_it_names_while_it_is_in_force(
    changes: dict[str, object], covers: bool
) -> None:
    arrangement: ArrangementFact = structs.replace(ARRANGEMENT, **changes)
    assert read(REQUEST, arrangements=(arrangement,)).arrangement_covers is covers


def test_an_arrangement_without_an_agency_on_the_act_covers_nothing() -> None:
    assert not read(REQUEST, agency=None).arrangement_covers
    assert not read(REQUEST, purpose=None).arrangement_covers
    assert not read(REQUEST, categories=()).arrangement_covers


GOOD = CaveatFact(who=("NCB",), uses=("investigate",), procedure="desk", expires=SPECIMEN_DAY)


@pytest.mark.parametrize(
    ("caveats", "state"),
    [
        ((), "none"),
        ((GOOD,), "complete"),
        ((GOOD, structs.replace(GOOD, expires=None)), "incomplete"),
        ((GOOD, structs.replace(GOOD, procedure=None)), "incomplete"),
        ((structs.replace(GOOD, procedure=""),), "incomplete"),
        ((structs.replace(GOOD, expires=SPECIMEN_DAY - DAY),), "expired"),
        ((structs.replace(GOOD, expires=SPECIMEN_DAY - DAY), structs.replace(GOOD, who=())), "incomplete"),
    ],
)
def test_one_bad_caveat_spoils_the_set(caveats: tuple[CaveatFact, ...], state: str) -> None:
    assert read(REQUEST, caveats=caveats).caveats == state


@pytest.mark.parametrize(
    ("statuses", "personal", "asks", "shielded"),
    [
        (("none",), True, True, False),
        (("none", "unknown"), True, True, True),
        (("claimant",), False, False, True),
        (("protected",), True, True, True),
        ((), True, True, True),
        ((), None, None, True),
        ((), False, True, True),
        ((), False, None, True),
        ((), False, False, False),
    ],
)
def test_a_person_of_unknown_status_may_be_protected(
    statuses: tuple[str, ...], personal: bool | None, asks: bool | None, shielded: bool
) -> None:
    reading = read(REQUEST, protection_statuses=statuses, personal_data=personal, asks_about_person=asks)
    assert reading.may_be_protected is shielded


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"answer_outcome": "cannot-confirm-or-deny", "personal_data": False}, True),
        ({"answer_outcome": "refused", "personal_data": False, "bears_information": False}, True),
        ({"answer_outcome": "refused", "personal_data": False}, False),
        ({"answer_outcome": "deferred", "personal_data": False}, False),
        ({"answer_outcome": "deferred", "personal_data": None, "bears_information": False}, True),
        ({"answer_outcome": "refused", "personal_data": None}, False),
        ({"answer_outcome": "refused", "personal_data": True, "bears_information": False}, False),
        ({"answer_outcome": "nothing-held", "personal_data": False, "bears_information": False}, False),
        ({"answer_outcome": "full", "personal_data": False, "bears_information": False}, False),
        ({"kind": "delay-notice", "personal_data": False, "bears_information": False}, True),
        ({"kind": "delay-notice", "personal_data": False}, False),
        ({"kind": "delay-notice", "personal_data": True}, False),
        ({"kind": "spontaneous-information", "personal_data": False, "bears_information": False}, False),
        ({"action": "request", "kind": "request", "personal_data": False, "bears_information": False}, False),
    ],
    ids=str,
)
def test_only_a_closed_code_without_personal_data_is_silent(changes: dict[str, object], silent: bool) -> None:
    reading = read(ANSWER, **changes)
    said = {reading.bears_information, reading.holds_personal_data, reading.about_person}
    assert (said == {False}) is silent


@pytest.mark.parametrize(("persons", "statuses", "shielded"), [(2, ("none",), True), (2, ("none", "none"), False)])
def test_each_person_needs_a_status_of_their_own(persons: int, statuses: tuple[str, ...], shielded: bool) -> None:
    assert read(ANSWER, persons=persons, protection_statuses=statuses).may_be_protected is shielded


def test_only_a_clarification_may_say_that_it_bears_no_information() -> None:
    assert not read(ANSWER, kind="clarification", bears_information=False).bears_information
    assert read(ANSWER, kind="answer", bears_information=False).bears_information
    assert read(REQUEST, bears_information=False).bears_information


RISK = RiskFact(profile_date=SPECIMEN_DAY, baseline="low", residual="low", assessed_by="risk-unit")


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, False),
        ({"assessed_by": None}, True),
        ({"assessed_by": "liaison"}, True),
        ({"assessed_by": "releasing"}, True),
    ],
)
def test_nobody_assesses_their_own_file(changes: dict[str, object], own: bool) -> None:
    assert read(ANSWER, risk=structs.replace(RISK, **changes)).risk_own_file is own


def test_the_age_of_a_profile_is_counted_in_days_and_the_future_is_unknown() -> None:
    assert read(ANSWER, risk=RISK).risk_age_days == 0
    assert read(ANSWER, risk=structs.replace(RISK, profile_date=SPECIMEN_DAY - DAY)).risk_age_days == 1
    assert read(ANSWER, risk=structs.replace(RISK, profile_date=SPECIMEN_DAY + DAY)).risk_age_days == -1


def test_the_two_risk_scores_stay_apart() -> None:
    reading = read(ANSWER, risk=structs.replace(RISK, baseline="substantial", residual="low"))
    assert (reading.risk_baseline, reading.risk_residual) == ("substantial", "low")
    assert reading.risk_unexplained
    assert not reading.risk_mitigated


@pytest.mark.parametrize(
    ("changes", "holds"),
    [({}, True), ({"reviewed_by": None}, False), ({"covers": ()}, False), ({"valid_until": SPECIMEN_DAY - DAY}, False)],
)
def test_an_assurance_counts_only_reviewed_covering_and_unexpired(changes: dict[str, object], holds: bool) -> None:
    assurance = AssuranceFact(id="A", covers=("mistreatment",), valid_until=SPECIMEN_DAY, reviewed_by="counsel")
    assert read(ANSWER, assurance=structs.replace(assurance, **changes)).assurance_mistreatment is holds


def substance(**changes: object) -> SubstanceFact:
    return structs.replace(SubstanceFact(name="x", schedules=("B",), direction="export"), **changes)


@pytest.mark.parametrize(
    ("given", "unlicensed"),
    [
        (substance(), True),
        (substance(has_noc=True), False),
        (substance(direction="import"), False),
        (substance(direction="import", schedules=("C",)), True),
        (substance(direction="unknown", schedules=("C",)), True),
        (substance(direction="domestic"), False),
        (substance(movement="reported"), False),
        (substance(movement="none"), False),
        (substance(schedules=()), False),
    ],
)
def test_a_proposed_movement_needs_its_certificate(given: SubstanceFact, unlicensed: bool) -> None:
    assert read(ANSWER, substances=(given,)).movement_unlicensed is unlicensed


def test_the_days_of_clocks_and_retention_include_their_last_day() -> None:
    used = specimen("use-answer", party="IN", peer="CA")
    assert not read(ANSWER, due_on=SPECIMEN_DAY).is_overdue
    assert read(ANSWER, due_on=SPECIMEN_DAY - DAY).is_overdue
    assert not read(used, retention_until=SPECIMEN_DAY).retention_over
    assert read(used, retention_until=SPECIMEN_DAY - DAY).retention_over
    assert read(used, review_on=SPECIMEN_DAY).review_due


def test_a_third_state_is_any_but_the_two_parties() -> None:
    used = specimen("use-answer", party="IN", peer="CA")
    assert read(used, onward_state="XX").goes_onward
    assert not read(used, onward_state="CA").goes_onward
    assert read(ANSWER, contains_received_from=("IN", "XX")).holds_third_state_matter
    assert not read(ANSWER, contains_received_from=("IN",)).holds_third_state_matter
