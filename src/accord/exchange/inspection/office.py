"""Looking into a Word or Excel file: macros, embedded objects, remote parts, foreign documents and bombs.

Nothing is unpacked to disk. Source: ECMA-376 part 2 (packages).
"""

import re
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

from .refusal import AttachmentRefused, require_magic

__all__ = ["SHEET_TYPE", "WORD_TYPE", "ZIP_MEMBERS_MAX", "inspect_office"]

MIB: Final = 1024 * 1024
ZIP_MEMBERS_MAX: Final = 2_000
"""Members of an office file: a workbook of 200 sheets has about 450."""
ZIP_UNPACKED_BYTES_MAX: Final = 200 * MIB
"""Unpacked size of an office file, bytes: four times the largest file; real ones unpack to five times their size, and
those of that ratio are small."""
ZIP_RATIO_MAX: Final = 200
"""Unpacked to packed size of one member: XML of repetitive sheets reaches about 100 (deflate's own limit is 1,032)."""
ZIP_RATIO_FROM_BYTES: Final = MIB
"""Members below this unpacked size cannot hurt and are not judged by their ratio."""
WORD_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN_PART: Final = {WORD_TYPE: b"wordprocessingml.document.main+xml", SHEET_TYPE: b"spreadsheetml.sheet.main+xml"}
_ZIP_ACTIVE: Final = re.compile(
    r"(vbaproject|vbadata|/activex/|/embeddings/|\.bin$|\.exe$|\.dll$|\.js$|\.vbs$|/macrosheets/|/ddelinks|oleobject)",
    re.IGNORECASE,
)
_ZIP_ACTIVE_TYPES: Final = re.compile(rb"macroEnabled|vbaProject|oleObject|activeX|ms-office\.macro", re.IGNORECASE)
_OFFICE_XML: Final = (".xml", ".rels")
_OFFICE_PARTS: Final = (
    *_OFFICE_XML,
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".wdp", ".svg", ".vml", ".odttf"),
)
"""Names that parts of a document end with: its XML, pictures, legacy drawings and embedded fonts."""
_FOREIGN_DOCUMENT: Final = re.compile(
    rb"PK\x03\x04[\x0a-\x3f]\x00..[\x00\x08]\x00|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\A(?:PK|MZ|\x7fELF|%PDF|Rar!|7z\xbc\xaf|\x1f\x8b)",
    re.DOTALL,
)
"""An archive or an OLE file (old office documents, macros, packages) anywhere in a part, or a program at its start."""
FOREIGN_MARK_BYTES: Final = 12
"""Bytes of the block before that are looked at again, so that no mark hides between two blocks."""
_EXTERNAL: Final = re.compile(rb"""TargetMode\s*=\s*["']\s*External""", re.IGNORECASE)
_HYPERLINK: Final = re.compile(rb"""Type\s*=\s*["'][^"']*/relationships/hyperlink["']""", re.IGNORECASE)
# An attribute has no raw `<` (XML 1.0, 2.3); each look ends at the next one, so that none goes through a part again
# and again.
_RELATIONSHIP: Final = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?Relationship\s[^<>]*>", re.IGNORECASE)
_HARMLESS_TARGET: Final = re.compile(rb"""Target\s*=\s*["'](?:https?|mailto):""", re.IGNORECASE)
_CHARACTER: Final = re.compile(rb"&#(x?)([0-9a-fA-F]{1,7});")
_ENTITIES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_REMOTE_FIELD: Final = re.compile(rb"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE)\b")
_FIELD_CODES: Final = re.compile(
    rb"""<(?:[A-Za-z0-9_]+:)?instrText[^<>]*>([^<]*)<|\binstr\s*=\s*["']([^"']*)["']""", re.IGNORECASE
)
_OFFICE_ACTIVE_XML: Final = re.compile(rb"<(?:[A-Za-z0-9_]+:)?(?:altChunk|ddeLink|oleLink)\b", re.IGNORECASE)
_ACTIVE_RELATIONSHIP: Final = re.compile(
    rb"/relationships/(?:aFChunk|attachedTemplate|subDocument|frame|externalLinkPath|oleObject|control)[\"']",
    re.IGNORECASE,
)
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
"""What Python's reader of archives raises on a damaged one."""


def inspect_office(file: BinaryIO, wanted: str) -> None:
    """Refuses an office file that is damaged, acts, fetches, carries foreign matter or unpacks to too much."""
    require_magic(file.read(4096), wanted)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            _inspect_package(package, wanted)
    except _DAMAGED:
        raise AttachmentRefused(
            "The office file is damaged.", code="attachment.content-mismatch", fields={"expected": wanted}
        ) from None


