"""What the register tells the gate: it adds and makes stricter, and what an officer stated stays."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from accord.exchange.own_side import OwnSide
from accord.law.engine import gate_for
from accord.law.facts import Facts, SubstanceFact
from accord.law.specimens import specimen
from accord.workstreams.drugs import gate_facts
from accord.workstreams.drugs.gate_facts import with_control
from accord.workstreams.drugs.substances.book import Book
from accord.workstreams.drugs.substances.rows import Change, overlaid
from accord.workstreams.drugs.substances.shipped import shipped_table
from tests.workstreams.drugs.rows import control, substance

BOC = "79099-07-3"
CONTROL = date(2025, 1, 23)


@pytest.fixture(autouse=True)
def ships(monkeypatch: pytest.MonkeyPatch) -> None:
    stands(monkeypatch)


def stands(monkeypatch: pytest.MonkeyPatch, *changes: Change) -> None:
    """Lets the table that ships stand with some changes in it, without a database."""
    made = Book(stamp=b"", table=overlaid(shipped_table(), changes), versions={})
    monkeypatch.setattr(gate_facts, "book", lambda: made)


def told(
    *substances: SubstanceFact, party: str = "IN", stated: bool = False, fields: dict[str, Any] | None = None
) -> tuple[SubstanceFact, ...]:
    own = OwnSide(substances=substances if stated else ())
    return with_control(facts(party, *substances), fields or {}, own).substances


def facts(party: str, *substances: SubstanceFact) -> Facts:
    other = {"IN": "CA", "CA": "IN"}[party]
    return structs.replace(specimen("answer", party=party, peer=other, on=date(2026, 3, 16)), substances=substances)


def one(name: str = BOC, **fields: Any) -> SubstanceFact:
    return SubstanceFact(name=name, **fields)


@pytest.mark.parametrize(
    "name", [BOC, "1-boc-4-piperidone", "1-BOC 4 PIPERIDONE", "1\u2011boc\u20114\u2011pip\u00e9ridone"]
)
def test_a_named_substance_gets_schedules_day_and_gazette_number(name: str) -> None:
    (found,) = told(one(name))
    assert (found.name, found.schedules, found.controlled_on, found.notification) == (
        name,
        ("B", "C"),
        CONTROL,
        "G.S.R. 71(E)",
    )


def test_the_other_side_s_entries_are_never_told_as_ours() -> None:
    (found,) = told(one("39742-60-4"))
    assert (found.schedules, found.controlled_on) == ((), None)
    (found,) = told(one("39742-60-4"), party="CA")
    assert (found.schedules, found.controlled_on) == (("VI-1",), date(2016, 11, 30))


def test_what_the_register_does_not_hold_is_left_as_it_was() -> None:
    acetone = one("67-64-1", schedules=("X",), happened_on=date(2026, 1, 1))
    assert told(acetone, stated=True) == (acetone,)


@pytest.mark.parametrize(
    ("stated", "holds"),
    [(None, CONTROL), (date(2020, 1, 1), CONTROL), (date(2026, 1, 1), date(2026, 1, 1))],
    ids=["none", "earlier", "later"],
)
def test_of_two_first_days_the_later_holds(stated: date | None, holds: date) -> None:
    (found,) = told(one(controlled_on=stated), stated=True)
    assert found.controlled_on == holds


FACTS = st.builds(
    SubstanceFact,
    name=st.sampled_from([BOC, "39742-60-4", "67-64-1", "norfentanyl"]),
    schedules=st.lists(st.sampled_from(["A", "B", "C", "VI-1"]), unique=True).map(tuple),
    controlled_on=st.none() | st.dates(),
    happened_on=st.none() | st.dates(),
    movement=st.sampled_from(["none", "reported", "proposed"]),
    direction=st.sampled_from(["import", "export", "domestic", "unknown"]),
    has_noc=st.booleans(),
    is_registered=st.booleans(),
    notification=st.none() | st.just("SPECIMEN"),
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "origin_country": st.sampled_from(["CA", "IN", "XX"]),
        "destination_country": st.sampled_from(["CA", "IN", "XX"]),
        "has_departed": st.booleans(),
        "departure_on": st.dates(),
        "export_permit_number": st.just("SPECIMEN-1"),
        "import_authorisation_number": st.just("SPECIMEN-2"),
    },
)


@given(FACTS, FIELDS, st.sampled_from(["CA", "IN"]))
def test_what_an_officer_stated_is_only_added_to_and_made_stricter(
    fact: SubstanceFact, fields: dict[str, Any], party: str
) -> None:
    (found,) = told(fact, party=party, stated=True, fields=fields)
    added = {"schedules", "controlled_on", "notification"}
    kept = {name for name in fact.__struct_fields__ if getattr(found, name) == getattr(fact, name)}
    assert set(fact.__struct_fields__) - kept <= added
    assert set(fact.schedules) <= set(found.schedules)
    assert fact.controlled_on is None or (found.controlled_on is not None and found.controlled_on >= fact.controlled_on)
    assert fact.notification in {None, found.notification}


def route(origin: str, destination: str, **fields: Any) -> dict[str, Any]:
    return {"origin_country": origin, "destination_country": destination, **fields}


@pytest.mark.parametrize(
    ("origin", "destination", "direction"),
    [("IN", "CA", "export"), ("CA", "IN", "import"), ("IN", "IN", "domestic"), ("XX", "YY", "unknown")],
)
def test_direction_is_seen_from_this_party(origin: str, destination: str, direction: str) -> None:
    (found,) = told(one(), fields=route(origin, destination))
    assert found.direction == direction
    assert told(one())[0].direction == "unknown"


def test_a_notice_s_permit_counts_in_its_own_direction_alone() -> None:
    export = told(one(), fields=route("IN", "CA", export_permit_number="SPECIMEN-1"))[0]
    imported = told(one(), fields=route("CA", "IN", export_permit_number="SPECIMEN-1"))[0]
    assert (export.has_noc, imported.has_noc) == (True, False)
    assert told(one(), fields=route("CA", "IN", import_authorisation_number="SPECIMEN-2"))[0].has_noc


@pytest.mark.parametrize(
    ("fields", "movement", "day"),
    [
        ({"departure_on": date(2026, 4, 1)}, "proposed", date(2026, 4, 1)),
        ({"departure_on": date(2026, 3, 1), "has_departed": True}, "reported", date(2026, 3, 1)),
        ({"happened_on": date(2026, 3, 2)}, "reported", date(2026, 3, 2)),
        ({"transaction_on": date(2026, 3, 3)}, "reported", date(2026, 3, 3)),
        ({"became": "arrived", "arrived_on": date(2026, 3, 4)}, "reported", date(2026, 3, 4)),
        ({}, "proposed", None),
    ],
)
def test_the_kind_s_own_fields_say_whether_it_is_proposed_and_when(
    fields: dict[str, Any], movement: str, day: date | None
) -> None:
    (found,) = told(one(), fields=fields)
    assert (found.movement, found.happened_on) == (movement, day)


def decided(fact: SubstanceFact, *, stated: bool = False, fields: dict[str, Any] | None = None) -> set[str]:
    own = OwnSide(substances=(fact,) if stated else ())
    decision = gate_for("IN").decide(with_control(facts("IN", fact), fields or {}, own))
    return {reason.policy for reason in decision.reasons if reason.policy.startswith("IN-06")}


def test_a_movement_before_the_first_day_of_control_is_told_so() -> None:
    assert decided(one(), fields={"happened_on": date(2025, 1, 22)}) >= {"IN-06.not-yet"}
    assert "IN-06.not-yet" not in decided(one(), fields={"happened_on": CONTROL})


def test_an_export_without_certificate_is_refused_though_nobody_stated_the_schedule() -> None:
    assert "IN-06.no-certificate" in decided(one(), fields=route("IN", "CA"))
    assert decided(one(), fields=route("IN", "CA", export_permit_number="SPECIMEN-1")) == set()


def test_nobody_states_a_schedule_away() -> None:
    fact = one(schedules=(), movement="proposed", direction="export")
    assert "IN-06.no-certificate" in decided(fact, stated=True)


def test_a_listed_substance_without_its_first_day_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = control("in-npp", ["npp"], jurisdiction="IN", schedules=("B",))
    later = control("in-npp-2", ["npp"], jurisdiction="IN", schedules=("C",), valid_from=date(2030, 1, 1))
    stands(monkeypatch, Change.to(entry), Change.to(later))
    assert "IN-06.undated" in decided(one("39742-60-4"), fields={"happened_on": date(2026, 3, 1)})


def test_an_entry_that_ended_before_the_movement_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = control(
        *("in-npp", ["npp"]),
        jurisdiction="IN",
        schedules=("B",),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 2, 1),
    )
    stands(monkeypatch, Change.to(entry))
    assert told(one("39742-60-4"), fields={"happened_on": date(2026, 2, 2)})[0].schedules == ()
    assert told(one("39742-60-4"), fields={"happened_on": date(2026, 2, 1)})[0].schedules == ("B",)


def test_a_threshold_takes_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = control("in-npp", ["npp"], jurisdiction="IN", schedules=("B",), threshold="1 kg", valid_from=CONTROL)
    stands(monkeypatch, Change.to(entry))
    assert told(one("39742-60-4"))[0].schedules == ("B",)


def test_what_its_originator_controls_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stands(
        monkeypatch,
        Change.to(substance("listed", cas=["67-64-1"], originator_controlled=True)),
        Change.to(control("in-1", ["listed"], jurisdiction="IN", schedules=("B",), originator_controlled=True)),
    )
    assert told(one("67-64-1"))[0].schedules == ()
