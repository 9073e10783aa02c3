"""Source over the test calls of contact points: a person answered, and in time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from accord.liaison.models import PingTest

from .sources import Observed, Source

__all__ = ["CONTACT_SOURCE"]

STILL_CHANGING: Final = timedelta(days=30)
"""So long after it was sent a test call may still be answered; then it counts as it stands."""


def _calls(since: datetime | None) -> Iterator[Observed]:
    rows = PingTest.objects.all()
    if since is not None:
        rows = rows.filter(at__gte=since - STILL_CHANGING)
    for ping, peer, envelope, is_ours, reached_at, due_at, answered_at in rows.values_list(
        "ping", "peer", "envelope_id", "is_ours", "reached_at", "due_at", "answered_at"
    ):
        if reached_at is None:
            continue
        yield Observed(
            peer=peer,
            case=None,
            subject=ping,
            envelope_id=envelope,
            family="ping",
            is_ours=is_ours,
            at=reached_at,
            due_at=due_at,
            done_at=answered_at,
            is_met=answered_at is not None and answered_at <= due_at,
        )


CONTACT_SOURCE: Final = Source(name="test calls", families=frozenset({"ping"}), since=_calls)
"""The test calls of both sides that reached the other's node."""
