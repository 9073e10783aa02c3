"""No small count can be computed from what is shown."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.workplan.indicators.keeping_back import Group, kept_back

MINIMUM = 5
THEMES, URGENCIES = "abc", "xyz"


def group(key: str, atoms: str, count: int, *, is_told: bool = True) -> Group[str]:
    return Group(key=key, atoms=frozenset(atoms), count=count, is_told=is_told)


def test_a_small_count_is_kept_back_and_a_zero_is_told() -> None:
    groups = [group("a", "a", 4), group("b", "b", 0), group("c", "c", 9)]
    assert kept_back(groups, MINIMUM) == {"a"}


def test_the_count_that_would_give_it_away_is_kept_back_with_it() -> None:
    groups = [group("all", "abc", 50), group("a", "a", 30), group("b", "b", 17), group("c", "c", 3)]
    assert kept_back(groups, MINIMUM) == {"c", "b"}


def test_a_difference_of_two_shown_counts_is_not_small() -> None:
    assert kept_back([group("all", "ab", 50), group("a", "a", 47)], MINIMUM) == {"a"}


def test_what_is_shown_nowhere_is_protected_all_the_same() -> None:
    groups = [
        group("all", "abcd", 40), group("ab", "ab", 20), group("ac", "ac", 20), group("bcd", "bcd", 30),
        group("d", "d", 2, is_told=False),
    ]  # fmt: skip
    hidden = kept_back(groups, MINIMUM)
    shown = [one for one in groups if one.is_told and one.key not in hidden]
    assert not _computes(frozenset("d"), shown, "abcd")


def _rank(rows: list[list[Fraction]]) -> int:
    """The rank over the rational numbers, as a check of what is done modulo a prime."""
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((place for place in range(rank, len(rows)) if rows[place][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for place in range(rank + 1, len(rows)):
            factor = rows[place][column] / rows[rank][column]
            rows[place] = [one - factor * other for one, other in zip(rows[place], rows[rank], strict=True)]
        rank += 1
    return rank


def _computes(atoms: frozenset[object], shown: list[Group[str]], order: str | list[str]) -> bool:
    rows = [[Fraction(atom in one.atoms) for atom in order] for one in shown]
    return _rank(rows) == _rank([*rows, [Fraction(atom in atoms) for atom in order]])


COUNTS = st.lists(st.one_of(st.integers(0, 7), st.integers(0, 60)), min_size=9, max_size=9)


def _kept_back_by_looking_again(groups: list[Group[str]], minimum: int) -> set[str]:
    """The rule in its plainest form: after each count that is hidden, everything is looked at again."""
    atoms = sorted({atom for one in groups for atom in one.atoms}, key=str)
    told = [one for one in groups if one.is_told]
    small = [one for one in groups if 0 < one.count < minimum]
    hidden = {one.key for one in small if one.is_told}

    def shown() -> list[Group[str]]:
        return [one for one in told if one.key not in hidden]

    def telling_pair() -> tuple[Group[str], Group[str]] | None:
        for one, other in combinations(shown(), 2):
            if 0 < abs(one.count - other.count) < minimum and (one.atoms <= other.atoms or other.atoms <= one.atoms):
                return one, other
        return None

    while (pair := telling_pair()) is not None:
        hidden.add(min(pair, key=lambda one: (one.count == 0, one.count)).key)
    while (telling := next((one for one in small if _computes(one.atoms, shown(), atoms)), None)) is not None:
        order = sorted(shown(), key=lambda one: (one.count == 0, one.count, len(one.atoms)))
        for one in order:
            if not _computes(telling.atoms, [other for other in order if other is not one], atoms):
                hidden.add(one.key)
                break
        else:
            hidden.add(next((one for one in order if one.atoms & telling.atoms), order[0]).key)
    return hidden


@settings(max_examples=150, deadline=None)
@given(
    drawn=st.lists(
        st.tuples(st.sets(st.sampled_from("abcdef"), min_size=1), st.integers(0, 5), st.booleans()),
        min_size=1,
        max_size=12,
    ),
    counts=st.lists(st.integers(0, 20), min_size=6, max_size=6),
)
def test_the_quick_way_keeps_back_what_looking_again_after_each_step_does(
    drawn: list[tuple[set[str], int, bool]], counts: list[int]
) -> None:
    of = dict(zip("abcdef", counts, strict=True))
    # Some counts are drawn and no sums, so that pairs of every kind and dependent groups come up.
    groups = [
        Group(
            key=str(place),
            atoms=frozenset(inside),
            count=by_chance if by_chance < 2 else sum(of[atom] for atom in inside),
            is_told=is_told,
        )
        for place, (inside, by_chance, is_told) in enumerate(drawn)
    ]
    assert kept_back(groups, MINIMUM) == _kept_back_by_looking_again(groups, MINIMUM)


@settings(max_examples=150, deadline=None)
@given(counts=COUNTS, told=st.sets(st.sampled_from([t + u for t in ("", *THEMES) for u in ("", *URGENCIES)])))
def test_no_small_group_is_a_combination_of_those_that_are_shown(counts: list[int], told: set[str]) -> None:
    cells = dict(zip([t + u for t in THEMES for u in URGENCIES], counts, strict=True))
    groups = []
    for theme in ("", *THEMES):
        for urgency in ("", *URGENCIES):
            inside = {own for own in cells if theme in own and urgency in own}
            count = sum(cells[own] for own in inside)
            groups.append(
                Group(key=theme + urgency, atoms=frozenset(inside), count=count, is_told=theme + urgency in told)
            )
    hidden = kept_back(groups, MINIMUM)
    assert hidden <= told
    shown = [one for one in groups if one.is_told and one.key not in hidden]
    assert all(one.count == 0 or one.count >= MINIMUM for one in shown)
    for one in groups:
        if 0 < one.count < MINIMUM:
            assert not _computes(one.atoms, shown, list(cells))
    for one, other in combinations(shown, 2):
        if one.atoms <= other.atoms or other.atoms <= one.atoms:
            assert not 0 < abs(one.count - other.count) < MINIMUM
