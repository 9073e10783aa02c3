"""Sources over the exchange and what governs it: requests and clocks, answers, refusals, corrections, objections.

Every moment that decides in which period a thing is counted is the signed receipt, which both sides have: what left
and was not received is counted by neither. Content is read for the grounds of refusals alone, and only their codes are
kept.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.db.models import Min, Q
from django.db.models.functions import Coalesce

from accord.exchange.kinds import ANSWER, CORRECTION, OBJECTION, REQUEST
from accord.exchange.models import Clock, Message
from accord.handling.models import Correction, ObjectionMade
from accord.release.registry import is_known
from accord.vocabulary.objections import ObjectionOutcome

from .definitions import Definition, definitions
from .sources import Kept, Observed, Source
from .stored import among, rows_read

__all__ = ["EXCHANGE_SOURCES", "GONE", "GONE_FAMILY", "reply_source", "reply_sources"]

GONE: Final = (Message.State.WITHDRAWN, Message.State.EXPIRED)
"""States of a message that was withdrawn or came too late: nobody owes anything for it."""


class _Ground(msgspec.Struct):
    ground: str


class _Refusals(msgspec.Struct):
    refusals: tuple[_Ground, ...] = ()


_REFUSALS: Final = msgspec.json.Decoder(_Refusals)

# When both sides had a message: ours when its receipt was signed, theirs when it came.
_RECEIVED: Final = Coalesce("receipt_stated_at", "received_at")

GONE_FAMILY: Final = "gone"
"""Requests that are counted in no figure, and may explain why the other side's figure has one more."""


def _is_ours(direction: str) -> bool:
    return direction == Message.Direction.OUT


def _overdue_from(clock: tuple[str, datetime, datetime | None, object]) -> datetime | None:
    """Returns from when on an open clock is overdue; ``None`` while it stands still without a day named.

    As :meth:`accord.exchange.models.Clock.is_overdue` has it: a pause counts until the end of its day.
    """
    state, due_at, paused_at, expected_on = clock
    if state != Clock.State.PAUSED or paused_at is None or paused_at > due_at:
        return due_at
    if expected_on is None:
        return None
    day_over = datetime.combine(expected_on, time(), tzinfo=due_at.tzinfo) + timedelta(days=1)  # type: ignore[arg-type] # a date field
    return max(due_at, day_over)


