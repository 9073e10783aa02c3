"""Files in parts: for lines that break, an upload goes on where it stopped.

A client declares a file (name, size, type, digest), puts its parts in any order and as often as it likes, each with
its offset and its digest, asks what is missing after a break, and completes. Only then is the file looked at and
attached, exactly as one that came in a single request.

Invariants:
    * nothing is attached, and so nothing can be sent, before every byte is here and the declared digest holds;
    * a part is stored whole or not at all, and a place once filled is not filled with other bytes;
    * an upload is its officer's own, and ends after a day whatever its client does.

Source: RFC 9530 (Content-Digest).
"""

import base64
import binascii
import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Annotated, BinaryIO, Final, Literal, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Header, Path, Router, Schema

from accord.errors import OfficerCanMend
from accord.exchange.drafting import locked_draft
from accord.exchange.inspection import ALLOWED_TYPES, ATTACHMENT_BYTES_MAX, sanitised
from accord.exchange.services import attach
from accord.node.api.case_shapes import AttachmentOut, attachment_out
from accord.node.api.cases import find_message
from accord.node.api.limits import (
    UPLOAD_BYTES_OPEN_MAX,
    UPLOAD_LIFE_HOURS,
    UPLOAD_PART_BYTES,
    UPLOADS_OPEN_MAX,
)
from accord.node.api.models import Upload, UploadPart
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.problems import Invalid
from accord.node.api.shapes import Closed
from accord.node.api.upload_store import discard_parts, discard_strays, read_part, write_part
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["forget_expired_uploads", "router"]

router = Router()

PART_MEDIA_TYPE: Final = "application/octet-stream"
KEY_BYTES: Final = 32
SPOOL_BYTES: Final = 1024 * 1024

FileType = Literal[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/plain",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
]
Offset = Annotated[int, Field(ge=0, lt=ATTACHMENT_BYTES_MAX, description="Where the part begins, bytes.")]
ContentDigest = Annotated[
    str,
    Header(
        alias="Content-Digest",
        pattern=r"^sha-256=:[A-Za-z0-9+/]{43}=:$",
        description="SHA-256 of this part, as RFC 9530 has it: `sha-256=:BASE64:`.",
    ),
]


class UploadRefused(OfficerCanMend):
    """An upload, or a part of one, does not fit what was declared or what is allowed."""

    code = "api.upload-refused"
    http_status = 409


class NewUpload(Closed):
    """The file that will come in parts."""

    name: str = Field(min_length=1, max_length=200, description="Name of the file, with its extension.")
    size_bytes: int = Field(ge=1, le=ATTACHMENT_BYTES_MAX)
    media_type: FileType
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the whole file, hexadecimal.")


class UploadOut(Schema):
    """How far an upload has come."""

    id: UUID
    message_id: UUID
    size_bytes: int
    part_bytes: int = Field(description="Bytes of every part but the last; each offset is a multiple of it.")
    received_bytes: int
    missing: list[int] = Field(description="Offsets of the parts that are not here yet, in order.")
    expires_at: datetime


@offer(
    router,
    "POST",
    "/messages/{message_id}/uploads",
    permission=Permission.MESSAGE_DRAFT,
    summary="Begin an upload in parts",
    response=UploadOut,
    status=201,
    statuses=(409,),
    examples={
        "note": {"name": "note.pdf", "size_bytes": 3_000_000, "media_type": "application/pdf", "sha256": "0" * 64}
    },
)
def begin_upload(request: ApiRequest, message_id: Path[UUID], body: NewUpload) -> UploadOut:
    """Declares a file for a draft; its parts follow, in any order, within a day."""
    forget_expired_uploads()
    name = sanitised(body.name)
    if ALLOWED_TYPES.get("." + name.rpartition(".")[2].lower()) != body.media_type:
        raise Invalid(
            "The declared type is not that of the extension.",
            code="attachment.type-mismatch",
            next_step="Give the file the extension of its type.",
        )
    with transaction.atomic():
        draft = locked_draft(find_message(message_id))
        _require_allowance(request.officer, body.size_bytes)
        now = timezone.now()
        upload = Upload.objects.create(
            officer=request.officer,
            message=draft,
            name=name,
            media_type=body.media_type,
            size_bytes=body.size_bytes,
            sha256=bytes.fromhex(body.sha256),
            key=os.urandom(KEY_BYTES),
            created_at=now,
            expires_at=now + timedelta(hours=UPLOAD_LIFE_HOURS),
        )
    return _out(upload)


@offer(
    router,
    "GET",
    "/uploads/{upload_id}",
    permission=Permission.MESSAGE_DRAFT,
    summary="Show how far an upload has come",
    response=UploadOut,
)
def show_upload(request: ApiRequest, upload_id: Path[UUID]) -> UploadOut:
    """Shows which parts are here and which are missing, so that an upload goes on where it stopped."""
    return _out(_own(request.officer, upload_id))


