"""The items of a plan in the order in which they are read, and those among them that are looked for.

A pillar, what belongs to it, what belongs to that, and so on down. What belongs to nothing, or in a circle to itself,
comes last, so that no item is out of sight in a draft that does not hold together yet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from accord.workplan.codes import Status
from accord.workplan.content import Action, Item, Pillar, Plan, Priority, items_by_id, statuses
from accord.workplan.due import OVER, due_days, is_overdue, next_due, status_of

__all__ = ["Due", "Place", "Wanted", "counted", "found", "owners_of", "reading_order", "with_those_above"]

SOON_DAYS: Final = 30
QUARTER_DAYS: Final = 90


class Due(StrEnum):
    """When what is looked for is due."""

    OVERDUE = "overdue"
    SOON = "soon"
    QUARTER = "quarter"
    NO_DAY = "no-day"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An item where it is read.

    Args:
        item: The item.
        above: Codes of what it belongs to, the pillar first.
        status: Where it stands.
        due: The next day on which it is due; the last one where none comes any more.
        is_overdue: Whether that day is past and it is neither done nor dropped.
    """

    item: Item
    above: tuple[str, ...]
    status: Status
    due: date | None
    is_overdue: bool

    @property
    def pillar(self) -> str:
        """Code of the pillar; that of a pillar is its own, and empty where there is none."""
        return self.above[0] if self.above else (self.item.id if isinstance(self.item, Pillar) else "")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for; what is empty asks for nothing.

    Args:
        pillar: Code of a pillar.
        side: What is a priority of that party, or serves one.
        owner: ``PARTY/AGENCY`` that answers for it.
        status: Where it stands.
        due: When it is due.
        words: Words in a title or text, in any language, or a code.
    """

    pillar: str = ""
    side: str = ""
    owner: str = ""
    status: str = ""
    due: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, one.name) for one in fields(self))


def reading_order(plan: Plan, *, today: date) -> tuple[Place, ...]:
    """Returns all items in the order in which they are read."""
    told = statuses(plan)
    below: dict[str, list[Item]] = {}
    known = items_by_id(plan)
    first: list[Item] = []
    for item in known.values():
        if item.under in known and item.under != item.id:
            below.setdefault(item.under, []).append(item)
        else:
            first.append(item)
    places: list[Place] = []
    seen: set[str] = set()
    waiting: list[tuple[Item, tuple[str, ...]]] = [(item, ()) for item in reversed(first)]
    # Pillars come before what belongs to nothing, since they stand first in a plan.
    while waiting:
        item, above = waiting.pop()
        if item.id in seen:
            continue
        seen.add(item.id)
        places.append(_place(item, above, told_status=status_of(item, told), today=today))
        waiting += [(one, (*above, item.id)) for one in reversed(below.get(item.id, ()))]
    rest = (item for item in known.values() if item.id not in seen)
    places += [_place(item, (), told_status=status_of(item, told), today=today) for item in rest]
    return tuple(places)


def _place(item: Item, above: tuple[str, ...], *, told_status: Status, today: date) -> Place:
    due = next_due(item, today) if item.due_on is not None else None
    return Place(item=item, above=above, status=told_status, due=due, is_overdue=is_overdue(item, told_status, today))


def found(plan: Plan, places: Sequence[Place], wanted: Wanted, *, today: date) -> list[Place]:
    """Returns the places that are looked for, in their order."""
    if not wanted:
        return list(places)
    of_side = {row.id for row in plan.priorities if row.side == wanted.side} if wanted.side else set()
    words = wanted.words.casefold().split()
    return [one for one in places if _is_wanted(one, wanted, of_side, words, today)]


def _is_wanted(place: Place, wanted: Wanted, of_side: set[str], words: list[str], today: date) -> bool:
    item = place.item
    if wanted.pillar and place.pillar != wanted.pillar:
        return False
    if wanted.side and not (item.id in of_side or of_side & set(getattr(item, "serves", ()))):
        return False
    if wanted.owner and wanted.owner not in owners_of(item):
        return False
    if wanted.status and (isinstance(item, Pillar | Priority) or place.status != wanted.status):
        return False
    if wanted.due and not _is_due(place, wanted.due, today):
        return False
    return not words or _has_words(item, words)


def owners_of(item: Item) -> tuple[str, ...]:
    """Returns the owners of an item as they are looked for: ``PARTY/AGENCY``."""
    return tuple(f"{owner.party}/{owner.agency}" for owner in item.owners)


def _is_due(place: Place, due: str, today: date) -> bool:
    if due == Due.OVERDUE:
        return place.is_overdue
    if due == Due.NO_DAY:
        return isinstance(place.item, Action) and place.item.due_on is None
    days = {Due.SOON: SOON_DAYS, Due.QUARTER: QUARTER_DAYS}.get(Due(due)) if due in set(Due) else None
    if days is None or place.status in OVER:
        return False
    return any(True for _day in due_days(place.item, today, today + timedelta(days=days)))


def _has_words(item: Item, words: list[str]) -> bool:
    texts = [item.id]
    for wording in (item.title, item.text):
        if wording is not None:
            texts += [wording.en, wording.fr, wording.hi]
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words)


def with_those_above(places: Sequence[Place], shown: Iterable[Place]) -> list[tuple[Place, bool]]:
    """Returns some places with those that they belong to, each with whether it was asked for itself."""
    asked = list(shown)
    themselves = {one.item.id for one in asked}
    by_code = {one.item.id: one for one in places}
    rows: list[tuple[Place, bool]] = []
    written: set[str] = set()
    for one in asked:
        for code in one.above:
            if code not in written and code not in themselves and code in by_code:
                rows.append((by_code[code], False))
                written.add(code)
        rows.append((one, True))
        written.add(one.item.id)
    return rows


def counted(places: Iterable[Place]) -> Mapping[str, Counter[Status]]:
    """Returns for each pillar how many of its actions stand where."""
    numbers: dict[str, Counter[Status]] = {}
    for one in places:
        if isinstance(one.item, Action):
            numbers.setdefault(one.pillar, Counter())[one.status] += 1
    return numbers
