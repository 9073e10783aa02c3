"""Objections: the originator objects to a use of what it gave, on a ladder from agency to ministry to minister.

An objection names one message of ours, the caveat that was breached, what was seen, the harm, and what is demanded by
which day. It is drafted, approved and let leave like any message. The other side answers it on a clock; where it does
not, or contests it, the objection is raised one level. What is objected to may suspend the lane at once
(:mod:`accord.handling.lanes`).

Source: rule BI-09; Arar Commission (2006), recommendation 12.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.exchange.clocks import end_clock
from accord.exchange.drafting import draft_of_kind, draft_reply, own_side_of
from accord.exchange.drafts import FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.kind_rooms import KindRoom
from accord.exchange.kinds import OBJECTION, OBJECTION_ANSWER
from accord.exchange.kinds.objection import Objection, ObjectionAnswer
from accord.exchange.models import Case, Clock, Message
from accord.handling.errors import ObjectionBegun
from accord.handling.models import ObjectionMade
from accord.handling.procedural import known_of_handling, law_of_last, least_marking, own_of_handling
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.received import FilingWork, Handled, Received
from accord.vocabulary.handling import Classification
from accord.vocabulary.objections import LEVELS, ObjectionLevel, ObjectionOutcome
from accord.vocabulary.periods import midnight_after

__all__ = [
    "ANSWER_ROOM",
    "CLOCK_TABLE",
    "OBJECTION_ROOM",
    "answer_objection",
    "begin_objection",
    "escalate",
    "may_escalate",
]

CLOCK_TABLE: Final = "objection"
"""Table of the clock of an objection: its limit is the day that the objection itself names."""

REPLY_DAYS: Final = {ObjectionLevel.AGENCY: 14, ObjectionLevel.MINISTRY: 21, ObjectionLevel.MINISTER: 30}
"""Days that a draft gives for a reply, by level; the officer may change them. No text of the parties sets them."""

_MARKS: Final = ("handling", "handling_note")
"""What an answer takes over from the objection, beside whom it addresses and on which subject."""

REPLY_DAYS_MAX: Final = 366
"""Days after its receipt on which an objection's reply may be due at the latest; what is later is refused."""

_GIVEN: Final = (Message.State.DELIVERED, Message.State.FILED, Message.State.ACTED, Message.State.WITHDRAWN)
_OPEN: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)
_TAKEN_OVER: Final = (
    "recipient",
    "sender",
    "theme",
    "purpose",
    "classification",
    "handling",
    "handling_note",
    "language",
)


def _standing(item: Message) -> dict[str, object]:
    fields = item.fields
    return {name: fields[name] for name in _TAKEN_OVER if fields.get(name)}


