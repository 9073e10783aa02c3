"""Cases and drafts: right from the first save, never overwritten in silence, never kept approved when changed."""

import re

import pytest

from accord.exchange import services
from accord.exchange.drafts import DraftIncomplete, FieldRefused, StaleDraft, given_values, problems_of
from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Message
from accord.exchange.references import SIGNS
from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.release.errors import ApprovalRefused, ReleaseRefused
from accord.release.models import Approval
from tests.desk import Desk, approved, own_side, released_request, request_fields, submitted_request


def case_of(desk: Desk) -> Case:
    return services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")


def test_the_reference_of_a_case_names_party_and_year_and_tells_nothing_of_other_cases(desk: Desk) -> None:
    references = {case_of(desk).own_ref for _ in range(8)}
    year = Case.objects.first().opened_at.year  # type: ignore[union-attr]
    assert len(references) == 8
    assert all(re.fullmatch(rf"CA-{year}-[{SIGNS}]{{5}}-[{SIGNS}]{{5}}", reference) for reference in references)
    # None follows from another: neither their order nor their first signs.
    assert len({reference[8:10] for reference in references}) > 1


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_case_needs_a_title_that_fits_a_row(desk: Desk, title: str) -> None:
    with pytest.raises((ActRefused, TextRefused)):
        services.create_case(desk.liaison, peer="IN", theme="precursors", title=title)


def test_a_case_needs_a_theme_of_the_list(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        services.create_case(desk.liaison, peer="IN", theme="gossip", title="A drum")


def test_a_case_needs_a_peer_with_a_channel(desk: Desk) -> None:
    with pytest.raises(ReleaseRefused):
        services.create_case(desk.liaison, peer="NZ", theme="precursors", title="A drum")


def test_a_draft_may_be_half_done_and_takes_the_officers_agency_as_sender(desk: Desk) -> None:
    draft = services.draft_request(desk.liaison, case_of(desk), {"facts": "So far."})
    assert draft.fields == {"facts": "So far.", "sender": {"party": "CA", "agency": "RCMP"}}
    assert draft.state == Message.State.DRAFT


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"facts": 7}, "facts"),
        ({"handling": "H9"}, "handling"),
        ({"caveats": [{"who_may_access": []}]}, "caveats[0]"),
        ({"nonsense": "x"}, "nonsense"),
        ({"message_ref": "CA-2026-000001/9"}, "message_ref"),
        ({"case_ref_other": "IN-1"}, "case_ref_other"),
        ({"attachments": []}, "attachments"),
        ({"clock_table": "2099"}, "clock_table"),
        ({"facts": "x" * 20_001}, "facts"),
    ],
)
def test_a_wrong_field_is_refused_at_once_by_name_and_without_its_content(
    desk: Desk, fields: dict[str, object], named: str
) -> None:
    with pytest.raises(FieldRefused) as refused:
        services.draft_request(desk.liaison, case_of(desk), fields)
    assert str(refused.value.fields["field"]).startswith(named)
    assert "x" * 50 not in str(refused.value)
    assert not Message.objects.exists()


def test_a_hidden_character_is_refused_with_field_and_position(desk: Desk) -> None:
    with pytest.raises(TextRefused) as refused:
        services.draft_request(desk.liaison, case_of(desk), {"facts": "ab\u202ecd"})
    assert refused.value.fields == {"field": "facts", "position": 2, "character": "U+202E"}


def test_what_our_side_knows_is_checked_like_the_rest(desk: Desk) -> None:
    with pytest.raises(TextRefused):
        services.draft_request(desk.liaison, case_of(desk), {}, own={"legitimate_aim": "x\u200b"})
    with pytest.raises(FieldRefused) as refused:
        services.draft_request(desk.liaison, case_of(desk), {}, own={"protection_statuses": ["famous"]})
    assert refused.value.reason_code == "exchange.own-side-refused"
    assert refused.value.fields["field"] == "own_side.protection_statuses[0]"
    assert refused.value.next_step == "Take one of: claimant, none, protected, unknown."


