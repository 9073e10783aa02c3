"""What a reviewer looks through besides decisions and acts: stopped arrivals, alarms, clocks, answers to holds.

Each list is of the own node alone, filtered by a period that includes its first moment and excludes its last.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accord.courier.models import Alarm
from accord.exchange.models import Clock, HoldAnswer
from accord.exchange.reach import messages_for, within
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.models import ReceivedMessage

__all__ = ["alarms", "clocks", "hold_answers", "stopped"]

_STOPPED = (ReceivedMessage.State.PARKED, ReceivedMessage.State.REFUSED, ReceivedMessage.State.EXPIRED)


def _given(**wanted: object) -> dict[str, object]:
    return {name: value for name, value in wanted.items() if value is not None}


def stopped(
    reviewer: Officer,
    *,
    peer: str | None = None,
    state: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[ReceivedMessage]:
    """Returns what arrived and was not filed: parked, refused or expired, by when it was handled.

    What was not filed is of no case, and so of no agency: it is for a reviewer whose mandate is the whole node. One
    whose mandate names agencies sees what became a message of a case of theirs all the same.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    fitting = _given(peer_id=peer, state=state, handled_at__gte=since, handled_at__lt=until)
    rows = ReceivedMessage.objects.filter(state__in=_STOPPED).filter(**fitting)
    if not reviewer.scope_agencies:
        return rows
    return rows.filter(Exists(messages_for(reviewer).filter(received=OuterRef("pk"))))


def alarms(
    reviewer: Officer,
    *,
    code: str | None = None,
    is_open: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Alarm]:
    """Returns alarms, open and acknowledged, by when they were raised.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    fitting = _given(code=code, acknowledged_at__isnull=is_open, raised_at__gte=since, raised_at__lt=until)
    return Alarm.objects.filter(**fitting).select_related("channel").defer("evidence")


def clocks(
    reviewer: Officer,
    *,
    peer: str | None = None,
    state: str | None = None,
    direction: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Clock]:
    """Returns the clocks of requests, ended ones too, by when they began.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    fitting = _given(
        message__case__peer_id=peer,
        state=state,
        message__direction=direction,
        started_at__gte=since,
        started_at__lt=until,
    )
    return Clock.objects.filter(within(reviewer, "message__case__"), **fitting).select_related("message__case")


def hold_answers(
    reviewer: Officer, *, policy: str | None = None, since: datetime | None = None, until: datetime | None = None
) -> QuerySet[HoldAnswer]:
    """Returns the answers to holds with their reasons, by when they were given.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    fitting = _given(policy=policy, decided_at__gte=since, decided_at__lt=until)
    return HoldAnswer.objects.filter(within(reviewer, "message__case__"), **fitting).select_related(
        "message__case", "decided_by"
    )
