"""The kinds of notices: what fits together on the wire, and each bad input that papers bring in practice."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.exchange.drafts import FieldRefused, given_values, problems_of
from accord.exchange.kinds.particulars import Disclosure
from accord.exchange.text import TextRefused
from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
    PRE_EXPORT_REPLY,
    SHIPMENT_OUTCOME,
    STRUCTS,
    SUSPICIOUS_TRANSACTION,
)
from accord.workstreams.drugs.kinds.parts import Measure, Quantity
from accord.workstreams.drugs.kinds.pre_export_reply import ReplyResult
from tests.desk import days, from_india
from tests.workstreams.drugs.told import (
    goods,
    incident_fields,
    outcome_fields,
    pen_fields,
    reply_fields,
    suspicion_fields,
)

NOTICE = "01a2267c-0e6c-7c57-a14f-a4c9990b8cae"
WHOLE: dict[str, dict[str, Any]] = {
    PRE_EXPORT_NOTICE: from_india(pen_fields()),
    PRE_EXPORT_REPLY: from_india(reply_fields()),
    SHIPMENT_OUTCOME: from_india(outcome_fields(NOTICE)),
    DRUG_INCIDENT: from_india(incident_fields()),
    SUSPICIOUS_TRANSACTION: from_india(suspicion_fields()),
}


def made(kind: str, **changed: Any) -> Any:
    fields = {**WHOLE[kind], **changed}
    return msgspec.convert({name: value for name, value in fields.items() if value is not None}, STRUCTS[kind])


def refused(kind: str, field: str, **changed: Any) -> None:
    """Asserts that a message is refused, and that what is said names the field to mend."""
    with pytest.raises(msgspec.ValidationError, match=field):
        made(kind, **changed)
    fields = {name: value for name, value in {**WHOLE[kind], **changed}.items() if value is not None}
    told = problems_of(kind, fields)
    assert told[0].field.rpartition(".")[2].split("[")[0] == field, told


QUANTITY = {"amount": "5", "measure": "kg"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        # A registry number with a wrong digit, and the pure quantity exchanged with the gross one.
        ({"cas_number": "79099-07-4"}, "cas_number"),
        ({"pure": {"amount": "6", "measure": "kg"}}, "pure"),
        ({"pure": {"amount": "5000.001", "measure": "g"}}, "pure"),
        ({"pure": {"amount": "5", "measure": "l"}}, "pure"),
        ({"purity_percent": "101"}, "purity_percent"),
        ({"purity_percent": "-1"}, "purity_percent"),
        ({"purity_percent": "NaN"}, "purity_percent"),
        ({"purity_percent": "1E-999999999"}, "purity_percent"),
        ({"purity_percent": "0E+999999999"}, "purity_percent"),
        ({"mixture": [{"name": "a", "percent": "1E-999999999"}]}, "percent"),
        # No number that nobody can write out, and none of five thousand zeros.
        ({"gross": {"amount": "1E-999999999", "measure": "kg"}}, "amount"),
        ({"gross": {"amount": "6." + "0" * 5_000, "measure": "kg"}}, "amount"),
        ({"gross": {"amount": "6." + "0" * 10, "measure": "kg"}}, "amount"),
        ({"mixture": [{"name": "a", "percent": "60"}, {"name": "b", "percent": "40.01"}]}, "mixture"),
        ({"hs_edition": None}, "hs_edition"),
        ({"hs_code": None}, "hs_edition"),
    ],
)
def test_goods_that_contradict_themselves_are_refused_by_name(changed: dict[str, Any], field: str) -> None:
    refused(PRE_EXPORT_NOTICE, field, goods=goods(**changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        # A dash of typographers, blanks, a letter for a digit, and letters of another script.
        ({"cas_number": "79099\u201307\u20133"}, "form"),
        ({"cas_number": "79099 07 3"}, "form"),
        ({"cas_number": "79O99-07-3"}, "form"),
        ({"hs_code": "293"}, "form"),
        ({"hs_code": "29333"}, "form"),
        ({"hs_code": "29333910101"}, "form"),
        ({"hs_edition": "2028"}, "codes"),
        ({"gross": {"amount": "5", "measure": "KGS"}}, "codes"),
        ({"gross": {"amount": "5", "measure": ""}}, "codes"),
        ({"gross": {"amount": "5"}}, "missing"),
        ({"gross": {"amount": "five", "measure": "kg"}}, "number"),
    ],
)
def test_a_field_of_another_form_is_refused_when_it_is_saved(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(FieldRefused) as stopped:
        given_values(PRE_EXPORT_NOTICE, {"goods": goods(**changed)})
    assert said in str(stopped.value.fields["refused"]) or said in stopped.value.sentence


@pytest.mark.parametrize("name", ["Piperid\u043ene", "4-\u0420iperidone"])
def test_a_name_with_look_alike_letters_is_refused(name: str) -> None:
    with pytest.raises(TextRefused):
        given_values(PRE_EXPORT_NOTICE, {"goods": goods(name=name)})


@pytest.mark.parametrize("name", ["1-बॉक-4-पिपेरिडोन", "Pipéridone-4, dérivé", "1-boc-4-piperidone"])
def test_names_in_hindi_and_french_pass(name: str) -> None:
    assert given_values(PRE_EXPORT_NOTICE, {"goods": goods(name=name)})["goods"].name == name


@pytest.mark.parametrize(
    ("code", "is_good"), [("2933", True), ("2933.39", True), ("29333990", True), ("2933399099", True)]
)
def test_tariff_codes_of_four_to_ten_digits_pass_with_each_edition(code: str, is_good: bool) -> None:
    for edition in ("2012", "2017", "2022"):
        assert bool(made(PRE_EXPORT_NOTICE, goods=goods(hs_code=code, hs_edition=edition))) is is_good


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"transit_countries": ["AE", "IN"]}, "transit_countries"),
        ({"transit_countries": ["CA"]}, "transit_countries"),
        ({"transit_countries": ["AE", "AE"]}, "transit_countries"),
        ({"destination_country": "CA"}, "destination_country"),
        ({"arrival_on": days(29)}, "arrival_on"),
        ({"import_authorisation_until": days(39)}, "import_authorisation_until"),
        ({"import_authorisation_until": days(29), "arrival_on": None}, "import_authorisation_until"),
        ({"export_permit_until": days(29)}, "export_permit_until"),
        ({"export_permit_number": None}, "export_permit_number"),
        ({"import_authorisation_number": None}, "import_authorisation_number"),
    ],
)
def test_a_notice_that_contradicts_itself_is_refused_by_name(changed: dict[str, Any], field: str) -> None:
    refused(PRE_EXPORT_NOTICE, field, **changed)


def test_an_authorisation_that_ends_on_the_day_of_arrival_is_good() -> None:
    assert made(PRE_EXPORT_NOTICE, import_authorisation_until=days(40), export_permit_until=days(30))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reply_result": "objection"}, "reason_code"),
        ({"reason_code": "papers-doubtful"}, "reason_code"),
        ({"reply_result": "quantity-changed", "reason_code": "other-reason"}, "changed_quantity"),
        ({"changed_quantity": QUANTITY}, "changed_quantity"),
        ({"reply_result": "need-information", "reason_code": "other-reason"}, "information_needed"),
        ({"information_needed": ["The end user."]}, "information_needed"),
        ({"reply_result": "suspend-pending-check", "reason_code": "under-inquiry"}, "further_answer_on"),
        ({"import_authorisation_until": days(9)}, "import_authorisation_number"),
    ],
)
def test_a_reply_that_does_not_hold_together_is_refused_by_name(changed: dict[str, Any], field: str) -> None:
    refused(PRE_EXPORT_REPLY, field, **changed)


def test_silence_is_no_result_and_no_kind() -> None:
    words = {one.value for one in ReplyResult} | set(STRUCTS)
    for silent in ("silence", "silent", "no-reply", "no-answer", "consent", "deemed"):
        assert not any(silent in word for word in words)
        with pytest.raises(msgspec.ValidationError):
            made(PRE_EXPORT_REPLY, reply_result=silent)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"arrived_on": None}, "arrived_on"),
        ({"became": "departed", "departed_on": None}, "departed_on"),
        ({"became": "not-sent"}, "departed_on"),
        ({"arrived_on": days(-11)}, "arrived_on"),
        ({"quantity_arrived": {"amount": "5", "measure": "l"}}, "quantity_arrived"),
        ({"declaration_number": "D-1"}, "declared_on"),
    ],
)
def test_an_outcome_that_contradicts_itself_is_refused_by_name(changed: dict[str, Any], field: str) -> None:
    refused(SHIPMENT_OUTCOME, field, **changed)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"findings": []}, "findings"),
        ({"declared_hs_edition": None}, "declared_hs_edition"),
        ({"transit_countries": ["IN"], "destination_country": "IN"}, "transit_countries"),
        (
            {"identifiers": [{"identifier_kind": "container", "identifier_number": "CSQU3054384"}]},
            "identifier_number",
        ),
    ],
)
def test_an_incident_that_contradicts_itself_is_refused_by_name(changed: dict[str, Any], field: str) -> None:
    refused(DRUG_INCIDENT, field, **changed)


def test_a_number_that_was_found_with_a_wrong_digit_is_told_as_found() -> None:
    wrong = {"identifier_kind": "container", "identifier_number": "CSQU3054384", "is_as_found": True}
    assert made(DRUG_INCIDENT, identifiers=[wrong])
    assert made(DRUG_INCIDENT, findings=[], equipment=["Tablet press"])
    with pytest.raises(msgspec.ValidationError):
        made(DRUG_INCIDENT, happened_at="24:00")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"other_party": None}, "other_party"),
        ({"dealer_contact": "Desk"}, "dealer_contact"),
        ({"factors": ["quantity", "quantity"]}, "factors"),
    ],
)
def test_a_suspicious_transaction_that_does_not_hold_together_is_refused(changed: dict[str, Any], field: str) -> None:
    refused(SUSPICIOUS_TRANSACTION, field, **changed)


def test_a_natural_person_on_the_other_side_stands_among_the_persons() -> None:
    person = {"category": "suspect", "is_minor": False, "names": ["A. Specimen"]}
    assert made(SUSPICIOUS_TRANSACTION, other_party=None, persons=[person], person_categories=["suspect"])


def test_every_kind_is_a_disclosure_and_names_no_person_outside_its_list() -> None:
    for kind, struct in STRUCTS.items():
        assert issubclass(struct, Disclosure), kind
        schema = msgspec.json.encode(msgspec.json.schema(struct)).decode()
        for word in ("nationality", "born_on", "sex"):
            # A person's own particulars stand in the one struct of persons.
            assert schema.count(f'"{word}"') <= 1, (kind, word)


AMOUNTS = st.decimals(min_value="0.000001", max_value="1000000000", places=6)


@given(first=AMOUNTS, second=AMOUNTS, one=st.sampled_from(Measure), other=st.sampled_from(Measure))
def test_differences_of_quantities_agree_both_ways_or_are_not_told(
    first: Decimal, second: Decimal, one: Measure, other: Measure
) -> None:
    a, b = Quantity(amount=first, measure=one), Quantity(amount=second, measure=other)
    difference = a.minus(b)
    if difference is None:
        assert b.minus(a) is None
    else:
        assert b.minus(a) == -difference
    assert a.minus(a) == 0


@given(amount=AMOUNTS)
def test_a_kilogram_is_a_thousand_grams(amount: Decimal) -> None:
    kilograms = Quantity(amount=amount, measure=Measure.KILOGRAM)
    assert kilograms.grams == amount * 1000
    assert Quantity(amount=amount, measure=Measure.LITRE).kilograms is None


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1000000001", "0.0000001"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="amount"):
        msgspec.convert({"amount": amount, "measure": "kg"}, Quantity)
