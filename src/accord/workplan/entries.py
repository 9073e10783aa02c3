"""A plan taken apart into entries and fields, as it is compared and merged, and put together again.

An *entry* is what a plan has under a key: the plan's own fields, an item, a row of the clock table, a ceiling, a row of
progress. A *field* of an entry is what is compared as one: a text is a field in each language, so that a correction of
the French does not touch the Hindi.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from accord.workplan.codes import LANGUAGES
from accord.workplan.content import PARTS, Ceiling, ClockRow, Plan, Progress, Wording

__all__ = ["OWN", "ROWS", "entries_of", "fields_of", "key_of", "parted", "plan_of", "with_fields"]

OWN: Final = "plan"
"""Part and key of the plan's own fields."""

ROWS: Final = (*PARTS, "clocks", "ceilings", "progress")
"""Parts of a plan that are lists of entries."""

_FIXED: Final = frozenset({"schema_version", "parties"})
_WORDINGS: Final = frozenset({"title", "text", "about", "caveat", "reason"})
_REQUIRED: Final = frozenset({"title", "reason"})

_Entry = TypeVar("_Entry", bound=msgspec.Struct)

Field = Any  # Any: a field has the type that its struct gives it


def key_of(entry: msgspec.Struct) -> str:
    """Returns the key of an entry of a list: its code, or what makes the row the one it is."""
    if isinstance(entry, ClockRow):
        return f"{entry.urgency.value}/{entry.access.value}"
    if isinstance(entry, Ceiling):
        return entry.theme.value
    if isinstance(entry, Progress):
        return f"{entry.item}/{entry.on}/{entry.by}"
    return str(entry.id)  # type: ignore[attr-defined]


def entries_of(plan: Plan, part: str) -> dict[str, msgspec.Struct]:
    """Returns the entries of a part by their keys, in order; a second one of a key stands under ``key#2``."""
    found: dict[str, msgspec.Struct] = {}
    for entry in getattr(plan, part):
        key = key_of(entry)
        if key in found:
            number = 2
            while f"{key}#{number}" in found:
                number += 1
            key = f"{key}#{number}"
        found[key] = entry
    return found


def parted(field: str) -> tuple[str, str]:
    """Returns the name of a field and its language; the language is empty where it has none."""
    name, _dot, language = field.partition(".")
    return name, language


def fields_of(entry: msgspec.Struct) -> dict[str, Field]:
    """Returns the fields of an entry; those of the plan itself are without its lists."""
    found: dict[str, Field] = {}
    for name in entry.__struct_fields__:
        if isinstance(entry, Plan) and (name in ROWS or name in _FIXED):
            continue
        value = getattr(entry, name)
        if name in _WORDINGS:
            for language in LANGUAGES:
                found[f"{name}.{language.value}"] = value.of(language) if value is not None else ""
        else:
            found[name] = value
    return found


def with_fields(entry: _Entry, changed: Mapping[str, Field]) -> _Entry:
    """Returns an entry with some of its fields changed.

    A text that would be left without words in any language stays as it was, where the entry cannot be without it.
    """
    values: dict[str, Any] = {}  # Any: see Field
    for name in {parted(field)[0] for field in changed}:
        if name not in _WORDINGS:
            values[name] = changed[name]
            continue
        before: Wording | None = getattr(entry, name)
        texts = {
            language.value: changed.get(f"{name}.{language.value}", before.of(language) if before is not None else "")
            for language in LANGUAGES
        }
        if any(texts.values()):
            values[name] = Wording(**texts)
        elif name not in _REQUIRED and not (isinstance(entry, Plan) and name == "caveat"):
            values[name] = None
    return msgspec.structs.replace(entry, **values) if values else entry


def plan_of(own: Plan, parts: Mapping[str, Iterable[msgspec.Struct]] | Mapping[str, Sequence[msgspec.Struct]]) -> Plan:
    """Returns a plan of its own fields and the entries of its parts, in their order."""
    return msgspec.structs.replace(own, **{part: tuple(rows) for part, rows in parts.items()})
