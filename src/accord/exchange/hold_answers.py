"""Answers to the gate's holds: in writing, by whoever bears the office that the rule names, never by an author."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accord.exchange.authors import authors_of
from accord.exchange.errors import ActRefused
from accord.exchange.gate_facts import facts_of, hold_binding
from accord.exchange.models import HoldAnswer, Message
from accord.exchange.reasons import note_with_reason, require_reason
from accord.law.decision import Decision, Outcome
from accord.officers.models import Officer
from accord.officers.offices import bearers_of
from accord.officers.permissions import Permission, require
from accord.release.errors import ApprovalRefused
from accord.release.services import check

__all__ = ["answer_hold", "offices_awaited"]


def offices_awaited(decision: Decision) -> list[str] | None:
    """Returns the offices whose written answer alone keeps a message from passing; ``None`` where there is none.

    Where anything else stops it, an answer to the hold would not let it pass yet: its author mends that first.
    """
    if decision.outcome is not Outcome.HOLD:
        return None
    return list(dict.fromkeys(hold.decider for hold in decision.holds))


@transaction.atomic
def answer_hold(
    officer: Officer, message: Message, *, policy: str, reason: str, now: datetime | None = None
) -> HoldAnswer:
    """Answers one hold of the gate in writing; the reason stays readable with the case and for the reviewer.

    Args:
        officer: Who bears the office that the rule names; never an author of the text.
        message: The draft that is held.
        policy: The policy that held it, as the decision names it.
        reason: Why it may go on, for the file and the reviewer.
        now: The time.

    Raises:
        NotPermitted: The officer may not answer holds.
        ApprovalRefused: The officer wrote the text, or does not bear the office that decides.
        ActRefused: It has left, or this policy does not hold it.
        TextRefused: The reason is blank.
    """
    require(officer, Permission.HOLD_ANSWER)
    words = require_reason(reason)
    moment = now or timezone.now()
    rows = Message.objects.select_for_update(of=("self",)).select_related("case", "drafted_by", "in_reply_to")
    held = rows.get(pk=message.pk)
    if not held.may_change:
        raise ActRefused("A hold is answered before release.", code="exchange.hold-not-answered")
    if officer.pk in authors_of(held):
        raise ApprovalRefused("Nobody answers a hold on their own text.", code="release.own-draft")
    facts = facts_of(held, releaser=None, now=moment)
    holding = {hold.policy: hold.decider for hold in check(facts).holds}
    if policy not in holding:
        raise ActRefused(
            "This policy does not hold the message now.",
            code="exchange.no-such-hold",
            next_step="Answer a hold that the gate names for the text as it stands.",
            fields={"field": "policy", "policy": policy[:64]},
        )
    _require_office(officer, holding[policy], authors_of(held))
    answer, _ = HoldAnswer.objects.update_or_create(
        message=held,
        policy=policy,
        defaults={
            "decided_by": officer,
            "decided_at": moment,
            "reason": words,
            "bound_to": hold_binding(held, facts),
        },
    )
    detail: dict[str, str | int | bool | None] = {"policy": policy, "office": holding[policy]}
    note_with_reason(officer, "answer hold", held, held.case, reason=words, at=moment, detail=detail)
    if held.held_for is not None:
        held.held_for = offices_awaited(check(facts_of(held, releaser=None, now=moment)))
        held.save(update_fields=["held_for"])
    return answer


def _require_office(officer: Officer, office: str, authors: frozenset[int]) -> None:
    if office in officer.offices:
        return
    bearers = [other.username for other in bearers_of(office, but_not=authors)]
    raise ApprovalRefused(
        f"This hold is decided by: {office}. You do not bear that office here.",
        code="exchange.hold-decider",
        next_step=(
            f"Ask {' or '.join(bearers)}." if bearers else "Ask the administrator to record who bears that office."
        ),
        fields={"office": office, "bearers": bearers},
    )
