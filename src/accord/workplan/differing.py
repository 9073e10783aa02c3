"""What is different between two revisions, in words: by item and by field, with the words that went and came.

Two plans are compared by the keys of their entries, so that an item that only changed its place is moved, not taken
out and put in again. What is found is enough to make the second plan of the first (:func:`applied`); a page shows it.

The words of a text are compared when they are asked for (:attr:`FieldChange.marks`): a page shows fifty of them, a plan
may have ten thousand.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import msgspec
from rapidfuzz.distance import Indel

from accord.workplan.content import Plan
from accord.workplan.entries import OWN, ROWS, entries_of, fields_of, parted, plan_of, with_fields

__all__ = ["Change", "Difference", "FieldChange", "ItemChange", "Mark", "applied", "difference", "marked"]

_TOKEN: Final = re.compile(r"\s+|[\w\u0900-\u0963\u0970-\u097f'\u2019]+|[^\w\s]", re.DOTALL)
"""A run of blanks, a word with its vowel signs and apostrophes, or one other sign."""


class Change(StrEnum):
    """What became of an entry, or of the words of a text."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A run of words that stayed, went or came."""

    change: Change
    text: str


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field that is different.

    Args:
        field: Its path, for example ``due_on`` or ``title.fr``.
        before: Its value before.
        after: Its value after.
    """

    field: str
    before: Any  # Any: a field has the type that its struct gives it
    after: Any  # Any: as before

    @property
    def name(self) -> str:
        """Its name without the language."""
        return parted(self.field)[0]

    @property
    def language(self) -> str:
        """Its language; empty where it is no text."""
        return parted(self.field)[1]

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The words that stayed, went and came; empty where it is no text."""
        return marked(self.before, self.after) if self.language else ()


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """One entry that is different.

    Args:
        part: The part in which it stands; ``plan`` for the plan's own fields.
        key: Its code, or what makes the row the one it is.
        change: What became of it; one that changed and moved is changed.
        before: The entry before; ``None`` where it was added.
        after: The entry after; ``None`` where it was removed.
        fields: The fields that are different, where both are there.
        is_moved: Whether it stands at another place among those that were there before.
    """

    part: str
    key: str
    change: Change
    before: msgspec.Struct | None
    after: msgspec.Struct | None
    fields: tuple[FieldChange, ...] = ()
    is_moved: bool = False


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that is different between two plans.

    Args:
        changes: By entry, in the order of the second plan; what was removed stands at the end of its part.
        orders: The keys of a part in their order in the second plan, where entries were added or moved.
    """

    changes: tuple[ItemChange, ...] = ()
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is different."""
        return bool(self.changes)

    def counted(self) -> dict[Change, int]:
        """Returns how many entries were added, removed, changed and moved."""
        found = dict.fromkeys((Change.ADDED, Change.REMOVED, Change.CHANGED, Change.MOVED), 0)
        for change in self.changes:
            found[change.change] += 1
        return found


def difference(before: Plan, after: Plan) -> Difference:
    """Returns what is different in ``after``."""
    changes: list[ItemChange] = []
    orders: dict[str, tuple[str, ...]] = {}
    own = _fields(before, after)
    if own:
        changes.append(ItemChange(part=OWN, key=OWN, change=Change.CHANGED, before=before, after=after, fields=own))
    for part in ROWS:
        if getattr(before, part) == getattr(after, part):
            continue
        old, new = entries_of(before, part), entries_of(after, part)
        moved = moved_keys([key for key in old if key in new], [key for key in new if key in old])
        for key, entry in new.items():
            changes += _of_entry(part, key, old.get(key), entry, is_moved=key in moved)
        changes += [
            ItemChange(part=part, key=key, change=Change.REMOVED, before=entry, after=None)
            for key, entry in old.items()
            if key not in new
        ]
        if moved or any(key not in old for key in new):
            orders[part] = tuple(new)
    return Difference(changes=tuple(changes), orders=orders)


