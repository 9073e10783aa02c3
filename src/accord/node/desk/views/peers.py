"""Our own node and the other parties: profile, words of the root keys, pairing, keys in use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accord.channel.fingerprint import fingerprint_words
from accord.channel.keys import VerifyKey
from accord.channel.keyset import KeysetChain
from accord.channel.sealkeys import SealPublicKey
from accord.courier.models import Channel
from accord.errors import AccordError, OfficerCanMend
from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.views.accounts import require_fresh
from accord.officers.peers import invite_peer, propose_peer, waiting_peers
from accord.officers.permissions import Permission
from accord.parties.custody import custody_in_use
from accord.parties.keysets import channel_keys
from accord.parties.models import Party
from accord.parties.register_book import counting
from accord.parties.registers import Register
from accord.parties.services import INVITATION_BYTES, shared_safety_number

__all__ = ["show_keys", "show_parties"]


@page(Permission.CHANNEL_MANAGE, methods=("GET", "POST"))
def show_parties(request: HttpRequest) -> HttpResponse:
    """Shows this node and its peers; makes an invitation, and takes one up.

    View permission: ``channel.manage``.
    """
    officer, given, error = officer_of(request), request.POST, None
    if request.method == "POST":
        try:
            require_fresh(request)
            if given.get("act") == "invite":
                return _invitation(request)
            if given.get("act") != "accept":
                raise NotFound("There is no such act.")
            sent = request.FILES.get("invitation")
            if sent is None:
                raise OfficerCanMend(
                    "No invitation was sent along.", code="desk.no-file", next_step="Choose the file that you received."
                )
            made = propose_peer(officer, sent.read(INVITATION_BYTES + 1), heard_words=given.get("words", ""))
        except AccordError as refused:
            error = refused
        else:
            done = _("The words agree. The channel is open.")
            waits = _("The words agree. A second person now compares them in the same way.")
            notes.success(request, waits if made.settled_at is None else done)
            return redirect("desk:parties")
    shown = {
        "parties": [_party(one) for one in Party.objects.order_by("-is_self", "code")],
        "waiting": waiting_peers().count(),
        "address": _our_address(),
        "given": given,
        "error": error,
        "here": "parties",
    }
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/administration/parties.html", shown, status=status)


def _invitation(request: HttpRequest) -> HttpResponse:
    peer = request.POST.get("peer", "").strip().upper()
    made = invite_peer(
        officer_of(request), peer, channel_url=request.POST.get("url", "").strip(), custody=custody_in_use()
    )
    name = f"invitation-{settings.ACCORD_PARTY.lower()}-for-{peer.lower()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/json", headers=headers)


def _our_address() -> str:
    """Returns where our channel is reached, as an invitation says it; empty where only the operator knows."""
    config = settings.CONFIG
    if config.channel_url or config.channel_host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared with, not bound to
        return str(config.channel_url)
    host = f"[{config.channel_host}]" if ":" in config.channel_host else config.channel_host
    return f"https://{host}:{config.channel_port}"


def _party(party: Party) -> dict[str, Any]:
    words = fingerprint_words(bytes(party.root_public)) if party.root_public else ()
    return {
        "party": party,
        "profile": party.described if party.profile else None,
        "words": words,
        "qr": SafeString(segno.make(" ".join(words), error="m").svg_inline(scale=4, omitsize=True)) if words else "",
        "safety_number": _safety_number(party),
        "risk": None if party.is_self else counting(Register.RISK, party.code, on=timezone.now().date()),
        "channel": Channel.objects.filter(peer=party).first(),
    }


def _safety_number(party: Party) -> str:
    if party.is_self or party.root_public is None:
        return ""
    try:
        return shared_safety_number(party, custody_in_use())
    except AccordError:
        return ""  # the keys are closed; the words still stand


@page(Permission.CHANNEL_MANAGE)
def show_keys(request: HttpRequest) -> HttpResponse:
    """Shows the keys that count in each channel, on both sides: what for, since when, how old, and until when.

    View permission: ``channel.manage``.
    """
    return show(request, "desk/administration/keys.html", {"channels": list(_channels()), "here": "keys"})


def _channels() -> Iterator[dict[str, Any]]:
    for channel in Channel.objects.order_by("pk"):
        try:
            held = channel_keys(channel.party_code, channel.peer_id)
        except AccordError as error:
            # One channel whose keys are missing or do not verify must not hide the others.
            yield {"peer": channel.peer_id, "sides": [], "error": error}
            continue
        signs_with = held.sign_key_id(channel.out_size).hex()
        yield {
            "peer": channel.peer_id,
            "sides": [_side(held.ours, signs_with=signs_with), _side(held.theirs, signs_with="")],
        }


def _side(chain: KeysetChain, *, signs_with: str) -> dict[str, Any]:
    latest = chain.latest
    kinds = (("sign", latest.sign_keys), ("seal", latest.seal_keys), ("archive", latest.archive_keys))
    keys = []
    for kind, entries in kinds:
        for entry in entries:
            key = (VerifyKey if kind == "sign" else SealPublicKey).from_bytes(entry.public)
            since = _since(chain, entry.public)
            keys.append(
                {
                    "kind": kind,
                    "key_id": key.key_id.hex(),
                    "since": since,
                    "age_days": (timezone.now() - since).days,
                    "entry": entry,
                    "signs_now": key.key_id.hex() == signs_with,
                }
            )
    return {
        "party": latest.party,
        "serial": latest.serial,
        "issued_at": _moment(latest.issued_ms),
        "renew_by": _moment(latest.valid_until_ms),
        "is_due": _moment(latest.valid_until_ms) < timezone.now(),
        "keys": keys,
        "pins": [pin.hex() for pin in latest.tls_pins],
    }


def _since(chain: KeysetChain, public: bytes) -> datetime:
    """Returns when the first keyset that names a key was issued."""
    for keyset in chain.keysets:
        if any(one.public == public for one in (*keyset.sign_keys, *keyset.seal_keys, *keyset.archive_keys)):
            return _moment(keyset.issued_ms)
    return _moment(chain.latest.issued_ms)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC)
