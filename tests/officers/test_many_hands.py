"""Several persons change one account: everybody whose change waits is barred, and a refusal gives nothing back."""

from datetime import timedelta

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.test import Client
from django.utils import timezone

from accord.officers.factors import forget_factors
from accord.officers.four_eyes import FourEyes, confirm_officer, left_if_refused, makers_of, refuse_officer
from accord.officers.identities import IdentityRefused, bind_identity, officer_with_identity
from accord.officers.models import Act, ApiToken, Officer
from accord.officers.services import (
    create_first_administrator,
    create_officer,
    end_posting,
    extend_posting,
    reset_password,
    set_roles,
)
from accord.officers.tokens import issue_token

PASSWORD = "correct horse battery staple"
ISSUER = "https://id.agency.example"


def fresh(officer: Officer) -> Officer:
    return Officer.objects.get(pk=officer.pk)


@pytest.fixture
def chief(db: None) -> Officer:
    return create_first_administrator("admin", PASSWORD)


@pytest.fixture
def reviewer(chief: Officer) -> Officer:
    return create_officer(chief, "reviewer", password=None, display_name="Reviewer", roles=["reviewer"])


@pytest.fixture
def other(chief: Officer, reviewer: Officer) -> Officer:
    made = create_officer(chief, "other", password=None, display_name="Other", roles=["administrator"])
    confirm_officer(reviewer, made)
    return made


@pytest.fixture
def releaser(chief: Officer, reviewer: Officer) -> Officer:
    made = create_officer(
        chief,
        "releaser",
        password=None,
        display_name="Releaser",
        roles=["releasing"],
        active_until=timezone.now() + timedelta(days=30),
    )
    confirm_officer(reviewer, made)
    return made


def session_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(fresh(officer))
    return client


def is_open(client: Client, officer: Officer) -> bool:
    """Returns whether a session is one of the account still, whether or not the account may act now."""
    return client.session.get(HASH_SESSION_KEY) == fresh(officer).get_session_auth_hash()


# who may agree


def test_a_colleagues_harmless_change_does_not_free_the_first_maker(
    chief: Officer, reviewer: Officer, other: Officer
) -> None:
    end = timezone.now() + timedelta(days=30)
    invented = create_officer(chief, "invented", password=None, display_name="I", roles=["releasing"], active_until=end)
    extend_posting(other, invented, until=end + timedelta(days=30))
    assert makers_of(fresh(invented)) == {chief.pk, other.pk}
    for maker in (chief, other):
        with pytest.raises(FourEyes):
            confirm_officer(maker, fresh(invented))
    confirm_officer(reviewer, invented)
    assert fresh(invented).is_posted()


def test_a_change_after_which_nobody_could_agree_is_refused(chief: Officer, reviewer: Officer, other: Officer) -> None:
    end_posting(chief, reviewer)
    end = timezone.now() + timedelta(days=30)
    invented = create_officer(chief, "invented", password=None, display_name="I", roles=["releasing"], active_until=end)
    with pytest.raises(FourEyes) as refused:
        extend_posting(other, invented, until=end + timedelta(days=30))
    assert refused.value.reason_code == "officer.change-waits"
    assert fresh(invented).active_until == end
    confirm_officer(other, invented)


def test_an_account_that_waits_goes_on_waiting_where_its_second_person_left(chief: Officer, reviewer: Officer) -> None:
    invented = create_officer(chief, "invented", password=None, display_name="I", roles=["releasing"])
    Officer.objects.filter(pk=reviewer.pk).update(active_until=timezone.now())
    with pytest.raises(FourEyes):
        set_roles(chief, invented, ["releasing", "liaison"])
    assert fresh(invented).waits_for_second


# what a refusal leaves


def test_a_refused_extension_does_not_open_a_posting_that_was_ended_meanwhile(
    chief: Officer, reviewer: Officer, other: Officer, releaser: Officer
) -> None:
    extend_posting(chief, releaser, until=timezone.now() + timedelta(days=60))
    end_posting(other, releaser)
    refuse_officer(chief, releaser)
    assert not fresh(releaser).is_posted()


def test_a_refusal_gives_no_role_back_that_was_taken_away_meanwhile(
    chief: Officer, reviewer: Officer, other: Officer, releaser: Officer
) -> None:
    set_roles(chief, releaser, ["releasing", "duty"])
    set_roles(other, releaser, ["liaison"])
    assert left_if_refused(fresh(releaser)).roles == []
    refuse_officer(chief, releaser)
    assert fresh(releaser).roles == []


