"""Wrong secrets in a row: after many of them the secret opens nothing until two persons lift the lock.

A guesser first meets the waits of sign-in, which end by themselves. What is counted here does not end by itself: it is
the number of guesses that anybody ever has at one account. A passkey is not guessed, so that it goes on opening the
account; whoever tries passwords for a colleague's name therefore shuts nobody out who has one.

Source: NIST SP 800-63B-4, 3.2.2 (no more than one hundred failed attempts in a row).
"""

from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.four_eyes import FourEyes, must_wait, second_persons
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["ATTEMPTS_MAX", "LockRefused", "note_failure", "note_success", "refuse_unlock", "unlock"]

ATTEMPTS_MAX: Final = 50
"""Wrong secrets in a row, half of what the source allows: with the waits between them that is most of an hour."""


class LockRefused(OfficerCanMend):
    """A lock cannot be lifted: there is none, or it is one's own."""

    code = "officer.no-lock"
    default_next_step = "Look at the list of accounts: it names those that are locked."


def note_failure(username: str) -> None:
    """Counts a wrong secret for an account, and locks it at the limit; an unknown name counts nothing."""
    with transaction.atomic():
        counted = Officer.objects.filter(username__iexact=username).update(failed_attempts=F("failed_attempts") + 1)
        if not counted:
            return
        locked = Officer.objects.filter(
            username__iexact=username, failed_attempts__gte=ATTEMPTS_MAX, locked_at__isnull=True
        )
        for officer in locked:
            officer.locked_at = timezone.now()
            officer.save(update_fields=["locked_at"])
            note(None, "lock account", officer, detail={"attempts": officer.failed_attempts})


def note_success(officer: Officer) -> None:
    """Begins the count anew after a right secret; a lock stands."""
    Officer.objects.filter(pk=officer.pk, failed_attempts__gt=0, locked_at__isnull=True).update(failed_attempts=0)


@transaction.atomic
def unlock(by: Officer, officer: Officer) -> bool:
    """Asks for a lock to be lifted, or agrees to it as the second person.

    Returns:
        Whether the lock is lifted now; else a second person must agree.

    Raises:
        NotPermitted: ``by`` may neither manage accounts nor agree to them.
        LockRefused: Nothing is locked.
        FourEyes: It is the own lock, or ``by`` asked for it already.
    """
    is_first = officer.unlock_asked_by_id is None
    require(by, Permission.OFFICER_MANAGE if is_first else Permission.OFFICER_CONFIRM)
    if officer.locked_at is None:
        raise LockRefused(f"The account of {officer.username} is not locked.")
    # Where nobody else could agree to accounts, the one who is left lifts their own: at the node's own console.
    is_alone = by.pk == officer.pk and not second_persons(by.pk)
    if by.pk in {officer.pk, officer.unlock_asked_by_id} and not is_alone:
        raise FourEyes("Who is locked out, or asked for the lock to be lifted, is not the second person.")
    if is_first and must_wait(by, officer):
        officer.unlock_asked_by = by
        officer.save(update_fields=["unlock_asked_by"])
        note(by, "ask to unlock", officer)
        return False
    officer.locked_at, officer.failed_attempts, officer.unlock_asked_by = None, 0, None
    officer.save(update_fields=["locked_at", "failed_attempts", "unlock_asked_by"])
    note(by, "unlock account", officer)
    return True


@transaction.atomic
def refuse_unlock(by: Officer, officer: Officer) -> None:
    """Refuses to lift a lock: it stands, and may be asked for again.

    Raises:
        NotPermitted: ``by`` may not agree to accounts.
        LockRefused: Nobody asked.
    """
    require(by, Permission.OFFICER_CONFIRM)
    if officer.unlock_asked_by_id is None:
        raise LockRefused(f"Nobody asked to lift a lock of {officer.username}.")
    officer.unlock_asked_by = None
    officer.save(update_fields=["unlock_asked_by"])
    note(by, "refuse unlock", officer)
