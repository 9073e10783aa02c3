"""How a text that both sides sign is read at the desk, a type at a time: its name, its members, where it is at home.

The room that owns a type signs nothing here and shows nothing; its page registers how its text is called and read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from accord.instruments.models import Text
from accord.node.desk.changes import Change, changes_between
from accord.node.desk.reading import Part, parts_of
from accord.node.desk.templatetags.desk import party_name

__all__ = ["TextReading", "changes_of", "parts_of_text", "reading_of", "register_reading"]

WHOLE_BYTES: Final = 48 * 1024
"""Text that is shown whole on its page; a longer one is read at home, and here in what it changes."""


def _nowhere(_text: Text) -> str:
    return ""


def _no_title(_text: Text) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class TextReading:
    """How one type is read.

    Args:
        name: What the type is called; a lazy translation.
        names: What its members are called.
        title: What one text is about, in a line; its writer's words.
        home: Address of the page where its subject is at home.
        order: Members in the order in which they are read; what is not named comes after them.
        parties: Members that name a party by its code.
        is_long: Whether it is read at home, and its members are folded on its page.
    """

    name: Any  # Any: a lazy translation
    names: Mapping[str, Any] = field(default_factory=dict)
    title: Callable[[Text], str] = _no_title
    home: Callable[[Text], str] = _nowhere
    order: tuple[str, ...] = ()
    parties: frozenset[str] = frozenset()
    is_long: bool = False


_READINGS: dict[str, TextReading] = {}


def register_reading(type_name: str, reading: TextReading) -> None:
    """Makes known how a type is read; a second one replaces the first (as on reload)."""
    _READINGS[type_name] = reading


def reading_of(type_name: str) -> TextReading:
    """Returns how a type is read; one that no page made known is called by its code."""
    return _READINGS.get(type_name) or TextReading(name=type_name)


def parts_of_text(text: Text) -> tuple[Part, ...]:
    """Returns the members of a text; nothing where it is too long to be read on one page."""
    if text.size_bytes > WHOLE_BYTES:
        return ()
    return parts_of(_members(text), names=reading_of(text.instrument.type).names)


def changes_of(text: Text, before: Text) -> tuple[Change, ...]:
    """Returns in what a text differs from another one, in words; nothing where both are too long for one page."""
    if max(text.size_bytes, before.size_bytes) > WHOLE_BYTES:
        return ()
    return changes_between(_members(before), _members(text), names=reading_of(text.instrument.type).names)


def _members(text: Text) -> dict[str, Any]:
    members = msgspec.json.decode(text.content, type=dict[str, Any])
    reading = reading_of(text.instrument.type)
    order = dict.fromkeys((*(name for name in reading.order if name in members), *members))
    return {name: party_name(members[name]) if name in reading.parties else members[name] for name in order}
