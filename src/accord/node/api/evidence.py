"""Evidence: the bundle by which a stranger checks a message offline, with nothing but two root keys."""

from typing import Annotated, Final
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Router

from accord.courier.evidence import evidence_for
from accord.courier.models import Entry
from accord.exchange.models import Message
from accord.exchange.reach import messages_for
from accord.handling.models import Use
from accord.handling.taking import take_copy
from accord.handling.watermark import headers_of
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.problems import NotFound
from accord.officers.acts import note
from accord.officers.permissions import Permission
from accord.vocabulary.uses import UseCode

__all__ = ["EVIDENCE_MEDIA_TYPE", "router"]

router = Router()

EVIDENCE_MEDIA_TYPE: Final = "application/cbor"

Discloses = Annotated[bool, Query(True, description="Whether the plaintext goes along, where its key is at hand.")]


def _entry_of(message: Message) -> Entry | None:
    if message.envelope_id is None:
        return None
    entries = Entry.objects.select_related("channel").filter(direction=message.direction)
    return entries.filter(envelope_id=message.envelope_id).first()


@offer(
    router,
    "GET",
    "/messages/{message_id}/evidence",
    permission=Permission.EVIDENCE_EXPORT,
    summary="Export the evidence bundle of a message",
    response=None,
    statuses=(422,),
    raw_answer=EVIDENCE_MEDIA_TYPE,
)
def export_evidence(
    request: ApiRequest,
    message_id: Path[UUID],
    *,
    discloses_body: Discloses = True,
) -> HttpResponse:
    """Exports what proves origin, content, time and receipt of a message; the export is noted as an act."""
    message = messages_for(request.officer).get(pk=message_id)
    found = _entry_of(message)
    if found is None:
        raise NotFound("The message is in no log yet, so that nothing can be proven of it.", code="courier.no-entry")
    use = take_copy(request.officer, message, UseCode.EXPORT, mark=Use.Mark.HEADERS) if discloses_body else None
    bundle = evidence_for(found, discloses_body=discloses_body)
    note(request.officer, "export evidence", message, detail={"discloses_body": discloses_body})
    response = HttpResponse(bundle, content_type=EVIDENCE_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{message_id}.accord-evidence"'
    for member, value in headers_of(use).items() if use is not None else ():
        response.headers[member] = value
    return response
