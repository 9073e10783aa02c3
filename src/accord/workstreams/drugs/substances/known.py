"""Our register's code of what a message names, for the rows that are made of it."""

from accord.workstreams.drugs.substances.book import Book, book
from accord.workstreams.drugs.substances.finding import Finder

__all__ = ["code_of"]

_kept: tuple[Book, Finder] | None = None


def code_of(cas_number: str | None, name: str = "") -> str:
    """Returns the code of a substance by its CAS number, else by its name; nothing where the register has neither.

    The rows stay on this node, so that what an originator controls is found, too.
    """
    global _kept  # noqa: PLW0603 - what was made last, replaced whole
    now, found = book(), _kept
    if found is None or found[0] is not now:
        _kept = found = (now, Finder.of(now.table))
    row = (found[1].find(cas_number) if cas_number else None) or (found[1].find(name) if name else None)
    return row.id if row is not None else ""
