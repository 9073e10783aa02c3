"""A draft of this node reaches the gate with the control of the register in force, from its agreement on."""

from datetime import date
from typing import Any

from django.utils import timezone

from accord.exchange import services
from accord.exchange.drafting import draft_of_kind
from accord.exchange.gate_facts import facts_of
from accord.exchange.models import Message
from accord.law.facts import SubstanceFact
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE
from accord.workstreams.drugs.manifests.filling import Filling
from accord.workstreams.drugs.substances.book import table_in_force
from accord.workstreams.drugs.substances.proposing import agree_to_changes, propose_changes
from accord.workstreams.drugs.substances.rows import Change
from tests.desk import Desk, desk, own_side, request_fields
from tests.workstreams.drugs.flowing import flagged
from tests.workstreams.drugs.rows import control, substance
from tests.workstreams.drugs.told import pen_fields

__all__ = ["desk"]

BOC = "1-boc-4-piperidone"
NPP = [{"name": "N-Phenethyl-4-piperidone", "cas_number": "39742-60-4"}]


def drafted(desk: Desk, **fields: Any) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")
    return services.draft_request(desk.liaison, case, request_fields(**fields), own=own_side(substances=[]))


def noticed(desk: Desk, **fields: Any) -> SubstanceFact:
    """What the gate is told of the goods of a notice before export."""
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")
    draft = draft_of_kind(desk.liaison, case, PRE_EXPORT_NOTICE, pen_fields(**fields), own=own_side(substances=[]))
    (found,) = facts_of(draft, releaser=None, now=timezone.now()).substances
    return found


def agreed(desk: Desk, *changes: Change) -> None:
    first: Officer = desk.officers[Role.COUNSEL]
    agree_to_changes(desk.again(Role.COUNSEL, "counsel-2"), propose_changes(first, changes))


def test_a_draft_that_names_a_listed_substance_bears_its_schedules(desk: Desk) -> None:
    (found,) = facts_of(drafted(desk, substances=NPP), releaser=None, now=timezone.now()).substances
    assert (found.schedules, found.controlled_on) == (("VI-1",), date(2016, 11, 30))


def test_what_two_officers_agreed_to_is_told_from_then_on(desk: Desk) -> None:
    draft = drafted(desk, substances=NPP)
    dated = control(
        *("ca-npp", ["npp"]), jurisdiction="CA", schedules=("VI-1",), valid_from=date(2017, 1, 1), notification="SOR-1"
    )
    agreed(desk, Change.to(dated))
    (found,) = facts_of(draft, releaser=None, now=timezone.now()).substances
    assert (found.controlled_on, found.notification) == (date(2017, 1, 1), "SOR-1")


def test_the_goods_of_a_notice_are_told_with_their_way_and_their_papers(desk: Desk) -> None:
    found = noticed(desk)
    assert (found.name, found.schedules, found.direction, found.movement) == (
        "79099-07-3",
        ("VI-1",),
        "export",
        "proposed",
    )
    assert (found.has_noc, found.is_registered, found.happened_on) == (
        True,
        True,
        date.fromisoformat(pen_fields()["departure_on"]),
    )


def test_the_permit_of_the_other_side_is_none_of_ours(desk: Desk) -> None:
    found = noticed(desk, export_permit_number=None, export_permit_until=None)
    assert (found.direction, found.has_noc) == ("export", False)


def test_what_its_originator_controls_is_told_neither_to_the_gate_nor_in_a_draft(desk: Desk) -> None:
    listed = substance("listed", cas=["50-00-0"], originator_controlled=True)
    entry = control("ca-listed", ["listed"], jurisdiction="CA", schedules=("IX",), originator_controlled=True)
    agreed(desk, Change.to(listed), Change.to(entry))
    named = [{"name": "A SPECIMEN chemical", "cas_number": listed.cas[0]}]
    (found,) = facts_of(drafted(desk, substances=named), releaser=None, now=timezone.now()).substances
    assert (found.name, found.schedules) == (listed.cas[0], ())
    flag = flagged(desk)
    flag.substances = ["listed", "4-piperidone"]
    assert [one.id for one in Filling(flag, str).substances] == ["4-piperidone"]


def test_a_reason_that_its_originator_controls_is_in_no_draft(desk: Desk) -> None:
    known = table_in_force().by_id()[BOC].label
    flag = flagged(desk)
    flag.description, flag.substances = "1-boc-4-piperidone with CAS 50-00-0", [BOC, "listed"]
    flag.reasons = [
        {"rule": "number", "words": {"wording": "50-00-0", "substance": "A SPECIMEN label"}},
        {"rule": "name", "words": {"wording": BOC, "substance": known}},
    ]
    listed = substance("listed", label="A SPECIMEN label", cas=["50-00-0"], originator_controlled=True)
    agreed(desk, Change.to(listed))
    told = Filling(flag, str).narrative
    assert told.startswith(f"The text names {BOC}.")
    assert "A SPECIMEN label" not in told


def test_a_draft_that_names_none_is_told_none(desk: Desk) -> None:
    assert facts_of(drafted(desk, substances=[]), releaser=None, now=timezone.now()).substances == ()
