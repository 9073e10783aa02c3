"""Prepared statements of the hot path, where building SQL from a query set would cost more than running it.

A contact needs a dozen statements; Django composes each anew in some 150 microseconds, SQLite runs it in ten. So the
few statements that every message needs are composed once, from the same models, and kept. Everything else in the
courier is written with query sets.

All SQL here is composed of names that the models give; every value is a parameter.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from accord.parties.driver import execute, execute_many, row_of, rows_of

from .models import Channel

__all__ = [
    "columns_of",
    "execute",
    "execute_many",
    "free_channel",
    "insert",
    "moment_param",
    "read_channel",
    "read_moment",
    "rows_of",
    "update_channel",
    "uuid_param",
    "values_of",
]


def insert(
    model: type[models.Model], columns: tuple[str, ...], rows: Iterable[Sequence[Any]], *, keeps_known: bool = False
) -> None:
    """Inserts rows into a model's table with one prepared statement.

    Args:
        model: The model.
        columns: Names of its columns.
        rows: Values in that order, as the driver takes them.
        keeps_known: Whether a row that violates a unique constraint is left as it was.
    """
    execute_many(_insert_sql(model, columns, keeps_known), list(rows))


@cache
def _insert_sql(model: type[models.Model], columns: tuple[str, ...], keeps_known: bool) -> str:
    table = model._meta.db_table  # noqa: SLF001 - Django's documented way to a model's table
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(["%s"] * len(columns))
    ending = " ON CONFLICT DO NOTHING" if keeps_known else ""
    return f'INSERT INTO "{table}" ({names}) VALUES ({places}){ending}'  # noqa: S608


def insert_one(row: models.Model) -> int:
    """Inserts a new row of a model and returns its primary key; the object is as good as saved."""
    own = connections[DEFAULT_DB_ALIAS]
    sql, columns = _insert_one_sql(type(row), own.vendor)
    found = row_of(sql, values_of(row, columns, own))
    assert found is not None  # noqa: S101 - an insertion that gives nothing back has raised
    # Django's own marks of a saved object (Model.save_base).
    row._state.adding = False  # noqa: SLF001
    row._state.db = DEFAULT_DB_ALIAS  # noqa: SLF001
    return int(found[0])


class Column(NamedTuple):
    """A column of a table that is written.

    Args:
        name: Name of the value in an object of the model.
        field: Converts the value for the driver.
        as_is: Types of values that the field would hand to the driver as they are; converting costs ten times as much.
    """

    name: str
    field: "models.Field[Any, Any]"  # Any: every type
    as_is: frozenset[type]


_AS_IS: Final[dict[str, type]] = {
    **dict.fromkeys(("CharField", "TextField"), str),
    **dict.fromkeys(("AutoField", "BigAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField"), int),
    **dict.fromkeys(("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"), int),
    "BooleanField": bool,
    "FloatField": float,
}


def columns_of(fields: "Iterable[models.Field[Any, Any]]", vendor: str) -> tuple[Column, ...]:
    """Returns fields of a model as columns that are written.

    Args:
        fields: The fields.
        vendor: Kind of the database: SQLite's driver alone takes bytes as they are.
    """
    kinds = _AS_IS | ({"BinaryField": bytes} if vendor == "sqlite" else {})
    found = []
    for field in fields:
        held: models.Field[Any, Any] = field.target_field if isinstance(field, models.ForeignKey) else field
        kind = kinds.get(held.get_internal_type())
        # An empty text as the key of another row is nothing, which its field sees to.
        if kind is None or (held is not field and kind is str):
            found.append(Column(field.attname, field, frozenset()))
        else:
            found.append(Column(field.attname, field, frozenset({kind, type(None)})))
    return tuple(found)


def values_of(row: models.Model, columns: Sequence[Column], own: Any) -> list[Any]:
    """Returns an object's values in the order of columns, as the driver takes them.

    Args:
        row: The object.
        columns: Columns of its model.
        own: The thread's connection.
    """
    return [
        value if type(value) in as_is else field.get_db_prep_save(value, own)
        for value, field, as_is in ((getattr(row, name), field, as_is) for name, field, as_is in columns)
    ]


@cache
def _insert_one_sql(model: type[models.Model], vendor: str) -> tuple[str, tuple[Column, ...]]:
    table = model._meta  # noqa: SLF001 - Django's documented way to a model's fields
    fields = tuple(field for field in table.concrete_fields if not field.primary_key)
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{table.db_table}" ({names}) VALUES ({places}) RETURNING "id"'  # noqa: S608
    return sql, columns_of(fields, vendor)


def moment_param(moment: datetime) -> Any:
    """Returns a time as the driver takes it."""
    return connection.ops.adapt_datetimefield_value(moment)


def read_moment(value: datetime) -> datetime:
    """Returns a time column's value as an aware time; SQLite's driver gives it in UTC without saying so."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def uuid_param(value: UUID) -> UUID | str:
    """Returns a UUID as the driver takes it."""
    return value if connection.features.has_native_uuid_field else value.hex


