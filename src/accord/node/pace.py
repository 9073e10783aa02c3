"""How much of the processor what is done beside the courier may take: little in a flood, all of it at rest.

What is read after arrival and the notices of it are not urgent by the second, and one thread computes at a time. So
each of them rests some multiple of the time it took, by what arrived in the last seconds.
"""

import time
from typing import Final

__all__ = ["AT_REST_SECONDS", "BUSY_RESTS", "FLOOD_RESTS", "LATELY_SECONDS", "Pace"]

LATELY_SECONDS: Final = 1.0
"""So long after an arrival more is expected."""

FLOOD_RESTS: Final = 20.0
"""While whole batches arrive, what is done beside rests so many times as long as it took."""

BUSY_RESTS: Final = 2.0
"""The same while messages arrive and no batch is full: then there is time left, and the steady state catches up."""

AT_REST_SECONDS: Final = 5.0
"""After so long without an arrival what is done beside is done without a pause."""


class Pace:
    """Says how long to rest; one instance a node, read by several threads."""

    def __init__(self) -> None:
        self._arrived_at = self._flooded_at = time.monotonic() - AT_REST_SECONDS

    def note_arrivals(self, *, is_full_batch: bool) -> None:
        """Notes that messages arrived just now.

        Args:
            is_full_batch: Whether as many were there as are taken in at once.
        """
        self._arrived_at = time.monotonic()
        if is_full_batch:
            self._flooded_at = self._arrived_at

    def rests(self) -> float:
        """Returns how many times as long as it took what is done beside the courier rests now."""
        now = time.monotonic()
        if now - self._flooded_at < LATELY_SECONDS:
            return FLOOD_RESTS
        if now - self._arrived_at < LATELY_SECONDS:
            return BUSY_RESTS
        return 1.0 if now - self._arrived_at < AT_REST_SECONDS else 0.0
