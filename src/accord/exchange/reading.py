"""Reading: cases, their messages and clocks, for officers who need to know them; the queue is ``waiting``.

A case that an officer does not read (:mod:`accord.exchange.reach`) is answered as one that does not exist.
"""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accord.exchange.clocks import ClockReading, read_clock
from accord.exchange.errors import NotFound
from accord.exchange.models import Case, Clock, Message
from accord.exchange.reach import cases_for, messages_for
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.gate import our_party

__all__ = [
    "clock_reading",
    "messages_of",
    "read_case",
    "read_message",
]


def clock_reading(message: Message, *, now: datetime | None = None) -> ClockReading | None:
    """Returns a request's clock in both capitals' time, or ``None`` where it has none."""
    clock = Clock.objects.filter(message=message).first()
    if clock is None:
        return None
    parties = (Party.objects.get(code=our_party()), message.case.peer)
    return read_clock(clock, parties=parties, now=now or timezone.now())


def read_case(officer: Officer, own_ref: str) -> Case:
    """Returns a case by our reference.

    Raises:
        NotPermitted: The officer may not read cases.
        NotFound: There is none that the officer reads.
    """
    require(officer, Permission.CASE_READ)
    case = cases_for(officer).select_related("peer", "holder").filter(own_ref=own_ref).first()
    if case is None:
        raise NotFound("There is no case with this reference.", fields={"reference": own_ref[:48]})
    return case


def read_message(officer: Officer, key: UUID) -> Message:
    """Returns a message by its key.

    Raises:
        NotPermitted: The officer may not read cases.
        NotFound: There is none that the officer reads.
    """
    require(officer, Permission.CASE_READ)
    rows = messages_for(officer).select_related("case", "case__peer", "approval", "drafted_by", "released")
    found = rows.filter(pk=key)
    message = found.first()
    if message is None:
        raise NotFound("There is no such message.")
    return message


def messages_of(officer: Officer, case: Case) -> list[Message]:
    """Returns the messages of a case in time, with who drafted, approved and released each.

    Args:
        officer: Who reads.
        case: The case.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    rows = case.messages.select_related("drafted_by", "approval__decided_by", "released__released_by")
    # What was approved is the content, byte for byte, and need not be read twice.
    rows = rows.defer("approval__payload")
    return list(rows.order_by("created_at", "id"))
