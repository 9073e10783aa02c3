"""Our figures beside theirs, and what a difference is made of: the entries of our own log that both sides know.

Both sides count the same things by the same signed receipts, so the figures of a quarter should be equal. Where they
are not, nothing is asked of the other side: our own log says what we counted, as it stood at the moment of their
report, and of each entry what may explain that they count it otherwise. An entry with no such explanation is the one
that both reviewers look at. A difference accuses nobody.

Entries are named by their envelopes, which both sides have; a reader sees those of the cases they may see.

Source: Directive (EU) 2023/977, article 18, as a model.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from accord.exchange.models import Clock, Message
from accord.exchange.reach import within
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.vocabulary.periods import Period
from accord.workplan.codes import Unit
from accord.workplan.models import Observation, PublishedIndicators

from .cells import Cell
from .definitions import Definition
from .exchange_sources import GONE_FAMILY
from .figures import Figure, figures_from, why_not_measured
from .report import ReportRow
from .wanted import Wanted

__all__ = [
    "ENTRIES_LISTED",
    "Entry",
    "Pair",
    "Trace",
    "is_other_question",
    "last_report",
    "last_rows",
    "pairs_of",
    "reports_of",
    "rows_by_indicator",
    "trace",
]

TRANSIT: Final = timedelta(hours=1)
"""What a message may take between two nodes in touch."""

EDGE: Final = timedelta(days=1)
"""So near to the end of a quarter an entry may be counted in the next one by the other side."""

ENTRIES_LISTED: Final = 50
"""Entries that are named: what two reviewers can go through."""

TRANSIT_IN: Final[Mapping[Unit, Decimal]] = {
    Unit.MINUTES: Decimal(60),
    Unit.HOURS: Decimal(1),
    Unit.DAYS: Decimal("0.1"),
}
"""By so much a time may differ before it is named: what a message may take."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Our figure beside theirs.

    Args:
        ours: Ours.
        theirs: Theirs, as they told it; ``None`` where they told nothing of it.
        is_other_question: Whether they measured something else under the same code, by another revision of the plan.
    """

    ours: Figure
    theirs: ReportRow | None
    is_other_question: bool = False

    @property
    def difference(self) -> Decimal | None:
        """Returns by how much theirs is more than ours; ``None`` where one of them is not told."""
        theirs = self.theirs
        if theirs is None or theirs.figure is None or self.ours.figure is None or self.is_other_question:
            return None
        return theirs.figure - self.ours.figure

    @property
    def differs(self) -> bool:
        """Returns whether the two do not say the same."""
        theirs = self.theirs
        if theirs is None or self.is_other_question:
            return False
        if self.difference is not None:
            allowed = TRANSIT_IN.get(self.ours.wanted.unit, Decimal(0))
            counts = [(self.ours.denominator, theirs.denominator)]
            if self.ours.wanted.unit in {Unit.PERCENT, Unit.COUNT}:
                counts.append((self.ours.numerator, theirs.numerator))
            return abs(self.difference) > allowed or any(
                one is not None and other is not None and one != other for one, other in counts
            )
        return theirs.standing is not self.ours.standing


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry that we count.

    Args:
        envelope_id: By which both sides know it.
        family: What it is.
        code: What tells it apart, for example a ground.
        is_ours: Whether our side made it.
        at: When both sides had it.
        is_due: Whether it counts.
        is_met: Whether it counts as it should be.
        minutes: How long it took; ``None`` where it was not done.
        case: Our reference of its case.
        case_key: Key of the case; ``None`` where it has none.
        explanations: What may explain that the other side counts it otherwise.
    """

    envelope_id: object
    family: str
    code: str
    is_ours: bool
    at: datetime
    is_due: bool
    is_met: bool
    minutes: int | None
    case: str
    case_key: object
    explanations: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What a figure of ours is made of, as it stood at one moment.

    Args:
        as_of: The moment.
        figure: Our figure at that moment.
        entries: The entries that the reader may see, those that may explain a difference first.
        counted: How many entries there are in all.
        unseen: How many of them the reader may not see.
    """

    as_of: datetime
    figure: Figure
    entries: tuple[Entry, ...]
    counted: int
    unseen: int

    @property
    def explanations(self) -> tuple[str, ...]:
        """Returns what may explain a difference, by the entries that are listed."""
        found = {name for entry in self.entries for name in entry.explanations}
        return tuple(name for name in _EXPLANATIONS if name in found)


_EXPLANATIONS: Final = ("since", "edge", "transit", "pause", "withdrawn", "underway", "refused")


def reports_of(peer: str, period: Period) -> QuerySet[PublishedIndicators]:
    """Returns what both sides told of a quarter, the newest first."""
    return PublishedIndicators.objects.filter(
        peer_id=peer, first_day=period.first_day, last_day=period.last_day
    ).select_related("published_by")


def last_report(peer: str, period: Period, *, is_ours: bool) -> PublishedIndicators | None:
    """Returns the newest report of one side on a quarter."""
    return reports_of(peer, period).filter(is_ours=is_ours).first()


def rows_by_indicator(report: PublishedIndicators | None) -> dict[str, ReportRow]:
    """Returns what a report says, by the indicator's code in the plan."""
    rows = msgspec.convert(report.rows, tuple[ReportRow, ...], strict=False) if report is not None else ()
    return {row.id: row for row in rows}


def pairs_of(figures: Sequence[Figure], report: PublishedIndicators | None) -> list[Pair]:
    """Returns our figures of a quarter beside what the other side told of it."""
    theirs = rows_by_indicator(report)
    found = []
    for figure in figures:
        row = theirs.get(figure.wanted.id)
        is_other = row is not None and is_other_question(figure.wanted, row)
        found.append(Pair(ours=figure, theirs=row, is_other_question=is_other))
    return found


