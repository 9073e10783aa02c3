"""A check of one whole log, as far as it has come and what it found."""

from typing import ClassVar

from django.db import models

from accord.courier.models import Channel, Direction
from accord.officers.models import Officer

__all__ = ["LogCheck"]


class LogCheck(models.Model):
    """One log of one channel, read from its first entry to the last signed head that it had when the check began.

    A long log is read in slices: ``done`` is how many entries were read, ``progress`` all that the next slice needs.
    """

    class State(models.TextChoices):
        """How far the check is."""

        RUNNING = "running", "running"
        HOLDS = "holds", "holds"
        FAILS = "fails", "does not hold"

    run = models.UUIDField(db_index=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    size = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    progress = models.JSONField(default=dict)

    class Meta:
        """The newest check is read first."""

        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.direction} {self.done}/{self.size} {self.state}"
