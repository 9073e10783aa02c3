"""The types of text that this node signs: each is owned by a room above, which reads it and gives it its effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from .errors import InstrumentRefused
from .models import Instrument, Text

__all__ = ["TextType", "register_type", "type_of", "types"]


def _nothing(_text: Text) -> None:
    """A type without an effect at that moment."""


def _nothing_ended(_instrument: Instrument, _on: date) -> None:
    """A type whose end has no effect of its own."""


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
        on_offered: An offer of theirs was filed.
        on_agreed: Both signatures are there; called once, in the transaction that found the second.
        on_settled: A text of ours was declined, refused, withdrawn or overtaken; or theirs was.
        on_ended: A side withdrew its consent from a day on.
    """

    name: str
    decode: Callable[[bytes], Any]  # Any: each type has its own value
    may_offer: Callable[[str, Any], bool] = lambda _party, _value: True
    is_single: bool = False
    on_offered: Callable[[Text], None] = _nothing
    on_agreed: Callable[[Text], None] = _nothing
    on_settled: Callable[[Text], None] = _nothing
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


def types() -> tuple[TextType, ...]:
    """Returns all types, by name."""
    return tuple(_TYPES[name] for name in sorted(_TYPES))
