"""Two persons for every account: who makes one is not who lets it act.

* An account, a change of roles, and a token or certificate for a case system wait for a second person: a posted
  administrator or reviewer who neither made them nor is meant. Until then they open nothing.
* Everybody whose change waits is barred from agreeing to what waits, not the last one alone; where nobody would be left
  who could agree, the change is refused until the one before it is settled.
* A refusal gives nothing back that was taken away meanwhile: what is left is what stood before and still stands.
* Nobody issues a token or binds a certificate in the name of another person: whoever does it holds the secret.
* While a node has nobody else who could agree, its first administrator acts alone; `accord doctor` says so. As soon as
  there are two who can, neither can make the other leave without a successor.

Source: the separation of duties that NIST SP 800-53 (AC-5) asks for, and the fear of each party that the other's
single administrator could invent its officers.
"""

from copy import copy
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.models import ApiToken, ClientCertificate, Officer
from accord.officers.permissions import Permission, require

__all__ = [
    "WAITING_FIELDS",
    "FourEyes",
    "Waiting",
    "confirm_account",
    "confirm_officer",
    "left_if_refused",
    "makers_of",
    "must_wait",
    "put_to_wait",
    "refuse_account",
    "refuse_officer",
    "require_enough_left",
    "reread",
    "second_persons",
]

WAITING_FIELDS: Final = ("made_by", "confirmed_by", "waits_for_second", "waiting_changes")
"""What :func:`put_to_wait` changes; the caller saves it."""


class Waiting(StrEnum):
    """What of an account waits for a second person."""

    ACCOUNT = "account"
    ROLES = "roles"
    OFFICES = "offices"
    SCOPE = "scope"
    POSTING = "posting"
    PASSWORD = "password"  # noqa: S105 - the name of a change
    FACTORS = "factors"
    IDENTITY = "identity"


class FourEyes(OfficerCanMend):
    """A second person must agree, and this one is not it."""

    code = "officer.second-person-needed"
    default_next_step = "Ask another administrator or a reviewer: `accord officer waiting` lists what waits."
    http_status = 403


def second_persons(*but: int | None) -> list[Officer]:
    """Returns who may agree to an account now, without the officers of these keys."""
    everyone = Officer.objects.exclude(pk__in=[key for key in but if key is not None])
    return [one for one in everyone if not one.is_system and one.may(Permission.OFFICER_CONFIRM)]


def must_wait(by: Officer, officer: Officer) -> bool:
    """Returns whether an act of ``by`` on an account waits: whether anybody else could agree to it."""
    return bool(second_persons(by.pk, officer.pk))


def reread(thing: Officer | ApiToken | ClientCertificate) -> None:
    """Reads a row again under a lock, so that of two acts at once neither overwrites what the other one left."""
    type(thing)._default_manager.select_for_update().get(pk=thing.pk)  # noqa: SLF001 - of one of three models
    thing.refresh_from_db()


def makers_of(officer: Officer) -> set[int]:
    """Returns the keys of everybody whose change of an account waits."""
    makers = {officer.made_by_id, *(change.get("by") for change in officer.waiting_changes)}
    return {key for key in makers if key is not None} if officer.waits_for_second else set()


def put_to_wait(by: Officer, officer: Officer, what: Waiting, **before: object) -> None:
    """Lets an account wait until a second person agreed to a change; the caller saves it.

    Args:
        by: Who changes it.
        officer: The account, already changed.
        what: What was changed.
        before: The fields as they stood, by their names; what a refusal goes back to.

    Raises:
        FourEyes: A change waits already, and with this one nobody could agree to either.
    """
    makers = makers_of(officer)
    if makers and not second_persons(by.pk, officer.pk, *makers):
        raise FourEyes(
            "Another change of the account waits, and nobody would be left who could agree to both.",
            code="officer.change-waits",
            next_step="Agree to what waits or refuse it first; then change the account.",
        )
    officer.waits_for_second = bool(makers) or must_wait(by, officer)
    officer.made_by = by
    officer.confirmed_by = None
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()}
    change = {"what": what.value, "before": told, "by": by.pk}
    officer.waiting_changes = [*officer.waiting_changes, change] if officer.waits_for_second else []


@transaction.atomic
def confirm_officer(by: Officer, officer: Officer) -> None:
    """Lets an account act that somebody else made, or whose roles somebody else changed.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        FourEyes: ``by`` made a change that waits or is meant, nothing waits, or its officer has not chosen a password
            yet.
    """
    reread(officer)
    _require_second(by, makers=makers_of(officer), officer=officer, waits=officer.waits_for_second)
    if officer.has_usable_password() and officer.own_password_at is None:
        raise FourEyes(
            f"{officer.username} has not chosen a password yet, so that who made the account could use it.",
            code="officer.own-password-missing",
            next_step=f"{officer.username} runs `accord officer password {officer.username}`; ask whether they did.",
        )
    officer.waits_for_second = False
    officer.confirmed_by = by
    officer.waiting_changes = []
    officer.save(update_fields=["waits_for_second", "confirmed_by", "waiting_changes"])
    note(by, "confirm officer", officer, detail={"roles": ",".join(officer.roles)})


