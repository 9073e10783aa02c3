"""Each use of a received item is asked of the gate with its act, its recipient and its purpose, and is on record."""

import json
from dataclasses import replace

import pytest

from accord.exchange.errors import ActRefused
from accord.exchange.models import Message
from accord.handling.errors import UseRefused
from accord.handling.models import Use
from accord.handling.uses import Intended, stops_only_for_permission, use_item, uses_of
from accord.law.decision import Decision
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted
from accord.release.errors import GateRefuses
from accord.release.intake import take_in
from accord.release.models import DecisionRecord
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode
from tests.desk import CANADA, INDIA, Desk, from_india, notice_fields, released_request
from tests.handling.story import COURT, answered, asked, caveat, item_from_india

LEAD = Intended(use=UseCode.LEAD, purpose=Purpose.INVESTIGATE, suspicion="no")
ACCESS = Intended(use=UseCode.ACCESS_REQUEST, purpose=Purpose.INVESTIGATE, suspicion="no", concerns_rights=False)
PRINT = Intended(use=UseCode.PRINT, purpose=Purpose.INVESTIGATE, suspicion="no")


def stopped_by(record: DecisionRecord) -> set[str]:
    return {reason["policy"] for reason in record.decision["reasons"] if reason["outcome"] in {"hold", "refuse"}}


def refused(desk: Desk, item: Message, intended: Intended) -> Use:
    with pytest.raises(GateRefuses):
        use_item(desk.duty, item, intended)
    made = Use.objects.filter(item=item).order_by("-at", "-id")[0]
    assert not made.is_permitted
    return made


def test_a_lead_for_the_purpose_stated_passes_and_is_on_record_with_its_facts(desk: Desk) -> None:
    made = use_item(desk.duty, item_from_india(desk), LEAD)
    facts = json.loads(bytes(made.decision.facts))
    assert (facts["use_act"], facts["use_recipient"], facts["use_effect"]) == ("lead", "RCMP", "lead")
    assert made.is_permitted
    assert made.grant is None
    act = Act.objects.get(verb="use message")
    assert (act.officer, act.detail["use"], act.detail["decision"]) == (desk.duty, "lead", made.decision_id)


@pytest.mark.parametrize(
    ("intended", "policy"),
    [
        (replace(LEAD, purpose=Purpose.PROSECUTE), "BI-02.other-use"),
        (replace(LEAD, use=UseCode.DEPRIVE_OF_RIGHTS, suspicion="unknown"), "CA-04.quarantine"),
        (replace(COURT, suspicion="likely"), "CA-04.quarantine"),
        (COURT, "BI-02.caveat"),
        (COURT, "BI-02.court"),
        (PRINT, "BI-02.caveat"),
        (replace(LEAD, use=UseCode.FORWARD), "BI-02.caveat"),
        (replace(LEAD, use=UseCode.OTHER_AGENCY, recipient="CBSA"), "BI-02.caveat"),
        (replace(LEAD, use=UseCode.THIRD_STATE, recipient="FR"), "BI-03.onward"),
        (replace(LEAD, use=UseCode.MEDIA, recipient="The Daily"), "BI-02.public"),
        (replace(LEAD, use=UseCode.ASYLUM_BODY, recipient="IRB"), "BI-02.caveat"),
        (replace(LEAD, use=UseCode.EXPORT), "BI-02.caveat"),
        (ACCESS, "CA-18.refused"),
    ],
)
def test_what_no_caveat_names_is_stopped_by_its_real_act_or_purpose(
    desk: Desk, intended: Intended, policy: str
) -> None:
    made = refused(desk, item_from_india(desk), intended)
    assert policy in stopped_by(made.decision)
    assert Act.objects.filter(verb="stop use of message").exists()


