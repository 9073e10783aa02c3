"""A manifest on a disk: what form it has, and its lines without ever holding one that has no end."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Final, TextIO

from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.manifest import LINE_MAX
from accord.workstreams.drugs.screening.tables import parquet_lines, workbook_lines

__all__ = ["form_of", "open_manifest", "physical_lines", "text_of"]

_FORMS: Final = ((b"PK\x03\x04", "xlsx"), (b"PAR1", "parquet"))
_OTHER_FORM_SENTENCES: Final = {
    b"\xd0\xcf\x11\xe0": "The file is a workbook of an old form, or one with a password.",
    b"%PDF": "The file is a PDF.",
    b"\x1f\x8b": "The file is compressed.",
    b"\xff\xfe": "The file is in UTF-16.",
    b"\xfe\xff": "The file is in UTF-16.",
}


_READERS: Final = {"xlsx": workbook_lines, "parquet": parquet_lines}


def form_of(file: BinaryIO | IO[bytes]) -> str:
    """Returns what form a file has, by its first bytes: ``csv``, ``xlsx`` or ``parquet``.

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
    if form != "csv":
        with _READERS[form](file) as lines:
            yield lines
        return
    file.seek(0)
    stream = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
    try:
        yield physical_lines(stream)
    finally:
        stream.detach()


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
    """Yields the lines of a file; of a line too long only so much that it is seen to be."""
    while line := stream.readline(LINE_MAX + 1):
        yield line
        while len(line) > LINE_MAX and not line.endswith("\n"):
            line = stream.readline(LINE_MAX + 1)
