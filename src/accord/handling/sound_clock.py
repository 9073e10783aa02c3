"""A clock that leaps ahead erases nothing: what is gone does not come back when the clock is set right again.

The clock of the day is held against one that only counts on. Where the day has run ahead of it by more than a day since
the node started, nothing that only its day makes due is erased, and an alarm stands. If the new time is the right one,
a restart says so; if it is set back, erasing goes on by itself. A clock that is set back makes nothing due.
"""

import time
from collections.abc import Callable
from typing import Final

from accord.courier.alarms import raise_alarm_once
from accord.handling.retention import erase_due

__all__ = ["LEAP_SECONDS", "SoundClock"]

LEAP_SECONDS: Final = 24 * 3600.0
"""By so much the clock of the day may run ahead: a day, which is what a day's retention can be wrong by anyway."""


def _counting() -> float:
    # Counts on while the machine sleeps, where the system can tell.
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class SoundClock:
    """Watches the clock of the day from the start of the node on.

    Args:
        day: The clock of the day, seconds.
        counting: A clock that is never set, seconds.
    """

    def __init__(self, *, day: Callable[[], float] = time.time, counting: Callable[[], float] = _counting) -> None:
        self._day = day
        self._counting = counting
        self._offset = day() - counting()

    @property
    def has_leapt(self) -> bool:
        """Whether the clock of the day has run ahead by more than a day."""
        return self._day() - self._counting() - self._offset > LEAP_SECONDS

    def may_erase(self) -> bool:
        """Returns whether what is due by the day may be erased; where the clock has leapt, an alarm stands."""
        if not self.has_leapt:
            return True
        raise_alarm_once(
            None,
            "handling.clock-leapt",
            "The clock ran ahead by more than a day, so nothing is erased. Set it right, or restart the node if it is.",
        )
        return False

    def erase_due(self) -> int:
        """Erases what is due, unless the clock has leapt; returns how much."""
        return erase_due() if self.may_erase() else 0
