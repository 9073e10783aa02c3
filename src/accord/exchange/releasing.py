"""Approve, send back, release, withdraw: the second officer's acts."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.courier.alarms import raise_alarm
from accord.courier.prepared import Prepared, save_fields
from accord.exchange.authors import authors_of
from accord.exchange.clocks import end_clock, pause_clock
from accord.exchange.drafting import Fields, own_side_of, require_same_words
from accord.exchange.errors import ActRefused
from accord.exchange.gate_facts import clock_answered, facts_of
from accord.exchange.kind_rooms import room_of
from accord.exchange.kinds import ANSWER, DELAY_NOTICE, SPONTANEOUS_INFORMATION, STRUCTS
from accord.exchange.models import Case, Clock, EmergencyReview, Message
from accord.exchange.reasons import note_with_reason, require_reason
from accord.exchange.submission import slot_of
from accord.exchange.watching import tell_moved, watchers
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release import approvals
from accord.release.errors import ApprovalRefused, GateRefuses
from accord.release.models import Approval
from accord.release.services import one_release, withdraw_released
from accord.release.services import release as let_leave
from accord.vocabulary.refusal import AnswerOutcome, DelayReason
from accord.vocabulary.urgency import Lane, Urgency, lane_for

__all__ = [
    "MESSAGE_LIFE_DAYS",
    "approve",
    "due_at",
    "release",
    "release_due",
    "send_back",
    "withdraw",
]

MESSAGE_LIFE_DAYS: Final = 90
"""Days after release in which a message may still be shown at the other side: an outage of a quarter is a crisis that
officers settle by other means, and what arrives after it is out of date."""

EMERGENCY_REVIEW: Final = timedelta(hours=24)
"""Time within which a reviewer looks at what left as an emergency (rule BI-13)."""

_ONLY_BEFORE = "The message is not waiting for this."


def _locked(message: Message) -> Message:
    return (
        Message.objects.select_for_update(of=("self",))
        .select_related("case", "approval", "drafted_by", "in_reply_to", "released")
        .get(pk=message.pk)
    )


def _approval_of(message: Message) -> Approval:
    if message.approval is None:
        raise ActRefused(_ONLY_BEFORE, code="exchange.not-submitted", fields={"state": message.state})
    return message.approval


@transaction.atomic
def approve(
    officer: Officer,
    message: Message,
    *,
    seen_digest: bytes,
    seen_facts_digest: bytes,
    now: datetime | None = None,
) -> Message:
    """Approves exactly the payload the officer was shown, on exactly the facts the gate was told.

    Args:
        officer: A releasing officer who did not draft it.
        message: The submitted message.
        seen_digest: SHA-256 of the payload that was shown (``message.approval.payload_digest``).
        seen_facts_digest: Digest of the facts that were shown (``message.approval.decision.facts_digest``).
        now: The time.

    Raises:
        NotPermitted: The officer may not approve.
        ActRefused: It has not been submitted, or has left.
        ApprovalRefused: It is the officer's own draft, the payload differs, or the time is over.
        AccordError: A posting of the drafter or the officer does not allow it.
    """
    require(officer, Permission.MESSAGE_APPROVE)
    moment = now or timezone.now()
    held = _locked(message)
    if held.state not in {Message.State.SUBMITTED, Message.State.APPROVED}:
        raise ActRefused(_ONLY_BEFORE, code="exchange.not-submitted", fields={"state": held.state})
    if officer.pk in authors_of(held):
        raise ApprovalRefused(
            "Nobody approves a text they wrote.", code="release.own-draft", next_step="Ask another releasing officer."
        )
    _ask_postings(held, officer, moment)
    approvals.approve(
        _approval_of(held), officer, seen_digest=seen_digest, seen_facts_digest=seen_facts_digest, now=moment
    )
    held.state = Message.State.APPROVED
    held.save(update_fields=["state"])
    note(officer, "approve message", held, at=moment, detail={"digest": seen_digest.hex()})
    return held


@transaction.atomic
def send_back(officer: Officer, message: Message, *, reason: str, now: datetime | None = None) -> Message:
    """Returns a submitted message to its drafter with a reason.

    Raises:
        NotPermitted: The officer may not approve.
        ActRefused: It has not been submitted.
        TextRefused: The reason is blank.
    """
    require(officer, Permission.MESSAGE_APPROVE)
    words = require_reason(reason)
    moment = now or timezone.now()
    held = _locked(message)
    if held.state not in {Message.State.SUBMITTED, Message.State.APPROVED}:
        raise ActRefused("A submitted message is sent back with a reason.", code="exchange.not-submitted")
    approvals.send_back(_approval_of(held), officer, reason=words, now=moment)
    held.state = Message.State.DRAFT
    held.approval = None
    held.release_at = None
    held.release_by = None
    held.return_reason = words
    held.save()
    _case_waits(held.case, Case.Waiting.US, moment)
    note_with_reason(officer, "send back message", held, held.case, reason=words, at=moment)
    return held


def release(officer: Officer, message: Message, *, now: datetime | None = None) -> Message:
    """Lets an approved message leave; one that must wait for its hour is left to :func:`release_due`.

    Args:
        officer: A releasing officer who did not draft it.
        message: The approved message.
        now: The time.

    Returns:
        The released message, or the approved one with ``release_at`` set; the same again when released twice.

    Raises:
        NotPermitted: The officer may not release.
        ApprovalRefused: It was not approved; the approval lapsed, was used, or is of another payload; or the officer
            wrote the text.
        ActRefused: What it holds of received matter may not leave so any more, or its request has no clock to wait by.
        GateRefuses: The law does not let it pass now; nothing left.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    moment = now or timezone.now()
    with one_release():
        held = _TO_LEAVE.one(message.pk)
        if held.released_id is not None:
            return held
        if held.state != Message.State.APPROVED:
            raise ApprovalRefused(
                "A second officer must approve this message first.",
                code="release.not-approved",
                fields={"state": held.state},
            )
        if officer.pk in authors_of(held):
            raise ApprovalRefused(
                "The drafter of a message never releases it.",
                code="release.own-draft",
                next_step="Ask another releasing officer.",
            )
        if held.release_at is not None and (held.release_by_id is None or moment < held.release_at):
            # Released after its moment has passed, it leaves at the next one: never when an officer happened to act.
            held.release_at = max(held.release_at, slot_of(held, moment))
            held.release_by = officer
            held.save(update_fields=["release_at", "release_by"])
            note(officer, "schedule release", held, at=moment)
            return held
        _ask_postings(held, officer, moment)
        _leave(officer, held, moment)
    return held


