"""Permission asked and answered: what no caveat permits, the originator may permit, by a message of the channel.

A question is drafted from the item and names it, the caveat that stands in the way, the use and the recipient; it is
approved and released like any message, and filed in the same case at the other side, with a clock to the day by which
the answer is needed. The answer repeats what was asked, so that it proves by itself what was granted. On the asker's
node it becomes a :class:`~accord.handling.models.Grant`. Taking a grant back is recalling its answer.

Source: Arar Commission (2006), recommendation 9 ("an efficient procedure to ask for changes"); rules BI-02 and BI-03.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.drafting import Fields, draft_of_kind, draft_reply
from accord.exchange.kinds import PERMISSION_ANSWER, PERMISSION_REQUEST
from accord.exchange.kinds.particulars import Correspondence
from accord.exchange.kinds.permission_request import PermissionRequest
from accord.exchange.models import Message
from accord.exchange.own_side import OwnSide
from accord.exchange.withdrawn import require_not_withdrawn
from accord.handling.errors import PermissionActRefused
from accord.handling.models import Grant
from accord.handling.procedural import said_anyway
from accord.handling.uses import Intended, content_of, recipient_of, require_reach
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.vocabulary.refusal import PermissionOutcome

__all__ = ["ANSWER_DAYS", "GRANT_DAYS_MAX", "answer_permission", "ask_permission", "standing_caveat"]

ANSWER_DAYS: Final = 7
"""Days after which an answer is asked for where the officer names no day: the limit of a request that is not urgent."""

GRANT_DAYS_MAX: Final = 365
"""Days for which one answer may permit a use: a year, after which the reasons are weighed anew."""


def standing_caveat(content: Correspondence, recipient: str) -> int | None:
    """Returns the number, from 1, of the first caveat that names a recipient; ``None`` where none does."""
    for number, caveat in enumerate(content.caveats, 1):
        if recipient in caveat.who_may_access:
            return number
    return None


def _own(content: Correspondence) -> OwnSide:
    """What is known of a message that says nothing of its own: an item about nobody is asked about without anybody."""
    names_somebody = bool(getattr(content, "persons", ()) or getattr(content, "person_categories", ()))
    return OwnSide(
        has_personal_data=False,
        asks_about_person=None if names_somebody else False,
        names_source=False,
        is_compelled=False,
        has_safeguarded_information=False,
        has_third_party_origin=False,
        contains_received_from=(),
    )


@transaction.atomic
def ask_permission(
    officer: Officer,
    item: Message,
    intended: Intended,
    *,
    justification: str,
    answer_by: date | None = None,
    fields: Fields | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts a question to the originator: may this item be used so, by or for this recipient?

    Args:
        officer: The drafter.
        item: The received item.
        intended: The use that is asked for.
        justification: Why it is needed.
        answer_by: Day by which the answer is needed; a week from now where it is left out.
        fields: What the officer's desk knows besides: authority, contact, legal basis, language.
        now: The time.

    Returns:
        The draft.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: The other side has withdrawn the item, its content is gone, or the case is closed.
        UseRefused: It is not said who would get it.
        PermissionActRefused: The item is our own, or is itself a question or an answer about permission.
        FieldRefused: A field given is refused.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    moment = now or timezone.now()
    item = Message.objects.select_related("case").get(pk=item.pk)
    require_reach(officer, item)
    if item.is_ours or item.kind in {PERMISSION_REQUEST, PERMISSION_ANSWER} or item.envelope_id is None:
        raise PermissionActRefused("Permission is asked for what the other side sent.", code="handling.nothing-to-ask")
    require_not_withdrawn(item)
    content = content_of(item)
    recipient = recipient_of(officer, item, intended)
    caveat = standing_caveat(content, recipient)
    asked: dict[str, object] = {
        "about": str(item.envelope_id),
        "about_ref": content.message_ref,
        "new_use": intended.use.value,
        "new_recipient": recipient,
        "new_purpose": intended.purpose.value,
        "answer_by": (answer_by or moment.date() + timedelta(days=ANSWER_DAYS)).isoformat(),
        **({"justification": justification} if justification.strip() else {}),
        **({"caveat": caveat} if caveat is not None else {}),
    }
    common = said_anyway(officer, content, fields or {}, moment.date())
    return draft_of_kind(
        officer, item.case, PERMISSION_REQUEST, {**common, **asked}, own=_own(content), in_reply_to=item, now=now
    )


@transaction.atomic
def answer_permission(
    officer: Officer,
    request: Message,
    *,
    result: PermissionOutcome | str,
    conditions: Sequence[str] = (),
    permitted_until: date | None = None,
    used_once: bool = False,
    reasons: str = "",
    fields: Fields | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts the originator's answer to one permission request.

    Args:
        officer: An officer who may answer.
        request: The question of the other side.
        result: Granted, granted with conditions, or denied.
        conditions: What the other side must keep to; one a line.
        permitted_until: Last day of the permission, where it is granted.
        used_once: Whether one use uses it up.
        reasons: The reasons, as far as they may be told.
        fields: What the officer's desk knows besides.
        now: The time.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is our own, or was withdrawn.
        PermissionActRefused: It is no such question, is answered already, or what is said does not fit together.
        FieldRefused: A field given is refused.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    moment = now or timezone.now()
    request = Message.objects.select_related("case", "in_reply_to").get(pk=request.pk)
    require_reach(officer, request)
    if request.kind != PERMISSION_REQUEST:
        raise PermissionActRefused("This is no question for a permission.", code="handling.no-permission-request")
    if Grant.objects.filter(request=request).exists():
        raise PermissionActRefused(
            "This question has been answered.",
            code="handling.answered",
            next_step="Recall the answer to take a permission back; the other side may then ask anew.",
        )
    said = _said(result, [line for line in conditions if line.strip()], permitted_until, moment.date())
    if said is not PermissionOutcome.DENIED:
        require_not_recalled(request.in_reply_to)
    content = content_of(request)
    asked = msgspec.structs.asdict(content)
    granted = said is not PermissionOutcome.DENIED
    answer: dict[str, object] = {
        **{name: asked[name] for name in ECHOED},
        "result": said.value,
        **({"permitted_until": permitted_until.isoformat()} if granted and permitted_until is not None else {}),
        **({"used_once": True} if granted and used_once else {}),
        **(
            {"conditions": [line.strip() for line in conditions if line.strip()]}
            if said is PermissionOutcome.GRANTED_WITH_CONDITIONS
            else {}
        ),
        **({"reasons": reasons} if reasons.strip() else {}),
    }
    item = request.in_reply_to
    own = _own(content_of(item)) if item is not None else OwnSide(has_personal_data=False)
    common = said_anyway(officer, content, fields or {}, moment.date())
    return draft_reply(officer, request, PERMISSION_ANSWER, {**common, **answer}, own=own, now=now)


ECHOED: Final = ("about", "new_use", "new_recipient", "new_purpose")
"""Members of a question that its answer repeats, letter for letter."""


def _said(
    result: PermissionOutcome | str, conditions: Sequence[str], until: date | None, today: date
) -> PermissionOutcome:
    if result not in set(PermissionOutcome):
        raise PermissionActRefused(
            "It is not said whether it is granted.",
            code="handling.no-result",
            next_step="Choose granted, granted with conditions, or denied.",
            fields={"field": "result"},
        )
    said = PermissionOutcome(result)
    if said is PermissionOutcome.DENIED:
        return said
    if until is not None and until < today:
        raise PermissionActRefused(
            "The last day of the permission is over.",
            code="handling.last-day-over",
            next_step="Write a day from today on, within a year.",
            fields={"field": "permitted_until", "days": GRANT_DAYS_MAX},
        )
    if until is None or until > today + timedelta(days=GRANT_DAYS_MAX):
        raise PermissionActRefused(
            "A permission needs its last day, within a year.",
            code="handling.no-last-day",
            next_step="Write the last day on which it may be used so.",
            fields={"field": "permitted_until", "days": GRANT_DAYS_MAX},
        )
    if (said is PermissionOutcome.GRANTED_WITH_CONDITIONS) != bool(conditions):
        raise PermissionActRefused(
            "Conditions belong to a permission that is granted with conditions, and only there.",
            code="handling.conditions",
            next_step="Write the conditions, one a line, or choose another answer.",
            fields={"field": "conditions"},
        )
    return said


def require_not_recalled(item: Message | None) -> None:
    """Raises where we have recalled the item that a permission would speak of: the recall wins.

    Raises:
        PermissionActRefused: It is recalled, or not known.
    """
    if item is None or item.recalled_at is not None or item.state == Message.State.WITHDRAWN:
        raise PermissionActRefused(
            "We have recalled this item, so that nobody may use it any more.",
            code="handling.item-recalled",
            next_step="Deny the permission, or send a corrected item and let them ask about that one.",
        )


def echoes(asked: PermissionRequest, said: Mapping[str, object] | object) -> bool:
    """Returns whether an answer repeats what was asked, letter for letter."""
    return all(getattr(asked, name) == getattr(said, name, None) for name in ECHOED)
