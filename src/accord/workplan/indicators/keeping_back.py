"""Small cells kept back: figures of overlapping groups from which no small count can be computed.

Indicators of one definition count overlapping groups of the same things: all requests, those of a theme, those of an
urgency. A count from 1 to the minimum less one may point at a person, so it is kept back. The counts that are shown
would give it away where it is the difference of two of them, or of more; so further counts are kept back, until no
small count is a sum or difference of what is shown.

How that is known: each group is a vector over the smallest groups that can be told apart, and a count can be computed
from others exactly when its vector is a combination of theirs. Combinations are looked for by elimination modulo a
large prime, which finds every one that exists over the rational numbers with coefficients met here, and is exact.

Invariants:
    * a zero is shown, unless it is needed to hide another count: it points at nobody;
    * no small group that is named, shown or not, is a combination of shown ones, and no difference of two shown groups,
      one within the other, is small;
    * which counts were small and which hide them cannot be told apart.

What it does not do: hide what follows from counts not being negative, as small_cells of a closed table does: groups of
an indicator are few, and tables by group are not published here.

Source: Hundepool et al., Statistical Disclosure Control (2012), chapter 4 (secondary suppression).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import Final, Generic, TypeVar

__all__ = ["Group", "kept_back"]

_PRIME: Final = (1 << 61) - 1

_Key = TypeVar("_Key", bound=Hashable)
_Column = TypeVar("_Column", bound=Hashable)
_Row = dict[int, int]


@dataclass(frozen=True, kw_only=True)
class Group(Generic[_Key]):
    """Things that are counted together.

    Args:
        key: By which the caller knows it.
        atoms: The smallest groups that it is made of.
        count: How many things are in it.
        is_told: Whether a figure of it would be shown; those that would not are protected all the same.
    """

    key: _Key
    atoms: frozenset[Hashable]
    count: int
    is_told: bool = True


def kept_back(groups: Sequence[Group[_Key]], minimum: int) -> frozenset[_Key]:
    """Returns the keys of the groups whose figures are kept back.

    Args:
        groups: All groups of one kind of thing.
        minimum: Fewest things of which a figure is told.
    """
    small = [group for group in groups if 0 < group.count < minimum]
    hidden = {group.key for group in small if group.is_told}
    told = [group for group in groups if group.is_told]
    _hide_telling_differences(told, hidden, minimum)
    if not small:
        return frozenset(hidden)
    vectors = _vectors(groups)
    shown = [group for group in told if group.key not in hidden]
    order = sorted(shown, key=lambda group: (group.count == 0, group.count, len(group.atoms)))
    span = _Span({group.key: vectors[group.key] for group in shown}, {group.key: vectors[group.key] for group in small})
    # What cannot be computed from what is shown cannot be computed from less.
    for telling in small:
        while span.holds(telling.key):
            group = _cheapest(telling, order, span)
            hidden.add(group.key)
            order.remove(group)
            span.take_out(group.key)
    return frozenset(hidden)


def _hide_telling_differences(told: Sequence[Group[_Key]], hidden: set[_Key], minimum: int) -> None:
    """Hides the smaller of two shown groups, one within the other, that differ by a small count, until there are none.

    Whether two groups tell of their difference depends on nothing else, so that each pair is looked at once.
    """
    shown = [group for group in told if group.key not in hidden]
    for one, other in combinations(shown, 2):
        if (
            0 < abs(one.count - other.count) < minimum
            and one.key not in hidden
            and other.key not in hidden
            and (one.atoms <= other.atoms or other.atoms <= one.atoms)
        ):
            hidden.add(min(one, other, key=lambda group: (group.count == 0, group.count)).key)


def _cheapest(telling: Group[_Key], order: Sequence[Group[_Key]], span: "_Span[_Key]") -> Group[_Key]:
    """Returns what hides with the least loss: the smallest count above zero without which it cannot be computed.

    Args:
        telling: What can be computed.
        order: What is shown, the smallest count above zero first.
        span: What can be computed of what is shown.
    """
    needed = next((group for group in order if span.needs(telling.key, group.key)), None)
    if needed is not None:
        return needed
    return next((group for group in order if group.atoms & telling.atoms), order[0])


def _vectors(groups: Sequence[Group[_Key]]) -> dict[_Key, _Row]:
    """Returns each group over the classes of atoms that no group tells apart."""
    members: dict[Hashable, list[int]] = {}
    for number, group in enumerate(groups):
        for atom in group.atoms:
            members.setdefault(atom, []).append(number)
    classes: dict[tuple[int, ...], int] = {}
    for numbers in members.values():
        classes.setdefault(tuple(numbers), len(classes))
    vectors: dict[_Key, _Row] = {group.key: {} for group in groups}
    for named, place in classes.items():
        for number in named:
            vectors[groups[number].key][place] = 1
    return vectors


class _Span(Generic[_Key]):
    """What is shown, and what can be computed from it; what is shown can be taken out again.

    Of the shown vectors as many as are independent are the *basis*; each other one, and each target that can be
    computed, is held as its combination of them. So a shown vector is in every combination that gives a target exactly
    when it is of the basis, has a part in the target, and has none in another shown vector.

    Args:
        shown: What is shown.
        targets: What is looked for.
    """

    def __init__(self, shown: Mapping[_Key, _Row], targets: Mapping[_Key, _Row]) -> None:
        echelon: dict[int, tuple[_Row, dict[_Key, int]]] = {}
        self._others: dict[_Key, dict[_Key, int]] = {}
        # The shortest first: they are one class each, and a longer one is then a sum of them.
        for key, vector in sorted(shown.items(), key=lambda item: len(item[1])):
            left, parts = _reduced(vector, echelon)
            if not left:
                self._others[key] = parts
                continue
            place = min(left)
            inverse = pow(left[place], -1, _PRIME)
            made = {part: -value * inverse % _PRIME for part, value in parts.items()}
            made[key] = inverse
            echelon[place] = ({column: value * inverse % _PRIME for column, value in left.items()}, made)
        self._targets: dict[_Key, dict[_Key, int]] = {}
        for key, vector in targets.items():
            left, parts = _reduced(vector, echelon)
            if not left:
                self._targets[key] = parts

    def holds(self, target: _Key) -> bool:
        """Returns whether a target can be computed from what is shown."""
        return target in self._targets

    def needs(self, target: _Key, shown: _Key) -> bool:
        """Returns whether a target that can be computed could not be without one of what is shown."""
        return shown in self._targets[target] and all(shown not in parts for parts in self._others.values())

    def take_out(self, shown: _Key) -> None:
        """Shows something no more."""
        if self._others.pop(shown, None) is not None:
            return
        instead = next((key for key, parts in self._others.items() if shown in parts), None)
        if instead is None:
            self._targets = {key: parts for key, parts in self._targets.items() if shown not in parts}
            return
        # Another shown vector takes its place in the basis.
        given = self._others.pop(instead)
        inverse = pow(given.pop(shown), -1, _PRIME)
        for parts in (*self._others.values(), *self._targets.values()):
            factor = parts.pop(shown, 0) * inverse % _PRIME
            if factor:
                _subtract(parts, given, factor)
                parts[instead] = factor


def _subtract(row: dict[_Column, int], other: Mapping[_Column, int], factor: int) -> None:
    """Takes a multiple of another row from a row."""
    for column, value in other.items():
        changed = (row.get(column, 0) - factor * value) % _PRIME
        if changed:
            row[column] = changed
        else:
            row.pop(column, None)


def _reduced(vector: _Row, echelon: Mapping[int, tuple[_Row, dict[_Key, int]]]) -> tuple[_Row, dict[_Key, int]]:
    """Returns what rows leave of a vector, and of which shown vectors that which they took is made."""
    left: _Row = dict(vector)
    taken: dict[_Key, int] = {}
    waiting = list(left)
    heapify(waiting)
    while waiting:
        place = heappop(waiting)
        if place not in left or place not in echelon:
            continue
        row, parts = echelon[place]
        factor = left[place]
        _subtract(left, row, factor)
        _subtract(taken, parts, -factor)
        # A row begins at its own place, so that nothing before it comes back.
        for column in row:
            if column != place:
                heappush(waiting, column)
    return left, taken
