"""Grants: which answer of the originator unlocks an act, and whether it still does.

Invariants:

* a grant unlocks one act: the item, the use, the recipient and the purpose that were asked for, in the same case;
* it unlocks nothing once its last day is over, once one use has used it up where it says so, or once its originator
  has recalled the answer or the item, or has restricted the item since. What is recalled wins, whichever came first.

Source: rules BI-02 and BI-03; Regulation (EU) 2016/794, article 19, as a model.
"""

from collections.abc import Sequence
from datetime import date

from accord.exchange.models import Message
from accord.handling.models import Grant
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode

__all__ = ["grants_of", "unlocking"]


def unlocking(
    item: Message,
    *,
    use: UseCode,
    recipient: str,
    purpose: Purpose,
    on: date,
    after: int | None = None,
    locks: bool = True,
) -> Grant | None:
    """Returns the grant that unlocks exactly this act; ``None`` if none does.

    Args:
        item: The received item.
        use: The act.
        recipient: Who gets it, compared exactly.
        purpose: The purpose of the act.
        on: Day of the act.
        after: Place in the originator's log of its last restriction of the item; what it granted before unlocks
            nothing. Places and not times: a clock that was set meanwhile changes no order.
        locks: Whether the grant is locked until the end of the transaction, as whoever uses it up must.
    """
    grants = Grant.objects.select_for_update(of=("self",)) if locks else Grant.objects.all()
    found = (
        grants.filter(
            is_ours=False,
            item=item,
            use=use.value,
            recipient=recipient,
            purpose=purpose.value,
            answer__case_id=item.case_id,
            answer__direction=Message.Direction.IN,
        )
        .select_related("answer__received", "item", "request")
        .order_by("used_once", "-permitted_until")
    )
    lasting = (grant for grant in found if after is None or _place(grant) > after)
    return next((grant for grant in lasting if grant.holds_on(on)), None)


def _place(grant: Grant) -> int:
    """Returns the place of a grant in its originator's log; before everything where it is not known any more."""
    received = grant.answer.received
    return received.position if received is not None else -1


def grants_of(case_messages: Sequence[Message]) -> list[Grant]:
    """Returns the grants that were given for items of a case, the earliest first.

    Args:
        case_messages: The messages.
    """
    found = Grant.objects.filter(item__in=[message.pk for message in case_messages])
    return list(found.select_related("answer", "item", "request"))
