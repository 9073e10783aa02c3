"""Two persons for every account: who makes one is not who lets it act.

* An account, a change of roles, and a token or certificate for a case system wait for a second person: a posted
  administrator or reviewer who neither made them nor is meant. Until then they open nothing.
* Nobody issues a token or binds a certificate in the name of another person: whoever does it holds the secret.
* While a node has nobody else who could agree, its first administrator acts alone; `accord doctor` says so. As soon as
  there are two who can, neither can make the other leave without a successor.

Source: the separation of duties that NIST SP 800-53 (AC-5) asks for, and the fear of each party that the other's
single administrator could invent its officers.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

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
    "must_wait",
    "put_to_wait",
    "refuse_account",
    "refuse_officer",
    "require_enough_left",
    "second_persons",
]

WAITING_FIELDS: Final = ("made_by", "confirmed_by", "waits_for_second", "waiting_changes")
"""What :func:`put_to_wait` changes; the caller saves it."""


class Waiting(StrEnum):
    """What of an account waits for a second person."""

    ACCOUNT = "account"
    ROLES = "roles"
    OFFICES = "offices"
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


def put_to_wait(by: Officer, officer: Officer, what: Waiting, **before: object) -> None:
    """Lets an account wait until a second person agreed to a change; the caller saves it.

    Args:
        by: Who changes it.
        officer: The account, already changed.
        what: What was changed.
        before: The fields as they stood, by their names; what a refusal puts back.
    """
    officer.made_by = by
    officer.confirmed_by = None
    officer.waits_for_second = must_wait(by, officer)
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()}
    change = {"what": what.value, "before": told}
    officer.waiting_changes = [*officer.waiting_changes, change] if officer.waits_for_second else []


@transaction.atomic
def confirm_officer(by: Officer, officer: Officer) -> None:
    """Lets an account act that somebody else made, or whose roles somebody else changed.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        FourEyes: ``by`` made it or is meant, nothing waits, or its officer has not chosen a password yet.
    """
    _require_second(by, made_by=officer.made_by_id, officer=officer, waits=officer.waits_for_second)
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
    """Refuses what waits: a new account ends, a change is put back, a reset password opens nothing.

    Who asked for it may refuse it too: that takes it back.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        FourEyes: ``by`` is meant, or nothing waits.
    """
    require(by, Permission.OFFICER_CONFIRM)
    if not officer.waits_for_second:
        raise FourEyes("Nothing waits for a second person here.", code="officer.nothing-waits")
    if by.pk == officer.pk:
        raise FourEyes("Who is meant by a change does not settle it.")
    changes = officer.waiting_changes or [{"what": Waiting.ACCOUNT.value, "before": {}}]
    for change in reversed(changes):
        for name, value in change["before"].items():
            is_moment = name == "active_until" and value is not None
            setattr(officer, name, datetime.fromisoformat(value) if is_moment else value)
        if change["what"] == Waiting.ACCOUNT:
            officer.active_until = timezone.now()
        elif change["what"] in {Waiting.PASSWORD, Waiting.FACTORS}:
            officer.set_unusable_password()
    officer.waits_for_second = False
    officer.waiting_changes = []
    officer.save()
    note(by, "refuse officer", officer, detail={"refused": ",".join(change["what"] for change in changes)})


@transaction.atomic
def refuse_account(by: Officer, account: ApiToken | ClientCertificate) -> None:
    """Refuses a token or certificate that waits: it is revoked.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        FourEyes: Nothing waits.
    """
    require(by, Permission.OFFICER_CONFIRM)
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
    _require_second(by, made_by=account.made_by_id, officer=account.officer, waits=account.waits_for_second)
    account.waits_for_second = False
    account.confirmed_by = by
    account.save(update_fields=["waits_for_second", "confirmed_by"])
    note(by, "confirm account", account, detail={"username": account.officer.username})


def _require_second(by: Officer, *, made_by: int | None, officer: Officer, waits: bool) -> None:
    require(by, Permission.OFFICER_CONFIRM)
    if not waits:
        raise FourEyes("Nothing waits for a second person here.", code="officer.nothing-waits")
    if by.pk in {made_by, officer.pk}:
        raise FourEyes("Who made an account, or is meant by it, is not the second person.")


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
