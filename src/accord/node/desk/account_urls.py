"""The addresses of sign-in: those of django-allauth that an officer needs, and none by which an account is made.

Each is named here; what allauth adds in a later version opens nothing.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as codes
from allauth.mfa.webauthn import views as passkeys
from django.urls import path
from django.views.generic import RedirectView

from accord.node.desk import account_views as own
from accord.node.desk import agency_views as agency
from accord.node.desk.sign_in import asked_seldom, proven_at_the_agency

__all__ = ["CLOSED", "urlpatterns"]

_closed = RedirectView.as_view(pattern_name="account_login")

# allauth names these in its own code; here they lead back to sign-in.
CLOSED = {
    "signup/": "account_signup",
    "password/reset/": "account_reset_password",
    "password/set/": "account_set_password",
    "email/": "account_email",
}

urlpatterns = [
    path("login/", agency.SignInPage.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("first/", own.first_password, name="account_first_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", own.PasswordChange.as_view(), name="account_change_password"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("agency/", agency.begin, name="account_agency"),
    path("agency/callback/", agency.come_back, name="account_agency_back"),
    path("agency/finish/", agency.finish, name="account_agency_finish"),
    *(path(address, _closed, name=name) for address, name in CLOSED.items()),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", proven_at_the_agency(codes.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", codes.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        proven_at_the_agency(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", proven_at_the_agency(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", asked_seldom(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", own.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("sessions/", own.sessions, name="usersessions_list"),
]
