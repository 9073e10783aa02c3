"""The plan as a workbook, a sheet for each part, and a workbook read back.

What was written here is read back as the same plan. Of a workbook from elsewhere everything is told that was not
understood, with the address of its cell: columns nobody knows, formulas (which are never evaluated), merged cells,
days that can be read in two ways or that no calendar has, codes that stand twice.
"""

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from zipfile import BadZipFile

import msgspec
from defusedxml.ElementTree import ParseError
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from accord.workplan.content import Plan
from accord.workplan.documents.archive import damaged, opened
from accord.workplan.documents.cells import DayOrder, cell_of, label_of, path_of, paths_of
from accord.workplan.documents.preview import KINDS, Found, Note, Preview, built, previewed
from accord.workplan.documents.workbook_marks import Marks, comments_of, marks_of
from accord.workplan.entries import ROWS

# The library warns of odd cells with what stands in them; content is not logged, and what matters is told as a note.
warnings.filterwarnings("ignore", module=r"openpyxl\.")

__all__ = ["ROWS_MAX", "SHEETS", "read_workbook", "workbook_of"]

SHEETS: Final[Mapping[str, str]] = {"plan": "Plan", **{part: part.capitalize() for part in ROWS}}
"""Name of the sheet of each part."""

ROWS_MAX: Final = 12_000
"""Rows of a sheet that are read: more than any part of a plan may have."""

COLUMNS_MAX: Final = 100
"""Columns of a sheet that are read: three times what the widest part has."""

_NAMING: Final = frozenset({"id", "urgency", "access", "theme", "item", "on", "by"})
"""Fields by which a row is known."""

_BROKEN: Final = (
    *(AttributeError, IndexError, KeyError, OSError, OverflowError, ParseError, TypeError, ValueError),
    *(InvalidFileException, BadZipFile),
)
"""What the library raises on a workbook that breaks its own form."""

_WIDE: Final = 48
_NARROW: Final = 16
_WORKBOOK: Final = "xl/workbook.xml"

_HEAD: Final = "Field"
_STANDING: Final = "Standing"
"""Label of the row that says whether the plan is signed; whoever reads a workbook back passes it over."""

_PASSED_OVER: Final = frozenset({_HEAD.casefold(), _STANDING.casefold()})


def workbook_of(plan: Plan, *, standing: str = "") -> bytes:
    """Returns the plan as a workbook. No cell of it is a formula, whatever a text begins with.

    Args:
        plan: The plan.
        standing: Whether it is signed, for the first sheet and the printed head of each; no part of what is read back.
    """
    book = Workbook(write_only=True)
    own = book.create_sheet(SHEETS["plan"])
    own.column_dimensions["A"].width, own.column_dimensions["B"].width = _NARROW * 2, _WIDE * 2
    own.append(_head(own, (_HEAD, "Value")))
    if standing:
        own.append(_head(own, (_STANDING, standing)))
    for path in paths_of(Plan):
        own.append([_cell(own, label_of(path)), _cell(own, cell_of(plan, path))])
    for part, kind in KINDS.items():
        sheet = book.create_sheet(SHEETS[part])
        paths = paths_of(kind)
        sheet.freeze_panes = "B2"
        for number, path in enumerate(paths, start=1):
            is_wide = "." in path
            sheet.column_dimensions[get_column_letter(number)].width = _WIDE if is_wide else _NARROW
        sheet.append(_head(sheet, [label_of(path) for path in paths]))
        for entry in getattr(plan, part):
            sheet.append([_cell(sheet, cell_of(entry, path)) for path in paths])
    for sheet in book.worksheets:
        sheet.oddHeader.right.text = standing or None
    stream = io.BytesIO()
    book.properties.creator = "Accord"
    book.save(stream)
    return stream.getvalue()


