"""Calls by the roster: an urgent request that nobody takes goes to who is on duty, then to the deputies, then the head.

What stops it is that somebody takes the request, not that somebody has read of it. Where nobody is on duty nobody is
waited for: the next rung is called at once. Behind the head stand those who release and administer, as for every urgent
item. Each step is an act in the case's timeline, and is taken once. While our side keeps no roster nothing is called
here: unread notices go to all duty officers (:mod:`accord.node.notices.escalating`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.exchange.models import Case, Clock, Message
from accord.liaison.models import CallEntry, DutyPost
from accord.liaison.roster.reading import has_roster, on_watch
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.vocabulary.urgency import Urgency

from .deriving import posted_officers
from .escalating import may_hear
from .kinds import Kind
from .models import Escalation, Notice

__all__ = ["call_by_roster"]

REQUESTS_A_TURN: Final = 100
"""Requests that one turn looks at, the first due first; the next turn sees the others."""

LAST_MINUTES: Final = 15
"""Minutes until the next call where no post says its own, and those that whoever stands behind the head has."""

VERBS: Final = {
    CallEntry.Rank.DUTY: "call duty",
    CallEntry.Rank.DEPUTY: "call deputy",
    CallEntry.Rank.HEAD: "call head",
}
BEHIND_THE_HEAD: Final = frozenset({Role.RELEASING, Role.ADMINISTRATOR})


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of the call list.

    Args:
        verb: The act that notes it.
        officers: Who is told.
        minutes: So long the next step waits where somebody was told.
    """

    verb: str
    officers: tuple[Officer, ...]
    minutes: int


def call_by_roster(*, now: datetime | None = None) -> int:
    """Takes every step that is due; returns how many were taken. Without a roster it asks one short question."""
    if not has_roster():
        return 0
    moment = now or timezone.now()
    requests = list(_untaken(moment))
    if not requests:
        return 0
    first_minutes, rungs = _rungs(moment)
    return sum(_call(message, first_minutes, rungs, moment) for message in requests)


def _untaken(now: datetime) -> Iterator[Message]:
    """Yields the urgent requests that came in, run on their clock, and are nobody's."""
    clocks = Clock.objects.filter(
        state=Clock.State.RUNNING,
        urgency__in=(Urgency.URGENT.value, Urgency.THREAT_TO_LIFE.value),
        started_at__lte=now,
        message__direction=Message.Direction.IN,
        message__kind="request",
        message__case__holder=None,
        message__case__state=Case.State.OPEN,
    )
    rows = clocks.select_related("message__case").defer("message__content", "message__own_side")
    for clock in rows.order_by("due_at")[:REQUESTS_A_TURN]:
        yield clock.message


def _rungs(now: datetime) -> tuple[int, list[Rung]]:
    """Returns how long a request waits before the first call, and the steps now."""
    watch = on_watch(now=now)
    posts = list(DutyPost.objects.filter(closed_at=None, party__is_self=True))
    here = [post for post in posts if on_watch(now=now, post=post)] or posts
    entries = list(CallEntry.objects.filter(post__in=here, removed_at=None).select_related("officer"))
    first = min((post.minutes for post in here), default=LAST_MINUTES)
    waits = [one.minutes for one in entries if one.rank == CallEntry.Rank.DUTY and one.officer in watch]
    rungs = [Rung(verb=VERBS[CallEntry.Rank.DUTY], officers=tuple(watch), minutes=min(waits, default=first))]
    for rank in (CallEntry.Rank.DEPUTY, CallEntry.Rank.HEAD):
        for entry in sorted((one for one in entries if one.rank == rank), key=lambda one: (one.position, one.pk)):
            told = (entry.officer,) if entry.officer is not None and entry.officer.is_posted(now) else ()
            rungs.append(Rung(verb=VERBS[rank], officers=told, minutes=entry.minutes))
    others = tuple(one for one in posted_officers() if BEHIND_THE_HEAD.intersection(one.roles))
    rungs.append(Rung(verb="call releasing", officers=others, minutes=LAST_MINUTES))
    return (first if watch else 0), rungs


def _call(message: Message, first_minutes: int, rungs: list[Rung], now: datetime) -> int:
    """Takes the steps of one request that are due; a step that reaches nobody is not waited for."""
    taken = list(Escalation.objects.filter(kind=Kind.CALLED, key=str(message.pk)).order_by("step"))
    count = 0
    since, minutes = message.received_at or message.created_at, first_minutes
    if taken:
        place = min(len(taken), len(rungs)) - 1
        since, minutes = taken[-1].at, rungs[place].minutes if taken[-1].told else 0
    for step in range(len(taken), len(rungs)):
        if now < since + timedelta(minutes=minutes):
            break
        told = _take_step(message, step, rungs[step], now)
        count += 1
        since, minutes = now, rungs[step].minutes if told else 0
    return count


def _take_step(message: Message, step: int, rung: Rung, now: datetime) -> int:
    key = str(message.pk)
    probe = Notice(kind=Kind.REQUEST, key=key, case=message.case)
    officers = [one for one in rung.officers if may_hear(one, probe)]
    with transaction.atomic():
        Escalation.objects.create(kind=Kind.CALLED, key=key, step=step, at=now, told=len(officers))
        Notice.objects.bulk_create(
            [
                Notice(
                    officer=officer,
                    kind=Kind.CALLED,
                    key=f"{step}-{key}",
                    at=now,
                    made_at=now,
                    is_urgent=True,
                    case_id=message.case_id,
                    message_id=message.pk,
                )
                for officer in officers
            ],
            ignore_conflicts=True,
        )
        note(None, rung.verb, message.case, at=now, detail={"effect": Kind.CALLED.value, "told": len(officers)})
    return len(officers)
