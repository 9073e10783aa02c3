"""Licences and authorisations that the office has on file, and which companies stood in earlier manifests."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accord.officers.models import Officer
from accord.workstreams.drugs.models.screening import Screening

__all__ = ["Licence", "Trader"]


class Licence(models.Model):
    """What one licence, registration or authorisation of a company permits, as the authority that gave it says.

    ``substances`` are codes of the register; ``kilograms`` is the most of one consignment. One that was taken out
    stays here and counts no more.
    """

    jurisdiction = models.CharField(max_length=16)
    number = models.CharField(max_length=64)
    company = models.CharField(max_length=200)
    company_number = models.CharField(max_length=64, blank=True)
    substances = models.JSONField()
    kilograms = models.DecimalField(max_digits=21, decimal_places=9, null=True)
    purity = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    kept_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """A number is given once by an authority."""

        ordering: ClassVar[list[str]] = ["jurisdiction", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "number"], name="drugs_licence_once"),
        ]

    def __str__(self) -> str:
        return f"licence {self.number}"


class Trader(models.Model):
    """A company that received goods in a manifest: since when, and whether chemicals were among them.

    ``key`` is its identity (:func:`~accord.workstreams.drugs.screening.papers.company_id`); a person has none and
    never stands here. ``seen_in`` and ``chemicals_in`` are the first screenings of each, ``last_on`` is the day of the
    last one in which it stood.
    """

    key = models.CharField(max_length=240, unique=True)
    name = models.CharField(max_length=200, blank=True)
    seen_on = models.DateField()
    last_on = models.DateField(db_index=True)
    seen_in = models.ForeignKey(Screening, null=True, on_delete=models.SET_NULL, related_name="+")
    chemicals_on = models.DateField(null=True)
    chemicals_in = models.ForeignKey(Screening, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.key
