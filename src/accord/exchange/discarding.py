"""Discarding a draft: its content is erased, and who discarded it, when and why stays on record.

Erased are the text, what our side knew of it, its files, and the payloads of approvals asked for. What remains is the
row, its reference, the acts, the decisions of the gate with the facts they rested on, and answers to holds. Copies kept
for repeated calls of the API go with their day.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accord.exchange.attaching import discard_files
from accord.exchange.drafting import locked_draft, require_version, void_approval
from accord.exchange.models import Case, Message
from accord.exchange.reasons import note_with_reason, require_reason
from accord.exchange.search.indexing import forget
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.approvals import erase_payloads

__all__ = ["discard"]


@transaction.atomic
def discard(officer: Officer, message: Message, *, version: int, reason: str, now: datetime | None = None) -> Message:
    """Discards a draft, submitted or approved or neither, that will not be sent.

    Args:
        officer: Who may draft.
        message: The draft.
        version: Version the officer has before them.
        reason: Why, for the file.
        now: The time.

    Returns:
        The message, empty and discarded.

    Raises:
        NotPermitted: The officer may not draft.
        ActRefused: It has left, or is the other side's.
        StaleDraft: A colleague saved meanwhile.
        TextRefused: The reason is blank.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    words = require_reason(reason)
    moment = now or timezone.now()
    held = locked_draft(message)
    require_version(held, version, None)
    detail: dict[str, str | int | bool | None] = {"version": held.version, "state": held.state}
    void_approval(held)
    erase_payloads(subject_type="message", subject_id=str(held.pk))
    discard_files(held)
    held.state = Message.State.DISCARDED
    held.content = b"{}"
    held.own_side = b""
    held.return_reason = ""
    held.handling = ""
    held.attachment_root = None
    held.save()
    forget([held.pk])
    if held.case.waiting_on == Case.Waiting.GATE:
        held.case.waiting_on = Case.Waiting.US
    held.case.changed_at = moment
    held.case.save(update_fields=["waiting_on", "changed_at"])
    note_with_reason(officer, "discard draft", held, held.case, reason=words, at=moment, detail=detail)
    return held
