"""Passwords of officers: chosen by the officer, checked against the house's rules, asked for where an officer acts.

Whoever makes an account knows its first password. So an account whose first password was never changed by its officer
can do one thing: change it. The act is on record, and an officer whose first password no longer opens knows why.
"""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.models import Officer

__all__ = ["OwnPasswordMissing", "PasswordRefused", "SecretRefused", "change_password", "require_password", "set_first"]


class SecretRefused(OfficerCanMend):
    """The secret given for an officer is not the right one; which part was wrong is not said."""

    code = "officer.secret-refused"
    default_next_step = "Give the officer's own password; a forgotten one is reset by an administrator."
    http_status = 401


class PasswordRefused(OfficerCanMend):
    """A password is too short, too common, or too like the officer's name."""

    code = "officer.password-refused"
    default_next_step = "Choose at least fifteen characters; six words of a dice list are good."


class OwnPasswordMissing(OfficerCanMend):
    """The officer has not chosen a password yet, so that whoever made the account could act in their name."""

    code = "officer.own-password-missing"
    default_next_step = "The officer runs `accord officer password` first."
    http_status = 403


def set_first(officer: Officer, password: str | None, *, is_own: bool = False) -> None:
    """Gives an account its first password, or none; the caller saves it.

    Raises:
        PasswordRefused: It is weak.
    """
    if password is None:
        officer.set_unusable_password()
        officer.own_password_at = None
        return
    _require_strong(officer, password)
    officer.set_password(password)
    officer.own_password_at = timezone.now() if is_own else None


def _require_strong(officer: Officer, password: str) -> None:
    try:
        validate_password(password, officer)
    except ValidationError as error:
        raise PasswordRefused(f"The password is refused: {' '.join(error.messages)}") from error


@transaction.atomic
def change_password(officer: Officer, *, old: str, new: str) -> None:
    """Replaces the officer's password by one of their own choice.

    Raises:
        SecretRefused: The old one is wrong, or the account has none.
        PasswordRefused: The new one is weak, or the old one again.
    """
    if not officer.is_active or not officer.check_password(old):
        raise SecretRefused("The password is not accepted.")
    if old == new:
        raise PasswordRefused("The new password is the old one again.")
    _require_strong(officer, new)
    officer.set_password(new)
    officer.own_password_at = timezone.now()
    officer.save(update_fields=["password", "own_password_at"])
    note(officer, "change password", officer)


def require_password(officer: Officer, password: str) -> None:
    """Raises unless the password is the officer's, chosen by the officer.

    Raises:
        SecretRefused: It is not the officer's password.
        OwnPasswordMissing: It still is the one that came with the account.
    """
    if not officer.check_password(password):
        raise SecretRefused(f"The secret given for {officer.username} is not accepted.")
    if officer.own_password_at is None:
        raise OwnPasswordMissing(f"{officer.username} has not chosen a password yet.")
