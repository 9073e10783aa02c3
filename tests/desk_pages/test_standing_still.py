"""A case says what stands still in it: a suspended lane, a legal hold; and its clock is that of a request."""

from datetime import timedelta

from accord.exchange.models import Clock
from accord.handling.lanes import suspend_lane
from accord.handling.retention import place_hold
from tests.desk import Desk, received_request
from tests.desk_pages.conftest import SignIn
from tests.handling.test_permissions import TODAY, item_of_ours, question_of_india

WHY = "A caveat was breached (specimen)."


def test_a_suspended_lane_and_a_legal_hold_are_said_at_the_head_of_the_case(desk: Desk, sign_in: SignIn) -> None:
    asked, client = received_request(desk), sign_in(desk.duty)
    address = f"/desk/cases/{asked.case.own_ref}/"
    page = client.get(address).content.decode()
    assert "is suspended" not in page
    assert "legal hold stands" not in page
    suspend_lane(desk.releasing, peer="IN", theme="fraud", reason=WHY)
    assert "is suspended" not in client.get(address).content.decode()
    suspend_lane(desk.releasing, peer="IN", theme=asked.case.theme, reason=WHY)
    place_hold(desk.releasing, asked.case, reason=WHY)
    page = client.get(address).content.decode()
    assert "The lane of this subject is suspended." in page
    assert "A legal hold stands on this case." in page


def test_a_permission_s_clock_that_ended_is_not_the_clock_of_the_case(desk: Desk, sign_in: SignIn) -> None:
    question = question_of_india(desk, item_of_ours(desk), answer_by=(TODAY + timedelta(days=5)).isoformat())
    assert question is not None
    client = sign_in(desk.duty)
    address = f"/desk/cases/{question.case.own_ref}/"
    assert 'class="a-clock' in head(client.get(address).content.decode())
    Clock.objects.filter(message=question).update(state=Clock.State.ENDED, ended_at=question.received_at)
    assert "no clock" in head(client.get(address).content.decode())


def head(page: str) -> str:
    return page[page.index('class="a-case-head"') : page.index('id="history"')].partition("a-places")[0]