@offer(
    router,
    "PUT",
    "/uploads/{upload_id}/parts/{offset}",
    permission=Permission.MESSAGE_DRAFT,
    summary="Put a part of an upload",
    response=UploadOut,
    statuses=(409, 507),
    raw_bodies=(PART_MEDIA_TYPE,),
)
def put_part(
    request: ApiRequest, upload_id: Path[UUID], offset: Path[Offset], content_digest: ContentDigest
) -> UploadOut:
    """Stores one part, whole or not at all; the same part may be put again."""
    upload = _own(request.officer, upload_id)
    due = min(UPLOAD_PART_BYTES, upload.size_bytes - offset)
    if offset % UPLOAD_PART_BYTES or due <= 0:
        raise Invalid(
            "No part of this file begins at this offset.",
            code="api.upload-offset",
            next_step="Take an offset from the list of missing parts.",
            fields={"part_bytes": UPLOAD_PART_BYTES, "size_bytes": upload.size_bytes},
        )
    content = request.body
    if len(content) != due:
        raise Invalid(
            "The part has another size than is due at this offset.",
            code="api.upload-part-size",
            next_step="Send exactly the bytes due; after a broken connection, send the part again.",
            fields={"received_bytes": len(content), "due_bytes": due},
        )
    sha256 = hashlib.sha256(content).digest()
    if sha256 != _digest_in(content_digest):
        raise Invalid(
            "The part that came is not the one whose digest was sent.",
            code="attachment.digest-differs",
            next_step="Send the part again, with the digest of its bytes.",
            fields={"received_bytes": len(content)},
        )
    if not _is_stored(upload, offset, sha256):
        write_part(upload.pk, offset, key=bytes(upload.key), sha256=sha256, content=content)
        _note_part(upload, offset, sha256)
    return _out(upload)


@offer(
    router,
    "POST",
    "/uploads/{upload_id}/complete",
    permission=Permission.MESSAGE_DRAFT,
    summary="Attach a file whose parts are all here",
    response=AttachmentOut,
    statuses=(409, 507),
)
def complete_upload(request: ApiRequest, upload_id: Path[UUID]) -> AttachmentOut:
    """Looks at the whole file and attaches it to its draft; a submitted message becomes a draft again."""
    with transaction.atomic():
        upload = _own(request.officer, upload_id, locks=True)
        missing = _missing(upload)
        if missing:
            raise UploadRefused(
                "Parts of the file are missing.",
                code="api.upload-incomplete",
                next_step="Put the parts at the offsets named, then complete again.",
                fields={"missing": missing},
            )
        with _whole(upload) as file:
            made = attach(
                request.officer,
                upload.message,
                name=upload.name,
                media_type=upload.media_type,
                file=cast("BinaryIO", file),
            )
        _drop(upload)
    return attachment_out(made)


@offer(
    router,
    "DELETE",
    "/uploads/{upload_id}",
    permission=Permission.MESSAGE_DRAFT,
    summary="Give an upload up",
    response=None,
    status=204,
)
def abort_upload(request: ApiRequest, upload_id: Path[UUID]) -> HttpResponse:
    """Deletes an upload and every part of it; the draft is not touched."""
    with transaction.atomic():
        _drop(_own(request.officer, upload_id, locks=True))
    return HttpResponse(status=204)


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


def _own(officer: Officer, upload_id: UUID, *, locks: bool = False) -> Upload:
    # Another officer's upload, and one whose time is over, is not there: both are answered 404 by the edge.
    rows = Upload.objects.filter(officer=officer, expires_at__gt=timezone.now())
    return (rows.select_for_update() if locks else rows).get(pk=upload_id)


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


def _digest_in(header: str) -> bytes:
    try:
        return base64.b64decode(header.removeprefix("sha-256=:").removesuffix(":"), validate=True)
    except binascii.Error:
        return b""


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


def _missing(upload: Upload) -> list[int]:
    here = set(upload.parts.values_list("offset_bytes", flat=True))
    return [offset for offset in range(0, upload.size_bytes, UPLOAD_PART_BYTES) if offset not in here]


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


def _out(upload: Upload) -> UploadOut:
    missing = _missing(upload)
    lacking = sum(min(UPLOAD_PART_BYTES, upload.size_bytes - offset) for offset in missing)
    return UploadOut(
        id=upload.pk,
        message_id=upload.message_id,
        size_bytes=upload.size_bytes,
        part_bytes=UPLOAD_PART_BYTES,
        received_bytes=upload.size_bytes - lacking,
        missing=missing,
        expires_at=upload.expires_at,
    )
