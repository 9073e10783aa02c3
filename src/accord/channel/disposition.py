"""Dispositions: what became of what was received.

A receipt proves that entries are stored; a disposition, an ordinary envelope of the receiver, says what its officers
and law made of them. One payload covers ranges of positions of the *sender's* log, so that a thousand filed messages
cost one small message back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from .encoding import MalformedObject, MapReader, decode, encode
from .limits import MAX_DISPOSITION_ITEMS, MAX_LOG_SIZE, MAX_PAYLOAD_BYTES

__all__ = [
    "DISPOSITION_KIND",
    "DISPOSITION_SCHEMA",
    "Disposition",
    "DispositionItem",
    "decode_dispositions",
    "encode_dispositions",
]

DISPOSITION_KIND: Final = "disposition"
DISPOSITION_SCHEMA: Final = 1

# Five fields of five items each, the map and the list around them.
_MAX_ITEMS: Final = 16 + 11 * MAX_DISPOSITION_ITEMS


class Disposition(StrEnum):
    """What became of an entry."""

    FILED = "filed"
    """Opened, checked, and before the officers."""
    REFUSED = "refused"
    """Not taken in; the code says why in the least that the sender must know."""
    ACTED = "acted"
    """Something was done upon it."""
    EXPIRED_UNREAD = "expired-unread"
    """Its last moment passed before anybody read it; it was not shown."""
    WITHDRAWN = "withdrawn"
    """Its sender withdrew it and the receiver complied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionItem:
    """The fate of a range of consecutive entries.

    Args:
        first: First position in the sender's log.
        last: Last position, the same for one entry.
        state: What became of them.
        code: Stable reason code, for a refusal.
        rule: The rule that decided, where it may be told.
    """

    first: int
    last: int
    state: Disposition
    code: str | None = None
    rule: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last < MAX_LOG_SIZE:
            raise MalformedObject(f"Positions {self.first} to {self.last} are not a range.")
        if self.state is Disposition.REFUSED and self.code is None:
            raise MalformedObject("A refusal without a reason code is not a disposition.")


def encode_dispositions(items: Sequence[DispositionItem]) -> bytes:
    """Returns the payload of a disposition envelope.

    Args:
        items: In ascending order of position, without overlap.

    Raises:
        MalformedObject: If they are none, too many, out of order or overlap.
    """
    _require_order(items)
    return encode({1: 1, 2: [{1: i.first, 2: i.last, 3: i.state.value, 4: i.code, 5: i.rule} for i in items]})


def decode_dispositions(payload: bytes) -> tuple[DispositionItem, ...]:
    """Reads the payload of a disposition envelope.

    Raises:
        MalformedObject: If it is not one.
    """
    what = "disposition"
    obj = decode(payload, what=what, max_bytes=MAX_PAYLOAD_BYTES, max_items=_MAX_ITEMS)
    read = MapReader(obj, what=what, known=2)
    read.version(1, DISPOSITION_SCHEMA)
    items = tuple(_item(item) for item in read.array(2, maximum=MAX_DISPOSITION_ITEMS))
    _require_order(items)
    return items


def _item(obj: object) -> DispositionItem:
    read = MapReader(obj, what="disposition", known=5)
    try:
        state = Disposition(read.word(3))
    except ValueError:
        raise read.wrong(3, "is not a state of this version") from None
    return DispositionItem(
        first=read.uint(1, MAX_LOG_SIZE),
        last=read.uint(2, MAX_LOG_SIZE),
        state=state,
        code=None if read.is_null(4) else read.word(4),
        rule=None if read.is_null(5) else read.word(5),
    )


def _require_order(items: Sequence[DispositionItem]) -> None:
    if not 0 < len(items) <= MAX_DISPOSITION_ITEMS:
        raise MalformedObject(f"A disposition has 1 to {MAX_DISPOSITION_ITEMS} ranges, not {len(items)}.")
    if any(earlier.last >= later.first for earlier, later in pairwise(items)):
        raise MalformedObject("The ranges of a disposition overlap or are out of order.")
