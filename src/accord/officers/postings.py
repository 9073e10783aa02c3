"""What a posting does to the account that holds it: it ends with it, and what it may send is asked of a room above.

Who posts whom is not known here (``accord.liaison``). Both acts only take away, so that no officer's permission is
asked: the one follows from a text that both sides signed, the other from a record that two officers agreed to.
"""

from datetime import datetime

from accord.officers.acts import note
from accord.officers.endings import end_secrets, end_sessions
from accord.officers.four_eyes import reread
from accord.officers.models import Officer

__all__ = ["end_with_posting", "mark_posted"]


def mark_posted(officer: Officer) -> None:
    """Notes that an account holds a posting; from now on every message of it is asked about there."""
    Officer.objects.filter(pk=officer.pk).update(holds_posting=True)
    officer.holds_posting = True


def end_with_posting(officer: Officer, *, until: datetime, now: datetime) -> bool:
    """Ends an account no later than its posting; returns whether anything changed.

    Where that moment has come, sessions, tokens and certificates end too. It never gives an account a later end.

    Args:
        officer: The account.
        until: Moment at which the posting is over.
        now: The time.
    """
    reread(officer)
    end = max(until, now) if until <= now else until
    if officer.active_until is not None and officer.active_until <= end:
        return False
    officer.active_until = end
    officer.save(update_fields=["active_until"])
    sessions = revoked = 0
    if end <= now:
        sessions, revoked = end_sessions(officer), end_secrets(officer)
    detail: dict[str, str | int | bool | None] = {"until": end.isoformat(), "sessions": sessions, "revoked": revoked}
    note(None, "end posting", officer, at=now, detail=detail)
    return True
