"""Figures: what an indicator says of a quarter, from the counts of this node, with small cells kept back.

A figure has four standings: it is told; there were no cases of which it could be told; it is kept back, because it is
of too few cases or would tell of one that is; or it is not measured, because this node knows no such messages yet. None
of the last three is a zero.

The figures of one quarter are made together, as one may give another away: those of one family count overlapping groups
of the same things, by theme, urgency and ground (:mod:`accord.workplan.indicators.keeping_back`). Quarters do not
overlap, and no shorter period is ever told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import product
from typing import Final

from accord.vocabulary.periods import Period
from accord.vocabulary.refusal import RefusalGround
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency
from accord.workplan.codes import Aim, Unit
from accord.workplan.content import MIN_CELL
from accord.workplan.models import CountedPeriod

from .cells import Cell
from .definitions import Definition, Shape, fits_unit
from .keeping_back import Group, kept_back
from .report import Standing
from .sources import is_measured
from .wanted import Wanted

__all__ = ["Counts", "Figure", "cell_of", "figures_from", "figures_of", "group_of", "why_not_measured"]

Counts = Mapping[str, Mapping[tuple[str, str, str], Cell]]
"""For each family the cells by code, theme and urgency."""

_PARTS: Final[Mapping[str, tuple[str, ...]]] = {"refusal-ground": tuple(RefusalGround)}
"""Codes that parts can have, by vocabulary; one that is of none of them has a row, too, where it was counted."""

_MINUTES: Final[Mapping[Unit, int]] = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.DAYS: 1_440}
_TENTH: Final = Decimal("0.1")
_HUNDRED: Final = 100

_Filter = tuple[str, str]
_GroupKey = tuple[str, str, str]
"""Code, theme and urgency; an empty one stands for all of them."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What an indicator says of one quarter.

    Args:
        wanted: The indicator.
        period: The quarter.
        standing: What can be said.
        figure: The figure in the indicator's unit, where it is told.
        numerator: What was counted, where it is told and is a count.
        denominator: Of what, where it may be told.
        parts: The count by part; ``None`` for a part that is kept back.
    """

    wanted: Wanted
    period: Period
    standing: Standing
    figure: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    parts: tuple[tuple[str, int | None], ...] = ()

    @property
    def meets_target(self) -> bool | None:
        """Returns whether the target is met; ``None`` where that cannot be said.

        Of a count that is kept back one thing is sure: it is not zero.
        """
        wanted = self.wanted
        if wanted.target is None:
            return None
        if self.figure is None:
            is_some = self.standing is Standing.KEPT_BACK and wanted.unit is Unit.COUNT
            return False if is_some and wanted.aim is Aim.AT_MOST and wanted.target == 0 else None
        return self.figure >= wanted.target if wanted.aim is Aim.AT_LEAST else self.figure <= wanted.target


def why_not_measured(wanted: Wanted) -> str:
    """Returns why an indicator is not measured here: a code, empty where it is."""
    definition = wanted.definition
    if definition is None:
        return "unknown-definition"
    if not fits_unit(definition, wanted.unit):
        return "unit"
    if (wanted.urgency and not definition.has_urgency) or (wanted.theme and not definition.has_theme):
        return "filter"
    return "" if is_measured(definition) else "unknown-kind"


def figures_of(peer: str, wanted: Sequence[Wanted], periods: Sequence[Period]) -> dict[str, list[Figure]]:
    """Returns the figures of each quarter, under its code, in the order of the indicators.

    Args:
        peer: Code of the other party.
        wanted: The indicators; their figures are made so that none gives another away.
        periods: Quarters.
    """
    families = {
        family
        for one in wanted
        if one.definition is not None
        for family in (one.definition.family, one.definition.of_family)
        if family
    }
    counts: dict[date, dict[str, dict[tuple[str, str, str], Cell]]] = defaultdict(lambda: defaultdict(dict))
    rows = CountedPeriod.objects.filter(
        peer=peer, is_quarter=True, first_day__in=[period.first_day for period in periods], family__in=families
    )
    for day, family, code, theme, urgency, spread, *numbers in rows.values_list(
        "first_day", "family", "code", "theme", "urgency", "spread", "made", "due", "met", "whole", "part"
    ):
        cell = counts[day][family][code, theme, urgency] = Cell()
        cell.join(numbers, spread)
    return {period.code: figures_from(counts[period.first_day], wanted, period) for period in periods}


def figures_from(counts: Counts, wanted: Sequence[Wanted], period: Period) -> list[Figure]:
    """Returns the figures of one quarter from its counts.

    Args:
        counts: The counts of the quarter.
        wanted: The indicators.
        period: The quarter.
    """
    cells = _Sums(counts)
    hidden = _hidden(cells, wanted)
    return [_figure(one, period, cells, hidden) for one in wanted]


class _Sums:
    """Sums of cells over what a filter leaves open; each is made once."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._sums: dict[tuple[str, _GroupKey], Cell] = {}
        self._inside: dict[str, dict[_GroupKey, list[_GroupKey]]] = {}

    def of(self, family: str, key: _GroupKey) -> Cell:
        """Returns the sum of a group."""
        found = self._sums.get((family, key))
        if found is None:
            cells = self._counts.get(family, {})
            found = self._sums[family, key] = cell_of(cells[own] for own in self.inside(family, key))
        return found

    def codes(self, family: str) -> list[str]:
        """Returns the codes that were counted."""
        return sorted({code for code, _, _ in self._counts.get(family, {})} - {""})

    def inside(self, family: str, key: _GroupKey) -> Sequence[_GroupKey]:
        """Returns the smallest groups that were counted and lie within a group."""
        found = self._inside.get(family)
        if found is None:
            found = self._inside[family] = defaultdict(list)
            for code, theme, urgency in self._counts.get(family, {}):
                for around in {*product(("", code), ("", theme), ("", urgency))}:
                    found[around].append((code, theme, urgency))
        return found.get(key, ())


