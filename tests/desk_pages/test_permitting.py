"""Answering about a permission at the desk: what they ask is read beside the form, and the answer becomes a draft."""

from datetime import timedelta

from accord.exchange import services
from accord.exchange.models import Message
from tests.desk import Desk, approved, received_request
from tests.desk_pages.conftest import SignIn
from tests.handling.test_permissions import TODAY, item_of_ours, question_of_india


def question(desk: Desk) -> Message:
    asked = question_of_india(desk, item_of_ours(desk))
    assert asked is not None
    return asked


def test_a_question_is_answered_in_a_short_form_and_its_draft_opens(desk: Desk, sign_in: SignIn) -> None:
    asked, client = question(desk), sign_in(desk.duty)
    address = f"/desk/messages/{asked.pk}/permit"
    page = client.get(address).content.decode()
    assert "Bring it into court" in page
    assert "The consignee is on trial." in page
    refused = client.post(address, {"result": "granted", "reasons": "It is public."})
    assert refused.status_code == 409
    assert "It is public." in refused.content.decode()
    past = {"result": "granted", "permitted_until": (TODAY - timedelta(days=3)).isoformat()}
    over = client.post(address, past)
    assert over.status_code == 409
    assert "The last day of the permission is over." in over.content.decode()
    until = (TODAY + timedelta(days=30)).isoformat()
    answer = client.post(address, {"result": "granted", "permitted_until": until, "used_once": "yes"}, follow=True)
    draft = Message.objects.get(kind="permission-answer")
    assert answer.redirect_chain == [(f"/desk/drafts/{draft.pk}/", 302)]
    assert (draft.fields["result"], draft.fields["used_once"]) == ("granted", True)


def test_a_question_is_not_asked_for_a_day_that_is_over(desk: Desk, sign_in: SignIn) -> None:
    item, client = received_request(desk), sign_in(desk.liaison)
    form = {"use": "court", "purpose": "investigate", "recipient": "RCMP", "justification": "On trial."}
    over = (TODAY - timedelta(days=3)).isoformat()
    answer = client.post(f"/desk/messages/{item.pk}/ask", {**form, "answer_by": over})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#answer_by"' in page
    assert "This day has passed." in page
    assert "On trial." in page
    assert not Message.objects.filter(kind="permission-request").exists()


def test_a_question_that_was_answered_leads_back_to_its_case(desk: Desk, sign_in: SignIn) -> None:
    asked, client = question(desk), sign_in(desk.duty)
    address = f"/desk/messages/{asked.pk}/permit"
    client.post(address, {"result": "denied"})
    draft = Message.objects.get(kind="permission-answer")
    submitted = services.submit(desk.duty, draft, version=draft.version)
    services.release(desk.releasing, approved(desk, submitted))
    assert "This question has been answered." in client.get(address, follow=True).content.decode()


def test_what_is_no_such_question_leads_back_to_its_case(desk: Desk, sign_in: SignIn) -> None:
    asked, client = received_request(desk), sign_in(desk.duty)
    answer = client.get(f"/desk/messages/{asked.pk}/permit", follow=True)
    assert answer.redirect_chain == [(f"/desk/cases/{asked.case.own_ref}/", 302)]
    assert "This is no question for a permission." in answer.content.decode()


def test_a_caveat_is_read_in_words_and_not_in_codes(desk: Desk, sign_in: SignIn) -> None:
    asked = question(desk)
    assert asked.in_reply_to is not None
    assert "export" in asked.in_reply_to.fields["caveats"][0]["permitted_uses"]
    page = sign_in(desk.duty).get(f"/desk/cases/{asked.case.own_ref}/").content.decode()
    assert "<li>taking it out as a file</li>" in page  # beside the message
    in_force = page[page.index("Caveats in force") :]
    in_force = in_force[: in_force.index("</section>")]
    assert "taking it out as a file" in in_force
    assert "export" not in in_force
