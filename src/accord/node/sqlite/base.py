"""Django's SQLite backend, with one writer of a process at a time, waiting without polling.

SQLite lets one connection write at a time. Who finds the lock taken sleeps and looks again, at growing intervals of up
to 100 ms, so a flusher, a listener and an intake that share a database spend more time asleep than the transactions
take. Here the threads of one process wait for each other on a lock that wakes the next one at once; only writers of
other processes (a command, a second worker) still meet SQLite's own lock, after ours.

It counts on ``transaction_mode = IMMEDIATE``: every ``atomic`` block takes the write lock at its beginning, so there
is no upgrade from reading to writing inside one.

Source: SQLite, "sqlite3_busy_timeout" and the delays of ``sqliteDefaultBusyCallback``; Django, "Subclassing the
built-in database backends".
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from accord.courier.precedence import give_way

__all__ = ["DatabaseWrapper"]

DEFAULT_WAIT_SECONDS: Final = 20.0
"""How long a thread waits for the others where the settings name no time-out: SQLite's own wait (node.settings)."""


class _Queues:
    """One lock for each database file of this process; they live as long as it does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_name: dict[str, threading.Lock] = {}

    def of(self, name: str) -> threading.Lock:
        """Returns the lock of a database."""
        with self._lock:
            return self._by_name.setdefault(name, threading.Lock())


_QUEUES: Final = _Queues()


@lru_cache(maxsize=4096)
def _in_qmarks(sql: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", sql)).replace("%%", "%")


class _Cursor(base.SQLiteCursorWrapper):
    """Django's cursor, which writes each statement's marks anew only once."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is None:
            return _in_qmarks(query)
        return str(super().convert_query(query, param_names=param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that queues for its turn to write."""

    def create_cursor(self, name: str | None = None) -> Any:
        """Returns a cursor for one statement after the other."""
        self._give_way()
        return self.connection.cursor(factory=_Cursor)

    def quick(self, sql: str, parameters: Sequence[Any], wanted: str, *, is_many: bool = False) -> Any:
        """Runs a statement with nothing between Django and the driver, and returns what is wanted of its cursor.

        Args:
            sql: The statement, with Django's marks.
            parameters: Its values as the driver takes them; rows of them with ``is_many``.
            wanted: ``fetchall``, ``fetchone`` or ``rowcount``.
            is_many: Whether the statement runs once for each row.
        """
        self._give_way()
        if self.connection is None:
            self.ensure_connection()
        self.validate_thread_sharing()
        if self.needs_rollback:
            self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            run = self.connection.executemany if is_many else self.connection.execute
            cursor = run(_in_qmarks(sql), parameters)
            found = getattr(cursor, wanted)
            told = found if wanted == "rowcount" else found()
            # A statement that gave only its first row would hold its read lock on.
            cursor.close()
        return told

    def __init__(self, *arguments: Any, **options: Any) -> None:  # Any: handed through to Django unchanged
        super().__init__(*arguments, **options)
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # private to Django, so not in its stubs
        except BaseException:
            self._end_turn()
            raise

    def _give_way(self) -> None:
        if self._turn is None:
            give_way()

    def _take_turn(self) -> None:
        if self._turn is not None:
            return
        give_way()
        queue = _QUEUES.of(str(self.settings_dict["NAME"]))
        seconds = float(self.settings_dict["OPTIONS"].get("timeout", DEFAULT_WAIT_SECONDS))
        if not queue.acquire(timeout=seconds):
            msg = "database is locked: another thread of this process has been writing for too long"
            raise OperationalError(msg)
        self._turn = queue

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _commit(self) -> None:
        # A commit that fails leaves the transaction open; Django rolls it back, and that ends the turn.
        super()._commit()  # type: ignore[misc]  # private to Django, so not in its stubs
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # private to Django, so not in its stubs
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # private to Django, so not in its stubs
        finally:
            self._end_turn()
