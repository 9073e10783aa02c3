"""Beginning once, and what may not leave: blanks of a specimen, urgency without its reason."""

import pytest

from accord.exchange.drafts import DraftIncomplete, FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Message
from accord.exchange.services import (
    ReplyBegun,
    answer,
    begin_case,
    begin_reply,
    check_draft,
    preview,
    save_draft,
    submit,
)
from tests.desk import Desk, own_side, received_request, request_fields


def begun(desk: Desk, **fields: object) -> Message:
    return begin_case(
        desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum", fields=fields or {"language": "en"}
    )


def test_a_refused_first_draft_leaves_no_case_behind(desk: Desk) -> None:
    with pytest.raises(FieldRefused):
        begun(desk, no_such_field="SPECIMEN")
    assert not Case.objects.exists()


def test_a_case_begun_twice_is_one_until_something_is_written_in_it(desk: Desk) -> None:
    first = begun(desk)
    assert begun(desk) == first
    save_draft(desk.liaison, first, version=first.version, fields={"facts": "SPECIMEN"})
    assert begun(desk) != first
    assert Case.objects.count() == 2


def test_a_reply_begun_twice_is_one_draft(desk: Desk) -> None:
    asked = received_request(desk)
    first, is_new = begin_reply(asked, lambda: answer(desk.duty, asked, {"outcome": "full"}))
    again, is_new_again = begin_reply(asked, lambda: answer(desk.duty, asked, {"outcome": "full"}))
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert asked.replies.count() == 1


def test_another_reply_is_begun_only_where_the_officer_says_so(desk: Desk) -> None:
    asked = received_request(desk)
    first, _ = begin_reply(asked, lambda: answer(desk.duty, asked, {"outcome": "full"}))
    with pytest.raises(ReplyBegun) as told:
        begin_reply(asked, lambda: answer(desk.duty, asked, {"outcome": "partial"}))
    assert told.value.begun == first
    assert asked.replies.count() == 1
    second, is_new = begin_reply(asked, lambda: answer(desk.duty, asked, {"outcome": "partial"}), is_another=True)
    assert is_new
    assert second != first


def test_a_blank_of_a_specimen_text_keeps_a_draft_from_leaving(desk: Desk) -> None:
    message = begin_case(
        desk.liaison,
        peer="IN",
        theme="precursors",
        title="SPECIMEN drum",
        fields=request_fields(facts="A drum was found on [… day]."),
        own=own_side(),
    )
    found = check_draft(desk.liaison, message)
    assert [problem.field for problem in found.problems] == ["facts"]
    assert not found.lets_pass
    with pytest.raises(DraftIncomplete, match="facts"):
        submit(desk.liaison, message, version=message.version)


@pytest.mark.parametrize("urgency", ["urgent", "threat-to-life"])
def test_urgency_asks_for_its_reason_by_the_name_of_each_field(desk: Desk, urgency: str) -> None:
    message = begin_case(
        desk.liaison,
        peer="IN",
        theme="precursors",
        title="SPECIMEN drum",
        fields=request_fields(urgency=urgency),
        own=own_side(),
    )
    named = {problem.field for problem in check_draft(desk.liaison, message).problems}
    assert {"urgency_ground", "urgency_text"} <= named


def test_a_preview_shows_what_the_node_fills_and_no_key(desk: Desk) -> None:
    message = begun(desk, facts="SPECIMEN")
    shown = preview(desk.liaison, message)
    assert shown["case_ref_own"] == message.case.own_ref
    assert shown["facts"] == "SPECIMEN"
    with pytest.raises(ActRefused):
        preview(desk.duty, received_request(desk))
