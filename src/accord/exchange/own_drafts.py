"""An officer's own drafts: what they began or saved last and nobody has been asked to approve, sent back ones too."""

from typing import Final

from django.db.models import Q, QuerySet

from accord.exchange.models import Message
from accord.exchange.reach import messages_for
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.models import Approval

__all__ = ["count_drafts", "drafts_of", "sent_back_by"]

DRAFTS_MAX: Final = 200
"""Drafts of one list: four screens; who has more of them open finds the others by their cases."""


def _drafts(officer: Officer) -> QuerySet[Message]:
    require(officer, Permission.CASE_READ)
    mine = Q(drafted_by=officer) | Q(saved_by=officer)
    return messages_for(officer).filter(mine, direction=Message.Direction.OUT, state=Message.State.DRAFT)


def count_drafts(officer: Officer) -> int:
    """Returns how many drafts of an officer are open.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    return _drafts(officer).count()


def drafts_of(officer: Officer) -> list[Message]:
    """Returns the open drafts of an officer without their content: those sent back first, then the last saved.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    rows = _drafts(officer).select_related("case__peer").defer("content", "own_side").order_by("-saved_at", "-pk")
    return sorted(rows[:DRAFTS_MAX], key=lambda message: not message.return_reason)


def sent_back_by(message: Message) -> str:
    """Returns who sent a draft back last; nothing where nobody did."""
    returned = Approval.objects.filter(subject_id=str(message.pk), state=Approval.State.RETURNED)
    last = returned.select_related("decided_by").order_by("-decided_at").first()
    return str(last.decided_by) if last is not None and last.decided_by is not None else ""
