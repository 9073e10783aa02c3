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

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Generic, TypeVar

__all__ = ["Group", "kept_back"]

_PRIME: Final = (1 << 61) - 1

_Key = TypeVar("_Key", bound=Hashable)
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
    while (more := _telling_difference(told, hidden, minimum)) is not None:
        hidden.add(more)
    if not small:
        return frozenset(hidden)
    vectors = _vectors(groups)
    while True:
        shown = [group for group in told if group.key not in hidden]
        basis = _basis(vectors[group.key] for group in shown)
        telling = next((group for group in small if _is_in_span(vectors[group.key], basis)), None)
        if telling is None:
            return frozenset(hidden)
        hidden.add(_cheapest(telling, shown, vectors))


def _telling_difference(told: Sequence[Group[_Key]], hidden: set[_Key], minimum: int) -> _Key | None:
    """Returns the smaller of two shown groups, one within the other, that differ by a small count."""
    shown = [group for group in told if group.key not in hidden]
    for one, other in combinations(shown, 2):
        if 0 < abs(one.count - other.count) < minimum and (one.atoms <= other.atoms or other.atoms <= one.atoms):
            return min(one, other, key=lambda group: (group.count == 0, group.count)).key
    return None


def _cheapest(telling: Group[_Key], shown: Sequence[Group[_Key]], vectors: Mapping[_Key, _Row]) -> _Key:
    """Returns what hides with the least loss: the smallest count above zero without which it cannot be computed."""
    order = sorted(shown, key=lambda group: (group.count == 0, group.count, len(group.atoms)))
    for group in order:
        others = _basis(vectors[other.key] for other in shown if other is not group)
        if not _is_in_span(vectors[telling.key], others):
            return group.key
    return next((group for group in order if group.atoms & telling.atoms), order[0]).key


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


def _reduced(vector: _Row, basis: Mapping[int, _Row]) -> _Row:
    left = dict(vector)
    while left:
        place = min(left)
        row = basis.get(place)
        if row is None:
            later = [place for place in left if place in basis]
            if not later:
                return left
            place = min(later)
            row = basis[place]
        factor = left[place]
        for column, value in row.items():
            changed = (left.get(column, 0) - factor * value) % _PRIME
            if changed:
                left[column] = changed
            else:
                left.pop(column, None)
    return left


def _basis(vectors: Iterable[_Row]) -> dict[int, _Row]:
    """Returns rows by their first place, where each has a one."""
    basis: dict[int, _Row] = {}
    for vector in vectors:
        left = _reduced(vector, basis)
        if left:
            place = min(left)
            inverse = pow(left[place], -1, _PRIME)
            basis[place] = {column: value * inverse % _PRIME for column, value in left.items()}
    return basis


def _is_in_span(vector: _Row, basis: Mapping[int, _Row]) -> bool:
    return not _reduced(vector, basis)
