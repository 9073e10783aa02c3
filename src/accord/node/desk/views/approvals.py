"""The second officer: what waits, what exactly would leave, approve it, send it back, release it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError, OfficerCanMend
from accord.exchange.authors import authors_of
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.exchange.services import (
    approve,
    check_draft,
    preview,
    read_message,
    release,
    send_back,
    take_back,
    withdraw,
)
from accord.law.decision import Decision
from accord.node.desk.changes import Change, changes_between
from accord.node.desk.code_words import choice_label
from accord.node.desk.gate_card import own_fields_read
from accord.node.desk.overview import goes_on
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.reading import parts_of
from accord.node.desk.sign_in import is_fresh
from accord.node.desk.stated import stated
from accord.node.desk.waiting import next_address, what_waits
from accord.node.desk.workstream_acts import answered_by
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.oversight.services import facts_of
from accord.release.approvals import last_seen, note_sight
from accord.release.models import Approval

__all__ = ["act_on_approval", "show_approval", "show_approvals"]

STATES: Final = (Message.State.SUBMITTED, Message.State.APPROVED)


class ChangesUnread(OfficerCanMend):
    """The text is not the one that the officer saw before, and they did not say that they read what changed."""

    code = "desk.changes-unread"
    default_next_step = "Read what changed, tick that you did, and approve again."
    http_status = HTTPStatus.CONFLICT


@page(Permission.CASE_READ)
def show_approvals(request: HttpRequest) -> HttpResponse:
    """Lists what waits for a second officer, a release or the answer to a hold; who can act, since when, until when.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    waiting = what_waits(officer)
    rows = waiting.rows
    shown = {
        "sections": [
            {"is_mine": is_mine, "rows": [row for row in rows if row.is_mine is is_mine]} for is_mine in (True, False)
        ],
        "has_rows": bool(rows),
        "is_cut": waiting.is_cut,
        "count": len(rows),
        "handling_marks": max((row.message.handling for row in rows), default=""),
    }
    return show(request, "desk/approvals.html", shown)