def _of_entry(
    part: str, key: str, old: msgspec.Struct | None, new: msgspec.Struct, *, is_moved: bool
) -> list[ItemChange]:
    if old is None:
        return [ItemChange(part=part, key=key, change=Change.ADDED, before=None, after=new)]
    fields = () if old == new else _fields(old, new)
    if not fields and not is_moved:
        return []
    change = Change.CHANGED if fields else Change.MOVED
    return [ItemChange(part=part, key=key, change=change, before=old, after=new, fields=fields, is_moved=is_moved)]


def _fields(before: msgspec.Struct, after: msgspec.Struct) -> tuple[FieldChange, ...]:
    old, new = fields_of(before), fields_of(after)
    return tuple(
        FieldChange(field=name, before=value, after=new[name]) for name, value in old.items() if value != new[name]
    )


def moved_keys(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """Returns the fewest keys that must be moved to make one order of the other.

    Args:
        before: Keys, each once.
        after: The same keys in another order.

    Source: longest increasing subsequence by patience sorting (Fredman, 1975).
    """
    place = {key: number for number, key in enumerate(before)}
    ends: list[int] = []
    piles: list[int] = []
    for key in after:
        pile = bisect_left(ends, place[key])
        if pile == len(ends):
            ends.append(place[key])
        else:
            ends[pile] = place[key]
        piles.append(pile)
    stay: set[str] = set()
    wanted, last = len(ends) - 1, len(place)
    for key, pile in zip(reversed(after), reversed(piles), strict=True):
        if pile == wanted and place[key] < last:
            stay.add(key)
            last = place[key]
            wanted -= 1
    return frozenset(after) - stay


def applied(before: Plan, what: Difference) -> Plan:
    """Returns the second plan of a difference, made of the first."""
    own = before
    parts: dict[str, Sequence[msgspec.Struct]] = {}
    by_part: dict[str, list[ItemChange]] = {}
    for change in what.changes:
        by_part.setdefault(change.part, []).append(change)
    for part, changes in by_part.items():
        if part == OWN:
            own = with_fields(before, {one.field: one.after for change in changes for one in change.fields})
            continue
        entries = entries_of(before, part)
        for change in changes:
            if change.after is None:
                del entries[change.key]
            elif change.before is None:
                entries[change.key] = change.after
            else:
                entries[change.key] = with_fields(entries[change.key], {one.field: one.after for one in change.fields})
        order = what.orders.get(part, tuple(entries))
        parts[part] = [entries[key] for key in order]
    return plan_of(own, parts)


def marked(before: str, after: str) -> tuple[Mark, ...]:
    """Returns the words of two texts that stayed, went and came, in the order in which they are read."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    marks: list[Mark] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            marks.append(Mark(change=Change.SAME, text="".join(old[step.src_start : step.src_end])))
            continue
        if step.src_end > step.src_start:
            marks.append(Mark(change=Change.REMOVED, text="".join(old[step.src_start : step.src_end])))
        if step.dest_end > step.dest_start:
            marks.append(Mark(change=Change.ADDED, text="".join(new[step.dest_start : step.dest_end])))
    return tuple(_joined(marks))


def _joined(marks: Sequence[Mark]) -> list[Mark]:
    """Returns marks in which a single blank between two changes is changed with them, so that they read as a phrase."""
    found: list[Mark] = []
    removed, added = "", ""

    def end() -> None:
        nonlocal removed, added
        for change, text in ((Change.REMOVED, removed), (Change.ADDED, added)):
            if text:
                found.append(Mark(change=change, text=text))
        removed = added = ""

    for number, mark in enumerate(marks):
        if mark.change is Change.REMOVED:
            removed += mark.text
        elif mark.change is Change.ADDED:
            added += mark.text
        elif mark.text.isspace() and (removed or added) and number + 1 < len(marks):
            removed += mark.text
            added += mark.text
        else:
            end()
            found.append(mark)
    end()
    return found
