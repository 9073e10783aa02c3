"""Files of a message: put on a draft by their digest, taken off, and downloaded as what they are: foreign files.

An upload names the file by its SHA-256, so that it is whole or refused, and may be repeated without a key. A download
is an opaque stream that no browser shows: its type is never the one the sender claims.
"""

import re
from collections.abc import Iterator
from typing import IO, Annotated, BinaryIO, Final, cast
from uuid import UUID

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Path, Query, Router

from accord.errors import OfficerCanMend
from accord.exchange.inspection import ALLOWED_TYPES, sanitised
from accord.exchange.models import Attachment
from accord.exchange.reach import within
from accord.exchange.services import attach, detach, take_out
from accord.handling.models import Use
from accord.handling.taking import take_copy
from accord.handling.watermark import headers_of
from accord.node.api.bodies import received_file
from accord.node.api.case_shapes import AttachmentOut, attachment_out
from accord.node.api.cases import find_message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.problems import UnsupportedMediaType
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.uses import UseCode

__all__ = ["router"]

router = Router()

BLOCK_BYTES: Final = 256 * 1024
"""Bytes handed out at a time."""

OPAQUE: Final = "application/octet-stream"
FILE_POLICY: Final = "default-src 'none'; sandbox"

_RANGE: Final = re.compile(r"bytes=(?!-$)(?P<first>[0-9]{1,12})?-(?P<last>[0-9]{1,12})?")

FileName = Annotated[str, Query(min_length=1, max_length=200, description="Name of the file, with its extension.")]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file, hexadecimal.")]


class RangeRefused(OfficerCanMend):
    """The range asked for lies behind the end of the file."""

    code = "api.range-refused"
    default_next_step = "Ask for a range within the file; Content-Range names its size."
    http_status = 416

    def __init__(self, size_bytes: int) -> None:
        super().__init__("The range lies outside the file.", fields={"size_bytes": size_bytes})
        self.headers = {"Content-Range": f"bytes */{size_bytes}"}


def _find(officer: Officer, attachment_id: UUID) -> Attachment:
    rows = Attachment.objects.filter(within(officer, "message__case__"))
    return rows.select_related("message__case").get(pk=attachment_id)


@offer(
    router,
    "PUT",
    "/messages/{message_id}/attachments/{sha256}",
    permission=Permission.MESSAGE_DRAFT,
    summary="Attach a file to a draft",
    response=AttachmentOut,
    statuses=(409, 507),
    raw_bodies=tuple(sorted(set(ALLOWED_TYPES.values()))),
)
def attach_file(request: ApiRequest, message_id: Path[UUID], sha256: Sha256, name: FileName) -> AttachmentOut:
    """Attaches a file of at most 50 MiB, named by its digest. A submitted message becomes a draft again."""
    message = find_message(request.officer, message_id)
    media_type = request.content_type or ""
    if media_type not in ALLOWED_TYPES.values():
        raise UnsupportedMediaType("Files of this type are not attached.", code="attachment.type-not-allowed")
    label = sanitised(name)
    already = message.attachments.filter(sha256=bytes.fromhex(sha256), name=label).first()
    if already is not None:
        return attachment_out(already)
    with received_file(request, sha256) as file:
        made = attach(request.officer, message, name=label, media_type=media_type, file=cast("BinaryIO", file))
    return attachment_out(made)


@offer(
    router,
    "DELETE",
    "/attachments/{attachment_id}",
    permission=Permission.MESSAGE_DRAFT,
    summary="Take a file off a draft",
    response=None,
    status=204,
    statuses=(409,),
)
def detach_file(request: ApiRequest, attachment_id: Path[UUID]) -> HttpResponse:
    """Takes a file off a draft. A submitted message becomes a draft again."""
    detach(request.officer, _find(request.officer, attachment_id))
    return HttpResponse(status=204)


@offer(
    router,
    "GET",
    "/attachments/{attachment_id}/content",
    permission=Permission.CASE_READ,
    summary="Download a file",
    response=None,
    statuses=(409, 416, 422),
    raw_answer=OPAQUE,
    raw_statuses=(206,),
)
def download_file(request: ApiRequest, attachment_id: Path[UUID]) -> FileResponse | StreamingHttpResponse:
    """Downloads a file, or one range of it (`Range`, `If-Range`), after the whole was checked; never shown inline."""
    attachment = _find(request.officer, attachment_id)
    tag = f'"{bytes(attachment.sha256).hex()}"'
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", tag) == tag else ""
    span = _span(asked, attachment.size_bytes)
    use = take_copy(request.officer, attachment.message, UseCode.OPEN, mark=Use.Mark.HEADERS, file=attachment)
    file = take_out(request.officer, attachment)
    response: FileResponse | StreamingHttpResponse
    if span is None:
        file.seek(0)
        response = FileResponse(file, content_type=OPAQUE)
    else:
        first, end = span
        response = StreamingHttpResponse(_slice(file, first, end), status=206, content_type=OPAQUE)
        response.headers["Content-Range"] = f"bytes {first}-{end - 1}/{attachment.size_bytes}"
        response.headers["Content-Length"] = str(end - first)
    response.headers["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
    for member, value in headers_of(use).items() if use is not None else ():
        response.headers[member] = value
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = tag
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _span(asked: str, size_bytes: int) -> tuple[int, int] | None:
    """Returns the first byte and the end of the range asked for; ``None`` for the whole file.

    Several ranges, and what is not a range of bytes, are answered with the whole, as RFC 9110 lets a server do.
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None:
        return None
    first, last = match["first"], match["last"]
    if first:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None
    else:
        start, end = max(0, size_bytes - int(last)), size_bytes
    if start >= end:
        raise RangeRefused(size_bytes)
    return start, end


def _slice(file: IO[bytes], first: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = end - first
        while left and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block
