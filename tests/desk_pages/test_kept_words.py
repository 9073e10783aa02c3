"""Whatever refuses a form, its words go back to who wrote them; and nobody else's form is given anything."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.exchange.models import Message
from accord.exchange.services import begin_case
from accord.officers.models import Officer
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn

OWN_PAGE = {"origin": "http://testserver"}
SCRIPT = {"HX-Request": "true", **OWN_PAGE}


def draft(desk: Desk) -> Message:
    return begin_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum", fields={"language": "en"})


def target(message: Message) -> str:
    return reverse("desk:draft", args=[message.pk])


def strict(officer: Officer) -> Client:
    """A client whose forms must bear the session's token."""
    client = Client(enforce_csrf_checks=True)
    Officer.objects.filter(pk=officer.pk).update(own_password_at=timezone.now())
    client.force_login(Officer.objects.get(pk=officer.pk))
    return client


def token_on(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def test_a_page_older_than_the_sign_in_gives_its_words_back_and_sends_them_again(desk: Desk) -> None:
    message, client = draft(desk), strict(desk.liaison)
    old = token_on(client, target(message))
    client.cookies.pop("accord-csrf-ca", None)
    for name in [name for name in client.cookies if "csrf" in name]:
        del client.cookies[name]
    token_on(client, "/desk/")  # a sign-in in another tab makes a new token
    words = {"csrfmiddlewaretoken": old, "version": message.version, "facts": "SPECIMEN kept"}
    refused = client.post(target(message), words, headers=OWN_PAGE)
    assert refused.status_code == 403
    assert b"SPECIMEN kept" in refused.content
    assert b"Send these words again" in refused.content
    new = refused.content.decode().rpartition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    again = client.post(target(message), {**words, "csrfmiddlewaretoken": new}, headers=OWN_PAGE)
    assert again.status_code == 302
    assert Message.objects.get(pk=message.pk).fields["facts"] == "SPECIMEN kept"


def test_an_automatic_save_from_an_old_page_says_so_and_gets_the_new_token(desk: Desk) -> None:
    message, client = draft(desk), strict(desk.liaison)
    token_on(client, target(message))
    answer = client.post(target(message), {"version": message.version, "facts": "SPECIMEN"}, headers=SCRIPT)
    assert answer.status_code == 403
    assert answer.headers["HX-Retarget"] == "#save-state"
    assert b"Not saved" in answer.content
    assert b"data-renewed" in answer.content


@pytest.mark.parametrize("headers", [{}, {"origin": "https://elsewhere.example"}, {"origin": "null"}])
def test_a_foreign_form_gets_nothing_back_and_nothing_to_press(desk: Desk, headers: dict[str, str]) -> None:
    message, client = draft(desk), strict(desk.liaison)
    answer = client.post(target(message), {"version": 1, "facts": "SPECIMEN planted"}, headers=headers)
    assert answer.status_code == 403
    assert b"SPECIMEN planted" not in answer.content
    assert b"Send these words again" not in answer.content


def test_an_ended_session_gives_the_words_back_by_their_labels(desk: Desk) -> None:
    answer = Client().post(target(draft(desk)), {"facts": "SPECIMEN kept", "caveats.0.procedure_contact": "SPECIMEN c"})
    assert answer.status_code == 401
    for words in (b"SPECIMEN kept", b"SPECIMEN c", b"What happened", b"Caveats 1: Whom to ask for more"):
        assert words in answer.content


def test_the_keys_of_a_form_are_no_words_of_its_writer(desk: Desk) -> None:
    given = {"text": "SPECIMEN note", "form": "b727e2e1-0000-4000-8000-000000000000", "seen": "0123", "act": "note"}
    page = Client().post(reverse("desk:act", args=["CA-2026-1"]), given, headers=OWN_PAGE).content.decode()
    assert "SPECIMEN note" in page
    assert 'id="kept-2"' not in page


def test_an_automatic_save_without_a_session_is_told_so(desk: Desk) -> None:
    answer = Client().post(target(draft(desk)), {"facts": "SPECIMEN"}, headers=SCRIPT)
    assert answer.status_code == 401
    assert b"Your session has ended" in answer.content
    assert b"<html" not in answer.content


def test_who_lost_the_permission_meanwhile_gets_the_words_back(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.releasing).post(reverse("desk:new-case"), {"title": "SPECIMEN kept"}, headers=OWN_PAGE)
    assert answer.status_code == 403
    assert b"SPECIMEN kept" in answer.content


def test_an_address_where_nothing_stands_gives_the_words_back(desk: Desk, sign_in: SignIn) -> None:
    nowhere = reverse("desk:draft", args=["00000000-0000-0000-0000-000000000007"])
    answer = sign_in(desk.liaison).post(nowhere, {"facts": "SPECIMEN kept"})
    assert answer.status_code == 404
    assert b"SPECIMEN kept" in answer.content


def test_what_is_too_large_is_refused_in_words_before_it_is_read(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.liaison).post(
        target(draft(desk)), "facts=" + "x" * (4 * 1024 * 1024 + 1), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert b"browser's button" in answer.content.replace(b"&#x27;", b"'")


def test_a_failure_of_the_node_gives_the_words_back(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("accord.node.desk.views.compose.save_draft", fail)
    client = sign_in(desk.liaison)
    client.raise_request_exception = False
    message = draft(desk)
    answer = client.post(target(message), {"version": message.version, "facts": "SPECIMEN kept"}, headers=OWN_PAGE)
    assert answer.status_code == 500
    assert b"SPECIMEN kept" in answer.content
    told = client.post(target(message), {"version": message.version, "facts": "SPECIMEN"}, headers=SCRIPT)
    assert told.status_code == 500
    assert b"Not saved" in told.content
