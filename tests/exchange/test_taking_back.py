"""Taking back: the author's own second thought before the release."""

import pytest

from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Message
from accord.exchange.services import release, take_back
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.release.errors import ApprovalRefused
from accord.release.models import Approval
from tests.desk import Desk, approved, released_request, submitted_request


def test_what_was_approved_is_a_draft_again_and_the_word_for_it_is_void(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    taken = take_back(desk.liaison, message)
    assert (taken.state, taken.approval, taken.case.waiting_on) == (Message.State.DRAFT, None, Case.Waiting.US)
    assert Approval.objects.get().state == Approval.State.LAPSED
    with pytest.raises(ApprovalRefused):
        release(desk.releasing, taken)


def test_taking_back_twice_is_taking_back_once(desk: Desk) -> None:
    message = submitted_request(desk)
    take_back(desk.liaison, message)
    take_back(desk.liaison, message)
    assert Act.objects.filter(verb="take back message").count() == 1


def test_a_colleague_who_wrote_nothing_takes_nothing_back(desk: Desk) -> None:
    message = submitted_request(desk)
    with pytest.raises(ActRefused) as refused:
        take_back(desk.again(Role.LIAISON, "colleague"), message)
    assert refused.value.reason_code == "exchange.not-an-author"
    message.refresh_from_db()
    assert message.state == Message.State.SUBMITTED


def test_what_has_been_released_is_not_taken_back(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        take_back(desk.liaison, released_request(desk))
