"""What a workbook says beside its cells: sheets, rows and columns that are hidden, cells that are merged, comments.

The library that reads the cells row by row does not tell these; they are read from the parts of the archive, which were
looked through before (:mod:`accord.workplan.documents.archive`).

Source: ECMA-376, part 1, sections 18.2.19 (sheet), 18.3.1.13 (col), 18.3.1.55 (mergeCell), 18.3.1.73 (row) and 18.7
(comments).
"""

import io
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring, iterparse
from openpyxl.utils.cell import range_boundaries

from accord.workplan.documents.preview import Note

__all__ = ["Marks", "comments_of", "marks_of", "titles_of"]

SHOWN: Final = 200
"""Characters of what is stripped that are shown: enough to recognise it."""

MERGED_MAX: Final = 200
"""Ranges of merged cells of a sheet that are held against each cell; a sheet with more is drawn, not a table."""

_WORKBOOK: Final = "xl/workbook.xml"
_REFERENCE: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_THREAD: Final = "tc="
"""How the author of a note begins that stands in for a comment with answers."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a sheet says beside its cells.

    Args:
        is_hidden: Whether the sheet itself is hidden.
        rows: Numbers of hidden rows.
        columns: First and last number of each run of hidden columns.
        merged: First column, first row, last column and last row of each range of merged cells.
        ranges: The same ranges as they are written.
    """

    is_hidden: bool = False
    rows: frozenset[int] = frozenset()
    columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    ranges: tuple[str, ...] = field(default=())

    def hides_column(self, number: int) -> bool:
        """Whether a column is hidden."""
        return any(first <= number <= last for first, last in self.columns)

    def covers(self, column: int, row: int) -> bool:
        """Whether a cell lies under another one with which it is merged."""
        return any(
            left <= column <= right and top <= row <= bottom and (column, row) != (left, top)
            for left, top, right, bottom in self.merged
        )


def titles_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Returns the parts of the sheets by their titles."""
    targets = _targets(parts, _WORKBOOK)
    return {sheet.get("name", ""): targets.get(sheet.get(_REFERENCE, ""), ("", ""))[1] for sheet in _sheets(parts)}


def marks_of(parts: Mapping[str, bytes]) -> dict[str, Marks]:
    """Returns what each sheet says beside its cells, by its title."""
    hidden = {sheet.get("name", "") for sheet in _sheets(parts) if sheet.get("state", "visible") != "visible"}
    return {title: _marks(parts.get(part, b""), is_hidden=title in hidden) for title, part in titles_of(parts).items()}


def _sheets(parts: Mapping[str, bytes]) -> list[Element]:
    return [one for one in fromstring(parts[_WORKBOOK]).iter() if _name(one) == "sheet"]


def _marks(content: bytes, *, is_hidden: bool) -> Marks:
    rows: set[int] = set()
    columns: list[tuple[int, int]] = []
    ranges: list[str] = []
    if b"hidden" in content or b"mergeCell" in content:
        for _event, element in iterparse(io.BytesIO(content), forbid_dtd=True):
            name = _name(element)
            if name == "row" and _is_on(element, "hidden"):
                rows.add(int(element.get("r", "0")))
            elif name == "col" and _is_on(element, "hidden"):
                columns.append((int(element.get("min", "0")), int(element.get("max", "0"))))
            elif name == "mergeCell" and element.get("ref"):
                ranges.append(element.get("ref", ""))
            if name != "c":
                element.clear()
    return Marks(
        is_hidden=is_hidden,
        rows=frozenset(rows),
        columns=tuple(columns),
        merged=tuple(_bounds(one) for one in ranges[:MERGED_MAX]),
        ranges=tuple(ranges[:MERGED_MAX]),
    )


def _bounds(written: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(written)
    return int(left or 0), int(top or 0), int(right or 0), int(bottom or 0)


def comments_of(parts: Mapping[str, bytes]) -> Iterator[Note]:
    """Yields the comments of all sheets, each with who wrote it."""
    people = {
        person.get("id", ""): person.get("displayName", "")
        for name, content in sorted(parts.items())
        if name.startswith("xl/persons/") and name.endswith(".xml")
        for person in fromstring(content).iter()
        if _name(person) == "person"
    }
    for title, part in titles_of(parts).items():
        for kind, target in _targets(parts, part).values():
            content = parts.get(target)
            if content is None:
                continue
            if kind.endswith("/comments"):
                yield from _notes(title, fromstring(content))
            elif kind.endswith("/threadedComment"):
                yield from _threads(title, fromstring(content), people)


def _notes(title: str, root: Element) -> Iterator[Note]:
    authors = [one.text or "" for one in root.iter() if _name(one) == "author"]
    for comment in (one for one in root.iter() if _name(one) == "comment"):
        number = int(comment.get("authorId", "-1"))
        author = authors[number] if 0 <= number < len(authors) else ""
        if not author.startswith(_THREAD):
            yield _comment(title, comment, author)


def _threads(title: str, root: Element, people: Mapping[str, str]) -> Iterator[Note]:
    for comment in (one for one in root.iter() if _name(one) == "threadedComment"):
        yield _comment(title, comment, people.get(comment.get("personId", ""), ""))


def _comment(title: str, comment: Element, author: str) -> Note:
    words = "".join(piece.text or "" for piece in comment.iter() if _name(piece) in {"t", "text"})
    return Note(
        place=f"{title}!{comment.get('ref')}",
        code="comment",
        sentence="A comment stands beside the text; it was left out.",
        shown=(f"{author}: {words.strip()}" if author else words.strip())[:SHOWN],
    )


def _targets(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Returns the kind and the name of each part to which a part refers, by the reference."""
    folder, name = posixpath.split(part)
    content = parts.get(f"{folder}/_rels/{name}.rels")
    if content is None:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for one in fromstring(content):
        target = one.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[one.get("Id", "")] = (one.get("Type", ""), whole)
    return found


def _name(element: Any) -> str:  # Any: an element, or a comment of XML whose tag is a function
    return str(element.tag).rpartition("}")[2]


def _is_on(element: Element, name: str) -> bool:
    return element.get(name, "0") in {"1", "true"}
