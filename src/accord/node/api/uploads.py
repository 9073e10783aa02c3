"""Files in parts: for lines that break, an upload goes on where it stopped.

A client declares a file (name, size, type, digest), puts its parts in any order and as often as it likes, each with
its offset and its digest, asks what is missing after a break, and completes. Only then is the file looked at and
attached, exactly as one that came in a single request.

Source: RFC 9530 (Content-Digest).
"""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Header, Path, Router, Schema

from accord.exchange.inspection import ATTACHMENT_BYTES_MAX
from accord.node.api.case_shapes import AttachmentOut, attachment_out
from accord.node.api.cases import find_message
from accord.node.api.limits import UPLOAD_PART_BYTES
from accord.node.api.models import Upload
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed
from accord.node.api.upload_acts import (
    begin,
    complete,
    give_up,
    missing_of,
    own_upload,
    put,
    received_bytes_of,
)
from accord.officers.permissions import Permission

__all__ = ["router"]

router = Router()

PART_MEDIA_TYPE: Final = "application/octet-stream"

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
    upload = begin(
        request.officer,
        find_message(request.officer, message_id),
        name=body.name,
        media_type=body.media_type,
        size_bytes=body.size_bytes,
        sha256=bytes.fromhex(body.sha256),
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
    return _out(own_upload(request.officer, upload_id))


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
    sha256 = _digest_in(content_digest)
    upload = put(request.officer, upload_id, offset=offset, content=request.body, sha256=sha256)
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
    return attachment_out(complete(request.officer, upload_id))


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
    give_up(request.officer, upload_id)
    return HttpResponse(status=204)


def _digest_in(header: str) -> bytes:
    try:
        return base64.b64decode(header.removeprefix("sha-256=:").removesuffix(":"), validate=True)
    except binascii.Error:
        return b""


def _out(upload: Upload) -> UploadOut:
    return UploadOut(
        id=upload.pk,
        message_id=upload.message_id,
        size_bytes=upload.size_bytes,
        part_bytes=UPLOAD_PART_BYTES,
        received_bytes=received_bytes_of(upload),
        missing=missing_of(upload),
        expires_at=upload.expires_at,
    )
