"""The one road out: facts, decision, approval, outbox row, in one transaction.

Promise: nothing is in the outbox that the gate did not let pass, that a second officer did not approve byte for byte
where its kind needs it, and whose decision is not on record. All of it is written together or not at all.

Invariants:

* the bytes approved are the bytes sent: the payload is encoded once, by the caller, and never again;
* an approval is used once; asking twice gives the first result again;
* a refusal is on record too: :func:`one_release` stores the decision after the act has been rolled back;
* the decision travels as a salted commitment (see :class:`~accord.release.models.DecisionRecord`).

Worked example, as an app calls it::

    with one_release():
        message = Message.objects.select_for_update().get(pk=...)
        released = release(
            officer=officer, peer="IN", kind="request", facts=facts,
            approval=approval, lane=Lane.ROUTINE, not_after=now + timedelta(days=30), now=now,
        )
        message.released = released
        message.save()

What it does not do: seal, sign or send. The courier takes the outbox row from here.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accord.courier.appending import append_ahead
from accord.courier.models import Channel
from accord.courier.models import Lane as QueueLane
from accord.courier.outbox import enqueue, stop, withdraw
from accord.courier.precedence import ON_ITS_WAY
from accord.courier.prepared import Prepared, save_fields
from accord.courier.statements import insert_one
from accord.law.decision import Decision
from accord.law.facts import Facts
from accord.release.actor import APPROVE, RELEASE, Actor, require_actor
from accord.release.approvals import payload_digest
from accord.release.errors import ApprovalRefused, GateRefuses, ReleaseRefused
from accord.release.gate import decide
from accord.release.models import Approval, ReleasedMessage
from accord.release.records import keep_decision
from accord.release.recovered import require_own_words
from accord.release.registry import MessageKind, kind_for
from accord.vocabulary.urgency import Lane

__all__ = [
    "channel_to",
    "check",
    "one_release",
    "release",
    "send_for_the_channel",
    "stop_released",
    "withdraw_released",
]


def check(facts: Facts) -> Decision:
    """Returns what the gate would answer now; nothing is stored."""
    return decide(facts)


# Channels on which something leaves in the present act of release.
_LEAVING: Final[ContextVar[set[int] | None]] = ContextVar("leaving", default=None)


@contextmanager
def one_release() -> Iterator[None]:
    """Holds one release: everything inside is one transaction, and a refusal by the gate outlives its rollback.

    Where the channel is idle, what was released is sealed and logged in the same transaction.

    Raises:
        GateRefuses: Passed on after its decision was stored.
    """
    is_outermost = not transaction.get_connection().in_atomic_block
    channels: set[int] = set()
    token = _LEAVING.set(channels)
    try:
        with ON_ITS_WAY, transaction.atomic():
            yield
            for channel_id in channels if is_outermost else ():
                append_ahead(channel_id)
    except _GateRefused as refused:
        with transaction.atomic():
            keep_decision(
                refused.facts, refused.decision, actor=refused.actor, at=refused.at, description=refused.description
            )
        raise
    finally:
        _LEAVING.reset(token)


class _GateRefused(GateRefuses):
    """A refusal with what its record needs."""

    def __init__(
        self, decision: Decision, *, facts: Facts, actor: Actor | None, at: datetime, description: str
    ) -> None:
        super().__init__(decision)
        self.facts = facts
        self.actor = actor
        self.at = at
        self.description = description


# Only what naming the channel needs: its heads and the peer's profile are long and read elsewhere.
_CHANNEL_TO: Final = Prepared(
    lambda peer: Channel.objects.filter(peer_id=peer).only("party_code", "peer_id", "mode")[:1], str
)
_APPROVAL: Final = Prepared(lambda key: Approval.objects.filter(pk=key).select_related("decided_by"), UUID, locks=True)


def channel_to(peer: str) -> Channel:
    """Returns the channel to a peer.

    Raises:
        ReleaseRefused: We have none.
    """
    channel = _CHANNEL_TO.first(peer)
    if channel is None:
        raise ReleaseRefused(
            "There is no channel to this party.",
            code="release.no-channel",
            next_step="Ask the administrator to pair the two nodes.",
            fields={"peer": peer},
        )
    return channel


def _same_again(idempotency_key: str | None, approval: Approval | None, digest: bytes) -> ReleasedMessage | None:
    """Returns what an earlier, equal call released; raises where the key or approval served another payload.

    An approval that is not used has released nothing, so the key needs no look-up then; its unique index still holds.
    """
    released = None
    if approval is not None and approval.state == Approval.State.USED:
        released = ReleasedMessage.objects.filter(approval=approval).first()
        if released is None:
            raise ApprovalRefused("The approval has been used.", code="release.approval-used")
    elif approval is None and idempotency_key is not None:
        released = ReleasedMessage.objects.filter(idempotency_key=idempotency_key).first()
    if released is not None and bytes(released.payload_digest) != digest:
        raise ReleaseRefused("The key was used for another message.", code="release.key-reused")
    return released


def _require_good(approval: Approval, *, kind: str, digest: bytes, drafter_key: object, now: datetime) -> None:
    if approval.state != Approval.State.APPROVED:
        raise ApprovalRefused(
            "The message has not been approved.", code="release.not-approved", fields={"state": approval.state}
        )
    if approval.has_lapsed(now):
        raise ApprovalRefused("The approval has lapsed.", code="release.approval-lapsed")
    if approval.kind != kind or not hmac.compare_digest(bytes(approval.payload_digest), digest):
        raise ApprovalRefused("The message is not the one that was approved.", code="release.payload-changed")
    if approval.requested_by_id in {approval.decided_by_id, drafter_key}:
        raise ApprovalRefused(
            "The drafter of a message never releases it.",
            code="release.own-draft",
            next_step="Ask another releasing officer.",
        )
    if approval.decided_by is None or not approval.decided_by.may(APPROVE):
        raise ApprovalRefused(
            "Who approved this message may no longer approve.",
            code="release.approver-gone",
            next_step="Send it back, submit it again, and ask an officer in post to approve it.",
        )


def release(
    *,
    officer: Actor,
    peer: str,
    kind: str,
    facts: Facts,
    lane: Lane,
    not_after: datetime,
    now: datetime,
    payload: bytes | None = None,
    schema: int = 1,
    approval: Approval | UUID | None = None,
    in_reply_to: UUID | None = None,
    attachment_root: bytes | None = None,
    idempotency_key: str | None = None,
    description: str = "",
) -> ReleasedMessage:
    """Lets one message leave; call it inside :func:`one_release`.

    Args:
        officer: The releasing officer.
        peer: Code of the party it goes to.
        kind: Registered kind.
        facts: Facts of the act, for the gate.
        lane: Lane in which it travels.
        not_after: Time after which it must not be shown to anyone.
        now: The time.
        payload: The exact bytes; those of the approval where they are omitted.
        schema: Version of the kind's schema.
        approval: A second officer's approval, or its key; needed where the kind says so.
        in_reply_to: Envelope id of the message answered.
        attachment_root: Root of its attachment chunks.
        idempotency_key: A second call with the same key gives the first result.
        description: What was released, in a reference; no content.

    Returns:
        What was released; the same again when asked twice.

    Raises:
        ActorNotPermitted: The officer may not release.
        ApprovalRefused: The approval is missing, lapsed, used, of other bytes, or the officer's own draft.
        GateRefuses: The law does not let it pass.
        ReleaseRefused: There is no channel, the payload is over its limit, or the key was used.
    """
    require_actor(officer, RELEASE)
    known = kind_for(kind, schema)
    held = _locked(approval)
    content = payload if payload is not None else bytes(held.payload) if held is not None else b""
    digest = payload_digest(content)
    again = _same_again(idempotency_key, held, digest)
    if again is not None:
        return again
    if held is not None:
        _require_good(held, kind=kind, digest=digest, drafter_key=officer.pk, now=now)
    elif known.needs_approval:
        raise ApprovalRefused("A second officer must approve this message first.", code="release.not-approved")
    released = _leave(
        known,
        actor=officer,
        channel=channel_to(peer),
        payload=content,
        facts=facts,
        lane=lane,
        not_after=not_after,
        now=now,
        approval=held,
        in_reply_to=in_reply_to,
        attachment_root=attachment_root,
        idempotency_key=idempotency_key,
        description=description,
    )
    if held is not None:
        held.state = Approval.State.USED
        save_fields(held, "state")
    return released


def _locked(approval: Approval | UUID | None) -> Approval | None:
    if approval is None:
        return None
    return _APPROVAL.one(approval if isinstance(approval, UUID) else approval.pk)


def send_for_the_channel(
    *, peer: str, kind: str, payload: bytes, facts: Facts, lane: Lane, not_after: datetime, now: datetime
) -> ReleasedMessage:
    """Lets a message leave that serves the channel itself (a disposition, a keyset) and that no officer drafts.

    It passes the same gate with the action ``acknowledge``; only kinds that need no approval can take this way.

    Raises:
        ReleaseRefused: The kind needs an approval.
        GateRefuses: The law does not let it pass.
    """
    known = kind_for(kind, 1)
    if known.needs_approval:
        raise ReleaseRefused("This kind leaves only on an officer's approval.", fields={"kind": kind})
    return _leave(
        known,
        actor=None,
        channel=channel_to(peer),
        payload=payload,
        facts=facts,
        lane=lane,
        not_after=not_after,
        now=now,
    )


def _leave(
    known: MessageKind,
    *,
    actor: Actor | None,
    channel: Channel,
    payload: bytes,
    facts: Facts,
    lane: Lane,
    not_after: datetime,
    now: datetime,
    approval: Approval | None = None,
    in_reply_to: UUID | None = None,
    attachment_root: bytes | None = None,
    idempotency_key: str | None = None,
    description: str = "",
) -> ReleasedMessage:
    if len(payload) > known.max_bytes:
        raise ReleaseRefused(
            "The message is larger than its kind allows.",
            code="release.too-large",
            fields={"size_bytes": len(payload), "limit_bytes": known.max_bytes},
        )
    if not_after <= now:
        raise ReleaseRefused("The message would expire before it left.", code="release.expired")
    if facts.kind != known.name or facts.peer != channel.peer_id:
        raise ReleaseRefused("The facts are not of this message.", code="release.facts-differ")
    require_own_words(channel)
    decision = decide(facts)
    if not decision.lets_pass:
        raise _GateRefused(decision, facts=facts, actor=actor, at=now, description=description)
    # No point to go back to: what is written here goes with the act that it belongs to, or not at all.
    with transaction.atomic(savepoint=False):
        record = keep_decision(facts, decision, actor=actor, at=now, description=description)
        outbox = enqueue(
            channel=channel,
            lane=QueueLane(lane),
            kind=known.name,
            schema=known.schema,
            payload=payload,
            decision_digest=bytes(record.commitment),
            handling=str(facts.handling or ""),
            not_after=not_after,
            in_reply_to=in_reply_to,
            attachment_root=attachment_root,
        )
        released = ReleasedMessage(
            outbox=outbox,
            envelope_id=outbox.envelope_id,
            peer_id=channel.peer_id,
            kind=known.name,
            schema=known.schema,
            payload_digest=payload_digest(payload),
            decision=record,
            approval=approval,
            released_by_id=actor.pk if actor is not None else None,
            released_at=now,
            in_reply_to=in_reply_to,
            idempotency_key=idempotency_key,
        )
        released.pk = insert_one(released)
    leaving = _LEAVING.get()
    if leaving is not None:
        leaving.add(channel.pk)
    return released


@transaction.atomic
def withdraw_released(officer: Actor, released: ReleasedMessage) -> None:
    """Takes back a message that has not been sealed yet; afterwards a correction must follow it instead.

    Raises:
        ActorNotPermitted: The officer may not release.
        OfficerCanMend: It has already left.
    """
    require_actor(officer, RELEASE)
    withdraw(released.outbox)
    released.unsent_reason = "withdrawn"
    released.save(update_fields=["unsent_reason"])


@transaction.atomic
def stop_released(released: ReleasedMessage) -> bool:
    """Takes back, by the node's own act, a message that was not sealed yet: nothing may leave of what was recalled.

    Returns:
        Whether it never leaves; not where it has its place in our log.
    """
    if not stop(released.outbox):
        return False
    if not released.unsent_reason:
        released.unsent_reason = released.outbox.state
        released.save(update_fields=["unsent_reason"])
    return True
