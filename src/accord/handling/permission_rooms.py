"""What a permission request and its answer do when they leave and when they arrive.

A question is filed only as a reply to the very item it names; an answer only where it repeats the question, once. An
answer for an item that was recalled meanwhile is filed as evidence and unlocks nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from accord.exchange.clocks import end_clock
from accord.exchange.kind_rooms import KindRoom, register_room
from accord.exchange.kinds import PERMISSION_ANSWER, PERMISSION_REQUEST, STRUCTS
from accord.exchange.kinds.permission_answer import PermissionAnswer
from accord.exchange.kinds.permission_request import PermissionRequest
from accord.exchange.models import Case, Clock, Message
from accord.handling.errors import PermissionActRefused
from accord.handling.models import Grant
from accord.handling.permissions import echoes, require_not_recalled
from accord.officers.models import Officer
from accord.release.received import FilingWork, Handled, Received
from accord.vocabulary.refusal import PermissionOutcome
from accord.vocabulary.urgency import Urgency

__all__ = ["CLOCK_TABLE", "register_rooms"]

CLOCK_TABLE: Final = "asked-day"
"""Name, in a clock, of the limit that the asker wrote into its question."""

LIMIT_MIN: Final = timedelta(hours=8)
"""Shortest limit: a day that is nearly over gives the originator the hours of an urgent request."""

LIMIT_MAX: Final = timedelta(days=90)
"""Longest limit: as far as one delay notice may put an answer off."""

_USABLE: Final = tuple(kind for kind in STRUCTS if kind not in {PERMISSION_REQUEST, PERMISSION_ANSWER})


def _clock(message_id: UUID, content: PermissionRequest, at: datetime) -> Clock:
    """Returns the clock of a question: to the end of the day that the asker named, within bounds."""
    wanted = datetime.combine(content.answer_by, time.max, UTC) - at
    limit = min(max(wanted, LIMIT_MIN), LIMIT_MAX)
    return Clock(
        message_id=message_id,
        table=CLOCK_TABLE,
        urgency=Urgency.NORMAL.value,
        limit_seconds=int(limit.total_seconds()),
        started_at=at,
        due_at=at + limit,
    )


def _grant(item_id: UUID, request_id: UUID, answer_id: UUID, content: PermissionAnswer, at: datetime) -> Grant:
    return Grant(
        item_id=item_id,
        request_id=request_id,
        answer_id=answer_id,
        is_ours=False,
        use=content.new_use.value,
        recipient=content.new_recipient,
        purpose=content.new_purpose.value,
        result=content.result.value,
        conditions=list(content.conditions),
        permitted_until=content.permitted_until,
        used_once=content.used_once,
        answered_at=at,
    )


# a question arrives, or leaves


def _admit_request(received: Received, about: Message | None, _work: FilingWork) -> Handled | None:
    if about is None or str(about.envelope_id) != received.content.about:
        return Handled(state="refused", code="handling.not-the-item")
    return None


def _request_filed(message: Message, received: Received, work: FilingWork) -> None:
    work.add(_clock(message.pk, received.content, received.received_at))


def _request_released(_officer: Officer, message: Message, content: PermissionRequest, now: datetime) -> None:
    item = message.in_reply_to
    if item is None or str(item.envelope_id) != content.about:
        raise PermissionActRefused("The question names another item than it is about.", code="handling.not-the-item")
    Clock.objects.get_or_create(message=message, defaults=_as_defaults(_clock(message.pk, content, now)))


def _as_defaults(clock: Clock) -> dict[str, Any]:  # Any: columns of several types
    names = ("table", "urgency", "limit_seconds", "started_at", "due_at")
    return {name: getattr(clock, name) for name in names}


def _request_restored(message: Message, content: PermissionRequest, at: datetime) -> None:
    Clock.objects.get_or_create(message=message, defaults=_as_defaults(_clock(message.pk, content, at)))


# an answer arrives, or leaves


class _Asked:
    """What a batch of answers found: the questions' clocks, what is answered already, and the items they are about."""

    def __init__(self) -> None:
        self.clocks: dict[UUID, Clock] = {}
        self.answered: set[UUID] = set()
        self.items: dict[UUID, UUID] = {}


