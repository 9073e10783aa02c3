"""Erasing what a message said: the words, the files and their keys, the sealed bytes, and every mark of them.

What stays is the row with what was done with it, its handling and references, the header and the leaf in the log: the
commitment by which the log still verifies. Copies of the database that were made before are the operator's to erase
(docs/operator-guide, backups).

Source: ISO/IEC 27040, sanitisation by cryptographic erase, as a model for the files.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection, transaction

from accord.courier.chunks import chunk_store
from accord.courier.erasing import erase_sealed
from accord.exchange.kinds import CORRECTION
from accord.exchange.models import Attachment, HoldAnswer, Message
from accord.exchange.search.indexing import forget, index_case, index_message, scrub
from accord.handling.models import FileMark, Passage
from accord.handling.own_words import erase_from_own_words
from accord.handling.passages import marks_of_draft, narrative
from accord.release.approvals import erase_payloads

__all__ = ["erase_message", "is_erased", "take_out_passages"]

ERASED: Final = "erased"
"""Member that an erased message has, and no other."""

_KEPT: Final = (
    *("schema_version", "message_ref", "sender", "recipient", "case_ref_own", "case_ref_other", "theme", "purpose"),
    *("legal_basis", "handling", "caveats", "classification", "retention_until", "language", "arrangement_id"),
)
"""Members that say how it was handled and nothing of what it said."""

_KEPT_OF_CORRECTIONS: Final = ("corrected", "action", "reason", "new_handling", "new_caveats")
"""Members of a correction that govern what it is about, for as long as that is kept; its words go."""


def is_erased(message: Message) -> bool:
    """Returns whether the content of a message was erased."""
    return ERASED in message.fields


@transaction.atomic
def erase_message(message: Message) -> None:
    """Erases what a message said; a second time changes nothing.

    Args:
        message: The message, locked.
    """
    fields = message.fields
    if ERASED in fields:
        return
    _overwrite_what_is_deleted()
    _erase_files(message)
    names = (*_KEPT, *_KEPT_OF_CORRECTIONS) if message.kind == CORRECTION else _KEPT
    kept = {name: fields[name] for name in names if name in fields}
    message.content = msgspec.json.encode({**kept, ERASED: True})
    message.own_side = b""
    message.return_reason = ""
    message.attachment_root = None
    message.save(update_fields=["content", "own_side", "return_reason", "attachment_root"])
    HoldAnswer.objects.filter(message=message).update(reason="")
    erase_payloads(subject_type="message", subject_id=str(message.pk))
    if message.envelope_id is not None:
        erase_sealed(message.envelope_id, direction=message.direction)
    erase_from_own_words(message)
    Passage.objects.filter(message=message).delete()
    FileMark.objects.filter(message=message).delete()
    _erase_title(message, fields)
    forget([message.pk])
    transaction.on_commit(scrub)


def _overwrite_what_is_deleted() -> None:
    # SQLite leaves deleted bytes in free pages unless it is told to write zeros over them; PostgreSQL's vacuum frees
    # them (operator's guide).
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


def _erase_files(message: Message) -> None:
    for attachment in message.attachments.all():
        root = bytes(attachment.root) if attachment.root is not None else None
        # The key is written over before the row goes, so that the old value stands in no page that is kept.
        attachment.key = os.urandom(len(bytes(attachment.key)))
        attachment.name = ERASED
        attachment.sha256 = hashlib.sha256(os.urandom(32)).digest()
        attachment.save(update_fields=["key", "name", "sha256"])
        attachment.delete()
        if root is not None:
            transaction.on_commit(partial(_shred, root))


def _shred(root: bytes) -> None:
    if not Attachment.objects.filter(root=root).exists():
        chunk_store().discard(root)


def _erase_title(message: Message, fields: Mapping[str, Any]) -> None:  # Any: JSON of many shapes
    case = message.case
    texts = [text for _, text in narrative(fields)]
    start = case.title.rstrip("…")[:60]
    if start and any(text.startswith(start) for text in texts):
        case.title, case.title_language = message.reference or case.own_ref, ""
        case.save(update_fields=["title", "title_language"])
        if case.is_ours:
            index_case(case)


def take_out_passages(draft: Message, sources: Sequence[UUID]) -> None:
    """Takes the texts and files that hold something of erased messages out of a draft; the caller saves it.

    Args:
        draft: The draft, locked.
        sources: Keys of the messages, whose marks are still there.
    """
    marks = set(Passage.objects.filter(message_id__in=sources).values_list("mark", flat=True))
    digests = {bytes(one) for one in FileMark.objects.filter(message_id__in=sources).values_list("sha256", flat=True)}
    draft.content = msgspec.json.encode(_without(draft.fields, marks))
    erase_payloads(subject_type="message", subject_id=str(draft.pk))
    for attachment in draft.attachments.all():
        if bytes(attachment.sha256) in digests:
            root = bytes(attachment.root) if attachment.root is not None else None
            attachment.delete()
            if root is not None:
                transaction.on_commit(partial(_shred, root))
    index_message(draft)


def _without(fields: Mapping[str, object], marks: set[int]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if not marks & marks_of_draft({name: value})}
