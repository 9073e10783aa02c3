"""What SQLite knows of its tables when it plans a statement.

SQLite plans by counts that only ``ANALYZE`` writes, and a migration that makes a table anew takes those of the old one
away. Without them it joins from the wrong end: at 500,000 messages a page takes five to fifty times as long. Nothing
else in SQLite keeps the counts, so the node does; PostgreSQL does it by itself.

Source: SQLite, "ANALYZE", section 1 and 3; "The SQLite Query Optimizer Overview", section 8.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

__all__ = ["RENEW_SECONDS", "renew_statistics"]

RENEW_SECONDS: Final = 24 * 3600.0
"""Rhythm: the shape of a node's tables changes over weeks. Half a million messages are counted in about a second, for
which writers wait."""


def renew_statistics(database: Path) -> None:
    """Counts every index of a database anew; connections that are opened from then on plan by it.

    Args:
        database: The database file.

    Raises:
        sqlite3.Error: It could not be written.
    """
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as own:
        own.execute("ANALYZE")
