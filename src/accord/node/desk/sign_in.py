"""Sign-in of officers: only accounts that the administrator made, and only while their posting lasts."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, get_reauthentication_flows
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.node.addresses import client_address
from accord.node.desk.factors import AGENCY_METHOD
from accord.officers.acts import note
from accord.officers.lockout import note_failure, note_success
from accord.officers.models import Officer

__all__ = [
    "AgencyOfficers",
    "ClosedAccounts",
    "PostedOfficers",
    "asked_seldom",
    "end_other_sessions",
    "is_fresh",
    "may_sign_in",
    "proven_at_the_agency",
]

LIMITS: Final = "allauth.account"
"""Under which allauth finds ``ACCOUNT_RATE_LIMITS``."""

View = Callable[..., HttpResponseBase]

SAID: Final = {
    "account/messages/password_changed.txt": _("Your password is changed. Every other session of yours has ended."),
    "mfa/messages/totp_activated.txt": _("One-time codes are set up."),
    "mfa/messages/totp_deactivated.txt": _("One-time codes are taken out."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is taken out."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are made. Write them down now."),
}
"""What allauth's messages say here; those left out say nothing that the page does not show."""

WAYS: Final = {
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
    "mfa_reauthenticate": _("Use a one-time code or a recovery code"),
    "reauthenticate": _("Use your password"),
    AGENCY_METHOD: _("Prove it at your agency's identity provider"),
}
"""The ways to prove again who one is, in the order in which they are offered."""


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody makes an account for themselves, and nobody gets one back by e-mail."""

    error_messages = {  # noqa: RUF012 - allauth's own shape
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is not correct."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait five minutes, or sign in with a passkey. After many more the administrator "
            "must open the account."
        ),
        "incorrect_password": _("The password is not correct."),
        "enter_current_password": _("The present password is not correct."),
        "rate_limited": _("Too many attempts. Wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Returns whether strangers may register: never."""
        return False

    def can_delete_email(self, email_address: Any) -> bool:
        """Returns whether an address may be taken out: the administrator keeps them."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends nothing: what concerns an account stands on its own page and in the list of acts."""

    def send_notification_mail(self, *arguments: Any, **named: Any) -> None:
        """Sends nothing, for the same reason."""

    def get_login_stages(self) -> list[str]:
        """Returns what sign-in asks for beside the first secret."""
        return ["accord.node.desk.factors.SecondFactorStage"]

    def pre_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse | None:
        """Says why an account opens nothing now, to who has proven to be its officer."""
        if not may_sign_in(user, needs_password=not _is_bound(user)):
            return render(request, "account/account_inactive.html", {"officer": user}, status=403)
        response: HttpResponse | None = super().pre_login(request, user, **named)
        return response

    def login(self, request: HttpRequest, user: Any) -> None:
        """Opens the session, kept by the way by which the officer came."""
        if any(one.get("method") == AGENCY_METHOD for one in get_authentication_records(request, user)):
            user.backend = f"{AgencyOfficers.__module__}.{AgencyOfficers.__name__}"
        super().login(request, user)

    def add_message(  # noqa: PLR0917 - allauth's own arguments
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Says in the desk's words what was done; what an officer sees anyway is not said."""
        told = message or SAID.get(message_template or "")
        if told:
            messages.add_message(request, level, told, extra_tags=extra_tags)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Returns the ways to prove again who one is, the strongest first."""
        ways = {one["id"]: one for one in super().get_reauthentication_methods(user)}
        if settings.ACCORD_AGENCY and isinstance(user, Officer) and user.identity_issuer == settings.ACCORD_AGENCY:
            ways[AGENCY_METHOD] = {"id": AGENCY_METHOD, "url": reverse("account_agency")}
        return [{**ways[key], "description": words} for key, words in WAYS.items() if key in ways]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Returns where a request comes from, by the node's own rule."""
        return client_address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # With the address: a stranger's guesses at a name make the stranger wait, and not its officer.
        return f"{super()._get_login_attempts_cache_key(request, **credentials)} {get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Makes an address wait that failed often, for one account or for many.

        Raises:
            ValidationError: It must wait.
        """
        self._failed_from = ratelimit.consume(request, app=LIMITS, action="login_failed_from")
        if not self._failed_from:
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._failed_from.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts a wrong password."""
        note_failure(str(credentials.get("username", "")))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Returns whether an officer whose session is open gave the right password.

        What others try for the name at the door does not count here, and a lock that they brought about stops sign-in,
        not the officer at work. A session has its own count instead, which ends no sooner than the session's day.

        Raises:
            ValidationError: This session failed too often.
        """
        request = context.request
        key = f"{user.pk} {request.session.session_key}"
        used = ratelimit.consume(request, app=LIMITS, action="proof_failed", key=key)
        if not used:
            raise self.validation_error("rate_limited")
        if user.check_password(password):
            used.rollback()
            return True
        note_failure(user.username)
        return False


def may_sign_in(user: Any, *, needs_password: bool = True) -> bool:
    """Returns whether an account may open a session now.

    Whoever made an account knows its first password, so that the officer must have chosen another; an account bound to
    an identity of the agency's provider may have none.
    """
    if not isinstance(user, Officer) or user.is_system or not user.is_posted():
        return False
    return user.own_password_at is not None or not needs_password


def _is_bound(user: Any) -> bool:
    return isinstance(user, Officer) and bool(user.identity_subject) and not user.has_usable_password()


class PostedOfficers(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    """Lets officers in post sign in with their password; systems use the API."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Returns whether the account may open a session now."""
        return may_sign_in(user)

    def _check_password(self, user: Any, password: str) -> Any:
        found = super()._check_password(user, password)
        # The same answer as to a wrong password: who guessed right learns nothing while the account is locked.
        if user is not None and user.locked_at is not None:
            self.unstash_authenticated_user()
            return None
        return found


class AgencyOfficers(ModelBackend):
    """Keeps the session of an officer who came by the agency's identity provider; it takes no secret itself."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:  # type: ignore[override]
        """Returns nobody: the provider's answer is checked elsewhere (``accord.node.desk.agency``)."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Returns whether the account may open a session now."""
        return may_sign_in(user, needs_password=False) and bool(user.identity_subject)


def is_fresh(request: HttpRequest) -> bool:
    """Returns whether the officer proved who they are within the last minutes, in this session.

    Who has neither password nor factor here proves it at the agency's provider; to sign in there counts as well.
    """
    if get_reauthentication_flows(request.user):
        return bool(did_recently_reauthenticate(request))
    records = get_authentication_records(request, request.user)
    latest = max((one["at"] for one in records if one.get("method") == AGENCY_METHOD), default=0.0)
    return time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def asked_seldom(view: View) -> View:
    """Lets an address ask for the challenge of a passkey so often and no more: each one is kept in a session's row."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        limited: HttpResponse | None = ratelimit.consume_or_429(
            request, app=LIMITS, action="passkey_asked", limit_get=True
        )
        return limited or view(request, *arguments, **named)

    return guarded


def proven_at_the_agency(view: View) -> View:
    """Leads an officer who has neither password nor factor here to the agency for a fresh proof, before the view.

    Where allauth knows no way to ask again, it asks nobody; a factor that a found session registers would open all.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        officer = request.user
        is_of_agency = isinstance(officer, Officer) and bool(settings.ACCORD_AGENCY and officer.identity_subject)
        if is_of_agency and not get_reauthentication_flows(officer) and not is_fresh(request):
            return redirect(f"{reverse('account_agency')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *arguments, **named)

    return guarded


def end_other_sessions(request: HttpRequest, officer: Officer) -> int:
    """Ends every session of an officer but the present one; returns how many there were."""
    others = [one for one in UserSession.objects.filter(user=officer) if one.session_key != request.session.session_key]
    for one in others:
        one.end()
    return len(others)


@receiver(user_logged_in)
def _on_sign_in(sender: Any, request: HttpRequest, user: Any, **_signal: Any) -> None:
    if isinstance(user, Officer):
        note_success(user)
        note(user, "sign in", user)
        # Who never signed in leaves a row too; nothing else takes them out.
        request.session.clear_expired()


@receiver(authentication_failed)
def _on_wrong_code(sender: Any, user: Any, **_signal: Any) -> None:
    note_failure(user.username)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def _on_factors_changed(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **signal: Any) -> None:
    """Keeps the change on record, and ends the sessions that were opened without the factor."""
    verbs = {authenticator_added: "add factor", authenticator_removed: "remove factor"}
    note(user, verbs.get(signal["signal"], "renew recovery codes"), user, detail={"type": str(authenticator.type)})
    end_other_sessions(request, user)
