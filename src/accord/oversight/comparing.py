"""What the other side published, beside what our own log shows of the same requests, and what may explain a difference.

Their report says how they answered us (our requests to them) and how we answered them, by their clocks. Ours are taken
as they stood at the moment of their report. Clocks of one request begin at the same signed receipt on both sides, but
an answer ends theirs when it leaves and ours when it arrives: so counts must be equal, and a median may differ by what
a message takes. A difference accuses nobody: it names the requests that both reviewers look at.

Source: Directive (EU) 2023/977, article 18, as a model.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db.models import Q

from accord.exchange.kinds.timeliness_report import TimelinessRow
from accord.exchange.models import Clock, Message
from accord.exchange.reach import within
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.oversight.counting import DIRECTIONS, rows_at
from accord.oversight.models import PublishedTimeliness
from accord.oversight.timeliness import GONE, clocks_of

__all__ = ["FIGURES", "ComparedRow", "Comparison", "Difference", "compare", "last_of_theirs", "published_reports"]

FIGURES: Final = ("requests", "in_time", "due", "open", "median_seconds")
"""Figures of a row, in the order in which they are read."""

TRANSIT: Final = timedelta(hours=1)
"""By so much a median may differ before it is named: what a message may take between two nodes in touch."""

EDGE: Final = timedelta(days=1)
"""So near to the end of a period a clock may stand in the next one on the other side."""

PERIODS_LISTED: Final = 12
"""Reports that are listed: a year of months."""

REQUESTS_LISTED: Final = 50
"""Requests of one row that are named: what two reviewers can go through."""

_Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure that differs.

    Args:
        figure: Which, of :data:`FIGURES`.
        theirs: What they published; ``None`` where they have none.
        ours: What our log shows.
    """

    figure: str
    theirs: int | None
    ours: int | None

    @property
    def by(self) -> int:
        """Returns by how much theirs is more than ours."""
        return (self.theirs or 0) - (self.ours or 0)


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """One theme and urgency, of one direction.

    Args:
        is_asked_by_us: Whether these are requests of ours.
        theme: Their theme.
        urgency: Their urgency.
        theirs: What they published; ``None`` where they have no such requests.
        ours: What our log shows; ``None`` where it has none.
        differences: The figures that differ.
        explanations: What may explain it: ``transit``, ``pause``, ``withdrawn``, ``edge``; empty for nothing.
        requests: Clocks of the requests concerned that the reader may see, where figures differ.
    """

    is_asked_by_us: bool
    theme: str
    urgency: str
    theirs: TimelinessRow | None
    ours: TimelinessRow | None
    differences: tuple[Difference, ...] = ()
    explanations: tuple[str, ...] = ()
    requests: tuple[Clock, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A report of theirs beside our log.

    Args:
        report: What they published.
        rows: Those that differ first.
    """

    report: PublishedTimeliness
    rows: tuple[ComparedRow, ...]

    @property
    def differing(self) -> int:
        """Returns how many rows differ."""
        return sum(bool(row.differences) for row in self.rows)


def published_reports(officer: Officer, *, peer: str) -> list[PublishedTimeliness]:
    """Returns what both sides published towards each other, the last report of each period and side, newest first.

    Raises:
        NotPermitted: The account may not read cases.
    """
    require(officer, Permission.CASE_READ)
    found: dict[tuple[bool, object, object], PublishedTimeliness] = {}
    for row in PublishedTimeliness.objects.filter(peer_id=peer).select_related("published_by").iterator():
        found.setdefault((row.is_ours, row.first_day, row.last_day), row)
        if len(found) == 2 * PERIODS_LISTED:
            break
    return list(found.values())


def last_of_theirs(officer: Officer) -> PublishedTimeliness | None:
    """Returns the report that came last from any other side, so that somebody looks at it; ``None`` without one.

    Raises:
        NotPermitted: The account may not read cases.
    """
    require(officer, Permission.CASE_READ)
    return PublishedTimeliness.objects.filter(is_ours=False).order_by("-at", "-id").first()


def compare(officer: Officer, report: PublishedTimeliness) -> Comparison:
    """Returns what a report says beside what our own log shows of the same requests.

    The figures are of the whole node, as those that travelled are; requests are named within the reader's reach.

    Args:
        officer: Who reads.
        report: A report, theirs or ours; one of ours is compared with what our log shows now of that moment.

    Raises:
        NotPermitted: The account may not read cases.
    """
    require(officer, Permission.CASE_READ)
    rows: list[ComparedRow] = []
    for name, direction in _sides(report):
        theirs = _by_key(msgspec.convert(getattr(report, name), list[TimelinessRow]))
        ours = _by_key(rows_at(report.peer_id, direction, report.period, report.as_of))
        differing = {key: _differences(theirs.get(key), ours.get(key)) for key in sorted({*theirs, *ours})}
        concerned = [key for key, found in differing.items() if found]
        flags, named = _concerned(officer, report, direction, concerned) if concerned else ({}, {})
        rows += [
            ComparedRow(
                is_asked_by_us=direction == Message.Direction.OUT,
                theme=key[0],
                urgency=key[1],
                theirs=theirs.get(key),
                ours=ours.get(key),
                differences=found,
                explanations=_explanations(found, flags.get(key, frozenset())),
                requests=tuple(named.get(key, ())),
            )
            for key, found in differing.items()
        ]
    return Comparison(report=report, rows=tuple(sorted(rows, key=lambda row: not row.differences)))


def _sides(report: PublishedTimeliness) -> list[tuple[str, Message.Direction]]:
    """Returns each part of a report with the direction of the same requests here."""
    if report.is_ours:
        return list(DIRECTIONS.items())
    turned = {Message.Direction.IN: Message.Direction.OUT, Message.Direction.OUT: Message.Direction.IN}
    return [(name, turned[direction]) for name, direction in DIRECTIONS.items()]


def _by_key(rows: Sequence[TimelinessRow]) -> dict[_Key, TimelinessRow]:
    return {(row.theme.value, row.urgency.value): row for row in rows}


def _differences(theirs: TimelinessRow | None, ours: TimelinessRow | None) -> tuple[Difference, ...]:
    found = []
    for figure in FIGURES:
        one, other = (getattr(row, figure) if row is not None else None for row in (theirs, ours))
        if figure == "median_seconds" and one is not None and other is not None:
            if abs(one - other) <= TRANSIT.total_seconds():
                continue
        elif (one or 0) == (other or 0) and (figure != "median_seconds" or one is other):
            continue
        found.append(Difference(figure=figure, theirs=one, ours=other))
    return tuple(found)


def _explanations(differences: tuple[Difference, ...], flags: frozenset[str]) -> tuple[str, ...]:
    if not differences:
        return ()
    return tuple(name for name in ("transit", "pause", "withdrawn", "edge") if name in flags)


def _concerned(
    officer: Officer, report: PublishedTimeliness, direction: Message.Direction, keys: Sequence[_Key]
) -> tuple[dict[_Key, frozenset[str]], dict[_Key, list[Clock]]]:
    """Returns, for each row that differs, what in our log may explain it, and the requests that the reader may see."""
    period = report.period
    clocks = clocks_of(report.peer_id, direction).filter(
        started_at__gte=period.since - EDGE,
        started_at__lt=period.until + EDGE,
        message__case__theme__in={theme for theme, _ in keys},
        urgency__in={urgency for _, urgency in keys},
    )
    flags: defaultdict[_Key, set[str]] = defaultdict(set)
    for clock in clocks.iterator(chunk_size=2_000):
        flags[clock.message.case.theme, clock.urgency] |= _may_explain(clock, report)
    named: defaultdict[_Key, list[Clock]] = defaultdict(list)
    for clock in clocks.filter(_seen_by(officer)).order_by("started_at", "pk").iterator(chunk_size=2_000):
        of_row = named[clock.message.case.theme, clock.urgency]
        if len(of_row) < REQUESTS_LISTED:
            of_row.append(clock)
    return {key: frozenset(found) for key, found in flags.items()}, dict(named)


def _seen_by(officer: Officer) -> Q:
    return within(officer, "message__case__")


def _may_explain(clock: Clock, report: PublishedTimeliness) -> set[str]:
    period = report.period
    found = set()
    if clock.message.state in GONE:
        found.add("withdrawn")
    if clock.pause_reason:
        found.add("pause")
    if any(_is_near(clock.started_at, edge, EDGE) for edge in (period.since, period.until)):
        found.add("edge")
    if clock.ended_at is not None and any(
        _is_near(clock.ended_at, moment, TRANSIT) for moment in (clock.due_at, report.as_of)
    ):
        found.add("transit")
    return found


def _is_near(one: datetime, other: datetime, within_: timedelta) -> bool:
    return abs(one - other) <= within_
