"""Yesterday's copy of a node's database: taken, kept, and put back, as a restored backup does."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accord.courier.machine import forget_meetings
from accord.courier.models import (
    Alarm,
    ArchivedCheckpoint,
    ArchivedEntry,
    AttachmentTransfer,
    Capsule,
    Channel,
    Contradiction,
    Entry,
    LogNode,
    ModeChange,
    Outbox,
    SignedCheckpoint,
)
from accord.courier.recent import forget_recent
from accord.parties.models import Keyset

__all__ = ["Backup"]

# In the order in which rows may be written again.
MODELS = (
    Keyset,
    Channel,
    Capsule,
    Entry,
    LogNode,
    SignedCheckpoint,
    Outbox,
    AttachmentTransfer,
    Alarm,
    ModeChange,
    ArchivedEntry,
    ArchivedCheckpoint,
    Contradiction,
)


@dataclass
class Backup:
    """The courier's rows at one moment."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def take(cls) -> "Backup":
        return cls(rows={model.__name__: list(model.objects.values()) for model in MODELS})

    def restore(self) -> None:
        """Puts the copy back and forgets what the process knew, as a restart does."""
        with connection.constraint_checks_disabled():
            for model in reversed(MODELS):
                model.objects.all().delete()
            for model in MODELS:
                model.objects.bulk_create(model(**row) for row in self.rows[model.__name__])
        forget_meetings()
        forget_recent()
