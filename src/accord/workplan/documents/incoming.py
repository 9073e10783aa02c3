"""A file that somebody brings, by its name and its content: refused whole, or read as the form that it is.

The ending of the name says what it is taken for; the content must be of that form. Nothing is stored here.
"""

from collections.abc import Callable, Mapping
from typing import Final

from accord.workplan.content import Plan
from accord.workplan.documents.archive import macros, other_form, require_size
from accord.workplan.documents.cells import DayOrder
from accord.workplan.documents.plain import read_json
from accord.workplan.documents.preview import Preview
from accord.workplan.documents.word import read_document
from accord.workplan.documents.workbook import read_workbook
from accord.workplan.errors import PlanRefused

__all__ = ["ENDINGS", "read_file"]

_ARCHIVES: Final[Mapping[str, Callable[..., Preview]]] = {".docx": read_document, ".xlsx": read_workbook}

ENDINGS: Final = (*_ARCHIVES, ".json")
"""Endings of the names of files that are read."""

_WITH_MACROS: Final = frozenset({".docm", ".dotm", ".xlsm", ".xltm", ".xlsb"})
_BINARY: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF-")


def read_file(name: str, data: bytes, *, current: Plan | None = None, order: DayOrder | None = None) -> Preview:
    """Returns what was understood of a file, what was not, and what it would change.

    Args:
        name: The name of the file, of which the ending counts.
        data: Its content.
        current: The plan at hand, which what is read is held against.
        order: How a day with two readings is read, where a person said it.

    Raises:
        PlanRefused: It is empty, too large, of another form than its name says, protected, damaged, or holds macros
            or entities.
    """
    require_size(data)
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if ending in _WITH_MACROS:
        raise macros()
    if ending not in ENDINGS:
        raise PlanRefused(
            "A file of this kind is not read.",
            code="workplan.file-kind",
            next_step=f"Choose a file whose name ends in {', '.join(ENDINGS)}.",
            fields={"field": "file"},
        )
    reader = _ARCHIVES.get(ending)
    if reader is not None:
        return reader(data, current=current, order=order)
    if data.startswith(_BINARY):
        raise other_form()
    return read_json(data, current=current)