@page(Permission.CASE_READ)
def show_approval(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows exactly what would leave, what the gate was told and answered, and what changed since it was last seen.

    View permission: ``case.read``; approving and releasing need their own permissions.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    if not _waits(message):
        return redirect("desk:case", message.case.own_ref)
    return _shown(request, officer, message)


def _waits(message: Message) -> bool:
    is_unsealed = message.state == Message.State.RELEASED and message.released is not None
    return message.approval_id is not None and (message.state in STATES or is_unsealed)


@dataclass(frozen=True, kw_only=True)
class _Bound:
    """What an approval binds, read from its row and not computed anew."""

    approval: Approval
    payload: dict[str, Any]  # Any: each field has its own type
    facts: dict[str, Any]  # Any: as above
    decision: Decision | None

    @classmethod
    def of(cls, approval: Approval) -> "_Bound":
        record = approval.decision
        return cls(
            approval=approval,
            payload=msgspec.json.decode(bytes(approval.payload), type=dict[str, Any]),
            facts=facts_of(record) if record is not None else {},
            decision=Decision.from_json(record.decision) if record is not None else None,
        )


def _shown(
    request: HttpRequest, officer: Officer, message: Message, *, error: AccordError | None = None
) -> HttpResponse:
    now = timezone.now()
    rows = Approval.objects.select_related("decision", "requested_by", "decided_by")
    approval = get_object_or_404(rows, pk=message.approval_id)
    bound = _Bound.of(approval)
    own = msgspec.json.decode(bytes(message.own_side), type=dict[str, Any]) if bytes(message.own_side) else {}
    changes, told = _changes(officer, bound)
    is_own = officer.pk in authors_of(message)
    present = check_draft(officer, message, now=now).decision if message.state in STATES else None
    shown = {
        "message": message,
        "case": message.case,
        "approval": approval,
        "matter": answered_by(officer, message),
        "leaves": parts_of(bound.payload),
        "payload_language": str(bound.payload.get("language", "")),
        "marking": _marking(bound.payload.get("classification")),
        "files": message.attachments.all(),
        "own": stated(own, read=own_fields_read()),
        "facts": parts_of(bound.facts),
        "decision": bound.decision,
        "present": present if present is not None and _differs(present, bound.decision) else None,
        "has_holds": present is not None and bool(present.holds),
        "digest": bytes(approval.payload_digest).hex(),
        "facts_digest": bytes(approval.decision.facts_digest).hex() if approval.decision else "",
        "changes": changes,
        "told_changes": told,
        "is_own": is_own,
        "may_approve": officer.may(Permission.MESSAGE_APPROVE) and not is_own,
        "may_release": officer.may(Permission.MESSAGE_RELEASE) and not is_own,
        "may_take_back": officer.may(Permission.MESSAGE_DRAFT) and is_own,
        "may_withdraw": officer.may(Permission.MESSAGE_RELEASE),
        "needs_password": settings.ACCORD_SECOND_FACTOR and not is_fresh(request),
        "has_lapsed": approval.has_lapsed(now),
        "handling_marks": message.handling,
        "goes_on": goes_on(officer, unless_chosen=True),
        "error": error,
        "given": request.POST,
    }
    if officer.may(Permission.MESSAGE_APPROVE):
        note_sight(approval, officer, now=now)
    return show(request, "desk/approval.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _marking(classification: Any) -> str:  # Any: as above
    """Returns our own marking with its equivalent, which is not said twice where both have one name."""
    if not isinstance(classification, dict):
        return ""
    own, code = str(classification.get("own", "")), str(classification.get("equivalent", ""))
    equivalent = str(choice_label("equivalent", code)) if code else ""
    same = own.casefold() in {code.casefold(), equivalent.casefold()}
    return " · ".join(one for one in ((equivalent or own,) if same else (own, equivalent)) if one)


def _differs(present: Decision, stored: Decision | None) -> bool:
    return stored is None or present.outcome is not stored.outcome or present.reasons != stored.reasons


def _changes(officer: Officer, bound: _Bound) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Returns what changed in the text, and in what the gate was told, since the officer saw another one."""
    before = last_seen(bound.approval, officer)
    if before is None:
        return (), ()
    old = _Bound.of(before)
    return changes_between(old.payload, bound.payload), changes_between(old.facts, bound.facts)


@page(Permission.CASE_READ, methods=("POST",))
def act_on_approval(request: HttpRequest, key: UUID) -> HttpResponse:
    """Approves, sends back, releases, takes back, or withdraws a message that has not left; then shows the next item.

    View permission: ``case.read``; each act needs its own permission, which its service asks for.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    again = reverse("desk:approval", args=[message.pk])
    act = request.POST.get("act", "")
    if act == "release" and settings.ACCORD_SECOND_FACTOR and not is_fresh(request):
        return redirect(f"{reverse('account_reauthenticate')}?next={again}")
    try:
        return redirect(_done(request, officer, message, act))
    except NotFound:
        raise
    except AccordError as error:
        message = read_message(officer, key)
        if _waits(message):
            return _shown(request, officer, message, error=error)
        shown = {
            "error": error,
            "message": message,
            "case": message.case,
            "reason": request.POST.get("reason", ""),
            "changes": _since_seen(officer, message),
        }
        return show(request, "desk/approval_over.html", shown, status=error.http_status)


def _since_seen(officer: Officer, message: Message) -> tuple[Change, ...]:
    """Returns what differs now from the text that an officer last read on the page of approvals."""
    seen = Approval.objects.filter(subject_id=str(message.pk), sights__officer=officer).order_by("-sights__seen_at")
    last = seen.first()
    if last is None or not bytes(last.payload) or not bytes(message.content):
        return ()
    return changes_between(_Bound.of(last).payload, preview(officer, message))


def _done(request: HttpRequest, officer: Officer, message: Message, act: str) -> str:
    """Does the act and returns the address of what comes next."""
    given = request.POST
    if act == "approve":
        _require_changes_read(officer, message, has_read=given.get("changes") == "read")
        approve(
            officer,
            message,
            seen_digest=_digest(given.get("digest", "")),
            seen_facts_digest=_digest(given.get("facts_digest", "")),
        )
        notes.success(request, _("Approved, byte for byte. It can be released now."))
        is_release_next = officer.may(Permission.MESSAGE_RELEASE)
        here = reverse("desk:approval", args=[message.pk])
        return here if is_release_next else _next(officer, message, stay=here)
    if act == "send-back":
        send_back(officer, message, reason=given.get("reason", ""))
        notes.success(request, _("Sent back to its drafter, with your reason."))
        return _next(officer, message, stay=reverse("desk:case", args=[message.case.own_ref]))
    if act == "release":
        left = release(officer, message)
        words = _("Released. It leaves now, and its receipt is awaited.")
        notes.success(request, words if left.released_id else _("It leaves at its hour, by itself."))
        opened = reverse("desk:case", args=[message.case.own_ref])
        following = _next(officer, message, stay=opened)
        return following if following != reverse("desk:approvals") else opened
    if act == "take-back":
        take_back(officer, message)
        notes.success(request, _("Taken back. It is a draft again, and nothing left."))
        return reverse("desk:draft", args=[message.pk])
    if act == "withdraw":
        withdraw(officer, message)
        notes.success(request, _("Withdrawn before it was sealed. Nothing left."))
        return reverse("desk:case", args=[message.case.own_ref])
    raise NotFound("There is no such act.")


def _next(officer: Officer, message: Message, *, stay: str) -> str:
    """Returns where one goes after an act that ends one's part: on, unless the officer chose to stay."""
    return next_address(officer, after=message.pk) if goes_on(officer, unless_chosen=True) else stay


def _require_changes_read(officer: Officer, message: Message, *, has_read: bool) -> None:
    """Raises where the text is not the one that the officer saw before, unless they said that they read the changes."""
    if message.approval is not None and not has_read and last_seen(message.approval, officer) is not None:
        raise ChangesUnread("The text changed since you last saw it, and you have not said that you read the change.")


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
