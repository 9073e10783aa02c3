"""What the node knows before the first word of a message is written, so that no officer types it again.

The officer's own agency and name, the office that the other side addressed, the language of the page; and from the
officer's last message that left on the same subject to the same party: whom it addressed, under which provisions, and
at which telephone one answers. All of it stands in the form and can be changed.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import get_language

from accord.exchange.models import Message
from accord.officers.models import Officer
from accord.parties.models import Party

__all__ = ["known_of_case", "known_of_reply"]

# Any: members of a message are JSON of many shapes.
_Fields = dict[str, Any]

LASTING: Final = ("recipient", "legal_basis", "duty_phone")
"""What does not change from one message on a subject to the next."""

CONTACT_CHARACTERS_MAX: Final = 120


def known_of_case(officer: Officer, *, peer: str, theme: str) -> _Fields:
    """Returns what a first message of a new case says anyway.

    Args:
        officer: Who begins.
        peer: The party addressed.
        theme: Subject of cooperation.
    """
    return {**_of_last(officer, peer, theme), **_of_officer(officer, officer.agency)}


def known_of_reply(officer: Officer, about: Message) -> _Fields:
    """Returns what a reply says anyway; whom it addresses, its subject and its purpose the service takes over.

    Args:
        officer: Who replies.
        about: The message of the other side.
    """
    found = _of_last(officer, about.case.peer_id, about.case.theme)
    found.pop("recipient", None)
    return {**found, **_of_officer(officer, _addressed(about) or officer.agency)}


def _of_officer(officer: Officer, agency: str) -> _Fields:
    known: _Fields = {"language": (get_language() or "en")[:2]}
    if officer.display_name:
        known["liaison_contact"] = officer.display_name[:CONTACT_CHARACTERS_MAX]
    if agency:
        unit = officer.unit if agency == officer.agency else ""
        known["sender"] = {"party": _ours().code, "agency": agency, **({"unit": unit} if unit else {})}
    return known


def _addressed(about: Message) -> str:
    """Returns the agency of ours that a message addresses; nothing where our profile has no such agency."""
    recipient = about.fields.get("recipient")
    code = str(recipient.get("agency", "")) if isinstance(recipient, Mapping) else ""
    return code if code in {agency.code for agency in _ours().described.agencies} else ""


def _ours() -> Party:
    return Party.objects.get(is_self=True)


def _of_last(officer: Officer, peer: str, theme: str) -> _Fields:
    sent = Message.objects.filter(
        direction=Message.Direction.OUT,
        drafted_by=officer,
        released_at__isnull=False,
        case__peer_id=peer,
        case__theme=theme,
    )
    last = sent.order_by("-id").first()
    fields = last.fields if last is not None and bytes(last.content) else {}
    return {name: fields[name] for name in LASTING if fields.get(name)}
