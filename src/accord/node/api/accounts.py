"""Sign-in to the API: a bearer token or a TLS client certificate, each bound to an officer and a scope.

The certificate is known by the digest that the TLS listener itself computed and put into the WSGI environment.
A header can never name it: WSGI gives every header a key that begins with ``HTTP_``.

The account is looked up first. Only accounts that are not accepted count against their address, so that one
misconfigured system never locks out its neighbours behind the same address.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from accord.node.addresses import client_address
from accord.node.api.problems import Malformed, NotSignedIn
from accord.node.api.rates import SIGN_IN_FAILURES
from accord.officers.models import Officer
from accord.officers.tokens import AccountNotAccepted, officer_for_certificate, officer_for_token

__all__ = ["CERTIFICATE_DIGEST_KEY", "SignedIn", "sign_in"]

CERTIFICATE_DIGEST_KEY: Final = "accord.client_certificate_sha256"
"""WSGI environment key under which the TLS listener puts the SHA-256 of the client's certificate, hexadecimal."""

TOKEN_CHARACTERS_MAX: Final = 512
"""Longest bearer token looked at, characters: ours have 50."""

BEARER: Final = "bearer"


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who makes the request, and by which account.

    Args:
        officer: The officer, narrowed to the account's scope.
        account: A name for the account that rate limits are kept under; no secret.
    """

    officer: Officer
    account: str


def sign_in(request: HttpRequest) -> SignedIn:
    """Returns who makes the request.

    Raises:
        NotSignedIn: Neither a token nor a client certificate is there.
        Malformed: The Authorization header is of another scheme.
        AccountNotAccepted: The account is unknown, expired or revoked, or its posting ended.
        SignInsThrottled: It is not accepted, and too many such accounts came from the address.
    """
    try:
        return _accepted(request)
    except AccountNotAccepted:
        # A token has 256 random bits and is found by its digest: the throttle spares the machine, it hides nothing.
        SIGN_IN_FAILURES.spend(client_address(request))
        raise


def _accepted(request: HttpRequest) -> SignedIn:
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, secret = header.strip().partition(" ")
        if scheme.lower() != BEARER:
            raise Malformed("The Authorization header must be a bearer token.", code="api.authorization-scheme")
        if not secret or len(secret) > TOKEN_CHARACTERS_MAX:
            raise AccountNotAccepted("The account is not accepted.")
        officer = officer_for_token(secret)
        return SignedIn(officer=officer, account=f"token {hashlib.sha256(secret.encode()).hexdigest()[:16]}")
    digest = request.environ.get(CERTIFICATE_DIGEST_KEY) if hasattr(request, "environ") else None
    if isinstance(digest, str) and digest:
        officer = officer_for_certificate(bytes.fromhex(digest))
        return SignedIn(officer=officer, account=f"certificate {digest[:16]}")
    raise NotSignedIn("The request carries no account.")
