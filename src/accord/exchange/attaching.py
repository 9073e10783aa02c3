"""Attachments of a message: looked at, sealed at once, bound to the message by digest and to its envelope by one root.

A file is sealed under its own key as soon as it is attached, so that no plain copy lies on the node's disk. At
submission the sealed chunks of all files of the message are put under one root, which the envelope's header carries;
key, digest and place of each file stand in the payload that the second officer approves.
"""

import os
import tempfile
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import IO, BinaryIO, Final, cast

from django.db import transaction
from django.utils import timezone

from accord.channel.attachment import AttachmentManifest, chunk_count, open_attachment, seal_chunk
from accord.channel.limits import ATTACHMENT_CHUNK_BYTES
from accord.courier.chunks import chunk_store
from accord.exchange.drafting import locked_draft, void_approval
from accord.exchange.errors import ActRefused
from accord.exchange.inspection import (
    ALLOWED_TYPES,
    ATTACHMENT_BYTES_MAX,
    AttachmentRefused,
    InspectedFile,
    inspect_file,
    sanitised,
)
from accord.exchange.kinds.limits import ATTACHMENTS_MAX
from accord.exchange.kinds.particulars import AttachmentReference
from accord.exchange.models import Attachment, Message
from accord.exchange.search.indexing import index_message
from accord.exchange.watching import watchers
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = [
    "attach",
    "check_reference",
    "detach",
    "discard_files",
    "has_arrived",
    "references_of",
    "seal_together",
    "take_out",
]

KEY_BYTES: Final = 32

SPOOL_BYTES: Final = 8 * 1024 * 1024
"""Bytes of a file that is taken out held in memory; a larger one goes through an unnamed temporary file."""


@transaction.atomic
def attach(
    officer: Officer, message: Message, *, name: str, media_type: str, file: BinaryIO, now: datetime | None = None
) -> Attachment:
    """Attaches a file to a draft, after looking at it.

    Args:
        officer: Who attaches.
        message: The draft; it gets a new version, and one that was submitted becomes a draft again.
        name: The file's name.
        media_type: Its type as declared.
        file: The file, seekable.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        ActRefused: The message has left, or has too many attachments.
        AttachmentRefused: The file is refused; the code says why.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = locked_draft(message)
    if held.attachments.count() >= ATTACHMENTS_MAX:
        raise ActRefused(
            "The message has as many attachments as it may.",
            code="exchange.too-many-attachments",
            fields={"limit": ATTACHMENTS_MAX},
        )
    inspected = inspect_file(name, media_type, file)
    _save_as(officer, held, at=now or timezone.now())
    key = os.urandom(KEY_BYTES)
    attachment = Attachment.objects.create(
        message=held,
        name=inspected.name,
        media_type=inspected.media_type,
        size_bytes=inspected.size_bytes,
        sha256=inspected.sha256,
        key=key,
        root=_sealed(file, inspected, key),
        chunk_count=chunk_count(inspected.size_bytes),
    )
    note(officer, "attach file", attachment, at=now, detail={"sha256": inspected.sha256.hex()})
    index_message(held)
    for watcher in watchers():
        watcher.attached(attachment, file)
    return attachment


def _save_as(officer: Officer, held: Message, *, at: datetime) -> None:
    # Whoever adds or takes away a file writes the message: a new version, another author, and no earlier word counts.
    void_approval(held)
    held.version += 1
    held.saved_by = officer
    held.saved_at = at
    held.save()
    note(officer, "save draft", held, at=at, detail={"version": held.version})


def _sealed(file: BinaryIO, inspected: InspectedFile, key: bytes) -> bytes:
    file.seek(0)
    with chunk_store().writer() as writer:
        for index in range(chunk_count(inspected.size_bytes)):
            block = file.read(ATTACHMENT_CHUNK_BYTES)
            writer.add(seal_chunk(key, index=index, size_bytes=inspected.size_bytes, plaintext=block))
        return writer.finish()


@transaction.atomic
def detach(officer: Officer, attachment: Attachment, *, now: datetime | None = None) -> None:
    """Takes a file off a draft.

    Raises:
        NotPermitted: The officer may not draft.
        ActRefused: The message has left.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = locked_draft(attachment.message)
    _save_as(officer, held, at=now or timezone.now())
    note(officer, "detach file", attachment, at=now)
    for watcher in watchers():
        watcher.detached(attachment)
    root = attachment.root
    attachment.delete()
    index_message(held)
    if root is not None:
        transaction.on_commit(lambda: chunk_store().discard(bytes(root)))


