"""Looking at a file before it becomes an attachment: its name, its declared type, what it really is, what hides in it.

A file is let in only when three answers agree: its extension, its declared media type, and its first bytes. The list of
types is short and closed. What could act on the receiver's machine is refused, not cleaned: macros, embedded objects,
scripts, web pages, executables, and archives of any kind. Nothing here runs, renders or unpacks a file to disk.

What it does not do: find malware in an honest document. The receiver's own scanner must.

Source: OWASP File Upload Cheat Sheet; ECMA-376 part 2 (packages); ISO 32000-1, 7.3.5 and 12.6 (names and actions).
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import BinaryIO, Final

import msgspec

from accord.exchange.text import TextRefused, check_texts, first_hidden

from .office import SHEET_TYPE, WORD_TYPE, inspect_office
from .pdf import inspect_pdf
from .refusal import AttachmentRefused, require_magic

__all__ = ["ALLOWED_TYPES", "ATTACHMENT_BYTES_MAX", "InspectedFile", "inspect_file", "sanitised"]

MIB: Final = 1024 * 1024
ATTACHMENT_BYTES_MAX: Final = 50 * MIB
"""Size of one file, bytes: SIENA's limit of a message (50 MB, Europol Review 2015)."""
NAME_BYTES_MAX: Final = 200
"""Length of a file name in UTF-8 bytes: below the 255 of common file systems, with room for a number before it."""
TEXT_SCAN_BYTES: Final = 64 * 1024
"""How far into a text markup is looked for, bytes: browsers that sniff look at the first 1,445 (WHATWG)."""
ALLOWED_TYPES: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".docx": WORD_TYPE,
    ".xlsx": SHEET_TYPE,
}
"""Extensions and the one media type of each."""
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
    try:
        check_texts({"name": label})
    except TextRefused as error:
        raise TextRefused(
            error.sentence,
            next_step="Rename the file without this character, then choose it again.",
            fields=error.fields,
        ) from None
    if not label or len(label.encode()) > NAME_BYTES_MAX:
        raise AttachmentRefused(
            "The file's name is empty or too long.",
            code="attachment.name-length",
            next_step="Give the file a short name, then choose it again.",
            fields={"limit_bytes": NAME_BYTES_MAX},
        )
    is_path = (
        bool(_PATH_SIGNS.search(label)) or label.startswith((".", "~", "-")) or label.endswith(".") or ".." in label
    )
    if is_path or _RESERVED.fullmatch(label):
        raise AttachmentRefused(
            "The file's name could be taken for a path, an option or a device.",
            code="attachment.name-path",
            next_step="Rename the file with letters, digits, blanks and single dashes, then choose it again.",
        )
    if _ACTIVE_EXTENSIONS.search(label):
        raise AttachmentRefused(
            "The file's name hides a second extension.",
            code="attachment.name-extension",
            next_step="Rename the file so that it ends with its own type alone, then choose it again.",
        )
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
            next_step="Give the file the extension of its type, or save it anew in the type that its extension names.",
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
                "The file is too large.",
                code="attachment.too-large",
                next_step="Send it in files of at most 50 MB each.",
                fields={"limit_bytes": ATTACHMENT_BYTES_MAX},
            )
        digest.update(block)
    if size == 0:
        raise AttachmentRefused(
            "The file is empty.", code="attachment.empty", next_step="Choose a file that holds something."
        )
    return size, digest.digest()


def _inspect_png(file: BinaryIO, wanted: str) -> None:
    content = file.read()
    require_magic(content[:4096], wanted)
    if not content.endswith(b"IEND\xaeB`\x82"):
        raise AttachmentRefused(
            "Something follows the end of the image.", code="attachment.content-mismatch", fields={"expected": wanted}
        )


def _inspect_jpeg(file: BinaryIO, wanted: str) -> None:
    content = file.read()
    require_magic(content[:4096], wanted)
    if not content.endswith(b"\xff\xd9"):
        raise AttachmentRefused(
            "Something follows the end of the image.", code="attachment.content-mismatch", fields={"expected": wanted}
        )


def _inspect_text(file: BinaryIO, wanted: str) -> None:
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AttachmentRefused(
            "The text is not UTF-8.",
            code="attachment.not-utf8",
            next_step="Save the text anew with the encoding UTF-8, then choose it again.",
        ) from None
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


_INSPECTORS: Final[dict[str, Callable[[BinaryIO, str], None]]] = {
    "application/pdf": inspect_pdf,
    "image/png": _inspect_png,
    "image/jpeg": _inspect_jpeg,
    "text/plain": _inspect_text,
    "text/csv": _inspect_text,
    WORD_TYPE: inspect_office,
    SHEET_TYPE: inspect_office,
}
