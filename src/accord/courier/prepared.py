"""Questions composed once and asked many times: query sets without the price of composing them.

Django composes a query set anew each time it is asked, in 150 to 600 microseconds; the database answers in ten. An act
that asks a dozen questions so spends its time on composing. Here a query set is written as always, composed at its
first use with marks in the place of its values, and then asked with values::

    _APPROVAL = Prepared(lambda key: Approval.objects.filter(pk=key), UUID, locks=True)
    approval = _APPROVAL.one(key)

Invariants:

* the statement is Django's own, for the database in use; only the values differ;
* every value takes the place of its mark, and a mark that cannot be found is refused when the question is composed;
* objects are made as a query set makes them: deferred columns, joined rows and converters included.

What it does not do: ``prefetch_related``, and databases but the default. A list of values (``__in``) has one question
for each length; who asks keeps them apart (``functools.cache`` by length).
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.query import get_related_populators

from accord.errors import OurFault

from .statements import Column, columns_of, execute_many, moment_param, rows_of, uuid_param, values_of

__all__ = ["NotComposable", "Prepared", "save_fields", "save_many"]

_Row = TypeVar("_Row", bound=Model)

# Values that stand nowhere else, one of each kind for each place.
MARKS: Final[dict[type, Callable[[int], Any]]] = {  # Any: values of the kinds named
    int: lambda place: 7_000_000_000_000_007 + place,
    str: lambda place: f"\N{WHITE QUESTION MARK ORNAMENT}{place}",
    bytes: lambda place: b"\xff?mark" + place.to_bytes(4, "big"),
    UUID: lambda place: UUID(int=(1 << 127) + place),
    datetime: lambda place: datetime(1901, 1, 1, 0, 0, 0, place, tzinfo=UTC),
    date: lambda place: date(1901, 1, 1) + timedelta(days=place),
}


class NotComposable(OurFault):
    """A question has a value that does not stand in its statement."""

    code = "courier.question-not-composable"
    default_next_step = "This is a fault of the software; report it with the version."


class _Composed:
    """A statement, where its values go, and how its rows become objects."""

    def __init__(self, queryset: "QuerySet[Any]", marks: Sequence[Any], *, locks: bool) -> None:  # Any: any model
        own = connections[DEFAULT_DB_ALIAS]
        self._compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = self._compiler.as_sql()
        # The lock's clause is added by hand, as composing it demands a transaction that is not open yet.
        lock = f' FOR UPDATE OF "{queryset.model._meta.db_table}"'  # noqa: SLF001 - Django's documented way
        self.sql = sql + (lock if locks and own.features.has_select_for_update else "")
        in_place = {_as_parameter(mark): place for place, mark in enumerate(marks)}
        self.template = list(parameters)
        found = [_hashable(value) for value in parameters]
        self.places = [(at, in_place[value]) for at, value in enumerate(found) if value in in_place]
        if {place for _, place in self.places} != set(range(len(marks))):
            raise NotComposable("A value of a prepared question does not stand in its statement.")
        self.missing: type[Exception] = queryset.model.DoesNotExist
        self._converters = self._compiler.get_converters([column for column, _, _ in self._compiler.select])
        klass = self._compiler.klass_info
        self._model: type[Model] | None = klass["model"] if klass else None
        if klass:
            chosen = klass["select_fields"]
            self._columns = slice(chosen[0], chosen[-1] + 1)
            self._names = [column[0].target.attname for column in self._compiler.select[self._columns]]
            # The stubs describe a later Django, whose function takes one more argument.
            self._populators = get_related_populators(klass, self._compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def ask(self, values: Sequence[Any]) -> list[Sequence[Any]]:
        """Returns the rows, each value converted as a query set converts it."""
        parameters = self.template.copy()
        for at, place in self.places:
            parameters[at] = _as_parameter(values[place])
        found = rows_of(self.sql, parameters)
        if not self._converters:
            return list(found)
        return list(self._compiler.apply_converters([list(row) for row in found], self._converters))

    def objects(self, values: Sequence[Any]) -> list[Any]:
        """Returns the rows as objects of the model, with what was joined to them."""
        made = []
        for row in self.ask(values):
            one = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._columns])  # type: ignore[union-attr]
            for populator in self._populators:
                populator.populate(row, one)
            made.append(one)
        return made


def _as_parameter(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_param(value)
    if isinstance(value, date):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datefield_value(value)
    return uuid_param(value) if isinstance(value, UUID) else value


def _hashable(value: Any) -> Any:
    # Bytes go to the drivers in wrappers of their own: a memory view, or an object that holds them.
    value = getattr(value, "obj", value)
    return value if isinstance(value, int | str | bytes | UUID | date) else None


def save_fields(row: Model, *names: str) -> None:
    """Writes some fields of a stored object into its row, with a statement composed once.

    Args:
        row: The object; its primary key says which row.
        names: Names of fields.
    """
    save_many((row,), *names)


def save_many(rows: Iterable[Model], *names: str) -> None:
    """Writes the same fields of many objects of one model into their rows, with one statement for all of them.

    Args:
        rows: The objects.
        names: Names of fields.
    """
    found = list(rows)
    if not found:
        return
    own = connections[DEFAULT_DB_ALIAS]
    sql, columns = _update_sql(type(found[0]), names, own.vendor)
    execute_many(sql, [values_of(row, columns, own) for row in found])


@cache
def _update_sql(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[str, tuple[Column, ...]]:
    table = model._meta  # noqa: SLF001 - Django's documented way to a model's fields
    fields = [field for field in (table.get_field(name) for name in names) if isinstance(field, Field)]
    if len(fields) != len(names):
        raise NotComposable(f"Not all of {', '.join(names)} are columns of {table.label}.")
    places = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{table.db_table}" SET {places} WHERE "{table.pk.column}" = %s'  # noqa: S608
    return sql, columns_of([*fields, table.pk], vendor)


class Prepared(Generic[_Row]):
    """A question that is composed once.

    Args:
        compose: Returns the query set for its values; the values it is called with are marks.
        kinds: Type of each value: ``int``, ``str``, ``bytes``, ``UUID``, ``date`` or ``datetime``.
        locks: Whether the rows of the model itself are locked until the transaction ends.
    """

    def __init__(self, compose: "Callable[..., QuerySet[_Row, Any]]", *kinds: type, locks: bool = False) -> None:
        self._compose = compose
        self._marks = [MARKS[kind](place) for place, kind in enumerate(kinds)]
        self._locks = locks
        self._lock = threading.Lock()
        self._composed: dict[str, _Composed] = {}

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """Returns the rows of a question for columns (``values_list``)."""
        return [tuple(row) for row in self._ready().ask(values)]

    def all(self, *values: Any) -> list[_Row]:
        """Returns the objects found."""
        found: list[_Row] = self._ready().objects(values)
        return found

    def first(self, *values: Any) -> _Row | None:
        """Returns the first object found, or nothing."""
        found: list[_Row] = self._ready().objects(values)
        return found[0] if found else None

    def one(self, *values: Any) -> _Row:
        """Returns the one object found.

        Raises:
            Model.DoesNotExist: Nothing was found.
        """
        found = self.first(*values)
        if found is None:
            raise self._ready().missing
        return found

    def _ready(self) -> _Composed:
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        composed = self._composed.get(vendor)
        if composed is None:
            with self._lock:
                composed = self._composed[vendor] = _Composed(
                    self._compose(*self._marks), self._marks, locks=self._locks
                )
        return composed
