"""Using what was received: every act beyond reading it in its case is asked of the gate and stands on record.

Filing is asked when a message comes in. To open a file of it, to print it, to hand it on inside or outside the agency,
to bring it into court or to act against somebody's rights on it is another use, under other rules (purpose, caveats,
handling code, originator, mistreatment, retention), and is asked here before it is made. The gate is asked without a
permission first; where it says no, a grant of the originator is looked for that unlocks exactly this act, and the gate
is asked again with it. So a grant is used up only by an act that needed it.

Invariants:

* no use without its own decision, and the decision on record, whatever it is;
* an item that its originator has withdrawn is used for nothing, whatever was granted.

Source: rules BI-02, BI-03, BI-12, CA-04, IN-13; Directions under the ACMFEA, direction 3 (use of information).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.errors import ActRefused, NotFound
from accord.exchange.facts import Use as UseFacts
from accord.exchange.facts import facts_of_use
from accord.exchange.holding import require_holder
from accord.exchange.kinds import STRUCTS
from accord.exchange.kinds.limits import LINE_CHARACTERS_MAX
from accord.exchange.kinds.particulars import Correspondence
from accord.exchange.models import Attachment, Message
from accord.exchange.reach import reads
from accord.exchange.text import check_written
from accord.exchange.withdrawn import require_not_withdrawn
from accord.handling.derivations import record as record_derivation
from accord.handling.erasing import is_erased
from accord.handling.errors import UseRefused
from accord.handling.grants import unlocking
from accord.handling.models import Grant, Use, Way
from accord.handling.standing import Standing, correction_state, governed_fields, last_restriction, standing_of
from accord.law.decision import Decision
from accord.law.facts import Facts, MistreatmentSuspicion, UseEffect
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.release.gate import our_party
from accord.release.records import keep_decision
from accord.release.services import check
from accord.vocabulary.handling import Handling
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import OUTWARD_USES, OWN_AGENCY_USES, UseCode

__all__ = [
    "CURED_BY_PERMISSION",
    "Intended",
    "content_of",
    "last_stopped",
    "recipient_of",
    "require_nameable",
    "require_reach",
    "stops_only_for_permission",
    "use_item",
    "uses_of",
]

READING: Final = frozenset({UseCode.OPEN, UseCode.PRINT, UseCode.EXPORT})
"""Uses by which a reader of the case takes a copy; they need no right to answer, and the case may be a colleague's."""

STATE: Final = re.compile(r"[A-Z][A-Z0-9]{1,7}")
"""A state's code, as the law reads it."""

_EFFECTS: Final[dict[UseCode, UseEffect]] = {
    UseCode.OPEN: "file",
    UseCode.PRINT: "file",
    UseCode.EXPORT: "file",
    UseCode.COURT: "evidence",
    UseCode.ASYLUM_BODY: "deprive-of-rights",
    UseCode.ACCESS_REQUEST: "access-request",
    UseCode.DEPRIVE_OF_RIGHTS: "deprive-of-rights",
}
"""What the law calls the effect of a use; every other one is a lead for somebody."""

CURED_BY_PERMISSION: Final = frozenset(
    {
        "BI-02.other-use",
        "BI-02.caveat",
        "BI-02.public",
        "BI-02.court",
        "BI-02.spread",
        "BI-02.stated-limit",
        "BI-03.onward",
        "BI-03.originator",
        "CA-18.refused",
        "IN-09.exempt",
    }
)
"""Policies that yield to a permission of the originator."""


_WAYS: Final[dict[UseCode, Way]] = {
    UseCode.OPEN: Way.EXPORT,
    UseCode.EXPORT: Way.EXPORT,
    UseCode.PRINT: Way.PRINT,
    UseCode.FORWARD: Way.FORWARD,
    **dict.fromkeys(OUTWARD_USES, Way.FORWARD),
}
"""What a use makes of an item, for the graph of where things came from; a lead makes nothing."""


@dataclass(frozen=True, kw_only=True)
class Intended:
    """What an officer is about to do with a received item.

    Args:
        use: The act.
        purpose: Its purpose.
        recipient: Who gets it, as a caveat would name them; left empty for acts inside the agency that received it.
        handed_to: The person or office in the officer's own words, where that is more than the recipient.
        suspicion: Whether it may have been obtained through mistreatment; not knowing protects.
        relies_on_peer_decision: Whether the own authority is said to rest on the other side's gate.
        imminence: What makes death or serious harm imminent, where it is.
        is_minimum_data: Whether only what averts the harm is used.
        concerns_rights: Whether an applicant for access alleges corruption or a breach of human rights.
        file: The file of it that is used, where it is not the message.
    """

    use: UseCode
    purpose: Purpose
    recipient: str = ""
    handed_to: str = ""
    suspicion: MistreatmentSuspicion = "unknown"
    relies_on_peer_decision: bool = False
    imminence: str = ""
    is_minimum_data: bool = False
    concerns_rights: bool | None = None
    file: Attachment | None = None


