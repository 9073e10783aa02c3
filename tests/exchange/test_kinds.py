"""The kinds of message: what they must state, how far they may go, and that encoding loses nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.exchange.kinds import (
    ANSWER,
    CLARIFICATION,
    CORRECTION,
    CORRECTION_REPORT,
    DELAY_NOTICE,
    OBJECTION,
    OBJECTION_ANSWER,
    OUTCOME_REPORT,
    PERMISSION_ANSWER,
    PERMISSION_REQUEST,
    REQUEST,
    SPONTANEOUS_INFORMATION,
    STRUCTS,
)
from accord.exchange.kinds.answer import CANNOT_CONFIRM_ACCURACY, CANNOT_CONFIRM_TEXT, Answer
from accord.exchange.kinds.limits import (
    CAVEATS_MAX,
    LINE_CHARACTERS_MAX,
    NARRATIVE_CHARACTERS_MAX,
    PERSONS_MAX,
    SENTENCE_CHARACTERS_MAX,
)
from accord.exchange.kinds.particulars import cas_number_is_valid
from accord.exchange.kinds.request import Request
from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
    PRE_EXPORT_REPLY,
    SHIPMENT_OUTCOME,
    SUSPICIOUS_TRANSACTION,
)
from tests.desk import answer_fields, caveat, days, from_india, information_fields, notice_fields, request_fields
from tests.workstreams.drugs.told import incident_fields, outcome_fields, pen_fields, reply_fields, suspicion_fields

PERSON = {
    "category": "suspect",
    "is_minor": False,
    "names": ["A. Specimen"],
    "link_to_purpose": "Named as consignee.",
}
ASKED = {
    "about": "01a2267c-0e6c-7c57-a14f-a4c9990b8cae",
    "new_use": "court",
    "new_recipient": "Special Court",
    "new_purpose": "prosecute",
}
KNOWN: dict[str, Any] = {
    "evaluation": {"source": "A", "information": "1", "evaluated_on": days(-1)},
    "accuracy": {"statement": "Read in the published report.", "as_of": days(-1)},
    "person_categories": [],
    "concerns_minor": False,
}
WHOLE: dict[str, dict[str, Any]] = {
    REQUEST: from_india(request_fields()),
    ANSWER: from_india(answer_fields()),
    DELAY_NOTICE: from_india(notice_fields(reason="volume", expected_on=days(3))),
    CLARIFICATION: from_india(notice_fields(role="question", points=["Which port?"])),
    SPONTANEOUS_INFORMATION: from_india(information_fields()),
    OUTCOME_REPORT: from_india(
        notice_fields(about_messages=["01a2267c-0e6c-7c57-a14f-a4c9990b8cae"], is_of_use=True, results=["lead"])
    ),
    PERMISSION_REQUEST: from_india(
        notice_fields(**ASKED, about_ref="CA-1/1", justification="On trial.", answer_by=days(7), caveat=1)
    ),
    PERMISSION_ANSWER: from_india(notice_fields(**ASKED, result="granted", permitted_until=days(30), used_once=True)),
    OBJECTION: from_india(
        notice_fields(
            **KNOWN,
            item=ASKED["about"],
            observed_use="It was quoted in a news report.",
            harm="The exporter was warned.",
            demand="Say who passed it on.",
            level="ministry",
            escalates=ASKED["about"],
            caveat_number=1,
            reply_due_on=days(14),
        )
    ),
    OBJECTION_ANSWER: from_india(
        notice_fields(**KNOWN, objection_outcome="remedied", found="By mistake.", measures="It was taken back.")
    ),
    CORRECTION: from_india(
        notice_fields(
            corrected=[{"envelope_id": ASKED["about"], "message_ref": "IN-1/1"}],
            action="correct",
            reason="inaccurate",
            what_is_wrong="The name is another one.",
            values=[{"wrong": "A. Specimen", "right": "B. Specimen"}],
            reply_by=days(14),
        )
    ),
    CORRECTION_REPORT: from_india(
        notice_fields(
            extent="partly-done",
            steps=[{"way": "quote", "counted": 2, "done": 1, "references": ["CA-1/2"]}],
            recipients_told=[{"party": "XX", "told_on": days(0)}],
            not_done=[{"way": "print", "count": 1, "reason": "not-reached", "note_to_file": True}],
            statement="One print is looked for.",
        )
    ),
    PRE_EXPORT_NOTICE: from_india(pen_fields()),
    PRE_EXPORT_REPLY: from_india(reply_fields()),
    SHIPMENT_OUTCOME: from_india(outcome_fields(ASKED["about"])),
    DRUG_INCIDENT: from_india(incident_fields()),
    SUSPICIOUS_TRANSACTION: from_india(suspicion_fields()),
}


def made(kind: str, **changed: object) -> Any:
    fields = {**WHOLE[kind], **changed}
    return msgspec.convert({name: value for name, value in fields.items() if value is not None}, STRUCTS[kind])


@pytest.mark.parametrize("kind", list(STRUCTS))
def test_each_kind_survives_the_wire_unchanged(kind: str) -> None:
    message = made(kind)
    payload = msgspec.json.encode(message)
    again = msgspec.json.decode(payload, type=STRUCTS[kind])
    assert again == message
    assert msgspec.json.encode(again) == payload


@pytest.mark.parametrize("kind", list(STRUCTS))
def test_no_kind_has_a_field_for_protection_status(kind: str) -> None:
    # That an item is meant for an asylum body may be asked; whose claim it is has no field (rule BI-02).
    schema = msgspec.json.encode(msgspec.json.schema(STRUCTS[kind])).lower().replace(b"asylum-body", b"")
    for word in (b"protected_status", b"protection", b"claimant", b"asylum"):
        assert word not in schema


@pytest.mark.parametrize("kind", list(STRUCTS))
def test_a_field_that_is_unknown_is_refused_and_an_extension_is_kept(kind: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        made(kind, surprise="!")
    assert made(kind, extensions={"x-later": "kept"}).extensions == {"x-later": "kept"}
    with pytest.raises(msgspec.ValidationError):
        made(kind, extensions={"later": "not marked as one that may be passed over"})


@pytest.mark.parametrize("kind", list(STRUCTS))
@pytest.mark.parametrize(
    "field",
    ["caveats", "handling", "theme", "purpose", "legal_basis", "classification", "retention_until", "message_ref"],
)
def test_what_every_message_must_state_is_missed(kind: str, field: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        made(kind, **{field: None})


@pytest.mark.parametrize(
    "changed",
    [
        {"permitted_until": None},
        {"result": "denied"},
        {"result": "denied", "permitted_until": None, "used_once": True},
        {"result": "granted-with-conditions"},
        {"conditions": ["In closed session."]},
        {"new_use": "gossip"},
        {"about": "x"},
    ],
)
def test_a_permission_that_does_not_hold_together_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        made(PERMISSION_ANSWER, **changed)


@pytest.mark.parametrize(
    "field",
    [
        "specification", "facts", "items", "reason_held", "urgency", "requested_by", "access_class", "offence",
        "evaluation", "accuracy", "person_categories", "concerns_minor", "evidence_needed", "clock_table",
    ],
)  # fmt: skip
def test_what_a_request_must_state_is_missed(field: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        made(REQUEST, **{field: None})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("specification", "x" * (SENTENCE_CHARACTERS_MAX + 1)),
        ("facts", "x" * (NARRATIVE_CHARACTERS_MAX + 1)),
        ("facts", ""),
        ("requested_by", "x" * (LINE_CHARACTERS_MAX + 1)),
        ("caveats", []),
        ("caveats", [caveat()] * (CAVEATS_MAX + 1)),
        ("persons", [PERSON] * (PERSONS_MAX + 1)),
        ("handling", "H4"),
        ("theme", "gossip"),
        ("urgency", "soon"),
        ("purpose", "curiosity"),
        ("evaluation", {"source": "D", "information": "1", "evaluated_on": "2026-11-01"}),
        ("evaluation", {"source": "A", "information": "5", "evaluated_on": "2026-11-01"}),
        ("person_categories", ["informant"]),
        ("duty_phone", "112"),
        ("retention_until", "31/12/2027"),
        ("message_ref", "\u0421\u0410-2026-000001"),
        ("case_ref_own", "IN-2026-०००१"),
        ("message_ref", "CA 2026"),
        ("language", "English"),
        ("schema_version", 2),
    ],
)
def test_a_request_beyond_a_limit_or_list_is_refused(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        made(REQUEST, **{field: value})


@pytest.mark.parametrize("missing", ["who_may_access", "permitted_uses", "procedure_contact", "expires_on"])
def test_a_caveat_states_who_use_procedure_and_expiry(missing: str) -> None:
    broken = {name: value for name, value in caveat().items() if name != missing}
    with pytest.raises(msgspec.ValidationError):
        made(REQUEST, caveats=[broken])


def test_handling_code_h3_needs_its_words() -> None:
    with pytest.raises(msgspec.ValidationError, match="handling_note"):
        made(REQUEST, handling="H3")
    assert made(REQUEST, handling="H3", handling_note="Not to be copied.").handling_note


def test_an_urgent_request_needs_a_ground_of_the_list_and_its_words() -> None:
    for changed in ({}, {"urgency_ground": "life-or-limb"}, {"urgency_text": "Soon."}):
        with pytest.raises(msgspec.ValidationError, match="urgency_ground"):
            made(REQUEST, urgency="urgent", **changed)
    assert made(REQUEST, urgency="urgent", urgency_ground="losing-relevance", urgency_text="The ship sails.")


def test_each_person_of_a_request_is_linked_to_its_purpose() -> None:
    with pytest.raises(msgspec.ValidationError, match="link_to_purpose"):
        made(REQUEST, person_categories=["suspect"], persons=[{**PERSON, "link_to_purpose": None}])
    assert made(REQUEST, person_categories=["suspect"], persons=[PERSON])


def test_the_categories_cover_every_person_and_minors_are_stated() -> None:
    with pytest.raises(msgspec.ValidationError, match="person_categories"):
        made(REQUEST, person_categories=["witness"], persons=[PERSON])
    with pytest.raises(msgspec.ValidationError, match="concerns_minor"):
        made(REQUEST, person_categories=["suspect"], persons=[{**PERSON, "is_minor": True}])


def test_special_categories_need_a_statement_of_strict_necessity() -> None:
    with pytest.raises(msgspec.ValidationError, match="strict_necessity"):
        made(REQUEST, special_categories=["health"])
    with pytest.raises(msgspec.ValidationError, match="strict_necessity"):
        made(REQUEST, has_biometrics=True)


def test_numbers_of_questions_stand_once() -> None:
    item = {"item": 1, "question": "Which?"}
    with pytest.raises(msgspec.ValidationError, match="items"):
        made(REQUEST, items=[item, item])


@pytest.mark.parametrize(("number", "is_valid"), [("79099-07-3", True), ("79099-07-4", False), ("7-1-1", False)])
def test_a_cas_number_is_checked_by_its_digit(number: str, is_valid: bool) -> None:
    assert cas_number_is_valid(number) is is_valid
    if not is_valid:
        with pytest.raises(msgspec.ValidationError):
            made(REQUEST, substances=[{"name": "x", "cas_number": number}])


def test_an_answer_with_information_is_evaluated() -> None:
    with pytest.raises(msgspec.ValidationError, match="evaluation"):
        made(ANSWER, evaluation=None)


def test_a_refused_answer_names_a_ground_of_the_closed_list() -> None:
    with pytest.raises(msgspec.ValidationError, match="refusals"):
        made(ANSWER, outcome="refused")
    with pytest.raises(msgspec.ValidationError):
        made(ANSWER, outcome="refused", refusals=[{"ground": "z", "part_refused": "All."}])
    for ground in ("a", "b", "c", "d", "e", "f-i", "f-ii", "f-iii", "g", "h"):
        assert made(ANSWER, outcome="refused", refusals=[{"ground": ground, "part_refused": "All."}])


def test_a_refusal_by_law_names_its_rule() -> None:
    refusal = {"ground": "law", "part_refused": "All."}
    with pytest.raises(msgspec.ValidationError, match="rule"):
        made(ANSWER, outcome="refused", refusals=[refusal])
    assert made(ANSWER, outcome="refused", refusals=[{**refusal, "rule": "BI-07"}])


def test_reasons_are_left_out_for_national_security_alone() -> None:
    for ground, is_good in (("f-i", True), ("a", False), ("f-ii", False)):
        refusal = {"ground": ground, "part_refused": "All.", "is_without_reasons": True}
        if is_good:
            assert made(ANSWER, outcome="refused", refusals=[refusal])
        else:
            with pytest.raises(msgspec.ValidationError, match="is_without_reasons"):
                made(ANSWER, outcome="refused", refusals=[refusal])


def test_grounds_belong_to_what_is_refused_in_whole_or_part() -> None:
    refusals = [{"ground": "a", "part_refused": "Item 2."}]
    assert made(ANSWER, outcome="partial", refusals=refusals)
    with pytest.raises(msgspec.ValidationError, match="refusals"):
        made(ANSWER, outcome="full", refusals=refusals)


def test_a_deferred_answer_says_until_when() -> None:
    with pytest.raises(msgspec.ValidationError, match="updates_expected_on"):
        made(ANSWER, outcome="deferred")


SAME_WORDS = {
    **{
        name: value
        for name, value in WHOLE[ANSWER].items()
        if name not in {"evaluation", "answered_items", "duty_phone"}
    },
    "outcome": "cannot-confirm-or-deny",
    "text": CANNOT_CONFIRM_TEXT,
    "accuracy": {"statement": CANNOT_CONFIRM_ACCURACY, "as_of": "2026-11-01"},
}


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "We cannot say."},
        {"accuracy": {"statement": "True.", "as_of": "2026-11-01"}},
        {"evaluation": {"source": "A", "information": "1", "evaluated_on": "2026-11-01"}},
        {"duty_phone": "+1 613 555 0100"},
        {"conditions": "None."},
        {"person_categories": ["victim"]},
        {"answered_items": [{"item": 1, "state": "withheld"}]},
        {"extensions": {"x-hint": "1"}},
        {"is_feedback_requested": True},
        {"answered_within_limit": True},
        {"handling_note": "Careful."},
        {"mistreatment_assessment_id": "R-1"},
    ],
)
def test_an_answer_that_neither_confirms_nor_denies_has_no_room_for_a_hint(changed: Mapping[str, object]) -> None:
    assert msgspec.convert(SAME_WORDS, Answer)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**SAME_WORDS, **changed}, Answer)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=80)


@settings(max_examples=60)
@given(
    specification=TEXT,
    facts=TEXT,
    theme=st.sampled_from(["precursors", "fraud", "cyber"]),
    retention=st.dates(min_value=date(2026, 1, 1), max_value=date(2036, 1, 1)),
    questions=st.lists(TEXT, min_size=1, max_size=5),
    quantity=st.decimals(min_value=0, max_value=10**9, places=3),
    minor=st.booleans(),
)
def test_whatever_an_officer_writes_comes_back_as_written(
    specification: str,
    facts: str,
    theme: str,
    retention: date,
    questions: list[str],
    quantity: object,
    minor: bool,
) -> None:
    message = made(
        REQUEST,
        specification=specification,
        facts=facts,
        theme=theme,
        retention_until=retention.isoformat(),
        items=[{"item": number, "question": text} for number, text in enumerate(questions, start=1)],
        substances=[{"name": "x", "quantity_grams": str(quantity)}],
        concerns_minor=minor,
    )
    payload = msgspec.json.encode(message)
    again = msgspec.json.decode(payload, type=Request)
    assert again == message
    assert msgspec.json.encode(again) == payload


@pytest.mark.parametrize("quantity", ["1E-999999999", "1E+999999999", "5." + "0" * 5_000, "NaN", "Infinity"])
def test_a_quantity_that_cannot_be_written_out_is_refused(quantity: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="quantity_grams"):
        made(REQUEST, substances=[{"name": "x", "quantity_grams": quantity}])
    assert made(REQUEST, substances=[{"name": "x", "quantity_grams": "0.000000001"}])
