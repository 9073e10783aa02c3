"""The language of the desk: chosen by a person, kept with the account, known before sign-in, marked where it is not."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accord.officers.models import Officer
from accord.officers.preferences import LANGUAGES, LanguageNotOffered, choose_language
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn

THREE = [("en", "English"), ("fr", "Français"), ("hi", "हिन्दी")]


@pytest.fixture(autouse=True)
def three_languages(settings: pytest.FixtureRequest) -> None:
    settings.ACCORD_DESK_LANGUAGES = THREE  # type: ignore[attr-defined]


def _choose(client: Client, language: str, *, place: str = "/desk/") -> str:
    response = client.post(reverse("set_language"), {"language": language, "next": place})
    assert response.status_code == 302
    return str(response["Location"])


def _lang(page: bytes) -> str:
    return page.split(b'<html lang="', 1)[1].split(b'"', 1)[0].decode()


def test_a_language_that_is_chosen_is_shown_at_once_and_kept_with_the_account(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    assert _lang(client.get("/desk/").content) == "en"
    place = _choose(client, "fr", place="/desk/cases/?q=1")
    assert place == "/desk/cases/?q=1"
    page = client.get(place)
    assert _lang(page.content) == "fr"
    assert page["Content-Language"] == "fr"
    assert Officer.objects.get(pk=desk.liaison.pk).language == "fr"


def test_the_account_s_language_holds_at_another_computer_and_is_stronger_than_its_cookie(
    desk: Desk, sign_in: SignIn
) -> None:
    choose_language(desk.liaison, "hi")
    client = sign_in(desk.liaison)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "fr"
    page = client.get("/desk/", headers={"accept-language": "fr"})
    assert _lang(page.content) == "hi"
    assert client.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "hi"


def test_before_sign_in_the_choice_holds_by_cookie_and_writes_no_account(desk: Desk) -> None:
    client = Client()
    _choose(client, "fr", place="/account/login/")
    page = client.get("/account/login/")
    assert _lang(page.content) == "fr"
    assert client.cookies[django_settings.LANGUAGE_COOKIE_NAME]["httponly"]
    assert not Officer.objects.exclude(language="").exists()


def test_without_a_choice_the_browser_s_preference_decides(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    assert _lang(client.get("/desk/", headers={"accept-language": "fr-CA, en;q=0.5"}).content) == "fr"
    assert _lang(client.get("/desk/", headers={"accept-language": "de"}).content) == "en"


def test_a_language_that_the_node_does_not_offer_is_not_spoken_though_the_account_names_it(
    desk: Desk, sign_in: SignIn, settings: pytest.FixtureRequest
) -> None:
    choose_language(desk.liaison, "hi")
    settings.ACCORD_DESK_LANGUAGES = THREE[:2]  # type: ignore[attr-defined]
    client = sign_in(desk.liaison)
    assert _lang(client.get("/desk/").content) == "en"
    assert _lang(client.get("/desk/", headers={"accept-language": "fr"}).content) == "fr"
    _choose(client, "hi")
    assert _lang(client.get("/desk/").content) == "en"


def test_the_switch_leads_nowhere_but_to_this_node(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    assert _choose(client, "fr", place="https://elsewhere.invalid/") == "/desk/"
    assert _choose(client, "fr", place="//elsewhere.invalid/") == "/desk/"
    assert client.get(reverse("set_language")).status_code == 405


def test_a_page_that_is_not_there_is_refused_in_the_officer_s_language(desk: Desk, sign_in: SignIn) -> None:
    choose_language(desk.liaison, "fr")
    page = sign_in(desk.liaison).get("/desk/cases/CA-2026-999999/", headers={"accept-language": "en"})
    assert page.status_code == 404
    assert "Rien ne se trouve à cette adresse" in page.content.decode()


def test_an_unknown_language_is_refused_and_changes_nothing(desk: Desk) -> None:
    with pytest.raises(LanguageNotOffered):
        choose_language(desk.liaison, "tlh")
    assert Officer.objects.get(pk=desk.liaison.pk).language == ""
    assert [code for code, _name in django_settings.LANGUAGES] == list(LANGUAGES)
