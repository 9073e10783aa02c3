"""The one road out: everything is written together or not at all, and only what the gate and a second officer let."""

from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accord.courier.models import Alarm, Outbox
from accord.errors import OurFault
from accord.law.decision import Decision, Outcome
from accord.law.facts import Facts
from accord.release.actor import ActorNotPermitted
from accord.release.approvals import approve, payload_digest, request_approval
from accord.release.errors import ApprovalRefused, GateRefuses, KindUnknown, ReleaseRefused
from accord.release.gate import use_gate
from accord.release.models import Approval, DecisionRecord, ReleasedMessage
from accord.release.records import commitment_of
from accord.release.services import one_release, release, send_for_the_channel, withdraw_released
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.urgency import Lane
from tests.desk import TODAY, Desk

PAYLOAD = b'{"reason":"volume"}'


def notice_facts(**changed: object) -> Facts:
    """A delay notice says nothing of anybody: the mildest thing that leaves on an officer's word."""
    return Facts(
        **{
            "party": "CA",
            "peer": "IN",
            "action": "release",
            "date": TODAY,
            "kind": "delay-notice",
            "personal_data": False,
            "asks_about_person": False,
            "bears_information": False,
            "names_source": False,
            "handling": Handling.H1,
            "classification": Classification.UNCLASSIFIED,
            "retention_days": 30,
            "delay_reason": "volume",
            "expected_on": TODAY + timedelta(days=3),
            **changed,
        }  # type: ignore[arg-type]
    )


@dataclass
class Prepared:
    approval: Approval

    def leave(self, desk: Desk, **changed: object) -> ReleasedMessage:
        arguments = {
            "officer": desk.releasing,
            "peer": "IN",
            "kind": "delay-notice",
            "payload": PAYLOAD,
            "facts": notice_facts(),
            "approval": self.approval,
            "lane": Lane.ROUTINE,
            "not_after": timezone.now() + timedelta(days=1),
            "now": timezone.now(),
            **changed,
        }
        with one_release():
            return release(**arguments)  # type: ignore[arg-type]


@pytest.fixture
def prepared(desk: Desk) -> Prepared:
    approval = request_approval(
        desk.liaison,
        subject_type="message",
        subject_id="1",
        kind="delay-notice",
        payload=PAYLOAD,
        decision=None,
        now=timezone.now(),
    )
    return Prepared(
        approve(
            approval, desk.releasing, seen_digest=payload_digest(PAYLOAD), seen_facts_digest=b"", now=timezone.now()
        )
    )


def test_what_leaves_is_what_was_approved_with_its_decision_on_record(desk: Desk, prepared: Prepared) -> None:
    released = prepared.leave(desk)
    outbox = Outbox.objects.get()
    record = DecisionRecord.objects.get()
    assert bytes(outbox.payload) == PAYLOAD
    assert released.decision == record
    assert record.officer_id == desk.releasing.pk
    assert record.outcome in {"permit", "permit-with"}
    assert bytes(outbox.decision_digest) == commitment_of(bytes(record.salt), bytes(record.digest))


def test_the_digest_beside_a_message_cannot_be_guessed_from_its_facts(desk: Desk, prepared: Prepared) -> None:
    prepared.leave(desk)
    record = DecisionRecord.objects.get()
    assert bytes(Outbox.objects.get().decision_digest) not in {bytes(record.digest), bytes(record.facts_digest)}


def test_releasing_twice_gives_the_first_result(desk: Desk, prepared: Prepared) -> None:
    first = prepared.leave(desk)
    second = prepared.leave(desk)
    assert first.pk == second.pk
    assert Outbox.objects.count() == 1


def test_a_key_that_served_another_message_is_refused(desk: Desk, prepared: Prepared) -> None:
    prepared.leave(desk, idempotency_key="k")
    with pytest.raises(ReleaseRefused) as refused:
        prepared.leave(desk, idempotency_key="k", payload=b"other", approval=None)
    assert refused.value.reason_code == "release.key-reused"


