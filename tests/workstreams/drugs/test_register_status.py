"""Where two sides do not say the same of a substance on the day of an export."""

from datetime import date

import pytest
from msgspec import structs

from accord.workstreams.drugs.substances.content import Extent, Form, Regime, SubstanceTable
from accord.workstreams.drugs.substances.shipped import shipped_table
from accord.workstreams.drugs.substances.status import Difference, Differing, differences, entries_for, status_of
from tests.workstreams.drugs.rows import control, substance

DAY = date(2025, 1, 23)


def table(*controls: object) -> SubstanceTable:
    found = shipped_table()
    return structs.replace(found, substances=(substance("one"),), controls=tuple(controls))


def between(*controls: object, on: date = DAY) -> Difference | None:
    return next(iter(differences(table(*controls), on=on, origin="AA", destination="BB")), None)


def test_a_control_that_begins_on_one_side_only_is_told_on_its_day_and_not_before() -> None:
    here = control("aa", ["one"], jurisdiction="AA", valid_from=DAY)
    there = control("bb", ["one"], jurisdiction="BB", valid_from=date(2026, 1, 1))
    found = between(here, there)
    assert found is not None
    assert (found.differing, found.here.entries, found.there.entries) == (Differing.ONE_SIDE, (here,), (there,))
    assert between(here, there, on=date(2025, 1, 22)) is None
    assert between(here, there, on=date(2026, 1, 1)) is None


def test_a_control_that_ended_on_one_side_is_told() -> None:
    here = control("aa", ["one"], jurisdiction="AA", valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 22))
    there = control("bb", ["one"], jurisdiction="BB", valid_from=date(2024, 1, 1))
    assert between(here, there, on=date(2025, 1, 22)) is None
    assert (found := between(here, there)) is not None
    assert found.differing is Differing.ONE_SIDE


@pytest.mark.parametrize(
    ("there", "differing"),
    [((), Differing.NOT_KNOWN), ((control("bb", ["one"], jurisdiction="BB"),), Differing.UNDATED)],
    ids=["no entry", "no day"],
)
def test_what_one_side_does_not_know_is_never_agreement(there: tuple[object, ...], differing: Differing) -> None:
    here = control("aa", ["one"], jurisdiction="AA", valid_from=DAY)
    assert (found := between(here, *there)) is not None
    assert found.differing is differing


def test_what_has_not_begun_here_and_has_no_day_there_is_not_known() -> None:
    here = control("aa", ["one"], jurisdiction="AA", valid_from=DAY)
    there = control("bb", ["one"], jurisdiction="BB")
    assert (found := between(here, there, on=date(1900, 1, 1))) is not None
    assert found.differing is Differing.NOT_KNOWN


def test_a_precursor_here_and_a_drug_there_is_told_though_both_control_it() -> None:
    here = control("aa", ["one"], jurisdiction="AA", valid_from=DAY)
    there = control("bb", ["one"], jurisdiction="BB", valid_from=DAY, regime=Regime.DRUG)
    assert (found := between(here, there)) is not None
    assert found.differing is Differing.OTHER_REGIME
    assert between(here, structs.replace(there, regime=Regime.PRECURSOR)) is None


def test_anpp_ships_as_a_drug_in_one_jurisdiction_and_as_a_precursor_of_the_convention() -> None:
    ships = shipped_table()
    assert status_of(ships, "anpp", jurisdiction="CA", on=DAY).regimes == {Regime.DRUG}
    assert status_of(ships, "anpp", jurisdiction="UN", on=DAY).regimes == {Regime.PRECURSOR}


def test_a_status_without_an_entry_is_not_verified() -> None:
    ships = shipped_table()
    assert not status_of(ships, "npp", jurisdiction="IN", on=DAY).is_verified
    assert status_of(ships, "npp", jurisdiction="CA", on=DAY).is_verified


def test_the_entries_of_a_salt_come_in_the_order_of_the_table_and_each_once() -> None:
    own = control("b", ["salt", "one"], jurisdiction="AA", includes=(Extent.SALTS,))
    parent = control("a", ["one"], jurisdiction="AA", includes=(Extent.SALTS, Extent.ANALOGUES))
    without = control("c", ["one"], jurisdiction="AA", includes=(Extent.ANALOGUES,))
    rows = structs.replace(
        table(own, parent, without),
        substances=(substance("one"), substance("salt", parent="one", relation=Form.SALT)),
    )
    assert entries_for(rows, "salt") == (own, parent)
    assert entries_for(rows, "salt", jurisdiction="BB") == ()
    assert entries_for(rows, "nothing") == ()
