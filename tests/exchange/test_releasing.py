"""Check, submit, approve, release: the gate's answer is shown, the second officer's word binds, nothing passes by."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.courier.models import Outbox
from accord.courier.outbox import WithdrawnTooLate
from accord.exchange import services
from accord.exchange.drafts import StaleDraft
from accord.exchange.errors import ActRefused
from accord.exchange.kinds.request import Request
from accord.exchange.models import Case, HoldAnswer, Message
from accord.exchange.text import TextRefused
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted, Role
from accord.officers.services import end_posting
from accord.release.approvals import APPROVAL_LIFE_HOURS
from accord.release.errors import ApprovalRefused, GateRefuses
from accord.release.models import DecisionRecord
from tests.desk import (
    Desk,
    approved,
    flush,
    information_fields,
    own_side,
    received_request,
    released_request,
    request_fields,
    seen,
    submitted_request,
    weighed,
)

STATEMENTS_OF_A_RELEASE = 20
"""Each is some 0.1 ms of a processor on the way of a message, and a place where another thread takes its turn."""


def draft_of(desk: Desk, own: dict[str, object] | None = None, **changed: object) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    return services.draft_request(desk.liaison, case, request_fields(**changed), own=own or own_side())  # type: ignore[arg-type]


def test_the_check_names_rule_citation_cure_and_decider_of_what_stops_a_draft(desk: Desk) -> None:
    found = services.check_draft(desk.liaison, draft_of(desk, accuracy=None, caveats=None))
    rules = {reason.rule for reason in found.decision.reasons}
    assert {"CA-05", "CA-06"} <= rules
    assert all(reason.citation and reason.cure and reason.decider for reason in found.decision.reasons)
    assert {problem.field for problem in found.problems} == {"accuracy", "caveats"}
    assert not found.lets_pass
    assert found.payload is None


def test_the_cured_draft_passes_and_shows_exactly_what_would_leave(desk: Desk) -> None:
    draft = draft_of(desk, accuracy=None, caveats=None)
    cured = services.save_draft(desk.liaison, draft, version=1, fields=request_fields())
    found = services.check_draft(desk.liaison, cured)
    assert found.lets_pass
    submitted = services.submit(desk.liaison, cured, version=2)
    assert submitted.approval is not None
    assert found.payload == bytes(submitted.approval.payload)


def test_a_check_stores_nothing(desk: Desk) -> None:
    draft = draft_of(desk)
    services.check_draft(desk.liaison, draft)
    assert not DecisionRecord.objects.exists()


def test_what_leaves_is_a_whole_message_with_the_nodes_own_references(desk: Desk) -> None:
    sent = released_request(desk)
    message = msgspec.json.decode(bytes(Outbox.objects.get().payload), type=Request)
    assert message.case_ref_own == sent.case.own_ref
    assert message.message_ref == sent.reference
    assert sent.reference.startswith(f"{sent.case.own_ref}/")
    assert message.clock_table == "2026-1"
    assert Outbox.objects.get().handling == "H1"


def test_nothing_our_side_knows_is_in_what_leaves(desk: Desk) -> None:
    draft = draft_of(desk, own=own_side(protection_statuses=["none"], proportionality="Only ours to read."))
    services.release(desk.releasing, approved(desk, services.submit(desk.liaison, draft, version=1)))
    payload = bytes(Outbox.objects.get().payload)
    assert b"protection" not in payload
    assert b"Only ours" not in payload


def test_what_the_law_refuses_is_not_submitted_and_the_refusal_is_on_record(desk: Desk) -> None:
    draft = draft_of(desk, own=own_side(is_compelled=True))
    with pytest.raises(GateRefuses) as refused:
        services.submit(desk.liaison, draft, version=1)
    assert any(reason.rule == "CA-12" for reason in refused.value.decision.reasons)
    assert DecisionRecord.objects.get().officer == desk.liaison
    draft.refresh_from_db()
    assert draft.state == Message.State.DRAFT


def test_a_person_whose_protection_is_unknown_is_shielded_and_one_answer_remains(desk: Desk) -> None:
    found = services.check_draft(desk.liaison, draft_of(desk, own=own_side(asks_about_person=True)))
    assert found.outward == "cannot-confirm-or-deny"
    assert not found.lets_pass


def test_submitting_twice_is_one_submission(desk: Desk) -> None:
    draft = draft_of(desk)
    first = services.submit(desk.liaison, draft, version=1)
    second = services.submit(desk.liaison, draft, version=1)
    assert first.approval_id == second.approval_id
    assert DecisionRecord.objects.count() == 1


def test_a_submitted_case_waits_on_the_gate(desk: Desk) -> None:
    assert submitted_request(desk).case.waiting_on == Case.Waiting.GATE


@pytest.mark.parametrize("field", ["sender", "recipient"])
def test_a_message_in_another_partys_name_or_to_another_party_is_refused(desk: Desk, field: str) -> None:
    draft = draft_of(desk, **{field: ("NZ", "NCB")})
    assert [problem.field for problem in services.check_draft(desk.liaison, draft).problems] == [f"{field}.party"]
    with pytest.raises(ActRefused) as refused:
        services.submit(desk.liaison, draft, version=1)
    assert refused.value.reason_code == "exchange.misdirected"


def test_releasing_twice_is_one_release(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    first = services.release(desk.releasing, message)
    second = services.release(desk.releasing, message)
    assert first.released_id == second.released_id
    assert Outbox.objects.count() == 1


def test_releasing_reads_no_officers_row_beside_the_message_and_its_approval(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    with CaptureQueriesContext(connection) as asked:
        services.release(desk.releasing, message)
    assert not [query["sql"] for query in asked if 'FROM "officers_officer"' in query["sql"]]


def test_a_release_asks_and_writes_little(desk: Desk) -> None:
    flush(desk)
    first, second = (approved(desk, submitted_request(desk)) for _ in range(2))
    # The questions of the first release are composed, and what is remembered for a second is asked for.
    services.release(desk.releasing, first)
    with CaptureQueriesContext(connection) as asked:
        services.release(desk.releasing, second)
    assert len(asked) <= STATEMENTS_OF_A_RELEASE, "\n".join(query["sql"][:120] for query in asked)


def test_a_message_is_not_released_before_it_is_approved(desk: Desk) -> None:
    with pytest.raises(ApprovalRefused) as refused:
        services.release(desk.releasing, submitted_request(desk))
    assert refused.value.reason_code == "release.not-approved"


def test_a_draft_is_not_approved_before_it_is_submitted(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        services.approve(desk.releasing, draft_of(desk), seen_digest=bytes(32), seen_facts_digest=bytes(32))


def test_the_drafter_neither_approves_nor_releases_whatever_the_roles(desk: Desk) -> None:
    both = desk.again(Role.LIAISON, "both")
    both.roles = ["liaison", "releasing"]
    both.save()
    case = services.create_case(both, peer="IN", theme="precursors", title="A drum")
    message = services.submit(both, services.draft_request(both, case, request_fields(), own=own_side()), version=1)
    assert message.approval is not None
    with pytest.raises(ApprovalRefused) as refused:
        services.approve(both, message, **seen(message))
    assert refused.value.reason_code == "release.own-draft"
    with pytest.raises(ApprovalRefused) as refused:
        services.release(both, approved(desk, message))
    assert refused.value.reason_code == "release.own-draft"


def test_who_last_wrote_the_text_counts_as_its_drafter(desk: Desk) -> None:
    second = desk.again(Role.LIAISON, "second")
    second.roles = ["liaison", "releasing"]
    second.save()
    draft = draft_of(desk)
    services.save_draft(second, draft, version=1, fields=request_fields())
    message = services.submit(desk.liaison, draft, version=2)
    assert message.approval is not None
    with pytest.raises(ApprovalRefused):
        services.approve(second, message, **seen(message))


def test_an_approval_that_lapsed_releases_nothing(desk: Desk) -> None:
    now = timezone.now()
    message = approved(desk, submitted_request(desk), now=now)
    with pytest.raises(ApprovalRefused) as refused:
        services.release(desk.releasing, message, now=now + timedelta(hours=APPROVAL_LIFE_HOURS, minutes=1))
    assert refused.value.reason_code == "release.approval-lapsed"


def test_a_lapsed_submission_can_be_renewed_by_saving_and_submitting_again(desk: Desk) -> None:
    message = submitted_request(desk)
    saved = services.save_draft(desk.liaison, message, version=1, fields=request_fields())
    again = services.submit(desk.liaison, saved, version=2)
    assert services.release(desk.releasing, approved(desk, again)).state == Message.State.RELEASED


def test_the_gate_decides_again_at_release(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    Message.objects.update(own_side=msgspec.json.encode(own_side(is_compelled=True)))
    with pytest.raises(GateRefuses):
        services.release(desk.releasing, message)
    message.refresh_from_db()
    assert message.state == Message.State.APPROVED
    assert not Outbox.objects.exists()
    assert DecisionRecord.objects.filter(officer=desk.releasing).count() == 1


def test_a_message_sent_back_carries_the_reason_and_is_a_draft_again(desk: Desk) -> None:
    message = services.send_back(desk.releasing, submitted_request(desk), reason="Say which port.")
    assert (message.state, message.return_reason) == (Message.State.DRAFT, "Say which port.")
    assert message.case.waiting_on == Case.Waiting.US
    with pytest.raises(ActRefused):
        services.send_back(desk.releasing, message, reason="Again.")


def test_a_message_is_not_sent_back_without_a_reason(desk: Desk) -> None:
    with pytest.raises(TextRefused):
        services.send_back(desk.releasing, submitted_request(desk), reason=" ")


def test_a_hold_is_answered_in_writing_by_another_officer_and_then_lets_pass(desk: Desk) -> None:
    own = own_side(basis=["conduct", "protest"])
    draft = draft_of(desk, own=own)
    with pytest.raises(GateRefuses) as held:
        services.submit(desk.liaison, draft, version=1)
    assert held.value.reason_code == "law.hold"
    draft.case.refresh_from_db()
    assert draft.case.waiting_on == Case.Waiting.GATE
    (policy,) = [r.policy for r in held.value.decision.reasons if r.outcome.label == "hold"]
    head = desk.head("The head of the agency")
    weighed(desk, draft)
    services.answer_hold(head, draft, policy=policy, reason="Conduct predominates: see the declaration.")
    act = Act.objects.get(verb="answer hold")
    assert (act.officer, act.detail["policy"], act.reason.text) == (
        head,
        "CA-15.mixed",
        "Conduct predominates: see the declaration.",
    )
    message = services.submit(desk.liaison, draft, version=1)
    assert services.release(desk.releasing, approved(desk, message)).state == Message.State.RELEASED


def test_the_officer_who_answered_a_hold_does_not_release_on_it(desk: Desk) -> None:
    own = own_side(basis=["conduct", "protest"])
    draft = draft_of(desk, own=own)
    desk.releasing.offices = ["The head of the agency"]
    weighed(desk, draft)
    services.answer_hold(desk.releasing, draft, policy="CA-15.mixed", reason="Conduct predominates.")
    message = approved(desk, services.submit(desk.liaison, draft, version=1))
    with pytest.raises(GateRefuses):
        services.release(desk.releasing, message)


@pytest.mark.parametrize("office", ["", "The deputy head"])
def test_a_hold_is_answered_by_no_officer_but_the_one_whom_the_rule_names(desk: Desk, office: str) -> None:
    own = own_side(basis=["conduct", "protest"])
    draft = draft_of(desk, own=own)
    desk.releasing.offices = [office]
    desk.head("The head of the agency")
    with pytest.raises(ApprovalRefused) as refused:
        services.answer_hold(desk.releasing, draft, policy="CA-15.mixed", reason="Yes.")
    assert refused.value.reason_code == "exchange.hold-decider"
    assert refused.value.fields == {"office": "The head of the agency", "bearers": ["head"]}
    assert refused.value.next_step == "Ask head."
    assert not HoldAnswer.objects.exists()


def test_who_is_named_as_deciding_on_a_hold_is_in_post_and_no_author(desk: Desk) -> None:
    draft = draft_of(desk, own=own_side(basis=["conduct", "protest"]))
    office = "The head of the agency"
    desk.head(office)
    past = timezone.now() - timedelta(days=1)
    Officer.objects.filter(pk=desk.head(office, "former").pk).update(active_until=past)
    Officer.objects.filter(pk=desk.liaison.pk).update(roles=["liaison", "decider"], offices=[office])
    with pytest.raises(ApprovalRefused) as refused:
        services.answer_hold(desk.releasing, draft, policy="CA-15.mixed", reason="Yes.")
    assert refused.value.fields["bearers"] == ["head"]


def test_nobody_answers_a_hold_on_their_own_text_or_without_a_reason(desk: Desk) -> None:
    draft = draft_of(desk)
    with pytest.raises(NotPermitted):
        services.answer_hold(desk.liaison, draft, policy="CA-15.mixed", reason="Yes.")
    with pytest.raises(TextRefused):
        services.answer_hold(desk.releasing, draft, policy="CA-15.mixed", reason=" ")
    desk.liaison.roles = ["liaison", "releasing"]
    with pytest.raises(ApprovalRefused):
        services.answer_hold(desk.liaison, draft, policy="CA-15.mixed", reason="Yes.")
    assert not HoldAnswer.objects.exists()


def test_a_released_message_can_be_withdrawn_until_it_is_sealed(desk: Desk) -> None:
    sent = released_request(desk)
    assert services.withdraw(desk.releasing, sent).state == Message.State.WITHDRAWN
    other = released_request(desk)
    flush(desk)
    with pytest.raises(WithdrawnTooLate):
        services.withdraw(desk.releasing, other)


def test_only_a_released_message_is_withdrawn(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        services.withdraw(desk.releasing, submitted_request(desk))


def test_spontaneous_information_leaves_and_waits_on_nobody(desk: Desk) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="An offer")
    draft = services.draft_information(desk.liaison, case, information_fields(), own=own_side())
    sent = services.release(desk.releasing, approved(desk, services.submit(desk.liaison, draft, version=1)))
    assert sent.case.waiting_on == Case.Waiting.NOBODY
    assert Outbox.objects.get().kind == "spontaneous-information"


@pytest.mark.parametrize(
    ("changed", "lane"),
    [
        ({}, 2),
        ({"urgency": "urgent", "urgency_ground": "losing-relevance", "urgency_text": "The ship sails."}, 1),
    ],
)
def test_an_urgent_request_travels_in_an_urgent_lane(desk: Desk, changed: dict[str, object], lane: int) -> None:
    draft = draft_of(desk, **changed)
    services.release(desk.releasing, approved(desk, services.submit(desk.liaison, draft, version=1)))
    assert Outbox.objects.get().lane == lane


def test_each_message_of_a_case_carries_a_reference_of_its_own_and_theirs(desk: Desk) -> None:
    request = received_request(desk)
    references = set()
    for _ in range(3):
        draft = services.draft_request(desk.liaison, request.case, request_fields(), own=own_side())
        message = approved(desk, services.submit(desk.liaison, draft, version=1))
        sent = services.release(desk.releasing, message)
        references.add(sent.reference)
        assert sent.fields["case_ref_other"] == "IN-2026-000007"
    assert len(references) == 3
    assert all(reference.startswith(f"{request.case.own_ref}/") for reference in references)


def test_a_draft_keeps_its_reference_when_it_is_sent_back(desk: Desk) -> None:
    draft = draft_of(desk)
    returned = services.send_back(desk.releasing, services.submit(desk.liaison, draft, version=1), reason="No.")
    assert services.submit(desk.liaison, returned, version=1).reference == draft.reference


def test_a_message_of_theirs_is_not_checked_for_release(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        services.check_draft(desk.liaison, received_request(desk))


def test_an_author_of_an_earlier_version_is_no_second_officer(desk: Desk) -> None:
    both = desk.again(Role.LIAISON, "both")
    draft = services.save_draft(both, draft_of(desk), version=1, fields=request_fields(facts="Written by another."))
    draft = services.save_draft(desk.liaison, draft, version=2, fields=request_fields(facts="Mended."))
    message = services.submit(desk.liaison, draft, version=3)
    both.roles = [Role.RELEASING.value]
    both.save()
    with pytest.raises(ApprovalRefused) as found:
        services.approve(both, message, **seen(message))
    assert found.value.reason_code == "release.own-draft"


def test_who_attached_a_file_neither_approves_nor_releases_it(desk: Desk, settings: Any, tmp_path: Path) -> None:
    settings.ACCORD_HOME = tmp_path
    both = desk.again(Role.LIAISON, "both")
    draft = draft_of(desk)
    services.attach(both, draft, name="a.txt", media_type="text/plain", file=io.BytesIO(b"Unread."))
    draft = services.save_draft(desk.liaison, draft, version=2, fields=request_fields())
    message = services.submit(desk.liaison, draft, version=3)
    both.roles = [Role.RELEASING.value]
    both.save()
    with pytest.raises(ApprovalRefused) as found:
        services.approve(both, message, **seen(message))
    assert found.value.reason_code == "release.own-draft"
    message = services.approve(desk.releasing, message, **seen(message))
    with pytest.raises(ApprovalRefused):
        services.release(both, message)


def test_a_file_attached_meanwhile_makes_the_version_before_one_stale(
    desk: Desk, settings: Any, tmp_path: Path
) -> None:
    settings.ACCORD_HOME = tmp_path
    draft = draft_of(desk)
    colleague = desk.again(Role.LIAISON, "colleague")
    services.attach(colleague, draft, name="a.txt", media_type="text/plain", file=io.BytesIO(b"Unread."))
    with pytest.raises(StaleDraft):
        services.submit(desk.liaison, draft, version=1)


def test_an_approval_ends_with_the_posting_of_who_gave_it(desk: Desk) -> None:
    second = desk.again(Role.RELEASING, "second")
    message = submitted_request(desk)
    message = services.approve(second, message, **seen(message))
    end_posting(desk.administrator, second)
    with pytest.raises(ApprovalRefused) as found:
        services.release(desk.releasing, message)
    assert found.value.reason_code == "release.approver-gone"
