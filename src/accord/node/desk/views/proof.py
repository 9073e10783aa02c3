"""Proof: what can be shown to a stranger of a message, by whose signature, and how to check it without us."""

import hashlib
import io
from base64 import b64encode
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import segno
from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect

from accord.channel.evidence import EvidenceBundle
from accord.channel.keys import VerifyKey
from accord.courier.erasing import sealed_digest_of
from accord.courier.evidence import evidence_for
from accord.courier.health import message_times
from accord.courier.models import Entry, Outbox
from accord.errors import AccordError, OfficerCanMend
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.exchange.services import read_message
from accord.handling.models import Use
from accord.handling.taking import take_copy
from accord.node.desk.cover import covered
from accord.node.desk.page import SIGNED_IN, officer_of, page, show
from accord.node.desk.proof_words import judge
from accord.node.desk.views.using import stopped_copy
from accord.officers.acts import note
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.vocabulary.uses import UseCode

__all__ = ["download_evidence", "download_roots", "show_check", "show_proof"]

CHECKED_BYTES_MAX: Final = 4 * 1024 * 1024
"""Largest file that is checked here: a message of the largest class with its proofs and keysets is below 2 MiB."""


class FileNotChecked(OfficerCanMend):
    """The file that was sent to be checked is missing, empty or too large."""

    code = "desk.file-not-checked"
    default_next_step = "Choose the file that ends in .accord-evidence."
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


def _entry(message: Message) -> Entry | None:
    if message.envelope_id is None:
        return None
    found = Entry.objects.select_related("channel").filter(direction=message.direction)
    return found.filter(envelope_id=message.envelope_id).first()


def _roots() -> dict[str, VerifyKey]:
    return {
        party.code: VerifyKey.from_bytes(bytes(party.root_public))
        for party in Party.objects.exclude(root_public=None)
        if party.root_public is not None
    }


def _missing(message: Message) -> str:
    """Says why nothing can be proven yet, and what happens next."""
    if message.envelope_id is None:
        return _(
            "The message has not been released, so it is in no log. Its proof begins when it is released and sealed."
        )
    if Outbox.objects.filter(envelope_id=message.envelope_id, position=None).exists():
        return _("The message is released and waits to be sealed into the log. Open this page again in a moment.")
    return _("This node holds no entry of the message. Tell the operator: a message that left has its entry.")


@page(Permission.EVIDENCE_EXPORT)
def show_proof(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows each thing that is proven of a message in one sentence, checked just now as anybody can check it.

    View permission: ``evidence.export``.
    """
    message = read_message(officer_of(request), key)
    entry = _entry(message)
    shown: dict[str, Any] = {"message": message, "case": message.case, "handling_marks": message.handling}
    if entry is None:
        return show(request, "desk/proof.html", {**shown, "missing": _missing(message)})
    try:
        bundle = evidence_for(entry, discloses_body=True)
    except AccordError as error:
        missing = _("The message is in the log, and its proof cannot be made now.")
        return show(request, "desk/proof.html", {**shown, "missing": missing, "why": error})
    leaf = bytes(entry.leaf).hex()
    shown |= {
        "judged": judge(bundle, _roots()),
        "bytes": len(bundle),
        "file_digest": hashlib.sha256(bundle).hexdigest(),
        "leaf": leaf,
        "leaf_groups": [leaf[place : place + 8] for place in range(0, len(leaf), 8)],
        "times": message_times(entry.envelope_id),
        "qr": SafeString(segno.make(leaf, error="m").svg_inline(scale=4, omitsize=True)),
        "node": settings.ACCORD_PARTY,
    }
    return show(request, "desk/proof.html", shown)


@page(Permission.EVIDENCE_EXPORT)
def download_evidence(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Hands out the evidence bundle; with the words of what was received it is a use, and bears a cover sheet.

    View permission: ``evidence.export``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    entry = _entry(message)
    if entry is None:
        raise NotFound("The message is in no log yet, so that nothing can be proven of it.")
    discloses = request.GET.get("content") != "without"
    try:
        use = take_copy(officer, message, UseCode.EXPORT, mark=Use.Mark.COVER) if discloses else None
    except GateRefuses as refused:
        return stopped_copy(request, officer, message, refused)
    bundle = evidence_for(entry, discloses_body=discloses)
    note(officer, "export evidence", message, detail={"discloses_body": discloses})
    name = f"{message.pk}.accord-evidence"
    if use is not None:
        file = covered(use, io.BytesIO(bundle), name=name, digest=hashlib.sha256(bundle).hexdigest())
        response: HttpResponseBase = FileResponse(file, content_type="application/zip")
        name = f"{name}.zip"
    else:
        response = HttpResponse(bundle, content_type="application/cbor")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(SIGNED_IN)
def download_roots(request: HttpRequest) -> HttpResponse:
    """Hands out the root keys pinned here, as ``accord verify --root`` reads them; they are public.

    View permission: any officer in post.
    """
    pinned = Party.objects.exclude(root_public=None).order_by("code")
    roots = [{"party": one.code, "root": b64encode(bytes(one.root_public or b"")).decode()} for one in pinned]
    response = JsonResponse({"roots": roots}, json_dumps_params={"indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="roots.json"'
    return response


class _InMemory(MemoryFileUploadHandler):
    """Keeps a small file in memory and stops at a large one, so that evidence with content never lies on a disk."""

    def handle_raw_input(self, *arguments: Any, **named: Any) -> None:
        self.activated = True
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > CHECKED_BYTES_MAX:
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)


@page(SIGNED_IN, methods=("GET", "POST"))
def show_check(request: HttpRequest) -> HttpResponse:
    """Checks a file of evidence that somebody brings, says what it proves, and keeps nothing of it.

    View permission: any officer in post; no content of the file is shown.
    """
    # Before the form is read for its token, or the file would lie in a temporary folder meanwhile.
    request.upload_handlers = [_InMemory(request)]
    return _checked(request)


# The token is checked inside, once the handler above is in place.
show_check.csrf_exempt = True  # type: ignore[attr-defined]


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    shown: dict[str, Any] = {"roots": sorted(_roots()), "limit": CHECKED_BYTES_MAX // 1024 // 1024}
    if request.method != "POST":
        return show(request, "desk/check.html", shown)
    given = request.FILES.get("file")
    data = given.read() if given is not None else b""
    if not data:
        error = FileNotChecked("No file came, or it is empty or larger than what is checked here.")
        return show(request, "desk/check.html", {**shown, "error": error}, status=error.http_status)
    name = str(given.name) if given is not None else ""
    shown |= {
        "judged": judge(data, _roots()),
        "name": name,
        "bytes": len(data),
        "file_digest": hashlib.sha256(data).hexdigest(),
        "known": _known(data),
    }
    return show(request, "desk/check.html", shown)


def _known(data: bytes) -> bool:
    """Whether this node's own logs hold the very entry that the file is about."""
    try:
        bundle = EvidenceBundle.decode(data)
    except AccordError:
        return False
    rows = Entry.objects.filter(position=bundle.index)
    return any(bytes(row.header) == bundle.header and sealed_digest_of(row) == bundle.sealed_digest for row in rows)
