"""A message as a reader at either side sees it: its fields in their order, each with its label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext
from msgspec import inspect

from accord.exchange.own_side import OwnSide
from accord.law.facts import Facts
from accord.liaison.postings.content import PostingContent, SoilActContent
from accord.node.desk.code_words import known_words
from accord.node.desk.field_words import COMMON, SECTIONS
from accord.node.desk.figures import day_of, locale_in_use, number_of, size_of
from accord.node.desk.read_words import label_read
from accord.node.unseen import with_marks
from accord.parties.registers import ArrangementTerms, AssuranceTerms, RiskTerms
from accord.release.registry import kinds

__all__ = ["Part", "members_of", "parts_of", "principal_parts"]

_ORDER: Final = {
    name: place
    for place, name in enumerate(
        dict.fromkeys(name for sections in (*SECTIONS.values(), COMMON) for _title, names in sections for name in names)
    )
}
_ALWAYS: Final = frozenset({"handling", "caveats", "purpose"})

REGISTERED: Final = (ArrangementTerms, RiskTerms, AssuranceTerms, PostingContent, SoilActContent)
"""What stands in our registers, and in texts about officers, is read as messages are."""

FILES: Final = "attachments"
OF_A_FILE: Final = ("name", "media_type", "size_bytes", "sha256")
"""What is read of a file. Its key and its chunks are for the machine: who reads the key off a sheet opens the file."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One member of a message.

    Args:
        name: The member.
        label: Its label.
        text: What it says, where it is one text.
        items: Its texts, where there are several.
        told: Which of its texts are words of the desk, in the reader's language.
        is_written: Whether its writer's own words stand there, and not words or figures of the desk.
        language: Language of what was written; empty where it is not known.
        groups: Its groups of members.
    """

    name: str
    label: Any  # Any: a lazy translation
    text: str = ""
    items: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()
    is_written: bool = False
    language: str = ""
    groups: tuple[tuple["Part", ...], ...] = ()


def parts_of(
    fields: Mapping[str, Any],
    *,
    language: str = "",
    names: Mapping[str, Any] | None = None,
    told: frozenset[str] = frozenset(),
) -> tuple[Part, ...]:
    """Returns the members of a message in the order in which an officer thinks; what is empty is left out.

    Args:
        fields: The members.
        language: Language of the texts in them, where the fields name none themselves.
        names: What members are called where they are no message's; their order is then that of the fields.
        told: Members whose texts are words of the desk already, in the reader's language.
    """
    order = list(fields) if names is not None else sorted(fields, key=lambda name: _ORDER.get(name, len(_ORDER)))
    written = str(fields.get("language") or language)
    shown = (name for name in order if fields[name] not in (None, "", [], {}))
    parts = ((name, _part(name, fields[name], written, names)) for name in shown)
    return tuple(replace(part, is_written=False, language="") if name in told else part for name, part in parts)


def principal_parts(kind: str, fields: Mapping[str, Any]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Returns what an officer reads first of a message, and then the rest of what it states."""
    first = {name for _title, names in SECTIONS.get(kind, ()) for name in names} | _ALWAYS
    parts = parts_of(fields)
    return tuple(one for one in parts if one.name in first), tuple(one for one in parts if one.name not in first)


def _part(name: str, value: Any, language: str, names: Mapping[str, Any] | None) -> Part:
    label = (names or {}).get(name) or label_read(name)
    if name == FILES:
        held = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        return Part(name=name, label=label, groups=tuple(_file(one) for one in held if isinstance(one, Mapping)))
    if isinstance(value, Mapping):
        return Part(name=name, label=label, groups=(parts_of(value, language=language, names=names),))
    if isinstance(value, Sequence) and not isinstance(value, str):
        if value and all(isinstance(one, Mapping) for one in value):
            return Part(
                name=name, label=label, groups=tuple(parts_of(one, language=language, names=names) for one in value)
            )
        told = [_told(name, one) for one in value]
        is_written = any(one is None for one in told)
        items = tuple(_shown(one, words) for one, words in zip(value, told, strict=True))
        return Part(
            name=name,
            label=label,
            items=items,
            told=frozenset(words for words in told if words is not None),
            is_written=is_written,
            language=language if is_written else "",
        )
    words = _told(name, value)
    is_written = words is None
    return Part(
        name=name,
        label=label,
        text=_shown(value, words),
        is_written=is_written,
        language=language if is_written else "",
    )


def _file(file: Mapping[str, Any]) -> tuple[Part, ...]:
    """Returns what is read of a file: its name, type, size, and its digest for who compares it."""
    return tuple(
        Part(
            name=name,
            label=label_read(name),
            text=size_of(file[name])
            if name == "size_bytes" and isinstance(file[name], int)
            else with_marks(str(file[name])),
            is_written=name == "name",
        )
        for name in OF_A_FILE
        if file.get(name) not in (None, "")
    )


def _shown(value: object, words: str | None) -> str:
    return with_marks(str(value)) if words is None else words


def _told(name: str, value: object) -> str | None:
    """Returns a value in the words and figures of the reader; ``None`` where it is somebody's own text."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int | float | Decimal):
        return number_of(value)
    text = str(value)
    known = known_words(name, text)
    if known is not None:
        return str(known)
    if name in members_of(inspect.DateType):
        return _day(text)
    if name in members_of(inspect.DecimalType):
        return _number(text)
    # The languages' names come with the dates and numbers (CLDR).
    return locale_in_use().languages.get(text) if name == "language" else None


def _day(text: str) -> str | None:
    try:
        return day_of(date.fromisoformat(text))
    except ValueError:
        return None


def _number(text: str) -> str | None:
    try:
        found = Decimal(text)
    except ArithmeticError:
        return None
    return number_of(found) if found.is_finite() else None


@lru_cache(maxsize=8)
def members_of(kind: type[inspect.Type]) -> frozenset[str]:
    """Returns the names under which messages, own-side facts and the gate's facts hold values of a type."""
    structs = [one.struct for one in kinds() if one.struct is not None]
    return frozenset().union(
        *(_members(inspect.type_info(one), "", kind) for one in (*structs, *REGISTERED, OwnSide, Facts))
    )


def _members(of: inspect.Type, name: str, kind: type[inspect.Type]) -> frozenset[str]:
    if isinstance(of, inspect.Metadata):
        return _members(of.type, name, kind)
    if isinstance(of, inspect.StructType):
        return frozenset().union(*(_members(field.type, field.encode_name, kind) for field in of.fields))
    if isinstance(of, inspect.UnionType):
        return frozenset().union(*(_members(one, name, kind) for one in of.types))
    if isinstance(of, inspect.VarTupleType | inspect.ListType):
        return _members(of.item_type, name, kind)
    return frozenset({name}) if isinstance(of, kind) else frozenset()
