"""What workstreams do by themselves in a running node, apart from requests and from the channel: one thread for all.

A workstream registers its rounds when it is made ready; the node asks each in turn, so that a long one comes in small
pieces.
"""

from collections.abc import Callable
from typing import Protocol

__all__ = ["Rounds", "add_rounds", "all_rounds"]


class Rounds(Protocol):
    """Something that is done a piece at a time."""

    def do_some(self) -> bool:
        """Does a piece of what waits; returns whether there is more at once."""

    def close(self) -> None:
        """Lets go of what is open."""


_MADE: list[Callable[[], Rounds]] = []


def add_rounds(make: Callable[[], Rounds]) -> None:
    """Registers rounds; each node that starts makes its own."""
    if make not in _MADE:
        _MADE.append(make)


def all_rounds() -> list[Rounds]:
    """Returns the rounds of a node that starts."""
    return [make() for make in _MADE]
