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
from accord.courier.models import AttachmentTransfer, Outbox, OutboxState
from accord.exchange.kinds import CORRECTION
from accord.exchange.models import Attachment, HoldAnswer, Message
from accord.exchange.search.indexing import forget, index_case, index_message, scrub
from accord.exchange.watching import watchers
from accord.handling.derivations import files_of, marks_held
from accord.handling.models import Derivation, FileMark, Passage
from accord.handling.own_words import erase_from_own_words
from accord.handling.passages import marks_of_draft, narrative
from accord.release.approvals import erase_payloads

__all__ = [
    "ERASED",
    "erase_message",
    "erase_sent",
    "has_taken_out",
    "is_brought_no_more",
    "is_erased",
    "take_out_of_sent",
    "take_out_passages",
]

ERASED: Final = "erased"
"""Member that an erased message has, and no other."""

ERASED_IN_PART: Final = "erased_in_part"
"""Member that a message of ours has whose copy here lost what it held of an erased one."""

_ARRIVED: Final = (
    *(Message.State.DELIVERED, Message.State.FILED, Message.State.ACTED, Message.State.REFUSED),
    *(Message.State.WITHDRAWN, Message.State.EXPIRED),
)
"""States of a message of ours that the courier brings no more, once its files are there too."""

_NEVER_SENT: Final = (OutboxState.WITHDRAWN, OutboxState.EXPIRED)

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


def has_taken_out(message: Message) -> bool:
    """Returns whether our copy of a message lost what it held of an erased one, or all of its words."""
    return ERASED_IN_PART in message.fields or is_erased(message)


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
    for watcher in watchers():
        watcher.erased(message)
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
        _erase_file(attachment)


def _erase_file(attachment: Attachment) -> None:
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
    _overwrite_what_is_deleted()
    draft.content = msgspec.json.encode(_without(draft.fields, marks_held(sources)()))
    erase_payloads(subject_type="message", subject_id=str(draft.pk))
    for attachment in _files_holding(draft, sources):
        _erase_file(attachment)
    index_message(draft)


@transaction.atomic
def take_out_of_sent(message: Message, sources: Sequence[UUID]) -> bool:
    """Takes what holds something of erased messages out of our own copy of a message that has left.

    A text or a file goes whole, and with it every copy of the whole that this node holds: the approved payload, the
    outbox and the sealed bytes. What else it says stays readable; that it was sent, and what exactly it was, is known
    by its commitments, so that the log and every proof still verify and evidence says that the words were erased.

    Args:
        message: The message, locked, with its case.
        sources: Keys of the messages, whose marks are still there.

    Returns:
        Whether it was done; not as long as it is on its way, since what the courier still brings cannot be taken.
    """
    if not is_brought_no_more(message):
        return False
    _overwrite_what_is_deleted()
    before, marks = message.fields, marks_held(sources)()
    fields = _without(before, marks)
    gone = _files_holding(message, sources)
    digests = {bytes(one.sha256).hex() for one in gone}
    references = fields.get("attachments")
    if isinstance(references, list):
        fields["attachments"] = [one for one in references if one.get("sha256") not in digests]
    message.content = msgspec.json.encode({**fields, ERASED_IN_PART: True})
    if marks & marks_of_draft(msgspec.json.decode(bytes(message.own_side) or b"{}")):
        message.own_side = b""
    message.save(update_fields=["content", "own_side"])
    for attachment in gone:
        _erase_file(attachment)
    _erase_copies(message)
    _erase_title(message, {name: value for name, value in before.items() if name not in fields})
    index_message(message)
    transaction.on_commit(scrub)
    return True


@transaction.atomic
def erase_sent(message: Message) -> bool:
    """Erases our own copy of a message that has left, whole: of which words of it came of what, nothing is known now.

    Args:
        message: The message, locked, with its case.

    Returns:
        Whether it was done; not as long as it is on its way.
    """
    if not is_brought_no_more(message):
        return False
    erase_message(message)
    _erase_copies(message)
    return True


def is_brought_no_more(message: Message) -> bool:
    """Returns whether the courier has nothing more to do with a message of ours: it arrived whole, or never leaves."""
    if message.envelope_id is None:
        return False
    if Outbox.objects.filter(envelope_id=message.envelope_id, state__in=_NEVER_SENT).exists():
        return True
    roots = [bytes(one.root) for one in message.attachments.all() if one.root is not None]
    on_its_way = AttachmentTransfer.objects.filter(
        root__in=roots, direction=message.direction, completed_at=None, channel__peer_id=message.case.peer_id
    )
    return message.state in _ARRIVED and not on_its_way.exists()


def _erase_copies(message: Message) -> None:
    erase_payloads(subject_type="message", subject_id=str(message.pk), has_left=True)
    if message.envelope_id is not None:
        erase_sealed(message.envelope_id, direction=message.direction)
        # Of what was never sent, too; what still waits is not emptied, since what leaves is what was approved.
        gone = Outbox.objects.filter(envelope_id=message.envelope_id, state__in=(OutboxState.FLUSHED, *_NEVER_SENT))
        gone.update(payload=b"")


def _files_holding(message: Message, sources: Sequence[UUID]) -> list[Attachment]:
    """Returns the files of a message of ours that are, or hold, something of these messages."""
    digests = {bytes(one) for one in FileMark.objects.filter(message_id__in=sources).values_list("sha256", flat=True)}
    steps = Derivation.objects.filter(derived_id=message.pk, source_id__in=sources)
    named = {str(key) for step in steps for key in files_of(step)}
    return [one for one in message.attachments.all() if bytes(one.sha256) in digests or str(one.pk) in named]


def _without(fields: Mapping[str, object], marks: set[int]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if not marks & marks_of_draft({name: value})}