def _ask_postings(held: Message, officer: Officer, moment: datetime) -> None:
    """Asks the rooms above where drafter or officer holds a posting; it costs nothing where neither does."""
    if officer.holds_posting or (held.drafted_by is not None and held.drafted_by.holds_posting):
        for watcher in watchers():
            watcher.leaving(held, officer, moment)


# Only the columns that leaving needs: a message has two long ones, and it is joined with three other rows.
_TO_LEAVE: Final = Prepared(
    lambda key: (
        Message.objects.filter(pk=key)
        .select_related("case", "drafted_by", "in_reply_to")
        .only(
            *(field.attname for field in Message._meta.concrete_fields),  # noqa: SLF001 - Django's documented way
            "case__own_ref",
            "case__peer_id",
            "case__waiting_on",
            "case__changed_at",
            "drafted_by__username",
            "drafted_by__holds_posting",
            # What the circumstances ask of the drafter (exchange.circumstances): posted now, and with which roles.
            "drafted_by__is_active",
            "drafted_by__waits_for_second",
            "drafted_by__active_until",
            "drafted_by__roles",
            "in_reply_to__envelope_id",
        )
    ),
    UUID,
    locks=True,
)


def _leave(officer: Officer, held: Message, moment: datetime) -> None:
    require_same_words(held, held.fields)
    facts = facts_of(held, releaser=officer.username, now=moment)
    released = let_leave(
        officer=officer,
        peer=held.case.peer_id,
        kind=held.kind,
        schema=held.schema,
        facts=facts,
        approval=held.approval_id,
        lane=_lane(held),
        not_after=moment + timedelta(days=MESSAGE_LIFE_DAYS),
        now=moment,
        in_reply_to=held.in_reply_to.envelope_id if held.in_reply_to else None,
        attachment_root=bytes(held.attachment_root) if held.attachment_root is not None else None,
        idempotency_key=f"message:{held.pk}",
        description=held.reference,
    )
    if facts.holds_received_matter:
        for watcher in watchers():
            watcher.left(held, officer, moment)
    written = held.fields
    held.released = released
    held.content = bytes(released.outbox.payload)
    held.envelope_id = released.envelope_id
    held.state = Message.State.RELEASED
    held.released_at = moment
    save_fields(held, "released", "content", "envelope_id", "state", "released_at")
    _after_release(officer, held, written, moment)
    if own_side_of(held).is_life_threat:
        by = moment + EMERGENCY_REVIEW
        EmergencyReview.objects.create(message=held, due_at=by)
        raise_alarm(
            None,
            "exchange.emergency-released",
            f"{held.reference} left as an emergency; review by {by:%Y-%m-%d %H:%M}.",
        )
    note(officer, "release message", held, at=moment, detail={"digest": bytes(released.payload_digest).hex()})


