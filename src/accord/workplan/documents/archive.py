"""A workbook or Word document as the archive that it is, looked through before any reader opens it.

Refused whole: what is too large packed or unpacked, has too many parts, is encrypted, holds macros, or declares a
document type or an entity in any of its XML. The size unpacked is counted while unpacking: what an archive says of its
own size is not believed.

Source: ECMA-376 (Office Open XML), part 2; CWE-409 (zip bomb), CWE-611 and CWE-776 (XML entities).
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from accord.workplan.errors import PlanRefused

__all__ = ["FILE_BYTES_MAX", "PARTS_MAX", "UNPACKED_BYTES_MAX", "damaged", "opened"]

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
"""A file as it comes, bytes: that of a plan of 2,000 actions has some 2 MB."""

UNPACKED_BYTES_MAX: Final = 96 * 1024 * 1024
"""All parts unpacked, bytes: three times what the XML of the largest plan takes."""

PARTS_MAX: Final = 500
"""Parts of an archive; a document without pictures has some twenty."""

_MACROS: Final = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "activex/", "embeddings/oleobject")


def opened(data: bytes, *, wanted: str) -> Mapping[str, bytes]:
    """Returns the parts of an archive by their names.

    Args:
        data: The file.
        wanted: A part that makes it the kind of document that is wanted, for example ``xl/workbook.xml``.

    Raises:
        PlanRefused: It is none, or holds what is refused whole.
    """
    if len(data) > FILE_BYTES_MAX:
        raise PlanRefused(
            f"The file is larger than {FILE_BYTES_MAX // 1024 // 1024} MB.",
            code="workplan.file-too-large",
            next_step="Take pictures out, or send the plan in parts.",
            fields={"field": "file"},
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _unpacked(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise damaged() from error
    if wanted not in parts:
        raise damaged()
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            _require_plain(content)
    return parts


def damaged() -> PlanRefused:
    """Returns the refusal of a file that is no document of the kind that is wanted."""
    return PlanRefused(
        "The file is no document of this kind, or is damaged or protected by a password.",
        code="workplan.no-document",
        next_step="Save it as .xlsx or .docx without a password, and try again.",
        fields={"field": "file"},
    )


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > PARTS_MAX or len({entry.filename for entry in entries}) != len(entries):
        raise PlanRefused(
            "The file has too many parts, or two of one name.",
            code="workplan.too-many-parts",
            next_step="Copy the plan into a new document and send that.",
            fields={"field": "file"},
        )
    parts: dict[str, bytes] = {}
    left = UNPACKED_BYTES_MAX
    for entry in entries:
        if any(mark in entry.filename.lower() for mark in _MACROS):
            raise PlanRefused(
                "The file holds macros or programs.",
                code="workplan.macros",
                next_step="Save it without macros, as .xlsx or .docx.",
                fields={"field": "file"},
            )
        with archive.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise PlanRefused(
                "The file grows too large when it is unpacked.",
                code="workplan.unpacks-too-large",
                next_step="Copy the plan into a new document and send that.",
                fields={"field": "file"},
            )
        parts[entry.filename] = content
    return parts


def _require_plain(content: bytes) -> None:
    try:
        for _event, element in iterparse(io.BytesIO(content), forbid_dtd=True):
            element.clear()
    except DefusedXmlException as error:
        raise PlanRefused(
            "The file declares a document type or entities, as no office program does.",
            code="workplan.entities",
            next_step="Copy the plan into a new document and send that.",
            fields={"field": "file"},
        ) from error
    except ParseError as error:
        raise damaged() from error
