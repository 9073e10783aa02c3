"""Versions of the rows of the register of substances, the proposals that bring them, and the mark of a change."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

from accord.workstreams.drugs.substances.rows import Kind, Row, row_of_terms

__all__ = ["SubstanceProposal", "SubstanceStamp", "SubstanceVersion"]


class SubstanceProposal(models.Model):
    """Changes of the register that one officer proposes together and another settles together, then never changed.

    Where nobody at the node could agree yet, nobody is named as having agreed.
    """

    class State(models.TextChoices):
        """What became of a proposal."""

        PROPOSED = "proposed"
        AGREED = "agreed"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROPOSED)
    why = models.CharField(max_length=2_000, blank=True)
    # The file it was read from, where it was read from one.
    file_name = models.CharField(max_length=200, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_why = models.CharField(max_length=2_000, blank=True)

    class Meta:
        """The oldest first, as they wait."""

        ordering: ClassVar = ["proposed_at", "key"]

    def __str__(self) -> str:
        return f"proposal {str(self.key)[:8]}"


class SubstanceVersion(models.Model):
    """One version of one row: of a substance, or of an entry of control."""

    proposal = models.ForeignKey(SubstanceProposal, on_delete=models.PROTECT, related_name="versions")
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Kind])
    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    # Nothing where the version takes the row out of the register.
    terms = models.JSONField(null=True)

    class Meta:
        """A version's number is used once in its row."""

        ordering: ClassVar = ["kind", "code", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "code", "version"], name="drugs_substance_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}, version {self.version}"

    @property
    def stated(self) -> Row | None:
        """The row as a value; nothing where it is taken out."""
        return None if self.terms is None else row_of_terms(Kind(self.kind), self.terms)


class SubstanceStamp(models.Model):
    """One row whose value is new after each change of the register, so that what was read of it can be kept.

    The value is random and not a count: a change that is rolled back leaves no number that another one would reuse.
    """

    value = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return bytes(self.value).hex()
