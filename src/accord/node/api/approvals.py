"""The second officer's acts: read exactly what would leave, approve it, send it back, answer a hold, release it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef
from django.utils import timezone
from ninja import Field, Path, Router, Schema

from accord.exchange.reach import messages_for
from accord.exchange.services import answer_hold, approve, recall, release, send_back, take_back, withdraw
from accord.node.api.case_shapes import Kind, MessageOut, Reader
from accord.node.api.cases import find_message, message_after
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.problems import NotFound
from accord.node.api.shapes import Closed, Cursor, Limit, PageOut, one_of
from accord.officers.permissions import Permission
from accord.oversight.services import facts_of
from accord.release.models import Approval

__all__ = ["router"]

router = Router()

REASON_CHARACTERS_MAX = 2_000

Reason = Annotated[str, Field(min_length=1, max_length=REASON_CHARACTERS_MAX)]


class ApprovalRow(Schema):
    """An approval that is waited for or given."""

    id: UUID
    message_id: UUID
    kind: Kind
    state: Annotated[str, one_of(Approval.State)]
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    expires_at: datetime
    payload_digest: str = Field(description="SHA-256 of exactly what would leave; state it to approve.")


class ApprovalOut(ApprovalRow):
    """An approval with what the approver must read."""

    payload: str = Field(description="Exactly what would leave.")
    own_side: dict[str, Any] | None = Field(description="What our side states of it to the gate alone; never sent.")
    facts: dict[str, Any] | None = Field(description="All the gate was told at submission.")  # Any: the facts' schema
    facts_digest: str = Field(description="SHA-256 of those facts; state it to approve.")
    decision: dict[str, Any] | None = Field(description="What the law gate answered at submission.")  # Any: its schema


class Word(Closed):
    """A second officer's word for what they were shown: what would leave, and what the gate was told of it."""

    payload_digest: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the payload you were shown.")
    facts_digest: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the facts you were shown.")


class SentBack(Closed):
    """Why a message goes back to its drafter, or is recalled."""

    reason: Reason


class HoldWord(Closed):
    """A named approver's written answer to one hold of the gate."""

    policy: str = Field(pattern=r"^[A-Z]{2}-[0-9]{2}[A-Za-z0-9.-]{0,56}$", description="The policy that held it.")
    reason: Reason


def _row(approval: Approval) -> dict[str, Any]:  # Any: members of ApprovalRow
    return {
        "id": approval.id,
        "message_id": UUID(approval.subject_id),
        "kind": approval.kind,
        "state": approval.state,
        "requested_by": approval.requested_by.username,
        "requested_at": approval.requested_at,
        "decided_by": approval.decided_by.username if approval.decided_by else None,
        "decided_at": approval.decided_at,
        "expires_at": approval.expires_at,
        "payload_digest": bytes(approval.payload_digest).hex(),
    }


