"""What waits for a second person: accounts, tokens, certificates, locks and invitations; to agree to or to refuse."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as notes
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.views.accounts import require_fresh
from accord.officers.four_eyes import (
    confirm_account,
    confirm_officer,
    left_if_refused,
    makers_of,
    refuse_account,
    refuse_officer,
)
from accord.officers.lockout import refuse_unlock, unlock
from accord.officers.models import ApiToken, ClientCertificate, Officer, PeerProposal
from accord.officers.peers import confirm_peer, refuse_peer, waiting_peers
from accord.officers.permissions import Permission
from accord.officers.seen import digest_of, require_as_seen

__all__ = ["show_waiting"]

TOKENS: Final[Mapping[str, Any]] = {"token": ApiToken, "certificate": ClientCertificate}


@page(Permission.OFFICER_CONFIRM, methods=("GET", "POST"))
def show_waiting(request: HttpRequest) -> HttpResponse:
    """Lists what waits, with what it would change; agrees to one or refuses it.

    View permission: ``officer.confirm``; who asked for it, or is meant, does not agree to it. Either word counts for
    what the page showed alone: what changed since is shown anew.
    """
    officer = officer_of(request)
    error = None
    if request.method == "POST":
        try:
            require_fresh(request)
            is_agreed = request.POST.get("act") == "agree"
            _settle(officer, request.POST, is_agreed=is_agreed)
        except AccordError as refused:
            error = refused
        else:
            notes.success(
                request, _("Agreed. It counts from now on.") if is_agreed else _("Refused. Nothing of it counts.")
            )
            return redirect("desk:waiting")
    rows = [_told(row) for row in _rows(officer)]
    shown = {"rows": rows, "error": error, "here": "waiting"}
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/administration/waiting.html", shown, status=status)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Adds to a row its name and the digest of what it shows."""
    thing = row.get("proposal") or row.get("token") or row["account"]
    return {**row, "name": str(row.get("account") or row.get("proposal")), "seen": digest_of(thing)}


def _rows(officer: Officer) -> Iterator[dict[str, Any]]:
    for account in Officer.objects.filter(waits_for_second=True):
        makers = makers_of(account)
        is_theirs = account.has_usable_password() and account.own_password_at is None
        yield {
            "kind": "account",
            "key": account.pk,
            "account": account,
            "makers": list(Officer.objects.filter(pk__in=makers)),
            "left": left_if_refused(account),
            "changes": account.waiting_changes or [{"what": "account", "before": {}}],
            "is_mine": officer.pk in {account.pk, *makers},
            "may_take_back": officer.pk in makers,
            "needs_password": is_theirs,
        }
    for account in Officer.objects.filter(unlock_asked_by__isnull=False).select_related("unlock_asked_by"):
        yield {
            "kind": "lock",
            "key": account.pk,
            "account": account,
            "makers": [account.unlock_asked_by],
            "may_take_back": officer.pk == account.unlock_asked_by_id,
            "is_mine": officer.pk in {account.unlock_asked_by_id, account.pk},
        }
    for kind, model in TOKENS.items():
        for token in model.objects.filter(waits_for_second=True).select_related("officer", "made_by"):
            yield {
                "kind": kind,
                "key": token.pk,
                "account": token.officer,
                "token": token,
                "makers": [token.made_by] if token.made_by else [],
                "may_take_back": officer.pk == token.made_by_id,
                "is_mine": officer.pk in {token.made_by_id, token.officer_id},
            }
    for proposal in waiting_peers().select_related("made_by"):
        yield {
            "kind": "peer",
            "key": proposal.pk,
            "proposal": proposal,
            "makers": [proposal.made_by],
            "is_mine": officer.pk == proposal.made_by_id,
            "may_take_back": officer.pk == proposal.made_by_id,
        }


@transaction.atomic
def _settle(officer: Officer, given: Any, *, is_agreed: bool) -> None:  # Any: Django's QueryDict
    kind, key = given.get("kind", ""), given.get("key", "")
    number = int(key) if key.isdecimal() and len(key) < 18 else 0
    if kind == "account":
        account = _found(Officer, number, given)
        (confirm_officer if is_agreed else refuse_officer)(officer, account)
    elif kind == "lock":
        account = _found(Officer, number, given)
        if is_agreed:
            unlock(officer, account)
        else:
            refuse_unlock(officer, account)
    elif kind in TOKENS:
        token = _found(TOKENS[kind], number, given)
        (confirm_account if is_agreed else refuse_account)(officer, token)
    elif kind == "peer":
        proposal = _found(PeerProposal, number, given)
        if is_agreed:
            confirm_peer(officer, proposal, heard_words=given.get("words", ""))
        else:
            refuse_peer(officer, proposal)
    else:
        raise NotFound("There is no such request.")


def _found(model: Any, number: int, given: Any) -> Any:  # Any: one of four models, and Django's QueryDict
    found = model.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise NotFound("There is no such request.")
    require_as_seen(found, given.get("seen", ""))
    return found
