"""Looking at a file before it becomes an attachment: its name, its declared type, what it really is, what hides in it.

A file is let in only when three answers agree: its extension, its declared media type, and its first bytes. The list of
types is short and closed. What could act on the receiver's machine is refused, not cleaned: macros, embedded objects,
scripts, web pages, executables, and archives of any kind. Nothing here runs, renders or unpacks a file to disk.

What it does not do: find malware in an honest document. The receiver's own scanner must.

Source: OWASP File Upload Cheat Sheet; ECMA-376 part 2 (packages); ISO 32000-1, 7.3.5 and 12.6 (names and actions).
"""

import hashlib
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import msgspec
import puremagic

from accord.errors import OfficerCanMend
from accord.exchange.text import check_texts, first_hidden

__all__ = [
    "ALLOWED_TYPES",
    "ATTACHMENT_BYTES_MAX",
    "PDF_OBJECTS_BYTES_MAX",
    "AttachmentRefused",
    "InspectedFile",
    "inspect_file",
    "sanitised",
]

MIB: Final = 1024 * 1024

ATTACHMENT_BYTES_MAX: Final = 50 * MIB
"""Size of one file, bytes: SIENA's limit of a message (50 MB, Europol Review 2015)."""

NAME_BYTES_MAX: Final = 200
"""Length of a file name in UTF-8 bytes: below the 255 of common file systems, with room for a number before it."""

ZIP_MEMBERS_MAX: Final = 2_000
"""Members of an office file: a workbook of 200 sheets has about 450."""

ZIP_UNPACKED_BYTES_MAX: Final = 200 * MIB
"""Unpacked size of an office file, bytes: four times the largest file; real ones unpack to five times their size, and
those of that ratio are small."""

ZIP_RATIO_MAX: Final = 200
"""Unpacked to packed size of one member: XML of repetitive sheets reaches about 100 (deflate's own limit is 1,032)."""

ZIP_RATIO_FROM_BYTES: Final = MIB
"""Members below this unpacked size cannot hurt and are not judged by their ratio."""

PDF_OBJECTS_BYTES_MAX: Final = 50 * MIB
"""Unpacked size of all object streams of a PDF, bytes: they hold structure, no pictures; real ones need below
10 MiB."""

TEXT_SCAN_BYTES: Final = 64 * 1024
"""How far into a text markup is looked for, bytes: browsers that sniff look at the first 1,445 (WHATWG)."""

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ALLOWED_TYPES: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".docx": _WORD,
    ".xlsx": _SHEET,
}
"""Extensions and the one media type of each."""

_MAIN_PART: Final = {_WORD: b"wordprocessingml.document.main+xml", _SHEET: b"spreadsheetml.sheet.main+xml"}

_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_PATH_SIGNS: Final = re.compile(r'[/\\:*?"<>|\x00-\x1f]')
_ACTIVE_EXTENSIONS: Final = re.compile(
    r"\.(exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|msi|sh|py|app|htm|html|xhtml|svg|xml|zip|rar|7z|gz|"
    r"tar|iso|img|docm|xlsm|pptm|dotm|xltm)(?=\.)",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php|%)", re.IGNORECASE
)
_FORMULA: Final = re.compile(
    r'(?:^|[\r\n,;\t])[ "\']*(?:[=@]|[+-](?![ \t]*(?:[0-9.,]+(?:[eE][+-]?[0-9]+)?)?[ ]*%?"?(?:[\r\n,;\t]|$)))'
)
"""A cell that a table program takes for a formula: it begins with = or @, or with a sign that begins no number."""
_PDF_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_ACTIVE: Final = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR|GoToE|Rendition|Movie|Sound|3D)"
    rb"(?![A-Za-z])"
)
_PDF_ENCRYPTED: Final = re.compile(rb"/Encrypt(?![A-Za-z])")
_PDF_OBJECT_STREAM: Final = re.compile(rb"/ObjStm(?![A-Za-z])")
_PDF_STREAM: Final = re.compile(rb"(?<!end)stream[\r\n]{1,2}")
_PDF_FILTER: Final = re.compile(rb"/(\w+Decode)(?!\w)")
_ZIP_MARKS: Final = (b"PK\x03\x04", b"PK\x05\x06")
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
_RELATIONSHIP: Final = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?Relationship\s[^>]*>", re.IGNORECASE)
_HARMLESS_TARGET: Final = re.compile(rb"""Target\s*=\s*["'](?:https?|mailto):""", re.IGNORECASE)
_CHARACTER: Final = re.compile(rb"&#(x?)([0-9a-fA-F]{1,7});")
_ENTITIES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_REMOTE_FIELD: Final = re.compile(rb"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE)\b")
_FIELD_CODES: Final = re.compile(
    rb"""<(?:[A-Za-z0-9_]+:)?instrText[^>]*>([^<]*)<|\binstr\s*=\s*["']([^"']*)["']""", re.IGNORECASE
)
_OFFICE_ACTIVE_XML: Final = re.compile(rb"<(?:[A-Za-z0-9_]+:)?(?:altChunk|ddeLink|oleLink)\b", re.IGNORECASE)
_ACTIVE_RELATIONSHIP: Final = re.compile(
    rb"/relationships/(?:aFChunk|attachedTemplate|subDocument|frame|externalLinkPath|oleObject|control)[\"']",
    re.IGNORECASE,
)


