"""What can be wrong with the register of substances."""

import re

from accord.errors import OfficerCanMend

__all__ = ["RowRefused", "TableDamaged"]


class TableDamaged(OfficerCanMend):
    """A table of substances cannot be read, or contradicts itself."""

    code = "drugs.table-damaged"
    default_next_step = "Mend the row that is named; a table that came with Accord is taken from a whole installation."


class RowRefused(OfficerCanMend):
    """What is to stand in the register of substances does not hold together, or may not be settled so."""

    code = "drugs.substance-row"
    default_next_step = "Correct the field that is named; nothing was kept."

    @staticmethod
    def not_of_its_form(message: str) -> "RowRefused":
        """Returns the refusal of a value in our own words, with the field that msgspec names."""
        path = message.rpartition("`$")[2].partition("`")[0] if "`$" in message else ""
        at = re.sub(r"\[(?:\d+|\.{3})\]", "", path).lstrip(".")
        named = message.partition("field `")[2].partition("`")[0]
        field = ".".join(one for one in (at, named) if one)
        return RowRefused(
            f"The field {field[:64]} is missing, unknown or not of its form.",
            code="drugs.substance-form",
            next_step="Look at its length, its list or its day; nothing was kept.",
            fields={"field": field},
        )
