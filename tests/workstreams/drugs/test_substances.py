"""The register says three things of a substance and a day: controlled, not on that day, and that it does not know."""

from datetime import date, timedelta

import pytest

from accord.exchange.kinds.particulars import cas_number_is_valid
from accord.workstreams.drugs.substances.content import SubstanceTable, decode_table
from accord.workstreams.drugs.substances.errors import TableDamaged
from accord.workstreams.drugs.substances.shipped import shipped_table
from accord.workstreams.drugs.substances.status import Standing, status_of, statuses

BOC = "1-boc-4-piperidone"


@pytest.fixture(scope="module")
def table() -> SubstanceTable:
    return shipped_table()


def test_the_seven_precursors_ship_with_numbers_that_hold(table: SubstanceTable) -> None:
    assert len(table.substances) == 7
    assert all(one.cas and all(map(cas_number_is_valid, one.cas)) for one in table.substances)
    assert {one.id for one in table.substances if one.tariff.is_own} == {"npp", "anpp"}
    assert sum(one.tariff.code == "293339" for one in table.substances) == 5


@pytest.mark.parametrize(
    ("jurisdiction", "on", "standing"),
    [
        ("UN", date(2024, 12, 2), Standing.NOT_YET),
        ("UN", date(2024, 12, 3), Standing.CONTROLLED),
        ("IN", date(2025, 1, 22), Standing.NOT_YET),
        ("IN", date(2025, 1, 23), Standing.CONTROLLED),
        ("CA", date(2024, 9, 2), Standing.NOT_YET),
        ("CA", date(2024, 9, 3), Standing.CONTROLLED),
        ("XX", date(2026, 2, 7), Standing.NO_ENTRY),
    ],
)
def test_control_begins_with_the_day_of_its_instrument(
    table: SubstanceTable, jurisdiction: str, on: date, standing: Standing
) -> None:
    assert status_of(table, BOC, jurisdiction=jurisdiction, on=on).standing is standing


def test_an_entry_whose_first_day_was_not_found_says_so(table: SubstanceTable) -> None:
    assert status_of(table, "anpp", jurisdiction="CA", on=date(2026, 2, 7)).standing is Standing.UNDATED


@pytest.mark.parametrize(
    ("substance", "widened", "before", "after"),
    [
        ("4-ap", date(2023, 8, 30), ("VI-1",), ("VI-1",)),
        ("1-boc-4-ap", date(2023, 8, 30), ("V",), ("VI-1",)),
        ("norfentanyl", date(2019, 5, 15), ("VI-1",), ("VI-1",)),
        ("4-piperidone", date(2024, 9, 3), ("VI-1",), ("VI-1",)),
    ],
)
def test_an_entry_that_a_wider_one_replaced_holds_to_the_day_before(
    table: SubstanceTable, substance: str, widened: date, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    for on, schedules in ((widened - timedelta(days=1), before), (widened, after)):
        (entry,) = status_of(table, substance, jurisdiction="CA", on=on).entries
        assert entry.schedules == schedules


def test_what_was_not_found_is_not_called_uncontrolled(table: SubstanceTable) -> None:
    found = status_of(table, "norfentanyl", jurisdiction="IN", on=date(2026, 2, 7))
    assert (found.standing, found.entries) == (Standing.NO_ENTRY, ())


def test_a_matrix_has_a_row_a_substance_and_a_column_a_party(table: SubstanceTable) -> None:
    rows = statuses(table, jurisdictions=["CA", "IN", "UN"], on=date(2026, 2, 7))
    assert [row[0].substance for row in rows] == [one.id for one in table.substances]
    assert all([status.jurisdiction for status in row] == ["CA", "IN", "UN"] for row in rows)


SUBSTANCE = """
[[substances]]
id = "one"
label = "One"
inchikey = "ROUYFJUVMYHXFJ-UHFFFAOYSA-N"
formula = "C10H17NO3"
cas = ["79099-07-3"]
tariff = { code = "293339", edition = 2022, is_own = false, verified = true }
names = []
"""
CONTROL = """
[[controls]]
id = "un-one"
substances = ["one"]
jurisdiction = "UN"
instrument = "An Act"
class = "Table"
citation = "Item 1"
verified = true
valid_from = 2025-01-01
valid_to = 2025-06-30
"""


def of(text: str) -> str:
    return f'version = "1"\ntitle = "T"\n{text}'


def test_control_ends_on_its_last_day() -> None:
    table = decode_table(of(SUBSTANCE + CONTROL))
    assert status_of(table, "one", jurisdiction="UN", on=date(2025, 6, 30)).standing is Standing.CONTROLLED
    assert status_of(table, "one", jurisdiction="UN", on=date(2025, 7, 1)).standing is Standing.NOT_YET


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SUBSTANCE.replace("79099-07-3", "79099-07-4"), "check digit"),
        (SUBSTANCE + SUBSTANCE, "twice"),
        (SUBSTANCE + CONTROL.replace('["one"]', '["two"]'), "not in the table"),
        (SUBSTANCE + CONTROL.replace("2025-06-30", "2024-06-30"), "ends before it begins"),
        (SUBSTANCE.replace("formula", "recipe"), "cannot be read"),
        ("[[", "cannot be read"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(text: str, said: str) -> None:
    with pytest.raises(TableDamaged, match=said):
        decode_table(of(text))
