"""Sign-in at the agency's identity provider: OpenID Connect, authorization code with PKCE, off unless configured.

Invariants:
    * an officer is found by issuer and subject alone, which an administrator bound and a second person agreed to; no
      account is ever made or bound here, and no e-mail address or name of the provider is read;
    * every answer belongs to a question of the same browser session: state, nonce and verifier are kept there and used
      once, within ten minutes;
    * the token's signature, issuer, audience, times and nonce are checked with the provider's published keys, and only
      asymmetric algorithms count;
    * the desk asks for its own second factor afterwards, unless a setting names what the provider states in ``acr`` or
      ``amr`` when it asked for one itself.

Session cookies are ``SameSite=Strict`` here, so that the provider's redirect arrives without one. The page at which it
arrives (:func:`accord.node.desk.agency_views.come_back`) therefore only leads on to the desk's own address, where the
session is known again.

Source: OpenID Connect Core 1.0 (3.1.2, 3.1.3.7); RFC 7636 (PKCE); RFC 9207 (issuer in the answer); RFC 9700 (2.1).
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt
import msgspec
import urllib3
from django.conf import settings
from django.core.cache import cache

from accord.errors import NotAvailableNow, TrustFails
from accord.node.config import is_loopback

__all__ = ["AgencyRefused", "AgencySilent", "Identity", "Question", "ask", "read_answer"]

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures that count; a shared secret is none, because the provider's other clients may know how it is made."""
SCOPE: Final = "openid"
"""All that is asked for: the desk needs no address and no name."""
QUESTION_SECONDS: Final = 600
"""How long an officer may take at the provider."""
CONFIGURATION_SECONDS: Final = 600
"""How long the provider's configuration and keys are remembered; a new key is looked for at once."""
TIMEOUT_SECONDS: Final = 5.0
ANSWER_BYTES_MAX: Final = 256 * 1024
LEEWAY_SECONDS: Final = 60
"""How far both clocks may differ; NTP keeps them within a second."""
FRESH_SECONDS: Final = 300
"""Age of a proof that is asked for anew, as at the desk itself (``ACCOUNT_REAUTHENTICATION_TIMEOUT``)."""


class AgencySilent(NotAvailableNow):
    """The agency's identity provider does not answer, or not in the form that is agreed."""

    code = "desk.agency-silent"
    default_next_step = "Try again, or sign in with your password and second factor if your account has them."


class AgencyRefused(TrustFails):
    """The provider's answer does not belong to this question, or does not hold together."""

    code = "desk.agency-refused"
    default_next_step = "Begin again at the page of sign-in; if it happens again, tell the administrator."
    http_status = 403


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the session keeps until the provider's answer comes.

    Args:
        state: Ties the answer to this session.
        nonce: Ties the token to this question.
        verifier: Proves to the provider that who asks for the token is who began (PKCE).
        asked_at: When, in seconds since the Unix epoch.
        is_again: Whether an officer who is signed in proves anew who they are.
        leads_to: Where the officer goes on.
    """

    state: str
    nonce: str
    verifier: str
    asked_at: int
    is_again: bool
    leads_to: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the provider says it is.

    Args:
        issuer: The provider.
        subject: The person, in the provider's own words.
        is_strong: Whether it states a second factor that the settings count.
    """

    issuer: str
    subject: str
    is_strong: bool


def ask(*, redirect_uri: str, leads_to: str, is_again: bool) -> tuple[str, Question]:
    """Returns the provider's address to go to, and what must be kept until the answer comes.

    Args:
        redirect_uri: Where the provider leads back to.
        leads_to: Where the officer goes on afterwards.
        is_again: Whether the provider must ask for the proof anew.

    Raises:
        AgencySilent: The provider's configuration is not to be had.
    """
    question = Question(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        asked_at=int(time.time()),
        is_again=is_again,
        leads_to=leads_to,
    )
    digest = hashlib.sha256(question.verifier.encode()).digest()
    members = {
        "response_type": "code",
        "client_id": settings.CONFIG.agency_client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if is_again:
        members |= {"prompt": "login", "max_age": "0"}
    address = _endpoint(_configuration(), "authorization_endpoint")
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(members)}", question


def read_answer(question: Question, answer: Mapping[str, str], *, redirect_uri: str) -> Identity:
    """Returns who came back, after every check.

    Args:
        question: What the session kept; it is used once.
        answer: The query of the address to which the provider led back.
        redirect_uri: The same as in the question.

    Raises:
        AgencyRefused: The answer is for another question, too late, a refusal, or its token does not hold.
        AgencySilent: The provider does not give the token or its keys.
    """
    if not hmac.compare_digest(question.state.encode(), answer.get("state", "").encode()):
        raise AgencyRefused("The answer of the identity provider belongs to another question.")
    if not 0 <= time.time() - question.asked_at <= QUESTION_SECONDS:
        raise AgencyRefused("The answer of the identity provider came too late.")
    if answer.get("iss", settings.ACCORD_AGENCY) != settings.ACCORD_AGENCY:
        raise AgencyRefused("The answer names another identity provider.")
    if not answer.get("code"):
        raise AgencyRefused("The identity provider did not let you in.")
    claims = _claims(_token(answer["code"], question, redirect_uri=redirect_uri))
    if not hmac.compare_digest(question.nonce.encode(), str(claims.get("nonce", "")).encode()):
        raise AgencyRefused("The token of the identity provider belongs to another question.")
    if question.is_again and not _is_fresh(claims):
        raise AgencyRefused("The identity provider did not ask for a new proof.")
    return Identity(issuer=str(claims["iss"]), subject=str(claims["sub"]), is_strong=_is_strong(claims))


