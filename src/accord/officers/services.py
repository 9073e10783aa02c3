"""Acts on accounts: make, change and end officers; issue and revoke tokens and certificates.

Every act takes the acting officer first and checks the permission before anything else. The one exception is
:func:`create_first_administrator`, which works only on a node that has no officer yet.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.models import ApiToken, ClientCertificate, Officer
from accord.officers.permissions import CONTENT_PERMISSIONS, Permission, Role, permissions_of, require
from accord.release.gate import deciders

__all__ = [
    "ACCOUNT_LIFE_DAYS_MAX",
    "TOKEN_PREFIX",
    "AccountNotAccepted",
    "AccountRefused",
    "create_first_administrator",
    "create_officer",
    "end_posting",
    "issue_token",
    "officer_for_certificate",
    "officer_for_token",
    "register_certificate",
    "revoke",
    "set_offices",
    "set_roles",
]

TOKEN_PREFIX = "accord_"  # noqa: S105 - a mark by which secret scanners find leaked tokens
"""What every token begins with, so that scanners find one that leaked (as GitHub's ``ghp_`` does)."""

TOKEN_BYTES = 32
"""Random bytes in a token: 256 bits cannot be guessed, so a plain SHA-256 of it suffices."""

ACCOUNT_LIFE_DAYS_MAX = 366
"""Longest life of a token or certificate, days: a forgotten account ends within a year."""


class AccountRefused(OfficerCanMend):
    """An account cannot be made, used or changed as asked."""

    code = "officer.account-refused"


class AccountNotAccepted(AccountRefused):
    """A token or certificate opens nothing: unknown, expired, revoked, or the posting ended."""

    code = "officer.account-not-accepted"
    default_next_step = "Ask the administrator of this node for a new account."
    http_status = 401


def _known_roles(roles: Iterable[str]) -> list[str]:
    names = sorted(set(roles))
    known = {role.value for role in Role}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise AccountRefused(
            "An officer needs at least one known role.", code="officer.unknown-role", fields={"unknown": unknown}
        )
    allowed = permissions_of(names)
    if Permission.OFFICER_MANAGE in allowed and allowed & CONTENT_PERMISSIONS:
        raise AccountRefused(
            "An administrator reads no content: the role cannot be joined with one that does.",
            code="officer.roles-conflict",
            next_step="Make two accounts for two persons.",
            fields={"roles": names},
        )
    return names


@transaction.atomic
def create_first_administrator(username: str, password: str, *, display_name: str = "Administrator") -> Officer:
    """Makes the administrator of a new node.

    Raises:
        AccountRefused: The node has officers already.
    """
    if Officer.objects.exists():
        raise AccountRefused("The node has officers already.", code="officer.not-first")
    officer = Officer(username=username, display_name=display_name, roles=[Role.ADMINISTRATOR.value])
    officer.set_password(password)
    officer.save()
    note(None, "create officer", officer)
    return officer


@transaction.atomic
def create_officer(  # the fields of an account
    by: Officer,
    username: str,
    *,
    password: str | None,
    display_name: str,
    roles: Sequence[str],
    agency: str = "",
    unit: str = "",
    active_until: datetime | None = None,
    is_system: bool = False,
    offices: Sequence[str] = (),
) -> Officer:
    """Makes an account.

    Args:
        by: The administrator.
        username: Name at sign-in.
        password: Password; ``None`` for an account that is used by token or certificate only.
        display_name: Name shown to colleagues.
        roles: One or more of :class:`Role`.
        agency: Code of the agency in the party's profile.
        unit: Unit within the agency.
        active_until: End of the posting.
        is_system: Whether a national case system, not a person, uses the account.
        offices: Offices that the rules name as deciding on a hold, in the rules' own words.

    Returns:
        The new officer.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: A role is unknown or the roles conflict, or the name is taken.
    """
    require(by, Permission.OFFICER_MANAGE)
    names = _known_roles(roles)
    if Officer.objects.filter(username=username).exists():
        raise AccountRefused("The user name is taken.", code="officer.name-taken")
    officer = Officer(
        username=username,
        display_name=display_name,
        roles=names,
        agency=agency,
        unit=unit,
        active_until=active_until,
        is_system=is_system,
        offices=_known_offices(offices),
    )
    if password is None:
        officer.set_unusable_password()
    else:
        officer.set_password(password)
    officer.save()
    note(by, "create officer", officer, detail={"roles": ",".join(names)})
    return officer


@transaction.atomic
def set_roles(by: Officer, officer: Officer, roles: Sequence[str]) -> None:
    """Replaces an officer's roles.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: A role is unknown, the roles conflict, or it is the own account.
    """
    require(by, Permission.OFFICER_MANAGE)
    if by.pk == officer.pk:
        raise AccountRefused("Nobody changes their own roles.", code="officer.own-roles")
    officer.roles = _known_roles(roles)
    officer.save(update_fields=["roles"])
    note(by, "set roles", officer, detail={"roles": ",".join(officer.roles)})


def _known_offices(names: Iterable[str]) -> list[str]:
    wanted = sorted(set(names))
    if not wanted:
        return []
    known = deciders()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise AccountRefused(
            "No rule of this node's law names such an office as deciding on a hold.",
            code="officer.unknown-office",
            next_step="Use one of the offices listed, in the rules' own words.",
            fields={"field": "offices", "unknown": unknown, "known": sorted(known)},
        )
    return wanted


@transaction.atomic
def set_offices(by: Officer, officer: Officer, offices: Sequence[str]) -> None:
    """Replaces the offices in which an officer decides on holds of the law gate.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: An office is named by no rule, or it is the own account.
    """
    require(by, Permission.OFFICER_MANAGE)
    if by.pk == officer.pk:
        raise AccountRefused("Nobody changes their own offices.", code="officer.own-offices")
    officer.offices = _known_offices(offices)
    officer.save(update_fields=["offices"])
    note(by, "set offices", officer, detail={"offices": "; ".join(officer.offices)})


@transaction.atomic
def end_posting(by: Officer, officer: Officer, *, at: datetime | None = None) -> None:
    """Ends a posting at a time (now where omitted); tokens and certificates end with it.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: It is the last account that may manage officers: nobody could make another.
    """
    require(by, Permission.OFFICER_MANAGE)
    if not any(_manages(other) for other in Officer.objects.exclude(pk=officer.pk).filter(is_active=True)):
        raise AccountRefused(
            "The last administrator's posting cannot be ended.",
            code="officer.last-administrator",
            next_step="Make the successor's account first.",
        )
    officer.active_until = at or timezone.now()
    officer.save(update_fields=["active_until"])
    note(by, "end posting", officer, at=None)


def _manages(officer: Officer) -> bool:
    return officer.is_posted(timezone.now()) and Permission.OFFICER_MANAGE in permissions_of(officer.roles)


def _scope(officer: Officer, scope: Sequence[str], expires_at: datetime) -> list[str]:
    now = timezone.now()
    if not now < expires_at <= now + timedelta(days=ACCOUNT_LIFE_DAYS_MAX):
        raise AccountRefused(
            f"An account ends within {ACCOUNT_LIFE_DAYS_MAX} days.", code="officer.account-life", fields={}
        )
    allowed = {item.value for item in permissions_of(officer.roles)}
    beyond = sorted(set(scope) - allowed)
    if beyond or not scope:
        raise AccountRefused(
            "The scope must name permissions that the officer's roles hold.",
            code="officer.scope-beyond-roles",
            fields={"beyond": beyond},
        )
    return sorted(set(scope))


def _for_whom(officer: Officer, scope: list[str]) -> dict[str, str | int | bool | None]:
    # The administrator holds the secret first, so the reviewer must see for whom it is and whether it opens content.
    opens_content = not CONTENT_PERMISSIONS.isdisjoint(scope)
    return {
        "officer": officer.pk,
        "username": officer.username,
        "scope": ",".join(scope),
        "opens_content": opens_content,
    }


@transaction.atomic
def issue_token(
    by: Officer,
    officer: Officer,
    *,
    label: str,
    scope: Sequence[str],
    expires_at: datetime,
) -> tuple[ApiToken, str]:
    """Issues a bearer token bound to an officer and a scope.

    Returns:
        The stored token (which keeps only the digest) and the secret, shown this once.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: The scope goes beyond the officer's roles, or the life is too long.
    """
    require(by, Permission.OFFICER_MANAGE)
    words = _scope(officer, scope, expires_at)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken.objects.create(
        officer=officer,
        label=label,
        scope=words,
        expires_at=expires_at,
        digest=hashlib.sha256(secret.encode()).digest(),
    )
    note(by, "issue token", token, detail=_for_whom(officer, words))
    return token, secret


@transaction.atomic
def register_certificate(
    by: Officer,
    officer: Officer,
    *,
    label: str,
    der_sha256: bytes,
    scope: Sequence[str],
    expires_at: datetime,
) -> ClientCertificate:
    """Binds a TLS client certificate to an officer and a scope.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: The scope goes beyond the officer's roles, or the life is too long.
    """
    require(by, Permission.OFFICER_MANAGE)
    words = _scope(officer, scope, expires_at)
    certificate = ClientCertificate.objects.create(
        officer=officer, label=label, scope=words, expires_at=expires_at, sha256=der_sha256
    )
    note(by, "register certificate", certificate, detail=_for_whom(officer, words))
    return certificate


@transaction.atomic
def revoke(by: Officer, account: ApiToken | ClientCertificate) -> None:
    """Revokes a token or certificate at once.

    Raises:
        NotPermitted: ``by`` may not manage officers.
    """
    require(by, Permission.OFFICER_MANAGE)
    account.revoked_at = timezone.now()
    account.save(update_fields=["revoked_at"])
    note(by, "revoke account", account)


def _officer_of(account: ApiToken | ClientCertificate | None, now: datetime | None) -> Officer:
    moment = now or timezone.now()
    if account is None or not account.is_good(moment) or not account.officer.is_posted(moment):
        # One sentence for unknown, expired and revoked: the caller learns nothing about which accounts exist.
        raise AccountNotAccepted("The account is not accepted.")
    officer = account.officer
    officer.narrow_to(account.scope)
    return officer


def officer_for_token(secret: str, *, now: datetime | None = None) -> Officer:
    """Returns the officer a bearer token stands for, narrowed to its scope.

    Raises:
        AccountNotAccepted: The token is unknown, expired or revoked, or the posting ended.
    """
    digest = hashlib.sha256(secret.encode()).digest()
    account = ApiToken.objects.select_related("officer").filter(digest=digest).first()
    return _officer_of(account, now)


def officer_for_certificate(der_sha256: bytes, *, now: datetime | None = None) -> Officer:
    """Returns the officer a client certificate stands for, narrowed to its scope.

    Raises:
        AccountNotAccepted: The certificate is unknown, expired or revoked, or the posting ended.
    """
    account = ClientCertificate.objects.select_related("officer").filter(sha256=der_sha256).first()
    return _officer_of(account, now)
