"""Records of the own side about its cases: notes for colleagues, and which cases belong together."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.keys import new_key

__all__ = ["CaseLink", "CaseNote"]


class CaseNote(models.Model):
    """What an officer wrote down for colleagues: it stays at this node, and is corrected by a further note alone."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    case = models.ForeignKey("exchange.Case", on_delete=models.PROTECT, related_name="notes")
    text = models.CharField(max_length=4_000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        """Notes are read in the order they were written."""

        ordering: ClassVar[list[str]] = ["written_at", "id"]

    def __str__(self) -> str:
        return f"note in {self.case_id}"


class CaseLink(models.Model):
    """Two cases of ours that belong together, for our own reading; no message changes its case by it.

    ``joined`` says that the request that opened ``case`` is worked on in ``other``; each keeps its references, clock
    and messages.
    """

    class Kind(models.TextChoices):
        """How they belong together."""

        LINKED = "linked"
        JOINED = "joined"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    case = models.ForeignKey("exchange.Case", on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey("exchange.Case", on_delete=models.PROTECT, related_name="links_here")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=2_000)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Two cases are linked once at a time."""

        ordering: ClassVar[list[str]] = ["linked_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "other"], condition=models.Q(ended_at__isnull=True), name="linked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"
