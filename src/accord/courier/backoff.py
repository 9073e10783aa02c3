"""Back-off after a failed contact: full jitter from one second to five minutes, ended at once by a sign of life.

Full jitter spreads the tries of many nodes after an outage evenly over the window, so that a returning peer is not met
by all of them at once. Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

import random
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from .models import Channel

__all__ = ["LONGEST_SECONDS", "SHORTEST_SECONDS", "back_off_seconds", "note_failure"]

SHORTEST_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 300.0


def back_off_seconds(failures: int, *, spread: float) -> float:
    """Returns how long to wait after so many failures in a row.

    Args:
        failures: At least 1.
        spread: A number from 0 to 1, drawn evenly.
    """
    ceiling = min(LONGEST_SECONDS, SHORTEST_SECONDS * 2.0 ** min(failures, 16))
    return SHORTEST_SECONDS + (ceiling - SHORTEST_SECONDS) * spread


def note_failure(channel_id: int, code: str) -> None:
    """Counts a failed contact and sets the moment of the next try."""
    channel = Channel.objects.only("failures_in_a_row").get(pk=channel_id)
    now = timezone.now()
    # The jitter needs no secrecy, only spread.
    seconds = back_off_seconds(channel.failures_in_a_row + 1, spread=random.random())  # noqa: S311
    Channel.objects.filter(pk=channel_id).update(
        failures_in_a_row=F("failures_in_a_row") + 1,
        last_failure_at=now,
        last_failure_code=code,
        back_off_until=now + timedelta(seconds=seconds),
    )
