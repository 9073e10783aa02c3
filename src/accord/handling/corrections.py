"""Corrections: the originator's word about what it sent before, on both sides.

The sender drafts one like any message, a second officer approves it, and the gate lets it pass. The receiver's node
files it, marks what it is about in the same transaction, and lets the job runner find and treat every derivative
(:mod:`accord.handling.applying`).

Source: Regulation (EU) 2016/794, article 19(2), and Directive (EU) 2016/680, articles 7(3) and 16(6), as models.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.exchange.clocks import end_clock
from accord.exchange.drafting import draft_of_kind, own_side_of
from accord.exchange.drafts import FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.filing import filed_in_batch
from accord.exchange.kind_rooms import KindRoom
from accord.exchange.kinds import CORRECTION
from accord.exchange.kinds.correction import Correction as CorrectionContent
from accord.exchange.kinds.correction import CorrectionAction, CorrectionReason
from accord.exchange.models import Case, Clock, Message
from accord.exchange.reach import messages_for
from accord.exchange.watching import tell_moved
from accord.handling.applying import stop_drafts
from accord.handling.erasing import has_taken_out
from accord.handling.models import CorrectedMessage, Correction
from accord.handling.passages import holds_words
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.dispositions import Became, acknowledge
from accord.release.received import FilingWork, Handled, Received

__all__ = ["CORRECTION_ROOM", "REPORT_DAYS", "draft_correction", "taken_from"]

REPORT_DAYS: Final = 14
"""Days within which a report is asked for: a week for what the node does not reach, and another for its approval."""

_ROOM: Final = "corrections"
_SENT: Final = {Message.State.DELIVERED, Message.State.FILED, Message.State.ACTED, Message.State.RELEASED}
_TAKEN: Final = (
    *("sender", "recipient", "liaison_contact", "duty_phone", "theme", "purpose", "legal_basis", "handling"),
    *("handling_note", "caveats", "classification", "retention_until", "language", "arrangement_id"),
    *("mistreatment_assessment_id", "workplan_item"),
)
"""Members that a correction or a report takes from the message it follows."""

_FINAL: Final = (CorrectionAction.RECALL, CorrectionAction.ERASE)


def taken_from(fields: Mapping[str, object]) -> dict[str, object]:
    """Returns what a message that follows another takes from it: between whom, under which law and handling."""
    return {name: fields[name] for name in _TAKEN if fields.get(name)}


def draft_correction(
    officer: Officer,
    message: Message,
    *,
    action: CorrectionAction | str,
    reason: CorrectionReason | str,
    what_is_wrong: str,
    changes: Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts a correction of a message of ours that has left; it leaves like any other, through a second officer.

    Args:
        officer: Who drafts.
        message: The message.
        action: What the receiver is to do.
        reason: Why.
        what_is_wrong: In words that the receiver may read.
        changes: ``values`` for a correction, ``new_handling`` and ``new_caveats`` for a restriction.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: It is not ours, or has not left.
        FieldRefused: A field given is refused, or the message does not hold the words that are said to be wrong.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    if not message.is_ours or message.state not in _SENT or message.envelope_id is None:
        raise ActRefused(
            "Only a message of ours that has left is corrected.",
            code="handling.not-correctable",
            next_step="Change the draft, or withdraw the message before it is sealed.",
        )
    moment = now or timezone.now()
    original = message.fields
    fields: dict[str, object] = {
        **taken_from(original),
        "corrected": [{"envelope_id": str(message.envelope_id), "message_ref": message.reference}],
        "action": str(action),
        "reason": str(reason),
        "what_is_wrong": what_is_wrong,
        "reply_by": (moment + timedelta(days=REPORT_DAYS)).date().isoformat(),
        **(changes or {}),
    }
    if action == CorrectionAction.CORRECT:
        _require_holds(message, fields.get("values"))
        fields |= {
            name: original[name] for name in ("accuracy", "evaluation", "person_categories") if original.get(name)
        }
    return draft_of_kind(officer, message.case, CORRECTION, fields, own=own_side_of(message), now=moment)


def _require_holds(message: Message, values: object) -> None:
    """Raises for wrong words that stand nowhere in the message: nobody could find them at the other side either."""
    if has_taken_out(message) or message.attachments.exists():
        # What was erased is not read again, and in a file the words stand where the node does not read them.
        return
    before = CorrectedMessage.objects.filter(message=message).select_related("correction__message")
    said = {**message.fields, "corrected_before": [_values_of(one) for one in before]}
    for index, value in enumerate(values if isinstance(values, list) else ()):
        wrong = value.get("wrong") if isinstance(value, Mapping) else None
        if isinstance(wrong, str) and not holds_words(said, [(wrong, None)]):
            raise FieldRefused(
                "The message does not hold these words.",
                next_step="Copy whole words from the message, letter for letter; case does not matter.",
                fields={"field": f"values[{index}].wrong"},
            )


def _values_of(corrected: CorrectedMessage) -> object:
    """Returns the words of an earlier correction, which now stand in the message's place."""
    return corrected.correction.message.fields.get("values")


