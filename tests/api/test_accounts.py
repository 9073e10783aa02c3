"""Who is let in, and by what."""

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accord.node.api.accounts import CERTIFICATE_DIGEST_KEY
from accord.node.api.limits import SIGN_IN_FAILURES_BURST
from accord.node.api.rates import Rate
from accord.officers.models import ApiToken, Officer
from accord.officers.permissions import Permission, Role
from accord.officers.services import end_posting
from accord.officers.tokens import register_certificate, revoke
from tests.api.conftest import Caller, CallerOf

DIGEST = hashlib.sha256(b"a certificate").digest()


@pytest.fixture
def certified(administrator: Officer, officers: dict[Role, Officer]) -> Officer:
    register_certificate(
        officers[Role.DUTY],
        officers[Role.DUTY],
        label="case system",
        der_sha256=DIGEST,
        scope=[Permission.CASE_READ.value],
        expires_at=timezone.now() + timedelta(days=1),
    )
    return officers[Role.DUTY]


def test_a_token_stands_for_its_officer(callers: dict[Role, Caller]) -> None:
    answer = callers[Role.LIAISON].get("/me")

    assert answer.status_code == 200
    assert answer.json()["username"] == "liaison"
    assert "message.draft" in answer.json()["permissions"]


def test_a_scope_narrows_what_the_role_allows(officers: dict[Role, Officer], caller_of: CallerOf) -> None:
    narrow = caller_of(officers[Role.LIAISON], [Permission.CASE_READ.value])

    assert narrow.get("/me").json()["permissions"] == ["case.read"]


def test_no_account_is_answered_with_the_way_to_sign_in(db: None) -> None:
    answer = Client().get("/api/v1/me")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "api.not-signed-in"


@pytest.mark.parametrize("secret", ["accord_wrong", "x" * 600, "é", " "])
def test_a_wrong_token_opens_nothing(db: None, secret: str) -> None:
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "officer.account-not-accepted"


def test_unknown_revoked_expired_and_ended_accounts_are_answered_alike(
    administrator: Officer, officers: dict[Role, Officer], caller_of: CallerOf
) -> None:
    unknown = Caller(secret="accord_unknown")
    revoked = caller_of(officers[Role.DUTY])
    revoke(administrator, ApiToken.objects.get())
    expired = caller_of(officers[Role.RELEASING])
    ApiToken.objects.filter(officer=officers[Role.RELEASING]).update(expires_at=timezone.now())
    ended = caller_of(officers[Role.LIAISON])
    end_posting(administrator, officers[Role.LIAISON])

    bodies = {bytes(caller.get("/me").content) for caller in (unknown, revoked, expired, ended)}

    assert len(bodies) == 1


def test_another_scheme_than_bearer_is_named_as_the_fault(db: None) -> None:
    answer = Client().get("/api/v1/me", headers={"Authorization": "Basic YTpi"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "api.authorization-scheme"


def test_a_client_certificate_that_the_listener_saw_stands_for_its_officer(certified: Officer) -> None:
    answer = Client().get("/api/v1/me", **{CERTIFICATE_DIGEST_KEY: DIGEST.hex()})

    assert answer.json()["username"] == certified.username
    assert answer.json()["permissions"] == ["case.read"]


@pytest.mark.parametrize(
    "header",
    ["accord.client_certificate_sha256", "Accord-Client-Certificate-Sha256", "X-Client-Cert", "SSL-Client-Cert"],
)
def test_no_header_can_name_a_client_certificate(certified: Officer, header: str) -> None:
    answer = Client().get("/api/v1/me", headers={header: DIGEST.hex()})

    assert answer.status_code == 401


def test_an_address_whose_accounts_are_refused_often_has_to_wait_and_is_told_why(db: None) -> None:
    wrong = Caller(secret="accord_wrong")
    for _ in range(SIGN_IN_FAILURES_BURST):
        assert wrong.get("/me").status_code == 401

    answer = wrong.get("/me")

    assert (answer.status_code, answer.json()["code"]) == (429, "api.sign-ins-throttled")
    assert int(answer.headers["Retry-After"]) == answer.json()["fields"]["retry_after_seconds"] >= 1
    assert "not accepted" in answer.json()["title"]


def test_bad_accounts_behind_one_address_never_lock_out_a_good_one(
    callers: dict[Role, Caller], certified: Officer
) -> None:
    wrong = Caller(secret="accord_wrong")
    while wrong.get("/me").status_code != 429:
        pass

    assert callers[Role.LIAISON].get("/me").status_code == 200
    assert Client().get("/api/v1/me", **{CERTIFICATE_DIGEST_KEY: DIGEST.hex()}).status_code == 200
    assert wrong.get("/me").status_code == 429


def test_every_answer_to_an_account_tells_its_limits_and_what_is_left(callers: dict[Role, Caller]) -> None:
    first, second = (callers[Role.LIAISON].get("/me") for _ in range(2))
    changed = callers[Role.LIAISON].post("/cases", {"peer": "IN"})

    assert first.headers["RateLimit-Policy"] == '"requests";q=200;w=4'
    assert first.headers["RateLimit"] == '"requests";r=199;t=1'
    assert int(second.headers["RateLimit"].split("r=")[1].split(";")[0]) <= 199
    assert changed.status_code == 422
    assert changed.headers["RateLimit-Policy"] == '"requests";q=200;w=4, "changes";q=100;w=5'
    assert '"changes";r=99;t=1' in changed.headers["RateLimit"]
    assert "RateLimit" not in Client().get("/api/v1/me").headers


def test_no_session_of_the_desk_opens_the_api(officers: dict[Role, Officer]) -> None:
    client = Client()
    client.force_login(officers[Role.LIAISON])

    assert client.get("/api/v1/me").status_code == 401


def test_an_account_over_its_rate_waits_and_another_of_the_same_officer_does_not(
    officers: dict[Role, Officer], caller_of: CallerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.node.api.operations.REQUESTS", Rate(0.01, burst=2))
    busy, quiet = caller_of(officers[Role.DUTY]), caller_of(officers[Role.DUTY])

    statuses = [busy.get("/me").status_code for _ in range(3)]
    refused = busy.get("/me")

    assert statuses == [200, 200, 429]
    assert refused.json()["code"] == "api.rate-limited"
    assert int(refused.headers["Retry-After"]) == refused.json()["fields"]["retry_after_seconds"] >= 90
    assert quiet.get("/me").status_code == 200
