"""Whether a substance is controlled somewhere on a day, and where two parties differ.

Three answers, never two: a table that knows no day of control, or holds no entry at all, does not say "not controlled".

Source: 1988 Convention, article 12; control of a substance begins and ends with the instrument of each party.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accord.workstreams.drugs.substances.content import Control, SubstanceTable

__all__ = ["Standing", "Status", "status_of", "statuses"]


class Standing(StrEnum):
    """What a table says of a substance on a day."""

    CONTROLLED = "controlled"
    NOT_YET = "not-yet"
    """Every entry begins later, or ended before."""
    UNDATED = "undated"
    """There is an entry and it names no first day."""
    NO_ENTRY = "no-entry"
    """The table has no entry: it was not found, which is not the same as not controlled."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """The standing of a substance in one jurisdiction on a day.

    Args:
        substance: Its code.
        jurisdiction: Code of the party, or UN.
        standing: What the table says.
        entries: The entries that say so.
    """

    substance: str
    jurisdiction: str
    standing: Standing
    entries: tuple[Control, ...]


def status_of(table: SubstanceTable, substance: str, *, jurisdiction: str, on: date) -> Status:
    """Returns the standing of a substance in a jurisdiction on a day."""
    entries = [
        entry for entry in table.controls if entry.jurisdiction == jurisdiction and substance in entry.substances
    ]
    current = [entry for entry in entries if _covers(entry, on)]
    dated = [entry for entry in current if entry.valid_from is not None]
    if dated:
        standing, found = Standing.CONTROLLED, dated
    elif current:
        standing, found = Standing.UNDATED, current
    elif entries:
        standing, found = Standing.NOT_YET, entries
    else:
        standing, found = Standing.NO_ENTRY, []
    return Status(substance=substance, jurisdiction=jurisdiction, standing=standing, entries=tuple(found))


def _covers(entry: Control, on: date) -> bool:
    begun = entry.valid_from is None or entry.valid_from <= on
    return begun and (entry.valid_to is None or on <= entry.valid_to)


def statuses(table: SubstanceTable, *, jurisdictions: Iterable[str], on: date) -> tuple[tuple[Status, ...], ...]:
    """Returns one row a substance, with its standing in each jurisdiction on a day."""
    wanted = tuple(jurisdictions)
    return tuple(
        tuple(status_of(table, one.id, jurisdiction=code, on=on) for code in wanted) for one in table.substances
    )
