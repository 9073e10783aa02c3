"""What was understood of a file, what was not, and what would change: looked at before anything is stored.

What is not understood changes nothing: where the plan at hand has such an entry, a field that could not be read stays
as it is there, and so does an entry that could not be read or that is hidden.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import msgspec

from accord.workplan.checking import problems_of
from accord.workplan.content import PARTS, Ceiling, ClockRow, Plan, Progress
from accord.workplan.differing import Difference, difference
from accord.workplan.documents.cells import (
    LABELS,
    CellRefused,
    DayOrder,
    Raw,
    cell_of,
    paths_of,
    read_cell,
    two_readings,
)
from accord.workplan.entries import ROWS, entries_of, key_of
from accord.workplan.versions import Problem

__all__ = ["KINDS", "Built", "Found", "Note", "Preview", "TwoReadings", "built", "previewed"]

KINDS: Final[Mapping[str, type[msgspec.Struct]]] = {
    **PARTS,
    "clocks": ClockRow,
    "ceilings": Ceiling,
    "progress": Progress,
}
"""The kind of entry of each part."""

_AT: Final = re.compile(r" - at `\$\.(?P<path>[a-z_.]+)|missing required field `(?P<missing>[a-z_]+)`")


@dataclass(frozen=True, kw_only=True)
class Note:
    """One thing of a file that is told.

    Args:
        place: Where it stands: the address of a cell, the number of a paragraph, a path.
        code: What it is, by a stable code.
        sentence: What it is.
        next_step: What mends it; empty where nothing need be done.
        shown: Words of the file that are shown with it, such as a comment.
    """

    place: str
    code: str
    sentence: str
    next_step: str = ""
    shown: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One entry as it stands in a file.

    Args:
        cells: Its cells by their fields.
        places: The place of each.
        place: Its own place.
        unread: Fields that the file does not say, or says in a way that is not read, such as by a formula.
        is_hidden: Whether it stands in a hidden row, and says nothing at all.
    """

    cells: Mapping[str, Raw]
    places: Mapping[str, str]
    place: str
    unread: frozenset[str] = frozenset()
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class TwoReadings:
    """A day that is one day in one country and another day in another.

    Args:
        place: Where it stands.
        written: How it is written.
        day_first: The day, where the day stands first.
        month_first: The day, where the month stands first.
    """

    place: str
    written: str
    day_first: date
    month_first: date


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a file would do.

    Args:
        plan: The plan that was understood; ``None`` where the file holds none.
        understood: Entries understood, by part.
        not_understood: What was not, each with its place.
        stripped: What was in the file and is taken out: comments, tracked changes, hidden text, names of authors.
        two_readings: Days that can be read in two ways, whether or not it was said how they are read.
        would_change: What is different from the plan at hand.
        problems: What is wrong with the plan as a whole.
    """

    plan: Plan | None
    understood: Mapping[str, int] = field(default_factory=dict)
    not_understood: tuple[Note, ...] = ()
    stripped: tuple[Note, ...] = ()
    two_readings: tuple[TwoReadings, ...] = ()
    would_change: Difference | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Built:
    """The plan of what stands in a file, with what of it was not understood."""

    plan: Plan | None
    told: tuple[Note, ...] = ()
    two_readings: tuple[TwoReadings, ...] = ()


def previewed(
    plan: Plan | None,
    *,
    current: Plan | None,
    notes: Sequence[Note] = (),
    stripped: Sequence[Note] = (),
    readings: Sequence[TwoReadings] = (),
) -> Preview:
    """Returns the preview of a plan that was read."""
    return Preview(
        plan=plan,
        understood={} if plan is None else {part: len(getattr(plan, part)) for part in ROWS},
        not_understood=tuple(notes),
        stripped=tuple(stripped),
        two_readings=tuple(readings),
        would_change=None if plan is None or current is None else difference(current, plan),
        problems=() if plan is None else problems_of(plan),
    )


def built(
    own: Found | None,
    parts: Mapping[str, Sequence[Found]],
    *,
    current: Plan | None,
    order: DayOrder | None = None,
) -> Built:
    """Returns the plan of what stands in a file, and what of it was not understood.

    Args:
        own: The plan's own fields; those of the plan at hand where the file has none.
        parts: The entries of each part that the file has; a part that it lacks stays as in the plan at hand.
        current: The plan at hand.
        order: How a day with two readings is read, where a person said it.
    """
    building = _Building(order)
    plan = building.plan(own, parts, current)
    return Built(plan=plan, told=tuple(building.told), two_readings=tuple(building.readings))


class _Building:
    """A plan while it is put together."""

    def __init__(self, order: DayOrder | None) -> None:
        self._order = order
        self.told: list[Note] = []
        self.readings: list[TwoReadings] = []

    def plan(self, own: Found | None, parts: Mapping[str, Sequence[Found]], current: Plan | None) -> Plan | None:
        lists: dict[str, Any] = {}  # Any: a tuple of entries for each part
        for part in ROWS:
            known = entries_of(current, part) if current is not None else {}
            if part in parts:
                lists[part] = tuple(self._entries(KINDS[part], parts[part], known))
            elif current is not None:
                lists[part] = tuple(known.values())
        if own is None:
            if current is None:
                self.told.append(
                    Note(
                        place="",
                        code="no-plan",
                        sentence="The file does not say what plan it is.",
                        next_step="Add the part named Plan, as it stands in a file that was taken out here.",
                    )
                )
                return None
            return msgspec.structs.replace(current, **lists)
        plan = self._entry(Plan, own, current)
        return None if plan is None else msgspec.structs.replace(plan, **lists)

    def _entries(
        self, kind: type[msgspec.Struct], rows: Sequence[Found], known: Mapping[str, msgspec.Struct]
    ) -> Iterator[msgspec.Struct]:
        seen: dict[str, str] = {}
        for row in rows:
            before = known.get(_key(kind, row.cells))
            entry = before if row.is_hidden else self._entry(kind, row, before)
            if entry is None:
                continue
            key = key_of(entry)
            if key in seen:
                self.told.append(
                    Note(
                        place=row.place,
                        code="duplicate",
                        sentence=f"{key} stands at {seen[key]} already.",
                        next_step="Give each a code of its own; the first was taken.",
                    )
                )
                continue
            seen[key] = row.place
            yield entry

    def _entry(self, kind: type[msgspec.Struct], row: Found, before: msgspec.Struct | None) -> Any:  # Any: of the kind
        values = self._values(row, before)
        for _attempt in range(len(row.cells) + 1):
            try:
                return msgspec.convert(values, kind)
            except msgspec.ValidationError as error:
                path, is_missing = _where(str(error))
                self.told.append(_refusal(kind, row, path, is_missing=is_missing))
                if is_missing or not _drop(values, path):
                    return before
                if before is not None:
                    name = path.partition(".")[0]
                    _put_back(values, before, {one for one in paths_of(kind) if one.partition(".")[0] == name})
        return before

    def _values(self, row: Found, before: msgspec.Struct | None) -> dict[str, Any]:  # Any: plain values by field
        values: dict[str, Any] = {}  # Any: as before
        kept = set(row.unread)
        for path, raw in row.cells.items():
            if path in row.unread:
                continue
            try:
                value = self._value(path, raw, row)
            except CellRefused as refused:
                place = row.places.get(path, row.place)
                self.told.append(
                    Note(place=place, code=refused.code, sentence=refused.sentence, next_step=refused.next_step)
                )
                kept.add(path)
                continue
            if value is not None:
                _put(values, path, value)
        if before is not None:
            _put_back(values, before, kept)
        return values

    def _value(self, path: str, raw: Raw, row: Found) -> Any:  # Any: each field has its own type
        readings = two_readings(path, raw)
        if readings is not None:
            self.readings.append(
                TwoReadings(
                    place=row.places.get(path, row.place),
                    written=str(raw).strip(),
                    day_first=readings[0],
                    month_first=readings[1],
                )
            )
        return read_cell(path, raw, order=self._order)


def _key(kind: type[msgspec.Struct], cells: Mapping[str, Raw]) -> str:
    """Returns the key of a row before it is read as an entry; nothing fits where a part of it is missing."""
    said = {path: str(raw.date() if isinstance(raw, datetime) else raw).strip() for path, raw in cells.items()}
    if kind is ClockRow:
        return f"{said.get('urgency')}/{said.get('access')}"
    if kind is Ceiling:
        return said.get("theme", "")
    if kind is Progress:
        return f"{said.get('item')}/{said.get('on')}/{said.get('by')}"
    return said.get("id", "")


def _put_back(
    values: dict[str, Any], before: msgspec.Struct, paths: AbstractSet[str]
) -> None:  # Any: plain values by field
    """Puts fields of the plan at hand in the place of those that were not read."""
    for path in paths_of(type(before)):
        if path in paths:
            value = read_cell(path, cell_of(before, path))
            if value is not None:
                _put(values, path, value)


def _put(values: dict[str, Any], path: str, value: object) -> None:
    name, dot, part = path.partition(".")
    if dot:
        values.setdefault(name, {})[part] = value
    else:
        values[name] = value


def _drop(values: dict[str, Any], path: str) -> bool:
    return values.pop(path.partition(".")[0], None) is not None


def _where(message: str) -> tuple[str, bool]:
    found = _AT.search(message)
    if found is None:
        return "", True
    if found["missing"]:
        within = re.search(r"at `\$\.([a-z_]+)", message)
        return (within[1] if within else found["missing"]), within is None
    return found["path"].rstrip("."), False


def _refusal(kind: type[msgspec.Struct], row: Found, path: str, *, is_missing: bool) -> Note:
    name = path.partition(".")[0]
    place = row.places.get(path) or next((at for one, at in row.places.items() if one.startswith(name)), row.place)
    if is_missing:
        return Note(
            place=row.place,
            code="missing",
            sentence=f"It is not understood without the field {LABELS.get(name, name)}."
            if name
            else "It is not understood.",
            next_step="Fill the field; the whole row was left out.",
        )
    allowed = _allowed(kind, name)
    return Note(
        place=place,
        code="no-value",
        sentence=f"This is no value of the field {LABELS.get(name, name)}.",
        next_step=f"Write one of: {', '.join(allowed)}." if allowed else "Correct it; the field was left out.",
    )


def _allowed(kind: type[msgspec.Struct], name: str) -> tuple[str, ...]:
    """Returns the codes of a closed list, where the field has one."""
    schema = msgspec.json.schema(kind)
    fields = schema["$defs"][kind.__name__]["properties"]
    texts = msgspec.json.encode(fields.get(name, {})).decode()
    named = re.search(r"#/\$defs/([A-Za-z]+)", texts)
    return tuple(schema["$defs"][named[1]].get("enum", ())) if named else ()