def _head(sheet: Any, labels: Sequence[str]) -> list[Any]:  # Any: openpyxl has no types
    cells = [_cell(sheet, label) for label in labels]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _cell(sheet: Any, value: object) -> Any:  # Any: as before
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # A text that begins with an equals sign stays a text, and a program that edits it is told so.
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@", "\t"}
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def read_workbook(data: bytes, *, current: Plan | None = None, order: DayOrder | None = None) -> Preview:
    """Returns what was understood of a workbook, and what was not.

    Args:
        data: The file.
        current: The plan at hand, which what is read is held against; a sheet that is missing or hidden leaves its part
            as it is, a column that is missing or hidden its field.
        order: How a day with two readings is read, where a person said it.

    Raises:
        PlanRefused: It is no workbook, too large, or holds macros or entities.
    """
    parts = opened(data, wanted=_WORKBOOK)
    try:
        reading = _Reading(marks_of(parts))
        reading.read(data)
        stripped = [*reading.stripped, *comments_of(parts)]
    except _BROKEN as error:
        raise damaged() from error
    found = built(reading.own, reading.found, current=current, order=order)
    return previewed(
        found.plan,
        current=current,
        notes=[*reading.told, *found.told],
        stripped=stripped,
        readings=found.two_readings,
    )


class _Reading:
    """A workbook while it is read, sheet by sheet."""

    def __init__(self, marks: Mapping[str, Marks]) -> None:
        self._marks = marks
        self.own: Found | None = None
        self.found: dict[str, list[Found]] = {}
        self.told: list[Note] = []
        self.stripped: list[Note] = []

    def read(self, data: bytes) -> None:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        by_name = {name.casefold(): part for part, name in SHEETS.items()}
        try:
            self.stripped += _authors(book)
            for sheet in book.worksheets:
                marks = self._marks.get(sheet.title, Marks())
                part = by_name.get(sheet.title.strip().casefold())
                if marks.is_hidden:
                    self.stripped.append(
                        _hidden(
                            sheet.title,
                            sentence="This sheet is hidden; it was left out, and the draft keeps what it has.",
                        )
                    )
                elif part is None:
                    self.told.append(
                        Note(
                            place=sheet.title,
                            code="unknown-sheet",
                            sentence="No part of a plan is called so; the sheet was left out.",
                            next_step=f"Name it one of: {', '.join(SHEETS.values())}.",
                        )
                    )
                else:
                    self.told += _merged(sheet.title, marks)
                    if part == "plan":
                        self.own = self._own(sheet, marks)
                    else:
                        self.found[part] = list(self._rows(sheet, KINDS[part], marks))
        finally:
            book.close()

    def _own(self, sheet: Any, marks: Marks) -> Found:  # Any: as before
        cells: dict[str, Any] = {}  # Any: what openpyxl reads
        places: dict[str, str] = {}
        unread = set(paths_of(Plan))
        for number, row in enumerate(sheet.iter_rows(max_row=ROWS_MAX, max_col=2), start=1):
            if not row or row[0].value is None:
                continue
            path = path_of(str(row[0].value), Plan)
            if path is None:
                if " ".join(str(row[0].value).split()).casefold() not in _PASSED_OVER:
                    self.told.append(_unknown(sheet, row[0]))
            elif number in marks.rows:
                self._hide_row(sheet, number, str(row[0].value))
            elif not marks.covers(2, number) and (len(row) < 2 or self._is_read(sheet, row[1])):
                unread.discard(path)
                if len(row) > 1 and row[1].value is not None:
                    cells[path], places[path] = row[1].value, _address(sheet, row[1])
        return Found(cells=cells, places=places, place=sheet.title, unread=frozenset(unread))

    def _rows(self, sheet: Any, kind: type[msgspec.Struct], marks: Marks) -> Iterator[Found]:  # Any: as before
        paths: dict[int, str] = {}
        missing: frozenset[str] = frozenset()
        for number, row in enumerate(sheet.iter_rows(max_row=ROWS_MAX, max_col=COLUMNS_MAX), start=1):
            if number == 1:
                named = _columns(sheet, row, kind, self.told)
                paths = {column: path for column, path in named.items() if not marks.hides_column(column + 1)}
                self.stripped += [
                    _hidden(
                        _address(sheet, row[column]),
                        sentence="This column is hidden; it was left out, and the draft keeps what it has.",
                        shown=str(row[column].value),
                    )
                    for column in named
                    if column not in paths
                ]
                # A row is known by its code, also where the column of the codes is hidden.
                paths |= {column: path for column, path in named.items() if path in _NAMING}
                missing = frozenset(set(paths_of(kind)) - set(paths.values()))
                continue
            cells: dict[str, Any] = {}  # Any: as before
            places: dict[str, str] = {}
            unread = set(missing)
            for column, path in paths.items():
                if column >= len(row):
                    continue
                cell = row[column]
                if marks.covers(column + 1, number) or not self._is_read(sheet, cell):
                    unread.add(path)
                elif cell.value is not None:
                    cells[path], places[path] = cell.value, _address(sheet, cell)
            if cells:
                is_hidden = number in marks.rows
                if is_hidden:
                    self._hide_row(sheet, number, str(cells.get("id", "")))
                place = f"{sheet.title}!{number}"
                yield Found(cells=cells, places=places, place=place, unread=frozenset(unread), is_hidden=is_hidden)

    def _hide_row(self, sheet: Any, number: int, shown: str) -> None:  # Any: as before
        self.stripped.append(
            _hidden(
                f"{sheet.title}!{number}",
                sentence="This row is hidden; it was left out, and the draft keeps what it has.",
                shown=shown,
            )
        )

    def _is_read(self, sheet: Any, cell: Any) -> bool:  # Any: as before
        return cell.value is None or _is_plain(sheet, cell, self.told)


