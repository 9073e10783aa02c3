"""The addresses of sign-in: those of django-allauth that an officer needs, and none by which an account is made."""

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView

__all__ = ["urlpatterns"]

_closed = RedirectView.as_view(pattern_name="account_login")

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    # allauth names these in its own pages; here they lead back to sign-in.
    path("signup/", _closed, name="account_signup"),
    path("password/reset/", _closed, name="account_reset_password"),
    path("password/set/", _closed, name="account_set_password"),
    path("email/", _closed, name="account_email"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
