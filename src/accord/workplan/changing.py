"""A plan with one thing changed: an item written, taken out or moved, and where an item stands."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from accord.workplan.content import LETTERS, PARTS, Item, Plan, Progress

__all__ = ["moved_item", "next_code", "part_of", "with_item", "with_progress", "without_item"]

_LETTER: Final = {part: letter for letter, part in LETTERS.items()}


def part_of(code: str) -> str:
    """Returns the part in which an item of this code stands; empty where the code is none."""
    return LETTERS.get(code[:1], "")


def next_code(plan: Plan, part: str) -> str:
    """Returns the first code of a part after all that it has, so that a code taken out is not given again at once."""
    letter = _LETTER[part]
    numbers = [int(item.id[1:]) for item in getattr(plan, part)]
    told = [int(row.item[1:]) for row in plan.progress if row.item[:1] == letter]
    return f"{letter}{max([*numbers, *told], default=0) + 1}"


def _with(plan: Plan, part: str, rows: Sequence[msgspec.Struct]) -> Plan:
    return msgspec.structs.replace(plan, **{part: tuple(rows)})


def with_item(plan: Plan, item: Item) -> Plan:
    """Returns the plan with an item in the place of that of its code, or at the end of its part."""
    part = next(name for name, kind in PARTS.items() if type(item) is kind)
    rows = list(getattr(plan, part))
    place = next((number for number, one in enumerate(rows) if one.id == item.id), None)
    if place is None:
        rows.append(item)
    else:
        rows[place] = item
    return _with(plan, part, rows)


def without_item(plan: Plan, code: str) -> Plan:
    """Returns the plan without an item and what was said of where it stands; what belonged to it is left."""
    part = part_of(code)
    if not part:
        return plan
    kept = _with(plan, part, [item for item in getattr(plan, part) if item.id != code])
    return _with(kept, "progress", [row for row in kept.progress if row.item != code])


def moved_item(plan: Plan, code: str, where: Literal["up", "down"]) -> Plan:
    """Returns the plan with an item one place up or down among those that belong to the same."""
    part = part_of(code)
    rows = list(getattr(plan, part)) if part else []
    place = next((number for number, one in enumerate(rows) if one.id == code), None)
    if place is None:
        return plan
    under = rows[place].under
    others = [number for number, one in enumerate(rows) if one.under == under]
    at = others.index(place) + (-1 if where == "up" else 1)
    if not 0 <= at < len(others):
        return plan
    item = rows.pop(place)
    # What stood before it moves back by one when it is taken out, so that the index is the right one both ways.
    rows.insert(others[at], item)
    return _with(plan, part, rows)


def with_progress(plan: Plan, row: Progress) -> Plan:
    """Returns the plan with what a side says of a day, in the place of what the same side said of the same day."""
    key = (row.item, row.on, row.by)
    kept = [one for one in plan.progress if (one.item, one.on, one.by) != key]
    return _with(plan, "progress", [*kept, row])
