"""A manifest on a disk: what form it has, and its lines without ever holding one that has no end."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO, Final, TextIO

from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.manifest import LINE_MAX
from accord.workstreams.drugs.screening.tables import (
    LeftOut,
    parquet_left_out,
    parquet_lines,
    workbook_left_out,
    workbook_lines,
)

__all__ = ["expected_characters", "form_of", "left_out", "open_manifest", "physical_lines", "text_of"]

UNPACKED_MAX: Final = 2 * 1024**3
"""Characters of a compressed file, unpacked; and those that are passed over in long lines of any file."""

ENDLESS: Final = 16 * 1024**2
"""Characters after which a line is taken for one that does not end."""

_FORMS: Final = ((b"PK\x03\x04", "xlsx"), (b"PAR1", "parquet"), (b"\x1f\x8b", "gzip"))
_OTHER_FORM_SENTENCES: Final = {
    b"\xd0\xcf\x11\xe0": "The file is a workbook of an old form, or one with a password.",
    b"\xff\xfe": "The file is in UTF-16.",
    b"\xfe\xff": "The file is in UTF-16.",
}
"""What is said of a table in a form that is not read, by its first bytes."""
_NO_TABLE_SENTENCES: Final = {
    b"%PDF": "The file is a PDF.",
    b"\x89PNG": "The file is a picture.",
    b"\xff\xd8\xff": "The file is a picture.",
    b"GIF8": "The file is a picture.",
    b"II*\x00": "The file is a picture.",
    b"MM\x00*": "The file is a picture.",
}
"""What is said of a file that no program makes a table of: TIFF, of either order of bytes, is the form of scanners."""

BLOCK: Final = 65_536
"""Characters of a file that are read at once."""
_OTHER_ENDS: Final = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""What ends a line for Python and for no writer of tables."""

_TRAILER: Final = 4
"""Bytes at the end of a compressed file that say how large it was (RFC 1952)."""

_XLSX_TIMES: Final = 5
_PARQUET_TIMES: Final = 4
"""How much larger the lines are than the file, about."""


def form_of(file: BinaryIO | IO[bytes]) -> str:
    """Returns what form a file has, by its first bytes: ``csv``, ``gzip`` (a compressed CSV), ``xlsx`` or ``parquet``.

    The file is at its beginning again afterwards.

    Raises:
        ManifestUnreadable: Of one that is not read.
    """
    file.seek(0)
    first = file.read(4)
    file.seek(0)
    for magic, form in _FORMS:
        if first.startswith(magic):
            return form
    for magic, said in _OTHER_FORM_SENTENCES.items():
        if first.startswith(magic):
            raise ManifestUnreadable(said, next_step="Save it as CSV in UTF-8 and screen that file.")
    for magic, said in _NO_TABLE_SENTENCES.items():
        if first.startswith(magic):
            raise ManifestUnreadable(
                said, next_step="Ask the sender for the same list as a table: CSV in UTF-8, or a workbook."
            )
    return "csv"


@contextmanager
def text_of(file: BinaryIO | IO[bytes], form: str) -> Iterator[Iterable[str]]:
    """Gives the lines of a file as text; bytes that are no UTF-8 are kept, so that their line can be refused and shown.

    Args:
        file: The file; it stays open.
        form: What :func:`form_of` says of it.

    Raises:
        ManifestUnreadable: It is damaged, or what reads its form is not installed.
    """
    with _READERS[form](file) as lines:
        yield lines


def expected_characters(file: BinaryIO | IO[bytes], form: str) -> int:
    """Returns about how many characters the lines of a file have, to say how far a reading is; never 0.

    What a file says of its own size is believed for nothing else.
    """
    size = file.seek(0, io.SEEK_END)
    found = size
    if form == "gzip" and size > _TRAILER:
        file.seek(-_TRAILER, io.SEEK_END)
        found = max(size, int.from_bytes(file.read(_TRAILER), "little"))
    elif form == "xlsx":
        found = size * _XLSX_TIMES
    elif form == "parquet":
        found = size * _PARQUET_TIMES
    file.seek(0)
    return max(1, found)


