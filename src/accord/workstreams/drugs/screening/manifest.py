"""A manifest read line by line: each line is read or refused with its number, column, value and mend; none is lost.

Two forms of CSV are known by their header: our own, and the bills of lading of the US Automated Manifest System.

A quotation mark that is never closed would make a reader swallow what follows; here it costs one line at most.

Source: RFC 4180 (CSV); 19 CFR 103.31 (bills of lading).
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, islice, repeat
from operator import itemgetter
from typing import Any, Final

from accord.workstreams.drugs.screening.columns import places_of
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.lines import Batch, Lines, RefusedLine

__all__ = ["BATCH", "BATCH_CHARACTERS", "LINE_MAX", "RawBatch", "header_of", "raw_batches", "read_manifest"]

LINE_MAX: Final = 65_536
"""Characters of one line; a longer one is refused."""
BATCH: Final = 20_000
"""Lines that are dealt with in one go: screened, refused or blank."""
BATCH_CHARACTERS: Final = 4_000_000
"""Characters after which a batch ends before it has its lines, so that long lines make no long turn."""
BLANK_MAX: Final = 2_097_152
"""Blank lines in a row: twice those of a sheet that was saved as CSV to its last row."""
RUN: Final = 500
"""Lines that are cut apart in one go, where all are plain; one that is not lets so many be looked at one by one."""
_FEW: Final = 16
"""Lines of such a run at least, however few characters a batch has left."""
TOGETHER: Final = 128
"""Lines that are parsed at once: so few that the rows are gone before the collector of garbage looks at them."""
_ODD: Final = (1).__and__
"""Of a number of quotation marks: other than 0 where one of them has no other."""
_ONE_QUOTED: Final = 3
"""Parts of a text between quotation marks, where it has one pair of them."""
_DELIMITERS: Final = (",", ";", "\t", "|")
_JOINED_MAX: Final = 20
"""Further lines of one record at most: descriptions hold line feeds, and not many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawBatch:
    """Records of a manifest that are cut apart and not yet read, so that another process can read them.

    Args:
        header: The first line of the file.
        numbers: Number of each record.
        texts: Text of each record.
        refused: Lines that no record begins with.
        characters: Characters of the file that they took.
        last: Number of the last line of the file that is dealt with.
    """

    header: str
    numbers: Sequence[int]
    texts: Sequence[str]
    refused: Sequence[RefusedLine]
    characters: int
    last: int

    def __getstate__(self) -> dict[str, object]:
        # One long text goes to another process in half the time of many short ones.
        joined = "\0".join(self.texts)
        is_plain = joined.count("\0") == len(self.texts) - 1
        return {**{name: getattr(self, name) for name in self.__slots__}, "texts": joined if is_plain else self.texts}

    def __setstate__(self, state: dict[str, Any]) -> None:  # Any: the fields
        for name, value in state.items():
            is_joined = name == "texts" and isinstance(value, str)
            object.__setattr__(self, name, value.split("\0") if is_joined else value)

    def parsed(self) -> Batch:
        """Returns the batch as it is read."""
        form = _form_of(self.header)
        lines, broken = _lines(self.numbers, self.texts, form)
        return Batch(
            lines=lines,
            refused=sorted([*self.refused, *broken], key=lambda one: one.number),
            characters=self.characters,
            last=self.last,
            is_kg=form.is_kg,
        )


def read_manifest(physical: Iterable[str], *, after: int = 1, batch: int = BATCH) -> Iterator[Batch]:
    """Reads a manifest.

    Args:
        physical: The lines of the file as text; bytes that are no UTF-8 stand as surrogates (``surrogateescape``).
        after: Number of the line that was dealt with last, where reading goes on; 1 is the header.
        batch: Lines that are taken from the file for a batch; a record of several lines is never cut.

    Raises:
        ManifestUnreadable: There is no header, a column stands in it twice, or none describes the goods.
    """
    return (raw.parsed() for raw in raw_batches(physical, after=after, batch=batch))


def header_of(first: str) -> list[str]:
    """Returns the names of the columns as a file writes them.

    Args:
        first: The first line of the file.
    """
    header = first.lstrip("\ufeff")
    return next(csv.reader([header], delimiter=_delimiter_of(header)), [])