class AttachmentRefused(OfficerCanMend):
    """A file cannot be attached; the code says why."""

    code = "attachment.refused"
    default_next_step = "Send the content in one of the types allowed: PDF, PNG, JPEG, plain text, CSV, DOCX or XLSX."


class InspectedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file was found to be.

    Args:
        name: Its name, safe as a label.
        media_type: Its type, on which extension, declaration and content agree.
        size_bytes: Its length.
        sha256: Its digest, 32 bytes.
    """

    name: str
    media_type: str
    size_bytes: int
    sha256: bytes


def sanitised(name: str) -> str:
    """Returns the name as a safe label.

    A name that tries a trick is refused, not repaired: an honest one needs no repair.

    Raises:
        AttachmentRefused: It is empty, too long, a path, hidden, reserved, or has an active extension within.
        TextRefused: It holds a character that hides or reorders.
    """
    label = unicodedata.normalize("NFC", name).strip()
    check_texts({"name": label})
    if not label or len(label.encode()) > NAME_BYTES_MAX:
        raise AttachmentRefused(
            "The file's name is empty or too long.",
            code="attachment.name-length",
            fields={"limit_bytes": NAME_BYTES_MAX},
        )
    is_path = (
        bool(_PATH_SIGNS.search(label)) or label.startswith((".", "~", "-")) or label.endswith(".") or ".." in label
    )
    if is_path or _RESERVED.fullmatch(label):
        raise AttachmentRefused(
            "The file's name could be taken for a path, an option or a device.", code="attachment.name-path"
        )
    if _ACTIVE_EXTENSIONS.search(label):
        raise AttachmentRefused("The file's name hides a second extension.", code="attachment.name-extension")
    return label


def inspect_file(name: str, declared_type: str, file: BinaryIO) -> InspectedFile:
    """Looks at a file and returns what it is.

    Args:
        name: Its name as given.
        declared_type: Its media type as declared.
        file: The file, seekable; it is read from its start and left there.

    Raises:
        AttachmentRefused: Name, size, type or content is refused.
        TextRefused: The name holds a character that hides or reorders.
    """
    label = sanitised(name)
    extension = "." + label.rpartition(".")[2].lower() if "." in label else ""
    wanted = ALLOWED_TYPES.get(extension)
    if wanted is None:
        raise AttachmentRefused(
            "Files of this type are not attached.",
            code="attachment.type-not-allowed",
            fields={"extension": extension[:16]},
        )
    if declared_type.partition(";")[0].strip().lower() != wanted:
        raise AttachmentRefused(
            "The declared type is not that of the extension.",
            code="attachment.type-mismatch",
            fields={"expected": wanted},
        )
    size, digest = _measured(file)
    file.seek(0)
    _INSPECTORS[wanted](file, wanted)
    file.seek(0)
    return InspectedFile(name=label, media_type=wanted, size_bytes=size, sha256=digest)


def _measured(file: BinaryIO) -> tuple[int, bytes]:
    file.seek(0)
    size, digest = 0, hashlib.sha256()
    while block := file.read(MIB):
        size += len(block)
        if size > ATTACHMENT_BYTES_MAX:
            raise AttachmentRefused(
                "The file is too large.", code="attachment.too-large", fields={"limit_bytes": ATTACHMENT_BYTES_MAX}
            )
        digest.update(block)
    if size == 0:
        raise AttachmentRefused("The file is empty.", code="attachment.empty")
    return size, digest.digest()


def _require_magic(head: bytes, wanted: str) -> None:
    try:
        found = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    if wanted not in found:
        raise AttachmentRefused(
            "The file's content is not of its type.", code="attachment.content-mismatch", fields={"expected": wanted}
        )


def _inspect_pdf(file: BinaryIO, wanted: str) -> None:
    content = file.read()
    _require_magic(content[:4096], wanted)
    if b"%%EOF" not in content[-2048:]:
        raise AttachmentRefused(
            "The file does not end as a PDF does.", code="attachment.content-mismatch", fields={"expected": wanted}
        )
    if content.startswith(b"PK") or any(mark in content[content.find(b"%%EOF") :] for mark in _ZIP_MARKS):
        raise AttachmentRefused(
            "The file is a PDF and an archive at once.", code="attachment.content-mismatch", fields={"expected": wanted}
        )
    # Objects may lie in compressed streams (ISO 32000-1, 7.5.7): what holds objects is unpacked and looked at too.
    for part in (content, *_object_streams(content)):
        # A name may be written with hexadecimal escapes (ISO 32000-1, 7.3.5).
        plain = _PDF_ESCAPE.sub(lambda match: bytes((int(match.group(1), 16),)), part)
        if _PDF_ENCRYPTED.search(plain):
            raise AttachmentRefused("The PDF is encrypted and cannot be looked into.", code="attachment.encrypted")
        if _PDF_ACTIVE.search(part) or _PDF_ACTIVE.search(plain):
            raise AttachmentRefused(
                "The PDF holds a script, an action or an embedded file.", code="attachment.active-content"
            )


def _object_streams(content: bytes) -> Iterator[bytes]:
    # The dictionary before a stream says what it holds; it may be escaped, so it is read in its plain form.
    total, end = 0, 0
    for start in _PDF_STREAM.finditer(content):
        plain = _PDF_ESCAPE.sub(lambda match: bytes((int(match.group(1), 16),)), content[end : start.start()])
        end = start.end()
        plain = plain[plain.rfind(b"endobj") + 1 :]
        if not _PDF_OBJECT_STREAM.search(plain) or b"/Filter" not in plain:
            continue
        # One plain deflate is what writers use; a chain or a predictor would need a second look within.
        inflating, until = zlib.decompressobj(), content.find(b"endstream", end)
        if _PDF_FILTER.findall(plain) != [b"FlateDecode"] or b"/DecodeParms" in plain or until < 0:
            raise _unusually_packed()
        try:
            found = inflating.decompress(content[end:until], PDF_OBJECTS_BYTES_MAX - total + 1)
        except zlib.error:
            raise _unusually_packed() from None
        total += len(found)
        if total > PDF_OBJECTS_BYTES_MAX:
            raise AttachmentRefused(
                "The PDF unpacks to too much.",
                code="attachment.archive-bomb",
                fields={"limit_bytes": PDF_OBJECTS_BYTES_MAX},
            )
        if not inflating.eof:
            raise _unusually_packed()
        yield found


def _unusually_packed() -> AttachmentRefused:
    return AttachmentRefused("The PDF packs its objects in an unusual way.", code="attachment.archive-method")


def _inspect_png(file: BinaryIO, wanted: str) -> None:
    content = file.read()
    _require_magic(content[:4096], wanted)
    if not content.endswith(b"IEND\xaeB`\x82"):
        raise AttachmentRefused(
            "Something follows the end of the image.", code="attachment.content-mismatch", fields={"expected": wanted}
        )


def _inspect_jpeg(file: BinaryIO, wanted: str) -> None:
    content = file.read()
    _require_magic(content[:4096], wanted)
    if not content.endswith(b"\xff\xd9"):
        raise AttachmentRefused(
            "Something follows the end of the image.", code="attachment.content-mismatch", fields={"expected": wanted}
        )


def _inspect_text(file: BinaryIO, wanted: str) -> None:
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AttachmentRefused("The text is not UTF-8.", code="attachment.not-utf8") from None
    if any(ord(sign) < 0x20 and sign not in "\t\r\n" for sign in text) or "\x7f" in text:
        raise AttachmentRefused(
            "The text holds control characters.", code="attachment.content-mismatch", fields={"expected": wanted}
        )
    hidden = first_hidden(text)
    if hidden is not None:
        raise AttachmentRefused(
            "The text holds a character that hides or reorders what a reader sees.",
            code="attachment.hidden-characters",
            next_step="Delete the character at the position named, and attach the file again.",
            fields={"position": hidden[0], "character": hidden[1]},
        )
    if _MARKUP.search(content[:TEXT_SCAN_BYTES]) or text.lstrip().startswith(("#!", "{\\rtf", "%PDF", "%!PS")):
        raise AttachmentRefused(
            "The text is a web page, a script or another document.", code="attachment.active-content"
        )
    if wanted == "text/csv" and _FORMULA.search(text):
        raise AttachmentRefused("A cell of the table begins like a formula.", code="attachment.active-content")


def _inspect_office(file: BinaryIO, wanted: str) -> None:
    _require_magic(file.read(4096), wanted)
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

_INSPECTORS: Final[dict[str, Callable[[BinaryIO, str], None]]] = {
    "application/pdf": _inspect_pdf,
    "image/png": _inspect_png,
    "image/jpeg": _inspect_jpeg,
    "text/plain": _inspect_text,
    "text/csv": _inspect_text,
    _WORD: _inspect_office,
    _SHEET: _inspect_office,
}
