"""Sign-in at the agency's identity provider, against a real one in a process of its own on loopback."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.cli.demo.nodes import free_port
from accord.node.config import NodeConfig
from accord.officers.four_eyes import confirm_officer
from accord.officers.identities import bind_identity
from accord.officers.lockout import ATTEMPTS_MAX
from accord.officers.models import Officer
from tests.desk import Desk, approved, submitted_request

ROOT = Path(__file__).resolve().parents[2]
BACK = "http://localhost/account/agency/callback/"
CODES = "JBSWY3DPEHPK3PXP"


class Provider:
    """The running provider, and a person's browser at it."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.issuer = f"{self.base}/o"
        self.browser = requests.Session()

    def enter(self, name: str) -> str:
        """Signs a person in at the provider, and returns the subject by which it knows them."""
        self.browser = requests.Session()
        return self.browser.get(f"{self.base}/enter/", params={"as": name}, timeout=10).text

    def states(self, **what: str) -> None:
        """What the provider's tokens say beside its own."""
        self.browser.get(f"{self.base}/state/", params=what, timeout=10)

    def visit(self, address: str) -> str:
        """Follows the desk's question to the provider, and returns where that leads back to."""
        for _ in range(5):
            answer = self.browser.get(address, allow_redirects=False, timeout=10)
            assert answer.status_code == 302, answer.text
            address = requests.compat.urljoin(address, answer.headers["Location"])
            if address.startswith("http://localhost/account/"):
                return address
            if "/enter/" in address:
                address += "&as=" + self.name_again
        raise AssertionError(address)

    name_again = "duty-at-agency"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    port = free_port()
    script = ROOT / "tests/simulators/identity_provider.py"
    process = subprocess.Popen([sys.executable, str(script), str(port), BACK], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield Provider(port)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def provider(running: Provider, settings: Any, home: Path) -> Provider:
    cache.clear()
    (home / "client.secret").write_text("specimen-secret-of-the-desk\n")
    settings.ACCORD_AGENCY = running.issuer
    settings.CONFIG = NodeConfig(
        home=home,
        agency_issuer=running.issuer,
        agency_client_id="accord-desk",
        agency_client_secret_file=str(home / "client.secret"),
        agency_name="SPECIMEN agency",
    )
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    running.states()
    return running


@pytest.fixture
def bound(desk: Desk, provider: Provider) -> Officer:
    """An officer without a password who is bound to an identity of the provider."""
    bind_identity(desk.administrator, desk.duty, issuer=provider.issuer, subject=provider.enter("duty-at-agency"))
    confirm_officer(desk.reviewer, Officer.objects.get(pk=desk.duty.pk))
    return Officer.objects.get(pk=desk.duty.pk)


def browser() -> Client:
    return Client(SERVER_NAME="localhost")


def answered(client: Client, provider: Provider, **next_page: str) -> str:
    """Goes to the provider and back, and returns the address at which the desk reads the answer."""
    asked = client.get(reverse("account_agency"), next_page)
    assert asked.status_code == 302, asked.content.decode()
    back = provider.visit(asked.headers["Location"])
    # The provider's redirect comes from another site, so that the browser sends no session along.
    page = browser().get(back)
    assert page.status_code == 200
    assert "session" not in " ".join(page.cookies)
    return str(page.context["address"])


def test_nothing_of_it_is_there_unless_configured(db: None) -> None:
    for name in ("account_agency", "account_agency_back", "account_agency_finish"):
        assert Client().get(reverse(name)).status_code == 404
    assert b"Sign in at" not in Client().get(reverse("account_login")).content


def test_an_officer_who_is_bound_signs_in_at_the_agency(bound: Officer, provider: Provider) -> None:
    client = browser()
    page = client.get(reverse("account_login"))
    assert b"Sign in at SPECIMEN agency" in page.content
    asked = client.get(reverse("account_agency"), {"next": "/desk/me/"})
    question = parse_qs(urlsplit(asked.headers["Location"]).query)
    assert question["code_challenge_method"] == ["S256"]
    assert question["scope"] == ["openid"]
    address = answered(client, provider, next="/desk/me/")
    assert client.get(address).headers["Location"] == "/desk/me/"
    assert client.get("/desk/me/").status_code == 200
    assert client.session["_auth_user_id"] == str(bound.pk)


def test_the_desks_own_second_factor_is_still_asked_for(bound: Officer, provider: Provider, settings: Any) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    provider.states(acr="urn:strong", amr="pwd,otp")
    client = browser()
    client.get(answered(client, provider))
    assert client.get(reverse("desk:queue")).headers["Location"] == reverse("mfa_index")
    TOTP.activate(bound, CODES)
    again = browser()
    assert again.get(answered(again, provider)).headers["Location"] == reverse("mfa_authenticate")
    assert again.get(reverse("desk:queue")).status_code == 302
    code = format_hotp_value(hotp_value(CODES, next(yield_hotp_counters_from_time())))
    again.post(reverse("mfa_authenticate"), {"code": code})
    assert again.get(reverse("desk:queue")).status_code == 200


@pytest.mark.parametrize("stated", [{"acr": "urn:strong"}, {"amr": "pwd,hwk"}])
def test_a_factor_that_the_provider_states_counts_where_the_settings_name_it(
    bound: Officer, provider: Provider, settings: Any, stated: dict[str, str]
) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, agency_strong=("urn:strong", "hwk"))
    provider.states(amr="pwd")
    weak = browser()
    weak.get(answered(weak, provider))
    assert weak.get(reverse("desk:queue")).headers["Location"] == reverse("mfa_index")
    provider.states(**stated)
    client = browser()
    client.get(answered(client, provider))
    assert client.get(reverse("desk:queue")).status_code == 200
    assert not Authenticator.objects.filter(user=bound).exists()


