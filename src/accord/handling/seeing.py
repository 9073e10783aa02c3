"""What of a correction an officer may see: what stands in a case that they do not read is counted and not named.

A correction is filed in the case that its sender names, and may speak of messages of other cases; what was made of
those may stand in further ones.
"""

from collections.abc import Iterable
from uuid import UUID

from accord.exchange.models import Message
from accord.exchange.reach import messages_for
from accord.handling.models import Correction, Effect
from accord.officers.models import Officer

__all__ = ["items_for", "seen_by"]


def items_for(officer: Officer, correction: Correction) -> list[Message]:
    """Returns the messages that a correction is about and the officer may read."""
    keys = correction.items.order_by().values("message_id")
    return list(messages_for(officer).filter(pk__in=keys).select_related("case"))


def seen_by(officer: Officer, correction: Correction, effects: Iterable[Effect]) -> tuple[list[Effect], set[UUID]]:
    """Returns effects as the officer may see them, and which of the things they read.

    Args:
        officer: Who looks.
        correction: Their correction.
        effects: Its effects; of what the officer does not read, the sort is left and nothing that names it.
    """
    listed = list(effects)
    keys = [one.thing_id for one in listed]
    read = set(messages_for(officer).filter(pk__in=keys).values_list("pk", flat=True))
    reads_all = len(items_for(officer, correction)) == correction.items.count()
    for one in listed:
        if one.thing_id not in read:
            one.reference = ""
            # A print or an inquiry stands in the case of the message that it was made of.
            if one.thing == "message" or not reads_all:
                one.recipient, one.detail = "", {name: one.detail[name] for name in ("act",) if name in one.detail}
    return listed, read
