"""Approvals: a second officer's word for exactly these bytes, once, for a limited time.

Invariants:

* the officer who approves is not the officer who asked;
* the approver states the digests of what they saw: of the payload, and of the facts the gate was told of it;
* an approval lapses after :data:`APPROVAL_LIFE_HOURS`, and a used one releases nothing a second time;
* one subject has at most one open approval.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.db import transaction

from accord.release.actor import APPROVE, Actor, require_actor
from accord.release.errors import ApprovalRefused
from accord.release.models import Approval, ApprovalSight, DecisionRecord

__all__ = [
    "APPROVAL_LIFE_HOURS",
    "approve",
    "erase_payloads",
    "last_seen",
    "note_sight",
    "payload_digest",
    "request_approval",
    "send_back",
    "take_back",
]

APPROVAL_LIFE_HOURS = 24
"""Life of an approval, hours: what was right yesterday at this hour may no longer be (one duty day)."""


def payload_digest(payload: bytes) -> bytes:
    """Returns SHA-256 of the exact payload bytes, 32 bytes."""
    return hashlib.sha256(payload).digest()


@transaction.atomic
def request_approval(
    officer: Actor,
    *,
    subject_type: str,
    subject_id: str,
    kind: str,
    payload: bytes,
    decision: DecisionRecord | None,
    now: datetime,
    needed_until: datetime | None = None,
) -> Approval:
    """Asks for a second officer's approval of exactly this payload.

    Args:
        officer: The drafter.
        subject_type: What kind of object it is about, for example ``message``.
        subject_id: Which one.
        kind: Kind of message.
        payload: The bytes that will leave.
        decision: The gate's decision when it was asked.
        now: The time.
        needed_until: A release already planned for later keeps the approval alive for as long after it.

    Returns:
        The pending approval; the same one again where the same payload is already pending on the same facts.
    """
    digest = payload_digest(payload)
    open_one = (
        Approval.objects.select_for_update()
        .filter(subject_type=subject_type, subject_id=subject_id, state__in=("pending", "approved"))
        .first()
    )
    if open_one is not None:
        is_same = bytes(open_one.payload_digest) == digest and _facts_digest(open_one.decision) == _facts_digest(
            decision
        )
        if is_same and not open_one.has_lapsed(now):
            return open_one
        # Another payload, other facts behind it, or the time is over: the old word is worth nothing.
        open_one.state = Approval.State.LAPSED
        open_one.save(update_fields=["state"])
    expires_at = now + timedelta(hours=APPROVAL_LIFE_HOURS)
    if needed_until is not None:
        expires_at = max(expires_at, needed_until + timedelta(hours=APPROVAL_LIFE_HOURS))
    return Approval.objects.create(
        subject_type=subject_type,
        subject_id=subject_id,
        kind=kind,
        payload=payload,
        payload_digest=digest,
        requested_by_id=officer.pk,
        requested_at=now,
        expires_at=expires_at,
        decision=decision,
    )


def _facts_digest(decision: DecisionRecord | None) -> bytes:
    return b"" if decision is None else bytes(decision.facts_digest)


def _locked(approval: Approval) -> Approval:
    return Approval.objects.select_for_update().get(pk=approval.pk)


@transaction.atomic
def approve(
    approval: Approval,
    officer: Actor,
    *,
    seen_digest: bytes,
    seen_facts_digest: bytes,
    now: datetime,
) -> Approval:
    """Gives a second officer's word.

    Args:
        approval: The pending approval.
        officer: The approver.
        seen_digest: SHA-256 of the payload the approver was shown.
        seen_facts_digest: Digest of the facts the approver was shown; empty where the gate was not asked at submission.
        now: The time.

    Returns:
        The approval; unchanged where the same officer approves the same payload twice.

    Raises:
        ActorNotPermitted: The officer may not approve.
        ApprovalRefused: It is the drafter, another payload, other facts, or no longer pending.
    """
    require_actor(officer, APPROVE)
    held = _locked(approval)
    if held.requested_by_id == officer.pk:
        raise ApprovalRefused(
            "Nobody approves their own draft.",
            code="release.own-draft",
            next_step="Ask another releasing officer.",
        )
    if not hmac.compare_digest(bytes(held.payload_digest), seen_digest):
        raise ApprovalRefused("What you were shown is not what would leave.", code="release.payload-changed")
    if not hmac.compare_digest(_facts_digest(held.decision), seen_facts_digest):
        raise ApprovalRefused("What you were shown is not what the gate was told.", code="release.facts-changed")
    if held.state == Approval.State.APPROVED and held.decided_by_id == officer.pk:
        return held
    if held.state != Approval.State.PENDING:
        raise ApprovalRefused(
            "The approval is no longer open.", code="release.approval-not-open", fields={"state": held.state}
        )
    if held.has_lapsed(now):
        raise ApprovalRefused("The approval lapsed before it was given.", code="release.approval-lapsed")
    held.state = Approval.State.APPROVED
    held.decided_by_id = officer.pk
    held.decided_at = now
    held.save(update_fields=["state", "decided_by", "decided_at"])
    return held


@transaction.atomic
def send_back(approval: Approval, officer: Actor, *, reason: str, now: datetime) -> Approval:
    """Returns a draft to its drafter with a reason.

    Raises:
        ActorNotPermitted: The officer may not approve.
        ApprovalRefused: It is no longer open.
    """
    require_actor(officer, APPROVE)
    held = _locked(approval)
    if held.state not in {Approval.State.PENDING, Approval.State.APPROVED}:
        raise ApprovalRefused(
            "The approval is no longer open.", code="release.approval-not-open", fields={"state": held.state}
        )
    held.state = Approval.State.RETURNED
    held.decided_by_id = officer.pk
    held.decided_at = now
    held.reason = reason
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return held


@transaction.atomic
def take_back(*, subject_type: str, subject_id: str) -> None:
    """Ends any open approval of a subject: its draft is being changed."""
    Approval.objects.filter(subject_type=subject_type, subject_id=subject_id, state__in=("pending", "approved")).update(
        state=Approval.State.LAPSED
    )


def note_sight(approval: Approval, officer: Actor, *, now: datetime) -> None:
    """Notes that an officer was shown what an approval binds; the first time counts."""
    ApprovalSight.objects.get_or_create(approval=approval, officer_id=officer.pk, defaults={"seen_at": now})


def last_seen(approval: Approval, officer: Actor) -> Approval | None:
    """Returns what the officer last saw of the same subject and that is not what stands now.

    Args:
        approval: The approval that is open.
        officer: Who looks.

    Returns:
        An earlier approval with another payload or other facts, or ``None`` where nothing differs from what they saw.
    """
    sights = ApprovalSight.objects.select_related("approval__decision").filter(
        officer_id=officer.pk,
        approval__subject_type=approval.subject_type,
        approval__subject_id=approval.subject_id,
    )
    before = sights.exclude(approval=approval).order_by("-seen_at", "-pk").first()
    if before is None or not bytes(before.approval.payload):
        return None
    is_same = bytes(before.approval.payload_digest) == bytes(approval.payload_digest) and (
        _facts_digest(before.approval.decision) == _facts_digest(approval.decision)
    )
    return None if is_same else before.approval


def erase_payloads(*, subject_type: str, subject_id: str, has_left: bool = False) -> None:
    """Erases the content of approvals that will release nothing; their digests stay.

    Args:
        subject_type: What they are about.
        subject_id: Which one.
        has_left: Whether also of the one by which it left.
    """
    states = [Approval.State.LAPSED, Approval.State.RETURNED, *([Approval.State.USED] if has_left else [])]
    Approval.objects.filter(subject_type=subject_type, subject_id=subject_id, state__in=states).update(payload=b"")