@pytest.mark.parametrize(
    ("caveats", "intended", "handling"),
    [
        ([caveat("print")], PRINT, "H1"),
        ([caveat("export", "print")], replace(PRINT, use=UseCode.EXPORT), "H2"),
        ([caveat("forward")], replace(LEAD, use=UseCode.FORWARD, handed_to="Desk 4"), "H2"),
        (
            [caveat(), caveat("other-agency", who="CBSA")],
            replace(LEAD, use=UseCode.OTHER_AGENCY, recipient="CBSA"),
            "H1",
        ),
        ([caveat(), caveat("court", who="court")], COURT, "H0"),
        ([caveat(), caveat("court", who="Superior Court")], COURT, "H0"),
    ],
)
def test_what_a_caveat_names_by_its_code_passes(
    desk: Desk, caveats: list[dict[str, object]], intended: Intended, handling: str
) -> None:
    item = item_from_india(desk, caveats=caveats, handling=handling)
    assert use_item(desk.duty, item, intended).is_permitted


@pytest.mark.parametrize(
    "caveats",
    [
        [caveat("Print")],
        [caveat("print ")],
        [caveat("print", who="Rcmp")],
        [caveat("print", who="RCMP, federal policing")],
        [caveat("print", who="NCB")],
        [caveat("print"), caveat("for counsel only")],
    ],
)
def test_what_only_sounds_like_a_code_permits_nothing(desk: Desk, caveats: list[dict[str, object]]) -> None:
    made = refused(desk, item_from_india(desk, caveats=caveats), PRINT)
    assert stopped_by(made.decision) == {"BI-02.caveat"}
    assert stops_only_for_permission(Decision.from_json(made.decision.decision))


@pytest.mark.parametrize(("handling", "policy"), [("H1", "BI-02.court"), ("H2", "BI-02.court")])
def test_a_handling_code_keeps_an_item_out_of_court_whatever_a_caveat_says(
    desk: Desk, handling: str, policy: str
) -> None:
    item = item_from_india(desk, caveats=[caveat(), caveat("court", who="court")], handling=handling)
    assert policy in stopped_by(refused(desk, item, COURT).decision)


def test_permission_is_no_way_out_where_something_else_stops_the_use(desk: Desk) -> None:
    made = refused(desk, item_from_india(desk), replace(COURT, suspicion="likely"))
    assert not stops_only_for_permission(Decision.from_json(made.decision.decision))


@pytest.mark.parametrize(
    ("intended", "code"),
    [
        (replace(COURT, recipient=""), "handling.no-recipient"),
        (replace(COURT, recipient="x" * 201), "handling.no-recipient"),
        (replace(LEAD, use=UseCode.THIRD_STATE, recipient="France"), "handling.no-such-state"),
        (replace(LEAD, use=UseCode.THIRD_STATE, recipient="CA"), "handling.no-such-state"),
        (replace(LEAD, use=UseCode.THIRD_STATE, recipient="IN"), "handling.no-such-state"),
        (replace(LEAD, use=UseCode.OTHER_AGENCY, recipient="FBI"), "handling.no-such-agency"),
    ],
)
def test_a_recipient_that_is_not_named_rightly_is_refused_before_the_gate_is_asked(
    desk: Desk, intended: Intended, code: str
) -> None:
    with pytest.raises(UseRefused) as refusal:
        use_item(desk.duty, item_from_india(desk), intended)
    assert refusal.value.reason_code == code
    assert refusal.value.fields["field"] == "recipient"
    assert not Use.objects.exists()


