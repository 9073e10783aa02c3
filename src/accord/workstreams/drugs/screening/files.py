"""A manifest on a disk: what kind of file it is, and its lines without ever holding one that has no end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.manifest import LINE_MAX

__all__ = ["open_manifest", "physical_lines"]

_OTHER_FORMS: Final = (
    (b"PK\x03\x04", "The file is a workbook or an archive."),
    (b"\xd0\xcf\x11\xe0", "The file is a workbook of an old form."),
    (b"PAR1", "The file is a Parquet file."),
    (b"%PDF", "The file is a PDF."),
    (b"\x1f\x8b", "The file is compressed."),
    (b"\xff\xfe", "The file is in UTF-16."),
    (b"\xfe\xff", "The file is in UTF-16."),
)


def open_manifest(path: Path) -> TextIO:
    """Opens a manifest as text; bytes that are no UTF-8 are kept, so that their line can be refused and shown.

    Raises:
        ManifestUnreadable: It is no CSV.
        OSError: It cannot be opened.
    """
    with path.open("rb") as file:
        first = file.read(4)
    for magic, said in _OTHER_FORMS:
        if first.startswith(magic):
            raise ManifestUnreadable(said, next_step="Save it as CSV in UTF-8 and screen that file.")
    return path.open(encoding="utf-8", errors="surrogateescape", newline="")


def physical_lines(stream: TextIO) -> Iterator[str]:
    """Yields the lines of a file; of a line too long only so much that it is seen to be."""
    while line := stream.readline(LINE_MAX + 1):
        yield line
        while len(line) > LINE_MAX and not line.endswith("\n"):
            line = stream.readline(LINE_MAX + 1)
