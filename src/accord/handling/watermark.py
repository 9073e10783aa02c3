"""The watermark: who took a copy of an item, when, under which handling, and by which use on record.

A print bears it on every page. Into a file that was received nothing is written: its digest is its proof, and a mark
inside it would break that, or could not be laid into it at all. So a file leaves in one archive with a cover sheet that
names the file by its digest; an interface of machines gets the same in the head of the answer. Where the mark was laid
in stands on record with the use. It deters and it traces; it does not keep anybody from taking the file out of the
archive, and says so.
"""

import tempfile
import zipfile
from collections.abc import Mapping
from typing import IO, Final

from accord.handling.models import Use

__all__ = ["COVER_NAME", "headers_of", "sheet_of", "under_cover"]

COVER_NAME: Final = "00-READ-FIRST.txt"
"""Name of the cover sheet; it sorts before any other name."""

SPOOL_BYTES: Final = 4 * 1024 * 1024
BLOCK_BYTES: Final = 1024 * 1024


def headers_of(use: Use) -> Mapping[str, str]:
    """Returns the mark as members of an answer's head, for machines; codes and references alone."""
    return {
        "Accord-Use": str(use.pk),
        "Accord-Reader": use.officer.username,
        "Accord-Taken-At": use.at.isoformat(timespec="seconds"),
        "Accord-Handling": use.item.handling,
        "Accord-Message": str(use.item.envelope_id or use.item.pk),
    }


def sheet_of(lines: Mapping[str, str], *, closing: str) -> str:
    """Returns a cover sheet: one fact a line, in the order given, and a closing sentence.

    Args:
        lines: Facts by their names, in the reader's language.
        closing: What the sheet is for, in the reader's language.
    """
    facts = (f"{name}: {_on_one_line(value)}" for name, value in lines.items() if value)
    return "\n".join([*facts, "", closing, ""])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def under_cover(file: IO[bytes], *, name: str, sheet: str) -> IO[bytes]:
    """Returns an archive of a file, byte for byte as it is, and its cover sheet; the file is closed.

    Args:
        file: The file, from its beginning.
        name: Its name inside the archive.
        sheet: The cover sheet.
    """
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the caller open
    inside = name if name != COVER_NAME else f"_{name}"
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(COVER_NAME, sheet.encode())
        with archive.open(inside, "w") as target:
            while block := file.read(BLOCK_BYTES):
                target.write(block)
    file.close()
    spool.seek(0)
    return spool
