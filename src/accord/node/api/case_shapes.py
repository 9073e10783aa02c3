"""How cases, messages, clocks and inquiries look from outside."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from ninja import Field, Schema

from accord.exchange.clocks import read_clock
from accord.exchange.kinds import STRUCTS
from accord.exchange.models import AgencyInquiry, Attachment, Case, Clock, Message
from accord.exchange.previewing import without_keys
from accord.node.api.shapes import one_of
from accord.node.api.timelines import Moment, timeline_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.vocabulary.handling import Handling
from accord.vocabulary.refusal import DelayReason
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency

__all__ = [
    "AttachmentOut",
    "CapitalOut",
    "CaseOut",
    "CaseRow",
    "ClockOut",
    "InquiryOut",
    "Kind",
    "MessageOut",
    "MessageRow",
    "Reader",
    "attachment_out",
    "case_row",
    "inquiry_out",
]

ClockState = Literal["running", "paused", "ended"]
CaseState = Literal["open", "closed"]
CaseOutcome = Literal["acted", "no-action"]
WaitingOn = Literal["us", "them", "gate", "nobody"]
Kind = Annotated[str, one_of(STRUCTS)]
MessageState = Annotated[str, one_of(Message.State, "How far it has come; the vocabulary says what each state means.")]
HandlingCode = Annotated[str, one_of(Handling)]


class CapitalOut(Schema):
    """A time limit as one capital reads it."""

    party: str
    capital: str
    due: datetime = Field(description="The limit in that capital's own time.")
    working_hours_left: float = Field(description="Office hours left there; they never move the limit.")


class ClockOut(Schema):
    """The time limit of a request, in the local time of both capitals."""

    table: str = Field(description="Version of the table of time limits.")
    urgency: Annotated[str, one_of(Urgency)]
    limit_hours: float
    state: ClockState
    started_at: datetime
    due_at: datetime
    hours_left: float = Field(description="Calendar hours left, negative when overdue; the limit counts these.")
    is_overdue: bool
    pause_reason: Annotated[str, one_of(DelayReason)] | None
    expected_on: date | None
    ended_at: datetime | None
    capitals: list[CapitalOut] = Field(description="Ours first, then theirs.")


class CaseRow(Schema):
    """A case in a list."""

    id: UUID
    own_ref: str
    other_ref: str | None
    peer: str
    is_ours: bool = Field(description="Whether our side opened it.")
    theme: Annotated[str, one_of(Theme)]
    title: str | None = Field(description="Our own title; null without `case.read`.")
    state: CaseState
    waiting_on: WaitingOn
    holder: str | None = Field(description="Who took it, and alone answers in it.")
    agency: str | None = Field(description="The agency of ours that it concerns; null where none is named.")
    is_team_only: bool = Field(description="Whether its team alone reads it, and not whoever has it in their scope.")
    outcome: CaseOutcome | None = Field(description="What came of it, once it is closed.")
    opened_at: datetime
    changed_at: datetime


class MessageRow(Schema):
    """A message without its content."""

    id: UUID
    case_id: UUID
    kind: Kind
    direction: Literal["out", "in"]
    state: MessageState
    reference: str | None
    handling: HandlingCode | None
    version: int
    in_reply_to: UUID | None
    envelope_id: UUID | None
    drafted_by: str | None
    saved_at: datetime
    released_at: datetime | None
    delivered_at: datetime | None = Field(description="When the receipt was on file here, by this node's clock.")
    receipt_stated_at: datetime | None = Field(description="The second the other side signed as that of receipt.")
    received_at: datetime | None
    disposed_at: datetime | None
    disposed_code: str | None
    clock: ClockOut | None


class AttachmentOut(Schema):
    """A file of a message."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str


class HoldAnswerOut(Schema):
    """A written answer to a hold of the law gate."""

    policy: str
    by: str
    at: datetime
    reason: str


class MessageOut(MessageRow):
    """A message with its content."""

    # Any: the schema of its kind.
    content: dict[str, Any] | None = Field(
        description="The message, its files without their keys; null without `case.read`."
    )
    own_side: dict[str, Any] | None = Field(description="What our side knows and the other must not; never sent.")
    attachments: list[AttachmentOut]
    approval_id: UUID | None
    release_at: datetime | None
    return_reason: str | None
    hold_answers: list[HoldAnswerOut]


class InquiryOut(Schema):
    """A question to a competent agency of our own side."""

    id: UUID
    agency: str
    question: str | None = Field(description="What was asked; null without `case.read`, as is the reply.")
    asked_at: datetime
    reply: str | None
    holds_information: bool | None
    replied_at: datetime | None


class CaseOut(CaseRow):
    """A case with its messages, inquiries and timeline."""

    messages: list[MessageRow]
    inquiries: list[InquiryOut]
    timeline: list[Moment]


