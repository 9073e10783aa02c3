"""Consignments added up: by substance, by route, by month.

Each figure is a sum over the same rows, so that the groups of any one way of looking come to the whole.

Masses are kilograms as ``Decimal``; a consignment whose notice states no mass is counted and adds nothing, and the sum
says how many there were: a sum that hides what it does not know is wrong.

Source: 1988 Convention, article 12, paragraph 10 (a): what a notice before export states.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

__all__ = [
    "Consignment",
    "Flow",
    "Group",
    "by_month",
    "by_route",
    "by_substance",
    "months_between",
    "whole_of",
]

NONE: Final = Decimal(0)

MONTHS_FILLED_MAX: Final = 240
"""Months, with the empty ones between, that are listed: a year that was mistyped must not make thousands."""

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Consignment:
    """One consignment, as its notice tells of it.

    Args:
        substance: By what the substance is told apart from others.
        substance_name: Its name as the notice writes it.
        route: Codes of the countries: origin, those passed through, destination.
        departs_on: Day of departure as the notice expects it.
        kg: Mass in kilograms; nothing where the notice states none.
        is_objected: Whether the importing side objected or refused.
        is_stopped: Whether it was stopped, or not sent at all.
    """

    substance: str
    route: tuple[str, ...]
    departs_on: date
    kg: Decimal | None = None
    is_objected: bool = False
    is_stopped: bool = False
    substance_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Consignments added up.

    Args:
        notices: How many.
        kg: Their mass in kilograms, of those whose mass is stated.
        without_kg: How many state none.
        objections: To how many the importing side objected.
        stopped: How many were stopped, or not sent at all.
        stopped_kg: The mass of those in kilograms; it is in ``kg`` as well.
    """

    notices: int = 0
    kg: Decimal = NONE
    without_kg: int = 0
    objections: int = 0
    stopped: int = 0
    stopped_kg: Decimal = NONE

    def __add__(self, other: "Flow") -> "Flow":
        """Returns both together."""
        return Flow(
            notices=self.notices + other.notices,
            kg=self.kg + other.kg,
            without_kg=self.without_kg + other.without_kg,
            objections=self.objections + other.objections,
            stopped=self.stopped + other.stopped,
            stopped_kg=self.stopped_kg + other.stopped_kg,
        )


@dataclass(frozen=True, kw_only=True)
class Group(Generic[_Key]):
    """Consignments that have something in common.

    Args:
        key: What they have in common.
        flow: What they come to.
    """

    key: _Key
    flow: Flow


def _one(consignment: Consignment) -> Flow:
    return Flow(
        notices=1,
        kg=consignment.kg if consignment.kg is not None else NONE,
        without_kg=int(consignment.kg is None),
        objections=int(consignment.is_objected),
        stopped=int(consignment.is_stopped),
        stopped_kg=consignment.kg if consignment.is_stopped and consignment.kg is not None else NONE,
    )


def whole_of(consignments: Iterable[Consignment]) -> Flow:
    """Returns what all of them come to."""
    return sum(map(_one, consignments), Flow())


def _grouped(consignments: Iterable[Consignment], key_of: Callable[[Consignment], _Key]) -> dict[_Key, Flow]:
    """Returns the sum of each group; every consignment is in one."""
    found: dict[_Key, Flow] = {}
    for one in consignments:
        key = key_of(one)
        found[key] = found.get(key, Flow()) + _one(one)
    return found


def by_substance(consignments: Iterable[Consignment]) -> tuple[Group[str], ...]:
    """Returns the flows by substance, the most frequent first."""
    return _most_first(_grouped(consignments, lambda one: one.substance))


def by_route(consignments: Iterable[Consignment]) -> tuple[Group[tuple[str, ...]], ...]:
    """Returns the flows by route, the most frequent first; another way through is another route."""
    return _most_first(_grouped(consignments, lambda one: one.route))


def by_month(consignments: Iterable[Consignment]) -> tuple[Group[date], ...]:
    """Returns the flows by month of departure, the earliest first, with months in which nothing left between them."""
    found = _grouped(consignments, lambda one: one.departs_on.replace(day=1))
    if not found:
        return ()
    months = months_between(min(found), max(found))
    if len(months) > MONTHS_FILLED_MAX:
        months = tuple(sorted(found))
    return tuple(Group(key=month, flow=found.get(month, Flow())) for month in months)


def months_between(first: date, last: date) -> tuple[date, ...]:
    """Returns the first day of each month from that of one day to that of another."""
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(begin, end + 1))


def _most_first(found: dict[Any, Flow]) -> tuple[Group[Any], ...]:  # Any: a code or a route
    ordered = sorted(found.items(), key=lambda item: (-item[1].notices, -item[1].kg, item[0]))
    return tuple(Group(key=key, flow=flow) for key, flow in ordered)
