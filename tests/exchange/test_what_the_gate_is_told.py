"""What the gate is told of a draft does not depend on what its drafter leaves out."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from accord.courier.models import Alarm, Channel
from accord.exchange import services
from accord.exchange.drafts import FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.kinds.answer import PART_REFUSED_ALL
from accord.exchange.models import Message
from accord.handling.weighing import decide_weighing, weigh
from accord.law.loading import PackFault
from accord.officers.four_eyes import confirm_officer
from accord.officers.services import create_officer
from accord.parties.models import Party
from accord.parties.profile import load_profile
from accord.release.errors import GateRefuses
from accord.release.gate import gate_in_use, use_gate
from accord.vocabulary.refusal import DelayReason
from tests.desk import (
    TODAY,
    Desk,
    answer_fields,
    information_fields,
    notice_fields,
    own_side,
    received_request,
    request_fields,
    seen,
    weighed,
)
from tests.registers import profiled

PERSON = {"category": "suspect", "is_minor": False, "names": ["A Specimen"], "link_to_purpose": "Named as consignee."}


def stopped_by(desk: Desk, draft: Message) -> set[str]:
    decision = services.check_draft(desk.duty, draft).decision
    return {reason.policy for reason in decision.reasons if not reason.outcome.lets_pass}


def refused(desk: Desk, request: Message, fields: dict[str, object] | None = None, **given: Any) -> Message:
    silent = answer_fields(outcome=None, evaluation=None, answered_items=None, text=None, accuracy=None)
    given = {"ground": "a", "part_refused": PART_REFUSED_ALL, "own": {"has_personal_data": False}, **given}
    return services.refuse(desk.duty, request, {**silent, **(fields or {})}, **given)


@pytest.mark.parametrize("outcome", ["full", "partial", "nothing-held"])
def test_an_answer_to_a_question_about_a_person_is_about_that_person(desk: Desk, outcome: str) -> None:
    request = received_request(desk, persons=[PERSON], person_categories=["suspect"])
    draft = services.answer(desk.duty, request, answer_fields(outcome=outcome), own=own_side())
    assert "CA-07.shield" in stopped_by(desk, draft)
    assert services.check_draft(desk.duty, draft).outward == "cannot-confirm-or-deny"
    said = own_side(protection_statuses=["none"])
    draft = services.save_draft(desk.duty, draft, version=1, fields=draft.fields, own=said)
    assert "CA-07.shield" not in stopped_by(desk, draft)


def test_a_question_back_about_a_persons_request_is_about_that_person(desk: Desk) -> None:
    request = received_request(desk, persons=[PERSON], person_categories=["suspect"])
    draft = services.clarify(desk.liaison, request, notice_fields(), points=["Born when?"], own=own_side())
    assert "CA-07.shield" in stopped_by(desk, draft)


def test_what_may_be_said_of_a_shielded_person_is_still_said(desk: Desk) -> None:
    request = received_request(desk, persons=[PERSON], person_categories=["suspect"])
    assert stopped_by(desk, services.cannot_confirm(desk.duty, request)) == set()
    assert stopped_by(desk, refused(desk, request)) == set()


@pytest.mark.parametrize(
    "changed",
    [
        {"fields": {"text": "He lives at 1 Main Street."}},
        {"fields": {"extensions": {"x-note": "He lives at 1 Main Street."}}},
        {"fields": {"conditions": "He lives at 1 Main Street."}},
        {"fields": {"handling_note": "He lives at 1 Main Street."}},
        {"part_refused": "What concerns the claim."},
        {"reasons": "It would endanger him."},
        {"cured_by": "Proof that there is no claim."},
    ],
    ids=str,
)
def test_a_refusal_in_words_of_an_officer_bears_information(desk: Desk, changed: dict[str, Any]) -> None:
    request = received_request(desk, persons=[PERSON], person_categories=["suspect"])
    assert "CA-07.shield" in stopped_by(desk, refused(desk, request, **changed))


def test_a_delay_notice_with_words_or_a_file_bears_information(desk: Desk, settings: Any, tmp_path: Path) -> None:
    settings.ACCORD_HOME = tmp_path
    request = received_request(desk, persons=[PERSON], person_categories=["suspect"])

    def notice(**fields: object) -> Message:
        soon = TODAY + timedelta(days=3)
        return services.delay(desk.duty, request, notice_fields(**fields), reason=DelayReason.VOLUME, expected_on=soon)

    assert stopped_by(desk, notice()) == set()
    assert "CA-07.shield" in stopped_by(desk, notice(explanation="He lives at 1 Main Street."))
    with_file = notice()
    services.attach(desk.duty, with_file, name="a.txt", media_type="text/plain", file=io.BytesIO(b"He lives there."))
    with_file.refresh_from_db()
    assert "CA-07.shield" in stopped_by(desk, with_file)


def naming(rule: str) -> list[dict[str, str]]:
    return [
        {"ground": "a", "part_refused": PART_REFUSED_ALL},
        {"ground": "law", "rule": rule, "part_refused": PART_REFUSED_ALL},
    ]


def test_no_refusal_names_a_rule_that_may_not_be_told(desk: Desk) -> None:
    draft = refused(desk, received_request(desk))
    draft = services.save_draft(desk.duty, draft, version=1, fields={**draft.fields, "refusals": naming("CA-07")})
    assert stopped_by(desk, draft) == {"CA-07.hint"}


@pytest.mark.parametrize("rule", ["ca-07", "CA-07.shield", "IRPA-115"])
def test_no_refusal_names_a_rule_that_does_not_exist_not_even_past_the_form(desk: Desk, rule: str) -> None:
    draft = refused(desk, received_request(desk))
    fields = {**draft.fields, "refusals": naming(rule)}
    with pytest.raises(FieldRefused):
        services.save_draft(desk.duty, draft, version=1, fields=fields)
    Message.objects.filter(pk=draft.pk).update(content=msgspec.json.encode(fields))
    draft.refresh_from_db()
    assert stopped_by(desk, draft) == {"CA-07.hint"}


def test_one_status_does_not_speak_for_two_persons(desk: Desk) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    fields = request_fields(persons=[PERSON, PERSON], person_categories=["suspect"])
    draft = services.draft_request(desk.liaison, case, fields, own=own_side(protection_statuses=["none"]))
    assert "CA-07.shield" in stopped_by(desk, draft)
    two = own_side(protection_statuses=["none", "none"])
    draft = services.save_draft(desk.liaison, draft, version=1, fields=fields, own=two)
    assert "CA-07.shield" not in stopped_by(desk, draft)


def informing(desk: Desk, *, peer: str = "IN", own: dict[str, object] | None = None, **fields: Any) -> Message:
    case = services.create_case(desk.liaison, peer=peer, theme="precursors", title="A drum")
    return services.draft_information(desk.liaison, case, information_fields(**fields), own=own or own_side())


def test_a_profile_does_not_choose_the_law_that_binds_its_party(desk: Desk) -> None:
    Party.objects.filter(code="CA").update(profile={**load_profile("canada").to_json(), "law_packs": ["common"]})
    use_gate(None)
    with pytest.raises(PackFault) as fault:
        gate_in_use()
    assert fault.value.reason_code == "law.pack-left-out"


def test_a_hold_is_answered_only_while_it_holds(desk: Desk) -> None:
    with pytest.raises(ActRefused) as refused_act:
        services.answer_hold(desk.releasing, informing(desk), policy="CA-15.mixed", reason="Nothing to see.")
    assert refused_act.value.reason_code == "exchange.no-such-hold"


def test_an_answer_to_a_hold_does_not_outlive_the_text_it_was_given_to(
    desk: Desk, settings: Any, tmp_path: Path
) -> None:
    settings.ACCORD_HOME = tmp_path
    mixed = own_side(basis=["conduct", "protest"])
    draft = informing(desk, own=mixed)
    head = desk.head("The head of the agency")
    weighed(desk, draft)
    services.answer_hold(head, draft, policy="CA-15.mixed", reason="Conduct predominates.")
    assert stopped_by(desk, draft) == set()
    other = services.save_draft(desk.liaison, draft, version=1, fields=information_fields(facts="Organisers: a list."))
    assert stopped_by(desk, other) == {"CA-15.mixed"}
    test = weigh(desk.duty, other, conduct="A drum.", expression="A list.", predominates="conduct", why="The drum.")
    decide_weighing(desk.releasing, test, agrees=True, why="The drum.")
    services.answer_hold(head, other, policy="CA-15.mixed", reason="Conduct predominates.")
    assert stopped_by(desk, other) == set()
    services.attach(desk.liaison, other, name="a.txt", media_type="text/plain", file=io.BytesIO(b"Another list."))
    other.refresh_from_db()
    assert stopped_by(desk, other) == {"CA-15.mixed"}
    with pytest.raises(GateRefuses):
        services.submit(desk.liaison, other, version=other.version)


def test_an_officer_speaks_for_their_own_agency_only(desk: Desk) -> None:
    border = create_officer(
        desk.administrator, "border", password=None, display_name="B", roles=["liaison"], agency="CBSA"
    )
    confirm_officer(desk.reviewer, border)
    case = services.create_case(border, peer="IN", theme="precursors", title="A drum")
    draft = services.draft_request(border, case, request_fields(), own=own_side())
    assert [item.field for item in services.check_draft(border, draft).problems] == ["sender.agency"]
    with pytest.raises(ActRefused):
        services.submit(border, draft, version=1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sender": ("CA", "NOBODY")}, "sender.agency"),
        ({"recipient": ("IN", "NOBODY")}, "recipient.agency"),
        ({"classification": {"own": "TOP SECRET // SI", "equivalent": "unclassified"}}, "classification.own"),
        ({"classification": {"own": "Secret", "equivalent": "unclassified"}}, "classification.equivalent"),
    ],
    ids=str,
)
def test_what_no_profile_knows_does_not_leave(desk: Desk, fields: dict[str, Any], field: str) -> None:
    draft = informing(desk, **fields)
    assert [item.field for item in services.check_draft(desk.liaison, draft).problems] == [field]


def test_a_draft_does_not_rename_the_author_of_the_risk_profile(desk: Desk) -> None:
    profiled("IN", assessed_on=TODAY, assessed_by="liaison")
    named = {"person_categories": ["suspect"], "arrangement_id": "ARR-2026-1"}
    own = own_side(protection_statuses=["none"], is_in_custody=False)
    before = stopped_by(desk, informing(desk, own=own, **named))
    assert before
    assert stopped_by(desk, informing(desk, own={**own, "risk_assessed_by": "somebody"}, **named)) == before


def test_matter_of_another_party_is_assumed_where_nobody_said_what_is_in_it(desk: Desk) -> None:
    third = Party.objects.create(code="GB", profile={**load_profile("canada").to_json(), "code": "GB"})
    Channel.objects.create(peer=third, party_code="CA")
    received_request(desk)
    recipient = ("GB", "RCMP")
    assert "BI-03.holds-third" in stopped_by(desk, informing(desk, peer="GB", recipient=recipient))
    said = own_side(contains_received_from=[])
    assert "BI-03.holds-third" not in stopped_by(desk, informing(desk, peer="GB", own=said, recipient=recipient))


def test_an_emergency_release_calls_the_reviewer_within_a_day(desk: Desk) -> None:
    own = own_side(is_life_threat=True, imminence="Within the hour.", is_minimum_data=True)
    draft = informing(desk, own=own, purpose="protect-life")
    message = services.submit(desk.liaison, draft, version=1)
    assert message.approval is not None
    message = services.approve(desk.releasing, message, **seen(message))
    services.release(desk.releasing, message)
    assert Alarm.objects.get().code == "exchange.emergency-released"
