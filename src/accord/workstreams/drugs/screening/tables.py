"""Workbooks and Parquet files as the lines of a manifest: each row becomes one line of CSV, numbered as in its table.

So everything that is known of lines (what is refused, with which mend; where reading goes on) holds for them, too. Rows
are read one after the other; neither form is ever whole in memory.

A program that made numbers of tariff codes took zeros from them: 0902.10 is the number 902.1. In that column they come
back; in every other a number stays as it is.

Parquet needs the package pyarrow, which is no part of a plain installation: it is larger than everything else together.

Source: ECMA-376 (workbooks); Apache Parquet; CWE-409 (zip bomb), CWE-776 (XML entities).
"""

import csv
import importlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, Final

from accord.workstreams.drugs.screening.columns import tariff_place
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.manifest import LINE_MAX

__all__ = ["UNPACKED_MAX", "parquet_lines", "workbook_lines"]

UNPACKED_MAX: Final = 2 * 1024**3
"""Bytes of all parts of a workbook, unpacked: three times those of the most rows that a sheet can have."""

TEXTS_MAX: Final = 192 * 1024**2
"""Bytes of the part that holds a workbook's texts, which is read whole."""

ROW_GROUP_MAX: Final = 512 * 1024**2
"""Bytes of a row group of a Parquet file, unpacked: twice those of a million lines of a manifest, written as one."""

PIECE: Final = 1024**2
ROWS_A_PIECE: Final = 2_000
_MARKS: Final = (b"<!DOCTYPE", b"<!ENTITY")
_TEXTS: Final = "xl/sharedStrings.xml"
_DAMAGED: Final = "The workbook is damaged, encrypted, or no workbook."
_HEADING_DIGITS: Final = 4