class _ChannelReader:
    """Reads a channel's row as a model object, with the statement composed once a connection's kind."""

    def __init__(self, *, lock: str) -> None:
        queryset = Channel.objects.filter(pk=0)
        # The lock's clause is added by hand, as composing it demands a transaction that is not open yet.
        suffix = lock if connection.features.has_select_for_update else ""
        self._compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, _ = self._compiler.as_sql()
        self._sql = sql + suffix
        columns = [column for column, _, _ in self._compiler.select]
        self._converters = self._compiler.get_converters(columns)
        self._fields = [column.target.attname for column in columns]

    def read(self, channel_id: int) -> Channel:
        """Returns the row.

        Raises:
            Channel.DoesNotExist: There is no such channel.
        """
        row = row_of(self._sql, (channel_id,))
        if row is None:
            raise Channel.DoesNotExist
        (converted,) = self._compiler.apply_converters([list(row)], self._converters)
        return Channel.from_db(DEFAULT_DB_ALIAS, self._fields, converted)


# PostgreSQL's words; rows that refer to the channel can still be added while it is locked so.
LOCKED: Final = " FOR NO KEY UPDATE"
LOCKED_IF_FREE: Final = " FOR NO KEY UPDATE SKIP LOCKED"


@cache
def _reader(vendor: str, *, lock: str) -> _ChannelReader:
    del vendor
    return _ChannelReader(lock=lock)


def read_channel(channel_id: int, *, locks: bool = False) -> Channel:
    """Returns a channel's row, locked until the transaction ends where that is asked.

    On SQLite the transaction itself is the lock (``BEGIN IMMEDIATE``).
    """
    return _reader(connection.vendor, lock=LOCKED if locks else "").read(channel_id)


def free_channel(channel_id: int) -> Channel | None:
    """Returns a channel's row and keeps it locked until the transaction ends; nothing where another one has it."""
    try:
        return _reader(connection.vendor, lock=LOCKED_IF_FREE).read(channel_id)
    except Channel.DoesNotExist:
        return None


def update_channel(channel: Channel, names: tuple[str, ...]) -> None:
    """Writes some fields of a channel's row object into its row."""
    sql, timed, attributes = _update_sql(names)
    values = [getattr(channel, attribute) for attribute in attributes]
    for place in timed:
        values[place] = None if values[place] is None else moment_param(values[place])
    execute(sql, [*values, channel.pk])


@cache
def _update_sql(names: tuple[str, ...]) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    table = Channel._meta  # noqa: SLF001 - Django's documented way to a model's fields
    fields = [field for field in (table.get_field(name) for name in names) if isinstance(field, models.Field)]
    places = ", ".join(f'"{field.column}" = %s' for field in fields)
    # Texts, numbers and bytes go to the driver as they are; only times have a form of their own.
    timed = tuple(place for place, field in enumerate(fields) if isinstance(field, models.DateTimeField))
    sql = f'UPDATE "{table.db_table}" SET {places} WHERE "id" = %s'  # noqa: S608 - names of the model only
    return sql, timed, tuple(field.attname for field in fields)
