"""The reply to a pre-export notice. Silence is never one: it has no kind, and no result of this list."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Disclosure, Line, Sentence
from accord.workstreams.drugs.kinds.parts import Quantity

__all__ = ["OBJECTING", "PreExportReply", "ReplyReason", "ReplyResult"]


class ReplyResult(StrEnum):
    """What the authority of the country of import says."""

    NO_OBJECTION = "no-objection"
    OBJECTION = "objection"
    REFUSED = "refused"
    SUSPEND = "suspend-pending-check"
    NEED_INFORMATION = "need-information"
    QUANTITY_CHANGED = "quantity-changed"


OBJECTING: Final = frozenset({ReplyResult.OBJECTION, ReplyResult.REFUSED})
"""Results that ask that the consignment does not go on: lists, clocks and figures mean these."""


class ReplyReason(StrEnum):
    """Why it is not simply passed."""

    IMPORTER_NOT_REGISTERED = "importer-not-registered"
    CONSIGNEE_UNKNOWN = "consignee-unknown"
    AUTHORISATION_NOT_ISSUED = "authorisation-not-issued"
    AUTHORISATION_ENDED = "authorisation-ended"
    QUANTITY_ABOVE_LICENCE = "quantity-above-licence"
    END_USE_DOUBTFUL = "end-use-doubtful"
    PAPERS_DOUBTFUL = "papers-doubtful"
    ROUTE_UNUSUAL = "route-unusual"
    UNDER_INQUIRY = "under-inquiry"
    OTHER = "other-reason"


class PreExportReply(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one authority says to one notice, which the header names; a later reply replaces an earlier one.

    Args:
        reply_result: What it says.
        reply_authority: The authority that decided.
        decided_on: Day of the decision.
        reason_code: Why; needed unless there is no objection, and only there.
        reply_words: The reason in words, as far as it may be told.
        reply_conditions: What the export must keep to.
        changed_quantity: The quantity that may come; needed where the quantity is changed, and only there.
        information_needed: What is to be told; needed where information is needed, and only there.
        further_answer_on: Day by which more is said; needed where the export is suspended.
        import_authorisation_number: The authorisation under which it may come in.
        import_authorisation_until: Last day of that authorisation.

    Source: Precursor Control Regulations (SOR/2002-359), paragraph 34(e) and subsection 91(6).
    """

    reply_result: ReplyResult
    reply_authority: Line
    decided_on: date
    reason_code: ReplyReason | None = None
    reply_words: Sentence | None = None
    reply_conditions: Annotated[tuple[Sentence, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    changed_quantity: Quantity | None = None
    information_needed: Annotated[tuple[Sentence, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    further_answer_on: date | None = None
    import_authorisation_number: Line | None = None
    import_authorisation_until: date | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        result = self.reply_result
        if (result is ReplyResult.NO_OBJECTION) != (self.reason_code is None):
            raise ValueError("reason_code is needed unless there is no objection, and only there")
        if (result is ReplyResult.QUANTITY_CHANGED) != (self.changed_quantity is not None):
            raise ValueError("changed_quantity is needed where the quantity is changed, and only there")
        if (result is ReplyResult.NEED_INFORMATION) != bool(self.information_needed):
            raise ValueError("information_needed says what is to be told where information is needed, and only there")
        if result is ReplyResult.SUSPEND and self.further_answer_on is None:
            raise ValueError("further_answer_on is needed where the export is suspended")
        if self.import_authorisation_number is None and self.import_authorisation_until is not None:
            raise ValueError("import_authorisation_number is needed where its last day is stated")
