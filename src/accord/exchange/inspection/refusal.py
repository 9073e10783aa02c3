"""How a file is refused, and whether its first bytes are those of its type."""

import puremagic

from accord.errors import OfficerCanMend

__all__ = ["AttachmentRefused", "require_magic"]


class AttachmentRefused(OfficerCanMend):
    """A file cannot be attached; the code says why."""

    code = "attachment.refused"
    default_next_step = "Send the content in one of the types allowed: PDF, PNG, JPEG, plain text, CSV, DOCX or XLSX."


def require_magic(head: bytes, wanted: str) -> None:
    """Refuses content whose first bytes are not of the wanted type."""
    try:
        found = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    if wanted not in found:
        raise AttachmentRefused(
            "The file's content is not of its type.", code="attachment.content-mismatch", fields={"expected": wanted}
        )
