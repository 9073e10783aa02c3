"""Uploads in parts, as acts of an officer: begin, put a part, complete, give up. The API and the desk call them.

Invariants:
    * nothing is attached, and so nothing can be sent, before every byte is here and the declared digest holds;
    * a part is stored whole or not at all, and a place once filled is not filled with other bytes;
    * an upload is its officer's own, and ends after a day whatever its client does.
"""

import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from functools import partial
from typing import IO, BinaryIO, Final, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.exchange.drafting import locked_draft
from accord.exchange.errors import NotFound
from accord.exchange.inspection import ALLOWED_TYPES, ATTACHMENT_BYTES_MAX, AttachmentRefused, sanitised
from accord.exchange.models import Attachment, Message
from accord.exchange.reach import within
from accord.exchange.services import attach
from accord.node.api.limits import (
    UPLOAD_BYTES_OPEN_MAX,
    UPLOAD_LIFE_HOURS,
    UPLOAD_PART_BYTES,
    UPLOADS_OPEN_MAX,
)
from accord.node.api.models import Upload, UploadPart
from accord.node.api.problems import Invalid
from accord.node.api.upload_store import discard_parts, discard_strays, read_part, write_part
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = [
    "UploadRefused",
    "begin",
    "complete",
    "forget_expired_uploads",
    "give_up",
    "missing_of",
    "open_uploads",
    "own_upload",
    "put",
    "received_bytes_of",
]

KEY_BYTES: Final = 32
SPOOL_BYTES: Final = 1024 * 1024


class UploadRefused(OfficerCanMend):
    """An upload, or a part of one, does not fit what was declared or what is allowed."""

    code = "api.upload-refused"
    http_status = 409


def begin(officer: Officer, message: Message, *, name: str, media_type: str, size_bytes: int, sha256: bytes) -> Upload:
    """Declares a file for a draft; its parts follow within a day.

    Args:
        officer: Who attaches.
        message: The draft.
        name: The file's name.
        media_type: Its type as declared.
        size_bytes: Its length.
        sha256: Its digest, 32 bytes.

    Raises:
        NotPermitted: The officer may not draft.
        ActRefused: The message has left.
        AttachmentRefused: The name, the type or the size is refused.
        UploadRefused: Too much is open already.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    forget_expired_uploads()
    label = sanitised(name)
    wanted = ALLOWED_TYPES.get("." + label.rpartition(".")[2].lower())
    if wanted is None:
        raise AttachmentRefused(
            "Files of this type are not attached.",
            code="attachment.type-not-allowed",
            fields={"extension": label.rpartition(".")[2].lower()[:16]},
        )
    if wanted != media_type:
        raise Invalid(
            "The declared type is not that of the extension.",
            code="attachment.type-mismatch",
            next_step="Give the file the extension of its type.",
        )
    if not 0 < size_bytes <= ATTACHMENT_BYTES_MAX:
        raise AttachmentRefused(
            "The file is too large.", code="attachment.too-large", fields={"limit_bytes": ATTACHMENT_BYTES_MAX}
        )
    with transaction.atomic():
        draft = locked_draft(message)
        _require_allowance(officer, size_bytes)
        now = timezone.now()
        return Upload.objects.create(
            officer=officer,
            message=draft,
            name=label,
            media_type=media_type,
            size_bytes=size_bytes,
            sha256=sha256,
            key=os.urandom(KEY_BYTES),
            created_at=now,
            expires_at=now + timedelta(hours=UPLOAD_LIFE_HOURS),
        )


def put(officer: Officer, upload_id: UUID, *, offset: int, content: bytes, sha256: bytes) -> Upload:
    """Stores one part, whole or not at all; the same part may be put again.

    Raises:
        NotFound: The officer has no such upload, or its time is over.
        Invalid: No part begins there, its size is another, or its digest does not hold.
        UploadRefused: Other bytes stand there already.
        NoRoom: The disk has too little room left.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    upload = own_upload(officer, upload_id)
    due = min(UPLOAD_PART_BYTES, upload.size_bytes - offset)
    if offset % UPLOAD_PART_BYTES or due <= 0:
        raise Invalid(
            "No part of this file begins at this offset.",
            code="api.upload-offset",
            next_step="Take an offset from the list of missing parts.",
            fields={"part_bytes": UPLOAD_PART_BYTES, "size_bytes": upload.size_bytes},
        )
    if len(content) != due:
        raise Invalid(
            "The part has another size than is due at this offset.",
            code="api.upload-part-size",
            next_step="Send exactly the bytes due; after a broken connection, send the part again.",
            fields={"received_bytes": len(content), "due_bytes": due},
        )
    if hashlib.sha256(content).digest() != sha256:
        raise Invalid(
            "The part that came is not the one whose digest was sent.",
            code="attachment.digest-differs",
            next_step="Send the part again, with the digest of its bytes.",
            fields={"received_bytes": len(content)},
        )
    if not _is_stored(upload, offset, sha256):
        write_part(upload.pk, offset, key=bytes(upload.key), sha256=sha256, content=content)
        _note_part(upload, offset, sha256)
    return upload


