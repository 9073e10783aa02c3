"""Where a notice stands. Silence is a state of its own, and never means that nobody objects.

A notice waits for a word; it was replied to; nobody replied while the exporting side waited; or an outcome settled it.
One that its side took back, or that never reached the other, does not stand, whatever was said about it.
Only a reply that says so means that there is no objection (:func:`has_no_objection`); it is read from the reply alone,
and no state, clock or outcome is asked.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Q

from accord.exchange.withdrawn import UNSAID, stands
from accord.workstreams.drugs.kinds.pre_export_reply import ReplyResult
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Notice

__all__ = [
    "RECALLED",
    "SETTLED_BY",
    "NoticeState",
    "ended_as",
    "has_no_objection",
    "in_state",
    "is_awaited",
    "state_of",
]

SETTLED_BY: Final = frozenset({Became.NOT_SENT, Became.ARRIVED, Became.RELEASED, Became.SEIZED, Became.RETURNED})
"""Outcomes after which nothing more is expected of a consignment; what departed or was stopped is still under way."""

RECALLED: Final = "recalled"
"""What became of a notice of ours that we recalled, whatever the other side has said of that."""


class NoticeState(StrEnum):
    """Where a notice stands."""

    AWAITING = "awaiting"
    SILENT = "silent"
    REPLIED = "replied"
    SETTLED = "settled"
    ENDED = "ended"


def ended_as(notice: Notice) -> str:
    """Returns what became of a notice that does not stand; nothing where it stands.

    Args:
        notice: The notice, with its message.

    Returns:
        ``withdrawn``, ``refused``, ``expired``, ``blocked`` or ``recalled``.
    """
    if notice.message.state in UNSAID:
        return notice.message.state
    return RECALLED if notice.message.recalled_at is not None else ""


def state_of(notice: Notice, now: datetime) -> NoticeState:
    """Returns where a notice stands at a time.

    Args:
        notice: The notice, with its message.
        now: The time.
    """
    if ended_as(notice):
        return NoticeState.ENDED
    if notice.became in SETTLED_BY:
        return NoticeState.SETTLED
    if notice.reply_result:
        return NoticeState.REPLIED
    if notice.waits_until is not None and notice.waits_until <= now:
        return NoticeState.SILENT
    return NoticeState.AWAITING


def in_state(state: NoticeState, now: datetime) -> Q:
    """Returns the condition that holds of the notices in a state at a time, for a list that need not read them all."""
    said = stands("message__")
    settled = Q(became__in=[one.value for one in SETTLED_BY])
    replied = ~Q(reply_result="")
    silent = Q(waits_until__isnull=False, waits_until__lte=now)
    return {
        NoticeState.SETTLED: said & settled,
        NoticeState.REPLIED: said & ~settled & replied,
        NoticeState.SILENT: said & ~settled & ~replied & silent,
        NoticeState.AWAITING: said & ~settled & ~replied & ~silent,
        NoticeState.ENDED: ~said,
    }[state]


def is_awaited(notice: Notice) -> bool:
    """Returns whether a reply to a notice is waited for still, or was in vain: none came, and no outcome settled it."""
    is_open = not notice.reply_result and notice.became not in SETTLED_BY
    return is_open and not ended_as(notice)


def has_no_objection(notice: Notice) -> bool:
    """Returns whether the other authority said that it does not object; its silence never says so."""
    return notice.reply_result == ReplyResult.NO_OBJECTION
