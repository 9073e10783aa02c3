"""The types of text that this node signs: each is owned by a room above, which reads it and gives it its effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from .errors import InstrumentRefused
from .models import Instrument, Text

__all__ = ["TextType", "continues", "register_type", "type_of"]


def _nothing(_text: Text) -> None:
    """A type without an effect when it is agreed."""


def _nothing_ended(_instrument: Instrument, _on: date) -> None:
    """A type whose end has no effect of its own."""


def _any(_instrument: UUID, _before: Any, _value: Any) -> bool:  # Any: each type has its own value
    """A type whose texts may follow one another as they come."""
    return True


@dataclass(frozen=True, kw_only=True)
class TextType:
    """What this room asks of the room that owns a type of text.

    Args:
        name: Name on the wire, for example ``workplan``.
        decode: Canonical bytes to the type's own value; raises ``msgspec.MsgspecError`` or ``ValueError`` where they
            are not of it or not canonical. It sees bytes of the other side.
        may_offer: Whether a peer may offer this value (the other side's code, the value); a host cannot propose its
            guest's posting.
        is_single: Whether two sides have one of it at a time (the workplan): where both began one in the same hour, at
            most one of the two is agreed.
        continues: Whether a value may stand in the instrument of that identifier after the value in force there (or
            nothing): a posting keeps its sides, a statement its own identifier. Asked of our texts and of theirs.
        on_agreed: Both signatures are there; called once, in the transaction that found the second. Left out by a type
            whose owner asks which text is agreed whenever it needs it.
        on_ended: A side withdrew its consent from a day on. Left out by a type whose owner reads the day where it
            counts.
    """

    name: str
    decode: Callable[[bytes], Any]  # Any: each type has its own value
    may_offer: Callable[[str, Any], bool] = lambda _party, _value: True
    is_single: bool = False
    continues: Callable[[UUID, Any, Any], bool] = _any
    on_agreed: Callable[[Text], None] = _nothing
    on_ended: Callable[[Instrument, date], None] = _nothing_ended


_TYPES: dict[str, TextType] = {}


def register_type(type_: TextType) -> None:
    """Makes a type known; a second one of the same name replaces the first (as on reload)."""
    _TYPES[type_.name] = type_


def type_of(name: str) -> TextType:
    """Returns the type.

    Raises:
        InstrumentRefused: No room registered it.
    """
    try:
        return _TYPES[name]
    except KeyError:
        raise InstrumentRefused(
            "This node knows no such type of text.", code="instruments.unknown-type", fields={"type": name}
        ) from None


def continues(type_: TextType, instrument: Instrument, value: Any) -> bool:  # Any: of the type
    """Returns whether a value may follow what is in force in an instrument."""
    before = None if instrument.agreed is None else type_.decode(instrument.agreed.content)
    return type_.continues(instrument.pk, before, value)