def _requests(cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
    rows = Clock.objects.filter(message__case__in=among(cases), message__kind=REQUEST)
    for (
        key, peer, case, envelope, direction, theme, urgency, started, due, state, paused, expected, ended, of_message,
    ) in rows_read(
        rows.values_list(
            "pk", "message__case__peer", "message__case", "message__envelope_id", "message__direction",
            "message__case__theme", "urgency", "started_at", "due_at", "state", "paused_at", "expected_on", "ended_at",
            "message__state",
        ),
        keys=(0, 2, 3),
        moments=(7, 8, 10, 12),
    ):  # fmt: skip
        done = ended if state == Clock.State.ENDED else None
        yield Observed(
            peer=peer,
            case=case,
            subject=key,
            envelope_id=envelope,
            family=GONE_FAMILY if of_message in GONE else "request",
            is_ours=_is_ours(direction),
            theme=theme,
            urgency=urgency,
            at=started,
            due_at=due if done is not None else _overdue_from((state, due, paused, expected)),
            done_at=done,
            is_met=done is not None and done <= due,
        )


def _answers(cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
    rows = Message.objects.filter(case__in=among(cases), kind=ANSWER).exclude(state__in=GONE).annotate(had_at=_RECEIVED)
    urgencies = "in_reply_to__clock__urgency"
    chosen = rows.exclude(had_at=None).values_list(
        "pk", "case__peer", "case", "envelope_id", "direction", "case__theme", urgencies, "had_at", "content"
    )
    for key, peer, case, envelope, direction, theme, urgency, had_at, content in rows_read(
        chosen, keys=(0, 2, 3), moments=(7,)
    ):
        answer = Observed(
            peer=peer,
            case=case,
            subject=key,
            envelope_id=envelope,
            family="answer",
            is_ours=_is_ours(direction),
            theme=theme,
            urgency=urgency or "",
            at=had_at,
            done_at=had_at,
            is_met=True,
        )
        yield answer
        try:
            grounds = {one.ground for one in _REFUSALS.decode(bytes(content)).refusals}
        except msgspec.MsgspecError:
            # Content that was erased names nothing any more; what it named was counted before.
            yield Kept(subject=key)
            continue
        for ground in sorted(grounds):
            yield msgspec.structs.replace(answer, family="refusal", code=ground)


def _corrections(cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
    rows = Correction.objects.filter(message__case__in=among(cases)).exclude(message__state__in=GONE)
    told = Coalesce("report__receipt_stated_at", "report__received_at")
    had = Coalesce("message__receipt_stated_at", "message__received_at")
    for key, peer, case, envelope, is_ours, theme, had_at, told_at in (
        rows.annotate(had_at=had, told_at=told)
        .exclude(had_at=None)
        .values_list(
            "pk", "message__case__peer", "message__case", "message__envelope_id", "is_ours", "message__case__theme",
            "had_at", "told_at",
        )
    ):  # fmt: skip
        yield Observed(
            peer=peer,
            case=case,
            subject=key,
            envelope_id=envelope,
            family="correction",
            is_ours=is_ours,
            theme=theme,
            at=had_at,
            due_at=had_at,
            done_at=told_at,
            is_met=told_at is not None,
        )


def _objections(cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
    rows = ObjectionMade.objects.filter(message__case__in=among(cases)).exclude(message__state__in=GONE)
    had = Coalesce("message__receipt_stated_at", "message__received_at")
    for key, peer, case, envelope, is_ours, theme, had_at, answered_at, outcome in (
        rows.annotate(had_at=had)
        .exclude(had_at=None)
        .values_list(
            "pk", "message__case__peer", "message__case", "message__envelope_id", "is_ours", "message__case__theme",
            "had_at", "answered_at", "outcome",
        )
    ):  # fmt: skip
        yield Observed(
            peer=peer,
            case=case,
            subject=key,
            envelope_id=envelope,
            family="objection",
            is_ours=is_ours,
            theme=theme,
            at=had_at,
            due_at=had_at,
            done_at=answered_at,
            is_met=outcome == ObjectionOutcome.REMEDIED,
        )


EXCHANGE_SOURCES: Final = (
    Source(
        name="requests", families=frozenset({"request", GONE_FAMILY}), kinds=frozenset({REQUEST}), of_cases=_requests
    ),
    Source(name="answers", families=frozenset({"answer", "refusal"}), kinds=frozenset({ANSWER}), of_cases=_answers),
    Source(
        name="corrections", families=frozenset({"correction"}), kinds=frozenset({CORRECTION}), of_cases=_corrections
    ),
    Source(name="objections", families=frozenset({"objection"}), kinds=frozenset({OBJECTION}), of_cases=_objections),
)
"""What is read of kinds that every node knows."""


def reply_source(*, family: str, asked: str, reply: str, within: timedelta) -> Source:
    """Returns a source of messages of one kind that one of another kind must answer within a fixed time of receipt.

    Silence is no reply: from the end of the time on, a message without one counts as not answered.

    Args:
        family: Family of what it observes.
        asked: Kind that is answered.
        reply: Kind that answers.
        within: How long it may take.
    """

    def of_cases(cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
        # A kind that this node does not know was never filed here.
        if not (is_known(asked) and is_known(reply)):
            return
        answered = Min(
            Coalesce("replies__receipt_stated_at", "replies__received_at"),
            filter=Q(replies__kind=reply) & ~Q(replies__state__in=GONE),
        )
        rows = Message.objects.filter(case__in=among(cases), kind=asked).exclude(state__in=GONE)
        for key, peer, case, envelope, direction, theme, had_at, done_at in (
            rows.annotate(had_at=_RECEIVED, done_at=answered)
            .exclude(had_at=None)
            .values_list("pk", "case__peer", "case", "envelope_id", "direction", "case__theme", "had_at", "done_at")
        ):
            yield Observed(
                peer=peer,
                case=case,
                subject=key,
                envelope_id=envelope,
                family=family,
                is_ours=_is_ours(direction),
                theme=theme,
                at=had_at,
                due_at=had_at + within,
                done_at=done_at,
                is_met=done_at is not None and done_at < had_at + within,
            )

    return Source(name=f"replies to {asked}", families=frozenset({family}), kinds=frozenset({asked}), of_cases=of_cases)


def reply_sources() -> tuple[Source, ...]:
    """Returns the sources of definitions that ask no more than whether a reply came within some hours."""
    return tuple(_of(definition) for definition in definitions() if definition.within_hours is not None)


def _of(definition: Definition) -> Source:
    asked, reply = definition.kinds
    return reply_source(
        family=definition.family, asked=asked, reply=reply, within=timedelta(hours=definition.within_hours or 0)
    )
