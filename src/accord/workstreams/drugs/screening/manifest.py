"""A manifest read line by line: each line is read or refused with its number, column, value and mend; none is lost.

Two forms of CSV are known by their header: our own, and the bills of lading of the US Automated Manifest System.

A quotation mark that is never closed would make a reader swallow what follows; here it costs one line at most.

Source: RFC 4180 (CSV); 19 CFR 103.31 (bills of lading).
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

import msgspec

from accord.workstreams.drugs.screening.columns import COLUMNS, KEPT, places_of
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.unread import UnreadValue, unread_values

__all__ = ["BATCH", "LINE_MAX", "Batch", "Line", "RawBatch", "RefusedLine", "raw_batches", "read_manifest"]

LINE_MAX: Final = 65_536
"""Characters of one line; a longer one is refused."""
BATCH: Final = 20_000
"""Lines that are screened in one go."""
_DELIMITERS: Final = (",", ";", "\t", "|")
_JOINED_MAX: Final = 20
"""Further lines of one record at most: descriptions hold line feeds, and not many."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """What the rules read of a line.

    Args:
        number: Its number in the file, from 1, the header included.
        reference: How the manifest names it.
        description: What the goods are said to be.
        tariff: Tariff code, digits only; empty where there is none or it is no code.
        container: Container number.
        postal: Number of a postal item.
    """

    number: int
    reference: str
    description: str
    tariff: str
    container: str
    postal: str


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
        rows: The cells of each of the lines, in the same order; what is kept of a flagged line is read of them.
        last: Number of the last line of the file that is dealt with; reading can go on after it.
        places: Where each known column stands in a row.
    """

    lines: Sequence[Line]
    refused: Sequence[RefusedLine]
    characters: int
    rows: Sequence[Sequence[str]]
    last: int
    places: Mapping[str, int]

    def unread(self) -> list[tuple[int, UnreadValue]]:
        """Returns the values that could not be read, each with the number of its line."""
        return [(self.lines[one.place].number, one) for one in unread_values(self.rows, self.places)]

    def kept(self, line: Line) -> dict[str, str]:
        """Returns what is kept of a flagged line, by the names of :mod:`~.columns`; empty cells are left out."""
        row = self.rows[bisect_left(self.lines, line.number, key=lambda one: one.number)]
        found = ((name, row[self.places[name]].strip()) for name in (*COLUMNS, *KEPT) if name in self.places)
        kept = {name: text for name, text in found if text}
        if "is_kg" in self.places:
            kept.setdefault("unit", "kg")
        return kept


@dataclass(frozen=True, kw_only=True, slots=True)
class RawBatch:
    """Records of a manifest that are cut apart and not yet read, so that another process can read them.

    Args:
        header: The first line of the file.
        records: Number and text of each record.
        refused: Lines that no record begins with.
        characters: Characters of the file that they took.
        last: Number of the last line of the file that is dealt with.
    """

    header: str
    records: Sequence[tuple[int, str]]
    refused: Sequence[RefusedLine]
    characters: int
    last: int

    def parsed(self) -> Batch:
        """Returns the batch as it is read."""
        form = _form_of(self.header)
        lines, rows, broken = _lines(self.records, form)
        return Batch(
            lines=lines,
            refused=sorted([*self.refused, *broken], key=lambda one: one.number),
            characters=self.characters,
            rows=rows,
            last=self.last,
            places=form.places,
        )


def read_manifest(physical: Iterable[str], *, after: int = 1, batch: int = BATCH) -> Iterator[Batch]:
    """Reads a manifest.

    Args:
        physical: The lines of the file as text; bytes that are no UTF-8 stand as surrogates (``surrogateescape``).
        after: Number of the line that was dealt with last, where reading goes on; 1 is the header.
        batch: Lines of a batch at most.

    Raises:
        ManifestUnreadable: There is no header, a column stands in it twice, or none describes the goods.
    """
    return (raw.parsed() for raw in raw_batches(physical, after=after, batch=batch))


def raw_batches(physical: Iterable[str], *, after: int = 1, batch: int = BATCH) -> Iterator[RawBatch]:
    """Cuts a manifest into batches of records; arguments and errors as for :func:`read_manifest`."""
    source = _Physical(physical)
    _number, first = source.next()
    header = first.lstrip("\ufeff")
    form = _form_of(header)
    source.skip_to(after)
    while True:
        records = source.next_plain(batch)
        refused: list[RefusedLine] = []
        while len(records) < batch:
            record = _record(source, form)
            if record is None:
                break
            if isinstance(record, RefusedLine):
                refused.append(record)
            elif record[1].strip():
                records.append(record)
        if not records and not refused:
            return
        yield RawBatch(
            header=header,
            records=records,
            refused=refused,
            characters=source.taken_since_asked(),
            last=source.at(),
        )