def complete(officer: Officer, upload_id: UUID) -> Attachment:
    """Looks at the whole file and attaches it to its draft.

    Raises:
        NotFound: The officer has no such upload, or its time is over.
        UploadRefused: Parts are missing.
        AttachmentRefused: The file is refused; the code says why.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    with transaction.atomic():
        upload = own_upload(officer, upload_id, locks=True)
        missing = missing_of(upload)
        if missing:
            raise UploadRefused(
                "Parts of the file are missing.",
                code="api.upload-incomplete",
                next_step="Put the parts at the offsets named, then complete again.",
                fields={"missing": missing},
            )
        with _whole(upload) as file:
            made = attach(
                officer,
                upload.message,
                name=upload.name,
                media_type=upload.media_type,
                file=cast("BinaryIO", file),
            )
        _drop(upload)
    return made


def give_up(officer: Officer, upload_id: UUID) -> None:
    """Deletes an upload and every part of it; the draft is not touched.

    Raises:
        NotFound: The officer has no such upload, or its time is over.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    with transaction.atomic():
        _drop(own_upload(officer, upload_id, locks=True))


def open_uploads(officer: Officer, message: Message) -> list[Upload]:
    """Returns the officer's uploads to a draft that were begun and are not complete."""
    return list(Upload.objects.filter(officer=officer, message=message, expires_at__gt=timezone.now()))


def forget_expired_uploads(*, now: datetime | None = None) -> int:
    """Deletes uploads whose time is over, and parts on the disk that belong to none. Returns how many ended."""
    moment = now or timezone.now()
    with transaction.atomic():
        over = list(Upload.objects.filter(expires_at__lte=moment))
        for upload in over:
            _drop(upload)
    if over:
        discard_strays(set(Upload.objects.values_list("pk", flat=True)))
    return len(over)


def own_upload(officer: Officer, upload_id: UUID, *, locks: bool = False) -> Upload:
    """Returns an officer's own upload; another's, and one whose time is over, is not there.

    Raises:
        NotFound: There is none.
    """
    rows = Upload.objects.filter(within(officer, "message__case__"), officer=officer, expires_at__gt=timezone.now())
    found = (rows.select_for_update(of=("self",)) if locks else rows).filter(pk=upload_id).first()
    if found is None:
        raise NotFound("There is no such upload of yours, or its day is over.")
    return found


def _require_allowance(officer: Officer, size_bytes: int) -> None:
    rows = Upload.objects.filter(officer=officer, expires_at__gt=timezone.now())
    declared = rows.aggregate(total=Sum("size_bytes"))["total"] or 0
    if rows.count() >= UPLOADS_OPEN_MAX or declared + size_bytes > UPLOAD_BYTES_OPEN_MAX:
        raise UploadRefused(
            "This account has too much open: uploads that were begun and neither completed nor given up.",
            code="api.upload-allowance",
            next_step="Complete or give up the uploads that are open, then begin this one again.",
            fields={"uploads_max": UPLOADS_OPEN_MAX, "bytes_max": UPLOAD_BYTES_OPEN_MAX},
        )


def _is_stored(upload: Upload, offset: int, sha256: bytes) -> bool:
    part = UploadPart.objects.filter(upload=upload, offset_bytes=offset).first()
    if part is not None and bytes(part.sha256) != sha256:
        raise UploadRefused(
            "Other bytes stand at this place of the file already.",
            code="api.upload-part-differs",
            next_step="Give the upload up and begin it anew, if the file has changed.",
            fields={"offset": offset},
        )
    return part is not None


def _note_part(upload: Upload, offset: int, sha256: bytes) -> None:
    try:
        with transaction.atomic():
            Upload.objects.select_for_update().get(pk=upload.pk)
            UploadPart.objects.create(upload=upload, offset_bytes=offset, sha256=sha256)
    except IntegrityError:
        # Somebody put a part at this place meanwhile: it is either the same, or the error says so.
        _is_stored(upload, offset, sha256)


def missing_of(upload: Upload) -> list[int]:
    """Returns the offsets of the parts that are not here yet, in order."""
    here = set(upload.parts.values_list("offset_bytes", flat=True))
    return [offset for offset in range(0, upload.size_bytes, UPLOAD_PART_BYTES) if offset not in here]


def received_bytes_of(upload: Upload) -> int:
    """Returns how many bytes are here."""
    lacking = sum(min(UPLOAD_PART_BYTES, upload.size_bytes - offset) for offset in missing_of(upload))
    return upload.size_bytes - lacking


def _whole(upload: Upload) -> IO[bytes]:
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the caller open
    digest = hashlib.sha256()
    try:
        for part in upload.parts.all():
            content = read_part(upload.pk, part.offset_bytes, key=bytes(upload.key), sha256=bytes(part.sha256))
            digest.update(content)
            spool.write(content)
        _require_declared(upload, digest.digest())
    except BaseException:
        spool.close()
        raise
    return spool


def _require_declared(upload: Upload, sha256: bytes) -> None:
    if sha256 != bytes(upload.sha256):
        raise Invalid(
            "The file that came is not the one that was declared.",
            code="attachment.digest-differs",
            next_step="Give the upload up, and begin it anew with the digest of the whole file.",
        )


def _drop(upload: Upload) -> None:
    upload_id = upload.pk
    upload.delete()
    transaction.on_commit(partial(discard_parts, upload_id))
