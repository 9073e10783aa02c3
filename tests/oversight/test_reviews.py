"""An emergency is reviewed within a day, once, by somebody who had no part in it; a late review is an alarm."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.courier.models import Alarm
from accord.exchange import services
from accord.exchange.models import EmergencyReview, HoldAnswer, Message
from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.oversight.reviews import (
    ReviewRefused,
    alarm_overdue_reviews,
    emergencies,
    review_emergency,
)
from tests.desk import Desk, approved, information_fields, own_side


def emergency(desk: Desk) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    own = own_side(is_life_threat=True, imminence="He named the hour.", is_minimum_data=True)
    draft = services.draft_information(desk.liaison, case, information_fields(purpose="protect-life"), own=own)
    return services.release(desk.releasing, approved(desk, services.submit(desk.liaison, draft, version=1)))


def test_an_emergency_waits_for_its_review_from_its_release_on(desk: Desk) -> None:
    sent = emergency(desk)
    [row] = emergencies(desk.reviewer, is_open=True)
    assert (row.message, row.due_at) == (sent, sent.released_at + timedelta(hours=24))  # type: ignore[operator]
    found = review_emergency(desk.reviewer, sent.pk, outcome="justified", reason="The hour was near.")
    assert (found.reviewed_by, found.outcome, found.reason) == (desk.reviewer, "justified", "The hour was near.")
    act = Act.objects.get(verb="review emergency")
    assert (act.detail, act.reason.text) == ({"outcome": "justified", "is_late": False}, "The hour was near.")
    assert not emergencies(desk.reviewer, is_open=True)
    with pytest.raises(ReviewRefused) as refused:
        review_emergency(desk.reviewer, sent.pk, outcome="justified", reason="Again.")
    assert refused.value.reason_code == "oversight.reviewed"


def test_a_review_needs_its_permission_a_reason_and_a_person_without_a_part(desk: Desk) -> None:
    sent = emergency(desk)
    with pytest.raises(NotPermitted):
        review_emergency(desk.releasing, sent.pk, outcome="justified", reason="Mine.")
    with pytest.raises(TextRefused):
        review_emergency(desk.reviewer, sent.pk, outcome="justified", reason=" ")
    for officer in (desk.liaison, desk.releasing):
        officer.roles = ["reviewer"]
        officer.save()
        with pytest.raises(ReviewRefused) as refused:
            review_emergency(officer, sent.pk, outcome="justified", reason="Mine.")
        assert refused.value.reason_code == "oversight.own-emergency"
    assert EmergencyReview.objects.get().reviewed_at is None


def test_who_answered_a_hold_of_an_emergency_or_submitted_it_does_not_review_it(desk: Desk) -> None:
    sent = emergency(desk)
    assert sent.approval is not None
    cleared, submitted = desk.again(Role.REVIEWER, "cleared"), desk.again(Role.REVIEWER, "submitted")
    HoldAnswer.objects.create(
        message=sent, policy="X", decided_by=cleared, decided_at=timezone.now(), reason="Yes.", bound_to=bytes(32)
    )
    sent.approval.requested_by = submitted
    sent.approval.save()
    for officer in (cleared, submitted):
        with pytest.raises(ReviewRefused):
            review_emergency(officer, sent.pk, outcome="justified", reason="My own part.")


def test_a_late_review_stands_as_an_alarm_until_it_is_made_and_is_recorded_as_late(desk: Desk) -> None:
    sent = emergency(desk)
    assert alarm_overdue_reviews(now=timezone.now() + timedelta(hours=23)) == 0
    later = timezone.now() + timedelta(hours=25)
    assert alarm_overdue_reviews(now=later) == 1
    assert alarm_overdue_reviews(now=later) == 1
    assert Alarm.objects.get(code="oversight.emergency-review-overdue").count == 1
    review_emergency(desk.reviewer, sent.pk, outcome="not-justified", reason="Days were left.", now=later)
    assert Act.objects.get(verb="review emergency").detail["is_late"] is True
    assert alarm_overdue_reviews(now=later) == 0


def test_an_ordinary_message_needs_no_review(desk: Desk) -> None:
    from tests.desk import released_request

    released_request(desk)
    assert not EmergencyReview.objects.exists()
