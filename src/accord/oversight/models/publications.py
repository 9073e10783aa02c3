"""Timeliness reports that a side published: counts by theme and urgency, as they travelled."""

from typing import ClassVar

from django.db import models

from accord.officers.models import Officer
from accord.parties.models import Party
from accord.vocabulary.periods import Period

__all__ = ["PublishedTimeliness"]


class PublishedTimeliness(models.Model):
    """One report of one side on one period; a later one of the same period stands before it and replaces nothing."""

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    is_ours = models.BooleanField()
    first_day = models.DateField()
    last_day = models.DateField()
    as_of = models.DateTimeField()
    at = models.DateTimeField()
    envelope_id = models.UUIDField(unique=True)
    published_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    received = models.JSONField()
    sent = models.JSONField()

    class Meta:
        """The newest period is read first, and of one period the newest report."""

        ordering: ClassVar = ["-last_day", "first_day", "-as_of", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["peer", "is_ours", "-last_day"], name="oversight_published"),
        ]

    def __str__(self) -> str:
        return f"{self.period.code} of {'ours' if self.is_ours else self.peer_id}"

    @property
    def period(self) -> Period:
        """Returns the period that it reports on."""
        return Period(first_day=self.first_day, last_day=self.last_day)
