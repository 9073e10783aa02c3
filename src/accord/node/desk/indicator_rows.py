"""The rows of the indicator page: each indicator of the signed plan with both sides' figures, and its trend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from accord.node.desk.charts import GROUND, HEIGHT, WIDTH
from accord.node.desk.indicator_words import (
    UNITS,
    counts_words,
    difference_words,
    figure_words,
    standing_words,
    target_words,
)
from accord.vocabulary.periods import Period, last_quarters
from accord.workplan.content import Wording
from accord.workplan.indicators.comparing import Pair, is_other_question, last_report, last_rows, pairs_of
from accord.workplan.indicators.figures import Figure, figures_of
from accord.workplan.indicators.report import ReportRow
from accord.workplan.indicators.wanted import SignedPlan, Wanted, signed_plan, wanted_of
from accord.workplan.models import IndicatorDispute, PublishedIndicators

__all__ = ["QUARTERS_SHOWN", "IndicatorRow", "Overview", "Trend", "cell_of", "overview", "trend_of"]

QUARTERS_SHOWN: Final = 8
"""Quarters of a trend: two years, so that each has the same one of the year before beside it."""


@dataclass(frozen=True, kw_only=True)
class IndicatorRow:
    """One indicator as the page shows it.

    Args:
        pair: Our figure and theirs.
        ours: Our cell.
        theirs: Their cell.
        difference: Words of the difference; empty where there is none to tell.
        target: Where it is to be, in words.
        baseline: Where it stood, in words; empty where nobody knows.
        unit: Its unit in words.
        is_disputed: Whether a dispute of the figure is open.
    """

    pair: Pair
    ours: dict[str, Any]  # Any: what a cell shows
    theirs: dict[str, Any]
    difference: str
    target: str
    baseline: str
    unit: Any  # Any: a lazy translation
    is_disputed: bool

    @property
    def wanted(self) -> Wanted:
        """Returns the indicator."""
        return self.pair.ours.wanted


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The whole page of one quarter.

    Args:
        peer: Code of the other party.
        period: The quarter.
        signed: The signed plan; ``None`` where there is none.
        rows: The indicators, in the order of the plan.
        report: Their newest report on the quarter.
        reported_at: When we told ours last.
    """

    peer: str
    period: Period
    signed: SignedPlan | None
    rows: tuple[IndicatorRow, ...]
    report: PublishedIndicators | None
    reported_at: datetime | None

    @property
    def groups(self) -> list[tuple[Wording | None, list[IndicatorRow]]]:
        """Returns the rows under their pillars."""
        found: dict[str, tuple[Wording | None, list[IndicatorRow]]] = {}
        for row in self.rows:
            pillar = row.wanted.pillar
            found.setdefault(pillar.en if pillar else "", (pillar, []))[1].append(row)
        return list(found.values())

    @property
    def differing(self) -> int:
        """Returns how many figures differ."""
        return sum(row.pair.differs for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class TrendBar:
    """One bar of a trend.

    Args:
        series: 1 for ours, 2 for theirs; ours is filled and theirs is drawn as an outline.
        x: Left edge.
        y: Upper edge.
        width: Width.
        height: Height.
        is_told: Whether there is a figure.
    """

    series: int
    x: float
    y: float
    width: float
    height: float
    is_told: bool

    @property
    def middle(self) -> float:
        """Returns where a mark stands in its place."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The figures of the last quarters, as bars and as a table.

    Args:
        bars: The bars; what is not told has a mark instead.
        labels: Where the code of each quarter stands.
        rows: For each quarter its code, our cell and theirs.
        highest: The highest figure, in words.
        target_y: Where the line of the target lies; ``None`` where there is none.
    """

    bars: tuple[TrendBar, ...]
    labels: tuple[tuple[float, str], ...]
    rows: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...]  # Any: what a cell shows
    highest: str
    target_y: float | None
    width: int = WIDTH
    height: int = HEIGHT
    ground: int = GROUND


