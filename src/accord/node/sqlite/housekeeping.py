"""The housekeeping of SQLite: moving its write-ahead log into the database file beside the writers, and its counts.

SQLite does that by itself in the commit that makes the log too long, and that commit then takes some fifty times as
long as any other. Here a thread does it once a second, with a connection of its own and without a lock that a writer
would wait for (``PASSIVE``). What SQLite does by itself stays switched on, far above, for the case that this thread
cannot follow (``node.settings``).

Source: SQLite, "Write-Ahead Logging", sections 2.1 and 3.3.
"""

import contextlib
import logging
import sqlite3
import threading
import time
from pathlib import Path
from typing import Final

from accord.node.sqlite.statistics import GROWN, RENEW_SECONDS, renew_statistics

__all__ = ["Housekeeper"]

logger = logging.getLogger(__name__)

MOVE_SECONDS: Final = 1.0
"""Rhythm: at a hundred messages a second some 20 MB have been written meanwhile."""
AGAIN_SECONDS: Final = 600.0
"""When the tables are counted again after writers kept the database from it."""
WAIT_SECONDS: Final = 5.0
"""How long a stop waits for a move that is under way."""


class Housekeeper:
    """A thread that keeps the write-ahead log of one database short, and the counts of its tables new.

    Args:
        database: The database file.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sqlite-housekeeper", daemon=True)

    def start(self) -> None:
        """Begins to look after the log."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it; SQLite moves the rest when the last connection closes."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(WAIT_SECONDS)

    def _run(self) -> None:
        with contextlib.closing(sqlite3.connect(self._database, isolation_level=None)) as own:
            # The pages moved are on the disk before the log may be overwritten.
            own.execute("PRAGMA synchronous=FULL")
            renew_at, counted_pages = time.monotonic(), 0
            while not self._stopping.wait(MOVE_SECONDS):
                try:
                    own.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                except sqlite3.Error as error:
                    logger.warning("The write-ahead log could not be moved: %s", error)
                (pages,) = own.execute("PRAGMA page_count").fetchone()
                if time.monotonic() >= renew_at or pages >= GROWN * counted_pages:
                    renew_at = time.monotonic() + (RENEW_SECONDS if self._renewed() else AGAIN_SECONDS)
                    counted_pages = pages

    def _renewed(self) -> bool:
        try:
            renew_statistics(self._database)
        except sqlite3.Error as error:
            logger.warning("The tables could not be counted: %s", error)
            return False
        return True