def _prepare_answers(received: Sequence[Received], work: FilingWork) -> None:
    asked = [item.in_reply_to for item in received if item.in_reply_to is not None]
    found = _Asked()
    for clock in Clock.objects.filter(message__envelope_id__in=asked, message__direction="out"):
        found.clocks[clock.message_id] = clock
    answered = Grant.objects.filter(request__envelope_id__in=asked, is_ours=False)
    found.answered.update(answered.values_list("request_id", flat=True))
    work.memory[PERMISSION_ANSWER] = found


def _admit_answer(received: Received, about: Message | None, work: FilingWork) -> Handled | None:
    known: _Asked = work.memory[PERMISSION_ANSWER]
    if about is None or about.in_reply_to_id is None:
        return Handled(state="refused", code="exchange.unknown-message")
    if not echoes(msgspec.json.decode(bytes(about.content), type=PermissionRequest), received.content):
        return Handled(state="refused", code="handling.not-what-was-asked")
    if about.pk in known.answered:
        return Handled(state="refused", code="handling.answered")
    known.answered.add(about.pk)
    known.items[about.pk] = about.in_reply_to_id
    return None


def _answer_filed(message: Message, received: Received, work: FilingWork) -> None:
    known: _Asked = work.memory[PERMISSION_ANSWER]
    request_id = message.in_reply_to_id
    item_id = known.items.get(request_id) if request_id is not None else None
    if request_id is None or item_id is None:
        return
    work.add(_grant(item_id, request_id, message.pk, received.content, received.received_at))
    clock = known.clocks.get(request_id)
    if clock is not None:
        end_clock(clock, at=received.received_at)
        work.change(clock, "state", "ended_at", "due_at", "paused_at")


def _answer_released(_officer: Officer, message: Message, content: PermissionAnswer, now: datetime) -> None:
    request = message.in_reply_to
    if request is None or not echoes(msgspec.json.decode(bytes(request.content), type=PermissionRequest), content):
        raise PermissionActRefused("The answer says something else than was asked.", code="handling.not-what-was-asked")
    if Grant.objects.filter(request=request).exists():
        raise PermissionActRefused("This question has been answered.", code="handling.answered")
    item = (
        Message.objects.select_for_update(of=("self",)).filter(pk=request.in_reply_to_id).first()
        if request.in_reply_to_id is not None
        else None
    )
    if content.result is not PermissionOutcome.DENIED:
        require_not_recalled(item)
    _keep_ours(message, request, content, now)


def _keep_ours(message: Message, request: Message, content: PermissionAnswer, at: datetime) -> None:
    if request.in_reply_to_id is None:
        return
    grant = _grant(request.in_reply_to_id, request.pk, message.pk, content, at)
    grant.is_ours = True
    grant.save(force_insert=True)
    clock = Clock.objects.select_for_update().filter(message=request).first()
    if clock is not None:
        end_clock(clock, at=at)
        clock.save()


def _answer_restored(message: Message, content: PermissionAnswer, at: datetime) -> None:
    request = message.in_reply_to
    if request is not None and not Grant.objects.filter(request=request).exists():
        _keep_ours(message, request, content, at)


def register_rooms() -> None:
    """Makes both kinds known to the exchange."""
    register_room(
        KindRoom(
            kind=PERMISSION_REQUEST,
            answers=_USABLE,
            waits_on_filed=Case.Waiting.US,
            waits_on_released=Case.Waiting.THEM,
            admit=_admit_request,
            filed=_request_filed,
            released=_request_released,
            restored=_request_restored,
        )
    )
    register_room(
        KindRoom(
            kind=PERMISSION_ANSWER,
            answers=(PERMISSION_REQUEST,),
            waits_on_filed=Case.Waiting.US,
            waits_on_released=Case.Waiting.NOBODY,
            prepare=_prepare_answers,
            admit=_admit_answer,
            filed=_answer_filed,
            released=_answer_released,
            restored=_answer_restored,
        )
    )