@offer(
    router,
    "GET",
    "/approvals",
    permission=Permission.MESSAGE_APPROVE,
    summary="List approvals waited for or given",
    response=PageOut[ApprovalRow],
)
def list_approvals(request: ApiRequest, *, cursor: Cursor = None, limit: Limit = 25) -> PageOut[ApprovalRow]:
    """Lists what waits for a second officer or for release, the oldest first."""
    rows = Approval.objects.filter(
        subject_type="message",
        state__in=[Approval.State.PENDING, Approval.State.APPROVED],
        expires_at__gt=timezone.now(),
    ).filter(Exists(messages_for(request.officer).filter(approval=OuterRef("pk"))))
    rows = rows.select_related("requested_by", "decided_by")
    page = page_of(rows, "approvals", cursor=cursor, limit=limit, by="requested_at", newest_first=False)
    return PageOut(items=[ApprovalRow(**_row(approval)) for approval in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/messages/{message_id}/approval",
    permission=Permission.CASE_READ,
    summary="Show what would leave, for its approver",
    response=ApprovalOut,
)
def show_approval(request: ApiRequest, message_id: Path[UUID]) -> ApprovalOut:
    """Shows what the approver answers for: the exact payload, all that the gate was told of it, and its decision."""
    rows = messages_for(request.officer).select_related(
        "approval__decision", "approval__requested_by", "approval__decided_by"
    )
    held = rows.get(pk=message_id)
    approval = held.approval
    if approval is None:
        raise NotFound("No approval is open for this message.")
    decision = approval.decision
    return ApprovalOut(
        **_row(approval),
        payload=bytes(approval.payload).decode(),
        own_side=msgspec.json.decode(bytes(held.own_side), type=dict[str, Any]) if bytes(held.own_side) else None,
        facts=facts_of(decision) if decision else None,
        facts_digest=bytes(decision.facts_digest).hex() if decision else "",
        decision=decision.decision if decision else None,
    )


@offer(
    router,
    "POST",
    "/messages/{message_id}/approve",
    permission=Permission.MESSAGE_APPROVE,
    summary="Approve exactly what was shown",
    response=MessageOut,
    statuses=(409,),
)
def approve_message(request: ApiRequest, message_id: Path[UUID], body: Word) -> MessageOut:
    """Gives a second officer's word for one payload and its facts, once, for a limited time; never by an author."""
    approved = approve(
        request.officer,
        find_message(request.officer, message_id),
        seen_digest=bytes.fromhex(body.payload_digest),
        seen_facts_digest=bytes.fromhex(body.facts_digest),
    )
    return Reader(request.officer).message(message_after(approved.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/send-back",
    permission=Permission.MESSAGE_APPROVE,
    summary="Send a message back to its drafter",
    response=MessageOut,
    statuses=(409,),
)
def send_back_message(request: ApiRequest, message_id: Path[UUID], body: SentBack) -> MessageOut:
    """Returns a submitted or approved message to its drafter with a reason."""
    returned = send_back(request.officer, find_message(request.officer, message_id), reason=body.reason)
    return Reader(request.officer).message(message_after(returned.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/take-back",
    permission=Permission.MESSAGE_DRAFT,
    summary="Take back a message that waits for its second officer",
    response=MessageOut,
    statuses=(409,),
)
def take_back_message(request: ApiRequest, message_id: Path[UUID]) -> MessageOut:
    """Makes an author's submitted or approved message a draft again; whatever word was given for it is void."""
    taken = take_back(request.officer, find_message(request.officer, message_id))
    return Reader(request.officer).message(message_after(taken.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/hold-answers",
    permission=Permission.HOLD_ANSWER,
    summary="Answer a hold of the law gate",
    response=MessageOut,
    statuses=(409,),
)
def answer_hold_of_message(request: ApiRequest, message_id: Path[UUID], body: HoldWord) -> MessageOut:
    """Answers one hold in writing, by who bears the office that the rule names; the reason stays with the case."""
    message = find_message(request.officer, message_id)
    answer_hold(request.officer, message, policy=body.policy, reason=body.reason)
    return Reader(request.officer).message(message_after(message_id))


@offer(
    router,
    "POST",
    "/messages/{message_id}/release",
    permission=Permission.MESSAGE_RELEASE,
    summary="Release an approved message",
    response=MessageOut,
    statuses=(409,),
)
def release_message(request: ApiRequest, message_id: Path[UUID]) -> MessageOut:
    """Lets exactly what was approved leave; where it must wait for its hour, `release_at` says when it does."""
    released = release(request.officer, find_message(request.officer, message_id))
    return Reader(request.officer).message(message_after(released.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/withdraw",
    permission=Permission.MESSAGE_RELEASE,
    summary="Withdraw a released message that has not left",
    response=MessageOut,
    statuses=(409,),
)
def withdraw_message(request: ApiRequest, message_id: Path[UUID]) -> MessageOut:
    """Takes back a released message that is not sealed yet; afterwards only a correction can follow it."""
    withdrawn = withdraw(request.officer, find_message(request.officer, message_id))
    return Reader(request.officer).message(message_after(withdrawn.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/recall",
    permission=Permission.MESSAGE_RELEASE,
    summary="Ask the other side to withdraw a message that has left",
    response=MessageOut,
    statuses=(409,),
)
def recall_message(request: ApiRequest, message_id: Path[UUID], body: SentBack) -> MessageOut:
    """Asks that a message be used no more; it is `withdrawn` once the other side says it complied. The reason stays."""
    recalled = recall(request.officer, find_message(request.officer, message_id), reason=body.reason)
    return Reader(request.officer).message(message_after(recalled.pk))
