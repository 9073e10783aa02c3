"""What came of what was given, as it was reported."""

from typing import ClassVar

from django.db import models

from accord.exchange.models import Case, Message

__all__ = ["Outcome"]


class Outcome(models.Model):
    """One outcome report that has left or has come in, so that it can be counted without reading messages."""

    report = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="outcome_reported")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    is_ours = models.BooleanField()
    results = models.JSONField(default=list)
    usefulness = models.PositiveSmallIntegerField(null=True)
    reported_at = models.DateTimeField()

    class Meta:
        """Outcomes are counted over a period."""

        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["reported_at"], name="outcome_by_time")]

    def __str__(self) -> str:
        return ", ".join(self.results) or "no use"
