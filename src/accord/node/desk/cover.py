"""The cover sheet of a file that is taken out, in the reader's language."""

from typing import IO

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.handling.models import Use
from accord.handling.uses import content_of
from accord.handling.watermark import sheet_of, under_cover
from accord.node.desk.code_words import choice_label
from accord.node.desk.use_words import ASKED

__all__ = ["cover_sheet", "covered", "marked_by"]


def marked_by(use: Use) -> str:
    """Returns the mark in one line: the reader, the time, the handling, the message and the use."""
    at = f"{use.at.astimezone(timezone.get_current_timezone()):%Y-%m-%d %H:%M %Z}"
    return f"{use.officer} ({use.officer.username}) · {at} · {use.item.handling} · {use.item.reference} · {use.pk}"


def covered(use: Use, file: IO[bytes], *, name: str, digest: str) -> IO[bytes]:
    """Returns a file under its cover sheet.

    Args:
        use: The use on record by which it is taken out.
        file: The file, from its beginning.
        name: Its name.
        digest: Its SHA-256 in hexadecimal digits.
    """
    return under_cover(file, name=name, sheet=cover_sheet(use, name=name, digest=digest))


def cover_sheet(use: Use, *, name: str, digest: str) -> str:
    """Returns the sheet that belongs to a file that is taken out.

    Args:
        use: The use on record.
        name: The file's name.
        digest: Its SHA-256 in hexadecimal digits.
    """
    content = content_of(use.item)
    caveats = (
        f"{', '.join(one.who_may_access)} | {'; '.join(one.permitted_uses)} | {one.expires_on}"
        for one in content.caveats
    )
    grant = use.grant
    lines = {
        _("Handling"): " · ".join(filter(None, (use.item.handling, content.handling_note))),
        _("Taken out by"): f"{use.officer} ({use.officer.username}), {use.recipient}",
        _("Taken out at"): f"{use.at:%Y-%m-%d %H:%M:%S} UTC",
        _("Message"): f"{use.item.reference} ({use.item.envelope_id})",
        _("From"): f"{content.sender.party}, {content.sender.agency}",
        _("File"): name,
        "SHA-256": digest,
        _("Use"): str(ASKED.get(use.use, use.use)),
        _("Purpose"): str(choice_label("purpose", use.purpose)),
        _("Caveats"): " / ".join(caveats),
        _("Keep no longer than"): content.retention_until.isoformat(),
        _("By permission"): f"{grant.answer.reference}: {' / '.join(grant.conditions)}" if grant is not None else "",
        _("Mark"): str(use.pk),
    }
    closing = _(
        "This sheet belongs to the file beside it, which is unchanged, so that its digest still proves it. Any further "
        "use is asked of the law gate first."
    )
    return sheet_of({str(name): fact for name, fact in lines.items()}, closing=closing)
