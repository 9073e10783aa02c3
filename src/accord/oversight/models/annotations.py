"""What reviewers write beside decisions: their own words, which change nothing of the record."""

from typing import ClassVar

from django.db import models

from accord.officers.models import Officer
from accord.release.models import DecisionRecord

__all__ = ["Annotation"]


class Annotation(models.Model):
    """One reviewer's finding on one decision; it stays as it was written, and a later one stands beside it."""

    class Finding(models.TextChoices):
        """What the reviewer found."""

        IN_ORDER = "in-order", "in order"
        QUESTION = "question", "a question is open"
        NOT_IN_ORDER = "not-in-order", "not in order"

    decision = models.ForeignKey(DecisionRecord, on_delete=models.PROTECT, related_name="annotations")
    reviewer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    finding = models.CharField(max_length=12, choices=Finding.choices)
    text = models.TextField()

    class Meta:
        """Annotations are read in the order in which they were written."""

        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.finding} on {self.decision_id}"