@contextmanager
def workbook_lines(file: BinaryIO | IO[bytes]) -> Iterator[Iterable[str]]:
    """Gives the rows of the first sheet of a workbook as lines of CSV.

    Args:
        file: The workbook, seekable; it stays open.

    Raises:
        ManifestUnreadable: It is damaged, encrypted, too large unpacked, or declares entities.
    """
    # It takes longer to load than a small manifest to screen, and most manifests are no workbooks.
    from openpyxl import load_workbook  # noqa: PLC0415

    _require_plain(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        # The reader raises whatever it stumbles over.
        raise ManifestUnreadable(_DAMAGED, next_step="Save it as CSV in UTF-8.") from error
    try:
        sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
        if not sheets:
            raise ManifestUnreadable("The workbook has no sheet with rows.", next_step="Save it as CSV in UTF-8.")
        # What a sheet says of its own size is often wrong.
        sheets[0].reset_dimensions()
        yield _lines(_unbroken(sheets[0].iter_rows(values_only=True)))
    finally:
        book.close()


@contextmanager
def parquet_lines(file: BinaryIO | IO[bytes]) -> Iterator[Iterable[str]]:
    """Gives the rows of a Parquet file as lines of CSV.

    Args:
        file: The file, seekable; it stays open.

    Raises:
        ManifestUnreadable: It is damaged, or the package that reads it is not installed.
    """
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ManifestUnreadable(
            "Parquet files are read with the package pyarrow, which is not installed on this node.",
            code="drugs.no-parquet",
            next_step="Save it as CSV in UTF-8, or ask the operator to install accord[parquet].",
        ) from error
    file.seek(0)
    try:
        schema = parquet.read_schema(file)
        flat = [field.name for field in schema if not field.type.num_fields]
        # One text of a dictionary may stand in every row: it is held once, and not written out for each.
        file.seek(0)
        table = parquet.ParquetFile(file, read_dictionary=flat)
    except Exception as error:
        raise ManifestUnreadable("The Parquet file is damaged.", next_step="Save it as CSV in UTF-8.") from error
    groups = [table.metadata.row_group(place) for place in range(table.metadata.num_row_groups)]
    if any(group.total_byte_size > ROW_GROUP_MAX for group in groups):
        raise ManifestUnreadable(
            "A row group of the Parquet file is too large unpacked.",
            next_step="Save it with smaller row groups, or as CSV in UTF-8.",
        )

    def rows() -> Iterator[Sequence[object]]:
        yield schema.names
        for piece in table.iter_batches(batch_size=ROWS_A_PIECE, columns=flat):
            cells = dict(zip(piece.schema.names, map(_cells_of, piece.columns), strict=True))
            # What holds lists or records of its own is no cell of a table: it is left out.
            none = [None] * piece.num_rows
            yield from zip(*(cells.get(name, none) for name in schema.names), strict=True)

    yield _lines(_unbroken(rows()))


def _cells_of(column: Any) -> list[object]:  # Any: an array of a package without types
    """The cells of a column; those with the same text share it."""
    if not hasattr(column, "dictionary"):
        return list(column.to_pylist())
    texts = column.dictionary.to_pylist()
    return [None if place is None else texts[place] for place in column.indices.to_pylist()]


def _require_plain(file: BinaryIO | IO[bytes]) -> None:
    """Looks a workbook through before its reader opens it; what it says of its own size is not believed."""
    unpacked = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                size, tail = 0, b""
                with archive.open(name) as part:
                    while piece := part.read(PIECE):
                        size += len(piece)
                        if unpacked + size > UNPACKED_MAX or (name == _TEXTS and size > TEXTS_MAX):
                            raise ManifestUnreadable(
                                "The workbook is too large unpacked.", next_step="Save it as CSV in UTF-8."
                            )
                        if name.endswith((".xml", ".rels")) and _declares(tail + piece):
                            raise ManifestUnreadable(
                                "The workbook declares a document type or an entity.",
                                next_step="Save it as CSV in UTF-8.",
                            )
                        tail = piece[-16:]
                unpacked += size
            if "xl/workbook.xml" not in archive.namelist():
                raise ManifestUnreadable(_DAMAGED, next_step="Save it as CSV in UTF-8.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ManifestUnreadable(_DAMAGED, next_step="Save it as CSV in UTF-8.") from error


def _declares(piece: bytes) -> bool:
    # In another encoding the marks would look otherwise: workbooks are in UTF-8 throughout.
    return piece.startswith((b"\xff\xfe", b"\xfe\xff")) or any(mark in piece for mark in _MARKS)


def _unbroken(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """The rows; where the file breaks off, that is said with the number of the last row that was read."""
    number = 0
    try:
        for row in rows:
            number += 1
            yield row
    except Exception as error:
        # The readers raise whatever they stumble over.
        raise ManifestUnreadable(
            f"The file is damaged after row {number}.", next_step="Save it as CSV in UTF-8."
        ) from error


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """One line of CSV for each row; one without any cell is empty, so that later ones keep their numbers."""
    width, tariff = 0, -1
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    for number, row in enumerate(rows):
        cells = _cells(row, tariff)
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if number == 0:
            width = len(cells)
            tariff = tariff_place(cells)
        elif not any(cells):
            yield "\n"
            continue
        writer.writerow([*cells, *[""] * (width - len(cells))])
        yield held.getvalue()
        held.seek(0)
        held.truncate()


def _cells(row: Sequence[object], tariff: int) -> list[str]:
    """The cells of a row as text; of a row too long only so much that it is seen to be."""
    cells: list[str] = []
    left = LINE_MAX + 1
    for place, cell in enumerate(row):
        text = _text(cell, is_tariff=place == tariff)[:left] if left else ""
        left -= len(text)
        cells.append(text)
    return cells


def _text(cell: object, *, is_tariff: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _number(cell, is_tariff=is_tariff)
    plain = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
    # A line feed inside of a cell would make two lines of one row. One text may stand in many cells, so that a long one
    # is cut before it is copied.
    return " ".join(plain[: LINE_MAX + 1].splitlines())


def _number(cell: float, *, is_tariff: bool) -> str:
    plain = str(int(cell)) if isinstance(cell, int) or cell.is_integer() else repr(cell)
    whole, _point, part = plain.partition(".")
    return _code(whole, part) if is_tariff and plain.replace(".", "").isdigit() else plain


def _code(whole: str, part: str) -> str:
    """A tariff code that was read as a number: pairs of digits, the first four before the point."""
    if part:
        return f"{whole.zfill(_HEADING_DIGITS)}.{part}{'0' * (len(part) % 2)}"
    return whole.zfill(max(_HEADING_DIGITS, len(whole) + len(whole) % 2))
