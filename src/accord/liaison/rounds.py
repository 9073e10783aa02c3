"""What this room does by itself, at a slow rhythm: accounts end with their postings, planned test calls leave."""

import time
from typing import Final

from django.utils import timezone

from accord.liaison.directory.pinging import send_due_pings
from accord.liaison.postings.accounts import hold_accounts_to_postings

__all__ = ["LiaisonRounds"]

ROUND_SECONDS: Final = 20.0
"""A planned call is so late at most, and so is the end of an account that somebody extended beyond its posting."""


class LiaisonRounds:
    """Does the round when it is due; the job runner asks often."""

    def __init__(self) -> None:
        self._due = 0.0

    def do_due(self) -> None:
        """Does the round, unless it was done a moment ago."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + ROUND_SECONDS
        now = timezone.now()
        hold_accounts_to_postings(now=now)
        send_due_pings(now=now)
