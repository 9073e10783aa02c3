"""Sign-in at the desk: one service for passwords, factors that are kept under a key, and every other door closed."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.node.desk.account_urls import CLOSED, urlpatterns
from accord.node.desk.factors import KEY_FILE, MARK, BoundToOrigin, Factors, encrypt_stored
from accord.officers.lockout import ATTEMPTS_MAX, note_failure
from accord.officers.models import Act, Officer
from accord.officers.services import create_officer
from tests.desk import Desk, approved, submitted_request

FIRST = "the first password of all"
OWN = "six plain words of a dice list"
NEW = "seven other plain words of a list"


@pytest.fixture(autouse=True)
def _at_home(home: Path) -> None:
    cache.clear()


@pytest.fixture
def officer(desk: Desk) -> Officer:
    duty = desk.duty
    duty.set_password(OWN)
    duty.own_password_at = timezone.now()
    duty.save()
    return duty


def signed_in(officer: Officer, password: str = OWN) -> Client:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": officer.username, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return client


def code_of(officer: Officer) -> str:
    row = Authenticator.objects.get(user=officer, type=Authenticator.Type.TOTP)
    return format_hotp_value(hotp_value(Factors().decrypt(row.data["secret"]), next(yield_hotp_counters_from_time())))


def prove(client: Client, password: str = OWN) -> None:
    assert client.post(reverse("account_reauthenticate"), {"password": password}).status_code == 302


def set_up_codes(client: Client) -> str:
    """Registers one-time codes as an officer does, and returns the secret that was shown."""
    prove(client)
    shown = client.get(reverse("mfa_activate_totp"))
    secret = str(shown.context["form"].secret)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer.status_code == 302, answer.content.decode()
    return secret


# passwords


def test_a_password_changed_at_the_desk_is_an_act_on_record_with_its_hour(officer: Officer) -> None:
    before = officer.own_password_at
    client = signed_in(officer)
    answer = client.post(reverse("account_change_password"), {"oldpassword": OWN, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert officer.own_password_at is not None
    assert before is not None
    assert officer.own_password_at > before
    assert Act.objects.filter(verb="change password", officer=officer).count() == 1


@pytest.mark.parametrize(
    ("new", "told"),
    [(OWN, "is the old one again"), ("fourteen signs", "too short")],
)
def test_the_desk_refuses_a_password_that_the_service_refuses(officer: Officer, new: str, told: str) -> None:
    answer = signed_in(officer).post(
        reverse("account_change_password"), {"oldpassword": OWN, "password1": new, "password2": new}
    )
    assert answer.status_code == 200
    assert told in answer.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(OWN)


def test_a_changed_password_ends_every_other_session(officer: Officer) -> None:
    here, there = signed_in(officer), signed_in(officer)
    here.post(reverse("account_change_password"), {"oldpassword": OWN, "password1": NEW, "password2": NEW})
    assert here.get(reverse("desk:me")).status_code == 200
    assert there.get(reverse("desk:me")).status_code == 302
    assert UserSession.objects.filter(user=officer).count() == 1


def test_the_password_that_came_with_an_account_opens_nothing_but_the_page_to_replace_it(desk: Desk) -> None:
    made = create_officer(
        desk.administrator, "newcomer", password=FIRST, display_name="N. Comer", roles=["liaison"], agency="RCMP"
    )
    client = Client()
    told = client.post(reverse("account_login"), {"login": "newcomer", "password": FIRST})
    assert told.status_code == 403
    assert reverse("account_first_password").encode() in told.content
    assert client.get(reverse("desk:me")).status_code == 302
    given = {"login": "newcomer", "oldpassword": FIRST, "password1": OWN, "password2": OWN}
    assert client.post(reverse("account_first_password"), {**given, "oldpassword": "wrong"}).status_code == 422
    assert b"second person" in client.post(reverse("account_first_password"), given).content
    made.refresh_from_db()
    assert made.check_password(OWN)
    assert made.own_password_at is not None
    assert b"second person" in client.post(reverse("account_login"), {"login": "newcomer", "password": OWN}).content


def test_a_password_of_ones_own_is_not_replaced_without_the_second_factor(officer: Officer) -> None:
    session = signed_in(officer)
    set_up_codes(session)
    given = {"login": officer.username, "oldpassword": OWN, "password1": NEW, "password2": NEW}
    answer = Client().post(reverse("account_first_password"), given)
    assert answer.status_code == 422
    assert b"not correct" in answer.content
    officer.refresh_from_db()
    assert officer.check_password(OWN)
    assert officer.failed_attempts == 1
    assert session.get(reverse("desk:me")).status_code == 200


# lock-out


def test_after_five_wrong_passwords_the_door_waits_and_says_so(officer: Officer) -> None:
    client = Client()
    for _ in range(5):
        told = client.post(reverse("account_login"), {"login": officer.username, "password": "wrong"})
        assert b"not correct" in told.content
    told = client.post(reverse("account_login"), {"login": officer.username, "password": OWN})
    assert b"Wait five minutes" in told.content
    assert client.get(reverse("desk:me")).status_code == 302


def door(address: str, **named: str) -> Client:
    return Client(REMOTE_ADDR=address, **named)


def knock(client: Client, name: str, password: str = "wrong") -> Any:
    return client.post(reverse("account_login"), {"login": name, "password": password})


def test_a_strangers_guesses_make_the_stranger_wait_and_not_the_officer(officer: Officer) -> None:
    for _ in range(6):
        told = knock(door("203.0.113.9"), officer.username)
    assert b"Wait five minutes" in told.content
    assert knock(door("203.0.113.7"), officer.username, OWN).status_code == 302


def test_behind_a_named_proxy_a_stranger_shuts_the_door_for_nobody_else(officer: Officer, settings: Any) -> None:
    settings.ACCORD_TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    stranger = door("127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    for number in range(21):
        told = knock(stranger, f"nobody{number}")
    assert b"Wait five minutes" in told.content
    assert knock(door("127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7"), officer.username, OWN).status_code == 302
    assert UserSession.objects.get(user=officer).ip == "203.0.113.7"


def test_what_strangers_try_at_the_door_stops_no_proof_of_an_open_session(officer: Officer) -> None:
    session = signed_in(officer)
    set_up_codes(session)
    for number in range(21):
        knock(Client(), f"nobody{number}")
    for _ in range(6):
        knock(Client(), officer.username)
    assert b"Wait five minutes" in knock(Client(), officer.username, OWN).content
    prove(session)
    assert session.post(reverse("mfa_reauthenticate"), {"code": code_of(officer)}).status_code == 302


def test_a_lock_that_strangers_brought_about_stops_no_proof_of_an_open_session(officer: Officer) -> None:
    session = signed_in(officer)
    for _ in range(ATTEMPTS_MAX):
        note_failure(officer.username)
    assert Officer.objects.get(pk=officer.pk).locked_at is not None
    prove(session)


def test_wrong_proofs_of_a_session_make_that_session_wait_and_count_for_the_account(officer: Officer) -> None:
    session, other = signed_in(officer), signed_in(officer)
    for _ in range(5):
        told = session.post(reverse("account_reauthenticate"), {"password": "wrong"})
        assert b"not correct" in told.content
    assert b"Too many" in session.post(reverse("account_reauthenticate"), {"password": OWN}).content
    officer.refresh_from_db()
    assert officer.failed_attempts == 5
    prove(other)


def test_a_name_that_nobody_has_is_answered_alike(officer: Officer) -> None:
    answers = []
    for name in (officer.username, "nobody"):
        client = Client()
        told = [client.post(reverse("account_login"), {"login": name, "password": "wrong"}) for _ in range(6)]
        answers.append([(one.status_code, b"Wait five minutes" in one.content) for one in told])
    assert answers[0] == answers[1]


def test_fifty_wrong_passwords_lock_the_account_and_a_right_one_is_answered_like_a_wrong_one(officer: Officer) -> None:
    for _ in range(ATTEMPTS_MAX):
        cache.clear()
        Client().post(reverse("account_login"), {"login": officer.username, "password": "wrong"})
    officer.refresh_from_db()
    assert officer.locked_at is not None
    cache.clear()
    told = Client().post(reverse("account_login"), {"login": officer.username, "password": OWN})
    assert told.status_code == 200
    assert b"not correct" in told.content


def test_wrong_codes_count_and_a_right_password_alone_does_not_clear_them(officer: Officer) -> None:
    set_up_codes(signed_in(officer))
    client = Client()
    client.post(reverse("account_login"), {"login": officer.username, "password": OWN})
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    Client().post(reverse("account_login"), {"login": officer.username, "password": OWN})
    officer.refresh_from_db()
    assert officer.failed_attempts == 1
    cache.clear()
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(officer)}).status_code == 302
    officer.refresh_from_db()
    assert officer.failed_attempts == 0


# factors


def test_secrets_of_factors_do_not_lie_in_clear_in_the_database(officer: Officer, home: Path) -> None:
    client = signed_in(officer)
    secret = set_up_codes(client)
    rows = {row.type: row for row in Authenticator.objects.filter(user=officer)}
    kept = json.dumps([row.data for row in rows.values()])
    assert secret not in kept
    assert rows["totp"].data["secret"].startswith(MARK)
    assert rows["recovery_codes"].data["seed"].startswith(MARK)
    assert (home / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert secret not in json.dumps(dict(client.session.items()))


def test_a_secret_that_waits_for_its_first_code_is_encrypted_in_the_session(officer: Officer) -> None:
    client = signed_in(officer)
    prove(client)
    secret = str(client.get(reverse("mfa_activate_totp")).context["form"].secret)
    assert secret not in json.dumps(dict(client.session.items()))


def test_another_key_opens_no_factor_and_breaks_no_page(officer: Officer, home: Path) -> None:
    set_up_codes(signed_in(officer))
    right = code_of(officer)
    (home / KEY_FILE).unlink()
    cache.clear()
    client = Client()
    client.post(reverse("account_login"), {"login": officer.username, "password": OWN})
    told = client.post(reverse("mfa_authenticate"), {"code": right})
    assert told.status_code == 200
    assert b"Incorrect code" in told.content


def test_what_an_older_version_kept_in_clear_is_taken_over(officer: Officer, home: Path) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    row = Authenticator.objects.create(user=officer, type="totp", data={"secret": secret})
    encrypt_stored()
    row.refresh_from_db()
    assert row.data["secret"].startswith(MARK)
    assert Factors().decrypt(row.data["secret"]) == secret
    newest = Factors().encrypt("x")  # makes sure of the key
    older = (home / KEY_FILE).read_bytes()
    (home / KEY_FILE).unlink()
    Factors().encrypt(newest)
    (home / KEY_FILE).write_bytes((home / KEY_FILE).read_bytes() + older)
    encrypt_stored()
    (home / KEY_FILE).write_bytes((home / KEY_FILE).read_bytes().split()[0])
    row.refresh_from_db()
    assert Factors().decrypt(row.data["secret"]) == secret


def test_off_the_demonstration_the_desk_opens_with_a_second_factor_and_not_before(
    officer: Officer, settings: Any
) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    client = signed_in(officer)
    assert client.get(reverse("desk:queue")).headers["Location"] == reverse("mfa_index")
    set_up_codes(client)
    assert client.get(reverse("desk:queue")).status_code == 200
    again = Client()
    asked = again.post(reverse("account_login"), {"login": officer.username, "password": OWN})
    assert asked.headers["Location"] == reverse("mfa_authenticate")
    assert again.get(reverse("desk:queue")).status_code == 302
    cache.clear()
    again.post(reverse("mfa_authenticate"), {"code": code_of(officer)})
    assert again.get(reverse("desk:queue")).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(officer: Officer, settings: Any) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    client = signed_in(officer)
    Authenticator.objects.create(
        user=officer, type="recovery_codes", data={"seed": Factors().encrypt("x"), "used_mask": 0}
    )
    assert client.get(reverse("desk:queue")).headers["Location"] == reverse("mfa_index")


def test_a_new_factor_ends_the_sessions_that_were_opened_without_it(
    officer: Officer, django_capture_on_commit_callbacks: Any
) -> None:
    here, there = signed_in(officer), signed_in(officer)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_codes(here)
    assert there.get(reverse("desk:me")).status_code == 302
    assert Act.objects.filter(verb="add factor", officer=officer).exists()


def test_the_last_factor_cannot_be_taken_out(officer: Officer, settings: Any) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    client = signed_in(officer)
    set_up_codes(client)
    assert b"last second factor" in client.get(reverse("mfa_deactivate_totp")).content
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=officer, type="totp").exists()


def test_the_last_passkey_cannot_be_taken_out(officer: Officer, settings: Any) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    client = signed_in(officer)
    prove(client)
    passkey = Authenticator.objects.create(user=officer, type="webauthn", data={"name": "blue", "credential": {}})
    answer = client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert answer.headers["Location"] == reverse("mfa_index")
    assert Authenticator.objects.filter(pk=passkey.pk).exists()
    TOTP.activate(officer, "JBSWY3DPEHPK3PXP")
    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert not Authenticator.objects.filter(pk=passkey.pk).exists()


def test_recovery_codes_are_shown_once(officer: Officer) -> None:
    client = signed_in(officer)
    set_up_codes(client)
    first = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(first) == 10
    assert set(client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]) == {"****"}
    again = Client()
    again.post(reverse("account_login"), {"login": officer.username, "password": OWN})
    again.post(reverse("mfa_authenticate"), {"code": first[0]})
    assert again.get(reverse("desk:me")).status_code == 200


def credential(origin: str) -> dict[str, Any]:
    told = json.dumps({"type": "webauthn.get", "challenge": "x", "origin": origin}).encode()
    return {"response": {"clientDataJSON": urlsafe_b64encode(told).decode().rstrip("=")}}


@pytest.mark.parametrize(
    "origin",
    [
        "https://desk.example.org.evil.example",
        "https://evil.desk.example.org",
        "http://desk.example.org",
        "https://desk.example.org:8443",
        "",
    ],
)
def test_a_passkeys_answer_from_another_origin_is_refused(settings: Any, origin: str) -> None:
    settings.ACCORD_DESK_ORIGIN = "https://desk.example.org"
    for demo in (False, True):
        settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = demo
        form = BoundToOrigin()
        form.cleaned_data = {"credential": credential(origin)}  # type: ignore[attr-defined]
        with pytest.raises(ValidationError):
            form.clean_credential()
    form.cleaned_data = {"credential": credential("https://desk.example.org")}  # type: ignore[attr-defined]
    assert form.clean_credential()
    assert Factors().get_public_key_credential_rp_entity()["id"] == "desk.example.org"


# sessions


def test_a_session_is_listed_and_ended_from_another(officer: Officer) -> None:
    here, there = signed_in(officer), signed_in(officer)
    page = here.get(reverse("usersessions_list"))
    assert len(page.context["sessions"]) == 2
    other = next(one for one in page.context["sessions"] if one.session_key != here.session.session_key)
    here.post(reverse("usersessions_list"), {"session": other.pk})
    assert there.get(reverse("desk:me")).status_code == 302
    assert here.get(reverse("desk:me")).status_code == 200


def test_nobody_ends_the_session_of_another_officer(desk: Desk, officer: Officer) -> None:
    theirs = signed_in(officer)
    desk.liaison.set_password(OWN)
    desk.liaison.own_password_at = timezone.now()
    desk.liaison.save()
    mine = signed_in(desk.liaison)
    for given in ({"session": UserSession.objects.get(user=officer).pk}, {}):
        mine.post(reverse("usersessions_list"), given)
    assert theirs.get(reverse("desk:me")).status_code == 200


@pytest.mark.parametrize(("idle", "whole"), [(True, False), (False, True)])
def test_a_session_ends_after_its_hours_and_after_minutes_without_a_sign(
    officer: Officer, settings: Any, monkeypatch: pytest.MonkeyPatch, idle: bool, whole: bool
) -> None:
    client = signed_in(officer)
    assert client.get(reverse("desk:me")).status_code == 200
    from accord.node.desk import session_limits

    now = session_limits.time.time()
    wait = settings.ACCORD_IDLE_SECONDS + 5
    clock = SimpleNamespace(time=lambda: now)
    monkeypatch.setattr(session_limits, "time", clock)
    if whole:
        # Somebody is there every ten minutes, until the hours are over.
        for minutes in range(10, settings.ACCORD_SESSION_SECONDS // 60, 10):
            clock.time = lambda minutes=minutes: now + minutes * 60
            assert client.get(reverse("desk:me")).status_code == 200
        wait = settings.ACCORD_SESSION_SECONDS + 5
    clock.time = lambda: now + wait
    assert client.get(reverse("desk:me")).status_code == 302
    assert not UserSession.objects.filter(user=officer).exists()


def test_news_that_a_page_asks_for_by_itself_keep_no_session_open(
    officer: Officer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(officer)
    client.get(reverse("desk:me"))
    from accord.node.desk import session_limits

    now = session_limits.time.time()
    clock = SimpleNamespace(time=lambda: now + settings.ACCORD_IDLE_SECONDS - 30)
    monkeypatch.setattr(session_limits, "time", clock)
    assert client.get(reverse("desk:news")).status_code == 200
    clock.time = lambda: now + settings.ACCORD_IDLE_SECONDS + 30
    assert client.get(reverse("desk:me")).status_code == 302


# releasing


def test_off_the_demonstration_a_release_asks_again_who_one_is(desk: Desk, settings: Any) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    releasing = desk.releasing
    releasing.set_password(OWN)
    releasing.own_password_at = timezone.now()
    releasing.save()
    message = approved(desk, submitted_request(desk))
    client = signed_in(releasing)
    set_up_codes(client)
    records = "account_authentication_methods"
    session = client.session
    session[records] = [{**one, "at": one["at"] - 301} for one in session[records]]
    session.save()
    act = reverse("desk:approval-act", args=[message.pk])
    asked = client.post(act, {"act": "release"})
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    message.refresh_from_db()
    assert message.state == "approved"
    prove(client)
    client.post(act, {"act": "release"})
    message.refresh_from_db()
    assert message.state in {"released", "sealed", "queued"} or message.released_id is not None


# doors


def test_every_other_door_of_allauth_is_closed(officer: Officer) -> None:
    for client in (Client(), signed_in(officer)):
        for address in CLOSED:
            for answer in (client.get(f"/account/{address}"), client.post(f"/account/{address}", {"email": "a@b.ca"})):
                assert answer.status_code in {302, 405}, address
                assert "login" in answer.headers.get("Location", "login")
    known = {
        "confirm-email/", "password/reset/key/1-set-password/", "password/reset/done/", "login/code/confirm/",
        "3rdparty/", "social/signup/", "2fa/webauthn/signup/", "2fa/trust/", "2fa/recovery-codes/download/",
        "phone/change/", "password/reset/key/done/", "password/reset/confirm-code/", "openid/login/",
    }  # fmt: skip
    for address in known:
        assert Client().get(f"/account/{address}").status_code == 404, address
    assert not Officer.objects.filter(email="a@b.ca").exists()


OPEN_TO_STRANGERS = {"account_login", "account_first_password", "account_inactive", "mfa_login_webauthn"}
NOT_THERE = {"account_agency", "account_agency_back", "account_agency_finish"}
"""No identity provider is configured."""


def test_every_address_of_sign_in_leads_a_stranger_to_the_door(db: None) -> None:
    for pattern in urlpatterns:
        named = {"pk": 1} if "pk" in pattern.pattern.converters else {}
        answer = Client().get(reverse(pattern.name, kwargs=named))
        if pattern.name in NOT_THERE:
            assert answer.status_code == 404, pattern.name
        elif pattern.name in OPEN_TO_STRANGERS:
            assert answer.status_code in {200, 302}, pattern.name
        else:
            assert answer.status_code == 302, pattern.name
            assert "/account/login/" in answer.headers["Location"], pattern.name


def test_the_pages_of_sign_in_stand_in_the_desks_frame(officer: Officer) -> None:
    client = signed_in(officer)
    prove(client)
    names = [
        "account_change_password", "account_reauthenticate", "account_logout", "mfa_index", "mfa_activate_totp",
        "mfa_list_webauthn", "mfa_add_webauthn", "usersessions_list", "account_first_password", "account_inactive",
    ]  # fmt: skip
    for name in names:
        page = client.get(reverse(name)).content.decode()
        assert '<main id="main"' in page, name
        assert page.count("<h1") == 1, name
        assert "a-header" in page, name


def test_too_many_requests_are_said_in_the_frame(officer: Officer) -> None:
    client = signed_in(officer)
    for _ in range(10):
        client.post(reverse("account_reauthenticate"), {"password": "wrong"})
    told = client.post(reverse("account_reauthenticate"), {"password": OWN})
    assert told.status_code == 429
    assert b"Too many attempts" in told.content


def test_the_challenge_of_a_passkey_is_given_so_often_and_sessions_that_ended_are_taken_out(officer: Officer) -> None:
    asked = [Client().get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json").status_code for _ in range(61)]
    assert (set(asked[:60]), asked[60]) == ({200}, 429)
    assert Session.objects.count() == 60
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    signed_in(officer)
    assert Session.objects.count() == 1
