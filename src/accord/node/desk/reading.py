"""A message as a reader at either side sees it: its fields in their order, each with its label."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext

from accord.node.desk.code_words import choice_label, is_coded
from accord.node.desk.fact_words import FACTS
from accord.node.desk.field_words import COMMON, LABELS, SECTIONS
from accord.node.desk.figures import size_of

__all__ = ["Part", "parts_of", "principal_parts", "with_marks"]

UNSEEN: Final = frozenset({"Cf", "Cc", "Zl", "Zp", "Co", "Cn"})
"""Categories of characters that show nothing or move what stands beside them."""

_ORDER: Final = {
    name: place
    for place, name in enumerate(
        dict.fromkeys(name for sections in (*SECTIONS.values(), COMMON) for _title, names in sections for name in names)
    )
}
_ALWAYS: Final = frozenset({"handling", "caveats", "purpose"})

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
        language: Language of the text, where its writer's words stand there and not words of the desk.
        groups: Its groups of members.
    """

    name: str
    label: Any  # Any: a lazy translation
    text: str = ""
    items: tuple[str, ...] = ()
    language: str = ""
    groups: tuple[tuple["Part", ...], ...] = ()


def with_marks(text: str) -> str:
    """Returns a text whose unseen characters show as their names, so that nothing hides in it."""
    # What Python calls printable has no character of those categories; most texts are.
    if text.isprintable():
        return text
    return "".join(
        f"⟦{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}⟧"
        if unicodedata.category(sign) in UNSEEN and sign not in "\n\t\r"
        else sign
        for sign in text
    )


def parts_of(fields: Mapping[str, Any], *, language: str = "") -> tuple[Part, ...]:
    """Returns the members of a message in the order in which an officer thinks; what is empty is left out.

    Args:
        fields: The members.
        language: Language of the texts in them, where the fields name none themselves.
    """
    names = sorted(fields, key=lambda name: _ORDER.get(name, len(_ORDER)))
    written = str(fields.get("language") or language)
    return tuple(_part(name, fields[name], written) for name in names if fields[name] not in (None, "", [], {}))


def principal_parts(kind: str, fields: Mapping[str, Any]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Returns what an officer reads first of a message, and then the rest of what it states."""
    first = {name for _title, names in SECTIONS.get(kind, ()) for name in names} | _ALWAYS
    parts = parts_of(fields)
    return tuple(one for one in parts if one.name in first), tuple(one for one in parts if one.name not in first)


def _part(name: str, value: Any, language: str) -> Part:
    label = LABELS.get(name) or FACTS.get(name) or name.replace("_", " ").capitalize()
    if name == FILES:
        held = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        return Part(name=name, label=label, groups=tuple(_file(one) for one in held if isinstance(one, Mapping)))
    if isinstance(value, Mapping):
        return Part(name=name, label=label, groups=(parts_of(value, language=language),))
    if isinstance(value, Sequence) and not isinstance(value, str):
        if value and all(isinstance(one, Mapping) for one in value):
            return Part(name=name, label=label, groups=tuple(parts_of(one, language=language) for one in value))
        is_written = not all(is_coded(name, str(one)) for one in value)
        items = tuple(_text(name, one) for one in value)
        return Part(name=name, label=label, items=items, language=language if is_written else "")
    is_written = isinstance(value, str) and not is_coded(name, value) and any(sign.isalpha() for sign in value)
    return Part(name=name, label=label, text=_text(name, value), language=language if is_written else "")


def _file(file: Mapping[str, Any]) -> tuple[Part, ...]:
    """Returns what is read of a file: its name, type, size, and its digest for who compares it."""
    return tuple(
        Part(
            name=name,
            label=LABELS.get(name, name),
            text=size_of(file[name])
            if name == "size_bytes" and isinstance(file[name], int)
            else _text(name, file[name]),
        )
        for name in OF_A_FILE
        if file.get(name) not in (None, "")
    )


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    text = str(value)
    return str(choice_label(name, text)) if is_coded(name, text) else with_marks(text)
