"""Inserting many rows of one table by one prepared statement.

Django's ``bulk_create`` writes a statement as long as its rows and resolves each value as an expression; for the plain
rows of an intake batch that is half of the time. Here one short statement is executed for all rows; values that the
database takes as they are (text, numbers, nothing) are not converted, all others by their field.

What it does not do: signals, telling the keys that the database made, parents of inherited models.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model

from accord.courier.statements import insert

__all__ = ["insert_rows"]

_PLAIN = (str, type(None), int, float)
_PLAIN_FOR_SQLITE = (*_PLAIN, bytes)


@cache
def _shape(
    model: type[Model], has_keys: bool
) -> "tuple[tuple[str, ...], tuple[tuple[str, Field[Any, Any]], ...]]":  # Any: every type
    table = model._meta  # noqa: SLF001 - Django's documented way to a model's fields
    fields = tuple(field for field in table.concrete_fields if has_keys or not field.primary_key)
    return tuple(str(field.column) for field in fields), tuple((field.attname, field) for field in fields)


def insert_rows(model: type[Model], rows: Sequence[Model], *, has_keys: bool = True) -> None:
    """Inserts rows, in the caller's transaction.

    Args:
        model: Their model.
        rows: Unsaved instances; they count as saved afterwards.
        has_keys: Whether they have their primary keys already. Where the database makes them, the instances do not
            learn them; whoever needs them looks the rows up again.
    """
    if not rows:
        return
    # The proxy "connection" finds the thread's own connection at each access; once a call is enough.
    own = connections[DEFAULT_DB_ALIAS]
    columns, fields = _shape(model, has_keys)
    # A batch has few moments and many rows: each moment is put in the database's form once.
    moments: dict[datetime, Any] = {}  # Any: the form is the database's
    # What the driver takes as it is needs no conversion: SQLite's takes bytes, too, PostgreSQL's keys of its own type.
    has_keys_of_its_own = own.features.has_native_uuid_field
    plain = _PLAIN if has_keys_of_its_own else _PLAIN_FOR_SQLITE

    def prepared(field: "Field[Any, Any]", value: Any) -> Any:  # Any: values of every type
        if isinstance(value, UUID):
            return value if has_keys_of_its_own else value.hex
        if isinstance(value, datetime):
            if value not in moments:
                moments[value] = field.get_db_prep_save(value, own)
            return moments[value]
        return field.get_db_prep_save(value, own)

    values = [
        [
            value if isinstance(value, plain) else prepared(field, value)
            for field, value in ((field, getattr(row, name)) for name, field in fields)
        ]
        for row in rows
    ]
    insert(model, columns, values)
    for row in rows:
        row._state.adding = False  # noqa: SLF001 - as bulk_create does
        row._state.db = DEFAULT_DB_ALIAS  # noqa: SLF001
