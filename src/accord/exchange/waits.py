"""Waits that no clock of a request measures: how long the law of a subject gives for a word.

A room above that keeps such waits names its rows here, and the queue has them in the order of what is due, among the
clocks. What is waited for, and in which words it is shown, stays with the room.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import QuerySet

__all__ = ["WaitRows", "register_waits", "waits"]

WaitRows = QuerySet[Any]  # Any: rows of a model of the room

_ROOMS: Final[dict[str, Callable[[], WaitRows]]] = {}


def register_waits(name: str, rows: Callable[[], WaitRows]) -> None:
    """Has a room name what waits, so that the queue lists it by its end.

    Args:
        name: Name of the room; the same again replaces.
        rows: Gives the rows of what is waited for still, over or not: the primary key of each is its ``message``, and
            ``due_at`` is the moment at which the wait ends. They are found along an index by that moment.
    """
    _ROOMS[name] = rows


def waits() -> list[WaitRows]:
    """Returns what each room waits for."""
    return [rows() for rows in _ROOMS.values()]
