"""The database connections of a listener's worker threads, for somebody to close when the listener has stopped."""

import threading
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["ThreadConnections"]


class ThreadConnections:
    """The connections that the threads of one listener opened."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._by_thread: Final[dict[int, BaseDatabaseWrapper]] = {}

    def note(self) -> None:
        """Notes the connection of this thread, at its first request."""
        thread = threading.get_ident()
        held = connections[DEFAULT_DB_ALIAS]
        if self._by_thread.get(thread) is not held:
            held.inc_thread_sharing()
            with self._lock:
                self._by_thread[thread] = held

    def close(self) -> None:
        """Closes them all; no request may be under way."""
        with self._lock:
            for held in self._by_thread.values():
                held.close()
            self._by_thread.clear()