def _hidden(place: str, *, sentence: str, shown: str = "") -> Note:
    return Note(place=place, code="hidden", sentence=sentence, shown=shown[:80])


def _columns(sheet: Any, row: Sequence[Any], kind: type[msgspec.Struct], notes: list[Note]) -> dict[int, str]:
    paths: dict[int, str] = {}
    for column, cell in enumerate(row):
        if cell.value is None:
            continue
        path = path_of(str(cell.value), kind)
        if path is None or path in paths.values():
            notes.append(_unknown(sheet, cell))
        else:
            paths[column] = path
    return paths


def _unknown(sheet: Any, cell: Any) -> Note:  # Any: as before
    return Note(
        place=_address(sheet, cell),
        code="unknown-column",
        sentence="No field is called so, or it stands there twice; it was left out.",
        next_step="Use the labels of a file that was taken out here.",
        shown=str(cell.value)[:80],
    )


def _is_plain(sheet: Any, cell: Any, notes: list[Note]) -> bool:  # Any: as before
    if cell.data_type not in {"f", "e"}:
        return True
    notes.append(
        Note(
            place=_address(sheet, cell),
            code="formula" if cell.data_type == "f" else "error-value",
            sentence="A formula stands here; formulas are not evaluated, and the cell was left out."
            if cell.data_type == "f"
            else "The result of a failed formula stands here; the cell was left out.",
            next_step="Write the value itself.",
            shown=str(cell.value)[:80],
        )
    )
    return False


def _address(sheet: Any, cell: Any) -> str:  # Any: as before
    return f"{sheet.title}!{cell.coordinate}"


def _merged(title: str, marks: Marks) -> Iterator[Note]:
    for written in marks.ranges:
        yield Note(
            place=f"{title}!{written}",
            code="merged",
            sentence="Cells are merged; only the first of them holds a value.",
            next_step="Unmerge them, and write the value into each row it is meant for.",
        )


def _authors(book: Any) -> Iterator[Note]:  # Any: as before
    for label, name in (("creator", book.properties.creator), ("lastModifiedBy", book.properties.lastModifiedBy)):
        if name and name not in {"Accord", "openpyxl"}:
            yield Note(
                place=label,
                code="author",
                sentence="The file names an author; the name is not taken over.",
                shown=str(name)[:80],
            )
