"""The shortest way to the database driver, for statements that are composed once and run with every message.

Django's cursor wraps each statement several times over, which costs more than the statement itself where SQLite
answers in some microseconds. A backend that has a method ``quick`` is asked first; every other one, and one whose
statements somebody watches, is asked by Django's cursor. Statements and values are the same either way.
"""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

__all__ = ["execute", "execute_many", "row_of", "rows_of"]


# Any: parameters and columns are of the types that the database driver knows.
def rows_of(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Returns the rows of a select statement.

    Args:
        sql: The statement, with Django's marks.
        parameters: Its values as the driver takes them.
    """
    found: list[tuple[Any, ...]] = _ran(sql, parameters, "fetchall")
    return found


def row_of(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Returns the first row that a statement gives back, or nothing."""
    found: tuple[Any, ...] | None = _ran(sql, parameters, "fetchone")
    return found


def execute(sql: str, parameters: Sequence[Any]) -> int:
    """Runs a statement and returns how many rows it changed."""
    return int(_ran(sql, parameters, "rowcount"))


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """Runs a statement once for each row of parameters, prepared once for all; returns how many rows it changed."""
    return int(_ran(sql, rows, "rowcount", is_many=True))


def _ran(sql: str, parameters: Sequence[Any], wanted: str, *, is_many: bool = False) -> Any:
    own = connections[DEFAULT_DB_ALIAS]
    quick = getattr(own, "quick", None)
    if quick is not None and not (own.queries_logged or own.execute_wrappers):
        return quick(sql, parameters, wanted, is_many=is_many)
    with own.cursor() as cursor:
        (cursor.executemany if is_many else cursor.execute)(sql, parameters)
        found = getattr(cursor, wanted)
        return found if wanted == "rowcount" else found()