def cell_of(cells: Iterable[Cell]) -> Cell:
    """Returns the sum of some cells."""
    total = Cell()
    for cell in cells:
        total.join((cell.made, cell.due, cell.met, cell.whole, cell.part), cell.spread.items())
    return total


def group_of(wanted: Wanted, code: str = "") -> _GroupKey:
    """Returns the group that an indicator counts, or one part of it."""
    return code, wanted.theme, wanted.urgency


def _codes(definition: Definition, cells: _Sums) -> tuple[str, ...]:
    if not definition.parts:
        return ()
    known = _PARTS.get(definition.parts, ())
    return (*known, *(code for code in cells.codes(definition.family) if code not in known))


_Measure = tuple[str, str]
"""A family, and which of its counts is told of: ``due``, ``done``, ``met`` or ``made``."""


def _count(cell: Cell, measure: str) -> int:
    return cell.spread.total() if measure == "done" else int(getattr(cell, measure))


def _measures(definition: Definition) -> list[_Measure]:
    """Returns the counts that a figure of a definition tells, the one of its cases first."""
    if definition.shape is Shape.SHARE:
        return [(definition.family, "due")]
    if definition.shape is Shape.MEDIAN:
        return [(definition.family, "done")]
    return [(definition.family, "met"), (definition.of_family or definition.family, "made")]


def _hidden(cells: _Sums, wanted: Sequence[Wanted]) -> dict[_Measure, frozenset[_GroupKey]]:
    """Returns, for each count that figures tell of, the groups of which they do not.

    Counts of one family are told of under several names (requests that were due, requests that were answered): each is
    looked at for itself.
    """
    told: dict[_Measure, set[_GroupKey]] = defaultdict(set)
    minimum: dict[_Measure, int] = defaultdict(lambda: MIN_CELL)
    for one in wanted:
        definition = one.definition
        if definition is None or why_not_measured(one):
            continue
        for place, measure in enumerate(_measures(definition)):
            told[measure].add(group_of(one))
            minimum[measure] = max(minimum[measure], one.min_cell)
            if place == 0:
                told[measure] |= {group_of(one, code) for code in _codes(definition, cells)}
    return {measure: kept_back(_groups(cells, measure, groups), minimum[measure]) for measure, groups in told.items()}


def _groups(cells: _Sums, measure: _Measure, told: set[_GroupKey]) -> list[Group[_GroupKey]]:
    """Returns the groups that are told of, and those by theme and urgency that are to be protected all the same."""
    family, name = measure
    codes = {"", *(code for code, _, _ in told)}
    named = set(product(codes, ("", *map(str, Theme)), ("", *map(str, Urgency))))
    groups = []
    for key in sorted(told | named):
        count = _count(cells.of(family, key), name)
        if count or key in told:
            groups.append(Group(key=key, atoms=frozenset(cells.inside(family, key)), count=count, is_told=key in told))
    return groups


def _figure(wanted: Wanted, period: Period, cells: _Sums, hidden: Mapping[_Measure, frozenset[_GroupKey]]) -> Figure:
    definition = wanted.definition
    if definition is None or why_not_measured(wanted):
        return Figure(wanted=wanted, period=period, standing=Standing.NOT_MEASURED)
    measures, key = _measures(definition), group_of(wanted)
    cases = measures[0]
    cell = cells.of(definition.family, key)
    parts = tuple(
        (code, None if (group := group_of(wanted, code)) in hidden[cases] else cells.of(definition.family, group).met)
        for code in _codes(definition, cells)
    )
    if key in hidden[cases]:
        return Figure(wanted=wanted, period=period, standing=Standing.KEPT_BACK, parts=parts)
    if definition.shape is Shape.COUNT:
        of = measures[1]
        denominator = None if key in hidden[of] else _count(cells.of(of[0], key), of[1])
        return Figure(
            wanted=wanted,
            period=period,
            standing=Standing.TOLD,
            figure=Decimal(cell.met),
            numerator=cell.met,
            denominator=denominator,
            parts=parts,
        )
    if not _count(cell, cases[1]):
        return Figure(wanted=wanted, period=period, standing=Standing.NO_CASES, denominator=0)
    if definition.shape is Shape.MEDIAN:
        figure = _in_unit(_median(cell.spread), wanted.unit)
        return Figure(
            wanted=wanted, period=period, standing=Standing.TOLD, figure=figure, denominator=cell.spread.total()
        )
    # Rounded down, so that nothing late is called all in time.
    share = (Decimal(_HUNDRED * cell.part) / cell.whole).quantize(_TENTH, ROUND_FLOOR) if cell.whole else Decimal(0)
    return Figure(
        wanted=wanted,
        period=period,
        standing=Standing.TOLD,
        figure=share,
        numerator=cell.part,
        denominator=cell.whole,
    )


def _median(spread: Counter[int]) -> Decimal:
    """Returns the median of whole minutes: the middle one, or the mean of the two in the middle."""
    half, seen, lower = spread.total(), 0, None
    for minutes, count in sorted(spread.items()):
        seen += count
        if lower is None and 2 * seen >= half:
            lower = minutes
        if 2 * seen > half:
            return Decimal((lower if lower is not None else minutes) + minutes) / 2
    raise ValueError(spread)


def _in_unit(minutes: Decimal, unit: Unit) -> Decimal:
    return (minutes / _MINUTES[unit]).quantize(_TENTH)
