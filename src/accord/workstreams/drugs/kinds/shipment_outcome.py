"""The shipment outcome: what became of a consignment that a pre-export notice announced."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from accord.exchange.kinds.particulars import Disclosure, EnvelopeId, Line, Sentence
from accord.workstreams.drugs.kinds.parts import PenReference, Quantity

__all__ = ["Became", "ShipmentOutcome"]


class Became(StrEnum):
    """What became of a consignment."""

    DEPARTED = "departed"
    NOT_SENT = "not-sent"
    ARRIVED = "arrived"
    RELEASED = "released-at-entry"
    STOPPED = "stopped"
    SEIZED = "seized"
    RETURNED = "returned"
    UNKNOWN = "not-known"


_CAME = frozenset({Became.ARRIVED, Became.RELEASED})


class ShipmentOutcome(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What either side knows of a consignment; each further one adds to what was told, the last says what it is now.

    Args:
        notice: Envelope identifier of the notice.
        became: What became of it.
        pen_reference: Reference of the notice in PEN Online.
        departed_on: Day on which it left.
        arrived_on: Day on which it arrived.
        quantity_sent: What left.
        quantity_arrived: What arrived.
        variance_reason: Why they differ.
        declared_on: Day of the declaration at entry.
        declared_quantity: What was declared there.
        declaration_number: Number of that declaration.
        event_place: Where it was stopped, seized or returned.
        outcome_words: What is to be said of it.

    Source: Precursor Control Regulations (SOR/2002-359), section 28.1 (declaration within 15 days of release).
    """

    notice: EnvelopeId
    became: Became
    pen_reference: PenReference | None = None
    departed_on: date | None = None
    arrived_on: date | None = None
    quantity_sent: Quantity | None = None
    quantity_arrived: Quantity | None = None
    variance_reason: Sentence | None = None
    declared_on: date | None = None
    declared_quantity: Quantity | None = None
    declaration_number: Line | None = None
    event_place: Line | None = None
    outcome_words: Sentence | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        if self.became in _CAME and self.arrived_on is None:
            raise ValueError("arrived_on is needed where the consignment came")
        if self.became is Became.DEPARTED and self.departed_on is None:
            raise ValueError("departed_on is needed where the consignment left")
        if self.became is Became.NOT_SENT and (self.departed_on or self.arrived_on):
            raise ValueError("departed_on and a day of arrival are not stated of what was not sent")
        if self.departed_on is not None and self.arrived_on is not None and self.arrived_on < self.departed_on:
            raise ValueError("arrived_on lies before the departure")
        if self.variance is None and self.quantity_sent is not None and self.quantity_arrived is not None:
            raise ValueError("quantity_arrived must be in a unit that can be compared with that of what was sent")
        if self.declared_on is None and (self.declared_quantity or self.declaration_number):
            raise ValueError("declared_on is needed where a declaration is stated")

    @property
    def variance(self) -> Decimal | None:
        """How much more arrived than left, in kilograms, litres or pieces; ``None`` where one is not stated."""
        if self.quantity_sent is None or self.quantity_arrived is None:
            return None
        return self.quantity_arrived.minus(self.quantity_sent)
