"""What an officer states of particular records and lanes, and what the node knows besides, reaches the gate."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accord.exchange import circumstances, services
from accord.exchange.circumstances import is_reviewer_in_post, tell_circumstances
from accord.exchange.gate_facts import facts_of
from accord.exchange.models import Message
from accord.exchange.own_side import OwnSide
from accord.law.statements import Statements
from accord.officers.permissions import Role
from tests.desk import Desk, answer_fields, own_side, received_request, request_fields

PERSON = {"category": "suspect", "is_minor": False, "names": ["A Specimen"], "link_to_purpose": "Named as consignee."}
OF_A_PERSON = {"protection_statuses": ["none"], "is_in_custody": False}


@pytest.fixture(autouse=True)
def no_tellers_left() -> Iterator[None]:
    before = list(circumstances._TELLERS)
    yield
    circumstances._TELLERS[:] = before


def drafted(desk: Desk, own: dict[str, object], **fields: object) -> Message:
    return services.draft_request(desk.liaison, opened(desk), request_fields(**fields), own=own)


def opened(desk: Desk) -> Any:
    return services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")


def stopped_by(desk: Desk, draft: Message) -> set[str]:
    decision = services.check_draft(desk.liaison, draft).decision
    return {reason.policy for reason in decision.reasons if not reason.outcome.lets_pass}


def conditions_of(desk: Desk, draft: Message) -> set[str]:
    decision = services.check_draft(desk.liaison, draft).decision
    return {reason.policy for reason in decision.reasons if reason.outcome.lets_pass}


def test_every_statement_of_our_own_side_is_a_fact_of_the_same_name(desk: Desk) -> None:
    stated: dict[str, Any] = {
        "records": ["customs"],
        "customs_ground": "arrangement",
        "intercept_reference": "REG-1",
        "notice_on": "2026-03-01",
        "incident_report_hours": 5,
        "asked_by": "state-police",
        "match": {"list_purpose": "investigate", "confirmed_by": ["one", "two"]},
    }
    facts = facts_of(drafted(desk, own_side(**stated)), releaser=None, now=timezone.now())
    assert set(Statements.__struct_fields__) <= set(OwnSide.__struct_fields__)
    assert (facts.records, facts.customs_ground, facts.intercept_reference) == (("customs",), "arrangement", "REG-1")
    assert (facts.incident_report_hours, facts.asked_by) == (5, "state-police")
    assert facts.match is not None
    assert facts.match.confirmed_by == ("one", "two")


@pytest.mark.parametrize(
    ("stated", "policy"),
    [
        ({"records": ["customs"]}, "CA-10.no-ground"),
        ({"records": ["fiu"]}, "CA-11.lane"),
        ({"records": ["intercept"]}, "CA-13.no-register"),
        ({"records": ["security-intelligence"]}, "CA-14.no-arrangement"),
        ({"records": ["precursor-register"]}, "CA-19.not-stated"),
        ({"names_reporter": True}, "CA-19.tipping-off"),
        ({"asks_for_powers": True}, "BI-06.powers"),
        ({"has_known_error": True}, "BI-10.known-error"),
        ({"match": {"size_bucket": "under-100"}}, "BI-11.one-person"),
    ],
    ids=str,
)
def test_what_an_officer_states_of_a_guarded_record_stops_the_draft(
    desk: Desk, stated: dict[str, object], policy: str
) -> None:
    assert stopped_by(desk, drafted(desk, own_side())) == set()
    assert policy in stopped_by(desk, drafted(desk, own_side(**stated)))


def test_personal_data_say_from_which_records_they_come(desk: Desk) -> None:
    silent = own_side(**OF_A_PERSON, records=[])
    draft = drafted(desk, silent, persons=[PERSON], person_categories=["suspect"])
    assert "CA-17.not-stated" in stopped_by(desk, draft)
    said = own_side(**OF_A_PERSON, records=["ordinary"])
    draft = services.save_draft(desk.liaison, draft, version=1, fields=draft.fields, own=said)
    assert "CA-17.not-stated" not in stopped_by(desk, draft)


def test_a_matter_without_persons_goes_on_with_a_condition_where_nobody_said_so(desk: Desk) -> None:
    draft = drafted(desk, own_side(records=[]))
    assert stopped_by(desk, draft) == set()
    assert "CA-10.not-stated" in conditions_of(desk, draft)


def test_a_young_persons_record_is_answered_as_any_other_shielded_matter(desk: Desk) -> None:
    request = received_request(desk, persons=[PERSON], person_categories=["suspect"])
    own = own_side(**OF_A_PERSON, records=["youth"])
    shielded = services.check_draft(desk.duty, services.answer(desk.duty, request, answer_fields(), own=own))
    claimant = own_side(protection_statuses=["claimant"], is_in_custody=False)
    other = services.check_draft(desk.duty, services.answer(desk.duty, request, answer_fields(), own=claimant))
    assert "CA-17.barred" in {reason.policy for reason in shielded.decision.reasons}
    assert shielded.outward == other.outward == "cannot-confirm-or-deny"


def test_a_draft_whose_authors_posting_ended_waits_for_the_head_of_the_post(desk: Desk) -> None:
    draft = drafted(desk, own_side())
    author = desk.liaison
    author.active_until = timezone.now() - timedelta(minutes=1)
    author.save()
    draft = Message.objects.get(pk=draft.pk)
    assert facts_of(draft, releaser=None, now=timezone.now()).is_post_ended is True
    colleague = desk.again(Role.LIAISON, "colleague")
    decision = services.check_draft(colleague, draft).decision
    assert "BI-06.post-ended" in {reason.policy for reason in decision.holds}


def test_who_reviews_does_not_draft(desk: Desk) -> None:
    draft = drafted(desk, own_side())
    desk.liaison.roles = ["liaison", "reviewer"]
    desk.liaison.save()
    assert "BI-14.own-work" in stopped_by(desk, Message.objects.get(pk=draft.pk))


def test_only_an_emergency_asks_whether_a_reviewer_is_in_post(desk: Desk) -> None:
    now = timezone.now()
    assert facts_of(drafted(desk, own_side()), releaser=None, now=now).is_reviewer_in_post is None
    urgent = drafted(desk, own_side(is_life_threat=True, imminence="It happens tonight.", is_minimum_data=True))
    assert facts_of(urgent, releaser=None, now=now).is_reviewer_in_post is True
    desk.reviewer.active_until = now
    desk.reviewer.save()
    assert not is_reviewer_in_post(now)
    assert facts_of(urgent, releaser=None, now=now).is_reviewer_in_post is False


def test_a_room_above_tells_that_a_lane_is_suspended_and_nothing_else(desk: Desk) -> None:
    draft = drafted(desk, own_side())
    tell_circumstances(lambda message, _now: {"is_lane_suspended": message.pk == draft.pk, "records": ("dna",)})
    assert "BI-09.suspended" in stopped_by(desk, draft)
    assert "CA-17.barred" not in stopped_by(desk, draft)
    assert stopped_by(desk, drafted(desk, own_side())) == set()


def test_a_shipment_is_described_where_every_substance_has_a_quantity(desk: Desk) -> None:
    named = {"name": "1-boc-4-piperidone", "cas_number": "79099-07-3"}
    now = timezone.now()
    whole = drafted(desk, own_side(), substances=[{**named, "quantity_grams": "25000"}])
    assert facts_of(whole, releaser=None, now=now).is_shipment_described
    part = drafted(desk, own_side(), substances=[{**named, "quantity_grams": "25000"}, named])
    assert not facts_of(part, releaser=None, now=now).is_shipment_described
    assert not facts_of(drafted(desk, own_side(), substances=None), releaser=None, now=now).is_shipment_described
