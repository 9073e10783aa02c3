"""Whether a substance is controlled somewhere on a day, and where two parties differ.

Three answers, never two: a table that knows no day of control, or holds no entry at all, does not say "not controlled".

A salt or hydrate is controlled by the entries that name it, and by those that name its parent and include salts. What
else an entry includes (derivatives, analogues) is a legal test of a chemist, and is never decided here.

Source: 1988 Convention, article 12; control of a substance begins and ends with the instrument of each party.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accord.workstreams.drugs.substances.content import Control, Extent, Form, Regime, SubstanceTable

__all__ = ["Difference", "Differing", "Standing", "Status", "differences", "entries_for", "status_of", "statuses"]


class Standing(StrEnum):
    """What a table says of a substance on a day."""

    CONTROLLED = "controlled"
    NOT_YET = "not-yet"
    """Every entry begins later, or ended before."""
    UNDATED = "undated"
    """There is an entry and it names no first day."""
    NO_ENTRY = "no-entry"
    """The table has no entry: it was not found, which is not the same as not controlled."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """The standing of a substance in one jurisdiction on a day.

    Args:
        substance: Its code.
        jurisdiction: Code of the party, or UN.
        standing: What the table says.
        entries: The entries that say so.
    """

    substance: str
    jurisdiction: str
    standing: Standing
    entries: tuple[Control, ...]

    @property
    def is_verified(self) -> bool:
        """Whether there is an entry, and the text of each was read."""
        return bool(self.entries) and all(entry.verified for entry in self.entries)

    @property
    def regimes(self) -> frozenset[Regime]:
        """Under which rules the entries put it."""
        return frozenset(entry.regime for entry in self.entries)


class Differing(StrEnum):
    """How two sides differ on a day; the first that holds."""

    ONE_SIDE = "one-side"
    """Controlled on one side, and on the other not on that day."""
    UNDATED = "undated"
    """Both sides list it, and of one the first day is not known: who relies on the day asks first."""
    NOT_KNOWN = "not-known"
    """Of one side no entry was found, or none with a day beside one that has not begun: who relies on it asks first."""
    OTHER_REGIME = "other-regime"
    """A precursor on one side and a drug on the other: other permits, other authorities."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A substance of which two sides do not say the same on a day.

    Args:
        substance: Its code.
        on: The day.
        here: What it is on the one side.
        there: What it is on the other.
        differing: How they differ.
    """

    substance: str
    on: date
    here: Status
    there: Status
    differing: Differing


def differences(table: SubstanceTable, *, on: date, origin: str, destination: str) -> tuple[Difference, ...]:
    """Returns the substances whose standing differs between two sides on a day, such as that of an export.

    Args:
        table: The table.
        on: The day.
        origin: Jurisdiction from which goods leave.
        destination: Jurisdiction to which they go.
    """
    found, listed = [], _Listed(table)
    for one in table.substances:
        here = _status(one.id, origin, on, listed.entries(one.id, origin))
        there = _status(one.id, destination, on, listed.entries(one.id, destination))
        differing = _differing(here, there)
        if differing is not None:
            found.append(Difference(substance=one.id, on=on, here=here, there=there, differing=differing))
    return tuple(found)


def _differing(here: Status, there: Status) -> Differing | None:
    standings = {here.standing, there.standing}
    if standings == {Standing.CONTROLLED, Standing.NOT_YET}:
        return Differing.ONE_SIDE
    if standings == {Standing.CONTROLLED, Standing.UNDATED}:
        return Differing.UNDATED
    if len(standings) > 1:
        return Differing.NOT_KNOWN
    if here.regimes and there.regimes and here.regimes != there.regimes:
        return Differing.OTHER_REGIME
    return None


def status_of(table: SubstanceTable, substance: str, *, jurisdiction: str, on: date) -> Status:
    """Returns the standing of a substance in a jurisdiction on a day."""
    return _status(substance, jurisdiction, on, entries_for(table, substance, jurisdiction=jurisdiction))


def _status(substance: str, jurisdiction: str, on: date, entries: tuple[Control, ...]) -> Status:
    current = tuple(entry for entry in entries if _covers(entry, on))
    dated = tuple(entry for entry in current if entry.valid_from is not None)
    if dated:
        standing, found = Standing.CONTROLLED, dated
    elif current:
        standing, found = Standing.UNDATED, current
    elif entries:
        standing, found = Standing.NOT_YET, entries
    else:
        standing, found = Standing.NO_ENTRY, ()
    return Status(substance=substance, jurisdiction=jurisdiction, standing=standing, entries=found)


def entries_for(table: SubstanceTable, substance: str, *, jurisdiction: str | None = None) -> tuple[Control, ...]:
    """Returns the entries under which a substance falls on any day, those of its parent included.

    Args:
        table: The table.
        substance: Its code.
        jurisdiction: The one jurisdiction asked for; all of them where it is omitted.
    """
    return _Listed(table).entries(substance, jurisdiction)


class _Listed:
    """Which entries name which substance, gathered once for all questions about one table."""

    def __init__(self, table: SubstanceTable) -> None:
        self._named: dict[str, list[int]] = defaultdict(list)
        self._controls = table.controls
        for place, entry in enumerate(table.controls):
            for code in entry.substances:
                self._named[code].append(place)
        salts = {Form.SALT, Form.HYDRATE}
        self._parents = {one.id: one.parent for one in table.substances if one.parent and one.relation in salts}

    def entries(self, substance: str, jurisdiction: str | None) -> tuple[Control, ...]:
        """Returns the entries under which a substance falls, in the order of the table."""
        places = set(self._named.get(substance, ()))
        of_parent = self._named.get(self._parents.get(substance, ""), ())
        places |= {place for place in of_parent if Extent.SALTS in self._controls[place].includes}
        found = (self._controls[place] for place in sorted(places))
        return tuple(one for one in found if jurisdiction in {None, one.jurisdiction})


def _covers(entry: Control, on: date) -> bool:
    begun = entry.valid_from is None or entry.valid_from <= on
    return begun and (entry.valid_to is None or on <= entry.valid_to)


def statuses(table: SubstanceTable, *, jurisdictions: Iterable[str], on: date) -> tuple[tuple[Status, ...], ...]:
    """Returns one row a substance, with its standing in each jurisdiction on a day."""
    wanted, listed = tuple(jurisdictions), _Listed(table)
    return tuple(
        tuple(_status(one.id, code, on, listed.entries(one.id, code)) for code in wanted) for one in table.substances
    )
