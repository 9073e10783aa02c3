"""Where a notice stands once a word about it was taken back, refused, or never left: where the words that stand put it.

The rows keep what was said last, so that a list need not read every reply. A word that its side has withdrawn is none:
a consignment must not look as if nobody objected because of a reply that does not stand.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accord.exchange.withdrawn import stands
from accord.workstreams.drugs.models import Notice

__all__ = ["restand", "restand_after"]

_STANDING: Final = ("reply_result", "replied_at", "became", "became_at")


def restand(notice: Notice) -> None:
    """Lets a notice stand where the last reply and the last outcome that stand put it.

    Args:
        notice: The notice, locked.
    """
    reply = notice.replies.filter(stands("message__")).last()
    outcome = notice.outcomes.filter(stands("message__")).last()
    notice.reply_result, notice.replied_at = (reply.result, reply.at) if reply is not None else ("", None)
    notice.became, notice.became_at = (outcome.became, outcome.at) if outcome is not None else ("", None)
    notice.save(update_fields=_STANDING)


@transaction.atomic
def restand_after(messages: Sequence[UUID]) -> None:
    """Lets the notices stand anew about which some messages speak.

    Args:
        messages: Keys of the messages; those that are no reply and no outcome concern no notice.
    """
    about = Q(replies__message__in=messages) | Q(outcomes__message__in=messages)
    keys = set(Notice.objects.filter(about).order_by().values_list("pk", flat=True))
    for notice in Notice.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"):
        restand(notice)