@transaction.atomic
def refuse_officer(by: Officer, officer: Officer) -> None:
    """Refuses what waits: a new account ends, what a change added goes, a reset password opens nothing.

    Who asked for it may refuse it too: that takes it back. What was taken away in the meantime, by whomever, stays
    away: roles and offices that the change itself left out, a posting that was ended, an identity that was replaced.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        FourEyes: ``by`` is meant, or nothing waits.
    """
    require(by, Permission.OFFICER_CONFIRM)
    reread(officer)
    if not officer.waits_for_second:
        raise FourEyes("Nothing waits for a second person here.", code="officer.nothing-waits")
    if by.pk == officer.pk:
        raise FourEyes("Who is meant by a change does not settle it.")
    changes = _changes_of(officer)
    _take_back(officer)
    if {Waiting.PASSWORD, Waiting.FACTORS} & {change["what"] for change in changes}:
        officer.set_unusable_password()
    officer.waits_for_second = False
    officer.waiting_changes = []
    officer.save()
    note(by, "refuse officer", officer, detail={"refused": ",".join(change["what"] for change in changes)})


def left_if_refused(officer: Officer) -> Officer:
    """Returns the account as a refusal of what waits would leave it; nothing is stored."""
    left = copy(officer)
    _take_back(left)
    return left


def _changes_of(officer: Officer) -> list[dict[str, Any]]:
    return officer.waiting_changes or [{"what": Waiting.ACCOUNT.value, "before": {}}]


def _take_back(officer: Officer) -> None:
    for change in reversed(_changes_of(officer)):
        _go_back(officer, change["before"])
        if change["what"] == Waiting.ACCOUNT:
            officer.active_until = _earlier(officer.active_until, timezone.now())


def _go_back(officer: Officer, before: dict[str, Any]) -> None:
    """Leaves of each changed field what stood before and still stands."""
    for name in {"roles", "offices"} & before.keys():
        setattr(officer, name, [held for held in getattr(officer, name) if held in before[name]])
    for name in {"scope_themes", "scope_agencies"} & before.keys():
        setattr(officer, name, _narrower(getattr(officer, name), before[name]))
    if before.get("active_until") is not None:
        officer.active_until = _earlier(officer.active_until, datetime.fromisoformat(before["active_until"]))
    stood = (before.get("identity_issuer", ""), before.get("identity_subject", ""))
    if "identity_subject" in before and stood != (officer.identity_issuer, officer.identity_subject):
        officer.identity_issuer = officer.identity_subject = ""


def _narrower(scope: list[str], before: list[str]) -> list[str]:
    """Returns the narrower of two scopes, of which an empty one is the whole node."""
    if not before or not scope:
        return scope or before
    return [held for held in scope if held in before] or before


def _earlier(end: datetime | None, other: datetime) -> datetime:
    return other if end is None else min(end, other)


@transaction.atomic
def refuse_account(by: Officer, account: ApiToken | ClientCertificate) -> None:
    """Refuses a token or certificate that waits: it is revoked.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        FourEyes: Nothing waits.
    """
    require(by, Permission.OFFICER_CONFIRM)
    reread(account)
    if not account.waits_for_second:
        raise FourEyes("Nothing waits for a second person here.", code="officer.nothing-waits")
    account.waits_for_second = False
    account.revoked_at = timezone.now()
    account.save(update_fields=["waits_for_second", "revoked_at"])
    note(by, "refuse account", account, detail={"username": account.officer.username})


@transaction.atomic
def confirm_account(by: Officer, account: ApiToken | ClientCertificate) -> None:
    """Lets a token or certificate open what it names.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        FourEyes: ``by`` made it or is meant, or nothing waits.
    """
    reread(account)
    makers = {account.made_by_id} - {None}
    _require_second(by, makers=makers, officer=account.officer, waits=account.waits_for_second)
    account.waits_for_second = False
    account.confirmed_by = by
    account.save(update_fields=["waits_for_second", "confirmed_by"])
    note(by, "confirm account", account, detail={"username": account.officer.username})


def _require_second(by: Officer, *, makers: set[int | None] | set[int], officer: Officer, waits: bool) -> None:
    require(by, Permission.OFFICER_CONFIRM)
    if not waits:
        raise FourEyes("Nothing waits for a second person here.", code="officer.nothing-waits")
    if by.pk in {officer.pk, *makers}:
        raise FourEyes("Who made an account or changed it, or is meant by it, is not the second person.")


def require_enough_left(by: Officer, officer: Officer) -> None:
    """Raises where ``by`` would be the only one left who can agree to accounts; to leave by oneself is no attack.

    Raises:
        FourEyes: A successor must be made first.
    """
    could = second_persons()
    if by.pk != officer.pk and officer in could and len(could) == 2:
        raise FourEyes(
            "Only one person would be left who could make accounts and agree to them.",
            code="officer.last-second-person",
            next_step="Make the successor's account first, and let both agree to it.",
        )
