"""Using what was received: each use beyond filing is asked of the gate, with the effect and purpose it really has.

Filing is asked when a message comes in. To follow it as a lead, to bring it as evidence or to act against somebody's
rights on it is another use, under other rules (purpose, mistreatment, permission), and is asked here before it is made.

Source: rules BI-02, CA-04, IN-13; Directions under the ACMFEA, direction 3 (use of information).
"""

from datetime import datetime

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.errors import ActRefused
from accord.exchange.facts import Use, facts_of_use
from accord.exchange.holding import require_holder
from accord.exchange.kinds import STRUCTS
from accord.exchange.models import Message
from accord.exchange.withdrawn import require_not_withdrawn
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.errors import GateRefuses
from accord.release.gate import our_party
from accord.release.models import DecisionRecord
from accord.release.records import keep_decision
from accord.release.services import check

__all__ = ["use_received"]


def use_received(
    officer: Officer, message: Message, use: Use, *, permitted_in: Message | None = None, now: datetime | None = None
) -> DecisionRecord:
    """Asks the gate whether a received message may be used so, and keeps the answer on record.

    Args:
        officer: The officer who wants to use it.
        message: The received message.
        use: What is to be done with it.
        permitted_in: The message of the other side, in the same case, that permits another use than was stated.
        now: The time.

    Returns:
        The decision on record: the use is permitted, under its conditions.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is our own, or was withdrawn, or the permission is no message of theirs in this case.
        GateRefuses: The law does not let it be used so; the decision is on record.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    moment = now or timezone.now()
    if message.is_ours:
        raise ActRefused("Only what was received is used.", code="exchange.own-message")
    require_not_withdrawn(message)
    is_theirs = permitted_in is None or (not permitted_in.is_ours and permitted_in.case_id == message.case_id)
    if not is_theirs or permitted_in == message:
        raise ActRefused(
            "A permission is another message of the other side in the same case.",
            code="exchange.no-permission",
            next_step="Name the message that permits this use, or ask for one.",
            fields={"field": "permitted_in"},
        )
    require_holder(officer, message.case)
    content = msgspec.json.decode(bytes(message.content), type=STRUCTS[message.kind])
    facts = facts_of_use(
        party=our_party(),
        peer=message.case.peer_id,
        kind=message.kind,
        content=content,
        use=msgspec.structs.replace(use, is_permitted=permitted_in is not None),
        on=moment.date(),
    )
    decision = check(facts)
    with transaction.atomic():
        record = keep_decision(facts, decision, actor=officer, at=moment, description=message.reference)
        detail: dict[str, str | int | bool | None] = {"effect": use.effect, "purpose": use.purpose.value}
        note(
            officer,
            "use message" if decision.lets_pass else "stop use of message",
            message,
            at=moment,
            detail={**detail, "decision": record.pk},
        )
    if not decision.lets_pass:
        raise GateRefuses(decision)
    return record
