"""A draft of this node reaches the gate with the control of the register in force, from its agreement on."""

from datetime import date
from typing import Any

from django.utils import timezone

from accord.exchange import services
from accord.exchange.gate_facts import facts_of
from accord.exchange.models import Message
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.workstreams.drugs.substances.proposing import agree_to_changes, propose_changes
from accord.workstreams.drugs.substances.rows import Change
from tests.desk import Desk, desk, own_side, request_fields
from tests.workstreams.drugs.rows import control

__all__ = ["desk"]

NPP = [{"name": "N-Phenethyl-4-piperidone", "cas_number": "39742-60-4"}]


def drafted(desk: Desk, **fields: Any) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")
    return services.draft_request(desk.liaison, case, request_fields(**fields), own=own_side(substances=[]))


def agreed(desk: Desk, change: Change) -> None:
    first: Officer = desk.officers[Role.COUNSEL]
    agree_to_changes(desk.again(Role.COUNSEL, "counsel-2"), propose_changes(first, [change]))


def test_a_draft_that_names_a_listed_substance_bears_its_schedules(desk: Desk) -> None:
    (found,) = facts_of(drafted(desk, substances=NPP), releaser=None, now=timezone.now()).substances
    assert (found.schedules, found.controlled_on) == (("VI-1",), None)


def test_what_two_officers_agreed_to_is_told_from_then_on(desk: Desk) -> None:
    draft = drafted(desk, substances=NPP)
    dated = control(
        *("ca-npp", ["npp"]), jurisdiction="CA", schedules=("VI-1",), valid_from=date(2017, 1, 1), notification="SOR-1"
    )
    agreed(desk, Change.to(dated))
    (found,) = facts_of(draft, releaser=None, now=timezone.now()).substances
    assert (found.controlled_on, found.notification) == (date(2017, 1, 1), "SOR-1")


def test_a_draft_that_names_none_is_told_none(desk: Desk) -> None:
    assert facts_of(drafted(desk, substances=[]), releaser=None, now=timezone.now()).substances == ()