def test_nobody_is_made_or_bound_by_what_the_provider_tells(desk: Desk, provider: Provider) -> None:
    desk.duty.email = "duty@agency.example"
    desk.duty.save()
    before = Officer.objects.count()
    provider.enter("stranger")
    client = browser()
    told = client.get(answered(client, provider))
    assert told.status_code == 403
    assert b"desk.agency-unbound" in told.content
    assert client.get(reverse("desk:me")).status_code == 302
    assert Officer.objects.count() == before
    assert not Officer.objects.exclude(identity_subject="").exists()


def test_a_bound_officer_whose_posting_ended_stays_outside(bound: Officer, provider: Provider) -> None:
    client = browser()
    client.get(answered(client, provider))
    assert client.get(reverse("desk:me")).status_code == 200
    Officer.objects.filter(pk=bound.pk).update(active_until=timezone.now())
    assert client.get(reverse("desk:me")).status_code in {302, 403}
    again = browser()
    assert again.get(answered(again, provider)).status_code == 403


def test_an_unbound_account_keeps_no_session(bound: Officer, provider: Provider) -> None:
    client = browser()
    client.get(answered(client, provider))
    Officer.objects.filter(pk=bound.pk).update(identity_issuer="", identity_subject="")
    assert client.get(reverse("desk:me")).status_code == 302


def test_an_answer_counts_once_and_in_its_own_session_alone(bound: Officer, provider: Provider) -> None:
    client, thief = browser(), browser()
    address = answered(client, provider)
    thief.get(reverse("account_agency"))
    assert thief.get(address).status_code == 403
    assert thief.get(reverse("desk:me")).status_code == 302
    assert browser().get(address).status_code == 403
    assert client.get(address).status_code == 302
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    "stated", [{"iss": "https://evil.example"}, {"aud": "another-client"}, {"nonce": "another-question"}]
)
def test_a_token_of_another_issuer_audience_or_question_is_refused(
    bound: Officer, provider: Provider, stated: dict[str, str]
) -> None:
    provider.states(**stated)
    client = browser()
    told = client.get(answered(client, provider))
    assert told.status_code == 403
    assert b"desk.agency-refused" in told.content


