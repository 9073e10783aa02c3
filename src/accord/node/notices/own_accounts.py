"""What others did to an officer's own account: told to its officer, who knows first whether it was meant so.

A change that waits for a second person puts the account to rest, so that its officer is told when it was agreed to or
refused; what counts at once is told at once.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accord.officers.models import Act

from .happenings import Happening
from .kinds import Kind

__all__ = ["CHANGES", "own_accounts"]

CHANGES: Final = frozenset(
    {
        "bind identity",
        "confirm officer",
        "end posting",
        "extend posting",
        "forget factors",
        "lock account",
        "refuse officer",
        "reset password",
        "set offices",
        "set roles",
        "set scope",
        "unlock account",
    }
)
"""Acts of others, or of the node, that change what an account is or may do."""


def own_accounts(since: datetime, _now: datetime) -> Iterator[Happening]:
    """Changes of an account by somebody else than its officer."""
    for act in Act.objects.filter(at__gte=since, object_type="officer", verb__in=CHANGES):
        if str(act.officer_id) == act.object_id:
            continue
        meant = int(act.object_id)
        yield Happening(
            kind=Kind.ACCOUNT_CHANGED,
            key=f"act-{act.pk}",
            at=act.at,
            whom=lambda officer, meant=meant: officer.pk == meant,  # type: ignore[misc]  # bound at once
            subject=f"own:{meant}",
        )
