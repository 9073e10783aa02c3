"""Taking back: an author stops their own message before it is released, without asking anybody.

Sending back is the second officer's word and needs a reason; taking back is the author's own second thought.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accord.exchange.authors import authors_of
from accord.exchange.drafting import locked_draft, void_approval
from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Message
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["take_back"]


@transaction.atomic
def take_back(officer: Officer, message: Message, *, now: datetime | None = None) -> Message:
    """Makes a submitted or approved message a draft again; whatever word was given for it is void.

    Args:
        officer: One of its authors.
        message: The message.
        now: The time.

    Returns:
        The draft; the same again when it is taken back twice.

    Raises:
        NotPermitted: The officer may not draft.
        ActRefused: The officer did not write it, it has left, or it is the other side's.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    moment = now or timezone.now()
    held = locked_draft(message)
    if officer.pk not in authors_of(held):
        raise ActRefused(
            "Only who wrote a message takes it back.",
            code="exchange.not-an-author",
            next_step="Ask its author to take it back, or a releasing officer to send it back.",
        )
    if held.state == Message.State.DRAFT:
        return held
    note(officer, "take back message", held, at=moment, detail={"state": held.state})
    void_approval(held)
    held.save()
    held.case.waiting_on = Case.Waiting.US
    held.case.changed_at = moment
    held.case.save(update_fields=["waiting_on", "changed_at"])
    return held
