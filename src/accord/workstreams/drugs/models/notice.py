"""Pre-export notices with the replies to them and what became of the consignments, as rows to list and to count.

The messages are what was said. These rows are made of them when they are filed or leave, so that a list need not open
each; a day or a name is never changed here.
"""

from typing import ClassVar

from django.db import models

from accord.exchange.models import Case, Message

__all__ = ["Notice", "NoticeReply", "Outcome"]

KILOGRAM_DIGITS = 21
KILOGRAM_PLACES = 9
"""A mass in kilograms to the microgram, as a message may state it in grams."""


class Notice(models.Model):
    """One pre-export notice that has left or has come in, with what was said of it last."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="drug_notice")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drug_notices")
    is_ours = models.BooleanField()
    peer = models.CharField(max_length=16)
    pen_reference = models.CharField(max_length=48, blank=True)
    # Our register's code of the substance; empty where it does not know the CAS number.
    substance = models.CharField(max_length=64, blank=True)
    cas_number = models.CharField(max_length=12, blank=True)
    substance_name = models.CharField(max_length=200, blank=True)
    gross_kg = models.DecimalField(max_digits=KILOGRAM_DIGITS, decimal_places=KILOGRAM_PLACES, null=True)
    pure_kg = models.DecimalField(max_digits=KILOGRAM_DIGITS, decimal_places=KILOGRAM_PLACES, null=True)
    hs_code = models.CharField(max_length=13, blank=True)
    hs_edition = models.CharField(max_length=4, blank=True)
    exporter = models.CharField(max_length=200, blank=True)
    importer = models.CharField(max_length=200, blank=True)
    consignee = models.CharField(max_length=200, blank=True)
    origin_country = models.CharField(max_length=2)
    destination_country = models.CharField(max_length=2)
    transit_countries = models.JSONField(default=list)
    departure_on = models.DateField()
    arrival_on = models.DateField(null=True)
    has_departed = models.BooleanField(default=False)
    export_permit_number = models.CharField(max_length=200, blank=True)
    export_permit_until = models.DateField(null=True)
    import_authorisation_number = models.CharField(max_length=200, blank=True)
    import_authorisation_until = models.DateField(null=True)
    applied_on = models.DateField(null=True)
    sent_at = models.DateTimeField()
    # Until when the exporting side waits by its own law; nothing where no rule of it is known.
    waits_until = models.DateTimeField(null=True)
    # Another notice bears the same PEN reference; both are filed, and both say so.
    is_duplicate = models.BooleanField(default=False)
    # Said last; a later reply replaces an earlier one. Silence leaves these empty, and nothing else means it.
    reply_result = models.CharField(max_length=24, blank=True)
    replied_at = models.DateTimeField(null=True)
    became = models.CharField(max_length=24, blank=True)
    became_at = models.DateTimeField(null=True)

    class Meta:
        """Notices are listed by the day on which they were sent, and found by their reference."""

        ordering: ClassVar[list[str]] = ["-sent_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sent_at"], name="drug_notice_by_time"),
            models.Index(fields=["pen_reference"], name="drug_notice_by_reference"),
            models.Index(fields=["cas_number"], name="drug_notice_by_cas"),
            # Asked every few seconds: whose wait ends, and whose objection is due to be followed up.
            models.Index(fields=["waits_until"], condition=models.Q(reply_result=""), name="drug_notice_by_end"),
            models.Index(fields=["replied_at"], name="drug_notice_by_reply"),
        ]

    def __str__(self) -> str:
        return self.pen_reference or f"notice {self.pk}"


class NoticeReply(models.Model):
    """One reply to a notice; the last says where it stands."""

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.CASCADE, related_name="drug_notice_reply"
    )
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="replies")
    is_ours = models.BooleanField()
    result = models.CharField(max_length=24)
    reason_code = models.CharField(max_length=32, blank=True)
    conditions = models.JSONField(default=list)
    authority = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField()
    further_answer_on = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        """Replies are read in the order in which they were given."""

        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="drug_reply_by_time")]

    def __str__(self) -> str:
        return self.result


class Outcome(models.Model):
    """What one message says became of a consignment."""

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.CASCADE, related_name="drug_shipment_outcome"
    )
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="outcomes")
    is_ours = models.BooleanField()
    became = models.CharField(max_length=24)
    departed_on = models.DateField(null=True)
    arrived_on = models.DateField(null=True)
    sent_kg = models.DecimalField(max_digits=KILOGRAM_DIGITS, decimal_places=KILOGRAM_PLACES, null=True)
    arrived_kg = models.DecimalField(max_digits=KILOGRAM_DIGITS, decimal_places=KILOGRAM_PLACES, null=True)
    # How much more arrived than left, or than the notice announced where what left is not stated.
    variance_kg = models.DecimalField(max_digits=KILOGRAM_DIGITS, decimal_places=KILOGRAM_PLACES, null=True)
    declared_on = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        """Outcomes are read in the order in which they were told."""

        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="drug_outcome_by_time")]

    def __str__(self) -> str:
        return self.became
