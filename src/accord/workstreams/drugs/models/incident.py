"""Incidents and suspicious transactions that were told, as rows to list and to count."""

from typing import ClassVar

from django.db import models

from accord.exchange.models import Case, Message
from accord.workstreams.drugs.models.notice import KILOGRAM_DIGITS, KILOGRAM_PLACES, Notice

__all__ = ["Incident", "SuspiciousReport"]


class Incident(models.Model):
    """One incident that was told by either side; its first finding stands in columns, all of them in ``findings``."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="drug_incident")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drug_incidents")
    is_ours = models.BooleanField()
    peer = models.CharField(max_length=16)
    kind = models.CharField(max_length=24)
    happened_on = models.DateField()
    # The moment, UTC; the first of the day where no time was stated.
    happened_at = models.DateTimeField()
    has_time = models.BooleanField(default=False)
    place_country = models.CharField(max_length=2)
    place_region = models.CharField(max_length=200, blank=True)
    substance = models.CharField(max_length=64, blank=True)
    cas_number = models.CharField(max_length=12, blank=True)
    substance_name = models.CharField(max_length=200, blank=True)
    identified_by = models.CharField(max_length=16, blank=True)
    quantity_kg = models.DecimalField(max_digits=KILOGRAM_DIGITS, decimal_places=KILOGRAM_PLACES, null=True)
    # Objects with substance, cas_number, name, identified_by, quantity_kg (a decimal text, or nothing).
    findings = models.JSONField(default=list)
    origin_country = models.CharField(max_length=2, blank=True)
    transit_countries = models.JSONField(default=list)
    destination_country = models.CharField(max_length=2, blank=True)
    pen_reference = models.CharField(max_length=48, blank=True)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.SET_NULL, related_name="incidents")
    sent_at = models.DateTimeField()
    # Hours from what happened to the telling; never less than nothing.
    alerted_hours = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        """Incidents are listed by the day on which they were told."""

        ordering: ClassVar[list[str]] = ["-sent_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sent_at"], name="drug_incident_by_time"),
            models.Index(fields=["pen_reference"], name="drug_incident_by_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"


class SuspiciousReport(models.Model):
    """One suspicious transaction that was told by either side; who reported it stands in no row."""

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.CASCADE, related_name="drug_suspicious_report"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drug_suspicious_reports")
    is_ours = models.BooleanField()
    peer = models.CharField(max_length=16)
    kind = models.CharField(max_length=24)
    transaction_on = models.DateField()
    was_completed = models.BooleanField()
    substance = models.CharField(max_length=64, blank=True)
    cas_number = models.CharField(max_length=12, blank=True)
    substance_name = models.CharField(max_length=200, blank=True)
    quantity_kg = models.DecimalField(max_digits=KILOGRAM_DIGITS, decimal_places=KILOGRAM_PLACES, null=True)
    factors = models.JSONField(default=list)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.SET_NULL, related_name="suspicious_reports")
    sent_at = models.DateTimeField()

    class Meta:
        """Reports are listed by the day on which they were told."""

        ordering: ClassVar[list[str]] = ["-sent_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["sent_at"], name="drug_suspicion_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.transaction_on}"
