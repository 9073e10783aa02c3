"""How much of the processor what is done beside the courier may take: little while messages arrive, then all of it.

What is read after arrival and the notices of it are not urgent by the second, and one thread computes at a time. So
each of them rests some multiple of the time it took, by how long nothing has arrived.
"""

import time
from typing import Final

__all__ = ["AT_REST_SECONDS", "BUSY_RESTS", "BUSY_SECONDS", "Pace"]

BUSY_SECONDS: Final = 1.0
"""So long after an arrival more is expected."""

BUSY_RESTS: Final = 12.0
"""While more is expected, what is done beside rests so many times as long as it took."""

AT_REST_SECONDS: Final = 5.0
"""After so long without an arrival what is done beside is done without a pause."""


class Pace:
    """Says how long to rest; one instance a node, read by several threads."""

    def __init__(self) -> None:
        self._arrived_at = time.monotonic() - AT_REST_SECONDS

    def note_arrivals(self) -> None:
        """Notes that messages arrived just now."""
        self._arrived_at = time.monotonic()

    def rests(self) -> float:
        """Returns how many times as long as it took what is done beside the courier rests now."""
        quiet = time.monotonic() - self._arrived_at
        if quiet < BUSY_SECONDS:
            return BUSY_RESTS
        return 1.0 if quiet < AT_REST_SECONDS else 0.0
