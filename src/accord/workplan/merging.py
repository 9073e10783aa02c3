"""Two sides changed one plan: what each changed alone is taken, and what both changed differently a person chooses.

The merge is by entry and by field, as in :mod:`accord.workplan.differing`; it never merges the words of one text. It is
a computation of its four arguments: a page asks again with what was chosen so far, and is told what is still open. As
long as a conflict is open, ours stands in the plan.

Invariants (held by the tests):

* merged with the base itself, a plan is what it was;
* who calls which side "ours" changes no conflict and, where there is none, nothing in the entries;
* a choice for one conflict touches no other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

import msgspec

from accord.workplan.content import Plan
from accord.workplan.entries import OWN, ROWS, entries_of, fields_of, plan_of, with_fields

__all__ = ["Choice", "Conflict", "Merged", "merged"]

WHOLE: Final = ""
"""Field of a conflict that is about the whole entry."""

ORDER: Final = "order"
"""Field of a conflict that is about the order of a part."""


class Choice(StrEnum):
    """What a person takes of a conflict."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """What both sides changed, differently.

    Args:
        part: The part of the plan.
        key: The code of the item, or what makes the row the one it is; empty for the order of the part.
        field: The field; empty where it is about the whole entry, ``order`` where it is about the order of the part.
        base: What stood there before; ``None`` where nothing did.
        ours: What we wrote; ``None`` where we took it out.
        theirs: What they wrote; ``None`` where they took it out.
    """

    part: str
    key: str
    field: str
    base: Any  # Any: a field has the type that its struct gives it
    ours: Any  # Any: as before
    theirs: Any  # Any: as before

    @property
    def name(self) -> str:
        """What a form calls it; stable as long as the three plans are."""
        return f"{self.part}:{self.key}:{self.field}"


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What came of it.

    Args:
        plan: The merged plan; ours stands where a conflict is open.
        conflicts: All conflicts, those that were chosen for, too.
        open: Those for which nothing was chosen.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...]
    open: tuple[Conflict, ...]


_Entry = TypeVar("_Entry", bound=msgspec.Struct)

_Settle = Callable[[Conflict], Choice]


def merged(base: Plan, ours: Plan, theirs: Plan, *, choices: Mapping[str, Choice] | None = None) -> Merged:
    """Returns the plan that has what either side changed.

    Args:
        base: The plan from which both started.
        ours: Our plan.
        theirs: Their plan.
        choices: What a person chose, by the names of the conflicts; others are ignored.
    """
    chosen = choices or {}
    conflicts: list[Conflict] = []

    def settle(conflict: Conflict) -> Choice:
        conflicts.append(conflict)
        return chosen.get(conflict.name, Choice.OURS)

    own = _of_fields((OWN, OWN), base, ours, theirs, settle)
    parts: dict[str, Sequence[msgspec.Struct]] = {}
    for part in ROWS:
        before, here, there = (getattr(plan, part) for plan in (base, ours, theirs))
        if there in (here, before):
            continue
        parts[part] = there if here == before else _of_part(part, base, ours, theirs, settle)
    return Merged(
        plan=plan_of(own, parts),
        conflicts=tuple(conflicts),
        open=tuple(conflict for conflict in conflicts if conflict.name not in chosen),
    )


def _of_part(part: str, base: Plan, ours: Plan, theirs: Plan, settle: _Settle) -> list[msgspec.Struct]:
    before, here, there = (entries_of(plan, part) for plan in (base, ours, theirs))
    entries: dict[str, msgspec.Struct] = {}
    for key in dict.fromkeys((*before, *here, *there)):
        entry = _of_entry((part, key), before.get(key), here.get(key), there.get(key), settle)
        if entry is not None:
            entries[key] = entry
    return [entries[key] for key in _order(part, list(before), list(here), list(there), settle) if key in entries]


def _of_entry(
    place: tuple[str, str],
    base: msgspec.Struct | None,
    ours: msgspec.Struct | None,
    theirs: msgspec.Struct | None,
    settle: _Settle,
) -> msgspec.Struct | None:
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    if base is None or ours is None or theirs is None:
        part, key = place
        conflict = Conflict(part=part, key=key, field=WHOLE, base=base, ours=ours, theirs=theirs)
        return theirs if settle(conflict) is Choice.THEIRS else ours
    return _of_fields(place, base, ours, theirs, settle)


def _of_fields(place: tuple[str, str], base: _Entry, ours: _Entry, theirs: _Entry, settle: _Settle) -> _Entry:
    before, here, there = fields_of(base), fields_of(ours), fields_of(theirs)
    part, key = place
    taken: dict[str, Any] = {}  # Any: as before
    for field, value in there.items():
        if value in (here[field], before[field]):
            continue
        if here[field] != before[field]:
            conflict = Conflict(part=part, key=key, field=field, base=before[field], ours=here[field], theirs=value)
            if settle(conflict) is Choice.OURS:
                continue
        taken[field] = value
    return with_fields(ours, taken)


def _order(part: str, before: Sequence[str], here: Sequence[str], there: Sequence[str], settle: _Settle) -> list[str]:
    """Returns the keys in the order of the side that changed it; what the other added stands after its neighbour."""
    ours_moved, theirs_moved = _is_reordered(before, here), _is_reordered(before, there)
    first, second = (here, there) if ours_moved and not theirs_moved else (there, here)
    shared = [key for key in here if key in set(there)]
    if ours_moved and theirs_moved and shared != [key for key in there if key in set(here)]:
        conflict = Conflict(part=part, key="", field=ORDER, base=tuple(before), ours=tuple(here), theirs=tuple(there))
        if settle(conflict) is Choice.OURS:
            first, second = here, there
    return _joined(first, second)


def _is_reordered(before: Sequence[str], after: Sequence[str]) -> bool:
    in_before, in_after = set(before), set(after)
    return [key for key in before if key in in_after] != [key for key in after if key in in_before]


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Returns ``first`` with what only ``second`` has, each after the key it follows there."""
    known = set(first)
    followers: dict[str, list[str]] = {}
    neighbour = ""
    for key in second:
        if key in known:
            neighbour = key
        else:
            followers.setdefault(neighbour, []).append(key)
    found = list(followers.get("", ()))
    for key in first:
        found.append(key)
        found += followers.get(key, ())
    return found