def raw_batches(physical: Iterable[str], *, after: int = 1, batch: int = BATCH) -> Iterator[RawBatch]:
    """Cuts a manifest into batches of records; arguments and errors as for :func:`read_manifest`."""
    source = _Physical(physical)
    _number, first = source.next()
    header = first.lstrip("\ufeff")
    form = _form_of(header)
    source.skip_to(after)
    characters, blank = 0, 0
    while True:
        begin = source.at()
        numbers, texts, refused = _cut(source, form, batch)
        taken = source.at() - begin
        if not taken:
            return
        blank = 0 if texts or refused else blank + taken
        if blank > BLANK_MAX:
            raise ManifestUnreadable(
                f"More than {BLANK_MAX:,} lines in a row are blank.",
                next_step="Take the blank lines out, and screen the file again.",
            )
        is_whole = numbers[-1] - numbers[0] + 1 == len(numbers) if numbers else False
        characters, before = source.taken, characters
        yield RawBatch(
            header=header,
            numbers=range(numbers[0], numbers[-1] + 1) if is_whole else numbers,
            texts=texts,
            refused=refused,
            characters=characters - before,
            last=source.at(),
        )


def _delimiter_of(header: str) -> str:
    # Tables saved where the comma is a decimal sign have semicolons.
    return max(_DELIMITERS, key=header.count)


