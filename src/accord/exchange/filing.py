"""Filing: what becomes of each kind of message when it arrives, a batch at a time.

Look-ups are made once for a batch (:func:`_prepare`); handlers then touch no database. A message that contradicts its
own envelope, or answers what we never asked, is refused to its sender and files nothing.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec

from accord.courier.models import Entry
from accord.courier.prepared import Prepared
from accord.exchange.attaching import KEY_BYTES, check_reference
from accord.exchange.clocks import DELAY_DAYS_MAX, end_clock, new_clock, pause_clock, table_named
from accord.exchange.facts import facts_at_use
from accord.exchange.inspection import AttachmentRefused
from accord.exchange.kind_rooms import room_of
from accord.exchange.kinds import ANSWER, CLARIFICATION, DELAY_NOTICE, REQUEST, SCHEMA, SPONTANEOUS_INFORMATION, STRUCTS
from accord.exchange.kinds.limits import PAYLOAD_BYTES_MAX
from accord.exchange.kinds.particulars import Correspondence
from accord.exchange.models import Arrival, Attachment, Case, Clock, Message, new_key
from accord.exchange.references import case_reference
from accord.exchange.sent import FOLLOWER
from accord.exchange.text import check_texts, looks_plain
from accord.exchange.withdrawing import WITHDRAWAL_KIND
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import follow, json_kind, register
from accord.vocabulary.refusal import AnswerOutcome
from accord.vocabulary.urgency import Urgency

__all__ = ["TITLE_CHARACTERS_MAX", "filed_in_batch", "register_kinds"]

TITLE_CHARACTERS_MAX = 120
"""Characters of a case's title taken from its first message: one row of the queue."""

FIRST_CHUNK_MAX = 2**31 - 1
"""Highest place of a file's first chunk: what both databases store."""

_ROOM = "exchange"


class _Known:
    """What a batch found in the database, and what its own messages have added since."""

    def __init__(self) -> None:
        self.messages: dict[UUID, Message] = {}
        self.clocks: dict[UUID, Clock] = {}
        self.cases_by_other: dict[str, Case] = {}
        self.cases_by_own: dict[str, Case] = {}
        self.replies: dict[UUID, list[Message]] = {}


def _known(work: FilingWork) -> _Known:
    found: _Known = work.memory.setdefault(_ROOM, _Known())
    return found


# What every batch asks, composed once: for lists of values, once for each length.
_HAS_RECOVERED: Final = Prepared(
    lambda peer: Entry.objects.filter(channel__peer_id=peer, recovered=True).order_by().values_list("pk")[:1], str
)


@cache
def _answered_questions(count: int) -> tuple[Prepared[Message], Prepared[Clock]]:
    return (
        Prepared(
            lambda peer, *asked: Message.objects.filter(envelope_id__in=asked, case__peer_id=peer).select_related(
                "case"
            ),
            str,
            *[UUID] * count,
        ),
        Prepared(lambda *asked: Clock.objects.filter(message__envelope_id__in=asked), *[UUID] * count),
    )


@cache
def _cases_by_other(count: int) -> Prepared[Case]:
    return Prepared(lambda peer, *refs: Case.objects.filter(peer_id=peer, other_ref__in=refs), *[str] * (count + 1))


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    known = _known(work)
    answered = {item.in_reply_to for item in received if item.in_reply_to is not None}
    if answered:
        messages, clocks = _answered_questions(len(answered))
        for row in messages.all(work.peer, *answered):
            if row.envelope_id is not None:
                known.messages[row.envelope_id] = row
        for clock in clocks.all(*answered):
            known.clocks[clock.message_id] = clock
    theirs = {item.content.case_ref_own for item in received}
    ours = {item.content.case_ref_other for item in received if item.content.case_ref_other}
    for case in _cases_by_other(len(theirs)).all(work.peer, *theirs):
        known.cases_by_other[case.other_ref] = case
    if ours:
        for case in Case.objects.filter(peer_id=work.peer, own_ref__in=ours):
            known.cases_by_own[case.own_ref] = case
    _find_replies(received, work)


def _find_replies(received: Sequence[Received], work: FilingWork) -> None:
    """Finds our replies to what is filed again after a recovery: they came back before what they answer."""
    if not _HAS_RECOVERED.rows(work.peer):
        return
    asked = {item.envelope_id for item in received}
    replies = Message.objects.filter(released__in_reply_to__in=asked, released__peer_id=work.peer, in_reply_to=None)
    for reply in replies.select_related("released"):
        if reply.released is not None and reply.released.in_reply_to is not None:
            _known(work).replies.setdefault(reply.released.in_reply_to, []).append(reply)


def filed_in_batch(work: FilingWork, envelope_id: UUID) -> Message | None:
    """Returns a message that this very batch has filed, or looked up as answered; ``None`` where it did not."""
    return _known(work).messages.get(envelope_id)


