"""Whether anything was stored since one last looked: asked of the database, so that other processes count, too.

A round that looks through many tables for what is due costs some fifty milliseconds, though nothing happened. Whether
anything was committed is one short question: SQLite counts the commits of other connections in ``data_version``, and
the rows that this one changed; the text of PostgreSQL's snapshot stays the same while no transaction that writes begins
or ends.

Source: SQLite, "PRAGMA data_version"; PostgreSQL, "Transaction ID and Snapshot Information Functions".
"""

import time
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

__all__ = ["News"]


class News:
    """Says whether a look is worth its price; one instance a thread and look.

    Args:
        at_rest_seconds: After so long a look is due though nothing was stored: what comes by the passing of time alone
            is found so late at most.
    """

    def __init__(self, *, at_rest_seconds: float) -> None:
        self._at_rest_seconds = at_rest_seconds
        self._stored: object = None
        self._looked_at = 0.0

    def is_look_due(self) -> bool:
        """Returns whether anything was stored since the last look that was due, or that was long ago.

        It is asked before the look, so that what is stored during one makes the next one due. A thread whose look
        failed closes its connections, and over a new one a look is due.
        """
        stored, now = _stored(), time.monotonic()
        if stored == self._stored and now - self._looked_at < self._at_rest_seconds:
            return False
        self._stored, self._looked_at = stored, now
        return True


def _stored() -> object:
    """Returns what is equal only while nothing is stored; the connection is part of it, since SQLite counts by it."""
    own = connections[DEFAULT_DB_ALIAS]
    if own.in_atomic_block:
        # What one's own transaction changed is in no snapshot yet.
        return object()
    with own.cursor() as cursor:
        cursor.execute("PRAGMA data_version" if own.vendor == "sqlite" else "SELECT txid_current_snapshot()::text")
        (mark,) = cursor.fetchone()
    driver: Any = own.connection  # Any: of the database in use
    return driver, mark, getattr(driver, "total_changes", 0)