def _cut(source: "_Physical", form: "_Form", batch: int) -> tuple[list[int], list[str], list[RefusedLine]]:
    """The next records with their numbers, and the lines that are refused; none at the end of the file.

    All lines count, the blank ones too: so many of them that nothing else comes are a batch of their own.
    """
    numbers: list[int] = []
    texts: list[str] = []
    refused: list[RefusedLine] = []
    end, full = source.at() + batch, source.taken + BATCH_CHARACTERS
    while source.at() < end and source.taken < full:
        run = max(_FEW, (full - source.taken) // LINE_MAX)
        some = source.next_plain(min(RUN, run, end - source.at()))
        if some:
            numbers += some[0]
            texts += some[1]
            continue
        record = _record(source, form)
        if record is None:
            break
        if isinstance(record, RefusedLine):
            refused.append(record)
        elif record[1].strip():
            numbers.append(record[0])
            texts.append(record[1])
    return numbers, texts, refused


class _Form:
    """What the header says: the delimiter, the number of columns, and where those that are read stand."""

    def __init__(self, header: str) -> None:
        if not header.strip():
            raise ManifestUnreadable("The file is empty: its first line or row must name the columns.")
        self.delimiter = _delimiter_of(header)
        names = next(csv.reader([header], delimiter=self.delimiter), [])
        self.width = len(names)
        found = dict(places_of(names))
        self.is_ams, self.is_kg = found.pop("is_ams", -1) >= 0, found.pop("is_kg", -1) >= 0
        self.places = found

    def are_good(self, texts: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Whether surely no row is refused: each has its columns, describes goods, and is in UTF-8."""
        if set(map(len, rows)) != {self.width}:
            return False
        described = map(itemgetter(self.places["description"]), rows)
        return all(map(str.strip, described)) and not _is_broken("".join(texts))

    def stands_alone(self, text: str) -> bool:
        """Whether a text is one whole record."""
        try:
            rows = list(csv.reader([text], delimiter=self.delimiter, strict=True))
        except csv.Error:
            return False
        return len(rows) == 1 and len(rows[0]) == self.width

    def rows(self, whole: Sequence[str]) -> list[list[str]]:
        """Returns one row a text; an empty one for a text whose quotation marks would swallow the next."""
        rows = []
        for text in whole:
            # Nearly all have at most one cell in quotation marks and none inside; a reader that knows everything takes
            # twice the time.
            parts = text.split('"')
            if len(parts) == 1:
                row = text.rstrip("\r\n").split(self.delimiter)
            elif len(parts) == _ONE_QUOTED:
                row = _around(parts, self.delimiter) or self._row(text)
            else:
                row = self._row(text)
            rows.append(row)
        return rows

    def _row(self, text: str) -> list[str]:
        try:
            # A blank line at the end, which a quotation mark that is not closed swallows.
            rows = list(csv.reader([text, "\n"], delimiter=self.delimiter))
        except csv.Error:
            return []
        return rows[0] if len(rows) > 1 else []


def _around(parts: Sequence[str], delimiter: str) -> list[str] | None:
    """The cells of a text of which one is in quotation marks; nothing where the marks are part of a cell."""
    before, quoted, after = parts
    cells, after = before.split(delimiter), after.rstrip("\r\n")
    if cells[-1] or (after and after[0] != delimiter):
        return None
    cells[-1] = quoted
    if after:
        cells += after[1:].split(delimiter)
    return cells


@lru_cache(maxsize=8)
def _form_of(header: str) -> _Form:
    return _Form(header)


class _Physical:
    """The lines of the file with their numbers, of which some may be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._given_back: list[tuple[int, str]] = []
        self._number = 0
        self.taken = 0
        """Characters of the lines that were taken and not given back."""

    def next(self) -> tuple[int, str]:
        """Returns the next line with its number; an empty one at the end of the file."""
        if self._given_back:
            given = self._given_back.pop()
            self.taken += len(given[1])
            return given
        line = next(self._lines, "")
        if line:
            self._number += 1
            self.taken += len(line)
        return self._number, line

    def next_plain(self, count: int) -> tuple[Sequence[int], Sequence[str]] | None:
        """Returns the next lines but the blank ones, where each is surely a record of its own; else none.

        Lines with paired quotation marks and of an allowed length are taken all at once, which is nearly always.

        Args:
            count: How many at most, the blank ones included.

        Returns:
            Their numbers and their texts; nothing at the end of the file too.
        """
        if self._given_back or not (texts := list(islice(self._lines, count))):
            return None
        numbers = range(self._number + 1, self._number + 1 + len(texts))
        self._number += len(texts)
        self.taken += sum(map(len, texts))
        has_odd = any(map(_ODD, map(str.count, texts, repeat('"'))))
        if has_odd or max(map(len, texts)) > LINE_MAX:
            self.give_back(list(zip(numbers, texts, strict=True)))
            return None
        if any(map(str.isspace, texts)):
            written = [not text.isspace() for text in texts]
            return list(compress(numbers, written)), list(compress(texts, written))
        return numbers, texts

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Lets lines be returned again, in their order."""
        self._given_back.extend(reversed(lines))
        self.taken -= sum(len(text) for _number, text in lines)

    def skip_to(self, number: int) -> None:
        """Passes over the lines up to one, which counts as read."""
        for line in islice(self._lines, max(0, number - self._number)):
            self._number += 1
            self.taken += len(line)

    def at(self) -> int:
        """Returns the number of the last line that was taken and not given back."""
        return self._number - len(self._given_back)


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
    while joined.count('"') % 2 and len(taken) < _JOINED_MAX and len(joined) <= LINE_MAX:
        more = source.next()
        if not more[1]:
            break
        taken.append(more)
        joined += more[1]
    if len(joined) <= LINE_MAX and form.stands_alone(joined):
        return number, joined
    source.give_back(taken)
    return _refused(number, "", text, mend="A quotation mark is never closed: close it, or write it twice.")


def _lines(numbers: Sequence[int], texts: Sequence[str], form: _Form) -> tuple[Lines, list[RefusedLine]]:
    columns: dict[str, list[str]] = {name: [] for name in form.places}
    refused: dict[int, RefusedLine] = {}
    for begin in range(0, len(texts), TOGETHER):
        some = texts[begin : begin + TOGETHER]
        rows = form.rows(some)
        if not form.are_good(some, rows):
            of = numbers[begin : begin + TOGETHER]
            found = [_what_is_wrong(*one, form) for one in zip(of, some, rows, strict=True)]
            refused.update((one.number, one) for one in found if one is not None)
            rows = [row for row, one in zip(rows, found, strict=True) if one is None]
        cells = list(zip(*rows, strict=True))
        for name, place in form.places.items() if cells else ():
            columns[name].extend(cells[place])
    if refused:
        numbers = [number for number in numbers if number not in refused]
    return Lines(numbers, columns, is_ams=form.is_ams), list(refused.values())


def _what_is_wrong(number: int, text: str, row: Sequence[str], form: _Form) -> RefusedLine | None:
    width = form.width
    if len(row) != width:
        return _refused(
            number,
            "",
            text,
            mend=f"The line has {len(row)} columns where the header has {width}: quote what holds a comma.",
        )
    words = row[form.places["description"]]
    if not words.strip():
        return _refused(number, "description", words, mend="The goods are not described: fill the column.")
    if _is_broken(text):
        return _refused(number, "", text, mend="The line is not in UTF-8: save the file in UTF-8.")
    return None


def _is_broken(text: str) -> bool:
    try:
        text.isascii() or text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _refused(number: int, column: str, value: str, *, mend: str) -> RefusedLine:
    shown = value.strip().encode("utf-8", "replace").decode("utf-8")
    return RefusedLine(number=number, column=column, value=shown[:80], mend=mend)
