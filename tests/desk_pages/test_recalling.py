"""Recalling at the desk: what it does is said, a reason is asked for, and it differs visibly from withdrawing."""

from django.utils import timezone

from accord.courier.models import Outbox
from accord.exchange.models import Message, Reason
from accord.release.follow import follow_all
from tests.desk import Desk, flush, released_request
from tests.desk_pages.conftest import SignIn


def delivered(desk: Desk) -> Message:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    sent.refresh_from_db()
    return sent


def test_the_case_offers_it_to_who_releases_and_the_page_says_how_it_differs(desk: Desk, sign_in: SignIn) -> None:
    sent = delivered(desk)
    case, address = f"/desk/cases/{sent.case.own_ref}/", f"/desk/messages/{sent.pk}/recall"
    client = sign_in(desk.releasing)
    assert address in client.get(case).content.decode()
    assert address not in sign_in(desk.liaison).get(case).content.decode()
    page = client.get(address).content.decode()
    assert "Withdrawing stops a message that is not sealed yet" in page
    assert "recalling asks the other side to use one that has left no more" in page


def test_it_leaves_once_with_its_reason_on_our_side_and_the_case_says_so(desk: Desk, sign_in: SignIn) -> None:
    sent, client = delivered(desk), sign_in(desk.releasing)
    given = {"reason": "Confused with another.", "form": "01a2267c-0e6c-7c57-a14f-a4c9990b8cae"}
    address = f"/desk/messages/{sent.pk}/recall"
    page = client.post(address, given, follow=True).content.decode()
    assert "the other side is asked to use it no more" in page
    assert "Recalled; their answer is awaited since" in page
    assert address not in page
    assert "Nothing was done twice" in client.post(address, given, follow=True).content.decode()
    assert Outbox.objects.filter(kind="withdrawal").count() == 1
    assert "Confused" in Reason.objects.get(act__verb="recall message").text


def test_without_a_reason_nothing_leaves_and_the_form_comes_back(desk: Desk, sign_in: SignIn) -> None:
    sent = delivered(desk)
    answer = sign_in(desk.releasing).post(f"/desk/messages/{sent.pk}/recall", {"reason": " "})
    assert answer.status_code == 422
    assert 'name="reason"' in answer.content.decode()
    assert not Outbox.objects.filter(kind="withdrawal").exists()


def test_what_is_in_the_queue_leads_to_withdrawing_instead(desk: Desk, sign_in: SignIn) -> None:
    sent, client = released_request(desk), sign_in(desk.releasing)
    page = client.get(f"/desk/cases/{sent.case.own_ref}/").content.decode()
    assert "Withdraw before it leaves" in page
    assert f"/desk/messages/{sent.pk}/recall" not in page
    answer = client.post(f"/desk/messages/{sent.pk}/recall", {"reason": "Too early."})
    assert answer.status_code == 409
    assert "exchange.not-sealed" in answer.content.decode()
