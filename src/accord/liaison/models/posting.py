"""What the sending side keeps of a posting and never tells: the account, what it may send, its ceiling."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accord.instruments.models import Instrument
from accord.officers.models import Officer
from accord.vocabulary.handling import Classification

__all__ = ["PostingRecord"]


class PostingRecord(models.Model):
    """One version of our own record of a posting; a second person agrees to it before it counts.

    ``delegation`` names, for each kind of message, ``with-second`` or ``not-at-all``; a kind that it does not name may
    not be sent at all.
    """

    class State(models.TextChoices):
        """Where a version stands."""

        WAITING = "waiting"
        IN_FORCE = "in-force"
        REPLACED = "replaced"
        REFUSED = "refused"

    posting = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="posting_records")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    account = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="posting_records")
    delegation = models.JSONField(default=dict)
    ceiling = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Classification])
    conflicts = models.TextField(blank=True)
    deputies = models.JSONField(default=list)
    training = models.TextField(blank=True)
    written_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """The newest is read first; one counts for a posting, and one posting for an account."""

        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["posting", "number"], name="liaison_record_number"),
            models.UniqueConstraint(
                fields=["posting"], condition=models.Q(state="in-force"), name="liaison_one_record_in_force"
            ),
            models.UniqueConstraint(
                fields=["posting"], condition=models.Q(state="waiting"), name="liaison_one_record_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"record {self.number} of posting {self.posting_id}"
