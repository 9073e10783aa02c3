"""Puts rows into a table at the speed of the database: one prepared statement, values prepared field by field.

Only what differs from row to row is given; what a field defaults to is prepared once a table.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

__all__ = ["insert_all"]

ROWS_A_STATEMENT = 5_000


def insert_all(model: "type[Model]", rows: Iterable[Mapping[str, Any]]) -> int:  # Any: each column has its own type
    """Inserts rows, each given by the attributes that differ from the model's defaults, and returns how many.

    Args:
        model: The table.
        rows: Attributes by name (``case_id``, not ``case``); a key made by a default must be given.
    """
    from django.db import connection, transaction

    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's public name for it
    if not next(iter(fields.values())).has_default():
        # A number as key is the database's to give.
        fields.pop("id", None)
    default = {
        name: None if field.primary_key else field.get_db_prep_save(field.get_default(), connection)
        for name, field in fields.items()
    }
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields.values())
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: SLF001
    names, count, waiting = list(fields), 0, iter(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := list(islice(waiting, ROWS_A_STATEMENT)):
            prepared = [
                tuple(
                    fields[name].get_db_prep_save(row[name], connection) if name in row else default[name]
                    for name in names
                )
                for row in batch
            ]
            cursor.executemany(statement, prepared)
            count += len(batch)
    return count