def content_of(item: Message) -> Correspondence:
    """Returns the content of a message.

    Raises:
        ActRefused: Its content is not here any more.
    """
    if not bytes(item.content) or item.kind not in STRUCTS or is_erased(item):
        raise ActRefused("The content of this message is not here.", code="exchange.no-content")
    # What its originator restricted since governs each use from then on.
    fields = governed_fields(item.fields, standing_of(item))
    if fields.get("handling") == Handling.H3.value:
        # A restriction that came later states its limits in words of its own, in its own message.
        fields.setdefault("handling_note", "Restricted by its originator after delivery.")
    content: Correspondence = msgspec.convert(fields, STRUCTS[item.kind])
    return content


def recipient_of(officer: Officer, item: Message, intended: Intended) -> str:
    """Returns who gets an item by a use: for acts inside the agency, that of the officer or the one addressed.

    Raises:
        UseRefused: An act that takes the item outside names nobody.
    """
    if intended.use in OWN_AGENCY_USES:
        return officer.agency or content_of(item).recipient.agency
    if intended.use is UseCode.ACCESS_REQUEST:
        # Who applied is no business of the originator's, and of no caveat.
        return intended.use.value
    recipient = intended.recipient
    if not recipient.strip() or len(recipient) > LINE_CHARACTERS_MAX:
        raise UseRefused(
            "It is not said who gets it.",
            code="handling.no-recipient",
            next_step="Name the agency, state, court or office that would get it, as a caveat would name it.",
            fields={"field": "recipient"},
        )
    require_nameable(intended.use, recipient, peer=item.case.peer_id)
    return recipient


def require_reach(officer: Officer, item: Message) -> None:
    """Raises where the case of an item is beyond what an officer reads; it is answered as if there were none.

    Raises:
        NotFound: There is none that the officer reads.
    """
    if not reads(officer, item.case):
        raise NotFound("There is no such message.")


def require_standing(item: Message) -> None:
    """Raises where a correction of the originator recalled an item or had it erased.

    Raises:
        ActRefused: It did.
    """
    if standing_of(item).is_recalled:
        raise ActRefused(
            "The other side has withdrawn this message.",
            code="exchange.withdrawn",
            next_step="Ask for a corrected message where one is needed.",
        )


def require_nameable(use: UseCode, recipient: str, *, peer: str) -> None:
    """Raises where a state or an agency is not named by its code.

    Args:
        use: The act.
        recipient: Who would get it.
        peer: The party that sent the item.

    Raises:
        UseRefused: With what to write instead.
    """
    if use is UseCode.THIRD_STATE and (not STATE.fullmatch(recipient) or recipient in {our_party(), peer}):
        raise UseRefused(
            "The third state is not named by its code.",
            code="handling.no-such-state",
            next_step="Write the state's code in capitals, such as FR; neither ours nor the sender's.",
            fields={"field": "recipient"},
        )
    known = {agency.code for agency in Party.objects.get(code=our_party()).described.agencies}
    if use is UseCode.OTHER_AGENCY and recipient not in known:
        raise UseRefused(
            "Our profile has no such agency.",
            code="handling.no-such-agency",
            next_step="Choose an agency of our own side by its code.",
            fields={"field": "recipient"},
        )


