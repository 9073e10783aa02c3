"""A use of what was received is asked of the gate with the effect and purpose it really has."""

import json

import pytest

from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.facts import Use
from accord.exchange.models import Message
from accord.officers.models import Act
from accord.release.errors import GateRefuses
from accord.release.intake import take_in
from accord.release.models import DecisionRecord
from accord.vocabulary.subjects import Purpose
from tests.desk import CANADA, INDIA, Desk, from_india, information_fields, released_request


def received_information(desk: Desk) -> Message:
    entry = desk.peer.send("spontaneous-information", from_india(information_fields(INDIA, CANADA)))
    assert take_in(desk.channel).filed == 1
    return Message.objects.get(envelope_id=entry.envelope_id)


def stopped_by(record: DecisionRecord) -> set[str]:
    return {reason["policy"] for reason in record.decision["reasons"] if reason["outcome"] in {"hold", "refuse"}}


def test_a_lead_for_the_purpose_stated_passes_and_is_on_record_with_its_facts(desk: Desk) -> None:
    message = received_information(desk)
    record = services.use_received(desk.duty, message, Use(effect="lead", purpose=Purpose.INVESTIGATE, suspicion="no"))
    facts = json.loads(bytes(record.facts))
    assert (facts["use_effect"], facts["use_purpose"], facts["possibly_from_mistreatment"]) == (
        "lead",
        "investigate",
        "no",
    )
    act = Act.objects.get(verb="use message")
    assert (act.officer, act.detail["effect"], act.detail["decision"]) == (desk.duty, "lead", record.pk)


@pytest.mark.parametrize(
    ("use", "policy"),
    [
        (Use(effect="lead", purpose=Purpose.PROSECUTE, suspicion="no"), "BI-02.other-use"),
        (Use(effect="deprive-of-rights", purpose=Purpose.INVESTIGATE), "CA-04"),
        (Use(effect="evidence", purpose=Purpose.INVESTIGATE, suspicion="likely"), "CA-04"),
    ],
)
def test_a_use_that_filing_would_have_passed_is_stopped_by_its_real_effect_or_purpose(
    desk: Desk, use: Use, policy: str
) -> None:
    message = received_information(desk)
    with pytest.raises(GateRefuses):
        services.use_received(desk.duty, message, use)
    record = DecisionRecord.objects.filter(officer=desk.duty, action="use").get()
    assert any(name.startswith(policy) for name in stopped_by(record))
    assert Act.objects.filter(verb="stop use of message").exists()


def test_another_purpose_passes_where_a_message_of_theirs_in_the_case_permits_it(desk: Desk) -> None:
    message = received_information(desk)
    other = Use(effect="lead", purpose=Purpose.PROSECUTE, suspicion="no")
    for wrong in (message, released_request(desk)):
        with pytest.raises(ActRefused) as refused:
            services.use_received(desk.duty, message, other, permitted_in=wrong)
        assert refused.value.fields == {"field": "permitted_in"}
    sent = Message.objects.create(
        case=message.case, direction="in", kind="clarification", state="received", content=b"{}"
    )
    assert services.use_received(desk.duty, message, other, permitted_in=sent).outcome.startswith("permit")


def test_our_own_message_and_one_that_was_withdrawn_are_not_used(desk: Desk) -> None:
    use = Use(effect="lead", purpose=Purpose.INVESTIGATE, suspicion="no")
    with pytest.raises(ActRefused):
        services.use_received(desk.duty, released_request(desk), use)
    message = received_information(desk)
    message.state = Message.State.WITHDRAWN
    message.save()
    with pytest.raises(ActRefused) as refused:
        services.use_received(desk.duty, message, use)
    assert refused.value.reason_code == "exchange.withdrawn"
