"""Accounts: made by an administrator, ended with the posting, opened by a secret that is kept nowhere."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accord.officers.models import Act, ApiToken, Officer
from accord.officers.permissions import NotPermitted, Permission, Role
from accord.officers.services import AccountRefused, create_first_administrator, create_officer, end_posting, set_roles
from accord.officers.tokens import (
    ACCOUNT_LIFE_DAYS_MAX,
    AccountNotAccepted,
    issue_token,
    officer_for_certificate,
    officer_for_token,
    register_certificate,
    revoke,
)

SOON = timedelta(days=30)


@pytest.fixture
def chief(db: None) -> Officer:
    return create_first_administrator("admin", "correct horse battery staple")


@pytest.fixture
def liaison(chief: Officer) -> Officer:
    return create_officer(chief, "liaison", password=None, display_name="Liaison", roles=["liaison"])


def token(chief: Officer, officer: Officer, *, scope: tuple[str, ...] = ("case.read",), until: datetime) -> str:
    return issue_token(officer, officer, label="t", scope=scope, expires_at=until)[1]


def test_the_first_administrator_is_made_once(chief: Officer) -> None:
    assert chief.roles == [Role.ADMINISTRATOR]
    with pytest.raises(AccountRefused) as refused:
        create_first_administrator("second", "correct horse battery staple")
    assert refused.value.reason_code == "officer.not-first"


def test_only_an_administrator_makes_officers(liaison: Officer) -> None:
    with pytest.raises(NotPermitted):
        create_officer(liaison, "x", password=None, display_name="X", roles=["liaison"])


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ([], "officer.unknown-role"),
        (["king"], "officer.unknown-role"),
        (["administrator", "liaison"], "officer.roles-conflict"),
        (["administrator", "reviewer"], "officer.roles-conflict"),
    ],
)
def test_roles_that_are_unknown_or_conflict_are_refused(chief: Officer, roles: list[str], code: str) -> None:
    with pytest.raises(AccountRefused) as refused:
        create_officer(chief, "x", password=None, display_name="X", roles=roles)
    assert refused.value.reason_code == code


def test_a_name_is_used_once(chief: Officer, liaison: Officer) -> None:
    with pytest.raises(AccountRefused) as refused:
        create_officer(chief, "liaison", password=None, display_name="X", roles=["liaison"])
    assert refused.value.reason_code == "officer.name-taken"


def test_nobody_changes_their_own_roles(chief: Officer, liaison: Officer) -> None:
    with pytest.raises(AccountRefused):
        set_roles(chief, chief, ["reviewer"])
    set_roles(chief, liaison, ["duty"])
    liaison.refresh_from_db()
    assert liaison.roles == ["duty"]


def test_a_token_opens_its_officer_narrowed_to_its_scope(chief: Officer, liaison: Officer) -> None:
    secret = token(chief, liaison, until=timezone.now() + SOON)
    officer = officer_for_token(secret)
    assert officer == liaison
    assert officer.permissions() == {Permission.CASE_READ}


def test_the_secret_is_kept_nowhere(chief: Officer, liaison: Officer) -> None:
    secret = token(chief, liaison, until=timezone.now() + SOON)
    row = ApiToken.objects.get()
    assert secret.encode() not in bytes(row.digest)
    assert len(bytes(row.digest)) == 32


@pytest.mark.parametrize("way", ["unknown", "expired", "revoked", "posting ended"])
def test_a_token_that_opens_nothing_tells_nothing(chief: Officer, liaison: Officer, way: str) -> None:
    now = timezone.now()
    secret = token(chief, liaison, until=now + SOON)
    if way == "unknown":
        secret += "x"
    elif way == "revoked":
        revoke(chief, ApiToken.objects.get())
    elif way == "posting ended":
        end_posting(chief, liaison)
    moment = now + SOON if way == "expired" else None
    with pytest.raises(AccountNotAccepted) as refused:
        officer_for_token(secret, now=moment)
    assert str(refused.value) == "The account is not accepted."
    assert refused.value.http_status == 401


def test_a_scope_beyond_the_roles_is_refused(chief: Officer, liaison: Officer) -> None:
    for scope in (("message.release",), (), ("nonsense",)):
        with pytest.raises(AccountRefused) as refused:
            token(chief, liaison, scope=scope, until=timezone.now() + SOON)
        assert refused.value.reason_code == "officer.scope-beyond-roles"


@pytest.mark.parametrize("life_days", [-1, ACCOUNT_LIFE_DAYS_MAX + 1])
def test_a_token_ends_within_a_year(chief: Officer, liaison: Officer, life_days: int) -> None:
    with pytest.raises(AccountRefused) as refused:
        token(chief, liaison, until=timezone.now() + timedelta(days=life_days))
    assert refused.value.reason_code == "officer.account-life"


def test_a_role_taken_away_takes_the_token_with_it(chief: Officer, liaison: Officer) -> None:
    secret = token(chief, liaison, scope=("message.draft",), until=timezone.now() + SOON)
    set_roles(chief, liaison, ["reviewer"])
    assert not officer_for_token(secret).may(Permission.MESSAGE_DRAFT)


def test_a_certificate_opens_its_officer(chief: Officer, liaison: Officer) -> None:
    register_certificate(
        liaison,
        liaison,
        label="system",
        der_sha256=bytes(32),
        scope=["case.read"],
        expires_at=timezone.now() + SOON,
    )
    assert officer_for_certificate(bytes(32)) == liaison
    with pytest.raises(AccountNotAccepted):
        officer_for_certificate(b"\x01" * 32)


def test_a_posting_can_end_at_a_time_to_come(chief: Officer, liaison: Officer) -> None:
    end_posting(chief, liaison, at=timezone.now() + SOON)
    assert liaison.is_posted()
    assert not liaison.is_posted(timezone.now() + SOON)


def test_an_account_without_a_password_cannot_sign_in_with_one(liaison: Officer) -> None:
    assert not liaison.has_usable_password()
    assert not liaison.check_password("")


def test_every_act_on_accounts_is_noted_with_its_officer(chief: Officer, liaison: Officer) -> None:
    token(chief, liaison, until=timezone.now() + SOON)
    set_roles(chief, liaison, ["duty"])
    end_posting(chief, liaison)
    acts = list(Act.objects.values_list("verb", "officer__username"))
    assert acts == [
        ("create officer", None),
        ("create officer", "admin"),
        ("issue token", "liaison"),
        ("set roles", "admin"),
        ("end posting", "admin"),
    ]


def test_the_last_administrator_stays(chief: Officer) -> None:
    with pytest.raises(AccountRefused, match="last administrator"):
        end_posting(chief, chief)
    successor = create_officer(
        chief, "successor", password=None, display_name="Successor", roles=[Role.ADMINISTRATOR.value]
    )
    end_posting(chief, chief)
    assert successor.is_posted(timezone.now())