def test_another_payload_than_the_approved_one_does_not_leave(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(ApprovalRefused) as refused:
        prepared.leave(desk, payload=PAYLOAD + b" ")
    assert refused.value.reason_code == "release.payload-changed"
    assert not Outbox.objects.exists()


def test_an_approval_of_another_kind_releases_nothing(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(ApprovalRefused):
        prepared.leave(desk, kind="clarification", facts=notice_facts(kind="clarification"))


def test_nothing_leaves_without_an_approval(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(ApprovalRefused) as refused:
        prepared.leave(desk, approval=None)
    assert refused.value.reason_code == "release.not-approved"


def test_nothing_leaves_on_a_pending_approval(desk: Desk, prepared: Prepared) -> None:
    Approval.objects.update(state=Approval.State.PENDING)
    with pytest.raises(ApprovalRefused) as refused:
        prepared.leave(desk)
    assert refused.value.reason_code == "release.not-approved"


def test_nothing_leaves_on_a_lapsed_approval(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(ApprovalRefused) as refused:
        prepared.leave(desk, now=prepared.approval.expires_at, not_after=timezone.now() + timedelta(days=9))
    assert refused.value.reason_code == "release.approval-lapsed"


def test_the_drafter_releases_nothing_even_with_the_role(desk: Desk, prepared: Prepared) -> None:
    desk.liaison.roles = ["liaison", "releasing"]
    with pytest.raises(ApprovalRefused) as refused:
        prepared.leave(desk, officer=desk.liaison)
    assert refused.value.reason_code == "release.own-draft"


def test_an_officer_without_the_permission_releases_nothing(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(ActorNotPermitted):
        prepared.leave(desk, officer=desk.duty)


def test_a_refusal_by_the_gate_is_on_record_and_nothing_else_is(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(GateRefuses) as refused:
        prepared.leave(desk, facts=notice_facts(classification=Classification.SECRET))
    assert refused.value.fields["reasons"]
    assert DecisionRecord.objects.get().outcome == refused.value.decision.outcome.label
    assert not Outbox.objects.exists()
    prepared.approval.refresh_from_db()
    assert prepared.approval.state == Approval.State.APPROVED


def test_a_fault_after_the_outbox_row_takes_everything_back(desk: Desk, prepared: Prepared) -> None:
    with (
        patch("accord.release.services.insert_one", side_effect=OurFault("disk")),
        pytest.raises(OurFault),
    ):
        prepared.leave(desk)
    assert not Outbox.objects.exists()
    assert not DecisionRecord.objects.exists()


def test_facts_of_another_message_release_nothing(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(ReleaseRefused) as refused:
        prepared.leave(desk, facts=notice_facts(peer="NZ"))
    assert refused.value.reason_code == "release.facts-differ"


def test_a_party_without_a_channel_gets_nothing(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(ReleaseRefused) as refused:
        prepared.leave(desk, peer="NZ")
    assert refused.value.reason_code == "release.no-channel"


def test_a_message_that_would_expire_at_once_does_not_leave(desk: Desk, prepared: Prepared) -> None:
    now = timezone.now()
    with pytest.raises(ReleaseRefused) as refused:
        prepared.leave(desk, now=now, not_after=now)
    assert refused.value.reason_code == "release.expired"


def test_an_unregistered_kind_does_not_leave(desk: Desk, prepared: Prepared) -> None:
    with pytest.raises(KindUnknown):
        prepared.leave(desk, kind="gossip")


def test_the_road_without_an_officer_is_closed_to_messages_of_officers(desk: Desk) -> None:
    with pytest.raises(ReleaseRefused):
        send_for_the_channel(
            peer="IN",
            kind="delay-notice",
            payload=PAYLOAD,
            facts=notice_facts(),
            lane=Lane.ROUTINE,
            not_after=timezone.now() + timedelta(days=1),
            now=timezone.now(),
        )


def test_a_message_still_in_the_queue_can_be_withdrawn(desk: Desk, prepared: Prepared) -> None:
    released = prepared.leave(desk)
    withdraw_released(desk.releasing, released)
    assert Outbox.objects.get().state == "withdrawn"
    assert released.unsent_reason == "withdrawn"


class FailingGate:
    """A gate whose engine broke: it refuses and says so."""

    def decide(self, facts: Facts) -> Decision:
        return Decision(
            outcome=Outcome.REFUSE, facts_digest=bytes(32), pack_digest=bytes(32), alarm="law.policy-error: 1 error"
        )


def test_a_gate_that_fails_lets_nothing_leave_and_raises_an_alarm(desk: Desk, prepared: Prepared) -> None:
    use_gate(FailingGate())  # type: ignore[arg-type]
    with pytest.raises(GateRefuses) as refused:
        prepared.leave(desk)
    assert refused.value.decision.alarm is not None
    assert "no answer means no" in str(refused.value)
    assert Alarm.objects.get().code == "release.gate-failed"
    assert not Outbox.objects.exists()
    prepared.approval.refresh_from_db()
    assert prepared.approval.state == Approval.State.APPROVED
    use_gate(None)
    assert prepared.leave(desk).outbox_id == Outbox.objects.get().pk


# --- one commit for the release and the log ------------------------------------------------------------------------


@pytest.fixture
def appended(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Channels that a release appended to, and whether its transaction was still open then."""
    calls: list[tuple[int, bool]] = []
    monkeypatch.setattr(
        "accord.release.services.append_ahead",
        lambda channel_id: calls.append((channel_id, connection.in_atomic_block)),
    )
    return calls


@pytest.mark.django_db(transaction=True)
def test_a_release_appends_to_the_log_in_its_own_transaction(
    desk: Desk, prepared: Prepared, appended: list[tuple[int, bool]]
) -> None:
    released = prepared.leave(desk)
    assert appended == [(released.outbox.channel_id, True)]


@pytest.mark.django_db(transaction=True)
def test_inside_a_longer_transaction_the_log_waits(
    desk: Desk, prepared: Prepared, appended: list[tuple[int, bool]]
) -> None:
    with transaction.atomic():
        prepared.leave(desk)
    assert appended == []


@pytest.mark.django_db(transaction=True)
def test_a_refused_release_appends_nothing(desk: Desk, prepared: Prepared, appended: list[tuple[int, bool]]) -> None:
    with pytest.raises(GateRefuses):
        prepared.leave(desk, facts=notice_facts(classification=Classification.SECRET))
    assert appended == []