def overview(peer: str, period: Period) -> Overview:
    """Returns the page of one quarter."""
    signed = signed_plan(peer)
    wanted = wanted_of(signed.plan if signed is not None else None)
    report = last_report(peer, period, is_ours=False)
    own = last_report(peer, period, is_ours=True)
    disputed = set(
        IndicatorDispute.objects.filter(
            peer=peer, first_day=period.first_day, last_day=period.last_day, state=IndicatorDispute.State.OPEN
        ).values_list("indicator", flat=True)
    )
    pairs = pairs_of(figures_of(peer, wanted, [period])[period.code], report)
    return Overview(
        peer=peer,
        period=period,
        signed=signed,
        rows=tuple(_row(pair, pair.ours.wanted.id in disputed) for pair in pairs),
        report=report,
        reported_at=own.at if own is not None else None,
    )


def _row(pair: Pair, is_disputed: bool) -> IndicatorRow:
    wanted, difference = pair.ours.wanted, pair.difference
    return IndicatorRow(
        pair=pair,
        ours=cell_of(pair.ours, wanted, is_ours=True),
        theirs=cell_of(pair.theirs, wanted, is_ours=False, is_other=pair.is_other_question),
        difference=difference_words(difference, wanted.unit) if difference is not None else "",
        target=target_words(wanted),
        baseline=figure_words(wanted.baseline, wanted.unit) if wanted.baseline is not None else "",
        unit=UNITS[wanted.unit],
        is_disputed=is_disputed,
    )


def cell_of(
    told: Figure | ReportRow | None, wanted: Wanted, *, is_ours: bool, is_other: bool = False
) -> dict[str, Any]:  # Any: what templates take
    """Returns a cell: a figure and of how many it is, or words of why there is none."""
    if told is None:
        return {"words": _("nothing reported")}
    if is_other:
        return {"words": _("another question: they measured it by another revision of the plan")}
    if told.figure is None:
        return {"words": standing_words(told.standing, wanted, is_ours=is_ours)}
    meets = told.meets_target if isinstance(told, Figure) else None
    return {"figure": figure_words(told.figure, wanted.unit), "counts": counts_words(told, wanted), "meets": meets}


def trend_of(peer: str, wanted: Wanted, together: Sequence[Wanted], period: Period) -> Trend:
    """Returns an indicator over the last quarters, up to one.

    Args:
        peer: Code of the other party.
        wanted: The indicator.
        together: The indicators told of with it, so that what is kept back there is kept back here.
        period: The last quarter.
    """
    periods = last_quarters(period.first_day, QUARTERS_SHOWN)
    found = figures_of(peer, together, periods)
    theirs = last_rows(peer, periods)
    rows, bars = [], []
    for one in periods:
        figure = next(figure for figure in found[one.code] if figure.wanted == wanted)
        row = theirs.get(one.code, {}).get(wanted.id)
        is_other = row is not None and is_other_question(wanted, row)
        own = cell_of(figure, wanted, is_ours=True)
        rows.append((one.code, own, cell_of(row, wanted, is_ours=False, is_other=is_other)))
        bars.append((one.code, (figure.figure, row.figure if row is not None and not is_other else None)))
    return _drawn(wanted, bars, tuple(rows))


def _drawn(
    wanted: Wanted, bars: Sequence[tuple[str, tuple[Decimal | None, Decimal | None]]], rows: tuple[Any, ...]
) -> Trend:  # Any: the rows of the table
    """Draws the bars on one scale with the target; what is not told has a mark of its own instead of a bar."""
    told = [figure for _code, pair in bars for figure in pair if figure is not None]
    highest = max([*told, *([wanted.target] if wanted.target is not None else [])], default=Decimal(0))

    def height(figure: Decimal) -> float:
        return round(max(1.0, float(figure / highest) * (GROUND - 14)), 1) if highest and figure else 0.0

    step = WIDTH / len(bars)
    drawn = []
    for place, (_code, pair) in enumerate(bars):
        for series, figure in enumerate(pair):
            drawn.append(
                TrendBar(
                    series=series + 1,
                    x=round(place * step + step * (0.14 + 0.37 * series), 1),
                    y=round(GROUND - (height(figure) if figure is not None else 0), 1),
                    width=round(step * 0.33, 1),
                    height=height(figure) if figure is not None else 0.0,
                    is_told=figure is not None,
                )
            )
    labels = tuple((round(place * step + step / 2, 1), code) for place, (code, _pair) in enumerate(bars))
    target_y = round(GROUND - height(wanted.target), 1) if wanted.target is not None else None
    return Trend(
        bars=tuple(drawn), labels=labels, rows=rows, highest=figure_words(highest, wanted.unit), target_y=target_y
    )
