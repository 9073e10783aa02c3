"""Timeliness: how soon each side answers the other, by theme and urgency, as our own log and clocks show it.

Of the requests whose clock began in a period:

* *share*: of those that were answered, or whose limit passed without an answer, how many were answered within it;
* *median*: half of the answers took no longer than this, from the request's receipt, pauses included;
* *oldest*: of those still open, when the clock of the oldest began.

Withdrawn and expired requests count for neither side. A pause with a stated ground moves the limit, and so is no
lateness.

Source: Directive (EU) 2023/977, articles 5 and 18, as a model; OAG 2014 found that nobody measured this.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from accord.exchange.kinds import REQUEST
from accord.exchange.models import Clock, Message
from accord.exchange.reach import within
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["GONE", "PERIODS", "CountedRequest", "Timeliness", "clocks_of", "figures", "late_requests", "timeliness"]

PERIODS: Final = (30, 90, 365)
"""Days that can be looked at: a month, a quarter, a year."""

LATE_MAX: Final = 50
"""Late requests that are listed: what a meeting goes through."""

GONE: Final = (Message.State.WITHDRAWN, Message.State.EXPIRED)
"""States of a request that was withdrawn or came too late: it waits for no answer."""


@dataclass(frozen=True, kw_only=True)
class Timeliness:
    """Figures of one row.

    Args:
        code: The theme or urgency; empty for all of them.
        requests: How many clocks began.
        in_time: How many were answered within their limit.
        due: How many were answered, or should have been.
        median: The time in which half of the answers were given; ``None`` without answers.
        open: How many are not answered yet.
        oldest: When the clock of the oldest open one began.
    """

    code: str
    requests: int
    in_time: int
    due: int
    median: timedelta | None
    open: int
    oldest: datetime | None

    @property
    def percent(self) -> int | None:
        """Returns the share in hundredths, rounded down so that nothing late is called all in time."""
        return 100 * self.in_time // self.due if self.due else None


@dataclass(frozen=True, kw_only=True)
class CountedRequest:
    """A request as it is counted, at some moment.

    Args:
        theme: Its theme.
        urgency: Its urgency.
        started_at: When its clock began.
        ended_at: When it was answered; ``None`` where it was not.
        is_late: Whether its limit passed without an answer or a pause.
    """

    theme: str
    urgency: str
    started_at: datetime
    ended_at: datetime | None
    is_late: bool


def clocks_of(peer: str, direction: Message.Direction) -> QuerySet[Clock]:
    """Returns the clocks of the requests of one direction, without their texts."""
    clocks = Clock.objects.filter(
        message__kind=REQUEST, message__direction=direction, message__case__peer_id=peer
    ).select_related("message__case")
    return clocks.defer("message__content", "message__own_side")


def timeliness(
    reviewer: Officer, *, peer: str, direction: Message.Direction, days: int, now: datetime | None = None
) -> dict[str, list[Timeliness]]:
    """Returns the figures of one side: of all, by theme and by urgency, the commonest first.

    Args:
        reviewer: Who asks.
        peer: Code of the other party.
        direction: ``in`` for how we answer them, ``out`` for how they answer us.
        days: How many days back.
        now: The time.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    moment = now or timezone.now()
    rows = list(_rows(reviewer, peer, direction, moment - timedelta(days=days), moment))
    return {
        "all": [figures("", rows)],
        "theme": _grouped(rows, [row.theme for row in rows]),
        "urgency": _grouped(rows, [row.urgency for row in rows]),
    }


def _rows(
    reviewer: Officer, peer: str, direction: Message.Direction, since: datetime, now: datetime
) -> Iterable[CountedRequest]:
    began = clocks_of(peer, direction).filter(
        within(reviewer, "message__case__"), started_at__gte=since, started_at__lte=now
    )
    for clock in began.exclude(message__state__in=GONE).iterator(chunk_size=2_000):
        yield CountedRequest(
            theme=clock.message.case.theme,
            urgency=clock.urgency,
            started_at=clock.started_at,
            ended_at=clock.ended_at if clock.state == Clock.State.ENDED else None,
            is_late=clock.is_overdue(now),
        )


def _grouped(rows: Sequence[CountedRequest], codes: Sequence[str]) -> list[Timeliness]:
    found = [
        figures(code, [row for row, own in zip(rows, codes, strict=True) if own == code]) for code in sorted(set(codes))
    ]
    return sorted(found, key=lambda one: (-one.requests, one.code))


def figures(code: str, rows: Sequence[CountedRequest]) -> Timeliness:
    """Returns the figures of some requests, under a code."""
    taken = [row.ended_at - row.started_at for row in rows if row.ended_at is not None]
    waiting = [row.started_at for row in rows if row.ended_at is None]
    return Timeliness(
        code=code,
        requests=len(rows),
        in_time=sum(row.ended_at is not None and not row.is_late for row in rows),
        due=sum(row.ended_at is not None or row.is_late for row in rows),
        median=timedelta(seconds=statistics.median(one.total_seconds() for one in taken)) if taken else None,
        open=len(waiting),
        oldest=min(waiting, default=None),
    )


def late_requests(
    reviewer: Officer, *, peer: str, direction: Message.Direction, days: int, now: datetime | None = None
) -> list[Clock]:
    """Returns the requests behind the figures that were answered late or are overdue, the oldest first.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    moment = now or timezone.now()
    due = clocks_of(peer, direction).filter(
        within(reviewer, "message__case__"), started_at__gte=moment - timedelta(days=days), due_at__lt=moment
    )
    found: list[Clock] = []
    for clock in due.exclude(message__state__in=GONE).order_by("started_at").iterator(chunk_size=2_000):
        if clock.is_overdue(moment):
            found.append(clock)
            if len(found) == LATE_MAX:
                break
    return found
