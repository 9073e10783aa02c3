"""Looking into a PDF: scripts, actions, embedded files and encryption, in its compressed objects too.

Source: ISO 32000-1, 7.3.5 (names), 7.5.7 (object streams) and 12.6 (actions).
"""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from .refusal import AttachmentRefused, require_magic

__all__ = ["PDF_OBJECTS_BYTES_MAX", "inspect_pdf"]

PDF_OBJECTS_BYTES_MAX: Final = 50 * 1024 * 1024
"""Unpacked size of all object streams of a PDF, bytes: they hold structure, no pictures; real ones need below
10 MiB."""
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


def inspect_pdf(file: BinaryIO, wanted: str) -> None:
    """Refuses a PDF that is encrypted, acts, carries files, or is something else as well."""
    content = file.read()
    require_magic(content[:4096], wanted)
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
    total, end, until = 0, 0, 0
    for start in _PDF_STREAM.finditer(content):
        # A stream that begins within one that was unpacked would have the same bytes unpacked once for each.
        if start.start() < until:
            raise _unusually_packed()
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
