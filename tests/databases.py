"""An empty database with every migration applied, made once for a state of the migrations and copied from then on.

To apply all migrations takes a machine of two cores some five seconds; to copy what they made takes milliseconds.
Only SQLite's database in memory is copied: PostgreSQL applies its migrations each time, so they stay tried.
"""

import hashlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection
from django.db.backends.signals import connection_created

__all__ = ["copy_migrated", "keep_migrated"]


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
