"""What cannot be saved never looks saved, and its words come back with the page."""

import pytest
from django.test import Client
from django.urls import reverse

from accord.exchange.models import Message
from accord.exchange.services import begin_case, save_draft, take
from accord.node.desk.models import UnsavedWords
from tests.desk import Desk, received_request
from tests.desk_pages.conftest import SignIn

SCRIPT = {"HX-Request": "true"}
LONG = "SPECIMEN " + "x" * 29_991


@pytest.fixture
def message(desk: Desk) -> Message:
    fields = {"language": "en", "facts": "SPECIMEN before"}
    return begin_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum", fields=fields)


def address(message: Message) -> str:
    return reverse("desk:draft", args=[message.pk])


def sent_long(client: Client, message: Message) -> str:
    given = {"version": 1, "facts": LONG, "specification": "SPECIMEN kept"}
    return client.post(address(message), given, headers=SCRIPT).content.decode()


def test_a_field_that_is_too_long_is_told_with_its_length_and_its_limit(
    desk: Desk, sign_in: SignIn, message: Message
) -> None:
    page = sent_long(sign_in(desk.liaison), message)
    assert "1 field is not saved" in page
    assert "30,000 characters, and at most 20,000 fit" in page
    assert "a-saved--good" not in page
    assert Message.objects.get().fields["specification"] == "SPECIMEN kept"


def test_words_that_could_not_be_saved_stand_in_their_field_after_a_reload(
    desk: Desk, sign_in: SignIn, message: Message
) -> None:
    client = sign_in(desk.liaison)
    sent_long(client, message)
    page = client.get(address(message)).content.decode()
    assert LONG in page
    assert 'id="unsaved"' in page
    assert "a-saved--good" not in page
    other = sign_in(desk.duty).get(address(message)).content.decode()
    assert LONG not in other
    assert "SPECIMEN before" in other


def test_once_saved_or_thrown_away_nothing_is_kept(desk: Desk, sign_in: SignIn, message: Message) -> None:
    client = sign_in(desk.liaison)
    sent_long(client, message)
    client.post(address(message), {"version": 2, "facts": "SPECIMEN short", "specification": "x"}, headers=SCRIPT)
    assert not UnsavedWords.objects.exists()
    client.post(address(message), {"version": 3, "facts": LONG})
    assert UnsavedWords.objects.exists()
    client.post(address(message), {"act": "drop-unsaved"})
    assert not UnsavedWords.objects.exists()
    assert Message.objects.get().fields["facts"] == "SPECIMEN short"


def test_with_a_discarded_draft_its_kept_words_go_too(desk: Desk, sign_in: SignIn, message: Message) -> None:
    client = sign_in(desk.liaison)
    sent_long(client, message)
    given = {"version": Message.objects.get().version, "why": "SPECIMEN not needed"}
    assert client.post(reverse("desk:discard", args=[message.pk]), given).status_code == 302
    assert not UnsavedWords.objects.exists()


def test_kept_words_never_hide_what_a_colleague_wrote_meanwhile(desk: Desk, sign_in: SignIn, message: Message) -> None:
    client = sign_in(desk.liaison)
    sent_long(client, message)
    now = Message.objects.get()
    save_draft(desk.duty, now, version=now.version, fields={**now.fields, "facts": "SPECIMEN theirs"})
    page = client.get(address(message)).content.decode()
    field = page[page.index('name="facts"') :]
    assert field[: field.index("</textarea>")].endswith("SPECIMEN theirs")
    assert "a colleague changed this field meanwhile" in page
    assert LONG in page


def test_a_text_field_is_counted_and_never_cut(desk: Desk, sign_in: SignIn, message: Message) -> None:
    page = sign_in(desk.liaison).get(address(message)).content.decode()
    assert 'name="facts" data-characters="20000"' in page
    assert "maxlength" not in page


def test_a_note_that_is_too_long_is_not_cut_and_can_be_mended_and_sent_again(desk: Desk, sign_in: SignIn) -> None:
    case = received_request(desk).case
    take(desk.duty, case)
    client = sign_in(desk.duty)
    page = client.get(reverse("desk:case", args=[case.own_ref])).content.decode()
    assert 'data-characters="4000"' in page
    assert "maxlength" not in page[page.index('id="note"') :][:200]
    words = "SPECIMEN " + "y" * 8_991
    answer = client.post(reverse("desk:act", args=[case.own_ref]), {"act": "note", "text": words})
    page = answer.content.decode()
    assert answer.status_code >= 400
    assert f'name="text" rows="6" data-characters="4000" dir="auto">\n{words}</textarea>' in page
    assert 'name="act" value="note"' in page


def test_what_is_saved_is_not_said_to_be_unsaved_when_it_cannot_be_submitted(
    desk: Desk, sign_in: SignIn, message: Message
) -> None:
    given = {"version": 1, "facts": "SPECIMEN", "act": "submit"}
    page = sign_in(desk.liaison).post(address(message), given).content.decode()
    assert "Your words are saved as version 2" in page
    assert "They are not saved yet" not in page