def is_other_question(wanted: Wanted, row: ReportRow) -> bool:
    """Returns whether a row of a report measures something else than the indicator of the same code."""
    asked = (wanted.definition_code, wanted.unit, wanted.theme, wanted.urgency)
    return asked != (row.definition, row.unit, row.theme or "", row.urgency or "")


def last_rows(peer: str, periods: Sequence[Period]) -> dict[str, dict[str, ReportRow]]:
    """Returns what the other side's newest report of each quarter says, by the quarter's code and the indicator's."""
    first_days = [period.first_day for period in periods]
    reports = PublishedIndicators.objects.filter(peer_id=peer, is_ours=False, first_day__in=first_days)
    return {report.period.code: rows_by_indicator(report) for report in reports.order_by("as_of", "pk")}


def trace(
    officer: Officer,
    wanted: Wanted,
    *,
    peer: str,
    period: Period,
    as_of: datetime,
    together: Sequence[Wanted] = (),
) -> Trace:
    """Returns our figure of a quarter as it stood at a moment, and the entries that it is made of.

    Args:
        officer: Who looks.
        wanted: The indicator.
        peer: Code of the other party.
        period: The quarter.
        as_of: The moment, for example that of their report.
        together: The other indicators told of, so that the figure is kept back where it is there.

    Raises:
        NotPermitted: The officer may not read agreements.
    """
    require(officer, Permission.AGREEMENT_READ)
    told = (*together, *(() if wanted in together else (wanted,)))
    families = {one.definition.family for one in told if one.definition} | {
        one.definition.of_family for one in told if one.definition
    }
    rows = Observation.objects.filter(
        peer=peer, day__range=(period.first_day, period.last_day), family__in=families, at__lte=as_of
    )
    counts: dict[str, dict[tuple[str, str, str], Cell]] = defaultdict(dict)
    for family, code, theme, urgency, *timed in rows.values_list(
        "family", "code", "theme", "urgency", "at", "due_at", "done_at", "is_met", "whole", "part"
    ).iterator(chunk_size=5_000):
        counts[family].setdefault((code, theme, urgency), Cell()).add(timed, as_of)
    figure = next(one for one in figures_from(counts, told, period) if one.wanted == wanted)
    if wanted.definition is None or why_not_measured(wanted):
        return Trace(as_of=as_of, figure=figure, entries=(), counted=0, unseen=0)
    near = Observation.objects.filter(
        peer=peer,
        family__in=_families_of(wanted.definition),
        at__gte=period.since - EDGE,
        at__lt=period.until + EDGE,
    )
    if wanted.theme:
        near = near.filter(theme=wanted.theme)
    if wanted.urgency:
        near = near.filter(urgency=wanted.urgency)
    seen = near.filter(within(officer, "case__") | Q(case=None))
    entries = _entries(seen, period, as_of)
    counted, visible = near.count(), seen.count()
    return Trace(as_of=as_of, figure=figure, entries=tuple(entries), counted=counted, unseen=counted - visible)


def _families_of(definition: Definition) -> set[str]:
    found = {definition.family, definition.of_family} - {""}
    return found | {GONE_FAMILY} if "request" in found else found


def _entries(rows: QuerySet[Observation], period: Period, as_of: datetime) -> list[Entry]:
    """Returns the entries, those with an explanation first; a few hundred are looked at to find them."""
    looked_at = list(rows.select_related("case").order_by("-at", "pk")[: ENTRIES_LISTED * 20])
    subjects = [row.subject for row in looked_at]
    states = dict(Message.objects.filter(pk__in=subjects).values_list("pk", "state"))
    paused = set(Clock.objects.filter(pk__in=subjects).exclude(pause_reason="").values_list("pk", flat=True))
    found = []
    for row in looked_at:
        names = _may_explain(row, period, as_of)
        if row.subject in paused:
            names.add("pause")
        names |= _of_state(states.get(row.subject, ""))
        found.append(_entry(row, as_of, tuple(name for name in _EXPLANATIONS if name in names)))
    return sorted(found, key=lambda entry: (not entry.explanations, entry.is_met))[:ENTRIES_LISTED]


def _of_state(state: str) -> set[str]:
    if state in {Message.State.RELEASED, Message.State.DELIVERED}:
        return {"underway"}
    if state in {Message.State.WITHDRAWN, Message.State.EXPIRED}:
        return {"withdrawn"}
    return {"refused"} if state == Message.State.REFUSED else set()


def _may_explain(row: Observation, period: Period, as_of: datetime) -> set[str]:
    found = set()
    if row.at > as_of or (row.done_at is not None and row.done_at > as_of):
        found.add("since")
    if any(abs(row.at - edge) <= EDGE for edge in (period.since, period.until)):
        found.add("edge")
    moments = [moment for moment in (row.due_at, as_of) if moment is not None]
    if row.done_at is not None and any(abs(row.done_at - moment) <= TRANSIT for moment in moments):
        found.add("transit")
    return found


def _entry(row: Observation, as_of: datetime, explanations: tuple[str, ...]) -> Entry:
    is_done = row.done_at is not None and row.done_at <= as_of
    minutes = int((row.done_at - row.at).total_seconds()) // 60 if row.done_at is not None and is_done else None
    return Entry(
        envelope_id=row.envelope_id,
        family=row.family,
        code=row.code,
        is_ours=row.is_ours,
        at=row.at,
        is_due=row.family != GONE_FAMILY and (is_done or (row.due_at is not None and row.due_at < as_of)),
        is_met=row.family != GONE_FAMILY and is_done and row.is_met,
        minutes=minutes,
        case=row.case.own_ref if row.case is not None else "",
        case_key=row.case_id,
        explanations=explanations,
    )
