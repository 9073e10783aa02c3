"""The lane notice: a side suspends the lane of a subject, or agrees that it goes on; codes alone."""

from typing import Literal

import msgspec

from accord.exchange.kinds.particulars import EnvelopeId
from accord.vocabulary.subjects import Theme

__all__ = ["LaneNotice"]


class LaneNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Says what its sender does with a lane; why it does so stands in the objection, or stays with the sender.

    Args:
        schema_version: Version of the schema.
        theme: Subject whose lane it is.
        act: ``suspend`` takes effect at once; ``resume`` when both sides have said it of the same suspension.
        suspension: Identifier of the suspension, chosen by whoever suspended.
        objection: Envelope identifier of the objection, where there is one.

    Source: Arar Commission (2006), recommendation 12 (rule BI-09).
    """

    schema_version: Literal[1]
    theme: Theme
    act: Literal["suspend", "resume"]
    suspension: EnvelopeId
    objection: EnvelopeId | None = None
