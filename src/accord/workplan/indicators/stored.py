"""Observations and counts as rows of the database, written and read by prepared statements.

Counting from the beginning writes a million rows and reads them once. As model objects they would cost more than all
else; as rows they are given to the driver as it takes them, and read as it gives them.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from accord.courier.statements import insert, rows_of
from accord.vocabulary.periods import Period
from accord.workplan.models import CountedPeriod, Observation

from .cells import Cell
from .sources import Observed

__all__ = [
    "COLUMNS",
    "Key",
    "Seen",
    "among",
    "cells_of_days",
    "cells_of_quarter",
    "day_of",
    "rows_read",
    "seen",
    "store",
    "write_periods",
]

Key = tuple[str, str, str, str]
"""Family, code, theme and urgency."""

Seen = tuple[
    str, UUID | None, UUID, UUID | None, str, str, bool, str, str, datetime, datetime | None, datetime | None, bool,
    int, int,
]  # fmt: skip
"""One observation, column by column."""

COLUMNS: Final = (
    "peer_id", "case_id", "subject", "envelope_id", "family", "code", "is_ours", "theme", "urgency", "at", "due_at",
    "done_at", "is_met", "whole", "part",
)  # fmt: skip

_SPREADS: Final = msgspec.json.Decoder(list[tuple[int, int]])
"""Both drivers give JSON as text."""

_PERIOD_COLUMNS: Final = (
    "peer_id", "is_quarter", "first_day", "family", "code", "theme", "urgency", "made", "due", "met", "whole", "part",
    "spread",
)  # fmt: skip


def seen(one: Observed) -> Seen:
    """Returns an observation column by column."""
    return msgspec.structs.astuple(one)


def day_of(row: Seen) -> date:
    """Returns the day, by UTC, on which an observation counts."""
    return row[9].astimezone(UTC).date()


def store(rows: Iterable[Seen]) -> None:
    """Inserts observations, in the caller's transaction."""
    # The proxy "connection" finds the thread's own at each access; once a batch is enough.
    own = connections[DEFAULT_DB_ALIAS]
    key = _as_it_is if own.features.has_native_uuid_field else _hex
    day: Callable[[date], Any] = own.ops.adapt_datefield_value  # Any: as the driver takes it
    moment = _as_it_is if own.features.has_native_uuid_field else _text
    insert(
        Observation,
        (*COLUMNS, "day"),
        [
            (
                peer, key(case), key(subject), key(envelope), family, code, is_ours, theme, urgency, moment(at),
                due_at and moment(due_at), done_at and moment(done_at), is_met, whole, part,
                day(at.astimezone(UTC).date()),
            )
            for (
                peer, case, subject, envelope, family, code, is_ours, theme, urgency, at, due_at, done_at, is_met,
                whole, part,
            ) in rows
        ],
    )  # fmt: skip


def _as_it_is(value: Any) -> Any:  # Any: keys and moments
    return value


def _text(moment: datetime) -> str:
    """Returns a moment as Django's backend for SQLite writes it, without asking its settings for each."""
    naive = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return str(naive.replace(tzinfo=None))


def _hex(key: UUID | None) -> str | None:
    return key.hex if key is not None else None


def among(keys: Sequence[UUID]) -> RawSQL:
    """Returns many keys as one parameter, to be looked for with ``in``.

    Each parameter of its own would cost more than what is found with it.
    """
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::uuid[])", (list(keys),))
    held = json.dumps([key.hex for key in keys])
    return RawSQL("SELECT value FROM json_each(%s)", (held,))


def rows_read(
    chosen: "QuerySet[Model, tuple[Any, ...]]", *, keys: Collection[int] = (), moments: Collection[int] = ()
) -> Iterable[Sequence[Any]]:  # Any: columns of every type
    """Returns the rows of a list of values, converted where the database has no type of its own for a column.

    Args:
        chosen: The list of values.
        keys: Places of the UUIDs.
        moments: Places of the moments.
    """
    rows = rows_of(*chosen.query.sql_with_params())
    if connection.features.has_native_uuid_field:
        return rows
    return (_converted(row, keys, moments) for row in rows)


def _converted(row: Sequence[Any], keys: Collection[int], moments: Collection[int]) -> list[Any]:
    """Returns a row of SQLite's driver with keys and moments: a computed one comes as text, and none says its zone."""
    found = list(row)
    for place in keys:
        if (key := found[place]) is not None:
            found[place] = UUID(int=int(key, 16))
    for place in moments:
        if (moment := found[place]) is not None:
            naive = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
            found[place] = naive.replace(tzinfo=UTC)
    return found


def cells_of_days(peer: str, days: Sequence[date], now: datetime) -> dict[date, dict[Key, Cell]]:
    """Returns the counts of some days from their observations, as of a moment."""
    counts: dict[date, dict[Key, Cell]] = {day: defaultdict(Cell) for day in days}
    chosen = Observation.objects.filter(peer=peer, day__in=days).values_list(
        "day", "family", "code", "theme", "urgency", "at", "due_at", "done_at", "is_met", "whole", "part"
    )
    rows = rows_of(*chosen.query.sql_with_params())
    # SQLite's driver gives moments in UTC without saying so.
    says_zone = bool(rows) and rows[0][5].tzinfo is not None
    moment = now if says_zone else now.astimezone(UTC).replace(tzinfo=None)
    for day, family, code, theme, urgency, *timed in rows:
        counts[day][family, code, theme, urgency].add(timed, moment)
    return counts


def cells_of_quarter(peer: str, quarter: Period) -> dict[Key, Cell]:
    """Returns the counts of a quarter from those of its days."""
    cells: dict[Key, Cell] = defaultdict(Cell)
    of_days = CountedPeriod.objects.filter(
        peer=peer, is_quarter=False, first_day__range=(quarter.first_day, quarter.last_day)
    ).values_list("family", "code", "theme", "urgency", "spread", "made", "due", "met", "whole", "part")
    for family, code, theme, urgency, spread, *counts in rows_of(*of_days.query.sql_with_params()):
        cells[family, code, theme, urgency].join(counts, _SPREADS.decode(spread))
    return cells


def write_periods(peer: str, counts: Mapping[date, Mapping[Key, Cell]], *, is_quarter: bool) -> None:
    """Replaces what is counted of days or quarters, in the caller's transaction.

    Args:
        peer: Code of the other party.
        counts: The counts by the period's first day.
        is_quarter: Whether these are quarters.
    """
    CountedPeriod.objects.filter(peer=peer, is_quarter=is_quarter, first_day__in=list(counts)).delete()
    spread = CountedPeriod._meta.get_field("spread")  # noqa: SLF001 - Django's documented way to a model's fields
    rows = []
    for first_day, cells in counts.items():
        day = connection.ops.adapt_datefield_value(first_day)
        rows += [
            (
                peer, is_quarter, day, *key, cell.made, cell.due, cell.met, cell.whole, cell.part,
                spread.get_db_prep_save(sorted(cell.spread.items()), connection),
            )
            for key, cell in cells.items()
        ]  # fmt: skip
    insert(CountedPeriod, _PERIOD_COLUMNS, rows)
