"""Licences as CSV: written so that no table program computes a cell, and read again as they were.

A row that cannot be read costs itself alone and is named by its line: a quotation mark that is never closed would make
a reader swallow the rows behind it.

Source: OWASP, CSV injection; RFC 4180.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.models import Licence
from accord.workstreams.drugs.screening.lines import RefusedLine
from accord.workstreams.drugs.screening.manifest import LINE_MAX
from accord.workstreams.drugs.substances.csv_rows import BYTE_ORDER_MARK, decoded_cell, delimiter_of, encoded_cell

__all__ = ["LICENCE_COLUMNS", "VALUE_CHARACTERS", "licence_cells", "read_licence_rows", "write_licences"]

LICENCE_COLUMNS: Final = (
    *("jurisdiction", "number", "company", "company_number", "substances"),
    *("kilograms", "purity", "valid_from", "valid_to"),
)
"""The columns of the table; substances are codes or CAS numbers with blanks or semicolons between them."""

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
VALUE_CHARACTERS: Final = 80
ROW_LINES_MAX: Final = 20
"""Lines of one row at most, so that a mark that is never closed is found out after so many."""

_NEEDED: Final = ("jurisdiction", "number", "company", "substances")


def write_licences(licences: Iterable[Licence]) -> str:
    """Returns licences as CSV that :func:`read_licence_rows` reads again, with a byte order mark for table programs.

    Args:
        licences: The licences.
    """
    held = io.StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_ALL)
    writer.writerow(LICENCE_COLUMNS)
    for licence in licences:
        writer.writerow([encoded_cell(cell) for cell in licence_cells(licence).values()])
    return f"{BYTE_ORDER_MARK}{held.getvalue()}"


def licence_cells(licence: Licence) -> dict[str, str]:
    """Returns what the columns of a licence say, by :data:`LICENCE_COLUMNS`.

    Args:
        licence: The licence.
    """
    return {name: _cell(getattr(licence, name)) for name in LICENCE_COLUMNS}


def _cell(value: Any) -> str:  # Any: a text, a list, a day or a number of a column
    if isinstance(value, list):
        return " ".join(value)
    if value is None:
        return ""
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def read_licence_rows(content: bytes) -> Iterator[tuple[int, Mapping[str, str] | RefusedLine]]:
    """Yields each row with the number of the line on which it begins: its cells by their column, or why it is refused.

    Args:
        content: CSV in UTF-8 with commas, semicolons or tabs between its cells.

    Raises:
        ScreeningRefused: It is too large, not in UTF-8, or its header lacks a column.
    """
    text = _text(content)
    rows = _rows(text, delimiter_of(text))
    _number, first = next(rows, (1, []))
    header = [decoded_cell(name).strip().lower() for name in first] if isinstance(first, list) else []
    lacking = [name for name in _NEEDED if name not in header]
    if lacking:
        raise ScreeningRefused(
            f"The header of the table lacks {', '.join(lacking)}.",
            code="drugs.licences-unreadable",
            next_step=f"The first line names the columns {', '.join(LICENCE_COLUMNS)}.",
        )
    for line, row in rows:
        if isinstance(row, RefusedLine):
            yield line, row
        elif any(cell.strip() for cell in row):
            yield line, _named(line, header, row)


def _text(content: bytes) -> str:
    if len(content) > FILE_BYTES_MAX:
        raise ScreeningRefused(
            f"The table is larger than {FILE_BYTES_MAX // 1024**2} MiB.",
            code="drugs.licences-too-large",
            next_step="Split it, each part with the header.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScreeningRefused(
            "The table is not in UTF-8.", code="drugs.licences-unreadable", next_step="Save it as CSV in UTF-8."
        ) from error


def _named(line: int, header: list[str], row: list[str]) -> Mapping[str, str] | RefusedLine:
    # Programs leave empty cells off at the end of a row, or add some.
    if any(cell.strip() for cell in row[len(header) :]):
        return _refused(
            line, ",".join(row), mend="The row has more or fewer cells than the header: quote what holds a comma."
        )
    cells = {name: decoded_cell(cell).strip() for name, cell in zip(header, row, strict=False)}
    spoiled = next((name for name in LICENCE_COLUMNS if "\0" in cells.get(name, "")), None)
    if spoiled is None:
        return cells
    mend = "A character of it hides or moves text: delete it and type it again."
    return _refused(line, ascii(cells[spoiled]), mend=mend, column=spoiled)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | RefusedLine]]:
    """The rows with the line on which each begins; after one that is refused, reading goes on with the next line."""
    lines = list(io.StringIO(text, newline=""))
    at = 0
    while at < len(lines):
        line, taken = at + 1, 1
        if len(lines[at]) > LINE_MAX:
            mend = f"The line is longer than {LINE_MAX:,} characters: shorten it."
            yield line, _refused(line, lines[at], mend=mend)
        else:
            reader = csv.reader(lines[at : at + ROW_LINES_MAX], delimiter=delimiter, strict=True)
            try:
                row = next(reader)
            except csv.Error:
                mend = "A quotation mark is never closed: close it, or write it twice."
                yield line, _refused(line, lines[at], mend=mend)
            else:
                taken = reader.line_num
                yield line, row
        at += taken


def _refused(line: int, value: str, *, mend: str, column: str = "") -> RefusedLine:
    return RefusedLine(number=line, column=column, value=value.strip()[:VALUE_CHARACTERS], mend=mend)
