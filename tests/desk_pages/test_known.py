"""What the node knows stands in a new message, what is chosen is chosen by the officer, and registers are lists."""

import pytest
from django.urls import reverse

from accord.exchange.models import Message
from accord.exchange.services import take
from tests.desk import Desk, received_request, released_request
from tests.desk_pages.conftest import SignIn


@pytest.fixture
def asked(desk: Desk) -> Message:
    found = received_request(desk, items=[{"item": 1, "question": "SPECIMEN one?"}, {"item": 2, "question": "Two?"}])
    take(desk.duty, found.case)
    return found


@pytest.mark.parametrize(
    ("reply", "given"),
    [
        ("answer", {"outcome": "partial"}),
        ("refuse", {"ground": "b", "part_refused": "All of it"}),
        ("delay", {"reason": "volume", "expected_on": "2099-01-01"}),
        ("clarify", {"points": "SPECIMEN which drum?"}),
    ],
)
def test_a_reply_says_what_the_node_knows(
    desk: Desk, sign_in: SignIn, asked: Message, reply: str, given: dict[str, str]
) -> None:
    from django.utils import timezone

    if reply == "delay":
        given = given | {"expected_on": (timezone.now().date() + timezone.timedelta(days=5)).isoformat()}
    sign_in(desk.duty).post(reverse("desk:reply", args=[asked.pk, reply]), given)
    fields = Message.objects.get(direction="out").fields
    assert fields["sender"] == {"party": "CA", "agency": asked.fields["recipient"]["agency"]}
    assert fields["recipient"] == asked.fields["sender"]
    assert fields["liaison_contact"] == desk.duty.display_name
    assert fields["language"] == "en"


def test_a_new_case_takes_over_what_the_officers_last_message_on_the_subject_said(desk: Desk, sign_in: SignIn) -> None:
    last = released_request(desk)
    given = {"title": "SPECIMEN next", "peer": "IN", "theme": "precursors", "kind": "request"}
    sign_in(desk.liaison).post(reverse("desk:new-case"), given)
    fields = Message.objects.get(case__title="SPECIMEN next").fields
    for name in ("recipient", "legal_basis", "duty_phone"):
        assert fields[name] == last.fields[name]
    assert "facts" not in fields


def test_another_officers_messages_and_other_subjects_give_nothing(desk: Desk, sign_in: SignIn) -> None:
    released_request(desk)
    given = {"title": "SPECIMEN next", "peer": "IN", "theme": "precursors", "kind": "request"}
    sign_in(desk.duty).post(reverse("desk:new-case"), given)
    found = Message.objects.filter(case__title="SPECIMEN next").first()
    assert found is None or "legal_basis" not in found.fields


def test_nothing_is_chosen_beforehand_in_a_reply(desk: Desk, sign_in: SignIn, asked: Message) -> None:
    client = sign_in(desk.duty)
    for reply in ("answer", "refuse", "delay"):
        page = client.get(reverse("desk:reply", args=[asked.pk, reply])).content.decode()
        assert '<option value="">Choose</option>' in page
        assert "selected" not in page[page.index("<select") : page.index("</select>")]


def test_an_answer_has_a_row_for_each_question_and_empty_rows_are_not_stored(
    desk: Desk, sign_in: SignIn, asked: Message
) -> None:
    client = sign_in(desk.duty)
    client.post(reverse("desk:reply", args=[asked.pk, "answer"]), {"outcome": "partial"})
    message = Message.objects.get(direction="out")
    address = reverse("desk:draft", args=[message.pk])
    page = client.get(address).content.decode()
    assert 'name="answered_items.count" value="2"' in page
    assert "1. SPECIMEN one?" in page
    assert 'name="answered_items.1.item" value="2"' in page
    rows = {
        "answered_items.count": "2",
        "answered_items.0.item": "1",
        "answered_items.1.item": "2",
        "answered_items.1.state": "answered",
        "answered_items.1.text": "SPECIMEN yes",
    }
    saved = client.post(address, {"version": message.version, "outcome": "partial", **rows})
    assert saved.status_code == 302
    stored = Message.objects.get(pk=message.pk).fields
    assert stored["answered_items"] == [{"item": 2, "state": "answered", "text": "SPECIMEN yes"}]
    page = client.get(address).content.decode()
    assert 'name="answered_items.count" value="2"' in page
    assert "1. SPECIMEN one?" in page


def test_agencies_and_languages_are_chosen_and_a_party_alone_is_not_stored(
    desk: Desk, sign_in: SignIn, asked: Message
) -> None:
    client = sign_in(desk.liaison)
    given = {"title": "SPECIMEN new", "peer": "IN", "theme": "precursors", "kind": "request"}
    client.post(reverse("desk:new-case"), given)
    message = Message.objects.get(case__title="SPECIMEN new")
    address = reverse("desk:draft", args=[message.pk])
    page = client.get(address).content.decode()
    agencies = page[page.index('name="recipient.agency"') :]
    agencies = agencies[: agencies.index("</select>")]
    assert 'value="NCB"' in agencies
    assert 'value="RCMP"' not in agencies
    assert '<select class="govuk-select" id="field-language"' in page
    posted = {"version": message.version, "recipient.party": "IN", "recipient.agency": "", "facts": "SPECIMEN"}
    assert client.post(address, posted).status_code == 302
    assert "recipient" not in Message.objects.get(pk=message.pk).fields
