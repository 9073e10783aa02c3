"""Lanes: stopped by one side at once, let go on by both."""

from uuid import uuid4

import msgspec
import pytest

from accord.courier.models import Alarm, Outbox
from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import LANE_NOTICE
from accord.exchange.text import TextRefused
from accord.handling.lanes import resume_lane, suspend_lane, suspended_lanes
from accord.handling.models import LaneSuspension, ObjectionMade
from accord.officers.permissions import NotPermitted, Role
from accord.release.errors import GateRefuses
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from tests.desk import Desk, approved, own_side, received_request, request_fields, submitted_request
from tests.handling.test_objections import their_objection

WHY = "A caveat was breached (specimen)."


def notice(desk: Desk, act: str, key: object, theme: str = "precursors") -> bool:
    payload = {"schema_version": 1, "theme": theme, "act": act, "suspension": str(key)}
    desk.peer.send(LANE_NOTICE, payload)
    return take_in(desk.channel).filed == 1


def told(desk: Desk) -> list[tuple[str, str]]:
    rows = [msgspec.json.decode(bytes(row.payload)) for row in Outbox.objects.filter(kind=LANE_NOTICE).order_by("id")]
    return [(row["act"], row["suspension"]) for row in rows]


def test_a_suspension_stops_what_was_approved_before_it_and_tells_the_other_side(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    row = suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    assert told(desk) == [("suspend", str(row.pk))]
    with pytest.raises(GateRefuses) as refused:
        services.release(desk.releasing, message)
    assert "BI-09" in {reason.rule for reason in refused.value.decision.reasons}
    assert not Outbox.objects.filter(kind="request").exists()


def test_another_subject_goes_on(desk: Desk) -> None:
    suspend_lane(desk.releasing, peer="IN", theme="fraud", reason=WHY)
    message = approved(desk, submitted_request(desk))
    assert services.release(desk.releasing, message).released_id is not None


def test_their_suspension_stops_ours_with_an_alarm_and_both_words_end_it(desk: Desk) -> None:
    key = uuid4()
    assert notice(desk, "suspend", key)
    assert Alarm.objects.filter(code="handling.lane-suspended-by-peer").exists()
    with pytest.raises(GateRefuses):
        submitted_request(desk)
    row = LaneSuspension.objects.get(pk=key)
    resume_lane(desk.releasing, row, reason="It was settled.")
    assert suspended_lanes().get() == row
    assert notice(desk, "resume", key)
    assert not suspended_lanes().exists()
    assert submitted_request(desk).approval is not None


def test_their_word_alone_does_not_end_our_suspension_and_who_suspended_does_not_resume(desk: Desk) -> None:
    row = suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    assert notice(desk, "resume", row.pk)
    assert suspended_lanes().exists()
    with pytest.raises(ActRefused) as refused:
        resume_lane(desk.releasing, row, reason="Settled.")
    assert refused.value.reason_code == "handling.own-suspension"
    other = desk.again(Role.RELEASING, "another")
    resume_lane(other, row, reason="Settled.")
    assert not suspended_lanes().exists()
    assert told(desk)[-1] == ("resume", str(row.pk))


def test_a_word_for_an_old_suspension_does_not_end_a_new_one(desk: Desk) -> None:
    old = suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    other = desk.again(Role.RELEASING, "another")
    resume_lane(other, old, reason="Settled.")
    assert notice(desk, "resume", old.pk)
    new = suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    assert notice(desk, "resume", old.pk)
    assert suspended_lanes().get() == new


@pytest.mark.parametrize("theme", ["fraud", "precursors"])
def test_a_word_for_an_unknown_suspension_is_refused_to_its_sender(desk: Desk, theme: str) -> None:
    row = suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    key = row.pk if theme == "fraud" else uuid4()
    assert not notice(desk, "resume", key, theme)
    assert ReceivedMessage.objects.latest("pk").reason_code == "handling.unknown-suspension"
    assert not notice(desk, "suspend", row.pk)
    assert LaneSuspension.objects.get().is_ours


def test_a_threat_to_life_still_leaves(desk: Desk) -> None:
    suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A threat")
    threat = {"is_life_threat": True, "imminence": "The drum leaks beside a school.", "is_minimum_data": True}
    fields = request_fields(
        purpose="protect-life", urgency="threat-to-life", urgency_ground="life-or-limb", urgency_text="A leak."
    )
    draft = services.draft_request(desk.liaison, case, fields, own=own_side(**threat))
    assert services.submit(desk.liaison, draft, version=1).approval is not None


def test_an_objection_with_another_party_suspends_nothing(desk: Desk) -> None:
    objection = their_objection(desk, received_request(desk))
    assert objection is not None
    made = ObjectionMade.objects.get(pk=objection.pk)
    made.item.case.peer_id = "XX"
    with pytest.raises(ActRefused) as refused:
        suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY, objection=made)
    assert refused.value.reason_code == "handling.other-objection"
    made.refresh_from_db()
    row = suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY, objection=made)
    sent = msgspec.json.decode(bytes(Outbox.objects.get(kind=LANE_NOTICE).payload))
    assert (row.objection, sent["objection"]) == (made, str(objection.envelope_id))


def test_who_may_suspend_and_with_what_words(desk: Desk) -> None:
    for role in (Role.LIAISON, Role.DUTY, Role.REVIEWER, Role.ADMINISTRATOR, Role.DECIDER):
        with pytest.raises(NotPermitted):
            suspend_lane(desk.officers[role], peer="IN", theme="precursors", reason=WHY)
    with pytest.raises(TextRefused):
        suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=" ")
    with pytest.raises(ActRefused) as refused:
        suspend_lane(desk.releasing, peer="IN", theme="weather", reason=WHY)
    assert refused.value.reason_code == "handling.unknown-lane"
    suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    with pytest.raises(ActRefused) as again:
        suspend_lane(desk.releasing, peer="IN", theme="precursors", reason=WHY)
    assert again.value.reason_code == "handling.lane-suspended"
    assert len(told(desk)) == 1
