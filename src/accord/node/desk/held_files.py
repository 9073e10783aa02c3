"""A file that an officer looks at before it is taken: held for that officer alone, and for a day at most.

It lies in the node's own tables, never as a file; nothing of it is logged.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.node.desk.models import HeldPlanFile
from accord.officers.models import Officer
from accord.parties.models import Party

__all__ = ["KEPT", "drop_file", "forget_old_files", "held_file", "hold_file", "read_days_so"]

KEPT: Final = timedelta(hours=24)
"""So long a file is held: until a colleague who is asked has answered, and not over a weekend."""


def hold_file(officer: Officer, peer: Party, *, name: str, content: bytes) -> HeldPlanFile:
    """Holds a file; another one of the same officer for the same plan makes room for it."""
    now = timezone.now()
    with transaction.atomic():
        forget_old_files(now=now)
        HeldPlanFile.objects.filter(officer=officer, peer=peer).delete()
        return HeldPlanFile.objects.create(officer=officer, peer=peer, name=name[:200], content=content, at=now)


def held_file(officer: Officer, peer: Party, key: UUID) -> HeldPlanFile | None:
    """Returns a file that the officer brought; ``None`` where it is not held any more, or is a colleague's."""
    since = timezone.now() - KEPT
    held = HeldPlanFile.objects.defer("content").filter(pk=key, officer=officer, peer=peer, at__gt=since)
    return held.first()


def read_days_so(held: HeldPlanFile, order: str) -> None:
    """Keeps how the officer reads days that have two readings."""
    HeldPlanFile.objects.filter(pk=held.pk).update(days=order)
    held.days = order


def drop_file(officer: Officer, key: UUID) -> None:
    """Deletes a file of the officer's."""
    HeldPlanFile.objects.filter(pk=key, officer=officer).delete()


def forget_old_files(*, now: datetime | None = None) -> int:
    """Deletes the files whose day is over. Returns how many."""
    moment = now or timezone.now()
    return HeldPlanFile.objects.filter(at__lte=moment - KEPT).delete()[0]
