"""What a file would change of the register, before anybody proposes it.

A file adds rows and changes them; it takes none out. A row that is missing in a file may have been left out by mistake,
or by whoever exported it without what its originator controls: taking out is an act of its own.
"""

from collections.abc import Collection

import msgspec

from accord.errors import AccordError
from accord.workstreams.drugs.substances.content import SubstanceTable, check_table
from accord.workstreams.drugs.substances.csv_rows import BadCell, ReadTable
from accord.workstreams.drugs.substances.errors import TableDamaged
from accord.workstreams.drugs.substances.rows import Change, Kind, Row, changed_fields, overlaid, rows_of

__all__ = ["ChangedRow", "ImportPreview", "preview"]


class ChangedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that a file would add or change.

    Args:
        line: Line of the file.
        before: The row as it stands; nothing for a new one.
        after: The row as the file has it.
        fields: Names of the fields that differ.
    """

    line: int
    before: Row | None
    after: Row
    fields: tuple[str, ...]


class ImportPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a file would do.

    Args:
        kind: Which table it is.
        changed: The rows it would add or change.
        same: How many rows stand so already.
        missing: Codes of rows that stand in the register and not in the file; they stay.
        bad: What could not be read, or may not be proposed now.
        contradiction: Why the table with these changes would contradict itself; nothing where it would not.
    """

    kind: Kind
    changed: tuple[ChangedRow, ...]
    same: int
    missing: tuple[str, ...]
    bad: tuple[BadCell, ...]
    contradiction: AccordError | None

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes, as they are proposed."""
        return tuple(Change.to(one.after) for one in self.changed)

    @property
    def may_be_proposed(self) -> bool:
        """Whether there is something to propose, and nothing in the way."""
        return bool(self.changed) and not self.bad and self.contradiction is None


def preview(
    read: ReadTable, table: SubstanceTable, *, waiting: Collection[tuple[Kind, str]] = frozenset()
) -> ImportPreview:
    """Returns what a file would change.

    Args:
        read: What was read of it.
        table: The table in force.
        waiting: Rows of which a change waits already.
    """
    standing = rows_of(table, read.kind)
    changed, bad, same = [], list(read.bad), 0
    for line, row in read.rows:
        before = standing.get(row.id)
        if before == row:
            same += 1
        elif (read.kind, row.id) in waiting:
            bad.append(
                BadCell(
                    line=line,
                    column="id",
                    value=row.id,
                    reason="A change of this row waits for a second person: let it be settled first.",
                )
            )
        else:
            changed.append(ChangedRow(line=line, before=before, after=row, fields=changed_fields(before, row)))
    contradiction: AccordError | None = None
    if changed:
        try:
            check_table(overlaid(table, [Change.to(one.after) for one in changed]))
        except TableDamaged as error:
            contradiction = error
    given = {row.id for _line, row in read.rows}
    return ImportPreview(
        kind=read.kind,
        changed=tuple(changed),
        same=same,
        missing=tuple(code for code in standing if code not in given),
        bad=tuple(sorted(bad, key=lambda one: one.line)),
        contradiction=contradiction,
    )
