"""The one working draft towards a peer, and what it was after each save."""

import uuid
import zlib
from typing import ClassVar

from django.db import models
from django.utils import timezone

from accord.instruments.canonical import read_canonical
from accord.instruments.models import Text
from accord.officers.models import Officer
from accord.parties.models import Party
from accord.workplan.content import Plan

__all__ = ["DraftSave", "PlanDraft"]


class PlanDraft(models.Model):
    """Our working draft of the next revision towards one peer: private until a signatory offers what was prepared.

    ``started_from`` is the text with the peer that it began from; what theirs changed since is merged on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    peer = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    started_from = models.ForeignKey(Text, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"draft towards {self.peer_id}, version {self.version}"


class DraftSave(models.Model):
    """The draft as it was after one save, with who saved it and why.

    ``restores`` is the version whose words an undoing brought back; a further undoing goes on from there.
    """

    class Why(models.TextChoices):
        """What the save was."""

        TEMPLATE = "template"
        AGREED = "agreed"
        THEIRS = "theirs"
        MERGED = "merged"
        FILE = "file"
        EDITED = "edited"
        UNDONE = "undone"

    draft = models.ForeignKey(PlanDraft, on_delete=models.CASCADE, related_name="saves")
    version = models.PositiveIntegerField()
    restores = models.PositiveIntegerField(null=True)
    why = models.CharField(max_length=12, choices=Why.choices)
    note = models.CharField(max_length=200, blank=True)
    packed = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The last save is read first."""

        ordering: ClassVar[list[str]] = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "version"], name="workplan_one_save_a_version"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def plan(self) -> Plan:
        """The plan as a value."""
        return read_canonical(zlib.decompress(bytes(self.packed)), Plan)

    @property
    def words_of(self) -> int:
        """The version whose words these are."""
        return self.version if self.restores is None else self.restores
