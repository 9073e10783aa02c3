"""What is refused names the field by its label, leads to it, gives the reason and the next step; no raw name stands."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accord.exchange.models import Message
from accord.exchange.services import begin_case, take
from tests.desk import Desk, days, own_side, received_request, request_fields
from tests.desk_pages.conftest import SignIn


def error_of(page: str) -> str:
    """The text of the error's box, without its code for experts."""
    box = page[page.index("govuk-error-summary") :]
    box = box[: box.index('class="a-code"')]
    return " ".join(re.sub(r"<[^>]+>", " ", box).split()).replace(" :", ":")


@pytest.fixture
def asked(desk: Desk) -> Message:
    found = received_request(desk)
    take(desk.duty, found.case)
    return found


def replied(client: Client, asked: Message, reply: str, **given: str) -> str:
    return client.post(reverse("desk:reply", args=[asked.pk, reply]), given).content.decode()


def test_an_incomplete_draft_names_each_field_by_its_label_and_no_wire_name(desk: Desk, sign_in: SignIn) -> None:
    message = begin_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN", fields={"language": "en"})
    client = sign_in(desk.liaison)
    page = client.post(
        reverse("desk:draft", args=[message.pk]), {"version": 1, "facts": "SPECIMEN", "act": "submit"}
    ).content.decode()
    told = error_of(page)
    assert "It has not gone to a colleague yet" in told
    assert "What exactly we ask: This field is needed. Fill it in." in told
    assert "the first is" not in told
    assert '<a href="#field-specification">What exactly we ask</a>' in page
    assert not re.search(r"\b[a-z]+_[a-z]+\b", told)


def test_a_draft_that_the_law_stops_is_told_in_plain_words(desk: Desk, sign_in: SignIn) -> None:
    fields = request_fields()
    message = begin_case(
        desk.liaison,
        peer="IN",
        theme="precursors",
        title="SPECIMEN",
        fields=fields,
        own=own_side(basis=["expression", "conduct"]),
    )
    given = {"version": 1, "act": "submit", **form_of(desk, sign_in, message)}
    page = sign_in(desk.liaison).post(reverse("desk:draft", args=[message.pk]), given).content.decode()
    told = error_of(page)
    assert "The law does not let it leave as it stands" in told
    assert "The law gate answers" not in told
    assert "Your words are saved as version" in page


def form_of(desk: Desk, sign_in: SignIn, message: Message) -> dict[str, str | list[str]]:
    from tests.desk_pages.test_composing import form_in

    page = sign_in(desk.liaison).get(reverse("desk:draft", args=[message.pk])).content.decode()
    return {name: value for name, value in form_in(page).items() if name not in {"version", "act"}}


@pytest.mark.parametrize(
    ("reply", "given", "label"),
    [
        ("answer", {}, "What does the answer say?"),
        ("refuse", {}, "On which ground?"),
        ("refuse", {"ground": "b", "part_refused": ""}, "What is refused?"),
        ("delay", {}, "Why will it be late?"),
        ("delay", {"reason": "volume", "expected_on": days(-2)}, "When can it be expected?"),
        ("clarify", {"points": ""}, "What is unclear? One point a line."),
    ],
)
def test_a_reply_that_is_refused_leads_to_the_field_by_its_label(
    desk: Desk, sign_in: SignIn, asked: Message, reply: str, given: dict[str, str], label: str
) -> None:
    page = replied(sign_in(desk.duty), asked, reply, **given)
    told = error_of(page)
    assert label in told
    link = re.search(rf'<a href="#([^"]+)">{re.escape(label)}</a>', page)
    assert link is not None
    assert f'id="{link[1]}"' in page
    assert "The field" not in told
    assert "refused" not in told.removeprefix("govuk-error-summary").replace(label, "")
    assert not Message.objects.filter(direction="out").exists()


def test_a_note_of_blanks_is_refused_by_its_label(desk: Desk, sign_in: SignIn, asked: Message) -> None:
    page = sign_in(desk.duty).post(reverse("desk:act", args=[asked.case.own_ref]), {"act": "note", "text": "  "})
    told = error_of(page.content.decode())
    assert "Your words: It holds nothing but blanks." in told
    assert "The field" not in told


def test_a_hidden_character_is_told_with_its_place(desk: Desk, sign_in: SignIn, asked: Message) -> None:
    given = {"act": "note", "text": "SPECIMEN \u202e words"}
    page = sign_in(desk.duty).post(reverse("desk:act", args=[asked.case.own_ref]), given).content.decode()
    assert "It holds a character that hides or moves text (U+202E), at position 9. Delete" in error_of(page)


def test_errors_are_told_in_french_to_the_end(desk: Desk, sign_in: SignIn) -> None:
    message = begin_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN", fields={"language": "en"})
    client = sign_in(desk.liaison)
    client.cookies["accord-language-ca"] = "fr"
    given = {"version": 1, "facts": "SPECIMEN", "act": "submit"}
    page = client.post(reverse("desk:draft", args=[message.pk]), given).content.decode()
    assert "à commencer par" not in page
    assert "Ce que nous demandons exactement" in error_of(page) or "demand" in error_of(page)
