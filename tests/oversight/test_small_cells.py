"""No small count can be computed from what is shown of a table, whatever the table."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.oversight.small_cells import SMALL, suppressed, suppressed_together, with_totals


def possible(shown: list[list[int | None]], *, up_to: int) -> dict[tuple[int, int], set[int]]:
    """Every value that each hidden inner cell can have, given all that is shown and that counts are not negative."""
    height, width = len(shown) - 1, len(shown[0]) - 1
    hidden = [(r, c) for r in range(height) for c in range(width) if shown[r][c] is None]
    found: dict[tuple[int, int], set[int]] = {cell: set() for cell in hidden}
    for values in itertools.product(range(up_to + 1), repeat=len(hidden)):
        given_ = dict(zip(hidden, values, strict=True))
        table = [[given_.get((r, c), shown[r][c] or 0) for c in range(width)] for r in range(height)]
        whole = with_totals(table)
        if all(
            shown[r][c] is None or shown[r][c] == whole[r][c]
            for r, c in itertools.product(range(height + 1), range(width + 1))
        ):
            for cell, value in given_.items():
                found[cell].add(value)
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
def test_no_hidden_cell_of_a_small_table_can_be_computed(counts: list[list[int]]) -> None:
    for values in possible(suppressed(counts), up_to=12).values():
        assert len(values) > 1


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=8)
    )
)
def test_small_counts_are_never_shown_and_what_is_shown_is_true(counts: list[list[int]]) -> None:
    shown, whole = suppressed(counts), with_totals(counts)
    for told, true in zip(itertools.chain(*shown), itertools.chain(*whole), strict=True):
        assert told is None or (told == true and not 0 < true < SMALL)
    for line in [*shown, *map(list, zip(*shown, strict=True))]:
        assert line.count(None) != 1


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert suppressed([[5, 0], [10, 7]]) == [[5, 0, 5], [10, 7, 17], [15, 7, 22]]
    assert suppressed([[0, 0], [0, 0]]) == [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert suppressed([]) == []


def test_the_total_of_a_row_does_not_give_its_one_small_count_away() -> None:
    shown = suppressed([[20, 3], [30, 40], [50, 60]])
    assert shown[0][1] is None
    assert sum(cell is None for cell in shown[0]) >= 2
    assert sum(row[1] is None for row in shown) >= 2


def possible_pairs(upper: list[list[int | None]], lower: list[list[int | None]], *, up_to: int) -> list[set[int]]:
    """Every value that each hidden inner cell of either table can have, given all that is shown of both."""
    hidden = [
        (table, r, c)
        for table, rows in ((0, upper), (1, lower))
        for r, row in enumerate(rows[:-1])
        for c, cell in enumerate(row[:-1])
        if cell is None
    ]
    found: list[set[int]] = [set() for _ in hidden]
    for values in itertools.product(range(up_to + 1), repeat=len(hidden)):
        told = dict(zip(hidden, values, strict=True))
        whole = [
            with_totals([[told.get((t, r, c), cell or 0) for c, cell in enumerate(row[:-1])] for r, row in rows_of])
            for t, rows_of in ((0, list(enumerate(upper[:-1]))), (1, list(enumerate(lower[:-1]))))
        ]
        is_so = whole[0][-1] == whole[1][-1] and all(
            cell is None or cell == true
            for shown, table in ((upper, whole[0]), (lower, whole[1]))
            for row, trues in zip(shown, table, strict=True)
            for cell, true in zip(row, trues, strict=True)
        )
        if is_so:
            for one, value in zip(found, values, strict=True):
                one.add(value)
    return found


THINGS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=16)
"""Things of two themes and two urgencies: few cells, since every value of each is tried."""


def counted(things: list[tuple[int, int]], quality: int) -> list[list[int]]:
    return [[sum(1 for one in things if one[quality] == row)] for row in range(2)]


@settings(max_examples=30, deadline=None)
@given(THINGS)
def test_no_hidden_cell_of_a_pair_can_be_computed_from_both(things: list[tuple[int, int]]) -> None:
    upper, lower = suppressed_together(counted(things, 0), counted(things, 1))
    assert upper[-1] == lower[-1]
    for shown, true in ((upper, counted(things, 0)), (lower, counted(things, 1))):
        for told, count in zip(itertools.chain(*shown), itertools.chain(*with_totals(true)), strict=True):
            assert told is None or (told == count and not 0 < count < SMALL)
    for values in possible_pairs(upper, lower, up_to=7):
        assert len(values) > 1


def test_one_table_hides_more_where_the_other_would_give_it_away() -> None:
    by_theme = [[9, 9], [9, 9]]
    by_urgency = [[2, 18], [16, 0]]
    _, alone = suppressed(by_theme), suppressed(by_urgency)
    upper, lower = suppressed_together(by_theme, by_urgency)
    assert lower[0][0] is None
    assert upper[-1] == lower[-1]
    assert alone[-1][0] is None or sum(row[0] is None for row in lower) > 1
    with pytest.raises(ValueError, match="same things"):
        suppressed_together([[1]], [[2]])
    assert suppressed_together([], []) == ([], [])
