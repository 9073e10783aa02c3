"""What the node knows of a draft besides what its drafter states: posts, reviewers, lanes and corrections.

Nothing here costs an ordinary message a query: posting and roles are read from the drafter's own row, and whether a
reviewer is in post is asked only in an emergency. A room above that knows more of a message (its lane is suspended by
an objection, what it quotes was withdrawn) tells it through :func:`tell_circumstances` when Django is ready.

What a room found in a draft overrules what its officer stated of it: an error or a third party where the officer
stated none, and whether the originator permitted it, which its own answer proves and nobody's word.

Source: rules BI-03, BI-05, BI-06, BI-09, BI-10, BI-14 and CA-21.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from msgspec import structs

from accord.exchange.models import Message
from accord.exchange.own_side import OwnSide
from accord.law.facts import Facts
from accord.law.statements import Circumstances, Statements
from accord.officers.models import Officer
from accord.officers.permissions import Role

__all__ = ["is_reviewer_in_post", "statements_of", "tell_circumstances", "with_circumstances"]

Teller = Callable[[Message, datetime], Mapping[str, Any]]  # Any: each circumstance has its own type

_STATED: Final = tuple(field.name for field in structs.fields(Statements))
_KNOWN: Final = frozenset(field.name for field in structs.fields(Circumstances)) - frozenset(_STATED)
_FOUND: Final = ("has_known_error", "third_party_origin", "originator_permission", "originator_consent")
"""Facts that a room may find: found, they hold whatever was stated."""

_TELLERS: Final[list[Teller]] = []


def tell_circumstances(teller: Teller) -> None:
    """Lets a room above tell circumstances of each draft whose facts are read, such as a suspended lane.

    Args:
        teller: Of a draft at a time, returns members of :class:`~accord.law.statements.Circumstances` by name, none
            where it knows nothing; also the facts of ``_FOUND`` where it found out, and the parties whose matter it
            found as ``contains_received_from``.
    """
    if teller not in _TELLERS:
        _TELLERS.append(teller)


def statements_of(own: OwnSide) -> dict[str, Any]:  # Any: each statement has its own type
    """Returns what an officer stated of particular records and lanes, by the names of the facts."""
    return {name: getattr(own, name) for name in _STATED}


def with_circumstances(facts: Facts, message: Message, *, now: datetime) -> Facts:
    """Returns the facts of a draft with what the node knows of it besides.

    Args:
        facts: What the draft and our own side say.
        message: The draft.
        now: The time.
    """
    drafter = message.drafted_by
    known: dict[str, Any] = {
        "is_post_ended": None if drafter is None else not drafter.is_posted(now),
        "does_drafter_review": None if drafter is None else Role.REVIEWER.value in drafter.roles,
        "is_reviewer_in_post": is_reviewer_in_post(now) if facts.is_life_threat else None,
    }
    for teller in _TELLERS:
        told = teller(message, now)
        known |= {name: value for name, value in told.items() if name in _KNOWN}
        known |= {name: told[name] for name in _FOUND if name in told}
        held = dict.fromkeys((*facts.contains_received_from, *told.get("contains_received_from", ())))
        if len(held) > len(facts.contains_received_from):
            known["contains_received_from"] = tuple(held)
    return structs.replace(facts, **known)


def is_reviewer_in_post(now: datetime) -> bool:
    """Returns whether somebody at this node may review now."""
    posted = Q(active_until__isnull=True) | Q(active_until__gt=now)
    # The roles are a short list in JSON, which the two databases do not search alike; the officers of a node are few.
    roles = Officer.objects.filter(posted, is_active=True, waits_for_second=False).values_list("roles", flat=True)
    return any(Role.REVIEWER.value in one for one in roles)
