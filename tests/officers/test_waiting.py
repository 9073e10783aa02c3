"""What waits for a second person can be refused, and what stood before is put back; locks are lifted by two."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.officers.four_eyes import (
    FourEyes,
    Waiting,
    confirm_officer,
    refuse_account,
    refuse_officer,
)
from accord.officers.identities import IdentityRefused, bind_identity, officer_with_identity
from accord.officers.lockout import ATTEMPTS_MAX, LockRefused, note_failure, note_success, refuse_unlock, unlock
from accord.officers.models import Act, ApiToken, Officer
from accord.officers.permissions import NotPermitted
from accord.officers.services import (
    AccountRefused,
    create_first_administrator,
    create_officer,
    extend_posting,
    reset_password,
    set_offices,
    set_roles,
)
from accord.officers.tokens import issue_token
from accord.parties.models import Party
from accord.parties.profile import load_profile
from accord.release.gate import deciders, use_gate

PASSWORD = "correct horse battery staple"
ISSUER = "https://id.agency.example"


@pytest.fixture
def chief(db: None) -> Officer:
    return create_first_administrator("admin", PASSWORD)


@pytest.fixture
def reviewer(chief: Officer) -> Officer:
    return create_officer(chief, "reviewer", password=None, display_name="Reviewer", roles=["reviewer"])


@pytest.fixture
def second(chief: Officer, reviewer: Officer) -> Officer:
    made = create_officer(chief, "second", password=None, display_name="Second", roles=["administrator"])
    confirm_officer(reviewer, made)
    return made


@pytest.fixture
def liaison(chief: Officer, reviewer: Officer) -> Officer:
    made = create_officer(chief, "liaison", password=None, display_name="Liaison", roles=["liaison"])
    confirm_officer(reviewer, made)
    return made


def fresh(officer: Officer) -> Officer:
    return Officer.objects.get(pk=officer.pk)


def test_a_new_account_that_is_refused_ends(chief: Officer, reviewer: Officer) -> None:
    made = create_officer(chief, "new", password=None, display_name="New", roles=["liaison"])
    assert [change["what"] for change in made.waiting_changes] == [Waiting.ACCOUNT]
    refuse_officer(reviewer, made)
    assert not fresh(made).is_posted()
    assert not fresh(made).waits_for_second


def test_refused_powers_go_and_the_account_goes_on(chief: Officer, reviewer: Officer, liaison: Officer) -> None:
    Party.objects.create(code="CA", profile=load_profile("canada").to_json(), is_self=True)
    use_gate(None)
    office = min(deciders())
    set_roles(chief, liaison, ["liaison", "releasing"])
    set_offices(chief, liaison, [office])
    assert [change["what"] for change in fresh(liaison).waiting_changes] == ["roles", "offices"]
    refuse_officer(reviewer, liaison)
    known = fresh(liaison)
    assert (known.roles, known.offices, known.is_posted()) == (["liaison"], [], True)
    assert Act.objects.filter(verb="refuse officer", officer=reviewer).exists()


def test_a_refused_password_opens_nothing(chief: Officer, reviewer: Officer, liaison: Officer) -> None:
    liaison.set_password(PASSWORD)
    liaison.save()
    reset_password(chief, liaison, PASSWORD + " again")
    refuse_officer(reviewer, fresh(liaison))
    assert not fresh(liaison).has_usable_password()


def test_a_refused_extension_keeps_the_end_that_stood(chief: Officer, reviewer: Officer, liaison: Officer) -> None:
    end = timezone.now() + timedelta(days=30)
    Officer.objects.filter(pk=liaison.pk).update(active_until=end)
    extend_posting(chief, fresh(liaison), until=end + timedelta(days=300))
    waiting = fresh(liaison)
    assert waiting.waits_for_second
    refuse_officer(reviewer, waiting)
    assert fresh(liaison).active_until == end
    assert fresh(liaison).is_posted()


def test_an_extension_that_is_none_is_refused(chief: Officer, liaison: Officer) -> None:
    with pytest.raises(AccountRefused) as refused:
        extend_posting(chief, liaison, until=timezone.now() + timedelta(days=1))
    assert refused.value.reason_code == "officer.posting-not-later"


def test_who_is_meant_does_not_settle_it_and_nobody_settles_nothing(
    chief: Officer, reviewer: Officer, second: Officer
) -> None:
    with pytest.raises(FourEyes):
        refuse_officer(reviewer, second)
    set_roles(chief, second, ["reviewer"])
    second = fresh(second)
    with pytest.raises((FourEyes, NotPermitted)):
        refuse_officer(second, second)
    refuse_officer(chief, second)
    assert not fresh(second).waits_for_second


def test_a_refused_token_is_revoked(chief: Officer, reviewer: Officer) -> None:
    system = create_officer(chief, "cms", password=None, display_name="CMS", roles=["liaison"], is_system=True)
    confirm_officer(reviewer, system)
    until = timezone.now() + timedelta(days=9)
    token, _ = issue_token(chief, system, label="t", scope=["case.read"], expires_at=until)
    refuse_account(reviewer, token)
    assert ApiToken.objects.get().revoked_at is not None


def test_fifty_wrong_secrets_in_a_row_lock_an_account(liaison: Officer) -> None:
    for _ in range(ATTEMPTS_MAX - 1):
        note_failure("LIAISON")
    note_success(liaison)
    assert fresh(liaison).failed_attempts == 0
    for _ in range(ATTEMPTS_MAX):
        note_failure("liaison")
    assert fresh(liaison).locked_at is not None
    note_success(liaison)
    assert fresh(liaison).locked_at is not None
    assert Act.objects.filter(verb="lock account").count() == 1
    note_failure("nobody")


def test_a_lock_is_lifted_by_two_persons(chief: Officer, reviewer: Officer, liaison: Officer) -> None:
    with pytest.raises(LockRefused):
        unlock(chief, liaison)
    for _ in range(ATTEMPTS_MAX):
        note_failure("liaison")
    assert not unlock(chief, fresh(liaison))
    assert fresh(liaison).locked_at is not None
    with pytest.raises(FourEyes):
        unlock(chief, fresh(liaison))
    refuse_unlock(reviewer, fresh(liaison))
    with pytest.raises(NotPermitted):
        unlock(reviewer, fresh(liaison))
    unlock(chief, fresh(liaison))
    assert unlock(reviewer, fresh(liaison))
    assert (fresh(liaison).locked_at, fresh(liaison).failed_attempts) == (None, 0)


def test_who_is_the_only_one_left_lifts_their_own_lock(chief: Officer) -> None:
    for _ in range(ATTEMPTS_MAX):
        note_failure("admin")
    assert unlock(fresh(chief), fresh(chief))
    assert fresh(chief).locked_at is None


def test_nobody_else_lifts_their_own_lock(chief: Officer, reviewer: Officer, second: Officer) -> None:
    for _ in range(ATTEMPTS_MAX):
        note_failure("second")
    with pytest.raises(FourEyes):
        unlock(fresh(second), fresh(second))


def test_an_identity_is_bound_by_two_and_found_by_issuer_and_subject_alone(
    chief: Officer, reviewer: Officer, liaison: Officer
) -> None:
    bind_identity(chief, liaison, issuer=ISSUER, subject="subject-7")
    assert officer_with_identity(issuer=ISSUER, subject="subject-7") is None
    confirm_officer(reviewer, fresh(liaison))
    assert officer_with_identity(issuer=ISSUER, subject="subject-7") == liaison
    assert officer_with_identity(issuer=ISSUER + ".evil", subject="subject-7") is None
    assert officer_with_identity(issuer="", subject="") is None


def test_a_refused_identity_is_put_back(chief: Officer, reviewer: Officer, liaison: Officer) -> None:
    bind_identity(chief, liaison, issuer=ISSUER, subject="subject-7")
    refuse_officer(reviewer, fresh(liaison))
    assert fresh(liaison).identity_subject == ""
    assert fresh(liaison).is_posted()


@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        (ISSUER, ""),
        ("", "x"),
        ("http://id.agency.example", "x"),
        (ISSUER, "a b"),
        (ISSUER, "x" * 256),
        (ISSUER, "\u202e"),
    ],
)
def test_half_an_identity_or_one_that_hides_is_refused(
    chief: Officer, liaison: Officer, issuer: str, subject: str
) -> None:
    with pytest.raises(IdentityRefused):
        bind_identity(chief, liaison, issuer=issuer, subject=subject)


def test_one_identity_opens_one_account(chief: Officer, reviewer: Officer, liaison: Officer) -> None:
    bind_identity(chief, liaison, issuer=ISSUER, subject="s")
    with pytest.raises(IdentityRefused):
        bind_identity(chief, reviewer, issuer=ISSUER, subject="s")
    with pytest.raises(IdentityRefused):
        bind_identity(chief, chief, issuer=ISSUER, subject="t")
