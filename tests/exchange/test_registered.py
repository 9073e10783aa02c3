"""What the gate is told of the registers, on the day, at the price of one row."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accord.exchange.gate_facts import facts_of
from accord.exchange.own_side import OwnSide
from accord.exchange.registered import arrangements_with, assurance_of, risk_of
from accord.law.context import context_of
from accord.parties.models import RegisterEntry
from accord.parties.register_book import mark_changed
from tests.desk import TODAY, Desk, desk
from tests.exchange.test_what_the_gate_is_told import informing
from tests.registers import arranged, assured, profiled

__all__ = ["desk"]

OWN = OwnSide(has_measures_taken=True)
BEFORE, CHANGE = date(2026, 5, 31), date(2026, 6, 1)


def test_on_the_day_of_change_the_newer_version_alone_is_told(desk: Desk) -> None:
    arranged("MOU-1", categories=["precursors"])
    arranged("MOU-1", categories=["suspects"], valid_from=CHANGE)
    told = {
        day: [one.categories for one in arrangements_with("CA", "IN", on=day) if one.id == "MOU-1"]
        for day in (BEFORE, CHANGE)
    }
    assert told == {BEFORE: [("precursors",)], CHANGE: [("suspects",)]}


def test_the_day_is_that_of_utc_and_of_no_capital(desk: Desk) -> None:
    arranged("MOU-1", valid_from=CHANGE)
    draft = informing(desk)
    # Half past five in New Delhi on the first of June is midnight in UTC; a minute before it is still May.
    for moment, is_told in (
        (datetime(2026, 5, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 1, tzinfo=UTC), True),
    ):
        codes = [one.id for one in facts_of(draft, releaser=None, now=moment).arrangements]
        assert ("MOU-1" in codes) is is_told


def test_an_arrangement_that_binds_another_party_is_not_told(desk: Desk) -> None:
    arranged("MOU-1")
    assert arrangements_with("CA", "GB", on=TODAY) == ()
    assert arrangements_with("CA", "IN", on=date(2026, 2, 6)) == ()


@pytest.mark.parametrize(("days", "is_stale"), [(0, False), (364, False), (365, True)])
def test_a_risk_profile_of_twelve_months_is_stale_to_the_gate(desk: Desk, days: int, is_stale: bool) -> None:
    day = TODAY + timedelta(days=days)
    profiled("IN", assessed_on=TODAY)
    risk = risk_of("IN", OWN, on=day)
    assert risk is not None
    facts = msgspec.structs.replace(
        facts_of(informing(desk), releaser=None, now=datetime.now(UTC)), risk=risk, date=day
    )
    assert (context_of(facts).risk_age_days >= 365) is is_stale


def test_a_measure_that_was_only_named_mitigates_nothing(desk: Desk) -> None:
    measures = [{"measure": "caveat", "is_taken": True}, {"measure": "visit", "is_taken": False}]
    profiled("IN", assessed_on=TODAY, baseline="substantial", residual="low", mitigations=measures)
    risk = risk_of("IN", OWN, on=TODAY)
    assert risk is not None
    assert (risk.baseline, risk.residual, risk.mitigations) == ("substantial", "low", ("caveat",))


def test_an_assurance_never_lowers_the_baseline(desk: Desk) -> None:
    profiled("IN", assessed_on=TODAY, baseline="substantial", residual="substantial")
    assured("ASS-1", covers=["mistreatment"])
    own = {"assurance": "ASS-1"}
    facts = facts_of(informing(desk, own=own), releaser=None, now=datetime.now(UTC))
    assert facts.risk is not None
    assert facts.assurance is not None
    assert facts.assurance.covers == ("mistreatment",)
    assert (facts.risk.baseline, facts.risk.residual, facts.risk.baseline_reduced_by) == (
        "substantial",
        "substantial",
        (),
    )


@pytest.mark.parametrize(
    ("code", "peer", "day"),
    [
        ("NONE", "IN", TODAY),
        ("ASS-1", "GB", TODAY),
        ("ASS-1", "IN", date(2030, 2, 8)),
        ("ASS-1", "IN", date(2026, 2, 6)),
    ],
)
def test_an_assurance_that_does_not_count_is_told_without_cover(desk: Desk, code: str, peer: str, day: date) -> None:
    assured("ASS-1")
    told = assurance_of(code, peer, on=day)
    assert told is not None
    assert (told.id, told.covers, told.reviewed_by) == (code, (), None)


def test_a_draft_cannot_describe_an_assurance_of_its_own(desk: Desk) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"assurance": {"id": "A", "covers": ["mistreatment"]}}, OwnSide)


def test_a_proposal_is_not_told(desk: Desk) -> None:
    entry = arranged("MOU-1")
    RegisterEntry.objects.filter(pk=entry.pk).update(state=RegisterEntry.State.PROPOSED)
    mark_changed()
    assert "MOU-1" not in [one.id for one in arrangements_with("CA", "IN", on=TODAY)]


def test_registers_cost_one_row_each_time_until_they_change(desk: Desk) -> None:
    arrangements_with("CA", "IN", on=TODAY)
    with CaptureQueriesContext(connection) as seen:
        arrangements_with("CA", "IN", on=TODAY)
    assert len(seen) == 1
    arranged("MOU-1")
    assert "MOU-1" in [one.id for one in arrangements_with("CA", "IN", on=TODAY)]


def test_the_facts_of_a_draft_read_the_registers_once(desk: Desk) -> None:
    assured("ASS-1")
    draft, now = informing(desk, own={"assurance": "ASS-1"}), datetime.now(UTC)
    facts_of(draft, releaser=None, now=now)
    with CaptureQueriesContext(connection) as seen:
        facts_of(draft, releaser=None, now=now)
    assert len([one for one in seen.captured_queries if "parties_register" in one["sql"]]) == 1


def test_what_was_read_in_an_act_that_was_rolled_back_is_not_kept(desk: Desk) -> None:
    with transaction.atomic():
        arranged("MOU-1")
        assert "MOU-1" in [one.id for one in arrangements_with("CA", "IN", on=TODAY)]
        transaction.set_rollback(True)
    assert "MOU-1" not in [one.id for one in arrangements_with("CA", "IN", on=TODAY)]
    arranged("MOU-2")
    assert {"MOU-1", "MOU-2"} & {one.id for one in arrangements_with("CA", "IN", on=TODAY)} == {"MOU-2"}
