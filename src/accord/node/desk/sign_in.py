"""Sign-in of officers: only accounts that the administrator made, and only while their posting lasts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accord.officers.models import Officer

__all__ = ["ClosedAccounts", "PostedOfficers"]


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody makes an account for themselves, and nobody gets one back by e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Returns whether strangers may register: never."""
        return False

    def can_delete_email(self, email_address: Any) -> bool:
        """Returns whether an address may be taken out: the administrator keeps them."""
        return False


class PostedOfficers(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    """Lets officers in post sign in; systems use the API."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Returns whether the account may open a session now.

        Whoever made an account knows its first password, so that the officer must have chosen another.
        """
        is_theirs = isinstance(user, Officer) and user.own_password_at is not None
        return is_theirs and user.is_posted() and not user.is_system
