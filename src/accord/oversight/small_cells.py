"""Small cells kept back: a table of counts from which no small count can be computed.

A count of 1 to 4 may point at a person, so it is kept back. Its total would give it away, so further cells are kept
back, until nothing that is kept back can be computed from what is shown.

How that is known: a table with its totals is a set of equations, one a row and one a column, and no count is negative.
What is kept back could be otherwise by a ring of changes, one up and one down in turn, that leaves every equation as it
is and nothing below zero. A cell can be computed exactly when no such ring goes through it. So cells are added until a
ring goes through each; and where a total is shown, what is kept back of it adds up to no small number, either.

Two tables that count the same things, each by another quality, have the same totals: what is kept back in one could be
read from the other. Such a pair is one set of equations, whose shared row of totals stands between the two parts.

Invariants:
    * totals are cells like any other, and are kept back by the same rule;
    * a zero is shown, unless it is needed to hide another cell: it points at nobody;
    * which cells were small, and which hide them, cannot be told apart.

Source: Directive (EU) 2023/977, article 18, as a model of the statistics; Hundepool et al., Statistical Disclosure
Control (2012), chapter 4 (secondary suppression).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["SMALL", "suppressed", "suppressed_together", "with_totals"]

SMALL: Final = 5
"""The least count that is shown, besides zero. Precedent: most statistics offices take 3 to 10."""

Cell = tuple[int, int]
Node = tuple[str, int]
"""An equation: that of a row, or that of a column in the upper or the lower part."""
Shown = list[list[int | None]]


def with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Returns a table with a total behind each row and one row of totals below."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []


def suppressed(counts: Sequence[Sequence[int]]) -> Shown:
    """Returns the table with its totals, in which ``None`` stands for what is kept back.

    Args:
        counts: Rows of equal length, each of counts, without totals.
    """
    table = with_totals(counts)
    return _kept_back(_Layout(table=table, totals=len(table) - 1))


def suppressed_together(upper: Sequence[Sequence[int]], lower: Sequence[Sequence[int]]) -> tuple[Shown, Shown]:
    """Returns two tables of the same things, each with its totals, such that neither gives the other away.

    Args:
        upper: Rows of equal length, each of counts, without totals.
        lower: Rows of the same columns, whose totals are those of the upper table.

    Raises:
        ValueError: The totals differ: they do not count the same things.
    """
    above, below = with_totals(upper), with_totals(lower)
    if not above or not below:
        return suppressed(upper), suppressed(lower)
    if above[-1] != below[-1]:
        raise ValueError("the two tables do not count the same things")
    shown = _kept_back(_Layout(table=[*above, *below[:-1]], totals=len(above) - 1))
    return shown[: len(above)], [*shown[len(above) :], shown[len(above) - 1]]


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """A table, or a pair with the shared totals between them.

    Args:
        table: All rows; the last column is that of the totals.
        totals: Which row is that of the totals.
    """

    table: Sequence[Sequence[int]]
    totals: int

    def lines(self) -> Iterable[list[Cell]]:
        """Yields each equation: its parts, and last their total."""
        if not self.table:
            return
        height, width = len(self.table), len(self.table[0])
        yield from ([(row, column) for column in range(width)] for row in range(height))
        above, below = range(self.totals), range(self.totals + 1, height)
        for part in (above, below) if below else (above,):
            yield from ([(row, column) for row in (*part, self.totals)] for column in range(width))

    def ends(self, cell: Cell) -> tuple[Node, Node]:
        """Returns the two equations a cell stands in, such that raising it leads from the first to the second.

        With a pair the equation of the row of totals follows from all the others, and is left out.
        """
        row, column = cell
        is_pair = self.totals < len(self.table) - 1
        of_row, upper, lower = ("row", row), ("upper", column), ("lower", column)
        if row == self.totals:
            ends = (upper, lower if is_pair else of_row)
        elif row < self.totals:
            ends = (of_row, upper)
        else:
            ends = (lower, of_row)
        is_of_totals = column == len(self.table[0]) - 1
        return (ends[1], ends[0]) if is_of_totals else ends


def _kept_back(layout: _Layout) -> Shown:
    hidden = {
        (row, column)
        for row, cells in enumerate(layout.table)
        for column, count in enumerate(cells)
        if 0 < count < SMALL
    }
    while (more := _telling(layout, hidden)) is not None:
        hidden.add(more)
    return [
        [None if (row, column) in hidden else count for column, count in enumerate(cells)]
        for row, cells in enumerate(layout.table)
    ]


def _telling(layout: _Layout, hidden: set[Cell]) -> Cell | None:
    """Returns the cell to be kept back next, or ``None`` when nothing that is kept back can be computed."""
    for line in layout.lines():
        inner, total = line[:-1], line[-1]
        kept = [cell for cell in inner if cell in hidden]
        if kept and total not in hidden and sum(layout.table[row][column] for row, column in kept) < SMALL:
            return _cheapest(layout.table, hidden, [line])
    for cell in sorted(hidden):
        if not _can_vary(layout, hidden, cell):
            own = [line for line in layout.lines() if cell in line]
            return _cheapest(layout.table, hidden, own) or _cheapest(layout.table, hidden, layout.lines())
    return None


def _cheapest(table: Sequence[Sequence[int]], hidden: set[Cell], lines: Iterable[list[Cell]]) -> Cell | None:
    """Returns what hides with the least loss: the smallest count above zero, then a zero."""
    open_ones = {cell for line in lines for cell in line if cell not in hidden}
    if not open_ones:
        return None
    return min(open_ones, key=lambda cell: (table[cell[0]][cell[1]] == 0, table[cell[0]][cell[1]], cell))


def _can_vary(layout: _Layout, hidden: set[Cell], cell: Cell) -> bool:
    """Tells whether a cell could be one more or one less, all that is shown and every equation being as they are."""
    others = hidden - {cell}
    tail, head = layout.ends(cell)
    is_some = layout.table[cell[0]][cell[1]] > 0
    return _leads(layout, others, start=head, end=tail) or (is_some and _leads(layout, others, start=tail, end=head))


def _leads(layout: _Layout, cells: set[Cell], *, start: Node, end: Node) -> bool:
    """Follows changes from equation to equation: any cell can be one more, and one that is not zero one less."""
    waiting, seen = [start], {start}
    while waiting:
        at = waiting.pop()
        for cell in cells:
            tail, head = layout.ends(cell)
            is_some = layout.table[cell[0]][cell[1]] > 0
            to = head if tail == at else tail if head == at and is_some else None
            if to is not None and to not in seen:
                seen.add(to)
                waiting.append(to)
    return end in seen