def use_item(
    officer: Officer,
    item: Message,
    intended: Intended,
    *,
    mark: Use.Mark = Use.Mark.NONE,
    now: datetime | None = None,
) -> Use:
    """Asks the gate whether a received item may be used so, and keeps the answer on record.

    Args:
        officer: The officer who wants to use it.
        item: The received message.
        intended: What is to be done with it.
        mark: Where the mark of this use is laid in, for what leaves as a print or a file.
        now: The time.

    Returns:
        The use on record: it is permitted, under the conditions of its decision and its grant.

    Raises:
        NotPermitted: The officer may not use it so.
        NotFound: The officer does not read its case.
        CaseHeld: A colleague holds the case.
        ActRefused: It is our own, was withdrawn, or its content is not here.
        UseRefused: It is not said who gets it.
        GateRefuses: The law does not let it be used so; the decision is on record.
    """
    require(officer, Permission.CASE_READ if intended.use in READING else Permission.MESSAGE_ANSWER)
    check_written({"recipient": intended.recipient, "handed_to": intended.handed_to, "imminence": intended.imminence})
    if item.is_ours:
        raise ActRefused("Only what was received is used.", code="exchange.own-message")
    moment = now or timezone.now()
    with transaction.atomic():
        # Locked, so that a recall that is being filed comes before this use or after it, never in its middle.
        held = Message.objects.select_for_update(of=("self",)).select_related("case").get(pk=item.pk)
        require_reach(officer, held)
        require_not_withdrawn(held)
        require_standing(held)
        if intended.use not in READING:
            require_holder(officer, held.case)
        recipient = recipient_of(officer, held, intended)
        facts, decision, grant = _asked(held, intended, recipient, moment)
        record = keep_decision(facts, decision, actor=officer, at=moment, description=held.reference)
        made = Use.objects.create(
            item=held,
            file=intended.file,
            use=intended.use.value,
            recipient=recipient,
            handed_to=intended.handed_to.strip()[:LINE_CHARACTERS_MAX],
            purpose=intended.purpose.value,
            officer=officer,
            at=moment,
            decision=record,
            is_permitted=decision.lets_pass,
            grant=grant,
            mark=mark if decision.lets_pass else Use.Mark.NONE,
        )
        if decision.lets_pass and intended.use in _WAYS:
            detail = {"use": str(made.pk), "act": intended.use.value, "recipient": recipient}
            record_derivation(_WAYS[intended.use], held, officer=officer, detail=detail, now=moment)
        if grant is not None and grant.used_once:
            grant.used_at = moment
            grant.save(update_fields=["used_at"])
        note(
            officer,
            "use message" if decision.lets_pass else "stop use of message",
            held,
            at=moment,
            detail={"use": intended.use.value, "purpose": intended.purpose.value, "decision": record.pk},
        )
    # The record of a refusal is committed before the refusal is raised.
    if not decision.lets_pass:
        raise GateRefuses(decision)
    return made


def _asked(item: Message, intended: Intended, recipient: str, moment: datetime) -> tuple[Facts, Decision, Grant | None]:
    """Returns the facts, the gate's answer, and the grant without which it would have been no."""
    standing = standing_of(item)
    told = UseFacts(
        effect=_EFFECTS.get(intended.use, "lead"),
        purpose=intended.purpose,
        suspicion=intended.suspicion,
        onward_state=recipient if intended.use is UseCode.THIRD_STATE else None,
        relies_on_peer_decision=intended.relies_on_peer_decision,
        concerns_rights=intended.concerns_rights,
        correction_state=correction_state(standing),
        is_life_threat=bool(intended.imminence.strip()),
        imminence=intended.imminence or None,
        is_minimum_data=intended.is_minimum_data,
        act=intended.use,
        recipient=recipient,
    )
    party, content, on = our_party(), content_of(item), moment.date()
    facts = facts_of_use(party=party, peer=item.case.peer_id, kind=item.kind, content=content, use=told, on=on)
    facts = _as_restricted(facts, standing)
    decision = check(facts)
    if decision.lets_pass:
        return facts, decision, None
    grant = unlocking(
        item,
        use=intended.use,
        recipient=recipient,
        purpose=intended.purpose,
        on=on,
        after=last_restriction(standing),
    )
    if grant is None:
        return facts, decision, None
    permitted = msgspec.structs.replace(facts, originator_permission=True)
    decision = check(permitted)
    return permitted, decision, grant if decision.lets_pass else None


def _as_restricted(facts: Facts, standing: Standing) -> Facts:
    """Returns the facts with the caveats marked that the originator added after delivery; they are the last ones."""
    first = len(facts.caveats) - len(standing.caveats)
    later = (msgspec.structs.replace(caveat, is_later=True) for caveat in facts.caveats[first:])
    return msgspec.structs.replace(facts, caveats=(*facts.caveats[:first], *later))


def stops_only_for_permission(decision: Decision) -> bool:
    """Returns whether a permission of the originator would let the act pass: nothing else stops it."""
    stopping = [reason for reason in decision.reasons if not reason.outcome.lets_pass and not reason.is_waived]
    return bool(stopping) and all(reason.policy in CURED_BY_PERMISSION for reason in stopping)


def last_stopped(officer: Officer, item: Message) -> Use | None:
    """Returns the last use of an item by an officer that the gate stopped."""
    stopped = Use.objects.filter(item=item, officer=officer, is_permitted=False)
    return stopped.order_by("-at", "-id").first()


def uses_of(items: Sequence[Message]) -> list[Use]:
    """Returns the uses that were made, or stopped, of messages, the newest first.

    Args:
        items: The messages.
    """
    found = Use.objects.filter(item__in=[item.pk for item in items]).select_related("officer", "grant__answer", "file")
    return list(found.order_by("-at", "-id"))