@transaction.atomic
def begin_objection(
    officer: Officer,
    item: Message,
    *,
    fields: Mapping[str, object] | None = None,
    is_another: bool = False,
    now: datetime | None = None,
) -> Message:
    """Drafts an objection to a use of a message of ours; the open one where it says all that is said here.

    Args:
        officer: The drafter.
        item: Our message, which the other side holds.
        fields: What the officer says of it so far.
        is_another: Whether a further objection is wanted although one is open.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no message of ours that they hold, or the case is closed.
        ObjectionBegun: One is open that says something else; nothing was begun.
        FieldRefused: A field given is refused, or the message has no such caveat.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    moment = now or timezone.now()
    said = dict(fields or {})
    if not item.is_ours or item.state not in _GIVEN or item.envelope_id is None:
        raise ActRefused(
            "An objection is made to the use of a message of ours that the other side holds.",
            code="handling.not-given",
            next_step="Choose a message of ours that was delivered.",
        )
    _require_caveat(item, said.get("caveat_number"))
    item.case = _opened(officer, item.case_id, moment)
    begun = None if is_another else _open_draft(item.case, str(item.envelope_id))
    if begun is not None:
        if all(begun.fields.get(name) == value for name, value in said.items()):
            return begun
        raise ObjectionBegun(begun)
    return _draft(officer, item, ObjectionLevel.AGENCY, said, now=moment)


def _require_caveat(item: Message, number: object) -> None:
    caveats = item.fields.get("caveats")
    count = len(caveats) if isinstance(caveats, list) else 0
    if isinstance(number, int) and number > count:
        raise FieldRefused(
            f"The message has no caveat {number}; it has {count}.",
            next_step="Give the number of a caveat of the message, or say that it is its purpose or its handling code.",
            fields={"field": "caveat_number"},
        )


def _opened(officer: Officer, key: UUID, at: datetime) -> Case:
    """Returns the case, opened again where it was closed: what was given may be misused long after."""
    case = Case.objects.select_for_update(of=("self",)).select_related("peer", "holder").get(pk=key)
    if case.state == Case.State.CLOSED:
        case.state, case.closed_at, case.waiting_on, case.changed_at = Case.State.OPEN, None, Case.Waiting.US, at
        case.save(update_fields=["state", "closed_at", "waiting_on", "changed_at"])
        note(officer, "reopen case", case, at=at)
    return case


def _open_draft(case: Case, envelope_id: str) -> Message | None:
    drafts = case.messages.filter(kind=OBJECTION, direction=Message.Direction.OUT, state__in=_OPEN)
    return next((draft for draft in drafts if draft.fields.get("item") == envelope_id), None)


def _draft(
    officer: Officer, item: Message, level: ObjectionLevel, fields: dict[str, object], *, now: datetime
) -> Message:
    due = now.date() + timedelta(days=REPLY_DAYS[level])
    content = item.fields
    known = {
        **known_of_handling(officer, content, reference=item.reference, theirs=content.get("recipient"), on=now.date()),
        **_standing(item),
        "item": str(item.envelope_id),
        "level": level.value,
        "reply_due_on": due.isoformat(),
        **fields,
    }
    own = own_of_handling(content, authorising_law=own_side_of(item).authorising_law)
    return draft_of_kind(officer, item.case, OBJECTION, known, own=own, now=now)


def may_escalate(made: ObjectionMade, *, on: date) -> bool:
    """Returns whether an objection of ours can be raised: its answer is late or no remedy, and a level is above it."""
    is_settled = made.outcome == ObjectionOutcome.REMEDIED or (made.answered_at is None and on <= made.reply_due_on)
    return made.is_ours and made.level != LEVELS[-1] and not is_settled and not made.escalated_by.exists()


@transaction.atomic
def escalate(officer: Officer, made: ObjectionMade, *, now: datetime | None = None) -> Message:
    """Drafts the objection one level up, with what was said below.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: It is the other side's, is answered to our satisfaction, is not late yet, or stands at the top.
    """
    moment = now or timezone.now()
    if not may_escalate(made, on=moment.date()):
        raise ActRefused(
            "This objection is not raised now.",
            code="handling.not-escalated",
            next_step="Wait for its day, or for an answer that contests it; above the minister there is no level.",
        )
    begun = _open_draft(made.item.case, str(made.item.envelope_id))
    if begun is not None:
        return begun
    above = LEVELS[LEVELS.index(ObjectionLevel(made.level)) + 1]
    made.item.case = _opened(officer, made.item.case_id, moment)
    below = made.message.fields
    said = {
        name: below[name]
        for name in ("observed_use", "harm", "demand", "caveat_number", "evaluation", "accuracy", "caveats")
        if below.get(name) is not None
    }
    return _draft(officer, made.item, above, {**said, "escalates": str(made.message.envelope_id)}, now=moment)


def answer_objection(
    officer: Officer, objection: Message, fields: Mapping[str, object] | None = None, *, now: datetime | None = None
) -> Message:
    """Drafts the answer to an objection of the other side.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no objection of the other side.
        FieldRefused: A field given is refused.
    """
    if objection.kind != OBJECTION:
        raise ActRefused("Only an objection is answered so.", code="handling.not-an-objection")
    asked: dict[str, Any] = objection.fields  # Any: JSON of many shapes
    made = ObjectionMade.objects.select_related("item").filter(pk=objection.pk).first()
    about = (asked, made.item.fields) if made is not None else (asked,)
    reference = made.item.reference if made is not None else objection.reference
    today = (now or timezone.now()).date()
    known = {
        **known_of_handling(officer, *about, reference=reference, theirs=asked["sender"], on=today),
        **{name: asked[name] for name in ("theme", "purpose", *_MARKS) if asked.get(name)},
        "recipient": asked["sender"],
        "classification": least_marking(Classification(asked["classification"]["equivalent"])),
        **(fields or {}),
    }
    law = law_of_last(objection.case, asked["recipient"].get("agency"))
    own = own_of_handling(*about, authorising_law=law)
    return draft_reply(officer, objection, OBJECTION_ANSWER, known, own=own, now=now)


def _clock(message: Message, due_on: date, started_at: datetime) -> Clock:
    due_at = midnight_after(due_on)
    return Clock(
        message_id=message.pk,
        table=CLOCK_TABLE,
        urgency="normal",
        limit_seconds=max(0, int((due_at - started_at).total_seconds())),
        started_at=started_at,
        due_at=due_at,
    )


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    contents: list[Objection] = [item.content for item in received]
    items = Message.objects.filter(
        envelope_id__in=[UUID(one.item) for one in contents], case__peer_id=work.peer, direction=Message.Direction.IN
    )
    below = ObjectionMade.objects.filter(
        message__envelope_id__in=[UUID(one.escalates) for one in contents if one.escalates],
        is_ours=False,
        item__case__peer_id=work.peer,
    )
    work.memory[OBJECTION] = (
        {str(item.envelope_id): item for item in items},
        {str(one.message.envelope_id): one for one in below.select_related("message", "item")},
    )


def _admit(received: Received, _about: Message | None, work: FilingWork) -> Handled | None:
    content: Objection = received.content
    items, below = work.memory[OBJECTION]
    if content.item not in items:
        return Handled(state="refused", code="handling.unknown-item")
    if content.escalates is not None:
        lower = below.get(content.escalates)
        if lower is None or str(lower.item.envelope_id) != content.item or lower.level == content.level:
            return Handled(state="refused", code="handling.unknown-objection")
    latest = received.received_at.date() + timedelta(days=REPLY_DAYS_MAX)
    if not received.sent_at.date() <= content.reply_due_on <= latest:
        return Handled(state="refused", code="handling.reply-day")
    return None


def _filed(message: Message, received: Received, work: FilingWork) -> None:
    content: Objection = received.content
    items, below = work.memory[OBJECTION]
    lower = below.get(content.escalates or "")
    work.add(
        ObjectionMade(
            message=message,
            item=items[content.item],
            is_ours=False,
            level=content.level.value,
            reply_due_on=content.reply_due_on,
            made_at=received.received_at,
            escalates=lower,
        )
    )
    work.add(_clock(message, content.reply_due_on, received.received_at))


def _made_row(message: Message, content: Objection, at: datetime) -> ObjectionMade:
    item = message.case.messages.filter(envelope_id=content.item, direction=Message.Direction.OUT).first()
    if item is None:
        # A draft's fields are its author's: what they name is looked up again.
        raise ActRefused(
            "An objection is made to a message of ours in its own case.",
            code="handling.not-given",
            next_step="Begin the objection from the message that was misused.",
        )
    below = ObjectionMade.objects.filter(message__envelope_id=content.escalates, item=item, is_ours=True).first()
    return ObjectionMade(
        message=message,
        item=item,
        is_ours=True,
        level=content.level.value,
        reply_due_on=content.reply_due_on,
        made_at=at,
        escalates=below if content.escalates else None,
    )


def _released(_officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: an Objection
    _made_row(message, content, now).save(force_insert=True)
    _clock(message, content.reply_due_on, now).save(force_insert=True)


def _restored(message: Message, content: Any, at: datetime) -> None:  # Any: an Objection
    if not ObjectionMade.objects.filter(pk=message.pk).exists():
        _made_row(message, content, at).save(force_insert=True)
        _clock(message, content.reply_due_on, at).save(force_insert=True)


OBJECTION_ROOM: Final = KindRoom(
    kind=OBJECTION,
    prepare=_prepare,
    admit=_admit,
    filed=_filed,
    released=_released,
    restored=_restored,
)
"""The objection's room."""


