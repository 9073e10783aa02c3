"""Cases in which our side still owes an act that no message waits for: they wait on us, whatever left since.

A case's column says on whom its last message waits. What a correction asks us to do outlives that message: the officer
may have asked something since, and the case would stand under "waiting on them" with the act undone. The rooms that
know such acts name their cases here; lists ask them when they are read, and no message that is filed or let leave does.
"""

from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accord.exchange.models import Case

__all__ = ["as_they_wait", "register_owing", "waits_on"]

_ROOMS: Final[dict[str, Callable[[], QuerySet[UUID]]]] = {}  # type: ignore[type-var]
_OWED: Final = (Case.Waiting.THEM.value, Case.Waiting.NOBODY.value)


def register_owing(name: str, keys: Callable[[], "QuerySet[UUID]"]) -> None:  # type: ignore[type-var]
    """Has a room name the open cases in which we owe an act; the rows are keys of cases, in a column ``owing_case``.

    Args:
        name: Name of the room; the same again replaces.
        keys: Gives the keys; found along an index that holds nothing but what is owed.
    """
    _ROOMS[name] = keys


def _owed(path: str) -> Q:
    found = Q()
    for keys in _ROOMS.values():
        rows = keys()
        if rows.exists():
            found |= Q(**{f"{path}pk__in": rows})
    return found


def waits_on(who: str, *, path: str = "") -> Q:
    """Returns what finds the cases that wait on somebody.

    Args:
        who: A value of :class:`Case.Waiting`.
        path: What leads to the case, with its underscores.
    """
    said = Q(**{f"{path}waiting_on": who})
    if who == Case.Waiting.GATE:
        return said
    owed = _owed(path)
    if not owed:
        return said
    return said | (owed & Q(**{f"{path}waiting_on__in": _OWED})) if who == Case.Waiting.US else said & ~owed


def as_they_wait(cases: Iterable[Case]) -> set[UUID]:
    """Has cases of a list say that they wait on us where we owe an act in them; none is stored.

    Args:
        cases: The cases, which are read and not saved.

    Returns:
        The keys of those in which we owe an act.
    """
    shown = [case for case in cases if case.state == Case.State.OPEN]
    owing: set[UUID] = set()
    if shown:
        for keys in _ROOMS.values():
            owing |= set(keys().filter(owing_case__in=[case.pk for case in shown]))
    for case in shown:
        if case.pk in owing and case.waiting_on in _OWED:
            case.waiting_on = Case.Waiting.US
    return owing
