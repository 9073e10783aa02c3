"""Drafts of the workstream's kinds, and the notices before export with where each stands."""

import datetime as dt
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema

from accord.exchange.drafting import own_side_of
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.exchange.reach import within
from accord.exchange.services import save_draft
from accord.exchange.withdrawn import UNSAID
from accord.node.api.case_shapes import MessageOut, Reader
from accord.node.api.cases import find_case, find_message, message_after
from accord.node.api.drafts import AnyFields, OwnSideFields
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Limit, PageOut, PartyCode, one_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.acts import (
    OPENING_KINDS,
    begin_incident,
    begin_notice_reply,
    begin_outcome,
    begin_within,
)
from accord.workstreams.drugs.notices.lists import doubled_for
from accord.workstreams.drugs.notices.states import RECALLED, NoticeState, ended_as, in_state, state_of

__all__ = ["router"]

router = Router()

ENDED_AS = ("", *sorted(state.value for state in UNSAID), RECALLED)

OpeningKind = Annotated[str, one_of(OPENING_KINDS)]


class NewDrugMessage(Closed):
    """A message of the workstream as far as it is written."""

    kind: OpeningKind
    fields: AnyFields
    own_side: OwnSideFields | None = Field(None, description="Beside what the node states by the kind.")


class NewAboutNotice(Closed):
    """What is said about a notice as far as it is written; what the notice says already is filled in."""

    fields: AnyFields
    own_side: OwnSideFields | None = Field(None, description="Beside what the node states by the kind.")


class NoticeOut(Schema):
    """A notice before export, and what was said to it last."""

    message: UUID
    case_id: UUID
    peer: str
    is_ours: bool
    pen_reference: str
    substance: str = Field(description="Code of our register; empty where it does not know the number.")
    substance_name: str
    cas_number: str
    gross_kg: Decimal | None
    origin_country: str
    destination_country: str
    departure_on: dt.date
    sent_at: dt.datetime
    waits_until: dt.datetime | None = Field(description="Until when the exporting side waits by its own law.")
    state: NoticeState = Field(
        description="`silent` says that nobody replied in time; it is never consent. `ended` says that the notice does "
        "not stand."
    )
    ended_as: Annotated[str, one_of(ENDED_AS)] = Field(
        description="What became of a notice that does not stand: its side withdrew it, ours was recalled, or it was "
        "refused, expired or blocked and never reached the other side. Empty where it stands."
    )
    reply_result: str
    replied_at: dt.datetime | None
    became: str = Field(description="What became of the consignment, as it was told last.")
    is_duplicate: bool = Field(
        description="Whether another notice that the account may read bears the same PEN reference."
    )


State = Annotated[NoticeState | None, Query(None, description="Those in this state alone.")]


def _with_own(officer: Officer, begin: Callable[[], Message], own: dict[str, Any] | None) -> MessageOut:
    """Returns the draft that was begun, with what our side states of it, both or neither."""
    with transaction.atomic():
        draft = begin()
        if own:
            stated = msgspec.to_builtins(own_side_of(draft))
            draft = save_draft(officer, draft, version=draft.version, fields=draft.fields, own={**stated, **own})
    return Reader(officer).message(message_after(draft.pk))


def _notice(officer: Officer, message_id: UUID) -> Notice:
    notice = Notice.objects.select_related("message__case").filter(message=find_message(officer, message_id)).first()
    if notice is None:
        raise NotFound("There is no such notice before export.")
    return notice


@offer(
    router,
    "POST",
    "/cases/{case_id}/drugs",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft a notice before export, an incident or a suspicious transaction",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def new_drug_message(request: ApiRequest, case_id: Path[UUID], body: NewDrugMessage) -> MessageOut:
    """Drafts a message of the workstream. A field that is given must be right; one may be missing until submission."""
    officer, case = request.officer, find_case(request.officer, case_id)
    return _with_own(officer, lambda: begin_within(officer, case, body.kind, body.fields), body.own_side)


@offer(
    router,
    "POST",
    "/messages/{message_id}/notice-reply",
    permission=Permission.MESSAGE_ANSWER,
    summary="Draft the reply to a notice before export",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def new_notice_reply(request: ApiRequest, message_id: Path[UUID], body: NewAboutNotice) -> MessageOut:
    """Drafts what our authority says to a notice of the other side; a later reply replaces an earlier one."""
    officer, notice = request.officer, _notice(request.officer, message_id)
    return _with_own(officer, lambda: begin_notice_reply(officer, notice, body.fields)[0], body.own_side)


@offer(
    router,
    "POST",
    "/messages/{message_id}/shipment-outcome",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft what became of the consignment of a notice",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def new_shipment_outcome(request: ApiRequest, message_id: Path[UUID], body: NewAboutNotice) -> MessageOut:
    """Drafts what either side knows of the consignment; the last outcome says what it is now."""
    officer, notice = request.officer, _notice(request.officer, message_id)
    return _with_own(officer, lambda: begin_outcome(officer, notice, body.fields), body.own_side)


@offer(
    router,
    "POST",
    "/messages/{message_id}/drug-incident",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft an incident with the consignment of a notice",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def new_incident_of_notice(request: ApiRequest, message_id: Path[UUID], body: NewAboutNotice) -> MessageOut:
    """Drafts an incident; route, transport and tariff code come from the notice."""
    officer, notice = request.officer, _notice(request.officer, message_id)
    variant = str(body.fields.get("incident_kind") or "")
    return _with_own(officer, lambda: begin_incident(officer, notice, body.fields, variant=variant), body.own_side)


_TOLD = frozenset({"message", "state", "ended_as", "is_duplicate"})
_COPIED = tuple(name for name in NoticeOut.model_fields if name not in _TOLD)


def _out(notice: Notice, now: dt.datetime, doubled: Collection[UUID]) -> NoticeOut:
    return NoticeOut(
        message=notice.pk,
        state=state_of(notice, now),
        ended_as=ended_as(notice),
        is_duplicate=notice.pk in doubled,
        **{name: getattr(notice, name) for name in _COPIED},
    )


@offer(
    router,
    "GET",
    "/drugs/notices",
    permission=Permission.CASE_READ,
    summary="List notices before export",
    response=PageOut[NoticeOut],
)
def list_notices(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    state: State = None,
) -> PageOut[NoticeOut]:
    """Lists the notices of both sides in the cases that the account may read, the last one first.

    Silence is a state of its own: a notice to which nobody replied in time is `silent`, and no objection is said by it.
    A notice that was taken back or never came stays in the list, and is `ended`.
    """
    now = timezone.now()
    rows = Notice.objects.filter(within(request.officer, "case__")).select_related("message")
    if peer is not None:
        rows = rows.filter(peer=peer)
    if state is not None:
        rows = rows.filter(in_state(state, now))
    page = page_of(rows, "drug-notices", cursor=cursor, limit=limit, by="sent_at")
    doubled = doubled_for(request.officer, page.rows)
    return PageOut(items=[_out(notice, now, doubled) for notice in page.rows], next=page.next)
