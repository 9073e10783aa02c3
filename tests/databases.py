"""An empty database with every migration applied, made once for a state of the migrations and copied from then on.

What a test committed is taken out table by table, and only where there is something: PostgreSQL needs more than a
second to truncate 170 tables, and milliseconds to look which of them hold a row.

To apply all migrations takes a machine of two cores some five seconds; to copy what they made takes milliseconds.
Only SQLite's database in memory is copied: PostgreSQL applies its migrations each time, so they stay tried.
"""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection
from django.db.backends.signals import connection_created

__all__ = ["copy_migrated", "flush_what_is_there", "keep_migrated"]

MADE_AGAIN = frozenset({"auth_permission", "django_content_type"})
"""Tables that Django fills after each flush with what was in them before; no test writes into them."""


def copy_migrated() -> None:
    """Fills the first connection to a database in memory from the copy, if there is one for these migrations."""
    if connection.vendor == "sqlite" and _kept().exists():
        connection_created.connect(_fill, weak=False, dispatch_uid="tests-migrated")


def keep_migrated() -> None:
    """Keeps a copy of the migrated database for the next run; called before the first test writes into it."""
    connection_created.disconnect(dispatch_uid="tests-migrated")
    kept = _kept()
    if connection.vendor != "sqlite" or kept.exists():
        return
    handle, name = tempfile.mkstemp(dir=kept.parent, prefix=f"{kept.name}-")
    os.close(handle)
    connection.ensure_connection()
    copy = sqlite3.connect(name)
    try:
        connection.connection.backup(copy)
    finally:
        copy.close()
    # Two workers may both arrive here: whole files replace one another.
    Path(name).replace(kept)


def flush_what_is_there() -> None:
    """Lets the flush after a test that commits touch the tables that hold rows, and no others."""
    whole = connection.ops.sql_flush

    def sql_flush(style: Any, tables: Sequence[str], **how: Any) -> list[str]:  # Any: as Django has it
        held = _holding_rows([table for table in tables if table not in MADE_AGAIN])
        if connection.vendor == "sqlite" or not held:
            return list(whole(style, held, **how)) if held else []
        # Keys lead from nearly every table to another; a truncation would follow them into all.
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {connection.ops.quote_name(table)}" for table in held),
            *connection.ops.sequence_reset_by_name_sql(style, _sequences(held)),
        ]

    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign]


def _holding_rows(tables: Sequence[str]) -> list[str]:
    asked = " UNION ALL ".join(
        f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})"
        for place, table in enumerate(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [tables[place] for (place,) in cursor.fetchall()]


def _sequences(tables: Sequence[str]) -> list[Any]:
    with connection.cursor() as cursor:
        return [one for table in tables for one in connection.introspection.get_sequences(cursor, table)]


def _fill(*, connection: Any, **_signal: Any) -> None:
    connection_created.disconnect(dispatch_uid="tests-migrated")
    source = sqlite3.connect(f"file:{_kept()}?mode=ro", uri=True)
    try:
        source.backup(connection.connection)
    finally:
        source.close()


def _kept() -> Path:
    """Where the copy lies: its name holds the digest of all migrations, our own and those of the libraries."""
    digest = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for config in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for file in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(f"\n{config.label}/{file.name}\n".encode())
            digest.update(file.read_bytes())
    return Path(tempfile.gettempdir()) / f"accord-tests-{os.getuid()}-{digest.hexdigest()[:32]}.sqlite3"
