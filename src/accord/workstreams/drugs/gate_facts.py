"""What the register of substances and the fields of a draft tell the law gate of the substances that it names.

For each substance of the facts that the register holds:

* the schedules of this party that list it are added to those that were stated;
* the first day of control is the later one of what was stated and what the register has: an event before it is not
  described as an offence, and nobody makes it one by stating an earlier day;
* the number of the notification stands there where none was stated.

Of a substance that no officer stated facts of, the draft's own fields say when it moved, whether that is proposed or
reported, in which direction seen from this party, and which certificate and registration are on its face. Silence of
the other side is none of them.

What the register does not say is left as it was, and the gate reads it as what protects. A threshold takes nothing out:
whether an amount falls below it is for a person to state. What an originator controls is not told: the decision of the
gate stands beside the message that leaves.

Source: rules CA-19, IN-06 and BI-05; Regulation of Controlled Substances Order 2013, Schedules A, B and C.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, Literal

from msgspec import structs

from accord.exchange.own_side import OwnSide
from accord.law.facts import Facts, SubstanceFact
from accord.workstreams.drugs.substances.book import Book, book
from accord.workstreams.drugs.substances.content import Control, SubstanceTable
from accord.workstreams.drugs.substances.finding import Finder
from accord.workstreams.drugs.substances.status import entries_for

__all__ = ["with_control"]

Direction = Literal["import", "export", "domestic", "unknown"]

_DAYS: Final = ("departed_on", "departure_on", "arrived_on", "happened_on", "transaction_on")
"""Fields that say on which day a substance moved, the first that is given counts."""

_REPORTED: Final = ("became", "happened_on", "transaction_on")
"""Fields of kinds that tell what took place: nobody proposes it any more."""

_kept: tuple[Book, SubstanceTable, Finder] | None = None


def with_control(facts: Facts, given: Mapping[str, Any], own: OwnSide) -> Facts:  # Any: each field has its own type
    """Returns facts whose substances bear their control in this party's law.

    Args:
        facts: The facts of a draft.
        given: Typed values of its fields given so far.
        own: What our side stated.
    """
    if not facts.substances:
        return facts
    table, finder = _open_table()
    stated = {one.name for one in own.substances}
    return structs.replace(
        facts,
        substances=tuple(
            _controlled(
                one if one.name in stated else _moved(one, given, facts.party), table, finder, facts.party, facts.date
            )
            for one in facts.substances
        ),
    )


def _open_table() -> tuple[SubstanceTable, Finder]:
    global _kept  # noqa: PLW0603 - what was made last, replaced whole
    now, found = book(), _kept
    if found is None or found[0] is not now:
        table = now.table.opened()
        _kept = found = (now, table, Finder.of(table))
    return found[1], found[2]


def _controlled(fact: SubstanceFact, table: SubstanceTable, finder: Finder, party: str, on: date) -> SubstanceFact:
    row = finder.find(fact.name)
    if row is None:
        return fact
    day = fact.happened_on or on
    entries = [
        one for one in entries_for(table, row.id, jurisdiction=party) if one.valid_to is None or one.valid_to >= day
    ]
    if not entries:
        return fact
    return structs.replace(
        fact,
        schedules=tuple(dict.fromkeys((*fact.schedules, *(code for one in entries for code in one.schedules)))),
        controlled_on=max(filter(None, (fact.controlled_on, _first_day(entries, day))), default=None),
        notification=fact.notification or next((one.notification for one in entries if one.notification), None),
    )


def _first_day(entries: Iterable[Control], day: date) -> date | None:
    """Returns since when a substance is controlled on a day, or from when it will be; nothing where that is not known.

    An entry without its first day may have begun long ago: a later one beside it does not say from when.
    """
    first_days = [one.valid_from for one in entries]
    begun = [first for first in first_days if first is not None and first <= day]
    if begun:
        return min(begun)
    return None if None in first_days else min(filter(None, first_days))


def _moved(fact: SubstanceFact, given: Mapping[str, Any], party: str) -> SubstanceFact:  # Any: fields have their types
    """Returns a fact of which no officer stated anything, with what the draft's own fields say of the movement."""
    direction = _direction(given, party)
    permit = {"export": "export_permit_number", "import": "import_authorisation_number"}.get(direction, "")
    trader = {"export": "exporter", "import": "importer"}.get(direction, "")
    return structs.replace(
        fact,
        happened_on=fact.happened_on or next((given[name] for name in _DAYS if given.get(name) is not None), None),
        movement="reported" if _is_reported(given) else fact.movement,
        direction=direction,
        has_noc=fact.has_noc or bool(given.get(permit)),
        is_registered=fact.is_registered or bool(getattr(given.get(trader), "registration_number", None)),
    )


def _is_reported(given: Mapping[str, Any]) -> bool:
    return bool(given.get("has_departed")) or any(given.get(name) is not None for name in _REPORTED)


def _direction(given: Mapping[str, Any], party: str) -> Direction:
    origin, destination = given.get("origin_country"), given.get("destination_country")
    if origin is None or destination is None:
        return "unknown"
    if party not in {origin, destination}:
        return "unknown"
    if origin == destination:
        return "domestic"
    return "export" if origin == party else "import"
