"""The first sheet of a workbook, row by row, with a bound on everything that a small file can be unpacked to.

What an archive or a sheet says of its own size is not believed: bytes are counted while they are unpacked, and marks of
elements before a parser makes anything of them. Only the parts that a sheet needs are opened; of all but the sheet
and its texts, which are read as they are needed, each is small.

Source: ECMA-376 (workbooks); CWE-409 (zip bomb), CWE-776 (XML entities).
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Any, BinaryIO, Final

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import builtin_format_code, is_date_format, is_timedelta_format
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from accord.workstreams.drugs.screening.errors import ManifestUnreadable

__all__ = ["AS_CSV", "DAMAGED", "UNPACKED_MAX", "Workbook"]

UNPACKED_MAX: Final = 2 * 1024**3
"""Bytes of all parts of a workbook, unpacked: three times those of the most rows that a sheet can have."""

TEXTS_MAX: Final = 192 * 1024**2
"""Bytes of the part that holds a workbook's texts, which are kept once read."""

TEXTS_COUNT_MAX: Final = 4_194_304
"""Texts of a workbook: four in each row that no other row has."""

PART_MAX: Final = 16 * 1024**2
"""Bytes of any other part, which is read whole."""

PART_MARKS_MAX: Final = 262_144
"""Elements of such a part, about: those of as many styles as a workbook can have."""

ROWS_MAX: Final = 1_048_576
COLUMNS_MAX: Final = 16_384
"""Rows and columns of a sheet (ECMA-376; what spreadsheet programs open)."""

ROW_MARKS_MAX: Final = 262_144
"""Beginnings and ends of elements of one row or text: those of a row with every cell it can have."""

ROW_BYTES_MAX: Final = 64 * 1024**2
"""Bytes of one row or text: twice those of a thousand of the longest cells."""

DIRECTORY_MAX: Final = 1024**2
"""Bytes of the directory of the archive: some ten thousand parts."""

FORMAT_MAX: Final = 1_000
"""Characters of a format of numbers that are looked at; programs write 255 at most."""