def _is_fresh(claims: Mapping[str, Any]) -> bool:
    proven_at = claims.get("auth_time")
    return isinstance(proven_at, int) and abs(time.time() - proven_at) <= FRESH_SECONDS


def _is_strong(claims: Mapping[str, Any]) -> bool:
    stated = {str(claims.get("acr", ""))}
    ways = claims.get("amr", [])
    stated |= {str(way) for way in ways} if isinstance(ways, list) else set()
    return not stated.isdisjoint(settings.CONFIG.agency_strong)


def _token(code: str, question: Question, *, redirect_uri: str) -> str:
    configuration = _configuration()
    members = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": settings.CONFIG.agency_client_id,
        "code_verifier": question.verifier,
    }
    headers = {}
    if secret := _client_secret():
        methods = configuration.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in methods:
            headers = urllib3.make_headers(basic_auth=f"{settings.CONFIG.agency_client_id}:{secret}")
        else:
            members["client_secret"] = secret
    told = _fetched("POST", _endpoint(configuration, "token_endpoint"), members=members, headers=headers)
    token = told.get("id_token")
    if not isinstance(token, str):
        raise AgencySilent("The identity provider gave no token.")
    return token


def _client_secret() -> str:
    file = settings.CONFIG.agency_client_secret_file
    return Path(file).read_text("utf-8").split("\n", 1)[0].strip() if file else ""


def _claims(token: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        key = _key(str(header.get("kid", "")), str(header.get("alg", "")))
        claims = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=settings.CONFIG.agency_client_id,
            issuer=settings.ACCORD_AGENCY,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_aud": True},
        )
    except jwt.PyJWTError as error:
        raise AgencyRefused("The token of the identity provider does not hold.") from error
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if len(audiences) > 1 and claims.get("azp") != settings.CONFIG.agency_client_id:
        raise AgencyRefused("The token of the identity provider is for somebody else too.")
    return dict(claims)


def _key(key_id: str, algorithm: str) -> Any:  # Any: a public key of one of several kinds
    if algorithm not in ALGORITHMS:
        raise AgencyRefused("The token of the identity provider is signed in a way that does not count.")
    for is_anew in (False, True):
        held = _keys(is_anew=is_anew)
        fitting = [one for one in held if one.get("kid", "") == key_id and one.get("use", "sig") == "sig"]
        if fitting:
            return jwt.PyJWK(fitting[0], algorithm=algorithm).key
    raise AgencyRefused("The token of the identity provider is signed with a key that it does not publish.")


def _keys(*, is_anew: bool) -> list[dict[str, Any]]:
    name = "accord-agency-keys"
    held = None if is_anew else cache.get(name)
    if held is None:
        held = _fetched("GET", _endpoint(_configuration(), "jwks_uri")).get("keys", [])
        cache.set(name, held, CONFIGURATION_SECONDS)
    return [one for one in held if isinstance(one, dict)]


def _configuration() -> dict[str, Any]:
    name = "accord-agency-configuration"
    held: dict[str, Any] | None = cache.get(name)
    if held is None:
        issuer = settings.ACCORD_AGENCY
        held = _fetched("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if held.get("issuer") != issuer:
            raise AgencySilent("The identity provider calls itself by another name than the settings do.")
        cache.set(name, held, CONFIGURATION_SECONDS)
    return held


def _endpoint(configuration: Mapping[str, Any], name: str) -> str:
    address = configuration.get(name)
    parts = urlsplit(address) if isinstance(address, str) else None
    is_plain_at_home = parts is not None and parts.scheme == "http" and is_loopback(parts.hostname or "")
    if parts is None or not (parts.scheme == "https" or is_plain_at_home):
        raise AgencySilent("The identity provider names no secure address for what is needed.")
    return str(address)


def _fetched(
    method: str, address: str, *, members: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Returns a JSON object of the provider; certificates are checked against the system's authorities."""
    try:
        with urllib3.PoolManager(num_pools=1) as pool:
            answer = pool.request(
                method,
                address,
                body=urlencode(members).encode() if members else None,
                headers={
                    "Accept": "application/json",
                    **({"Content-Type": "application/x-www-form-urlencoded"} if members else {}),
                    **(headers or {}),
                },
                timeout=TIMEOUT_SECONDS,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            try:
                told = answer.read(ANSWER_BYTES_MAX + 1)
            finally:
                answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise AgencySilent("The identity provider is not reached.") from error
    if answer.status != 200 or len(told) > ANSWER_BYTES_MAX:
        raise AgencySilent("The identity provider refuses.", fields={"status": answer.status})
    try:
        return msgspec.json.decode(told, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise AgencySilent("The identity provider answers in no form that is agreed.") from error
