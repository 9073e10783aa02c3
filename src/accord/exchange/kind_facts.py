"""What the kind of a message alone tells the law gate: a fact that nobody need state, and that nobody can deny.

The exchange does not know what a room above means by its kinds. Such a room registers one teller a kind when Django is
ready; what it tells stands before what the drafter stated.
"""

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["KindTeller", "register_kind_facts", "told_of_kind"]

KindTeller = Callable[[Mapping[str, Any]], Mapping[str, Any]]  # Any: each field and each fact has its own type

_TELLERS: dict[str, KindTeller] = {}


def register_kind_facts(kind: str, teller: KindTeller) -> None:
    """Makes known what a kind tells the gate; a second teller of the same kind replaces the first (as on reload).

    Args:
        kind: Name of the kind.
        teller: Returns members of :class:`accord.law.facts.Facts` from the typed values of the fields given so far.
    """
    _TELLERS[kind] = teller


def told_of_kind(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a kind tells the gate of the fields given so far; nothing where no room above says anything."""
    teller = _TELLERS.get(kind)
    return dict(teller(given)) if teller is not None else {}