def test_saving_counts_the_version_up(desk: Desk) -> None:
    draft = services.draft_request(desk.liaison, case_of(desk), {"facts": "One."})
    saved = services.save_draft(desk.liaison, draft, version=1, fields={"facts": "Two."})
    assert (saved.version, saved.fields["facts"]) == (2, "Two.")


def test_a_colleagues_save_is_not_overwritten_and_neither_text_is_lost(desk: Desk) -> None:
    draft = services.draft_request(desk.liaison, case_of(desk), {"facts": "One."})
    colleague = desk.again(Role.LIAISON, "colleague")
    services.save_draft(colleague, draft, version=1, fields={"facts": "Colleague's."})
    with pytest.raises(StaleDraft) as stale:
        services.save_draft(desk.liaison, draft, version=1, fields={"facts": "Mine."})
    assert stale.value.yours == {"facts": "Mine."}
    assert stale.value.stored == {"facts": "Colleague's."}
    assert stale.value.stored_version == 2
    assert "Mine" not in str(stale.value.problem())
    draft.refresh_from_db()
    assert draft.fields["facts"] == "Colleague's."


def test_submitting_a_stale_version_gives_back_both_texts(desk: Desk) -> None:
    draft = services.draft_request(desk.liaison, case_of(desk), request_fields(), own=own_side())
    services.save_draft(desk.liaison, draft, version=1, fields=request_fields(facts="Newer."))
    with pytest.raises(StaleDraft) as stale:
        services.submit(desk.liaison, draft, version=1)
    assert stale.value.stored["facts"] == "Newer."


def test_what_our_side_knows_stays_when_only_the_text_is_saved(desk: Desk) -> None:
    draft = services.draft_request(desk.liaison, case_of(desk), {}, own={"exposure": "none"})
    saved = services.save_draft(desk.liaison, draft, version=1, fields={"facts": "Two."})
    assert b"none" in bytes(saved.own_side)


def test_changing_an_approved_message_makes_its_approval_void(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    changed = services.save_draft(desk.liaison, message, version=message.version, fields=request_fields(facts="New."))
    assert changed.state == Message.State.DRAFT
    assert changed.approval is None
    assert Approval.objects.get().state == Approval.State.LAPSED
    with pytest.raises(ApprovalRefused):
        services.release(desk.releasing, changed)


def test_a_released_message_cannot_be_changed(desk: Desk) -> None:
    sent = released_request(desk)
    with pytest.raises(ActRefused) as refused:
        services.save_draft(desk.liaison, sent, version=sent.version, fields={})
    assert refused.value.reason_code == "exchange.not-a-draft"


def test_nothing_is_drafted_in_a_closed_case(desk: Desk) -> None:
    case = services.close_case(desk.liaison, case_of(desk))
    with pytest.raises(ActRefused):
        services.draft_request(desk.liaison, case, {})


def test_every_missing_field_is_named_at_once() -> None:
    names = {problem.field for problem in problems_of("request", {"facts": "So far."})}
    assert {"caveats", "handling", "specification", "accuracy", "urgency"} <= names
    assert "facts" not in names


def test_what_does_not_fit_together_is_named_by_its_field() -> None:
    fields = {**request_fields(handling="H3"), "schema_version": 1, "message_ref": "CA-1/1", "case_ref_own": "CA-1"}
    (problem,) = problems_of("request", {**fields, "clock_table": "2026-1"})
    assert problem.field == "handling_note"


def test_an_incomplete_draft_is_not_submitted(desk: Desk) -> None:
    draft = services.draft_request(desk.liaison, case_of(desk), {"facts": "So far."}, own=own_side())
    with pytest.raises(DraftIncomplete) as refused:
        services.submit(desk.liaison, draft, version=1)
    problems = refused.value.fields["problems"]
    assert isinstance(problems, list)
    assert len(problems) > 5


def test_a_null_field_counts_as_not_given() -> None:
    assert given_values("request", {"facts": None}) == {}


def test_each_act_is_on_the_list_of_acts_without_content(desk: Desk) -> None:
    released_request(desk)
    verbs = list(Act.objects.exclude(verb="create officer").values_list("verb", flat=True))
    assert verbs == ["open case", "draft message", "submit message", "approve message", "release message"]
    assert "HS 2933.39" not in str(list(Act.objects.values()))
