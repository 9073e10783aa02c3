"""Second factors: kept under a key of the node, bound to the desk's own origin, and never fewer than one.

* The secret of one-time codes and the seed of recovery codes are encrypted before they reach the database. The key is a
  file of the home, ``factors.key``, so that a stolen database or its copy alone makes no code.
* A passkey's answer names the origin at which the browser gave it. Only the desk's configured origin is accepted, at
  the demonstration on loopback too.
* Where a second factor is needed, the last one cannot be taken out: an account would be left with a password alone.

The key file may hold several keys, one a line: the first encrypts, each of them opens. So a key is replaced by writing
a new one above it; what is stored is taken over at the next start.

Source: Fernet specification (AES-128-CBC and HMAC-SHA-256); WebAuthn Level 3, 7.1 step 9 and 7.2 step 12 (origin).
"""

import base64
import logging
import os
import secrets
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest

__all__ = [
    "AGENCY_METHOD",
    "BoundToOrigin",
    "Factors",
    "SecondFactorStage",
    "encrypt_stored",
    "has_strong_agency",
    "is_last_factor",
    "needs_second_factor",
]

logger = logging.getLogger(__name__)

KEY_FILE: Final = "factors.key"
MARK: Final = "accord1:"
"""What every encrypted secret begins with."""
MAIN: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Factors by themselves; recovery codes only stand in for one."""
AGENCY_METHOD: Final = "agency"
"""How a sign-in at the agency's identity provider stands in the session's record."""


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(line) for line in _keys()])


def _keys() -> list[bytes]:
    file = settings.ACCORD_HOME / KEY_FILE
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another process was faster; its key is the one
        else:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(Fernet.generate_key() + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
    return file.read_bytes().split()


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """How allauth keeps and checks second factors at this node."""

    def encrypt(self, text: str) -> str:
        """Returns a secret as the database may hold it."""
        return MARK + _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Returns a secret in clear; one of another key becomes a secret that no code fits."""
        if not encrypted_text.startswith(MARK):
            return encrypted_text
        try:
            return _cipher().decrypt(encrypted_text.removeprefix(MARK)).decode()
        except InvalidToken:
            logger.error("a stored second factor does not open: %s is another one than when it was kept", KEY_FILE)  # noqa: TRY400 - the trace says nothing more
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Returns whether a factor may be taken out."""
        return not is_last_factor(authenticator)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Returns who asks for a passkey: the host of the desk's configured origin."""
        return {"id": _rp_id(), "name": f"Accord {settings.ACCORD_PARTY}"}


def _rp_id() -> str:
    return urlsplit(settings.ACCORD_DESK_ORIGIN).hostname or ""


def is_last_factor(authenticator: Authenticator) -> bool:
    """Returns whether an account would be left without a second factor where one is needed."""
    if not settings.ACCORD_SECOND_FACTOR or authenticator.type not in MAIN:
        return False
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=MAIN).exclude(pk=authenticator.pk)
    return not others.exists()


def needs_second_factor(request: HttpRequest) -> bool:
    """Returns whether the officer must first register a second factor.

    Sign-in itself asks for the factor of an officer who has one; who has none may only register one, unless the
    agency's identity provider states that it asked for one itself.
    """
    if not settings.ACCORD_SECOND_FACTOR or has_strong_agency(request, request.user):
        return False
    return not Authenticator.objects.filter(user_id=request.user.pk, type__in=MAIN).exists()


def has_strong_agency(request: HttpRequest, officer: Any) -> bool:
    """Returns whether this session began at the agency's provider with what the settings count as a second factor."""
    records = get_authentication_records(request, officer)
    return any(record.get("method") == AGENCY_METHOD and record.get("is_strong") for record in records)


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth carries no types
    """Asks for the factor at sign-in, but after an agency's provider that asked for one itself."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return super()._should_handle(request) and not has_strong_agency(request, self.login.user)


class BoundToOrigin:
    """Refuses a passkey's answer that was given at another origin than the desk's own; goes before allauth's form."""

    def clean_credential(self) -> Any:
        """Checks the origin, then what the form itself checks."""
        data = self.cleaned_data["credential"]  # type: ignore[attr-defined]
        if _origin_of(data) != settings.ACCORD_DESK_ORIGIN:
            raise Factors().validation_error("incorrect_code")
        following = getattr(super(), "clean_credential", None)
        return data if following is None else following()


def _origin_of(credential: Any) -> str:
    try:
        told = str(credential["response"]["clientDataJSON"])
        client_data = base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
        return str(msgspec.json.decode(client_data, type=dict[str, Any]).get("origin", ""))
    except (KeyError, TypeError, ValueError):
        return ""


def encrypt_stored(**_signal: object) -> None:
    """Takes over what is stored in clear, or under an older key, after the database was brought up to date."""
    adapter = Factors()
    for row in Authenticator.objects.filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]):
        name = "secret" if row.type == Authenticator.Type.TOTP else "seed"
        held = row.data.get(name, "")
        if held.startswith(MARK):
            held = _of_older_key(held)
        if held:
            row.data[name] = adapter.encrypt(held)
            row.save(update_fields=["data"])


def _of_older_key(held: str) -> str:
    """Returns the secret in clear where an older key opens it, and nothing where the newest does or none."""
    newest = Fernet(_keys()[0])
    token = held.removeprefix(MARK)
    try:
        newest.decrypt(token)
    except InvalidToken:
        try:
            return _cipher().decrypt(token).decode()
        except InvalidToken:
            return ""
    return ""
