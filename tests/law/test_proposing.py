"""What was tried becomes a row of a rule's table, and says there what it said when it was tried."""

from datetime import date, timedelta

import pytest
from msgspec import json, structs

from accord.law.engine import Gate, gate_for
from accord.law.facts import Facts
from accord.law.loading import installed_packs
from accord.law.proposing import (
    ProposalUnreadable,
    Proposed,
    RowsProposed,
    propose_row,
    read_proposal,
    run_proposal,
    toml_of,
)
from accord.law.rules import Pack, Rule
from accord.law.specimens import SpecimenName, specimen
from accord.law.table import facts_of_row, known_parties, table_rows

PACKS = installed_packs()
GATES = {party: gate_for(party) for party in known_parties(PACKS)}
TODAY = date(2026, 11, 29)


def of(name: str) -> tuple[Pack, Rule]:
    return next((pack, rule) for pack in PACKS for rule in pack.rules if rule.id == name)


def proposed(facts: Facts, rule: str, *, base: SpecimenName = "answer", on: date = TODAY) -> Proposed:
    pack, found = of(rule)
    gate: Gate = GATES[facts.party]
    return propose_row(facts, base=base, rule=found, pack=pack, name="as tried", gate=gate, on=on)


def tried(party: str = "CA", base: SpecimenName = "answer", **changes: object) -> Facts:
    peer = "IN" if party == "CA" else "CA"
    return structs.replace(specimen(base, party=party, peer=peer, on=TODAY), **changes)


def test_only_what_differs_from_the_specimen_is_written() -> None:
    row = proposed(tried(records=("customs",)), "CA-10").row
    assert (row.facts, row.unset, row.fires) == ({"records": ["customs"]}, (), ("no-ground",))
    assert (row.outcome, row.gate, row.party) == ("refuse", "refuse", None)


def test_what_was_taken_away_is_unknown_in_the_row() -> None:
    row = proposed(tried(base="request", records=(), names_source=None), "CA-17", base="request").row
    assert set(row.unset) == {"records", "names_source"}
    assert row.facts == {}


def test_days_are_counted_from_the_day_of_the_specimens() -> None:
    eighth = tried(is_shipment_notice=True, notice_on=TODAY - timedelta(days=8), is_shipment_described=True)
    found = proposed(eighth, "CA-19")
    assert found.row.facts["notice_on"] == date(2026, 3, 8)
    assert (found.row.fires, found.problem) == (("late",), None)


def test_a_chosen_day_of_the_act_stays_as_it_is() -> None:
    found = proposed(tried("IN", dpdp_head="7(c)", date=date(2027, 5, 13)), "IN-03")
    assert found.row.facts["date"] == date(2027, 5, 13)
    assert (found.row.fires, found.problem) == (("not-stated",), None)


def test_a_row_of_what_binds_both_names_its_party() -> None:
    assert proposed(tried("IN", is_lane_suspended=True), "BI-09").row.party == "IN"


def test_the_file_is_read_and_run_as_it_was_written() -> None:
    found = proposed(tried(records=("customs",), customs_ground="arrangement", arrangements=()), "CA-10")
    again = read_proposal(found.text.encode())
    assert again == RowsProposed(rule="CA-10", rows=(found.row,))
    assert [one.problem for one in run_proposal(again, PACKS, GATES)] == [None]


def test_a_row_that_says_something_else_is_told() -> None:
    found = proposed(tried(records=("customs",)), "CA-10")
    wrong = structs.replace(found.row, fires=(), outcome="permit")
    (result,) = run_proposal(RowsProposed(rule="CA-10", rows=(wrong,)), PACKS, GATES)
    assert result.problem == "expected [] to speak, heard ['no-ground']"


def test_a_row_of_both_without_a_party_runs_for_each() -> None:
    row = structs.replace(proposed(tried("IN", is_lane_suspended=True), "BI-09").row, party=None)
    assert len(run_proposal(RowsProposed(rule="BI-09", rows=(row,)), PACKS, GATES)) == 2


def test_every_row_of_todays_tables_is_proposed_again_as_it_stands() -> None:
    for one in table_rows(PACKS, parties=known_parties(PACKS)):
        facts = facts_of_row(one)
        pack, rule = of(one.rule.id)
        found = propose_row(facts, base=one.row.base, rule=rule, pack=pack, name=one.row.name, gate=GATES[one.party])
        assert found.problem is None, one.name
        assert set(found.row.fires) == set(one.row.fires), one.name
        assert read_proposal(found.text.encode()).rows == (found.row,), one.name


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not toml [",
        b'rule = "CA-10"\n',
        b'rule = "ca-10"\nrows = []\n',
        b'rule = "CA-10"\n[[rows]]\nname = "x"\nbase = "answer"\noutcome = "perhaps"\n',
        b"\xff",
    ],
)
def test_what_is_no_file_of_rows_is_refused(raw: bytes) -> None:
    with pytest.raises(ProposalUnreadable):
        read_proposal(raw)


def test_a_rule_that_no_pack_holds_is_refused() -> None:
    row = proposed(tried(records=("customs",)), "CA-10").row
    with pytest.raises(ProposalUnreadable, match="CA-99"):
        run_proposal(RowsProposed(rule="CA-99", rows=(row,)), PACKS, GATES)


def test_words_in_a_name_are_kept_whatever_they_hold() -> None:
    row = structs.replace(proposed(tried(), "CA-10").row, name='a "quoted" \\ é हिंदी \x7f name')
    assert read_proposal(toml_of("CA-10", [row]).encode()).rows[0].name == row.name
    assert json.decode(json.encode(row.name)) == row.name
