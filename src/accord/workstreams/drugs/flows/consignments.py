"""The notices that an officer may read, as consignments to add up.

Need to know is one condition (:mod:`accord.exchange.reach`), and every figure is made of the rows that it lets pass:
another officer may see other figures, and the pages say so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from accord.exchange.reach import within
from accord.exchange.withdrawn import stands
from accord.officers.models import Officer
from accord.workstreams.drugs.flows.grouping import Consignment
from accord.workstreams.drugs.kinds.pre_export_reply import OBJECTING
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.lists import doubled_for
from accord.workstreams.drugs.substances.book import table_in_force

__all__ = [
    "STOPPED",
    "Read",
    "Wanted",
    "as_consignment",
    "asked_of",
    "notices_for",
    "read_consignments",
    "substance_key",
    "substance_names",
    "substances_of",
]

NOTICES_MAX: Final = 20_000
"""Notices that are added up at once: two states' notices of years; where there are more, the newest, and it is said."""

SUBSTANCES_MAX: Final = 500
"""Substances that can be chosen from; the register knows fewer."""

STOPPED: Final = frozenset({Became.NOT_SENT, Became.STOPPED, Became.SEIZED})
"""What became of a consignment that did not go on: it was not sent, or stopped or seized on its way."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows.

    Args:
        substance: Key of the substance, as :func:`substance_key` has it; empty for every one.
        is_ours: Whether we told of them, or they; ``None`` for both.
        peer: Code of the other party; empty for every one.
        since: First day.
        until: Last day.
        route: Codes of the countries of one route; empty for every one.
    """

    substance: str = ""
    is_ours: bool | None = None
    peer: str = ""
    since: date | None = None
    until: date | None = None
    route: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read.

    Args:
        notices: The notices, the newest departure first.
        is_cut: Whether there are more than are added up.
        handling: The highest handling of them.
        doubled: Keys of those that share their PEN reference with another one that the officer may read.
    """

    notices: tuple[Notice, ...]
    is_cut: bool
    handling: str
    doubled: frozenset[UUID]

    @property
    def consignments(self) -> tuple[Consignment, ...]:
        """The consignments of the notices."""
        return tuple(map(as_consignment, self.notices))


def substance_key(substance: str, cas_number: str, name: str) -> str:
    """Returns by what a substance is told apart: our register's code, else its CAS number, else its name as written."""
    return substance or cas_number or name.casefold()


def asked_of(officer: Officer, wanted: Wanted, day: str) -> Q:
    """Returns the condition that a row of the workstream is one which an officer may read and asks for.

    Args:
        officer: Who reads.
        wanted: Which rows; a route is not asked, since not every row has one.
        day: Name of the column that has the day.
    """
    asked = within(officer, "case__")
    if wanted.is_ours is not None:
        asked &= Q(is_ours=wanted.is_ours)
    if wanted.peer:
        asked &= Q(peer=wanted.peer)
    if wanted.since is not None:
        asked &= Q(**{f"{day}__gte": wanted.since})
    if wanted.until is not None:
        asked &= Q(**{f"{day}__lte": wanted.until})
    if wanted.substance:
        asked &= (
            Q(substance=wanted.substance)
            | Q(substance="", cas_number=wanted.substance)
            | Q(substance="", cas_number="", substance_name__iexact=wanted.substance)
        )
    return asked


def notices_for(officer: Officer, wanted: Wanted) -> QuerySet[Notice]:
    """Returns the notices that an officer may read and asks for, the newest departure first."""
    asked = asked_of(officer, wanted, "departure_on")
    if wanted.route:
        asked &= Q(origin_country=wanted.route[0], destination_country=wanted.route[-1])
    # Of an erased notice no company is left, and it is shown no more; one of ours may have been taken back in time.
    asked &= ~Q(exporter="") & stands("message__")
    return Notice.objects.filter(asked).order_by("-departure_on", "-pk")


def _route(notice: Notice) -> tuple[str, ...]:
    return (notice.origin_country, *notice.transit_countries, notice.destination_country)


def as_consignment(notice: Notice) -> Consignment:
    """Returns what a notice says of its consignment."""
    # Of a mixture the substance alone counts, where the notice says how much of it there is.
    mass = notice.pure_kg if notice.pure_kg is not None else notice.gross_kg
    return Consignment(
        substance=substance_key(notice.substance, notice.cas_number, notice.substance_name),
        route=_route(notice),
        departs_on=notice.departure_on,
        kg=mass,
        is_objected=notice.reply_result in OBJECTING,
        is_stopped=notice.became in STOPPED,
        substance_name=notice.substance_name,
    )


def read_consignments(officer: Officer, wanted: Wanted) -> Read:
    """Returns the notices that an officer may read and asks for, as far as they are added up."""
    rows = notices_for(officer, wanted)
    found = list(rows[: NOTICES_MAX + 1])
    kept = [one for one in found[:NOTICES_MAX] if not wanted.route or _route(one) == wanted.route]
    highest = rows.order_by().aggregate(highest=Max("message__handling"))["highest"] if kept else ""
    return Read(
        notices=tuple(kept),
        is_cut=len(found) > NOTICES_MAX,
        handling=highest or "",
        doubled=doubled_for(officer, kept),
    )


def substances_of(officer: Officer) -> Mapping[str, str]:
    """Returns the substances in the notices that an officer may read: their keys, and what they are called."""
    rows = notices_for(officer, Wanted()).order_by().values_list("substance", "cas_number", "substance_name").distinct()
    return substance_names((substance_key(*row), row[2]) for row in rows[:SUBSTANCES_MAX])


def substance_names(told: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Returns what substances are called: as our register has it, else as a message writes it, with its CAS number.

    Args:
        told: Key and name as it was written of each, as often as it was told.
    """
    known = table_in_force().by_id()
    found: dict[str, str] = {}
    for key, written in told:
        if key in known:
            found[key] = known[key].label
        elif key not in found:
            is_number = written and written.casefold() != key
            found[key] = f"{written} ({key})" if is_number else written or key
    return found
