"""The clarification: missing particulars are asked for at once instead of refusing, and given in reply."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Correspondence, Sentence

__all__ = ["Clarification"]


class Clarification(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question about a message of the other side, or the reply to one.

    Args:
        role: Whether it asks or replies.
        points: The questions or replies, one by one.
        reply_by: Day by which a reply is hoped for.
    """

    role: Literal["question", "reply"]
    points: Annotated[tuple[Sentence, ...], msgspec.Meta(min_length=1, max_length=LIST_ITEMS_MAX)]
    reply_by: date | None = None