def _prepare_answers(received: Sequence[Received], work: FilingWork) -> None:
    asked = [item.in_reply_to for item in received if item.in_reply_to is not None]
    made = ObjectionMade.objects.filter(message__envelope_id__in=asked, is_ours=True)
    clocks = Clock.objects.filter(message__envelope_id__in=asked, table=CLOCK_TABLE)
    work.memory[OBJECTION_ANSWER] = (
        {one.pk: one for one in made},
        {clock.message_id: clock for clock in clocks},
    )


def _settle(made: ObjectionMade, clock: Clock | None, answer: Message, content: ObjectionAnswer, at: datetime) -> None:
    made.answer = answer
    made.outcome = content.objection_outcome.value
    made.answered_at = made.answered_at or at  # the first is what its day asked for; the last is where it stands
    if clock is not None:
        end_clock(clock, at=at)


def _answer_filed(message: Message, received: Received, work: FilingWork) -> None:
    made, clocks = work.memory[OBJECTION_ANSWER]
    row = made.get(message.in_reply_to_id)
    if row is None:
        return
    clock = clocks.get(row.pk)
    _settle(row, clock, message, received.content, received.received_at)
    work.change(row, "answer", "outcome", "answered_at")
    if clock is not None:
        work.change(clock, "state", "ended_at", "due_at", "paused_at")


def _answer_released(_officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: ObjectionAnswer
    made = ObjectionMade.objects.select_for_update(of=("self",)).filter(pk=message.in_reply_to_id).first()
    if made is None:
        return
    clock = Clock.objects.select_for_update().filter(pk=made.pk).first()
    _settle(made, clock, message, content, now)
    made.save(update_fields=["answer", "outcome", "answered_at"])
    if clock is not None:
        clock.save()


def _answer_restored(message: Message, content: Any, at: datetime) -> None:  # Any: an ObjectionAnswer
    made = ObjectionMade.objects.filter(pk=message.in_reply_to_id).first()
    if made is not None:
        clock = Clock.objects.filter(pk=made.pk).first()
        _settle(made, clock, message, content, at)
        made.save(update_fields=["answer", "outcome", "answered_at"])
        if clock is not None:
            clock.save()


ANSWER_ROOM: Final = KindRoom(
    kind=OBJECTION_ANSWER,
    answers=(OBJECTION,),
    waits_on_released=Case.Waiting.NOBODY,
    prepare=_prepare_answers,
    filed=_answer_filed,
    released=_answer_released,
    restored=_answer_restored,
)
"""The room of the answer to an objection."""
