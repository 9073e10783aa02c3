"""What follows when a text is agreed, or settled otherwise: one place for both sides' acts."""

from datetime import datetime
from typing import Final

from accord.instruments.models import Instrument, Text
from accord.instruments.types import type_of

__all__ = ["OPEN", "agree", "last_signed_digest", "next_number", "settle", "standing_offer"]

OPEN: Final = (Text.State.PREPARED, Text.State.OFFERED, Text.State.WITHDRAWING)
"""States that another agreed text of the same number overtakes."""


def next_number(instrument: Instrument) -> int:
    """Returns the number that the next text carries."""
    return 1 if instrument.agreed is None else instrument.agreed.number + 1


def last_signed_digest(instrument: Instrument) -> bytes | None:
    """Returns the digest that the next text names as the one before it."""
    return None if instrument.agreed is None else bytes(instrument.agreed.digest)


def standing_offer(instrument: Instrument, number: int, *, is_ours: bool) -> Text | None:
    """Returns the offer of a side that stands for a number: while it does, that side can accept no other one."""
    return instrument.texts.filter(
        number=number, is_ours=is_ours, state__in=(Text.State.OFFERED, Text.State.WITHDRAWING)
    ).first()


def settle(text: Text, state: Text.State, *, at: datetime, reason: str = "", code: str = "") -> None:
    """Settles a text without agreement, and tells the room that owns its type."""
    text.state = state
    text.settled_at = at
    text.settled_reason = reason
    text.settled_code = code
    text.save()
    type_of(text.instrument.type).on_settled(text)


def agree(text: Text, *, at: datetime) -> None:
    """Makes a text with both signatures the one in force; what else was open up to its number is overtaken."""
    instrument = Instrument.objects.select_for_update().get(pk=text.instrument_id)
    text.instrument = instrument
    text.state = Text.State.AGREED
    text.settled_at = at
    text.save()
    instrument.agreed = text
    instrument.save(update_fields=["agreed"])
    for other in instrument.texts.filter(number__lte=text.number, state__in=OPEN):
        settle(other, Text.State.OVERTAKEN, at=at)
    type_of(instrument.type).on_agreed(text)
