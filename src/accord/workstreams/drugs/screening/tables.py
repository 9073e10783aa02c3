"""Workbooks and Parquet files as the lines of a manifest: each row becomes one line of CSV, numbered as in its table.

So everything that is known of lines (what is refused, with which mend; where reading goes on) holds for them, too. Rows
are read one after the other; neither form is ever whole in memory.

A program that made numbers of tariff codes took zeros from them: 0902.10 is the number 902.1. In that column they come
back; in every other a number stays as it is.

Parquet needs the package pyarrow, which is no part of a plain installation: it is larger than everything else together.

Source: Apache Parquet.
"""

import csv
import importlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from accord.workstreams.drugs.screening.columns import tariff_place
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.manifest import LINE_MAX

if TYPE_CHECKING:
    from accord.workstreams.drugs.screening.workbooks import Workbook

__all__ = ["LeftOut", "parquet_left_out", "parquet_lines", "workbook_left_out", "workbook_lines"]

ROW_GROUP_MAX: Final = 512 * 1024**2
"""Bytes of a row group of a Parquet file, unpacked: twice those of a million lines of a manifest, written as one."""

ROWS_MAX: Final = 33_554_432
"""Rows of a Parquet file: four times the lines of the largest CSV that a node takes."""

COLUMNS_MAX: Final = 16_384
"""Columns of a Parquet file: as many as a sheet can have."""

ROWS_A_PIECE: Final = 2_000
_LARGE_GROUP: Final = "A row group of the Parquet file is too large unpacked."
_SMALLER_GROUPS: Final = "Save it with smaller row groups, or as CSV in UTF-8."
_HEADING_DIGITS: Final = 4


class LeftOut(NamedTuple):
    """What is not read of a table.

    Args:
        sheets: Sheets of a workbook behind the first one, the hidden ones left aside.
        columns: Columns of a Parquet file that hold lists or records.
    """

    sheets: int = 0
    columns: int = 0


@contextmanager
def workbook_lines(file: BinaryIO | IO[bytes]) -> Iterator[Iterable[str]]:
    """Gives the rows of the first sheet of a workbook as lines of CSV.

    Args:
        file: The workbook, seekable; it stays open.

    Raises:
        ManifestUnreadable: It is damaged, encrypted, too large unpacked, or declares entities.
    """
    with _opened_workbook(file) as book:
        yield _lines(_unbroken(book.rows()))


def workbook_left_out(file: BinaryIO | IO[bytes]) -> LeftOut:
    """Returns what is not read of a workbook; arguments and errors as for :func:`workbook_lines`."""
    with _opened_workbook(file) as book:
        return LeftOut(sheets=book.others)


@contextmanager
def _opened_workbook(file: BinaryIO | IO[bytes]) -> Iterator["Workbook"]:
    # Its reader takes longer to load than a small manifest to screen, and most manifests are no workbooks.
    from accord.workstreams.drugs.screening.workbooks import AS_CSV, DAMAGED, Workbook  # noqa: PLC0415

    try:
        book = Workbook(file)
    except ManifestUnreadable:
        raise
    except Exception as error:
        # The reader raises whatever it stumbles over.
        raise ManifestUnreadable(DAMAGED, next_step=AS_CSV) from error
    try:
        yield book
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
    table, names, flat = _opened_parquet(file)

    def rows() -> Iterator[Sequence[object]]:
        yield names
        read = 0
        for piece in table.iter_batches(batch_size=ROWS_A_PIECE, columns=flat):
            read += piece.num_rows
            _require_small(read, piece.nbytes)
            cells = dict(zip(piece.schema.names, map(_cells_of, piece.columns), strict=True))
            # What holds lists or records of its own is no cell of a table: it is left out.
            none = [None] * piece.num_rows
            yield from zip(*(cells.get(name, none) for name in names), strict=True)

    yield _lines(_unbroken(rows()))


def parquet_left_out(file: BinaryIO | IO[bytes]) -> LeftOut:
    """Returns what is not read of a Parquet file; arguments and errors as for :func:`parquet_lines`."""
    _table, names, flat = _opened_parquet(file)
    return LeftOut(columns=len(names) - len(flat))


def _opened_parquet(file: BinaryIO | IO[bytes]) -> tuple[Any, list[str], list[str]]:  # Any: a package without types
    """A Parquet file, the names of its columns, and of those that hold single values."""
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
    if len(schema.names) > COLUMNS_MAX:
        raise ManifestUnreadable(
            f"The Parquet file has more than {COLUMNS_MAX:,} columns.", next_step="Save it as CSV in UTF-8."
        )
    groups = (table.metadata.row_group(place) for place in range(table.metadata.num_row_groups))
    _require_small(table.metadata.num_rows, max((group.total_byte_size for group in groups), default=0))
    return table, list(schema.names), flat


def _require_small(rows: int, size: int) -> None:
    """Refuses what a file says of its rows and of the bytes of a group, and what they then are."""
    if rows > ROWS_MAX:
        raise ManifestUnreadable(
            f"The Parquet file has more than {ROWS_MAX:,} rows.", next_step="Split it, and screen each part."
        )
    if size > ROW_GROUP_MAX:
        raise ManifestUnreadable(_LARGE_GROUP, next_step=_SMALLER_GROUPS)


def _cells_of(column: Any) -> list[object]:  # Any: an array of a package without types
    """The cells of a column; those with the same text share it."""
    if not hasattr(column, "dictionary"):
        return list(column.to_pylist())
    texts = column.dictionary.to_pylist()
    return [None if place is None else texts[place] for place in column.indices.to_pylist()]


def _unbroken(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """The rows; where the file breaks off, that is said with the number of the last row that was read."""
    number = 0
    try:
        for row in rows:
            number += 1
            yield row
    except ManifestUnreadable:
        raise
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
