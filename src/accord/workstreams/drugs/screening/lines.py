"""Lines of a manifest as the rules read them, and a batch of them column by column.

A million lines are read and some hundred are flagged. So the cells of a batch stay in columns, each of which is looked
through in one go, and a line is put together only where somebody asks for it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self, overload

import msgspec

from accord.workstreams.drugs.screening.columns import COLUMNS, KEPT
from accord.workstreams.drugs.screening.unread import UnreadValue, unread_values

__all__ = ["Batch", "Line", "Lines", "RefusedLine", "code_of"]

_KNOWN: Final = (*COLUMNS, *KEPT)


class Line(msgspec.Struct, frozen=True, gc=False):
    """What the rules read of a line.

    Args:
        number: Its number in the file, from 1, the header included.
        reference: How the manifest names it.
        description: What the goods are said to be.
        tariff: Tariff code, digits only; empty where there is none or it is no code.
        container: Container number.
        postal: Number of a postal item.
        cas: Registry numbers that have a column of their own.
    """

    number: int
    reference: str
    description: str
    tariff: str
    container: str
    postal: str
    cas: str = ""


def code_of(cell: str) -> str:
    """Returns the tariff code of a cell: its digits alone."""
    return cell if cell.isdigit() else "".join(filter(str.isdigit, cell))


class Lines(Sequence[Line]):
    """Lines in the order of the file; each is put together where it is asked for.

    Args:
        numbers: Their numbers in the file.
        columns: Cells of each known column, one a line, by the names of :mod:`~.columns`; the description is one.
        is_ams: Whether only bill and container together name a line: two descriptions of one bill bear its number.
    """

    def __init__(self, numbers: Sequence[int], columns: Mapping[str, Sequence[str]], *, is_ams: bool = False) -> None:
        self.numbers, self.columns = numbers, columns
        self._is_ams = is_ams
        written = columns["description"]
        has_feeds = "\n" in "".join(written)
        self.descriptions: Sequence[str] = [text.replace("\n", " ") for text in written] if has_feeds else written
        """What the goods are said to be, each on one line."""

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Self:
        """Returns given lines by columns."""
        names = tuple(name for name in Line.__struct_fields__ if name != "number")
        columns = {name: [getattr(line, name) for line in lines] for name in names}
        return cls([line.number for line in lines], columns)

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...

    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        container, code = self._cell("container", place), self._cell("tariff", place)
        reference = self._cell("reference", place)
        return Line(
            self.numbers[place],
            f"{reference} {container}".rstrip() if self._is_ams and "reference" in self.columns else reference,
            self.descriptions[place],
            code_of(code),
            container,
            self._cell("postal", place),
            self._cell("cas", place).replace("\n", " "),
        )

    def __iter__(self) -> Iterator[Line]:
        return map(self.__getitem__, range(len(self)))

    def _cell(self, column: str, place: int) -> str:
        cells = self.columns.get(column)
        return cells[place] if cells is not None else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedLine:
    """A line that could not be read.

    Args:
        number: Its number in the file.
        column: Which column; empty where the whole line is meant.
        value: What stands there, shortened.
        mend: What is wrong and what to do.
    """

    number: int
    column: str
    value: str
    mend: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Lines read together.

    Args:
        lines: Those that were read.
        refused: Those that were not.
        characters: Characters of the file that they took.
        last: Number of the last line of the file that is dealt with; reading can go on after it.
        is_kg: Whether the header says that weights are in kilograms.
    """

    lines: Lines
    refused: Sequence[RefusedLine]
    characters: int
    last: int
    is_kg: bool

    def unread(self) -> list[tuple[int, UnreadValue]]:
        """Returns the values that could not be read, each with the number of its line."""
        return [(self.lines.numbers[one.place], one) for one in unread_values(self.lines.columns)]

    def kept(self, line: Line) -> dict[str, str]:
        """Returns what is kept of a flagged line, by the names of :mod:`~.columns`; empty cells are left out."""
        place, columns = bisect_left(self.lines.numbers, line.number), self.lines.columns
        found = ((name, columns[name][place].strip()) for name in _KNOWN if name in columns)
        kept = {name: text for name, text in found if text}
        if self.is_kg:
            kept.setdefault("unit", "kg")
        return kept