def discard_files(message: Message) -> None:
    """Takes all files off a message that will not be sent, and their sealed chunks out of the store."""
    roots = {bytes(root) for root in message.attachments.values_list("root", flat=True) if root}
    message.attachments.all().delete()
    for root in roots:
        transaction.on_commit(partial(_discard_unused, root))


def _ordered(message: Message) -> list[Attachment]:
    return list(message.attachments.order_by("id"))


def references_of(message: Message) -> list[dict[str, object]]:
    """Returns what the payload says of each attachment, in their order."""
    references: list[dict[str, object]] = []
    first = 0
    for attachment in _ordered(message):
        references.append(
            {
                "name": attachment.name,
                "size_bytes": attachment.size_bytes,
                "sha256": bytes(attachment.sha256).hex(),
                "media_type": attachment.media_type,
                "key": b64encode(bytes(attachment.key)).decode("ascii"),
                "first_chunk": first,
                "chunk_count": attachment.chunk_count,
            }
        )
        first += attachment.chunk_count
    return references


def seal_together(message: Message) -> bytes | None:
    """Puts the sealed chunks of all attachments under one root and returns it; ``None`` where there is none."""
    attachments = _ordered(message)
    if not attachments:
        return None
    store = chunk_store()
    first = 0
    with store.writer() as writer:
        for attachment in attachments:
            for sealed in _sealed_chunks(attachment):
                writer.add(sealed)
            attachment.first_chunk = first
            first += attachment.chunk_count
        root = writer.finish()
    # From now on every file is read from the common root, at its own place; the single ones are no longer needed.
    for attachment in attachments:
        single = bytes(attachment.root or b"")
        attachment.root = root
        attachment.save(update_fields=["root", "first_chunk"])
        if single != root:
            transaction.on_commit(partial(_discard_unused, single))
    return root


def _discard_unused(root: bytes) -> None:
    if root and not Attachment.objects.filter(root=root).exists():
        chunk_store().discard(root)


def _sealed_chunks(attachment: Attachment) -> Iterable[bytes]:
    root = bytes(attachment.root or b"")
    return chunk_store().read_all(root, first=attachment.first_chunk, count=attachment.chunk_count)


def check_reference(reference: AttachmentReference) -> None:
    """Looks at what the other side says of a file, before any of it is fetched.

    Raises:
        AttachmentRefused: Name, type or size would not be let in here.
        TextRefused: The name holds a character that hides or reorders.
    """
    extension = "." + sanitised(reference.name).rpartition(".")[2].lower()
    if ALLOWED_TYPES.get(extension) != reference.media_type:
        raise AttachmentRefused("Files of this type are not let in.", code="attachment.type-not-allowed")
    is_counted = reference.chunk_count == chunk_count(reference.size_bytes)
    if reference.size_bytes > ATTACHMENT_BYTES_MAX or not is_counted:
        raise AttachmentRefused("The file's size is refused.", code="attachment.too-large")


def has_arrived(attachment: Attachment) -> bool:
    """Returns whether all its chunks are here."""
    if attachment.root is None:
        return False
    wanted = set(range(attachment.first_chunk, attachment.first_chunk + attachment.chunk_count))
    return wanted <= chunk_store().held(bytes(attachment.root))


def take_out(officer: Officer, attachment: Attachment, *, now: datetime | None = None) -> IO[bytes]:
    """Returns an attachment's plain bytes, for download only, after its digest and content were checked.

    The sender's word for its type is not believed: the file is looked at here as it was there. The caller hands it out
    as a download of an opaque type and never renders it.

    Raises:
        NotPermitted: The officer may not read cases.
        OfficerCanMend: It has not arrived whole.
        SealBroken: A chunk does not open or the digest is another.
        AttachmentRefused: It is not what it says it is, or holds what is never let in.
    """
    require(officer, Permission.CASE_READ)
    manifest = AttachmentManifest(
        name=attachment.name,
        size_bytes=attachment.size_bytes,
        sha256=bytes(attachment.sha256),
        media_type=attachment.media_type,
        key=bytes(attachment.key),
        first_chunk=attachment.first_chunk,
        chunk_count=attachment.chunk_count,
    )
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the caller open
    try:
        for piece in open_attachment(manifest, _sealed_chunks(attachment)):
            spool.write(piece)
        inspected = inspect_file(attachment.name, attachment.media_type, cast("BinaryIO", spool))
    except BaseException:
        spool.close()
        raise
    note(officer, "take out file", attachment, at=now or timezone.now(), detail={"sha256": inspected.sha256.hex()})
    for watcher in watchers():
        watcher.taken_out(attachment, cast("BinaryIO", spool))
    spool.seek(0)
    return spool