@dataclass
class _Known:
    """What a batch found: their messages by envelope, each of the same peer."""

    messages: dict[UUID, Message]


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    named = [UUID(one.envelope_id) for item in received for one in item.content.corrected]
    found = Message.objects.filter(envelope_id__in=named, case__peer_id=work.peer, direction=Message.Direction.IN)
    rows = found.select_related("case", "clock", "received")
    work.memory[_ROOM] = _Known(messages={row.envelope_id: row for row in rows if row.envelope_id is not None})


def _items(received: Received, work: FilingWork) -> list[Message]:
    known: _Known = work.memory[_ROOM]
    items: dict[UUID, Message] = {}
    for one in received.content.corrected:
        key = UUID(one.envelope_id)
        message = known.messages.get(key) or filed_in_batch(work, key)
        if message is not None and not message.is_ours and message.case.peer_id == work.peer:
            items[message.pk] = message
    return list(items.values())


def _admit(received: Received, _about: Message | None, work: FilingWork) -> Handled | None:
    return None if _items(received, work) else Handled(state="refused", code="handling.unknown-item")


def _filed(message: Message, received: Received, work: FilingWork) -> None:
    content: CorrectionContent = received.content
    work.add(
        Correction(
            message_id=message.pk,
            action=content.action.value,
            is_ours=False,
            position=received.position,
            at=received.received_at,
        )
    )
    items = _items(received, work)
    for item in items:
        work.add(CorrectedMessage(correction_id=message.pk, message_id=item.pk))
        item.case.changed_at = work.now
        work.change(item.case, "changed_at")
        if content.action in _FINAL:
            _withdraw(item, received, work)
    keys = [item.pk for item in items]
    work.afterwards(partial(stop_drafts, keys, is_final=content.action in _FINAL))
    if content.action in _FINAL:
        work.afterwards(partial(tell_moved, keys))
        # Of one that came in this very batch it is told that it was filed; that it is withdrawn stands in the report.
        told = [
            Became(item.received.position, Handled(state="withdrawn"))
            for item in items
            if not item._state.adding and item.received is not None  # noqa: SLF001 - Django documents Model._state
        ]
        work.afterwards(partial(_tell, work.peer, told, work.now))


def _withdraw(item: Message, received: Received, work: FilingWork) -> None:
    item.state = Message.State.WITHDRAWN
    item.disposed_at = received.received_at
    work.change(item, "state", "disposed_at")
    clock: Clock | None = getattr(item, "clock", None)
    if clock is not None and clock.state != Clock.State.ENDED:
        end_clock(clock, at=received.received_at)
        work.change(clock, "state", "ended_at", "due_at", "paused_at")


def _tell(peer: str, told: list[Became], now: datetime) -> None:
    acknowledge(peer, sorted(told, key=lambda one: one.position), now=now)


@transaction.atomic
def _released(officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: CorrectionContent
    named = {UUID(one.envelope_id) for one in content.corrected}
    ours = messages_for(officer).filter(
        envelope_id__in=named, direction=Message.Direction.OUT, case__peer=message.case.peer
    )
    if ours.count() != len(named):
        # A draft's fields are its author's: what they name is looked up for who lets it leave.
        raise ActRefused(
            "It names a message that is not ours, was not sent there, or is not yours to read.",
            code="handling.not-correctable",
            next_step="Name in it the messages of its own case alone.",
        )
    _note_ours(message, content, now)


def _note_ours(message: Message, content: Any, at: datetime) -> None:
    named = [UUID(one.envelope_id) for one in content.corrected]
    items = Message.objects.filter(envelope_id__in=named, direction=Message.Direction.OUT, case__peer=message.case.peer)
    row, _ = Correction.objects.get_or_create(
        message=message, defaults={"action": content.action.value, "is_ours": True, "at": at, "applied_at": at}
    )
    for item in items:
        CorrectedMessage.objects.get_or_create(correction=row, message=item)
    if content.action in _FINAL:
        # Their word that they withdrew it is believed from now on.
        items.filter(recalled_at=None).update(recalled_at=at)
        tell_moved([item.pk for item in items])


CORRECTION_ROOM: Final = KindRoom(
    kind=CORRECTION,
    waits_on_filed=Case.Waiting.US,
    waits_on_released=Case.Waiting.THEM,
    prepare=_prepare,
    admit=_admit,
    filed=_filed,
    released=_released,
    restored=_note_ours,
)
