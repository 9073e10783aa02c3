"""What can be wrong with the register of substances."""

from accord.errors import OfficerCanMend

__all__ = ["TableDamaged"]


class TableDamaged(OfficerCanMend):
    """A table of substances cannot be read, or contradicts itself."""

    code = "drugs.table-damaged"
    default_next_step = "Take the table from a whole installation, or mend the row that is named."