PIECE: Final = 1024**2
DAMAGED: Final = "The workbook is damaged, encrypted, or no workbook."
AS_CSV: Final = "Save it as CSV in UTF-8."
_MARKS: Final = (b"<!DOCTYPE", b"<!ENTITY")
# In an encoding of another kind the marks would look otherwise.
_OTHER_ORDERS: Final = (b"\xff\xfe", b"\xfe\xff")
_ENCODING: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_ENCODINGS: Final = frozenset((b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"))
_TEXT_TAG: Final = f"{{{SHEET_MAIN_NS}}}si"
_PLAIN_TAG: Final = f"{{{SHEET_MAIN_NS}}}t"
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_END64: Final = b"PK\x06\x07"
_END64_BYTES: Final = 20
_COMMENT_MAX: Final = 65_535


class Workbook:
    """A workbook of which the first visible sheet is read.

    Args:
        file: The workbook, seekable.

    Raises:
        ManifestUnreadable: It has no sheet, or what is read whole of it is too large.
        Exception: It is damaged or encrypted: its reader raises whatever it stumbles over.
    """

    def __init__(self, file: BinaryIO | IO[bytes]) -> None:
        _require_small_directory(file)
        file.seek(0)
        self._archive = _Archive(file)
        if sum(one.file_size for one in self._archive.infolist()) > UNPACKED_MAX:
            raise _too_large()
        if "xl/workbook.xml" not in self._archive.namelist():
            raise ManifestUnreadable(DAMAGED, next_step=AS_CSV)
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.archive = self._archive
        reader.read_manifest()
        reader.read_workbook()
        self._epoch = reader.wb.epoch
        self._dates, self._times = _styles_of_times(self._archive)
        texts = reader.package.find(SHARED_STRINGS)
        self._texts: _Texts | list[str] = (
            _Texts(self._archive.watched(texts.PartName[1:], TEXTS_MAX)) if texts is not None else []
        )
        shown = [
            rel.target
            for sheet, rel in reader.parser.find_sheets()
            if rel.target in reader.valid_files and "chartsheet" not in rel.Type and sheet.state == "visible"
        ]
        if not shown:
            raise ManifestUnreadable("The workbook has no sheet with rows.", next_step=AS_CSV)
        self._sheet = shown[0]
        self.others = len(shown) - 1
        """How many further sheets are visible, which are not read."""

    def rows(self) -> Iterator[Sequence[object]]:
        """Yields the values of each row, the missing ones too, empty; what the readers stumble over is raised."""
        source = self._archive.watched(self._sheet, UNPACKED_MAX)
        parser = _SheetParser(
            source,
            self._texts,
            data_only=True,
            epoch=self._epoch,
            date_formats=self._dates,
            timedelta_formats=self._times,
        )
        number = 0
        for at, cells in parser.parse():
            if at > ROWS_MAX:
                raise ManifestUnreadable(
                    f"A row of the sheet has a number above {ROWS_MAX:,}, which no sheet has.", next_step=AS_CSV
                )
            if at <= number:
                raise ValueError(at)
            while number < at - 1:
                number += 1
                yield ()
            number = at
            yield _values(cells)

    def close(self) -> None:
        """Lets go of the archive; the file stays open."""
        self._archive.close()


def _too_large() -> ManifestUnreadable:
    return ManifestUnreadable("The workbook is too large unpacked.", next_step=AS_CSV)


def _require_small_directory(file: BinaryIO | IO[bytes]) -> None:
    """Refuses an archive whose directory is larger than that of a workbook, before it is read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _COMMENT_MAX - _END_BYTES - _END64_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise ManifestUnreadable(DAMAGED, next_step=AS_CSV)
    is_larger = int.from_bytes(tail[at + 12 : at + 16], "little") > DIRECTORY_MAX
    if is_larger or tail[max(0, at - _END64_BYTES) : at].startswith(_END64):
        raise _too_large()


class _Archive(zipfile.ZipFile):
    """An archive of which no part is unpacked without a bound."""

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """Returns a part that is read whole.

        Raises:
            ManifestUnreadable: It is too large, or declares entities.
        """
        del pwd
        with self.open(name) as part:
            source = _Watched(part, PART_MAX, marks_max=PART_MARKS_MAX)
            return b"".join(iter(lambda: source.read(PIECE), b""))

    def watched(self, name: str, largest: int) -> "_Watched":
        """Opens a part that is read piece by piece."""
        return _Watched(self.open(name), largest, marks_max=ROW_MARKS_MAX)


class _Watched:
    """The bytes of a part as its parser takes them, looked at before it does.

    Args:
        part: The part.
        largest: Bytes of it at most.
        marks_max: Elements at most before :meth:`begin_anew` is called again.
    """

    def __init__(self, part: IO[bytes], largest: int, *, marks_max: int) -> None:
        self._part, self._left, self._marks_max = part, largest, marks_max
        self._marks = self._bytes = 0
        self._tail, self._is_first = b"", True

    def read(self, size: int = PIECE) -> bytes:
        """Returns the next bytes.

        Raises:
            ManifestUnreadable: They are too many, hold too many elements, or declare entities.
        """
        piece = self._part.read(min(size, PIECE) if size >= 0 else PIECE)
        self._left -= len(piece)
        self._bytes += len(piece)
        self._marks += piece.count(b"<")
        if self._left < 0 or self._bytes > ROW_BYTES_MAX or self._marks > self._marks_max:
            raise _too_large()
        window = self._tail + piece
        if window.startswith(_OTHER_ORDERS) or any(mark in window for mark in _MARKS):
            raise ManifestUnreadable("The workbook declares a document type or an entity.", next_step=AS_CSV)
        if self._is_first:
            self._is_first = False
            told = _ENCODING.match(piece)
            if b"\0" in piece[:4] or (told and told[1].lower() not in _ENCODINGS):
                raise ManifestUnreadable(DAMAGED, next_step=AS_CSV)
        self._tail = window[-16:]
        return piece

    def begin_anew(self) -> None:
        """Says that what was read is dealt with: a row, or a text."""
        self._marks = self._bytes = 0

    def read_out(self) -> None:
        """Reads the rest, so that damage there is found; nothing is made of it."""
        while self.read():
            self.begin_anew()


def _styles_of_times(archive: _Archive) -> tuple[set[int], set[int]]:
    """The places of the styles by which a number is a day, and of those by which it is a duration."""
    if ARC_STYLE not in archive.namelist():
        return set(), set()
    root = fromstring(archive.read(ARC_STYLE))
    own = {
        int(one.get("numFmtId")): one.get("formatCode")
        for one in root.iterfind(f"{{{SHEET_MAIN_NS}}}numFmts/{{{SHEET_MAIN_NS}}}numFmt")
    }
    places: dict[int, list[int]] = {}
    for place, one in enumerate(root.iterfind(f"{{{SHEET_MAIN_NS}}}cellXfs/{{{SHEET_MAIN_NS}}}xf")):
        places.setdefault(int(one.get("numFmtId", 0)), []).append(place)
    dates: set[int] = set()
    times: set[int] = set()
    for number, styled in places.items():
        written = (own[number] if number in own else builtin_format_code(number)) or ""
        if is_date_format(written[:FORMAT_MAX]):
            dates.update(styled)
        if is_timedelta_format(written[:FORMAT_MAX]):
            times.update(styled)
    return dates, times


class _Texts:
    """The texts of a workbook by their places, each read when a cell first needs it or a later one."""

    def __init__(self, source: _Watched) -> None:
        self._read: list[str] = []
        self._coming = self._rest(source)

    def __getitem__(self, place: int) -> str:
        while place >= len(self._read):
            text = next(self._coming, None)
            if text is None or len(self._read) >= TEXTS_COUNT_MAX:
                raise IndexError(place)
            self._read.append(text)
        if place < 0:
            raise IndexError(place)
        return self._read[place]

    @staticmethod
    def _rest(source: _Watched) -> Iterator[str]:
        coming = iterparse(source, events=("start", "end"))
        _event, root = next(coming)
        for event, node in coming:
            if event == "end" and node.tag == _TEXT_TAG:
                yield _text_of(node)
                root.clear()
                source.begin_anew()


def _text_of(node: Any) -> str:  # Any: an element
    plain = len(node) == 1 and node[0].tag == _PLAIN_TAG
    text = (node[0].text or "") if plain else Text.from_tree(node).content
    return str(text).replace("x005F_", "")


class _SheetParser(WorkSheetParser):  # type: ignore[misc]  # a package without types
    """Reads the rows of a sheet and nothing else of it, one at a time."""

    def parse(self) -> Iterator[tuple[int, Sequence[dict[str, Any]]]]:
        """Yields the number of each row, and its cells.

        Raises:
            ManifestUnreadable: A row has more cells than a sheet has columns.
        """
        for _event, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                if len(element) > COLUMNS_MAX:
                    raise ManifestUnreadable(
                        f"A row of the sheet has more than {COLUMNS_MAX:,} cells, which no sheet has.", next_step=AS_CSV
                    )
                row = self.parse_row(element)
                element.clear()
                self.row_dimensions.clear()
                self.source.begin_anew()
                yield row
            elif element.tag == DATA_TAG:
                break
        self.source.read_out()


def _values(cells: Sequence[dict[str, Any]]) -> Sequence[object]:
    """The values of a row, those of missing cells too."""
    if not cells:
        return ()
    values: list[object] = [None] * cells[-1]["column"]
    for cell in cells:
        if cell["column"] <= len(values):
            values[cell["column"] - 1] = cell["value"]
    return values
