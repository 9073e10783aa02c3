"""Small cells kept back: a table of counts from which no small count can be computed.

A count of 1 to 4 may point at a person, so it is kept back. Its total would give it away, so further cells are kept
back, until nothing that is kept back can be computed from what is shown.

How that is known: a table with its totals is a set of equations, one a row and one a column, and no count is negative.
What is kept back could be otherwise by a ring of changes, one up and one down in turn, that leaves every equation as it
is and nothing below zero. A cell can be computed exactly when no such ring goes through it. So cells are added until a
ring goes through each; and where a total is shown, what is kept back of it adds up to no small number, either.

Invariants:
    * totals are cells like any other, and are kept back by the same rule;
    * a zero is shown, unless it is needed to hide another cell: it points at nobody;
    * which cells were small, and which hide them, cannot be told apart.

Source: Directive (EU) 2023/977, article 18, as a model of the statistics; Hundepool et al., Statistical Disclosure
Control (2012), chapter 4 (secondary suppression).
"""

from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["SMALL", "suppressed", "with_totals"]

SMALL: Final = 5
"""The least count that is shown, besides zero. Precedent: most statistics offices take 3 to 10."""

ROW: Final = 0
COLUMN: Final = 1
Cell = tuple[int, int]
Node = tuple[int, int]
"""A row or a column, and which one."""


def with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Returns a table with a total behind each row and one row of totals below."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []


def suppressed(counts: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Returns the table with its totals, in which ``None`` stands for what is kept back.

    Args:
        counts: Rows of equal length, each of counts, without totals.
    """
    table = with_totals(counts)
    hidden = {
        (row, column) for row, cells in enumerate(table) for column, count in enumerate(cells) if 0 < count < SMALL
    }
    while (more := _telling(table, hidden)) is not None:
        hidden.add(more)
    return [
        [None if (row, column) in hidden else count for column, count in enumerate(cells)]
        for row, cells in enumerate(table)
    ]


def _telling(table: Sequence[Sequence[int]], hidden: set[Cell]) -> Cell | None:
    """Returns the cell to be kept back next, or ``None`` when nothing that is kept back can be computed."""
    for line in _lines(table):
        inner, total = line[:-1], line[-1]
        kept = [cell for cell in inner if cell in hidden]
        if kept and total not in hidden and sum(table[row][column] for row, column in kept) < SMALL:
            return _cheapest(table, hidden, [line])
    for row, column in sorted(hidden):
        if not _can_vary(table, hidden, (row, column)):
            in_row = [(row, at) for at in range(len(table[0]))]
            in_column = [(at, column) for at in range(len(table))]
            return _cheapest(table, hidden, [in_row, in_column]) or _cheapest(table, hidden, _lines(table))
    return None


def _lines(table: Sequence[Sequence[int]]) -> Iterable[list[Cell]]:
    width = len(table[0]) if table else 0
    yield from ([(row, column) for column in range(width)] for row in range(len(table)))
    yield from ([(row, column) for row in range(len(table))] for column in range(width))


def _cheapest(table: Sequence[Sequence[int]], hidden: set[Cell], lines: Iterable[list[Cell]]) -> Cell | None:
    """Returns what hides with the least loss: the smallest count above zero, then a zero."""
    open_ones = {cell for line in lines for cell in line if cell not in hidden}
    if not open_ones:
        return None
    return min(open_ones, key=lambda cell: (table[cell[0]][cell[1]] == 0, table[cell[0]][cell[1]], cell))


def _can_vary(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> bool:
    """Tells whether a cell could be one more or one less, all that is shown and every equation being as they are."""
    row, column = cell
    others = hidden - {cell}
    up, down = _changes(table, cell)
    if up and _leads(table, others, start=(COLUMN, column), end=(ROW, row)):
        return True
    return down and _leads(table, others, start=(ROW, row), end=(COLUMN, column))


def _changes(table: Sequence[Sequence[int]], cell: Cell) -> tuple[bool, bool]:
    """Tells whether a cell can go up and down where a total is counted against its parts, so below none."""
    row, column = cell
    is_total = (row == len(table) - 1) is not (column == len(table[0]) - 1)
    has_some = table[row][column] > 0
    return (has_some, True) if is_total else (True, has_some)


def _leads(table: Sequence[Sequence[int]], cells: set[Cell], *, start: Node, end: Node) -> bool:
    """Follows changes from row to column upwards and from column to row downwards."""
    waiting, seen = [start], {start}
    while waiting:
        side, at = waiting.pop()
        for cell in cells:
            if cell[side] != at:
                continue
            node = (1 - side, cell[1 - side])
            if _changes(table, cell)[side] and node not in seen:
                seen.add(node)
                waiting.append(node)
    return end in seen
