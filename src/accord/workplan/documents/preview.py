"""What was understood of a file, what was not, and what would change: looked at before anything is stored."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from accord.workplan.checking import problems_of
from accord.workplan.content import PARTS, Ceiling, ClockRow, Plan, Progress
from accord.workplan.differing import Difference, difference
from accord.workplan.documents.cells import CellRefused, Raw, read_cell
from accord.workplan.entries import ROWS, key_of
from accord.workplan.versions import Problem

__all__ = ["KINDS", "Found", "Note", "Preview", "built", "previewed"]

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
    """One entry as it stands in a file: its cells by their fields, with the place of each."""

    cells: Mapping[str, Raw]
    places: Mapping[str, str]
    place: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a file would do.

    Args:
        plan: The plan that was understood; ``None`` where the file holds none.
        understood: Entries understood, by part.
        not_understood: What was not, each with its place.
        stripped: What was in the file and is taken out: comments, tracked changes, hidden text, names of authors.
        would_change: What is different from the plan at hand.
        problems: What is wrong with the plan as a whole.
    """

    plan: Plan | None
    understood: Mapping[str, int] = field(default_factory=dict)
    not_understood: tuple[Note, ...] = ()
    stripped: tuple[Note, ...] = ()
    would_change: Difference | None = None
    problems: tuple[Problem, ...] = ()


def previewed(
    plan: Plan | None, *, current: Plan | None, notes: Sequence[Note] = (), stripped: Sequence[Note] = ()
) -> Preview:
    """Returns the preview of a plan that was read."""
    return Preview(
        plan=plan,
        understood={} if plan is None else {part: len(getattr(plan, part)) for part in ROWS},
        not_understood=tuple(notes),
        stripped=tuple(stripped),
        would_change=None if plan is None or current is None else difference(current, plan),
        problems=() if plan is None else problems_of(plan),
    )


def built(
    own: Found | None, parts: Mapping[str, Sequence[Found]], *, current: Plan | None
) -> tuple[Plan | None, list[Note]]:
    """Returns the plan of what stands in a file, and what of it was not understood.

    Args:
        own: The plan's own fields; those of the plan at hand where the file has none.
        parts: The entries of each part that the file has; a part that it lacks stays as in the plan at hand.
        current: The plan at hand.
    """
    notes: list[Note] = []
    lists: dict[str, Any] = {}  # Any: a tuple of entries for each part
    for part in ROWS:
        if part in parts:
            lists[part] = tuple(_entries(KINDS[part], parts[part], notes))
        elif current is not None:
            lists[part] = getattr(current, part)
    if own is None:
        if current is None:
            notes.append(
                Note(
                    place="",
                    code="no-plan",
                    sentence="The file does not say what plan it is.",
                    next_step="Add the part named Plan, as it stands in a file that was taken out here.",
                )
            )
            return None, notes
        return msgspec.structs.replace(current, **lists), notes
    plan = _entry(Plan, own, notes)
    return (None if plan is None else msgspec.structs.replace(plan, **lists)), notes


def _entries(kind: type[msgspec.Struct], rows: Sequence[Found], notes: list[Note]) -> Iterator[msgspec.Struct]:
    seen: dict[str, str] = {}
    for row in rows:
        entry = _entry(kind, row, notes)
        if entry is None:
            continue
        key = key_of(entry)
        if key in seen:
            notes.append(
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


def _entry(kind: type[msgspec.Struct], row: Found, notes: list[Note]) -> Any:  # Any: of the kind
    values: dict[str, Any] = {}  # Any: plain values by field
    for path, raw in row.cells.items():
        try:
            value = read_cell(path, raw)
        except CellRefused as refused:
            notes.append(
                Note(
                    place=row.places.get(path, row.place),
                    code=refused.code,
                    sentence=refused.sentence,
                    next_step=refused.next_step,
                )
            )
            continue
        if value is not None:
            _put(values, path, value)
    for _attempt in range(len(row.cells) + 1):
        try:
            return msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            path, is_missing = _where(str(error))
            notes.append(_refusal(kind, row, path, is_missing=is_missing))
            if is_missing or not _drop(values, path):
                return None
    return None


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
            sentence=f"It is not understood without the field {name}." if name else "It is not understood.",
            next_step="Fill the field; the whole row was left out.",
        )
    allowed = _allowed(kind, name)
    return Note(
        place=place,
        code="no-value",
        sentence=f"This is no value of the field {name}.",
        next_step=f"Write one of: {', '.join(allowed)}." if allowed else "Correct it; the field was left out.",
    )


def _allowed(kind: type[msgspec.Struct], name: str) -> tuple[str, ...]:
    """Returns the codes of a closed list, where the field has one."""
    schema = msgspec.json.schema(kind)
    fields = schema["$defs"][kind.__name__]["properties"]
    texts = msgspec.json.encode(fields.get(name, {})).decode()
    named = re.search(r"#/\$defs/([A-Za-z]+)", texts)
    return tuple(schema["$defs"][named[1]].get("enum", ())) if named else ()