def _link_replies(message: Message, work: FilingWork, clock: Clock | None) -> None:
    for reply in _known(work).replies.get(message.envelope_id, ()) if message.envelope_id else ():
        reply.in_reply_to_id = message.pk
        work.change(reply, "in_reply_to")
        if clock is not None and reply.kind == ANSWER and reply.released_at is not None:
            end_clock(clock, at=reply.released_at)
            message.case.waiting_on = Case.Waiting.NOBODY


def _contradicts(received: Received) -> Handled | None:
    content: Correspondence = received.content
    if content.sender.party != received.peer or content.recipient.party != received.party:
        return Handled(state="refused", code="exchange.party-mismatch")
    if content.handling.value != received.handling:
        return Handled(state="refused", code="exchange.handling-mismatch")
    if bool(content.attachments) != (received.attachment_root is not None):
        return Handled(state="refused", code="exchange.attachments-mismatch")
    return None


def _title(content: Any) -> str:  # Any: each kind has its own field for it
    text: str = getattr(content, "specification", None) or getattr(content, "subject", None) or content.message_ref
    first_line = text.split("\n", 1)[0]
    return first_line if len(first_line) <= TITLE_CHARACTERS_MAX else first_line[: TITLE_CHARACTERS_MAX - 1] + "…"


def _case_for(received: Received, work: FilingWork, *, waiting_on: str) -> Case:
    """Returns the case a first message belongs to, opening one where there is none."""
    known = _known(work)
    content: Correspondence = received.content
    case = known.cases_by_own.get(content.case_ref_other or "") or known.cases_by_other.get(content.case_ref_own)
    if case is not None:
        _move(case, work, waiting_on=waiting_on, other_ref=content.case_ref_own)
        return case
    case = Case(
        own_ref=case_reference(received.party, at=work.now),
        other_ref=content.case_ref_own,
        peer_id=received.peer,
        is_ours=False,
        theme=content.theme.value,
        agency=content.recipient.agency,
        title=_title(content),
        title_language=content.language,
        waiting_on=waiting_on,
        opened_at=received.received_at,
        changed_at=received.received_at,
    )
    known.cases_by_other[case.other_ref] = case
    work.add(case)
    return case


def _move(case: Case, work: FilingWork, *, waiting_on: str, other_ref: str = "") -> None:
    case.waiting_on = waiting_on
    case.changed_at = work.now
    case.state = Case.State.OPEN
    case.closed_at = None
    if not case.other_ref and other_ref:
        case.other_ref = other_ref
    work.change(case, "waiting_on", "changed_at", "state", "closed_at", "other_ref")


def _message(received: Received, case: Case, work: FilingWork, *, in_reply_to: Message | None = None) -> Message:
    content: Correspondence = received.content
    message = Message(
        id=new_key(),
        case_id=case.pk,
        direction=Message.Direction.IN,
        kind=received.kind,
        schema=received.schema,
        state=Message.State.RECEIVED,
        reference=content.message_ref,
        handling=content.handling.value,
        content=received.payload,
        in_reply_to_id=in_reply_to.pk if in_reply_to else None,
        envelope_id=received.envelope_id,
        created_at=received.received_at,
        saved_at=work.now,
        attachment_root=received.attachment_root,
        received_id=received.entry_id,
        received_at=received.received_at,
    )
    work.add(message)
    message.case = case
    known = _known(work)
    known.messages[received.envelope_id] = message
    for reference in content.attachments:
        work.add(_attachment(message, reference, received))
    work.add(Arrival(message_id=message.pk, is_urgent=getattr(content, "urgency", Urgency.NORMAL) != Urgency.NORMAL))
    return message


def _attachment(message: Message, reference: Any, received: Received) -> Attachment:  # Any: AttachmentReference
    return Attachment(
        message_id=message.pk,
        name=reference.name,
        media_type=reference.media_type,
        size_bytes=reference.size_bytes,
        sha256=bytes.fromhex(reference.sha256),
        key=_key_bytes(reference.key),
        root=received.attachment_root,
        first_chunk=reference.first_chunk,
        chunk_count=reference.chunk_count,
    )


def _key_bytes(text: str) -> bytes:
    return msgspec.convert(text, bytes)


def _file_request(received: Received, work: FilingWork) -> Handled:
    content: Any = received.content
    wrong = _contradicts(received)
    if wrong is not None:
        return wrong
    table = table_named(content.clock_table, received.peer)
    if table is None:
        return Handled(state="refused", code="exchange.unknown-clock-table")
    case = _case_for(received, work, waiting_on=Case.Waiting.US)
    message = _message(received, case, work)
    clock = new_clock(
        message_id=message.pk,
        table=table,
        urgency=content.urgency,
        access=content.access_class,
        received_at=received.received_at,
    )
    work.add(clock)
    _known(work).clocks[message.pk] = clock
    _link_replies(message, work, clock)
    return FILED


def _file_information(received: Received, work: FilingWork) -> Handled:
    wrong = _contradicts(received)
    if wrong is not None:
        return wrong
    message = _message(received, _case_for(received, work, waiting_on=Case.Waiting.US), work)
    _link_replies(message, work, None)
    return FILED


