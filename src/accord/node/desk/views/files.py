"""Files of a draft: looked at, sealed and listed with digest and type; put on in one piece or in parts, and taken off.

Without scripts a form brings one file. With them the page sends it in parts, shows how far it has come, goes on by
itself after a break, and takes up an upload that was begun on another day's page: the same file, chosen again.
"""

import base64
import binascii
import hashlib
from typing import BinaryIO, Final, cast
from uuid import UUID

from django.contrib import messages as notes
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import ActRefused, NotFound
from accord.exchange.inspection import ALLOWED_TYPES, ATTACHMENT_BYTES_MAX, AttachmentRefused
from accord.exchange.kinds.limits import ATTACHMENTS_MAX
from accord.exchange.models import Attachment, Message
from accord.exchange.services import attach, detach, read_message
from accord.exchange.text import TextRefused
from accord.node.api.limits import UPLOAD_PART_BYTES
from accord.node.api.models import Upload
from accord.node.api.upload_acts import begin, complete, give_up, missing_of, open_uploads, own_upload, put
from accord.node.api.upload_acts import received_bytes_of as received_of
from accord.node.desk.error_words import reason_words
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.said import said
from accord.officers.permissions import Permission

__all__ = ["begin_upload", "complete_upload", "put_part", "show_files", "show_upload"]

OPAQUE: Final = "application/octet-stream"


def _open_draft(request: HttpRequest, key: UUID) -> Message:
    message = read_message(officer_of(request), key)
    if not message.may_change:
        raise ActRefused("The message can no longer be changed.", code="exchange.not-a-draft")
    return message


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def show_files(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lists the files of a draft, puts one on, takes one off, or gives up an upload that was begun.

    View permission: ``message.draft``.
    """
    officer, message = officer_of(request), _open_draft(request, key)
    error = None
    if request.method == "POST":
        try:
            _act(request, message, request.POST)
            return redirect("desk:files", message.pk)
        except AccordError as refused:
            error = refused
    shown = {
        "message": message,
        "case": message.case,
        "files": list(message.attachments.all()),
        "begun": [(upload, received_of(upload)) for upload in open_uploads(officer, message)],
        "accept": ",".join(ALLOWED_TYPES),
        "types": sorted({name.removeprefix(".").upper() for name in ALLOWED_TYPES}),
        "limit_bytes": ATTACHMENT_BYTES_MAX,
        "part_bytes": UPLOAD_PART_BYTES,
        "files_max": ATTACHMENTS_MAX,
        "error": error,
        "error_names": {"name": ("file", _("The name of the file"))},
        "handling_marks": str(message.fields.get("handling", "")),
    }
    return show(request, "desk/files.html", shown, status=error.http_status if error else 200)


def _act(request: HttpRequest, message: Message, posted: QueryDict) -> None:
    officer, act = officer_of(request), posted.get("act", "add")
    if act == "remove":
        attachment = Attachment.objects.filter(pk=_key(posted.get("file", "")), message=message).first()
        if attachment is not None:
            detach(officer, attachment)
            notes.success(request, _("%(name)s is taken off. Nothing of it stays here.") % {"name": attachment.name})
        return
    if act == "give-up":
        give_up(officer, _key(posted.get("upload", "")))
        notes.success(request, _("The upload is given up. Nothing of it stays here."))
        return
    attachment = _attached(request, message)
    # Without scripts the name comes without its path and without what hides in it: it is said which one is used.
    words = _("Attached, sealed and listed under the name %(name)s. The other side reads this name.")
    notes.success(request, words % {"name": attachment.name})


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such file in this draft.") from error


def _attached(request: HttpRequest, message: Message) -> Attachment:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise AttachmentRefused(
            "No file came, or it is larger than 50 MB.",
            code="attachment.missing",
            next_step="Choose a file of at most 50 MB, then attach it.",
        )
    name, file = str(given.name or ""), cast("BinaryIO", given.file)
    # The form sent twice attaches once.
    digest = hashlib.sha256()
    while block := file.read(UPLOAD_PART_BYTES):
        digest.update(block)
    already = message.attachments.filter(name=name, sha256=digest.digest()).first()
    if already is not None:
        return already
    declared = given.content_type or ""
    # A browser that knows no type for a file says nothing of it; the extension then has the word, and the content too.
    if declared in {"", OPAQUE}:
        declared = ALLOWED_TYPES.get("." + name.rpartition(".")[2].lower(), OPAQUE)
    return attach(officer_of(request), message, name=name, media_type=declared, file=file)


@page(Permission.MESSAGE_DRAFT, methods=("POST",))
def begin_upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """Declares a file that will come in parts; one that was begun with the same digest is taken up again.

    View permission: ``message.draft``.
    """
    officer, posted = officer_of(request), request.POST
    try:
        message = _open_draft(request, key)
        digest = _hexadecimal(posted.get("sha256", ""))
        size = posted.get("size", "")
        begun = next((one for one in open_uploads(officer, message) if bytes(one.sha256) == digest), None)
        upload = begun or begin(
            officer,
            message,
            name=posted.get("name", ""),
            media_type=posted.get("type", ""),
            size_bytes=int(size) if size.isascii() and size.isdigit() and len(size) < 12 else 0,
            sha256=digest,
        )
    except AccordError as error:
        return _problem(error)
    return _progress(upload)


@page(Permission.MESSAGE_DRAFT)
def show_upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """Says how far an upload has come, for the page that goes on with it.

    View permission: ``message.draft``.
    """
    try:
        return _progress(own_upload(officer_of(request), key))
    except AccordError as error:
        return _problem(error)


@page(Permission.MESSAGE_DRAFT, methods=("PUT",))
def put_part(request: HttpRequest, key: UUID, offset: int) -> HttpResponse:
    """Stores one part of an upload.

    View permission: ``message.draft``.
    """
    try:
        header = request.headers.get("Content-Digest", "").removeprefix("sha-256=:").removesuffix(":")
        try:
            digest = base64.b64decode(header, validate=True)
        except binascii.Error:
            digest = b""
        return _progress(put(officer_of(request), key, offset=offset, content=request.body, sha256=digest))
    except AccordError as error:
        return _problem(error)


@page(Permission.MESSAGE_DRAFT, methods=("POST",))
def complete_upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """Looks at a file whose parts are all here, and attaches it.

    View permission: ``message.draft``.
    """
    try:
        made = complete(officer_of(request), key)
    except (AttachmentRefused, TextRefused) as error:
        # It was looked at whole and refused: choosing it again would go on with nothing.
        give_up(officer_of(request), key)
        return _problem(error)
    except AccordError as error:
        return _problem(error)
    notes.success(request, _("%(name)s is attached, sealed and listed.") % {"name": made.name})
    return JsonResponse({"name": made.name, "sha256": bytes(made.sha256).hex()})


def _hexadecimal(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != hashlib.sha256().digest_size:
        raise AttachmentRefused("The digest of the file is missing.", code="attachment.digest-differs")
    return digest


def _progress(upload: Upload) -> JsonResponse:
    return JsonResponse(
        {
            "id": str(upload.pk),
            "size_bytes": upload.size_bytes,
            "part_bytes": UPLOAD_PART_BYTES,
            "received_bytes": received_of(upload),
            "missing": missing_of(upload),
        }
    )


def _problem(error: AccordError) -> JsonResponse:
    told = {"sentence": said(error.sentence), "next_step": said(error.next_step), "code": error.reason_code}
    if isinstance(error, TextRefused):
        told |= {"sentence": f"{_('The name of the file')}: {reason_words(error)}", "next_step": ""}
    return JsonResponse(told, status=error.http_status)
