"""Days that have passed or are to come, arrangements and rules that do not exist: refused with the field named."""

from datetime import timedelta

import pytest

from accord.exchange import services
from accord.exchange.drafts import DraftIncomplete, FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.models import Message
from accord.exchange.text import TextRefused
from accord.parties.models import RegisterEntry
from accord.parties.register_book import mark_changed
from accord.vocabulary.refusal import DelayReason
from tests.desk import (
    TODAY,
    Desk,
    answer_fields,
    days,
    notice_fields,
    own_side,
    received_request,
    request_fields,
)


def case_of(desk: Desk) -> object:
    return services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"retention_until": days(-2)}, "retention_until"),
        ({"review_on": days(-2)}, "review_on"),
        ({"accuracy": {"statement": "Read.", "as_of": days(2)}}, "accuracy.as_of"),
        (
            {"evaluation": {"source": "B", "information": "2", "evaluated_on": days(2)}},
            "evaluation.evaluated_on",
        ),
        ({"arrangement_id": "NOPE"}, "arrangement_id"),
    ],
)
def test_a_field_that_cannot_be_meant_is_refused_at_the_first_save(
    desk: Desk, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(FieldRefused) as refused:
        services.draft_request(desk.liaison, case_of(desk), request_fields(**changed))  # type: ignore[arg-type]
    assert refused.value.fields["field"] == field
    assert refused.value.next_step.startswith("Give")
    draft = services.draft_request(desk.liaison, case_of(desk), request_fields())  # type: ignore[arg-type]
    with pytest.raises(FieldRefused):
        services.save_draft(desk.liaison, draft, version=1, fields=request_fields(**changed))


def test_today_and_an_arrangement_of_the_register_are_let_in(desk: Desk) -> None:
    fields = request_fields(retention_until=days(0), arrangement_id="ARR-2026-1")
    assert services.draft_request(desk.liaison, case_of(desk), fields).state == Message.State.DRAFT  # type: ignore[arg-type]


def test_what_no_longer_makes_sense_at_submission_is_told_by_the_check_and_refused(desk: Desk) -> None:
    fields = request_fields(arrangement_id="ARR-2026-1")
    draft = services.draft_request(desk.liaison, case_of(desk), fields, own=own_side())  # type: ignore[arg-type]
    RegisterEntry.objects.filter(register="arrangement").delete()
    mark_changed()
    found = services.check_draft(desk.liaison, draft)
    assert [problem.field for problem in found.problems] == ["arrangement_id"]
    assert found.payload is None
    with pytest.raises(DraftIncomplete) as refused:
        services.submit(desk.liaison, draft, version=1)
    [problem] = refused.value.fields["problems"]  # type: ignore[misc]
    assert problem["field"] == "arrangement_id"
    assert problem["next_step"]


@pytest.mark.parametrize("blank", ["facts", "specification"])
def test_a_text_of_blanks_is_no_text(desk: Desk, blank: str) -> None:
    with pytest.raises(TextRefused) as refused:
        services.draft_request(desk.liaison, case_of(desk), request_fields(**{blank: " \n "}))  # type: ignore[arg-type]
    assert refused.value.fields["field"] == blank


def test_a_note_of_blanks_for_the_gate_is_no_note(desk: Desk) -> None:
    with pytest.raises(TextRefused) as refused:
        services.draft_request(desk.liaison, case_of(desk), request_fields(), own=own_side(proportionality="  "))  # type: ignore[arg-type]
    assert refused.value.fields["field"] == "own_side.proportionality"


def test_an_answer_is_not_announced_for_a_day_that_has_passed(desk: Desk) -> None:
    request = received_request(desk)
    with pytest.raises(FieldRefused) as refused:
        services.delay(
            desk.duty,
            request,
            notice_fields(),
            reason=DelayReason.VOLUME,
            expected_on=TODAY - timedelta(days=2),
        )
    assert refused.value.fields["field"] == "expected_on"
    with pytest.raises(ActRefused) as late:
        services.delay(
            desk.duty,
            request,
            notice_fields(),
            reason=DelayReason.VOLUME,
            expected_on=TODAY + timedelta(days=200),
        )
    assert late.value.fields["field"] == "expected_on"


def test_a_refusal_cites_no_rule_that_the_law_of_this_node_does_not_hold(desk: Desk) -> None:
    fields = answer_fields(outcome=None, evaluation=None, answered_items=None, text=None, accuracy=None)
    with pytest.raises(FieldRefused) as refused:
        services.refuse(desk.duty, received_request(desk), fields, ground="law", part_refused="All.", rule="IN-99")
    assert refused.value.fields["field"] == "refusals[0].rule"
    assert "another ground" in refused.value.next_step
