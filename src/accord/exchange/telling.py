"""Telling the other side that what it gave was acted upon; the telling passes the gate like everything that leaves."""

from datetime import datetime
from typing import Final

from accord.channel.limits import MAX_DISPOSITION_ITEMS
from accord.courier.alarms import raise_alarm
from accord.exchange.kinds import ANSWER, SPONTANEOUS_INFORMATION
from accord.exchange.models import Case, Message
from accord.release.dispositions import Became, acknowledge
from accord.release.errors import GateRefuses
from accord.release.received import Handled
from accord.release.services import one_release

__all__ = ["tell_acted"]

ACTED: Final = Handled(state="acted")


def tell_acted(case: Case, *, now: datetime) -> int:
    """Tells that the information received in a case was acted upon; returns of how many messages.

    A gate that stops the telling leaves an alarm and its decision on record, and the case closes all the same.
    """
    given = case.messages.filter(
        direction=Message.Direction.IN, kind__in=(ANSWER, SPONTANEOUS_INFORMATION), state=Message.State.RECEIVED
    ).exclude(received=None)
    positions = list(given.order_by("received__position").values_list("received__position", flat=True))
    became = [Became(position, ACTED) for position in positions]
    for start in range(0, len(became), MAX_DISPOSITION_ITEMS):
        try:
            with one_release():
                acknowledge(case.peer_id, became[start : start + MAX_DISPOSITION_ITEMS], now=now)
        except GateRefuses as refused:
            raise_alarm(None, "release.gate-failed", f"A disposition was stopped: {refused.reason_code}.")
    return len(became)
