"""The table that ships with Accord."""

from functools import cache
from importlib.resources import files

from accord.workstreams.drugs.substances.content import SubstanceTable, decode_table

__all__ = ["shipped_table"]


@cache
def shipped_table() -> SubstanceTable:
    """Returns the fentanyl precursors of Table I with their entries of control."""
    return decode_table(files(__package__).joinpath("table.toml").read_text("utf-8"))
