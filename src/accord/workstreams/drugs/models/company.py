"""Where companies are named in what was told: one row a company, a part it plays, and a message.

A company's history is found by one look into an index, and a consignee that comes again is a count. Natural persons
have no row here: a message names them in fields of their own, which nothing copies.
"""

from typing import ClassVar

from django.db import models

from accord.exchange.models import Case, Message
from accord.workstreams.drugs.models.screening import Flag

__all__ = ["KEY_CHARACTERS", "CompanyMention", "FlaggedCompany"]

KEY_CHARACTERS = 256
"""Of the folded name; a name in a message has 200 characters, and few of them fold into two."""


class CompanyMention(models.Model):
    """A company that a message names in one part; who reported a suspicious transaction stands in no row."""

    class Part(models.TextChoices):
        """What the company is in the message."""

        EXPORTER = "exporter"
        IMPORTER = "importer"
        CONSIGNEE = "consignee"
        BROKER = "customs-broker"
        NAMED = "named-in-incident"
        OTHER_PARTY = "other-party"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="drug_companies")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drug_companies")
    part = models.CharField(max_length=20, choices=Part.choices)
    name = models.CharField(max_length=200)
    # The name folded, as accord.workstreams.drugs.screening.company_names has it.
    key = models.CharField(max_length=KEY_CHARACTERS)
    country = models.CharField(max_length=2, blank=True)
    # Who receives a consignment in the end: the consignee, or the importer where none is named.
    is_receiver = models.BooleanField(default=False)
    told_at = models.DateTimeField()

    class Meta:
        """The newest is read first; found by the folded name."""

        ordering: ClassVar[list[str]] = ["-told_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "told_at"], name="drug_company_by_key"),
            models.Index(fields=["key"], condition=models.Q(is_receiver=True), name="drug_company_receivers"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.part})"


class FlaggedCompany(models.Model):
    """A company in the papers of a flagged line; a name without a legal form may be a person's and has no row."""

    class Part(models.TextChoices):
        """What the company is on the line."""

        SHIPPER = "shipper"
        CONSIGNEE = "consignee"

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="companies")
    part = models.CharField(max_length=10, choices=Part.choices)
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=KEY_CHARACTERS, db_index=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.part})"
