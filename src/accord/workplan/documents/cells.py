"""One field of a plan as one cell: the words that stand in a file, and back again without loss.

A workbook and a Word document show the same fields under the same labels. A list is written with semicolons, an owner
as ``CA/RCMP/liaison``, a day in ISO form. Read is more than is written: a day with its month in words, or with slashes
where only one reading exists.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any, Final

import msgspec

from accord.vocabulary.figures_in_text import figures_of
from accord.workplan.codes import LANGUAGES
from accord.workplan.content import Owner, Plan, Source
from accord.workplan.entries import ROWS

__all__ = [
    "LABELS",
    "CellRefused",
    "DayOrder",
    "Raw",
    "cell_of",
    "label_of",
    "path_of",
    "paths_of",
    "read_cell",
    "text_of",
    "two_readings",
]

Raw = str | int | float | bool | date | datetime | None
"""What stands in a cell of a file."""


class DayOrder(StrEnum):
    """How a day in digits is read where two readings exist; a person says it, it is never guessed."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SLASHED: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_WORDINGS: Final = frozenset({"title", "text", "about", "caveat", "reason"})
_DAYS: Final = frozenset({"starts_on", "due_on", "recurs_until", "on", "in_force_on", "source.on"})
_COUNTS: Final = frozenset({"seconds", "min_cell", "schema_version"})
_NUMBERS: Final = frozenset({"baseline", "target"})
_LISTS: Final = frozenset({"depends_on", "serves", "themes", "languages", "lanes", "parties"})
_YES: Final = frozenset({"yes", "true", "1", "oui", "हाँ"})
_NO: Final = frozenset({"no", "false", "0", "non", "नहीं", ""})

LABELS: Final = {
    "id": "Code",
    "title": "Title",
    "text": "Text",
    "about": "About",
    "under": "Under",
    "verb": "Verb",
    "owners": "Owners",
    "starts_on": "Starts on",
    "due_on": "Due on",
    "recurrence": "Recurs",
    "recurs_until": "Recurs until",
    "depends_on": "Depends on",
    "caveat": "Caveat",
    "source.statement": "Source: statement",
    "source.on": "Source: day",
    "source.sentence": "Source: sentence",
    "source.language": "Source: language",
    "source.commitment": "Source: commitment",
    "themes": "Themes",
    "side": "Side",
    "legal_effect": "Legal effect",
    "serves": "Serves",
    "definition": "Definition",
    "unit": "Unit",
    "aim": "Aim",
    "baseline": "Baseline",
    "target": "Target",
    "min_cell": "Fewest cases told",
    "theme": "Theme",
    "urgency": "Urgency",
    "access": "Access",
    "seconds": "Seconds",
    "classification": "Classification",
    "handling": "Handling",
    "item": "Item",
    "status": "Status",
    "on": "Day",
    "by": "Said by",
    "reason": "Reason",
    "schema_version": "Version of the form",
    "parties": "Parties",
    "is_template": "Template",
    "in_force_on": "In force on",
    "languages": "Languages",
    "lanes": "Open lanes",
}
"""Labels of the fields in files; they are the same for readers of every language, so that each file is read back."""


