"""Using what was received, at the desk: the gate's answer is shown with its rule, and stands on record."""

import pytest
from django.test import Client

from accord.exchange.models import Case, Message
from accord.handling.models import Use
from accord.officers.models import Act
from accord.release.intake import take_in
from tests.desk import CANADA, INDIA, Desk, from_india, information_fields, released_request
from tests.desk_pages.conftest import SignIn

LEAD = {"use": "lead", "purpose": "investigate", "suspicion": "no"}


def received(desk: Desk) -> Message:
    entry = desk.peer.send("spontaneous-information", from_india(information_fields(INDIA, CANADA)))
    assert take_in(desk.channel).filed == 1
    return Message.objects.get(envelope_id=entry.envelope_id)


def ask(client: Client, message: Message, **given: str) -> str:
    return client.post(f"/desk/messages/{message.pk}/use", {**LEAD, **given}, follow=True).content.decode()


def test_the_case_leads_to_it_and_the_form_says_what_the_other_side_allows(desk: Desk, sign_in: SignIn) -> None:
    message = received(desk)
    client = sign_in(desk.duty)
    address = f"/desk/messages/{message.pk}/use"
    assert address in client.get(f"/desk/cases/{message.case.own_ref}/").content.decode()
    page = client.get(address).content.decode()
    assert "What the other side allows" in page
    assert "lead in the investigation named" in page


def test_a_use_that_passes_is_said_and_stands_in_the_case(desk: Desk, sign_in: SignIn) -> None:
    message = received(desk)
    client = sign_in(desk.duty)
    page = ask(client, message)
    assert "It may be used so" in page
    assert Act.objects.get(verb="use message").officer == desk.duty
    assert ": used" in client.get(f"/desk/cases/{message.case.own_ref}/").content.decode()


@pytest.mark.parametrize(
    ("given", "rule"),
    [({"purpose": "prosecute"}, "BI-02"), ({"use": "deprive-of-rights", "suspicion": "likely"}, "CA-04")],
)
def test_a_use_that_is_stopped_names_the_rule_and_who_decides_and_stays_on_record(
    desk: Desk, sign_in: SignIn, given: dict[str, str], rule: str
) -> None:
    message = received(desk)
    client = sign_in(desk.duty)
    page = ask(client, message, **given)
    assert rule in page
    assert "Who decides:" in page
    assert "It may be used so." not in page
    made = Use.objects.get(decision__officer=desk.duty)
    assert not made.is_permitted
    assert f"?answer={made.pk}" in client.get(f"/desk/messages/{message.pk}/use").content.decode()
    assert "use stopped by the law gate" in client.get(f"/desk/cases/{message.case.own_ref}/").content.decode()


def test_a_form_that_is_sent_twice_asks_once(desk: Desk, sign_in: SignIn) -> None:
    message, client = received(desk), sign_in(desk.duty)
    for _time in range(2):
        ask(client, message, form="01a2267c-0e6c-7c57-a14f-a4c9990b8cae")
    assert Act.objects.filter(verb="use message").count() == 1


@pytest.mark.parametrize(
    ("given", "code", "status"),
    [
        ({"use": "print"}, "desk.use-unclear", 422),
        ({"purpose": ""}, "desk.use-unclear", 422),
        ({"use": "third-state", "recipient": "France; DROP"}, "handling.no-such-state", 422),
        ({"use": "court"}, "handling.no-recipient", 422),
        ({"imminence": "a bomb\u202e", "purpose": "protect-life"}, "text.refused-character", 422),
    ],
)
def test_what_is_not_said_is_named_and_the_words_stay(
    desk: Desk, sign_in: SignIn, given: dict[str, str], code: str, status: int
) -> None:
    message = received(desk)
    answer = sign_in(desk.duty).post(f"/desk/messages/{message.pk}/use", {**LEAD, "imminence": "A bomb", **given})
    assert answer.status_code == status
    assert code in answer.content.decode()
    assert "bomb" in answer.content.decode()
    assert not Act.objects.filter(verb="use message").exists()


def test_our_own_message_is_refused(desk: Desk, sign_in: SignIn) -> None:
    ours, client = released_request(desk), sign_in(desk.duty)
    assert client.post(f"/desk/messages/{ours.pk}/use", LEAD).status_code == 409
    assert "/use" not in client.get(f"/desk/cases/{Case.objects.get().own_ref}/").content.decode()
