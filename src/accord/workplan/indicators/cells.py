"""Cells: the counts of one group of observations, on a day, in a quarter, or as of a moment."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

__all__ = ["Cell"]


class Cell:
    """Counts of one group.

    ``made`` are all of them; ``due`` those that were done or whose time is over; ``met`` those done as they should be;
    ``whole`` and ``part`` the sums of what they weigh; ``spread`` how many took so many whole minutes.
    """

    __slots__ = ("due", "made", "met", "part", "spread", "whole")

    def __init__(self) -> None:
        self.made = self.due = self.met = self.whole = self.part = 0
        self.spread: Counter[int] = Counter()

    def add(self, row: Sequence[Any], now: datetime) -> None:
        """Counts one observation as it stands at a moment.

        Args:
            row: When it was received, from when it is due, when it was done, whether well, its whole and its part.
            now: The moment.
        """
        at, due_at, done_at, is_met, whole, part = row
        self.made += 1
        is_done = done_at is not None and done_at <= now
        if is_done or (due_at is not None and due_at < now):
            self.due += 1
            self.whole += whole
        if done_at is not None and is_done:
            self.spread[max(0, int((done_at - at).total_seconds()) // 60)] += 1
            if is_met:
                self.met += 1
                self.part += part

    def join(self, counts: Sequence[int], spread: Iterable[tuple[int, int]]) -> None:
        """Adds the counts of another group, as they are stored."""
        made, due, met, whole, part = counts
        self.made += made
        self.due += due
        self.met += met
        self.whole += whole
        self.part += part
        for minutes, count in spread:
            self.spread[minutes] += count