class CellRefused(ValueError):
    """What stands in a cell is no value of its field.

    Args:
        code: What is wrong, by a stable code.
        sentence: What is wrong.
        next_step: What mends it.
    """

    def __init__(self, code: str, *, sentence: str, next_step: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step


@cache
def paths_of(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Returns the fields of a kind of entry as cells: a text is one in each language, a source is five."""
    found: list[str] = []
    for name in kind.__struct_fields__:
        if kind is Plan and name in ROWS:
            continue
        if name in _WORDINGS:
            found += [f"{name}.{language.value}" for language in LANGUAGES]
        elif name == "source":
            found += [f"source.{part}" for part in Source.__struct_fields__]
        else:
            found.append(name)
    return tuple(found)


def label_of(path: str) -> str:
    """Returns the label of a cell, for example ``Title (fr)``."""
    name, _dot, language = path.partition(".")
    return f"{LABELS[name]} ({language})" if name in _WORDINGS else LABELS[path]


@cache
def path_of(label: str, kind: type[msgspec.Struct]) -> str | None:
    """Returns the field of a label, however it is spaced and cased; ``None`` where the kind has none of that label."""
    wanted = " ".join(label.casefold().split())
    return next((path for path in paths_of(kind) if wanted in {label_of(path).casefold(), path}), None)


def cell_of(entry: msgspec.Struct, path: str) -> str | int | date | None:
    """Returns what stands in a cell of a workbook; ``None`` where the field is left out."""
    name, _dot, part = path.partition(".")
    value = getattr(entry, name)
    if name in _WORDINGS:
        return (value.of(part) or None) if value is not None else None
    if name == "source":
        value = None if value is None else getattr(value, part)
    if value is None or value == () or value is False or value == "":
        return None
    if isinstance(value, date) or type(value) is int:
        return value
    if isinstance(value, tuple):
        return "; ".join(_member(one) for one in value)
    return "yes" if value is True else str(getattr(value, "value", value))


def _member(value: object) -> str:
    if isinstance(value, Owner):
        return f"{value.party}/{value.agency}/{value.function.value}"
    return str(getattr(value, "value", value))


def text_of(entry: msgspec.Struct, path: str) -> str:
    """Returns what stands in a line of a document; empty where the field is left out."""
    value = cell_of(entry, path)
    return "" if value is None else str(value)


def two_readings(path: str, raw: Raw) -> tuple[date, date] | None:
    """Returns the two days that a cell can mean, the day read first and the month read first; else ``None``."""
    if path not in _DAYS or not isinstance(raw, str):
        return None
    found = _SLASHED.fullmatch(raw.strip())
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    try:
        readings = date(year, second, first), date(year, first, second)
    except ValueError:
        return None
    return readings if readings[0] != readings[1] else None


def read_cell(path: str, raw: Raw, *, order: DayOrder | None = None) -> Any:  # Any: each field has its own type
    """Returns the value of a cell in plain types; ``None`` where it is empty.

    Args:
        path: The field.
        raw: What stands in the cell.
        order: How a day with two readings is read; refused where it is omitted.

    Raises:
        CellRefused: It is no value of the field.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    readings = two_readings(path, raw) if order is not None else None
    if readings is not None:
        return readings[0] if order is DayOrder.DAY_FIRST else readings[1]
    reader = _READERS.get(path)
    if reader is not None:
        return reader(raw)
    if isinstance(raw, date):
        raise CellRefused(
            "a-day",
            sentence="A day stands where words belong.",
            next_step="Format the cell as text and write it again.",
        )
    text = _written(raw)
    if path in _LISTS or path == "owners":
        members = [one.strip() for one in text.split(";") if one.strip()]
        return [_owner(one) for one in members] if path == "owners" else members
    return text if path.partition(".")[0] in _WORDINGS or path == "source.sentence" else text.strip()


def _written(raw: Raw) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw)


def _day(raw: Raw) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = _written(raw).strip()
    if _ISO.fullmatch(text):
        # As it stands in every file that was taken out here.
        with suppress(ValueError):
            return date.fromisoformat(text)
    for language in LANGUAGES:
        found = figures_of(text, language.value)
        if found.impossible:
            raise CellRefused(
                "no-such-day", sentence=f"No calendar has the day {text[:40]}.", next_step="Correct the day."
            )
        if found.ambiguous:
            raise CellRefused(
                "two-readings",
                sentence=f"{text[:40]} is one day in one country and another day in another.",
                next_step="Write it as year-month-day, for example 2026-06-30.",
            )
        if len(found.days) == 1 and not found.numbers and len(found.days[0]) == len("2026-06-30"):
            return date.fromisoformat(found.days[0])
    raise CellRefused(
        "no-day", sentence="This is no day.", next_step="Write it as year-month-day, for example 2026-06-30."
    )


def _count(raw: Raw) -> int:
    number = _number(raw)
    if number != number.to_integral_value():
        raise CellRefused("no-number", sentence="This is no whole number.", next_step="Write a whole number in digits.")
    return int(number)


def _number(raw: Raw) -> Decimal:
    try:
        number = Decimal(_written(raw).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(raw, bool) or not number.is_finite():
        raise CellRefused("no-number", sentence="This is no number.", next_step="Write a number in digits.")
    return number


def _yes_or_no(raw: Raw) -> bool:
    said = _written(raw).strip().casefold()
    if said not in _YES | _NO:
        raise CellRefused(
            "no-answer", sentence="This is neither yes nor no.", next_step="Write yes, or leave the cell empty."
        )
    return said in _YES


def _owner(text: str) -> dict[str, str]:
    parts: Sequence[str] = [part.strip() for part in text.split("/")]
    if len(parts) != len(Owner.__struct_fields__):
        raise CellRefused(
            "no-owner",
            sentence="An owner is a party, an agency and a function.",
            next_step="Write it as AA/AGENCY/liaison.",
        )
    return dict(zip(Owner.__struct_fields__, parts, strict=True))


_READERS: Final[Mapping[str, Callable[[Raw], Any]]] = {  # Any: each field has its own type
    **dict.fromkeys(_DAYS, _day),
    **dict.fromkeys(_COUNTS, _count),
    **dict.fromkeys(_NUMBERS, _number),
    "is_template": _yes_or_no,
}
