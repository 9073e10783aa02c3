"""The forms of sign-in: allauth's, with the house's own rules about passwords, origins and secrets."""

import time
from typing import Any, Final

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.node.desk.factors import BoundToOrigin, Factors
from accord.node.desk.said import said
from accord.officers.lockout import note_failure
from accord.officers.passwords import change_password

__all__ = [
    "ActivateCodes",
    "AddPasskey",
    "AuthenticateByCode",
    "AuthenticateByPasskey",
    "ChangePassword",
    "FirstPassword",
    "ReauthenticateByPasskey",
    "SignIn",
    "SignInByPasskey",
]

SECRET_KEY: Final = "accord-code-secret"  # noqa: S105 - where the session keeps it
SECRET_SECONDS: Final = 900
"""How long a secret that was shown waits for its first code: a telephone is fetched in less."""


class SignIn(LoginForm):  # type: ignore[misc]  # allauth carries no types
    """User name and password; nothing else is asked or kept."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields.pop("remember", None)
        self.fields["login"].label = _("User name")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]  # allauth carries no types
    """One's own password, by the same service as at the command line: same rules, same record."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least fifteen characters. Six words of a dice list are good.")
        self.fields["password2"].label = _("New password, once more")

    def save(self) -> None:
        """Changes it.

        Raises:
            AccordError: The service refuses it.
        """
        change_password(self.user, old=self.cleaned_data["oldpassword"], new=self.cleaned_data["password1"])


class FirstPassword(forms.Form):
    """A password of one's own in the place of the one that came with the account."""

    login = forms.CharField(
        label=_("User name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    oldpassword = forms.CharField(
        label=_("Password that came with the account"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least fifteen characters. Six words of a dice list are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("New password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Checks that both new passwords are one."""
        cleaned = super().clean() or {}
        if cleaned.get("password1") != cleaned.get("password2"):
            self.add_error("password2", _("The two new passwords differ."))
        return cleaned


class ActivateCodes(ActivateTOTPForm):  # type: ignore[misc]  # allauth carries no types
    """The first code of a new secret; until it comes, the session keeps the secret encrypted."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.user = named.pop("user")
        forms.Form.__init__(self, *arguments, **named)
        self.fields["code"].label = _("Code that the app shows")
        self.secret = self._secret()

    def _secret(self) -> str:
        session = context.request.session
        kept = session.get(SECRET_KEY)
        if self.is_bound and kept and time.time() - kept["at"] < SECRET_SECONDS:
            return Factors().decrypt(kept["secret"])
        secret = str(generate_totp_secret())
        session[SECRET_KEY] = {"secret": Factors().encrypt(secret), "at": time.time()}
        return secret

    def clean_code(self) -> str:
        """Checks the code, and forgets the secret's copy once it fits."""
        code = str(super().clean_code())
        context.request.session.pop(SECRET_KEY, None)
        return code


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth carries no types
    """A passkey that was made at the desk's own origin."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].help_text = _("By which you tell it from others, such as: blue key, or desk 4.")
        self.fields["name"].widget.attrs["maxlength"] = "60"
        self.fields["passwordless"].label = _("Sign in with it alone, without user name and password")
        self.fields["passwordless"].help_text = _("It then asks for its own PIN or your fingerprint each time.")

    def clean(self) -> dict[str, Any]:
        """Checks the origin before anything is taken in."""
        _require_origin(self.cleaned_data.get("credential"))
        return dict(super().clean())


def _require_origin(credential: Any) -> None:
    checked = BoundToOrigin()
    checked.cleaned_data = {"credential": credential}  # type: ignore[attr-defined]
    checked.clean_credential()


class AuthenticateByCode(AuthenticateForm):  # type: ignore[misc]  # allauth carries no types
    """A code as second factor; while the account is locked every code is a wrong one, whichever way led here."""

    def clean_code(self) -> str:
        """Checks the code."""
        if self.user.locked_at is not None:
            note_failure(self.user.username)
            raise Factors().validation_error("incorrect_code")
        return str(super().clean_code())


class AuthenticateByPasskey(BoundToOrigin, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey as second factor."""


class SignInByPasskey(BoundToOrigin, LoginWebAuthnForm):  # type: ignore[misc]  # allauth carries no types
    """A passkey alone."""


class ReauthenticateByPasskey(BoundToOrigin, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey once more."""


def refused_in(form: forms.Form, error: AccordError, field: str | None = None) -> None:
    """Puts a service's refusal into a form: the sentence, and what to do."""
    form.add_error(field, ValidationError(f"{said(error.sentence)} {said(error.next_step)}"))
