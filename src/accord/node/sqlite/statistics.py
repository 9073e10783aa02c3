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

__all__ = ["GROWN", "RENEW_SECONDS", "renew_statistics"]

RENEW_SECONDS: Final = 24 * 3600.0
"""Rhythm: the shape of a node's tables changes over weeks. Half a million messages are counted in about a second, for
which writers wait."""

GROWN: Final = 2
"""The tables are counted before that once the database is so many times as large: what was planned by the counts of a
new node's empty tables would look through whole logs for each message, where an index of few rows answers."""


def renew_statistics(database: Path) -> None:
    """Counts every index of a database anew; open connections plan by it from their next statement on.

    A connection reads the counts together with the schema, and so only anew when the schema changes: the table that
    holds them is therefore made anew.

    Args:
        database: The database file.

    Raises:
        sqlite3.Error: It could not be written.
    """
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as own:
        own.execute("BEGIN IMMEDIATE")
        own.execute("DROP TABLE IF EXISTS sqlite_stat1")
        own.execute("ANALYZE")
        own.execute("COMMIT")
