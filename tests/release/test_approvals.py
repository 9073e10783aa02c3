"""An approval is a second officer's word for exactly these bytes, once, for a limited time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.release.actor import ActorNotPermitted
from accord.release.approvals import (
    APPROVAL_LIFE_HOURS,
    approve,
    payload_digest,
    request_approval,
    send_back,
    take_back,
)
from accord.release.errors import ApprovalRefused
from accord.release.models import Approval
from tests.desk import Desk

PAYLOAD = b'{"a":1}'
SEEN = {"seen_digest": payload_digest(PAYLOAD), "seen_facts_digest": b""}


def pending(desk: Desk, payload: bytes = PAYLOAD) -> Approval:
    return request_approval(
        desk.liaison,
        subject_type="message",
        subject_id="1",
        kind="request",
        payload=payload,
        decision=None,
        now=timezone.now(),
    )


def test_asking_twice_for_the_same_payload_gives_the_same_approval(desk: Desk) -> None:
    assert pending(desk).pk == pending(desk).pk
    assert Approval.objects.count() == 1


def test_asking_for_another_payload_makes_the_old_word_worthless(desk: Desk) -> None:
    first = pending(desk)
    second = pending(desk, b'{"a":2}')
    first.refresh_from_db()
    assert first.state == Approval.State.LAPSED
    assert second.state == Approval.State.PENDING


def test_the_drafter_cannot_approve(desk: Desk) -> None:
    desk.liaison.roles = ["liaison", "releasing"]
    with pytest.raises(ApprovalRefused) as refused:
        approve(pending(desk), desk.liaison, **SEEN, now=timezone.now())
    assert refused.value.reason_code == "release.own-draft"


def test_an_officer_without_the_permission_cannot_approve(desk: Desk) -> None:
    with pytest.raises(ActorNotPermitted):
        approve(pending(desk), desk.duty, **SEEN, now=timezone.now())


def test_approving_what_was_not_shown_is_refused(desk: Desk) -> None:
    with pytest.raises(ApprovalRefused) as refused:
        approve(
            pending(desk),
            desk.releasing,
            seen_digest=payload_digest(b"other"),
            seen_facts_digest=b"",
            now=timezone.now(),
        )
    assert refused.value.reason_code == "release.payload-changed"


def test_approving_twice_is_one_approval(desk: Desk) -> None:
    approval = pending(desk)
    first = approve(approval, desk.releasing, **SEEN, now=timezone.now())
    second = approve(approval, desk.releasing, **SEEN, now=timezone.now() + timedelta(minutes=1))
    assert first.decided_at == second.decided_at


def test_an_approval_cannot_be_given_after_its_time(desk: Desk) -> None:
    approval = pending(desk)
    late = approval.requested_at + timedelta(hours=APPROVAL_LIFE_HOURS)
    with pytest.raises(ApprovalRefused) as refused:
        approve(approval, desk.releasing, **SEEN, now=late)
    assert refused.value.reason_code == "release.approval-lapsed"


def test_what_was_sent_back_cannot_be_approved(desk: Desk) -> None:
    approval = send_back(pending(desk), desk.releasing, reason="Say more.", now=timezone.now())
    with pytest.raises(ApprovalRefused) as refused:
        approve(approval, desk.releasing, **SEEN, now=timezone.now())
    assert refused.value.reason_code == "release.approval-not-open"


def test_what_was_approved_can_still_be_sent_back_but_not_twice(desk: Desk) -> None:
    approval = approve(pending(desk), desk.releasing, **SEEN, now=timezone.now())
    send_back(approval, desk.releasing, reason="On second thoughts.", now=timezone.now())
    with pytest.raises(ApprovalRefused):
        send_back(approval, desk.releasing, reason="Again.", now=timezone.now())


def test_changing_a_draft_ends_its_approval(desk: Desk) -> None:
    approval = approve(pending(desk), desk.releasing, **SEEN, now=timezone.now())
    take_back(subject_type="message", subject_id="1")
    approval.refresh_from_db()
    assert approval.state == Approval.State.LAPSED


def test_an_approval_that_must_wait_for_its_hour_lives_until_then(desk: Desk) -> None:
    until = timezone.now() + timedelta(days=6)
    approval = request_approval(
        desk.liaison,
        subject_type="message",
        subject_id="2",
        kind="answer",
        payload=PAYLOAD,
        decision=None,
        now=timezone.now(),
        needed_until=until,
    )
    assert approval.expires_at > until
