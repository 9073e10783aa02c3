"""The rows of the register as things that change: what kind of row, its code, and a table with some rows replaced."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from accord.workstreams.drugs.substances.content import Control, Substance, SubstanceTable
from accord.workstreams.drugs.substances.errors import RowRefused

__all__ = ["Change", "Kind", "Row", "changed_fields", "overlaid", "row_of_terms", "rows_of"]


class Kind(StrEnum):
    """A kind of row."""

    SUBSTANCE = "substance"
    CONTROL = "control"


Row = Substance | Control
"""A row of the register."""

_STRUCTS: Final[dict[Kind, type[Any]]] = {Kind.SUBSTANCE: Substance, Kind.CONTROL: Control}  # Any: one of the two


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it is to stand.

    Args:
        kind: The kind of row.
        code: Its code.
        row: The row; nothing where it is taken out.
    """

    kind: Kind
    code: str
    row: Row | None

    @classmethod
    def to(cls, row: Row) -> "Change":
        """Returns the change after which a row stands as given."""
        kind = Kind.SUBSTANCE if isinstance(row, Substance) else Kind.CONTROL
        return cls(kind=kind, code=row.id, row=row)


def row_of_terms(kind: Kind, kept: object) -> Row:
    """Returns a row as it was kept.

    Args:
        kind: The kind of row.
        kept: JSON types.

    Raises:
        RowRefused: A field is missing, unknown or not of its form.
    """
    try:
        row: Row = msgspec.convert(kept, _STRUCTS[kind])
    except msgspec.ValidationError as error:
        raise RowRefused.not_of_its_form(str(error)) from error
    return row


def rows_of(table: SubstanceTable, kind: Kind) -> Mapping[str, Row]:
    """Returns the rows of a kind by their codes."""
    rows: Iterable[Row] = table.substances if kind is Kind.SUBSTANCE else table.controls
    return {one.id: one for one in rows}


def overlaid(table: SubstanceTable, changes: Iterable[Change]) -> SubstanceTable:
    """Returns a table with some rows replaced, added or taken out; rows keep their place, new ones follow.

    Args:
        table: What stood before.
        changes: The changes, the last of each row counts.
    """
    substances = dict(rows_of(table, Kind.SUBSTANCE))
    controls = dict(rows_of(table, Kind.CONTROL))
    for change in changes:
        rows = substances if change.kind is Kind.SUBSTANCE else controls
        if change.row is None:
            rows.pop(change.code, None)
        else:
            rows[change.code] = change.row
    return msgspec.structs.replace(
        table,
        substances=tuple(one for one in substances.values() if isinstance(one, Substance)),
        controls=tuple(one for one in controls.values() if isinstance(one, Control)),
    )


def changed_fields(before: Row | None, after: Row | None) -> tuple[str, ...]:
    """Returns the names of the fields in which two versions of a row differ, in the order of the row."""
    if before is None or after is None:
        row = before or after
        return () if row is None else tuple(row.__struct_fields__)
    return tuple(name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name))