@contextmanager
def _compressed_lines(file: BinaryIO | IO[bytes]) -> Iterator[Iterable[str]]:
    """Gives the lines of a compressed CSV; it is unpacked as it is read, and never more than a line is held."""
    file.seek(0)
    stream = io.TextIOWrapper(
        gzip.GzipFile(fileobj=file, mode="rb"), encoding="utf-8", errors="surrogateescape", newline=""
    )
    with stream:
        yield _whole(physical_lines(stream))


def _whole(lines: Iterable[str]) -> Iterator[str]:
    characters = 0
    try:
        for line in lines:
            characters += len(line)
            if characters > UNPACKED_MAX:
                raise ManifestUnreadable("The file is too large unpacked.", next_step="Split it.")
            yield line
    except (OSError, EOFError, zlib.error) as error:
        raise ManifestUnreadable(
            "The compressed file is damaged.", next_step="Compress it anew, or save it as CSV in UTF-8."
        ) from error


@contextmanager
def _plain_lines(file: BinaryIO | IO[bytes]) -> Iterator[Iterable[str]]:
    file.seek(0)
    stream = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
    try:
        yield physical_lines(stream)
    finally:
        stream.detach()


_READERS: Final = {
    "csv": _plain_lines,
    "gzip": _compressed_lines,
    "xlsx": workbook_lines,
    "parquet": parquet_lines,
}


def left_out(file: BinaryIO | IO[bytes], form: str) -> LeftOut:
    """Returns what is not read of a file; arguments and errors as for :func:`text_of`."""
    asked = {"xlsx": workbook_left_out, "parquet": parquet_left_out}.get(form)
    return asked(file) if asked else LeftOut()


@contextmanager
def open_manifest(path: Path) -> Iterator[Iterable[str]]:
    """Gives the lines of a manifest on a disk, whatever form it has.

    Raises:
        ManifestUnreadable: It is of a form that is not read, or damaged.
        OSError: It cannot be opened.
    """
    with path.open("rb") as file, text_of(file, form_of(file)) as lines:
        yield lines


def physical_lines(stream: TextIO) -> Iterator[str]:
    """Yields the lines of a file; of a line too long only so much that it is seen to be.

    Raises:
        ManifestUnreadable: A line does not end, or more was passed over of long lines than a file may hold unpacked.
    """
    return chain.from_iterable(_runs(stream))


def _runs(stream: TextIO) -> Iterator[Sequence[str]]:
    """Yields the lines of one block of a file after the other; a line that two blocks share comes with the second."""
    passed, of_one, rest = 0, 0, ""
    while block := stream.read(BLOCK):
        lines = _cut_apart(rest + block)
        # A carriage return at the end of a block may be half of an end of line.
        rest = "" if lines[-1].endswith("\n") else lines.pop()
        of_one = 0 if lines else of_one + len(block)
        if of_one > ENDLESS:
            raise ManifestUnreadable(
                f"A line of the file goes on after {ENDLESS:,} characters.", next_step="Save it as CSV in UTF-8."
            )
        if lines and max(map(len, lines)) > LINE_MAX:
            passed += sum(max(0, len(line) - LINE_MAX - 1) for line in lines)
            lines = [line[: LINE_MAX + 1] for line in lines]
        if len(rest) > LINE_MAX and not rest.endswith("\r"):
            passed += len(rest) - LINE_MAX - 1
            rest = rest[: LINE_MAX + 1]
        if passed > UNPACKED_MAX:
            raise ManifestUnreadable("The file is too large unpacked.", next_step="Split it.")
        yield lines
    if rest:
        yield [rest[: LINE_MAX + 1]]


def _cut_apart(text: str) -> list[str]:
    """The lines of a text with their ends, where line feed, carriage return, or both end one, and nothing else does."""
    if any(sign in text for sign in _OTHER_ENDS):
        return list(io.StringIO(text, newline=""))
    return text.splitlines(keepends=True)
