"""The second officer: what waits, what exactly would leave, approve, send back, answer a hold, release."""

import difflib
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import msgspec
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.authors import authors_of
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.exchange.services import answer_hold, approve, check_draft, read_message, release, send_back, withdraw
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.officers.permissions import Permission
from accord.oversight.services import facts_of
from accord.release.models import Approval

__all__ = ["act_on_approval", "show_approval", "show_approvals"]

ROWS: Final = 100
STATES: Final = (Message.State.SUBMITTED, Message.State.APPROVED)


@page(Permission.CASE_READ)
def show_approvals(request: HttpRequest) -> HttpResponse:
    """Lists what waits for a second officer or for its release, the oldest first.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    waiting = (
        Message.objects.filter(state__in=STATES, direction=Message.Direction.OUT)
        .select_related("case", "drafted_by", "approval", "in_reply_to__clock")
        .order_by("saved_at")[:ROWS]
    )
    shown = {
        "rows": [(message, message.drafted_by_id == officer.pk) for message in waiting],
        "may_approve": officer.may(Permission.MESSAGE_APPROVE),
        "handling_marks": max((message.handling for message in waiting), default=""),
    }
    return show(request, "desk/approvals.html", shown)


@page(Permission.CASE_READ)
def show_approval(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows exactly what would leave, what the gate was told, and what it answered.

    View permission: ``case.read``; approving and releasing need their own permissions.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    approval = _approval(message)
    if approval is None or message.state not in STATES:
        return redirect("desk:case", message.case.own_ref)
    payload = msgspec.json.decode(bytes(approval.payload), type=dict[str, Any])
    seen = request.session.get(_seen_key(message))
    shown = {
        "message": message,
        "case": message.case,
        "approval": approval,
        "leaves": parts_of(payload),
        "own": parts_of(_own(message)),
        "facts": sorted(facts_of(approval.decision).items()) if approval.decision else [],
        "decision": check_draft(officer, message).decision,
        "digest": bytes(approval.payload_digest).hex(),
        "facts_digest": bytes(approval.decision.facts_digest).hex() if approval.decision else "",
        "changes": list(_changes(str(seen), _flat(payload))) if seen and seen != _flat(payload) else [],
        "is_own": officer.pk in authors_of(message),
        "may_approve": officer.may(Permission.MESSAGE_APPROVE),
        "may_release": officer.may(Permission.MESSAGE_RELEASE),
        "may_answer_hold": officer.may(Permission.HOLD_ANSWER),
        "has_lapsed": approval.has_lapsed(timezone.now()),
        "handling_marks": message.handling,
    }
    if officer.may(Permission.MESSAGE_APPROVE):
        request.session[_seen_key(message)] = _flat(payload)
    return show(request, "desk/approval.html", shown)


def _approval(message: Message) -> Approval | None:
    if message.approval_id is None:
        return None
    return Approval.objects.select_related("decision", "requested_by", "decided_by").get(pk=message.approval_id)


def _seen_key(message: Message) -> str:
    return f"seen-{message.pk}"


def _own(message: Message) -> dict[str, Any]:
    held = bytes(message.own_side)
    return msgspec.json.decode(held, type=dict[str, Any]) if held else {}


def _flat(payload: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {msgspec.json.encode(value).decode()}" for name, value in sorted(payload.items()))


def _changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yields what was taken out and what was put in since the officer last saw the text, a line each."""
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line.startswith(("- ", "+ ")):
            yield ("del" if line.startswith("- ") else "ins", line[2:])


@page(Permission.CASE_READ, methods=("POST",))
def act_on_approval(request: HttpRequest, key: UUID) -> HttpResponse:
    """Approves, sends back, answers a hold, releases, or withdraws a message that has not left.

    View permission: ``case.read``; each act needs its own permission, which its service asks for.
    """
    officer, given = officer_of(request), request.POST
    message = read_message(officer, key)
    act = given.get("act", "")
    again = reverse("desk:approval", args=[message.pk])
    try:
        if act == "approve":
            approve(
                officer,
                message,
                seen_digest=_digest(given.get("digest", "")),
                seen_facts_digest=_digest(given.get("facts_digest", "")),
            )
            notes.success(request, _("Approved, byte for byte. It can be released now."))
        elif act == "send-back":
            send_back(officer, message, reason=given.get("reason", ""))
            notes.success(request, _("Sent back to its drafter, with your reason."))
        elif act == "hold":
            answer_hold(officer, message, policy=given.get("policy", ""), reason=given.get("reason", ""))
            notes.success(request, _("Your answer to the hold stands with the message."))
        elif act == "release":
            if settings.ACCORD_SECOND_FACTOR and not _is_fresh(request):
                return redirect(f"{reverse('account_reauthenticate')}?next={again}")
            left = release(officer, message)
            words = _("Released. It leaves now, and its receipt is awaited.")
            notes.success(request, words if left.released_id else _("It leaves at its hour, by itself."))
            return redirect("desk:case", message.case.own_ref)
        elif act == "withdraw":
            withdraw(officer, message)
            notes.success(request, _("Withdrawn before it was sealed. Nothing left."))
        else:
            raise NotFound("There is no such act.")
    except AccordError as error:
        if isinstance(error, NotFound):
            raise
        notes.error(request, f"{error.sentence} {error.next_step} ({error.reason_code})")
    return redirect(again)


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _is_fresh(request: HttpRequest) -> bool:
    return bool(did_recently_reauthenticate(request))
