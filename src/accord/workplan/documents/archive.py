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

__all__ = [
    "FILE_BYTES_MAX",
    "PARTS_MAX",
    "UNPACKED_BYTES_MAX",
    "damaged",
    "macros",
    "opened",
    "other_form",
    "require_size",
    "too_large",
]

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
"""A file as it comes, bytes: that of a plan of 2,000 actions has some 2 MB."""

UNPACKED_BYTES_MAX: Final = 96 * 1024 * 1024
"""All parts unpacked, bytes: three times what the XML of the largest plan takes."""

PARTS_MAX: Final = 500
"""Parts of an archive; a document without pictures has some twenty."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an older document begins, and one that is encrypted."""

_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_FLAG: Final = 0x1
_OTHER_SENTENCES: Final = {
    "xl/workbook.xml": "The file is an Excel workbook, and its name says something else.",
    "word/document.xml": "The file is a Word document, and its name says something else.",
    "": "The file is no JSON text, and its name says that it is one.",
}
"""What a file is that is of another form than its name says, by the part that makes it so."""

_MACROS: Final = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "activex/", "embeddings/oleobject")


def opened(data: bytes, *, wanted: str) -> Mapping[str, bytes]:
    """Returns the parts of an archive by their names.

    Args:
        data: The file.
        wanted: A part that makes it the kind of document that is wanted, for example ``xl/workbook.xml``.

    Raises:
        PlanRefused: It is none, or holds what is refused whole.
    """
    require_size(data)
    if data.startswith(_OLE):
        raise _locked() if _LOCKED in data else _older()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _unpacked(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise damaged() from error
    if wanted not in parts:
        other = next((part for part in _OTHER_SENTENCES if part in parts), "")
        raise other_form(other) if other else damaged()
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            _require_plain(content)
    return parts


def require_size(data: bytes) -> None:
    """Refuses a file without content, or of more than is read.

    Raises:
        PlanRefused: It is empty or too large.
    """
    if not data:
        raise PlanRefused(
            "The file is empty.",
            code="workplan.file-empty",
            next_step="Save the plan in its program once more, and choose the file again.",
            fields={"field": "file"},
        )
    if len(data) > FILE_BYTES_MAX:
        raise too_large()


def too_large() -> PlanRefused:
    """Returns the refusal of a file of more than is read."""
    return PlanRefused(
        f"The file is larger than {FILE_BYTES_MAX // 1024 // 1024} MB.",
        code="workplan.file-too-large",
        next_step="Take pictures out, or send the plan in parts.",
        fields={"field": "file"},
    )


def other_form(part: str = "") -> PlanRefused:
    """Returns the refusal of a file whose name says one form and whose content is of another.

    Args:
        part: The part that makes it what it is; empty where all that is known is that it is no text.
    """
    return PlanRefused(
        _OTHER_SENTENCES[part],
        code="workplan.file-of-other-form",
        next_step="Give the file the ending of its form, or save it anew from its program.",
        fields={"field": "file"},
    )


def _locked() -> PlanRefused:
    return PlanRefused(
        "The file is protected by a password.",
        code="workplan.file-locked",
        next_step="Save it without a password, and choose it again.",
        fields={"field": "file"},
    )


def _older() -> PlanRefused:
    return PlanRefused(
        "The file is of an older form of Word or Excel, such as .doc or .xls.",
        code="workplan.file-of-old-form",
        next_step="Save it as .docx or .xlsx, and choose it again.",
        fields={"field": "file"},
    )


def macros() -> PlanRefused:
    """Returns the refusal of a file that holds macros, or is of a form that may."""
    return PlanRefused(
        "The file holds macros or programs.",
        code="workplan.macros",
        next_step="Save it without macros, as .xlsx or .docx.",
        fields={"field": "file"},
    )


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
            raise macros()
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise _locked()
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
    # A program that may hold macros says so of its form, whether or not it holds any.
    if b"macroenabled" in parts.get("[Content_Types].xml", b"").lower():
        raise macros()
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
