"""Who an officer is at the agency's identity provider: bound by an administrator, agreed to by a second person.

An officer is known by issuer and subject alone, as the provider's tokens state them. Nothing is ever made or bound by
an e-mail address or a name that a provider tells: both can be given to somebody else.

Source: OpenID Connect Core 1.0, 5.7 (claim stability and uniqueness).
"""

from hashlib import sha256

from django.db import transaction

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.endings import end_sessions
from accord.officers.four_eyes import WAITING_FIELDS, Waiting, put_to_wait, require_enough_left, reread
from accord.officers.models import Act, Officer
from accord.officers.permissions import Permission, require

__all__ = ["IdentityRefused", "bind_identity", "officer_with_identity"]

CHARACTERS_MAX = 255
"""Longest issuer or subject; a subject has at most 255 ASCII characters (OpenID Connect Core 1.0, 2)."""


class IdentityRefused(OfficerCanMend):
    """An identity of the agency's provider cannot be bound to the account."""

    code = "officer.identity-refused"
    default_next_step = "Copy issuer and subject from the provider's own record of the person."


@transaction.atomic
def bind_identity(by: Officer, officer: Officer, *, issuer: str, subject: str) -> None:
    """Binds an account to an identity, or to none where both are empty; a new one waits for a second person.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        IdentityRefused: It is the own account or a system's, a part is missing or hides something, or another account
            has it, or ``by`` is or was known by it.
        FourEyes: It is the only other person who could agree to accounts.
    """
    require(by, Permission.OFFICER_MANAGE)
    reread(officer)
    if by.pk == officer.pk or officer.is_system:
        raise IdentityRefused(
            "An identity is bound for another person only.", next_step="Ask another administrator to bind yours."
        )
    _require_plain(issuer=issuer, subject=subject)
    taken = Officer.objects.filter(identity_issuer=issuer, identity_subject=subject).exclude(pk=officer.pk)
    if subject and taken.exists():
        raise IdentityRefused("Another account is bound to this identity.", fields={"field": "subject"})
    before = {"identity_issuer": officer.identity_issuer, "identity_subject": officer.identity_subject}
    if before == {"identity_issuer": issuer, "identity_subject": subject}:
        return
    if subject:
        _require_not_of(by, issuer=issuer, subject=subject)
        # Whoever chooses the identity of the only other person who can agree would speak with both voices.
        require_enough_left(by, officer)
    officer.identity_issuer, officer.identity_subject = issuer, subject
    if subject:
        put_to_wait(by, officer, Waiting.IDENTITY, **before)
    officer.save(update_fields=["identity_issuer", "identity_subject", *WAITING_FIELDS])
    if before["identity_subject"]:
        end_sessions(officer)
    known = _mark_of(issuer=issuer, subject=subject) if subject else None
    note(by, "bind identity", officer, detail={"issuer": issuer, "is_bound": bool(subject), "identity": known})


def _require_plain(*, issuer: str, subject: str) -> None:
    if bool(issuer) != bool(subject):
        raise IdentityRefused("Issuer and subject come together.", fields={"field": "subject"})
    for name, text in (("issuer", issuer), ("subject", subject)):
        if len(text) > CHARACTERS_MAX or not text.isascii() or any(not " " < sign <= "~" for sign in text):
            raise IdentityRefused(
                f"The {name} has at most {CHARACTERS_MAX} plain characters without blanks.", fields={"field": name}
            )
    if issuer and not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise IdentityRefused("An issuer is an https:// address.", fields={"field": "issuer"})


def _mark_of(*, issuer: str, subject: str) -> str:
    return sha256(f"{issuer} {subject}".encode()).hexdigest()


def _require_not_of(by: Officer, *, issuer: str, subject: str) -> None:
    """Raises where the identity ever was that of the one who binds it: to be unbound first does not free it."""
    mark = _mark_of(issuer=issuer, subject=subject)
    own = Act.objects.filter(verb="bind identity", object_type="officer", object_id=str(by.pk))
    if any(act.detail.get("identity") == mark for act in own):
        raise IdentityRefused("The identity is your own.", fields={"field": "subject"})


def officer_with_identity(*, issuer: str, subject: str) -> Officer | None:
    """Returns the officer in post to whom an identity is bound; nobody for an empty one."""
    if not issuer or not subject:
        return None
    found = Officer.objects.filter(identity_issuer=issuer, identity_subject=subject, is_system=False).first()
    return found if found is not None and found.is_posted() else None
