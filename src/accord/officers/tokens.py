"""Tokens and certificates, by which a system or an officer's own program acts: issue, register, revoke, look up.

A person issues their own; an administrator issues those of systems, and a second person agrees to each.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accord.officers.acts import note
from accord.officers.four_eyes import must_wait
from accord.officers.models import ApiToken, ClientCertificate, Officer
from accord.officers.permissions import CONTENT_PERMISSIONS, NotPermitted, Permission, permissions_of, require
from accord.officers.services import AccountRefused

__all__ = [
    "ACCOUNT_LIFE_DAYS_MAX",
    "TOKEN_PREFIX",
    "AccountNotAccepted",
    "issue_token",
    "officer_for_certificate",
    "officer_for_token",
    "register_certificate",
    "revoke",
]

TOKEN_PREFIX = "accord_"  # noqa: S105 - a mark by which secret scanners find leaked tokens
"""What every token begins with, so that scanners find one that leaked (as GitHub's ``ghp_`` does)."""

TOKEN_BYTES = 32
"""Random bytes in a token: 256 bits cannot be guessed, so a plain SHA-256 of it suffices."""

ACCOUNT_LIFE_DAYS_MAX = 366
"""Longest life of a token or certificate, days: a forgotten account ends within a year."""


class AccountNotAccepted(AccountRefused):
    """A token or certificate opens nothing: unknown, expired, revoked, or the posting ended."""

    code = "officer.account-not-accepted"
    default_next_step = "Ask the administrator of this node for a new account."
    http_status = 401


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


def _require_own_or_system(by: Officer, officer: Officer) -> bool:
    """Returns whether a token or certificate of ``officer`` waits for a second person when ``by`` makes it."""
    if by.pk == officer.pk:
        if not by.is_posted():
            raise NotPermitted("The account may not act: it has ended, or waits for a second person.")
        return False
    require(by, Permission.OFFICER_MANAGE)
    if not officer.is_system:
        raise AccountRefused(
            f"{officer.username} is a person: nobody else may hold a secret that acts in their name.",
            code="officer.own-secret-only",
            next_step=f"{officer.username} issues it: `accord officer token {officer.username}`, with their password.",
        )
    return must_wait(by, officer)


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

    A person issues their own; an administrator issues those of systems, and a second person agrees to it.

    Returns:
        The stored token (which keeps only the digest) and the secret, shown this once.

    Raises:
        NotPermitted: ``by`` may not manage officers, or the posting ended.
        AccountRefused: The scope goes beyond the officer's roles, the life is too long, or it is another person's.
    """
    waits = _require_own_or_system(by, officer)
    words = _scope(officer, scope, expires_at)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken.objects.create(
        officer=officer,
        label=label,
        scope=words,
        expires_at=expires_at,
        digest=hashlib.sha256(secret.encode()).digest(),
        made_by=by,
        waits_for_second=waits,
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
    """Binds a TLS client certificate to an officer and a scope, by the same rule as a token.

    Raises:
        NotPermitted: ``by`` may not manage officers, or the posting ended.
        AccountRefused: The scope goes beyond the officer's roles, the life is too long, or it is another person's.
    """
    waits = _require_own_or_system(by, officer)
    words = _scope(officer, scope, expires_at)
    certificate = ClientCertificate.objects.create(
        officer=officer,
        label=label,
        scope=words,
        expires_at=expires_at,
        sha256=der_sha256,
        made_by=by,
        waits_for_second=waits,
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
