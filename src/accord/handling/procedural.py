"""What messages about the handling of an item say anyway, so that nobody types it: objections, permissions, reports.

Both sides hold the item already. Where it is about nobody, nor is what is said of its handling, and no source and no
record of ours is in it. Where somebody is named, that is left to the officer, and the gate reads it as what protects.
All of it stands in the form and can be changed.

Source: rule BI-09; Arar Commission (2006), recommendation 12.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import msgspec

from accord.exchange.drafting import Fields, own_side_of
from accord.exchange.kinds.particulars import Caveat, Correspondence
from accord.exchange.models import Case, Message
from accord.exchange.own_side import OwnSide
from accord.handling.erasing import ERASED
from accord.officers.models import Officer
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.vocabulary.handling import Classification, Handling

__all__ = ["known_of_handling", "law_of_last", "least_marking", "own_of_handling", "said_anyway"]

STANDS_FOR_DAYS: Final = 365
"""Days for which the caveat stands, and for which it may be kept."""

CONTACT_CHARACTERS_MAX: Final = 120

STATEMENT: Final = "It states what this authority knows of how the item was handled, on the day of writing."
"""How accurate it is, in words; of the item itself it says nothing new."""

_PERSONS: Final = ("persons", "person_categories", "has_biometrics")


def _names_somebody(items: tuple[Mapping[str, object], ...]) -> bool:
    # Of whom an erased item spoke is not known any more, and what is not known protects.
    return any(ERASED in item or any(item.get(name) for name in _PERSONS) for item in items)


def least_marking(of_item: Classification) -> dict[str, str]:
    """Returns the lowest own marking that is not below that of the item, which the text may speak of."""
    table = Party.objects.get(code=our_party()).described.markings
    fitting = sorted((one for one in table.items() if one[1].rank >= of_item.rank), key=lambda one: one[1].rank)
    own, equivalent = fitting[0] if fitting else (of_item.value, of_item)
    return {"own": own, "equivalent": equivalent.value}


def _by_procedure(officer: Officer, reference: str, agency: str | None, on: date) -> dict[str, object]:
    """Returns who writes, on which basis, and the caveat for the authority addressed, where it is known."""
    contact = (officer.display_name or f"Duty officer of {our_party()}")[:CONTACT_CHARACTERS_MAX]
    until = on + timedelta(days=STANDS_FOR_DAYS)
    known: dict[str, object] = {
        "liaison_contact": contact,
        "legal_basis": [f"Procedure of the caveat of {reference}"],
        "retention_until": until.isoformat(),
        "language": "en",
    }
    if agency is not None:
        caveat = Caveat(
            who_may_access=(agency,),
            permitted_uses=("open", "lead", "print"),
            procedure_contact=contact,
            expires_on=until,
        )
        known["caveats"] = [msgspec.to_builtins(caveat)]
    return known


def known_of_handling(
    officer: Officer, *items: Mapping[str, object], reference: str, theirs: object, on: date
) -> dict[str, object]:
    """Returns the members that are known before the first word.

    Args:
        officer: The drafter.
        items: Fields of what it is about: the item, and the objection that is answered.
        reference: Reference of the item's message.
        theirs: The authority addressed, as the item's fields have it.
        on: Day of writing.
    """
    agency = theirs.get("agency") if isinstance(theirs, Mapping) else None
    known = _by_procedure(officer, reference, agency if isinstance(agency, str) else None, on)
    known["accuracy"] = {"statement": STATEMENT, "as_of": on.isoformat()}
    if not _names_somebody(items):
        known |= {"person_categories": [], "concerns_minor": False}
    return known


def said_anyway(officer: Officer, content: Correspondence, fields: Fields, on: date) -> dict[str, object]:
    """Returns what a reply says anyway; what the officer's desk knows stands before contact, basis and language.

    Authority, contact, marking and caveat are ours: nothing of them is taken from the message that is replied to.

    Args:
        officer: Who drafts.
        content: What is replied to.
        fields: What the desk knows.
        on: The day of the draft.
    """
    known = _by_procedure(officer, content.message_ref, content.sender.agency, on)
    return {
        **known,
        "sender": {"party": our_party(), "agency": content.recipient.agency},
        **{name: value for name, value in fields.items() if value},
        "recipient": msgspec.to_builtins(content.sender),
        "theme": content.theme.value,
        "purpose": content.purpose.value,
        "handling": Handling.H1.value,
        "classification": least_marking(content.classification.equivalent),
        **{name: known[name] for name in ("caveats", "retention_until")},
    }


def law_of_last(case: Case, agency: object) -> str | None:
    """Returns the law of our last message to the peer on the subject; ``None`` where another agency of ours wrote it.

    Args:
        case: The case.
        agency: Code of the agency.
    """
    sent = Message.objects.filter(
        direction=Message.Direction.OUT,
        released_at__isnull=False,
        case__peer_id=case.peer_id,
        case__theme=case.theme,
    )
    last = sent.order_by("-released_at").first()
    sender = last.fields.get("sender") if last is not None else None
    if last is None or not isinstance(sender, Mapping) or sender.get("agency") != agency:
        return None
    return own_side_of(last).authorising_law


def own_of_handling(*items: Mapping[str, object], authorising_law: str | None) -> OwnSide:
    """Returns what our side states of it: of an item about nobody, that it is about nobody.

    Args:
        items: Fields of what it is about.
        authorising_law: The law under which our agency acted before, if it is known.
    """
    if _names_somebody(items):
        return OwnSide(has_third_party_origin=False, names_source=False, authorising_law=authorising_law)
    return OwnSide(
        authorising_law=authorising_law,
        has_personal_data=False,
        asks_about_person=False,
        names_source=False,
        is_compelled=False,
        has_safeguarded_information=False,
        has_third_party_origin=False,
        contains_received_from=(),
    )