class _Form:
    """What the header says: the delimiter, the number of columns, and where those that are read stand."""

    def __init__(self, header: str) -> None:
        if not header.strip():
            raise ManifestUnreadable("The file is empty: its first line or row must name the columns.")
        # Tables saved where the comma is a decimal sign have semicolons.
        self.delimiter = max(_DELIMITERS, key=header.count)
        names = next(csv.reader([header], delimiter=self.delimiter), [])
        self.width = len(names)
        self.places = places_of(names)

    def stands_alone(self, text: str) -> bool:
        """Whether a text is one whole record."""
        try:
            rows = list(csv.reader([text], delimiter=self.delimiter, strict=True))
        except csv.Error:
            return False
        return len(rows) == 1 and len(rows[0]) == self.width

    def rows(self, whole: Sequence[str]) -> Iterator[list[str]]:
        """Yields one row a text; an empty one for a text whose quotation marks would swallow the next."""
        at = 0
        while at < len(whole):
            reader = csv.reader(islice(whole, at, None), delimiter=self.delimiter)
            try:
                for count, row in enumerate(reader, start=1):
                    if reader.line_num != count:
                        break
                    yield row
                    at += 1
                else:
                    return
            except csv.Error:
                pass
            yield []
            at += 1


@lru_cache(maxsize=8)
def _form_of(header: str) -> _Form:
    return _Form(header)


class _Physical:
    """The lines of the file with their numbers, of which some may be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._given_back: list[tuple[int, str]] = []
        self._number = self._taken = 0

    def next(self) -> tuple[int, str]:
        """Returns the next line with its number; an empty one at the end of the file."""
        if self._given_back:
            return self._given_back.pop()
        line = next(self._lines, "")
        if line:
            self._number += 1
            self._taken += len(line)
        return self._number, line

    def next_plain(self, count: int) -> list[tuple[int, str]]:
        """Returns the next lines but the blank ones, where each is surely a record of its own; else none.

        Lines with paired quotation marks and of an allowed length are taken all at once, which is nearly always.
        """
        if self._given_back:
            return []
        lines = list(islice(self._lines, count))
        numbered = list(enumerate(lines, self._number + 1))
        self._number += len(lines)
        self._taken += sum(map(len, lines))
        if any(line.count('"') % 2 for line in lines) or max(map(len, lines), default=0) > LINE_MAX:
            self.give_back(numbered)
            return []
        return [one for one in numbered if not one[1].isspace()]

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Lets lines be returned again, in their order."""
        self._given_back.extend(reversed(lines))

    def skip_to(self, number: int) -> None:
        """Passes over the lines up to one, which counts as read."""
        for line in islice(self._lines, max(0, number - self._number)):
            self._number += 1
            self._taken += len(line)

    def at(self) -> int:
        """Returns the number of the last line that was taken and not given back."""
        return self._number - len(self._given_back)

    def taken_since_asked(self) -> int:
        """Returns how many characters were read since this was asked before."""
        taken, self._taken = self._taken, 0
        return taken


def _record(source: _Physical, form: _Form) -> tuple[int, str] | RefusedLine | None:
    """The next record of the file: mostly a line, several where a description holds line feeds; nothing at the end."""
    number, text = source.next()
    if not text:
        return None
    if len(text) > LINE_MAX:
        return _refused(number, "", text, mend=f"The line is longer than {LINE_MAX:,} characters: shorten it.")
    if text.count('"') % 2 == 0 or form.stands_alone(text):
        return number, text
    joined = text
    taken: list[tuple[int, str]] = []
    while joined.count('"') % 2 and len(taken) < _JOINED_MAX:
        more = source.next()
        if not more[1]:
            break
        taken.append(more)
        joined += more[1]
    if len(joined) <= LINE_MAX and form.stands_alone(joined):
        return number, joined
    source.give_back(taken)
    return _refused(number, "", text, mend="A quotation mark is never closed: close it, or write it twice.")


def _lines(
    records: Sequence[tuple[int, str]], form: _Form
) -> tuple[list[Line], list[Sequence[str]], list[RefusedLine]]:
    places, width = form.places, form.width
    description = places["description"]
    tariff, container = places.get("tariff", -1), places.get("container", -1)
    postal, reference = places.get("postal", -1), places.get("reference", -1)
    # Two descriptions of one bill bear the same number in this form: only bill and container together name a line.
    further = places.get("is_ams", -1)
    lines: list[Line] = []
    rows: list[Sequence[str]] = []
    refused: list[RefusedLine] = []
    for (number, text), row in zip(records, form.rows([text for _number, text in records]), strict=True):
        if len(row) != width:
            refused.append(
                _refused(
                    number,
                    "",
                    text,
                    mend=f"The line has {len(row)} columns where the header has {width}: quote what holds a comma.",
                )
            )
            continue
        words = row[description]
        if not words.strip():
            refused.append(_refused(number, "description", words, mend="The goods are not described: fill the column."))
            continue
        if not text.isascii() and _is_broken(text):
            refused.append(_refused(number, "", text, mend="The line is not in UTF-8: save the file in UTF-8."))
            continue
        code = row[tariff] if tariff >= 0 else ""
        rows.append(row)
        lines.append(
            Line(
                number,
                _named(row, reference, further),
                words.replace("\n", " "),
                code if code.isdigit() else "".join(filter(str.isdigit, code)),
                row[container] if container >= 0 else "",
                row[postal] if postal >= 0 else "",
            )
        )
    return lines, rows, refused


def _named(row: Sequence[str], reference: int, further: int) -> str:
    if reference < 0:
        return ""
    return f"{row[reference]} {row[further]}".rstrip() if further >= 0 else row[reference]


def _is_broken(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _refused(number: int, column: str, value: str, *, mend: str) -> RefusedLine:
    shown = value.strip().encode("utf-8", "replace").decode("utf-8")
    return RefusedLine(number=number, column=column, value=shown[:80], mend=mend)
