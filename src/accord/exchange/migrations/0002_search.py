"""What each database finds words by, beside the table of search; no model says it, so it stands here by hand."""

import sqlite3
from typing import Any

from django.db import migrations

SQLITE = (
    # External content: the folded words stand once, in the table, and the index beside them.
    "CREATE VIRTUAL TABLE exchange_searchindex USING fts5("
    "words, sounds, content='exchange_searchentry', content_rowid='id', tokenize='ascii', columnsize=0)",
    "CREATE TRIGGER exchange_searchentry_in AFTER INSERT ON exchange_searchentry BEGIN "
    "INSERT INTO exchange_searchindex (rowid, words, sounds) VALUES (new.id, new.words, new.sounds); END",
    "CREATE TRIGGER exchange_searchentry_out AFTER DELETE ON exchange_searchentry BEGIN "
    "INSERT INTO exchange_searchindex (exchange_searchindex, rowid, words, sounds) "
    "VALUES ('delete', old.id, old.words, old.sounds); END",
    "CREATE TRIGGER exchange_searchentry_change AFTER UPDATE OF words, sounds ON exchange_searchentry BEGIN "
    "INSERT INTO exchange_searchindex (exchange_searchindex, rowid, words, sounds) "
    "VALUES ('delete', old.id, old.words, old.sounds); "
    "INSERT INTO exchange_searchindex (rowid, words, sounds) VALUES (new.id, new.words, new.sounds); END",
)

POSTGRES = (
    "ALTER TABLE exchange_searchentry ADD COLUMN vector tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple', words), 'A') || setweight(to_tsvector('simple', sounds), 'B')) STORED",
    "CREATE INDEX exchange_searchentry_vector ON exchange_searchentry USING gin (vector)",
)

SECURE_DELETE_SINCE = (3, 42, 0)
"""SQLite from which FTS5 takes the words of a deleted row out at once, and not when its segments are merged."""


def make_index(apps: Any, schema_editor: Any) -> None:  # Any: Django's own types
    """Makes what finds words."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRES:
        schema_editor.execute(statement)
    if is_sqlite and sqlite3.sqlite_version_info >= SECURE_DELETE_SINCE:
        schema_editor.execute("INSERT INTO exchange_searchindex (exchange_searchindex, rank) VALUES ('secure-delete', 1)")


def drop_index(apps: Any, schema_editor: Any) -> None:  # Any: as above
    """Takes it away again; what hangs on the table goes with it."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE exchange_searchindex")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [migrations.RunPython(make_index, drop_index)]
