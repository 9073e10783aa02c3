from datetime import date

import pytest
from msgspec import structs

from accord.law.engine import Gate, gate_for
from accord.law.loading import installed_packs
from accord.law.rules import Row
from accord.law.table import TableRow, facts_of_row, known_parties, run_row, run_rows, table_rows

PACKS = installed_packs()
PARTIES = known_parties(PACKS)
ROWS = tuple(table_rows(PACKS, parties=PARTIES))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_of_every_table_holds(row: TableRow) -> None:
    assert run_row(row, gate_for(row.party)).problem is None


def changed(**changes: object) -> TableRow:
    row = next(row for row in ROWS if row.rule.id == "CA-06" and row.row.fires == ("none",))
    return structs.replace(row, row=structs.replace(row.row, **changes))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"fires": ()}, "expected [] to speak, heard ['none']"),
        ({"fires": ("expired",)}, "expected ['expired'] to speak"),
        ({"outcome": "hold"}, "expected hold, the rule answers refuse"),
        ({"gate": "permit"}, "expected the gate to answer permit, not refuse"),
        ({"facts": {"no_such_fact": True}}, "the row's facts are wrong"),
        ({"facts": {"date": "yesterday"}}, "the row's facts are wrong"),
        ({"facts": {"kind": "no-such-kind"}}, "alarm: law.no-permit"),
    ],
)
def test_a_row_that_says_something_else_is_reported(changes: dict[str, object], problem: str) -> None:
    reported = run_row(changed(**changes), gate_for("CA")).problem
    assert reported is not None
    assert problem in reported


def test_a_row_without_a_rule_that_speaks_is_reported_against_an_empty_gate() -> None:
    assert "alarm" in str(run_row(changed(), Gate(())).problem)


def test_rows_of_the_common_pack_run_for_every_party() -> None:
    assert {row.party for row in ROWS if row.rule.id == "BI-02"} == {"CA", "IN"}
    assert {row.party for row in ROWS if row.rule.id == "CA-02"} == {"CA"}
    assert {row.party for row in ROWS if row.rule.id == "IN-02"} == {"IN"}


def test_changes_of_a_nested_fact_leave_its_other_parts() -> None:
    row = Row(name="n", base="answer", facts={"risk": {"profile_date": date(2026, 1, 2)}}, outcome="permit")
    facts = facts_of_row(structs.replace(ROWS[0], row=row, party="CA", peer="IN"))
    assert facts.risk is not None
    assert facts.risk.profile_date == date(2026, 1, 2)
    assert facts.risk.assessed_by == "risk-unit"


def test_all_tables_run_in_one_go() -> None:
    results = run_rows(PACKS)
    assert len(results) == len(ROWS)
    assert [result.problem for result in results if result.problem] == []
