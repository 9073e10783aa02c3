"""What a draft that holds received matter may be for, and what of it the originator must permit.

Matter was received for one purpose and from one party. A draft that holds it serves that purpose and goes back to that
party, or else each item of it needs the originator's permission for this very recipient and purpose: to follow it for
another purpose (``lead``, for our own agency) or to pass it to a third state. A grant that permits exactly that lets
the draft pass as far as it goes, and is used up by its release where it says so.

Source: rules BI-02 and BI-03; UN Convention against Transnational Organized Crime, article 18(19), as the default.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from accord.exchange.drafting import own_side_of
from accord.exchange.drafts import FieldProblem
from accord.exchange.models import Message
from accord.handling.governance import Governance
from accord.handling.grants import unlocking
from accord.handling.models import Grant
from accord.handling.standing import Standing, last_restriction, standings_of
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode

__all__ = ["ASK", "ASK_PARTY", "PassedOn", "not_permitted", "passed_on", "use_up"]

ASK: Final = "Choose that purpose, take it out, or ask its originator for permission."
ASK_PARTY: Final = "Take it out, or ask its originator for permission."


@dataclass(frozen=True, kw_only=True)
class PassedOn:
    """One received item in a draft that needs its originator's permission there.

    Args:
        item: The item.
        use: The act that is asked for.
        recipient: Who gets it, as the question names them.
        purpose: The purpose of the draft.
        grant: What permits it, if anything does.
    """

    item: Message
    use: UseCode
    recipient: str
    purpose: Purpose
    grant: Grant | None

    @property
    def is_onward(self) -> bool:
        """Whether it goes to another party than the one that gave it."""
        return self.use is UseCode.THIRD_STATE


def passed_on(message: Message, governed: Governance, *, on: date, locks: bool = False) -> tuple[PassedOn, ...]:
    """Returns what of a draft needs its originator's permission, with the grants that there are.

    Args:
        message: The draft; where it states no purpose yet, that is told first.
        governed: What governs it.
        on: Day of the act.
        locks: Whether the grants are locked, to be used up.
    """
    fields = message.fields
    try:
        purpose = Purpose(str(fields.get("purpose")))
    except ValueError:
        return ()
    own = own_side_of(message)
    # What averts death or serious harm is not kept from the party that gave it; a third state stays shut (BI-03).
    is_emergency = bool(
        purpose is Purpose.PROTECT_LIFE and own.is_life_threat and own.imminence and own.is_minimum_data
    )
    sender = fields.get("sender")
    agency = str(sender.get("agency")) if isinstance(sender, dict) else ""
    standings = standings_of(governed.sources)
    found = []
    for item in Message.objects.filter(pk__in=governed.sources).select_related("case").order_by("pk"):
        is_onward = item.case.peer_id != message.case.peer_id
        if not is_onward and (is_emergency or item.fields.get("purpose") == purpose.value):
            continue
        use = UseCode.THIRD_STATE if is_onward else UseCode.LEAD
        recipient = message.case.peer_id if is_onward else agency
        grant = unlocking(
            item,
            use=use,
            recipient=recipient,
            purpose=purpose,
            on=on,
            after=last_restriction(standings.get(item.pk, Standing())),
            locks=locks,
        )
        found.append(PassedOn(item=item, use=use, recipient=recipient, purpose=purpose, grant=grant))
    return tuple(found)


def not_permitted(found: tuple[PassedOn, ...]) -> Iterator[FieldProblem]:
    """Yields what keeps a draft from leaving: each item that no grant permits there.

    Args:
        found: What of it needs permission.
    """
    for one in found:
        if one.grant is not None:
            continue
        reference = one.item.reference
        if one.is_onward:
            yield FieldProblem(
                field="recipient",
                sentence=f"It holds a passage or file of {reference}, which came from {one.item.case.peer_id}.",
                next_step=ASK_PARTY,
            )
        else:
            received = one.item.fields.get("purpose")
            yield FieldProblem(
                field="purpose",
                sentence=f"It holds a passage or file of {reference}, which came for another purpose: {received}.",
                next_step=ASK,
            )


def use_up(found: tuple[PassedOn, ...], officer: Officer, now: datetime) -> None:
    """Puts on record that a draft left on the word of grants, and uses up those that permit one use.

    Args:
        found: What of it needed permission; the grants are locked.
        officer: Who released it.
        now: The time.
    """
    for one in found:
        if one.grant is None:
            continue
        if one.grant.used_once:
            one.grant.used_at = now
            one.grant.save(update_fields=["used_at"])
        detail = {"use": one.use.value, "purpose": one.purpose.value, "grant": str(one.grant.pk)}
        note(officer, "use message", one.item, at=now, detail={**detail})