def release_due(*, now: datetime | None = None) -> int:
    """Releases what waited for its hour; the job runner calls it. Returns how many left.

    One that cannot leave any more (its approval lapsed, the law changed) stays approved and raises an alarm.
    """
    moment = now or timezone.now()
    left = 0
    for message in _DUE.all(moment):
        if message.release_by is None or not message.release_by.may(Permission.MESSAGE_RELEASE):
            continue
        try:
            left += release(message.release_by, message, now=moment).released_id is not None
        except (ActRefused, ApprovalRefused, GateRefuses) as stopped:
            raise_alarm(None, "exchange.not-released", f"A scheduled message could not leave: {stopped.reason_code}.")
    return left


def due_at(moment: datetime) -> QuerySet[Message]:
    """Returns the approved messages whose hour of release has come, the earliest first."""
    return (
        Message.objects.filter(state=Message.State.APPROVED, release_at__lte=moment, release_by__isnull=False)
        .select_related("release_by")
        .order_by("release_at")
    )


# Asked twice a second by a node that sends.
_DUE: Final = Prepared(due_at, datetime)


def _lane(message: Message) -> Lane:
    if own_side_of(message).is_life_threat:
        return Lane.THREAT_TO_LIFE
    urgency = message.fields.get("urgency")
    if urgency is None:
        clock = clock_answered(message)
        urgency = clock.urgency if clock is not None else Urgency.NORMAL
    return lane_for(Urgency(str(urgency)))


def _case_waits(case: Case, on: Case.Waiting, now: datetime) -> None:
    case.waiting_on = on
    case.changed_at = now
    save_fields(case, "waiting_on", "changed_at")


def _locked_clock(message: Message) -> Clock | None:
    if message.in_reply_to_id is None:
        return None
    return Clock.objects.select_for_update().filter(message_id=message.in_reply_to_id).first()


def _after_release(officer: Officer, message: Message, fields: Fields, now: datetime) -> None:
    # The officer's own fields: the ground that pauses our clock is not always the one that travels.
    waits_on = Case.Waiting.THEM
    clock = _locked_clock(message)
    if message.kind == ANSWER and fields.get("outcome") != AnswerOutcome.DEFERRED.value:
        waits_on = Case.Waiting.NOBODY
        if clock is not None:
            end_clock(clock, at=now)
            clock.save()
    elif message.kind == DELAY_NOTICE:
        waits_on = Case.Waiting.US
        if clock is not None:
            expected_on = datetime.fromisoformat(str(fields["expected_on"])).date()
            pause_clock(clock, reason=DelayReason(str(fields["reason"])), expected_on=expected_on, at=now)
            clock.save()
            detail = {"ground": str(fields["reason"]), "expected_on": expected_on.isoformat()}
            note(officer, "pause clock", clock.message, at=now, detail={**detail})
    elif message.kind == SPONTANEOUS_INFORMATION:
        waits_on = Case.Waiting.NOBODY
    elif message.kind == ANSWER:
        waits_on = Case.Waiting.US
    room = room_of(message.kind)
    if room is not None:
        waits_on = room.waits_on_released
        content = msgspec.json.decode(bytes(message.content), type=STRUCTS[message.kind])
        room.released(officer, message, content, now)
    _case_waits(message.case, waits_on, now)


@transaction.atomic
def withdraw(officer: Officer, message: Message, *, now: datetime | None = None) -> Message:
    """Takes back a released message that has not been sealed yet.

    Raises:
        NotPermitted: The officer may not release.
        ActRefused: It has not been released.
        WithdrawnTooLate: It has left; a correction must follow it.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    held = _locked(message)
    if held.released is None:
        raise ActRefused("Only a released message is withdrawn.", code="exchange.not-released")
    withdraw_released(officer, held.released)
    held.state = Message.State.WITHDRAWN
    held.save(update_fields=["state"])
    tell_moved([held.pk])
    note(officer, "withdraw message", held, at=now)
    return held
