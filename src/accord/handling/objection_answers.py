"""The answers to an objection: each stays, and the last one counts.

An objection that is looked into first and remedied later is answered twice. What was said first is what the clock and a
reviewer ask for; what was said last is where the objection stands.

Source: rule BI-09.
"""

from django.db.models import Q
from django.db.models.functions import Coalesce

from accord.exchange.kinds import OBJECTION_ANSWER
from accord.exchange.models import Message
from accord.handling.models import ObjectionMade

__all__ = ["answers_of"]


def answers_of(made: ObjectionMade) -> list[Message]:
    """Returns the answers that have left or have come in, the first one first.

    Args:
        made: The objection.
    """
    has_come = Q(direction=Message.Direction.IN) | Q(direction=Message.Direction.OUT, released_at__isnull=False)
    # What its own side took back before it was sealed was said to nobody.
    never_sent = Q(direction=Message.Direction.OUT, state=Message.State.WITHDRAWN, recalled_at=None)
    found = Message.objects.filter(has_come, in_reply_to_id=made.pk, kind=OBJECTION_ANSWER).exclude(never_sent)
    return list(found.order_by(Coalesce("received_at", "released_at"), "id"))
