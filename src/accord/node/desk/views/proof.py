"""Proof: what can be shown to a stranger of a message, by whose signature, and how to check it without us."""

from typing import Any, Final
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from accord.channel.evidence import verify_bundle
from accord.channel.keys import VerifyKey
from accord.courier.evidence import evidence_for
from accord.courier.health import message_times
from accord.courier.models import Entry
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.exchange.services import read_message
from accord.node.desk.page import officer_of, page, show
from accord.officers.acts import note
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = ["download_evidence", "show_proof"]


LATER: Final = frozenset({"receipt", "time"})


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


@page(Permission.EVIDENCE_EXPORT)
def show_proof(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows each thing that is proven of a message in one sentence, checked just now as anybody can check it.

    View permission: ``evidence.export``.
    """
    message = read_message(officer_of(request), key)
    entry = _entry(message)
    shown: dict[str, Any] = {"message": message, "case": message.case, "handling_marks": message.handling}
    if entry is not None:
        bundle = evidence_for(entry, discloses_body=True)
        verdict = verify_bundle(bundle, _roots())
        shown |= {
            "entry": entry,
            "verdict": verdict,
            # Only a receipt may still be missing; anything else that fails is a fault or a forgery.
            "is_broken": not verdict.claims or any(not one.ok for one in verdict.claims if one.name not in LATER),
            "bytes": len(bundle),
            "leaf": bytes(entry.leaf).hex(),
            "times": message_times(entry.envelope_id),
            "qr": SafeString(segno.make(bytes(entry.leaf).hex(), error="m").svg_inline(scale=4, omitsize=True)),
        }
    return show(request, "desk/proof.html", shown)


@page(Permission.EVIDENCE_EXPORT)
def download_evidence(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hands out the evidence bundle; the export is noted as an act.

    View permission: ``evidence.export``.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    entry = _entry(message)
    if entry is None:
        raise NotFound("The message is in no log yet, so that nothing can be proven of it.")
    discloses = request.GET.get("content") != "without"
    bundle = evidence_for(entry, discloses_body=discloses)
    note(officer, "export evidence", message, detail={"discloses_body": discloses})
    response = HttpResponse(bundle, content_type="application/cbor")
    response.headers["Content-Disposition"] = f'attachment; filename="{message.pk}.accord-evidence"'
    return response
