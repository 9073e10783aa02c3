"""What arrived and stands in no case: an officer sees why it waits and, once the cause is gone, has it tried again.

Nothing of its content is read here. What is known of it is what the log and the intake say: from whom, when, under
which number, of which kind as far as it could be read, and the code of the reason for which it waits.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.errors import NotFound
from accord.exchange.models import Case, Message
from accord.exchange.reach import reads
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.errors import ReleaseRefused
from accord.release.intake import try_parked_again
from accord.release.models import ReceivedMessage

__all__ = ["TriedAgain", "parked_messages", "try_again"]


class TriedAgain(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message that was tried again.

    Args:
        state: Its state now: filed, refused, expired, or parked still.
        code: Code of the reason where it was not filed.
        case: The case in which it was filed; ``None`` where it was not, where it serves the channel alone, or where the
            officer does not read it.
    """

    state: str
    code: str
    case: Case | None

    @property
    def is_filed(self) -> bool:
        """Whether it was filed."""
        return self.state == ReceivedMessage.State.FILED


def parked_messages(officer: Officer, *, before: int | None = None, limit: int = 50) -> Sequence[ReceivedMessage]:
    """Returns a page of the messages that wait, the newest first.

    Args:
        officer: Who looks.
        before: Key of the last row of the page before.
        limit: Most rows.

    Raises:
        NotPermitted: The officer may not handle parked messages.
    """
    require(officer, Permission.PARKED_HANDLE)
    rows = ReceivedMessage.objects.filter(state=ReceivedMessage.State.PARKED)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("peer", "decision").order_by("-pk")[:limit])


@transaction.atomic
def try_again(officer: Officer, entry: int, *, now: datetime | None = None) -> TriedAgain:
    """Tries a parked message once more and notes who did so; the sender is told anew what became of it.

    Args:
        officer: A duty officer.
        entry: Key of the message's entry.
        now: The time.

    Raises:
        NotPermitted: The officer may not handle parked messages.
        NotFound: There is no such message.
        ReleaseRefused: It is not parked any more.
        OurFault: This node is broken; the message waits as before.
        NotAvailableNow: Something needed does not answer; the message waits as before.
    """
    require(officer, Permission.PARKED_HANDLE)
    moment = now or timezone.now()
    parked = ReceivedMessage.objects.filter(pk=entry).first()
    if parked is None:
        raise NotFound("There is no such message.")
    if parked.state != ReceivedMessage.State.PARKED:
        raise ReleaseRefused("Only a parked message can be tried again.", code="release.not-parked")
    try_parked_again(officer, parked, now=moment)
    became = ReceivedMessage.objects.get(pk=entry)
    note(
        officer,
        "try parked message again",
        became,
        at=moment,
        detail={"state": became.state, "code": became.reason_code, "was": parked.reason_code},
    )
    filed = Message.objects.filter(received=became).select_related("case").defer("content", "own_side").first()
    known = filed.case if filed is not None and reads(officer, filed.case) else None
    return TriedAgain(state=became.state, code=became.reason_code, case=known)
