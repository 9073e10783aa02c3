"""A refused field is told in an officer's words, with its place for a program and without its content."""

import json
import re
from typing import Any

import msgspec
import pytest

from accord.exchange.drafts import FieldRefused, given_values, problems_of
from accord.exchange.kinds import REQUEST, STRUCTS
from accord.exchange.wording import Refusal, explain, field_name, pointer_of, steps_of
from tests.desk import caveat, request_fields

ENGINE = re.compile(r"`|\bstr\b|\bint\b|\bnull\b|array|object|regex|enum|RFC3339|\$|payload|expected `", re.IGNORECASE)
SECRET = "Mr Secret"

Changed = dict[str, Any]


@pytest.mark.parametrize(
    ("changed", "field", "pointer", "step"),
    [
        ({"duty_phone": 7}, "duty_phone", "/fields/duty_phone", "Give a text in quotation marks."),
        ({"duty_phone": SECRET}, "duty_phone", "/fields/duty_phone", "+1 613 555 0100"),
        ({"language": SECRET}, "language", "/fields/language", "en, fr or hi"),
        ({"theme": SECRET}, "theme", "/fields/theme", "precursors"),
        ({"caveats": []}, "caveats", "/fields/caveats", "Fill it in."),
        ({"caveats": SECRET}, "caveats", "/fields/caveats", "Give a list"),
        (
            {"caveats": [{**caveat(), "expires_on": SECRET}]},
            "caveats[0].expires_on",
            "/fields/caveats/0/expires_on",
            "2027",
        ),
        (
            {"caveats": [{"who_may_access": ["A"]}]},
            "caveats[0].permitted_uses",
            "/fields/caveats/0/permitted_uses",
            "Fill",
        ),
        ({"items": [{"item": 0, "question": "Q"}]}, "items[0].item", "/fields/items/0/item", "at least 1"),
        ({"items": [{"item": "1", "question": "Q"}]}, "items[0].item", "/fields/items/0/item", "the number itself"),
        ({"concerns_minor": SECRET}, "concerns_minor", "/fields/concerns_minor", "true or false"),
        ({"sender": [SECRET]}, "sender", "/fields/sender", "Give the fields"),
        (
            {"sender": {"party": "CA", "agency": "RCMP", "rank": SECRET}},
            "sender.rank",
            "/fields/sender/rank",
            "Correct the name",
        ),
        ({"extensions": {SECRET: "x"}}, "extensions", "/fields/extensions", "Latin letters"),
        ({"extensions": {"x-a": 5}}, "extensions[...]", "/fields/extensions", "Give a text"),
        ({"retention_until": 5}, "retention_until", "/fields/retention_until", "year-month-day"),
        ({"facts": SECRET * 9_000}, "facts", "/fields/facts", "Shorten it to 20000 characters."),
        (
            {"offence": {"own_law": "x", "max_penalty_months": 9_999}},
            "offence.max_penalty_months",
            "/fields/offence/max_penalty_months",
            "at most 1200",
        ),
        (
            {"substances": [{"name": SECRET, "quantity_grams": SECRET}]},
            "substances[0].quantity_grams",
            "/fields/substances/0/quantity_grams",
            "12.5",
        ),
        (
            {"substances": [{"name": "x", "cas_number": "79099-07-4"}]},
            "substances[0].cas_number",
            "/fields/substances/0/cas_number",
            "line",
        ),
        ({"person_categories": [SECRET]}, "person_categories[0]", "/fields/person_categories/0", "suspect"),
    ],
)
def test_a_refused_field_is_told_in_plain_words_with_its_place(
    changed: Changed, field: str, pointer: str, step: str
) -> None:
    with pytest.raises(FieldRefused) as caught:
        given_values(REQUEST, {**request_fields(), **changed})

    (refused,) = caught.value.fields["refused"]  # type: ignore[misc, attr-defined] # a list of one
    assert (refused["field"], refused["pointer"]) == (field, pointer)
    assert step in refused["next_step"]
    said = json.dumps([str(caught.value), refused["name"], refused["reason"], refused["next_step"]])
    assert not ENGINE.search(said), said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"handling": "H3"}, "handling_note", "Handling note is needed with handling code H3."),
        (
            {"urgency": "urgent"},
            "urgency_ground",
            "Urgency ground and urgency text are needed when a request is urgent.",
        ),
        ({"concerns_minor": None}, "concerns_minor", "This field is needed."),
    ],
)
def test_fields_that_do_not_fit_together_are_told_with_the_one_to_mend(
    changed: Changed, field: str, sentence: str
) -> None:
    filled = {"schema_version": 1, "message_ref": "CA-1/1", "case_ref_own": "CA-1", "clock_table": "2026-1"}

    (problem,) = problems_of(REQUEST, {**request_fields(), **filled, **changed})

    assert (problem.field, problem.sentence) == (field, sentence)
    assert problem.next_step


WRONG = (5, 1.5, "", "§", [], {}, [5], {"a": 1}, True, "x" * 30_000)


def _told(name: str, wrong: object) -> Refusal | None:
    whole = {**request_fields(), "schema_version": 1, "message_ref": "a", "case_ref_own": "b", "clock_table": "c"}
    try:
        msgspec.convert({**whole, name: wrong}, STRUCTS[REQUEST])
    except msgspec.ValidationError as error:
        return explain(error, STRUCTS[REQUEST])
    return None


@pytest.mark.parametrize("name", STRUCTS[REQUEST].__struct_fields__)
def test_every_form_in_which_the_library_speaks_of_a_field_is_known(name: str) -> None:
    told = [refusal for wrong in WRONG if (refusal := _told(name, wrong)) is not None]

    assert told
    for refusal in told:
        assert refusal.reason != "this is not what belongs here", refusal
        assert not ENGINE.search(f"{refusal.reason} {refusal.next_step}"), refusal


def test_a_form_that_is_not_known_says_nothing_of_the_content() -> None:
    told = explain(msgspec.ValidationError(f"Something new about '{SECRET}' - at `$.facts`"), STRUCTS[REQUEST])

    assert (told.field, told.reason) == ("facts", "this is not what belongs here")
    assert SECRET not in told.next_step


def test_a_path_becomes_words_and_a_pointer() -> None:
    assert field_name(steps_of("caveats[1].who_may_access[0]")) == "caveat 2, who may access 1"
    assert field_name(steps_of("[0]")) == "0"
    assert pointer_of("own_side.exposure") == "/own_side/exposure"
    assert pointer_of("a/b~c") == "/fields/a~1b~0c"
