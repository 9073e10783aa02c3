"""What our own log and clocks show of a period, as it stood at one moment: what is published, and what is compared.

The figures are those of the whole node, whoever looks: they travel to the other side, which asked or was asked each of
these requests, and name none of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from accord.exchange.kinds.timeliness_report import TimelinessRow
from accord.exchange.models import Clock, Message
from accord.oversight.timeliness import GONE, CountedRequest, clocks_of, figures
from accord.vocabulary.periods import Period
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency

__all__ = ["DIRECTIONS", "rows_at"]

DIRECTIONS: Final = {"received": Message.Direction.IN, "sent": Message.Direction.OUT}
"""The two sides of a report, as its sender sees them."""


def rows_at(peer: str, direction: Message.Direction, period: Period, at: datetime) -> list[TimelinessRow]:
    """Returns the figures of a period by theme and urgency, as they stood at a moment.

    Args:
        peer: Code of the other party.
        direction: ``in`` for what they asked us, ``out`` for what we asked them.
        period: The period in which the clocks began.
        at: The moment.
    """
    found: defaultdict[tuple[str, str], list[CountedRequest]] = defaultdict(list)
    began = clocks_of(peer, direction).filter(started_at__gte=period.since, started_at__lt=period.until)
    for one in _counted(began.iterator(chunk_size=2_000), at):
        found[one.theme, one.urgency].append(one)
    return [_row(theme, urgency, rows) for (theme, urgency), rows in sorted(found.items())]


def _counted(clocks: Iterable[Clock], at: datetime) -> Iterator[CountedRequest]:
    for clock in clocks:
        message = clock.message
        if message.state in GONE and (message.disposed_at is None or message.disposed_at <= at):
            continue
        ended_at = clock.ended_at if clock.state == Clock.State.ENDED else None
        is_answered = ended_at is not None and ended_at <= at and message.state not in GONE
        # What was answered since was open then; its limit is the one that it has now, pauses included.
        is_late = at > clock.due_at if ended_at is not None and not is_answered else clock.is_overdue(at)
        yield CountedRequest(
            theme=message.case.theme,
            urgency=clock.urgency,
            started_at=clock.started_at,
            ended_at=ended_at if is_answered else None,
            is_late=is_late,
        )


def _row(theme: str, urgency: str, rows: list[CountedRequest]) -> TimelinessRow:
    told = figures("", rows)
    return TimelinessRow(
        theme=Theme(theme),
        urgency=Urgency(urgency),
        requests=told.requests,
        in_time=told.in_time,
        due=told.due,
        open=told.open,
        median_seconds=max(0, int(told.median.total_seconds())) if told.median is not None else None,
    )