def test_an_answer_that_comes_too_late_is_refused(
    bound: Officer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    address = answered(client, provider)
    session = client.session
    kept = dict(session["accord-agency-question"])
    session["accord-agency-question"] = {**kept, "asked_at": kept["asked_at"] - 601}
    session.save()
    assert b"came too late" in client.get(address).content


def test_a_provider_that_is_not_reached_or_calls_itself_otherwise_is_said_so(
    desk: Desk, provider: Provider, settings: Any
) -> None:
    for issuer in (f"http://127.0.0.1:{free_port()}", f"{provider.issuer}/"):
        cache.clear()
        settings.ACCORD_AGENCY = issuer
        told = browser().get(reverse("account_agency"))
        assert told.status_code == 503
        assert b"desk.agency-silent" in told.content


def test_where_the_officer_goes_on_is_never_another_site(bound: Officer, provider: Provider) -> None:
    client = browser()
    assert client.get(answered(client, provider, next="https://evil.example/")).headers["Location"] == "/desk/first"


def test_a_release_asks_the_provider_for_a_new_proof(desk: Desk, provider: Provider, settings: Any) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, agency_strong=("urn:strong",))
    provider.states(acr="urn:strong")
    releasing = desk.releasing
    bind_identity(desk.administrator, releasing, issuer=provider.issuer, subject=provider.enter("duty-at-agency"))
    confirm_officer(desk.reviewer, Officer.objects.get(pk=releasing.pk))
    releasing.refresh_from_db()
    message = approved(desk, submitted_request(desk))
    client = browser()
    client.get(answered(client, provider))
    session = client.session
    records = "account_authentication_methods"
    session[records] = [{**one, "at": one["at"] - 301} for one in session[records]]
    session.save()
    act = reverse("desk:approval-act", args=[message.pk])
    asked = client.post(act, {"act": "release"})
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    on = client.get(asked.headers["Location"])
    assert on.headers["Location"].startswith(reverse("account_agency"))
    back = client.get(on.headers["Location"])
    assert parse_qs(urlsplit(back.headers["Location"]).query)["prompt"] == ["login"]
    page = browser().get(provider.visit(back.headers["Location"]))
    client.get(page.context["address"])
    client.post(act, {"act": "release"})
    message.refresh_from_db()
    assert message.released_id is not None
    assert time.time() - client.session[records][-1]["at"] < 60


def test_a_lock_holds_against_codes_after_the_agency_too(bound: Officer, provider: Provider, settings: Any) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    TOTP.activate(bound, CODES)
    client = browser()
    client.get(answered(client, provider))
    for _ in range(ATTEMPTS_MAX):
        cache.clear()
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert Officer.objects.get(pk=bound.pk).locked_at is not None
    cache.clear()
    again = browser()
    again.get(answered(again, provider))
    code = format_hotp_value(hotp_value(CODES, next(yield_hotp_counters_from_time())))
    assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert again.get(reverse("desk:me")).status_code == 302


def test_a_factor_is_registered_after_a_fresh_proof_at_the_agency(
    bound: Officer, provider: Provider, settings: Any
) -> None:
    settings.ACCORD_SECOND_FACTOR = True
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, agency_strong=("urn:strong",))
    provider.states(acr="urn:strong")
    client = browser()
    client.get(answered(client, provider))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    session = client.session
    session["account_authentication_methods"] = [
        {**one, "at": time.time() - 7_000} for one in session["account_authentication_methods"]
    ]
    session.save()
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        told = client.get(reverse(name))
        assert told.status_code == 302
        assert told.headers["Location"].startswith(f"{reverse('account_agency')}?next=")
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 302
    assert not Authenticator.objects.filter(user=bound).exists()
    assert client.get(answered(client, provider, next=reverse("mfa_activate_totp"))).status_code == 302
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
