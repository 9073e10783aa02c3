"""What follows when a text is agreed, or settled otherwise: one place for both sides' acts."""

from datetime import date, datetime
from typing import Final

from django.db.models import Q, QuerySet

from accord.instruments.models import Instrument, Text
from accord.instruments.types import type_of

__all__ = [
    "OPEN",
    "agree",
    "last_signed_digest",
    "next_number",
    "other_in_force",
    "rivals_of",
    "settle",
    "standing_offer",
]

OPEN: Final = (Text.State.PREPARED, Text.State.OFFERED, Text.State.WITHDRAWING)
"""States that another agreed text of the same number overtakes."""


def next_number(instrument: Instrument) -> int:
    """Returns the number that the next text carries."""
    return 1 if instrument.agreed is None else instrument.agreed.number + 1


def last_signed_digest(instrument: Instrument) -> bytes | None:
    """Returns the digest that the next text names as the one before it."""
    return None if instrument.agreed is None else bytes(instrument.agreed.digest)


def rivals_of(instrument: Instrument) -> QuerySet[Text]:
    """Returns the texts of which one alone can be agreed next: of the instrument, or of every one where one is had."""
    if not type_of(instrument.type).is_single:
        return Text.objects.filter(instrument=instrument)
    return Text.objects.filter(instrument__type=instrument.type, instrument__peer_id=instrument.peer_id)


def standing_offer(instrument: Instrument, number: int, *, is_ours: bool) -> Text | None:
    """Returns the offer of a side that stands for a number: while it does, that side can accept no other one.

    Where two sides have one instrument of the type at a time, an offer of another one stands in the way, too.
    """
    standing = rivals_of(instrument).filter(is_ours=is_ours, state__in=(Text.State.OFFERED, Text.State.WITHDRAWING))
    return standing.exclude(~Q(number=number), instrument=instrument).first()


def other_in_force(instrument: Instrument, on: date) -> bool:
    """Returns whether another instrument is in force of a type of which two sides have one at a time."""
    if not type_of(instrument.type).is_single:
        return False
    others = Instrument.objects.filter(type=instrument.type, peer_id=instrument.peer_id, agreed__isnull=False)
    return others.exclude(pk=instrument.pk).filter(Q(ends_on=None) | Q(ends_on__gt=on)).exists()


def settle(text: Text, state: Text.State, *, at: datetime, reason: str = "", code: str = "") -> None:
    """Settles a text without agreement."""
    text.state = state
    text.settled_at = at
    text.settled_reason = reason
    text.settled_code = code
    text.save()


def agree(text: Text, *, at: datetime) -> None:
    """Makes a text with both signatures the one in force; what else was open up to its number is overtaken."""
    instrument = Instrument.objects.select_for_update().get(pk=text.instrument_id)
    text.instrument = instrument
    text.state = Text.State.AGREED
    text.settled_at = at
    text.save()
    instrument.agreed = text
    instrument.save(update_fields=["agreed"])
    rivals = rivals_of(instrument).exclude(instrument=instrument, number__gt=text.number)
    for other in rivals.filter(state__in=OPEN).select_related("instrument"):
        settle(other, Text.State.OVERTAKEN, at=at)
    type_ = type_of(instrument.type)
    type_.on_agreed(text)
    if instrument.ends_on is not None:
        # A side's word that it ends crossed the signature: what was agreed last ends with the rest.
        type_.on_ended(instrument, instrument.ends_on)