class Reader:
    """Reads rows for one answer: one time for all of them, and each party looked up once.

    Args:
        officer: Who is answered, narrowed to the account's scope. An act needs its own permission, and its answer shows
            content only to who may read cases: a narrow token does not read by writing.
    """

    def __init__(self, officer: Officer) -> None:
        self._officer = officer
        self._shows_content = officer.may(Permission.CASE_READ)
        self.now = timezone.now()
        self._parties = Party.objects.in_bulk()
        self._ourselves = next((party for party in self._parties.values() if party.is_self), None)

    def clock(self, clock: Clock, *, peer: str) -> ClockOut:
        """Returns a clock as both capitals read it."""
        parties = tuple(party for party in (self._ourselves, self._parties.get(peer)) if party is not None)
        reading = read_clock(clock, parties=parties, now=self.now)
        return ClockOut(
            table=clock.table,
            urgency=clock.urgency,
            limit_hours=_hours(timedelta(seconds=clock.limit_seconds)),
            state=cast("ClockState", clock.state),
            started_at=clock.started_at,
            due_at=reading.due_at,
            hours_left=_hours(reading.left),
            is_overdue=reading.is_overdue,
            pause_reason=reading.pause_reason or None,
            expected_on=reading.expected_on,
            ended_at=clock.ended_at,
            capitals=[
                CapitalOut(
                    party=capital.party,
                    capital=capital.capital,
                    due=capital.due,
                    working_hours_left=_hours(capital.working_left),
                )
                for capital in reading.capitals
            ],
        )

    def message_row(self, message: Message) -> MessageRow:
        """Returns a message without its content."""
        return MessageRow(**self._row_of_message(message))

    def message(self, message: Message) -> MessageOut:
        """Returns a message with its content and, for our own, what our side knows of it."""
        shows, own_side = self._shows_content, bytes(message.own_side)
        return MessageOut(
            **self._row_of_message(message),
            content=without_keys(message.fields) if shows else None,
            own_side=msgspec.json.decode(own_side, type=dict[str, Any]) if own_side and shows else None,
            attachments=[attachment_out(item) for item in message.attachments.all()] if shows else [],
            approval_id=message.approval_id,
            release_at=message.release_at,
            return_reason=(message.return_reason or None) if shows else None,
            hold_answers=[
                HoldAnswerOut(policy=one.policy, by=one.decided_by.username, at=one.decided_at, reason=one.reason)
                for one in (message.hold_answers.select_related("decided_by").order_by("decided_at") if shows else ())
            ],
        )

    def case(self, case: Case) -> CaseOut:
        """Returns a case with everything that happened in it."""
        messages = list(case.messages.select_related("clock", "drafted_by", "case"))
        inquiries = list(case.inquiries.all())
        return CaseOut(
            **_row_of_case(case, shows_content=self._shows_content),
            messages=[self.message_row(message) for message in messages],
            inquiries=[inquiry_out(inquiry, shows_content=self._shows_content) for inquiry in inquiries],
            timeline=timeline_of(self._officer, case, messages, inquiries, shows_content=self._shows_content),
        )

    def _row_of_message(self, message: Message) -> dict[str, Any]:  # Any: members of MessageRow
        clock = getattr(message, "clock", None)
        return {
            "id": message.id,
            "case_id": message.case_id,
            "kind": message.kind,
            "direction": message.direction,
            "state": message.state,
            "reference": message.reference or None,
            "handling": message.handling or None,
            "version": message.version,
            "in_reply_to": message.in_reply_to_id,
            "envelope_id": message.envelope_id,
            "drafted_by": message.drafted_by.username if message.drafted_by else None,
            "saved_at": message.saved_at,
            "released_at": message.released_at,
            "delivered_at": message.delivered_at,
            "receipt_stated_at": message.receipt_stated_at,
            "received_at": message.received_at,
            "disposed_at": message.disposed_at,
            "disposed_code": message.disposed_code or None,
            "clock": self.clock(clock, peer=message.case.peer_id) if clock else None,
        }


def _hours(time: timedelta) -> float:
    return round(time.total_seconds() / 3600, 2)


def _row_of_case(case: Case, *, shows_content: bool) -> dict[str, Any]:  # Any: members of CaseRow
    return {
        "id": case.id,
        "own_ref": case.own_ref,
        "other_ref": case.other_ref or None,
        "peer": case.peer_id,
        "is_ours": case.is_ours,
        "theme": case.theme,
        "title": case.title if shows_content else None,
        "state": case.state,
        "waiting_on": case.waiting_on,
        "holder": case.holder.username if case.holder else None,
        "agency": case.agency or None,
        "is_team_only": case.is_team_only,
        "outcome": case.outcome or None,
        "opened_at": case.opened_at,
        "changed_at": case.changed_at,
    }


def case_row(case: Case) -> CaseRow:
    """Returns a case for a list, which only who may read cases is shown."""
    return CaseRow(**_row_of_case(case, shows_content=True))


def attachment_out(attachment: Attachment) -> AttachmentOut:
    """Returns a file's particulars."""
    return AttachmentOut(
        id=attachment.id,
        name=attachment.name,
        media_type=attachment.media_type,
        size_bytes=attachment.size_bytes,
        sha256=bytes(attachment.sha256).hex(),
    )


def inquiry_out(inquiry: AgencyInquiry, *, shows_content: bool) -> InquiryOut:
    """Returns an inquiry, with its words where they may be read."""
    return InquiryOut(
        id=inquiry.id,
        agency=inquiry.agency,
        question=inquiry.question if shows_content else None,
        asked_at=inquiry.asked_at,
        reply=(inquiry.reply or None) if shows_content else None,
        holds_information=inquiry.holds_information if shows_content else None,
        replied_at=inquiry.replied_at,
    )