def _answered(received: Received, work: FilingWork, *, kinds: Iterable[str], ours_only: bool) -> Message | None:
    """Returns the message that is answered, if it stands between the same two parties and is of a kind that can be."""
    message = _known(work).messages.get(received.in_reply_to) if received.in_reply_to else None
    if message is None or message.kind not in kinds or (ours_only and not message.is_ours):
        return None
    return message


def _file_answer(received: Received, work: FilingWork) -> Handled:
    wrong = _contradicts(received)
    if wrong is not None:
        return wrong
    request = _answered(received, work, kinds=(REQUEST,), ours_only=True)
    if request is None:
        return Handled(state="refused", code="exchange.unknown-request")
    _message(received, request.case, work, in_reply_to=request)
    _move(request.case, work, waiting_on=Case.Waiting.US, other_ref=received.content.case_ref_own)
    clock = _known(work).clocks.get(request.pk)
    if clock is not None and received.content.outcome is not AnswerOutcome.DEFERRED:
        end_clock(clock, at=received.received_at)
        work.change(clock, "state", "ended_at", "due_at", "paused_at")
    return FILED


def _file_delay(received: Received, work: FilingWork) -> Handled:
    content: Any = received.content
    wrong = _contradicts(received)
    if wrong is not None:
        return wrong
    request = _answered(received, work, kinds=(REQUEST,), ours_only=True)
    if request is None:
        return Handled(state="refused", code="exchange.unknown-request")
    if (content.expected_on - received.received_at.date()).days > DELAY_DAYS_MAX:
        return Handled(state="refused", code="exchange.expected-too-late")
    _message(received, request.case, work, in_reply_to=request)
    clock = _known(work).clocks.get(request.pk)
    if clock is not None and clock.state == Clock.State.ENDED:
        # What was answered is not put off: the notice is filed and moves nothing.
        return FILED
    _move(request.case, work, waiting_on=Case.Waiting.THEM, other_ref=content.case_ref_own)
    if clock is not None:
        pause_clock(clock, reason=content.reason, expected_on=content.expected_on, at=received.received_at)
        work.change(clock, "state", "paused_at", "pause_reason", "expected_on")
    return FILED


def _file_clarification(received: Received, work: FilingWork) -> Handled:
    wrong = _contradicts(received)
    if wrong is not None:
        return wrong
    about = _answered(received, work, kinds=tuple(STRUCTS), ours_only=True)
    if about is None:
        return Handled(state="refused", code="exchange.unknown-message")
    _message(received, about.case, work, in_reply_to=about)
    _move(about.case, work, waiting_on=Case.Waiting.US, other_ref=received.content.case_ref_own)
    return FILED


def _file_for_room(received: Received, work: FilingWork) -> Handled:
    """Files a message of a kind that another room owns: in the case it answers or names, then that room's own rows."""
    wrong = _contradicts(received)
    if wrong is not None:
        return wrong
    room = room_of(received.kind)
    about = _answered(received, work, kinds=room.answers, ours_only=True) if room is not None else None
    if room is not None and room.answers and about is None:
        return Handled(state="refused", code="exchange.unknown-message")
    refused = room.admit(received, about, work) if room is not None else None
    if refused is not None:
        return refused
    waiting_on = room.waits_on_filed if room is not None else Case.Waiting.US
    if about is not None and room is not None and not room.reopens:
        case = about.case
        case.changed_at = work.now
        work.change(case, "changed_at")
    elif about is not None:
        case = about.case
        _move(case, work, waiting_on=waiting_on, other_ref=received.content.case_ref_own)
    else:
        case = _case_for(received, work, waiting_on=waiting_on)
    message = _message(received, case, work, in_reply_to=about)
    if room is not None:
        room.filed(message, received, work)
    return FILED


def _prepare_for_room(received: Sequence[Received], work: FilingWork) -> None:
    _prepare(received, work)
    room = room_of(received[0].kind) if received else None
    if room is not None:
        room.prepare(received, work)


def _check(payload: bytes, content: Correspondence) -> None:
    if not looks_plain(payload):
        check_texts(msgspec.json.decode(payload))
    for reference in content.attachments:
        check_reference(reference)
        if len(_key_bytes(reference.key)) != KEY_BYTES or reference.first_chunk > FIRST_CHUNK_MAX:
            raise AttachmentRefused("The file's key or place is refused.", code="attachment.malformed-reference")


_HANDLERS = {
    REQUEST: _file_request,
    ANSWER: _file_answer,
    DELAY_NOTICE: _file_delay,
    CLARIFICATION: _file_clarification,
    SPONTANEOUS_INFORMATION: _file_information,
}


def register_kinds() -> None:
    """Registers the kinds of this room, and the room as one that follows what it sent."""
    for name, struct in STRUCTS.items():
        register(
            json_kind(
                struct,
                name,
                schema=SCHEMA,
                max_bytes=PAYLOAD_BYTES_MAX,
                handler=_HANDLERS.get(name, _file_for_room),
                facts_at_use=facts_at_use,
                prepare=_prepare if name in _HANDLERS else _prepare_for_room,
                check=_check,
            )
        )
    register(WITHDRAWAL_KIND)
    follow(_ROOM, FOLLOWER)