def test_our_own_message_and_one_that_was_withdrawn_are_not_used(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        use_item(desk.duty, released_request(desk), LEAD)
    item = item_from_india(desk)
    Message.objects.filter(pk=item.pk).update(state=Message.State.WITHDRAWN)
    with pytest.raises(ActRefused) as refusal:
        use_item(desk.duty, item, LEAD)
    assert refusal.value.reason_code == "exchange.withdrawn"


def test_who_may_not_answer_may_not_use_and_who_reads_may_print(desk: Desk) -> None:
    item = item_from_india(desk, caveats=[caveat("print")])
    with pytest.raises(NotPermitted):
        use_item(desk.reviewer, item, LEAD)
    with pytest.raises(NotPermitted):
        use_item(desk.administrator, item, PRINT)
    assert use_item(desk.liaison, item, PRINT).is_permitted


def test_the_uses_of_an_item_are_listed_the_newest_first(desk: Desk) -> None:
    item = item_from_india(desk)
    use_item(desk.duty, item, LEAD)
    refused(desk, item, PRINT)
    assert [(one.use, one.is_permitted) for one in uses_of([item])] == [("print", False), ("lead", True)]


def corrected(desk: Desk, item: Message, action: str, **changed: object) -> None:
    """India's later word on an item of its own, filed."""
    fields = notice_fields(INDIA, CANADA, handling="H1")
    content = {
        **fields,
        "corrected": [{"envelope_id": str(item.envelope_id), "message_ref": item.reference}],
        "action": action,
        "reason": "inaccurate",
        "what_is_wrong": "Said too widely.",
        **changed,
    }
    desk.peer.send("correction", from_india(content, case_ref_other=item.case.own_ref, number=9))
    assert take_in(desk.channel).filed == 1


def test_a_later_restriction_narrows_what_the_first_caveats_permitted(desk: Desk) -> None:
    item = item_from_india(desk, caveats=[caveat("print")])
    assert use_item(desk.duty, item, PRINT).is_permitted
    corrected(desk, item, "restrict", new_caveats=[caveat("print", who="CBSA")])
    assert "BI-02.caveat" in stopped_by(refused(desk, item, PRINT).decision)


def test_a_later_handling_code_binds_and_never_loosens(desk: Desk) -> None:
    item = item_from_india(desk, caveats=[caveat("forward")], handling="H2")
    forwarding = replace(LEAD, use=UseCode.FORWARD)
    assert use_item(desk.duty, item, forwarding).is_permitted
    corrected(desk, item, "restrict", new_handling="H3")
    assert "BI-02.stated-limit" in stopped_by(refused(desk, item, forwarding).decision)


def test_a_restriction_outlives_a_grant_that_was_given_before(desk: Desk) -> None:
    item = item_from_india(desk)
    answered(desk, asked(desk, item))
    assert use_item(desk.duty, item, COURT).is_permitted
    corrected(desk, item, "restrict", new_caveats=[caveat("print", who="RCMP")])
    refused(desk, item, COURT)


def test_an_item_that_a_correction_recalled_is_used_for_nothing(desk: Desk) -> None:
    item = item_from_india(desk, caveats=[caveat("print")])
    corrected(desk, item, "recall")
    with pytest.raises(ActRefused) as refusal:
        use_item(desk.duty, item, PRINT)
    assert refusal.value.reason_code == "exchange.withdrawn"


def test_an_applicant_for_access_is_refused_and_the_originator_asked_in_one_step(desk: Desk) -> None:
    item = item_from_india(desk)
    made = refused(desk, item, ACCESS)
    facts = json.loads(bytes(made.decision.facts))
    assert (facts["use_effect"], facts["concerns_rights"], made.recipient) == (
        "access-request",
        False,
        "access-request",
    )
    assert stops_only_for_permission(Decision.from_json(made.decision.decision))
    answered(desk, asked(desk, item, ACCESS))
    given = use_item(desk.duty, item, ACCESS)
    assert given.is_permitted
    assert given.grant is not None
    assert "CA-18.consented" in {reason["policy"] for reason in given.decision.decision["reasons"]}
    assert is_still_stopped(desk, item)


def is_still_stopped(desk: Desk, item: Message) -> bool:
    """The consent is to this act alone: the item is not given to the media on it."""
    return bool(stopped_by(refused(desk, item, replace(LEAD, use=UseCode.MEDIA, recipient="The Daily")).decision))
