"""When a second factor is needed: always, except at the loopback nodes of the demonstration."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

__all__ = ["needs_second_factor"]


def needs_second_factor(request: HttpRequest) -> bool:
    """Returns whether the officer must first register a second factor.

    Sign-in itself asks for the factor of an officer who has one; who has none may only register one.
    """
    return settings.ACCORD_SECOND_FACTOR and not is_mfa_enabled(request.user)