def test_a_refused_role_goes_and_those_that_stood_stay(chief: Officer, reviewer: Officer, releaser: Officer) -> None:
    set_roles(chief, releaser, ["releasing", "duty"])
    refuse_officer(reviewer, releaser)
    assert fresh(releaser).roles == ["releasing"]
    assert fresh(releaser).is_posted()


def test_a_posting_is_never_ended_later_than_it_ends(chief: Officer, reviewer: Officer, releaser: Officer) -> None:
    stood = fresh(releaser).active_until
    end_posting(chief, releaser, at=timezone.now() + timedelta(days=300))
    assert fresh(releaser).active_until == stood


# identities


def test_nobody_binds_an_identity_to_the_only_other_person_who_agrees(chief: Officer, reviewer: Officer) -> None:
    with pytest.raises(FourEyes) as refused:
        bind_identity(chief, reviewer, issuer=ISSUER, subject="of-the-administrator")
    assert refused.value.reason_code == "officer.last-second-person"
    assert officer_with_identity(issuer=ISSUER, subject="of-the-administrator") is None


def test_nobody_binds_an_identity_that_was_their_own(chief: Officer, reviewer: Officer, other: Officer) -> None:
    bind_identity(other, chief, issuer=ISSUER, subject="chief-7")
    confirm_officer(reviewer, chief)
    bind_identity(other, chief, issuer="", subject="")
    with pytest.raises(IdentityRefused, match="your own"):
        bind_identity(fresh(chief), other, issuer=ISSUER, subject="chief-7")


def test_a_refused_identity_leaves_none_and_takes_none_of_another_account(
    chief: Officer, reviewer: Officer, other: Officer, releaser: Officer
) -> None:
    bind_identity(chief, releaser, issuer=ISSUER, subject="one")
    confirm_officer(reviewer, releaser)
    bind_identity(chief, releaser, issuer=ISSUER, subject="two")
    bind_identity(chief, other, issuer=ISSUER, subject="one")
    refuse_officer(reviewer, releaser)
    assert fresh(releaser).identity_subject == ""


def test_a_bound_identity_ends_no_session_and_one_taken_away_ends_them(
    chief: Officer, reviewer: Officer, releaser: Officer
) -> None:
    session = session_of(releaser)
    bind_identity(chief, releaser, issuer=ISSUER, subject="one")
    assert is_open(session, releaser)
    bind_identity(chief, releaser, issuer="", subject="")
    assert not is_open(session, releaser)


# what ends with a power, a factor or a posting


def test_sessions_end_with_a_role_a_factor_a_password_or_a_posting(
    chief: Officer, reviewer: Officer, other: Officer, releaser: Officer
) -> None:
    acts = (
        lambda: set_roles(chief, releaser, ["duty"]),
        lambda: forget_factors(chief, releaser),
        lambda: reset_password(chief, releaser, PASSWORD + " again"),
        lambda: end_posting(chief, releaser),
    )
    for act in acts:
        session = session_of(releaser)
        assert is_open(session, releaser)
        act()
        assert not is_open(session, releaser)


def test_an_added_role_ends_no_session(chief: Officer, reviewer: Officer, releaser: Officer) -> None:
    session = session_of(releaser)
    set_roles(chief, releaser, ["duty", "releasing"])
    assert is_open(session, releaser)


@pytest.mark.parametrize("lost", ["factors", "password", "posting"])
def test_tokens_end_with_factors_password_and_posting(
    chief: Officer, reviewer: Officer, releaser: Officer, lost: str
) -> None:
    until = timezone.now() + timedelta(days=9)
    token, _ = issue_token(releaser, releaser, label="own", scope=["case.read"], expires_at=until)
    if lost == "factors":
        forget_factors(chief, releaser)
    elif lost == "password":
        reset_password(chief, releaser, PASSWORD + " again")
    else:
        end_posting(chief, releaser)
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_a_posting_that_ran_out_leaves_nothing_open_for_the_next_one(
    chief: Officer, reviewer: Officer, releaser: Officer
) -> None:
    until = timezone.now() + timedelta(days=9)
    token, _ = issue_token(releaser, releaser, label="own", scope=["case.read"], expires_at=until)
    session = session_of(releaser)
    Officer.objects.filter(pk=releaser.pk).update(active_until=timezone.now() - timedelta(minutes=1))
    extend_posting(chief, releaser, until=until)
    assert not is_open(session, releaser)
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    assert Act.objects.filter(verb="extend posting").exists()
