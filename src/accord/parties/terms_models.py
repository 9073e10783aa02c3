"""What two parties agreed on for the machine, one row an agreement."""

from typing import ClassVar

from django.db import models

__all__ = ["AgreedTerms"]


class AgreedTerms(models.Model):
    """Time limits, ceilings and open themes as one signed text has them; see ``accord.parties.terms``."""

    peer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=64)
    version = models.CharField(max_length=48)
    number = models.PositiveIntegerField()
    in_force_on = models.DateField()
    ends_on = models.DateField(null=True)
    agreed_at = models.DateTimeField()
    limits = models.JSONField(default=list)
    ceilings = models.JSONField(default=list)
    lanes = models.JSONField(default=list)

    class Meta:
        """A version is agreed once with a peer."""

        verbose_name_plural = "agreed terms"
        indexes: ClassVar = [models.Index(fields=["source"], name="parties_terms_source")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "version"], name="parties_one_terms_a_version"),
        ]

    def __str__(self) -> str:
        return self.version