def _inspect_package(package: zipfile.ZipFile, wanted: str) -> None:
    members = package.infolist()
    _inspect_directory(members)
    _unpack_within_limits(package, members)
    if "[Content_Types].xml" not in package.namelist():
        raise AttachmentRefused(
            "The file is an archive, not an office document.",
            code="attachment.content-mismatch",
            fields={"expected": wanted},
        )
    if not all(member.is_dir() or member.filename.lower().endswith(_OFFICE_PARTS) for member in members):
        raise AttachmentRefused(
            "The office file holds a part of a foreign type.",
            code="attachment.active-content",
            next_step="Take embedded files and macros out of the document, save it anew, and attach what was in it.",
        )
    types = package.read("[Content_Types].xml")
    if _ZIP_ACTIVE_TYPES.search(types):
        raise AttachmentRefused(
            "The office file declares a macro or an embedded object.", code="attachment.active-content"
        )
    if _MAIN_PART[wanted] not in types:
        raise AttachmentRefused(
            "The office file is of another type.", code="attachment.content-mismatch", fields={"expected": wanted}
        )


def _inspect_directory(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > ZIP_MEMBERS_MAX:
        raise AttachmentRefused(
            "The office file has too many parts.", code="attachment.archive-bomb", fields={"limit": ZIP_MEMBERS_MAX}
        )
    if sum(member.file_size for member in members) > ZIP_UNPACKED_BYTES_MAX:
        raise AttachmentRefused(
            "The office file unpacks to too much.",
            code="attachment.archive-bomb",
            fields={"limit_bytes": ZIP_UNPACKED_BYTES_MAX},
        )
    names = [member.filename for member in members]
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name or "\\" in name for name in names):
        raise AttachmentRefused(
            "The office file has parts that try a path or stand twice.", code="attachment.archive-path"
        )
    # A second archive before or after this one would be another document to another reader.
    if min((member.header_offset for member in members), default=0) != 0:
        raise AttachmentRefused("The office file follows something else in its file.", code="attachment.archive-path")
    for member in members:
        if member.flag_bits & 0x1:
            raise AttachmentRefused(
                "The office file is encrypted and cannot be looked into.", code="attachment.encrypted"
            )
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise AttachmentRefused("The office file is packed in an unusual way.", code="attachment.archive-method")
        if _ZIP_ACTIVE.search("/" + member.filename):
            raise AttachmentRefused(
                "The office file holds a macro or an embedded object.", code="attachment.active-content"
            )


def _unpack_within_limits(package: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    # The directory's sizes are the sender's claim; what really comes out is counted, and thrown away block by block.
    total = 0
    for member in members:
        unpacked = 0
        held, tail = bytearray(), b""
        is_xml = member.filename.lower().endswith(_OFFICE_XML)
        with package.open(member) as part:
            while block := part.read(MIB):
                unpacked += len(block)
                total += len(block)
                if is_xml:
                    held += block
                if _FOREIGN_DOCUMENT.search(tail + block):
                    raise AttachmentRefused(
                        "The office file holds another document, an archive or a program.",
                        code="attachment.active-content",
                        next_step="Take embedded files and macros out of the document, and attach each by itself.",
                    )
                tail = b"\0" + block[-FOREIGN_MARK_BYTES:]
                too_dense = unpacked > ZIP_RATIO_FROM_BYTES and unpacked > ZIP_RATIO_MAX * max(member.compress_size, 1)
                if too_dense or total > ZIP_UNPACKED_BYTES_MAX:
                    raise AttachmentRefused(
                        "The office file unpacks to too much.",
                        code="attachment.archive-bomb",
                        fields={"limit": ZIP_RATIO_MAX},
                    )
        if is_xml:
            _inspect_office_xml(bytes(held))


def _character(is_hexadecimal: bytes, digits: bytes) -> bytes:
    number = int(digits, 16 if is_hexadecimal else 10)
    return bytes((number,)) if number < 0x80 else b"?"


def _inspect_office_xml(part: bytes) -> None:
    # Word and Excel write UTF-8; in another encoding, or with entities, this could not be read by its bytes.
    if part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in part or _ENTITIES.search(part):
        raise AttachmentRefused("The office file is written in an unusual way.", code="attachment.archive-method")
    part = _CHARACTER.sub(lambda found: _character(*found.groups()), part)
    relationships = _RELATIONSHIP.findall(part)
    # What hides a relationship from this look (a bracket in a value) leaves a mode that stands outside of all of them.
    if len(_EXTERNAL.findall(part)) != sum(len(_EXTERNAL.findall(one)) for one in relationships):
        raise AttachmentRefused("The office file is written in an unusual way.", code="attachment.archive-method")
    for relationship in relationships:
        # A link that a person clicks is let in; whatever the program itself fetches is not.
        is_link = _HYPERLINK.search(relationship) and _HARMLESS_TARGET.search(relationship)
        if (_EXTERNAL.search(relationship) and not is_link) or _ACTIVE_RELATIONSHIP.search(relationship):
            raise AttachmentRefused(
                "The office file fetches something from outside or embeds a foreign document.",
                code="attachment.active-content",
            )
    # A field's code may be cut into runs, so all pieces are read as one.
    codes = b"".join(first or second for first, second in _FIELD_CODES.findall(part))
    if _OFFICE_ACTIVE_XML.search(part) or _REMOTE_FIELD.search(codes.upper()):
        raise AttachmentRefused(
            "The office file starts a program, reads another file or embeds a foreign document.",
            code="attachment.active-content",
        )
