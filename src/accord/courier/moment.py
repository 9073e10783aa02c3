"""Conversion between aware UTC times of the database and the milliseconds that the channel speaks."""

import os
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

__all__ = ["entropy", "from_ms", "now_ms", "to_ms"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Returns whole milliseconds since the Unix epoch."""
    return (moment - EPOCH) // MILLISECOND


def from_ms(ms: int) -> datetime:
    """Returns the aware UTC time of milliseconds since the Unix epoch."""
    return EPOCH + timedelta(milliseconds=ms)


def now_ms() -> int:
    """Returns the present in milliseconds since the Unix epoch."""
    return to_ms(timezone.now())


def entropy(size: int) -> bytes:
    """Returns random bytes from the operating system, as the pure floor asks for them."""
    return os.urandom(size)
