"""What a room above knows of the matter of a draft, such as since when a substance that it names is controlled.

It differs from a circumstance (:mod:`accord.exchange.circumstances`) in that it depends on what the draft says. Such a
room registers a completer when Django is ready; it is handed the facts and returns them with what they lacked.

A completer adds to what an officer stated and makes it stricter, and lets nothing pass that the statement alone would
have stopped. Where no officer stated anything, it may read the draft's own fields.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from accord.exchange.own_side import OwnSide
from accord.law.facts import Facts

__all__ = ["Completer", "complete_facts", "completed"]

Completer = Callable[[Facts, Mapping[str, Any], OwnSide], Facts]  # Any: each field has its own type

_COMPLETERS: Final[list[Completer]] = []


def complete_facts(completer: Completer) -> None:
    """Lets a room above complete the facts of each draft; a second registration of the same one changes nothing.

    Args:
        completer: Of facts, the typed values of the fields given so far and what our side stated, returns the facts.
    """
    if completer not in _COMPLETERS:
        _COMPLETERS.append(completer)


def completed(facts: Facts, given: Mapping[str, Any], own: OwnSide) -> Facts:
    """Returns facts with what the rooms above know.

    Args:
        facts: The facts of a draft.
        given: Typed values of its fields given so far.
        own: What our side stated.
    """
    for completer in _COMPLETERS:
        facts = completer(facts, given, own)
    return facts
