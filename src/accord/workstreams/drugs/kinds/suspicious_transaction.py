"""The suspicious transaction: what a dealer in precursors, or an authority for one, found odd about a transaction.

The report shields its reporter. The dealer is left out unless the sender's law lets it be named, and the gate is told
whenever it stands there.

Source: Precursor Control Regulations (SOR/2002-359), sections 86 and 86.1 (the latter made by SOR/2025-260 and not in
force on the day of this schema).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Disclosure, EnvelopeId, Line, Narrative
from accord.workstreams.drugs.kinds.parts import Company, Goods, PenReference, TimeOfDay

__all__ = ["SuspicionFactor", "SuspiciousTransaction", "TransactionKind"]


class TransactionKind(StrEnum):
    """What was to be done with the substance."""

    SALE = "sale"
    PURCHASE = "purchase"
    PROVISION = "provision"
    IMPORT = "import-transaction"
    EXPORT = "export-transaction"
    ENQUIRY = "enquiry"
    OTHER = "other-transaction"


class SuspicionFactor(StrEnum):
    """What made it suspicious.

    Source: Precursor Control Regulations, subsection 86(2).
    """

    PROPERTIES = "properties"
    QUANTITY = "quantity"
    STATED_USE = "stated-use"
    ROUTE = "route-or-origin"
    PAYMENT = "payment"
    PATTERN = "departure-from-pattern"


class SuspiciousTransaction(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One transaction, completed or not.

    Args:
        transaction_on: Its day.
        transaction_kind: What was to be done.
        was_completed: Whether it took place.
        goods: The substance and its quantity.
        factors: What made it suspicious.
        suspicion_reasons: The reasons in detail.
        transaction_at: The time of day, UTC.
        dealer: Who reported it; left out unless it may be named.
        dealer_contact: Whom to ask there.
        other_party: The company on the other side of the transaction; a natural person stands in ``persons``.
        payment_method: How it was or was to be paid.
        notice: Envelope identifier of a notice that announced it, where there was one.
        pen_reference: Reference of that notice in PEN Online.
    """

    transaction_on: date
    transaction_kind: TransactionKind
    was_completed: bool
    goods: Annotated[tuple[Goods, ...], msgspec.Meta(min_length=1, max_length=LIST_ITEMS_MAX)]
    factors: Annotated[tuple[SuspicionFactor, ...], msgspec.Meta(min_length=1, max_length=len(SuspicionFactor))]
    suspicion_reasons: Narrative
    transaction_at: TimeOfDay | None = None
    dealer: Company | None = None
    dealer_contact: Line | None = None
    other_party: Company | None = None
    payment_method: Line | None = None
    notice: EnvelopeId | None = None
    pen_reference: PenReference | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        if self.other_party is None and not self.persons:
            raise ValueError("other_party is needed, or the person who is it")
        if self.dealer is None and self.dealer_contact is not None:
            raise ValueError("dealer_contact names somebody at a dealer who is not named")
        if len(set(self.factors)) < len(self.factors):
            raise ValueError("factors name one of the list twice")
