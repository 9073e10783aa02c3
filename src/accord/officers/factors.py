"""A person who lost every second factor: an administrator takes the factors out, and a second person agrees."""

from django.apps import apps
from django.db import transaction

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.endings import end_secrets, end_sessions
from accord.officers.four_eyes import WAITING_FIELDS, Waiting, put_to_wait, require_enough_left, reread
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["FactorsRefused", "forget_factors"]


class FactorsRefused(OfficerCanMend):
    """The second factors of an account cannot be taken out as asked."""

    code = "officer.factors-refused"
    default_next_step = "Another administrator takes out yours; you change your own on your page."


@transaction.atomic
def forget_factors(by: Officer, officer: Officer) -> None:
    """Takes out every passkey, one-time secret and recovery code; the account waits until a second person agreed.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        FactorsRefused: It is the own account.
        FourEyes: It is the only other person who could agree to accounts.
    """
    require(by, Permission.OFFICER_MANAGE)
    reread(officer)
    if by.pk == officer.pk:
        raise FactorsRefused("Nobody takes out their own factors in this way.")
    # Whoever knows the password as well would then speak with both voices.
    require_enough_left(by, officer)
    taken, _ = apps.get_model("mfa", "Authenticator").objects.filter(user_id=officer.pk).delete()
    put_to_wait(by, officer, Waiting.FACTORS)
    officer.save(update_fields=[*WAITING_FIELDS])
    sessions, revoked = end_sessions(officer), end_secrets(officer)
    note(by, "forget factors", officer, detail={"factors": taken, "sessions": sessions, "revoked": revoked})
