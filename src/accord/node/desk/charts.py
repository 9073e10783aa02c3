"""Charts drawn on the server: bars in SVG that print and need no script, and the same figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Bar", "BarChart", "bar_chart"]

WIDTH: Final = 640
NARROW_WIDTH: Final = 320
"""Width of a drawing of few groups: a phone shows it whole, with labels that can be read."""

FEW_GROUPS: Final = 3
LABEL_WIDTH: Final = 44
"""Room of one label, in the drawing's units: a day and a month in the longest of our languages."""
HEIGHT: Final = 96
GROUND: Final = 76
"""The line on which the bars stand; their labels are below it."""

GAP: Final = 0.25
"""Part of a group's width that is left free beside its bars."""

LABELS_MAX: Final = 14


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar.

    Args:
        series: Number of its series, from 1 on; its colour and pattern follow from it.
        x: Left edge.
        y: Upper edge.
        width: Width.
        height: Height; at least a line where the figure is not zero.
    """

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """Bars in groups, with their figures.

    Args:
        title: What is shown.
        unit: In what it is measured.
        names: Names of the series.
        rows: For each group its label and its figures.
        bars: The bars.
        labels: Where each label stands, and its words.
        highest: The highest figure, written at the top of the scale.
        width: Width of the drawing.
        height: Height of the drawing.
    """

    title: str
    unit: str
    names: tuple[str, ...]
    rows: tuple[tuple[Any, tuple[float, ...]], ...]  # Any: a label is a text or a day
    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, Any], ...]
    highest: float
    width: int = WIDTH
    height: int = HEIGHT
    ground: int = GROUND

    @property
    def is_narrow(self) -> bool:
        """Whether it fits a phone."""
        return self.width == NARROW_WIDTH


def bar_chart(title: str, *, unit: str, names: Sequence[str], rows: Sequence[tuple[Any, Sequence[float]]]) -> BarChart:
    """Returns a chart of groups of bars.

    Args:
        title: What is shown.
        unit: In what it is measured.
        names: Names of the series, at most four.
        rows: For each group its label and one figure a series.
    """
    highest = max((figure for _label, figures in rows for figure in figures), default=0)
    whole = NARROW_WIDTH if len(rows) <= FEW_GROUPS else WIDTH
    step = whole / max(len(rows), 1)
    width = step * (1 - GAP) / max(len(names), 1)
    bars, labels = [], []
    every = max(1, len(rows) // LABELS_MAX)
    for place, (label, figures) in enumerate(rows):
        left = place * step + step * GAP / 2
        for series, figure in enumerate(figures):
            height = 0.0 if not highest or not figure else max(1.0, figure / highest * (GROUND - 12))
            bars.append(
                Bar(
                    series=series + 1,
                    x=round(left + series * width, 1),
                    y=round(GROUND - height, 1),
                    width=round(width * 0.92, 1),
                    height=round(height, 1),
                )
            )
        # Counted from the end: the newest group has its label, and no label leaves the drawing.
        if (len(rows) - 1 - place) % every == 0:
            middle = place * step + step / 2
            labels.append((round(min(max(middle, LABEL_WIDTH / 2), whole - LABEL_WIDTH / 2), 1), label))
    return BarChart(
        title=title,
        unit=unit,
        names=tuple(names),
        rows=tuple((label, tuple(figures)) for label, figures in rows),
        bars=tuple(bars),
        labels=tuple(labels),
        highest=highest,
        width=whole,
    )
