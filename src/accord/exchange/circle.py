"""The team of a case: who reads it because they work on it, and who opened it in an emergency."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.keys import new_key

__all__ = ["CaseMember"]


class CaseMember(models.Model):
    """One officer in the team of a case, from a moment on; ended, never taken out.

    Who broke in reads the case for a while, and its holder and the reviewers are told.
    """

    class Kind(models.TextChoices):
        """How they came to read it."""

        MEMBER = "member"
        BREAK_IN = "break-in"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    case = models.ForeignKey("exchange.Case", on_delete=models.PROTECT, related_name="members")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.MEMBER)
    reason = models.CharField(max_length=2_000)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """An officer is in a team once at a time, and breaks in once at a time."""

        ordering: ClassVar[list[str]] = ["added_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "officer", "kind"], condition=models.Q(ended_at__isnull=True), name="member_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["officer", "case"], name="member_by_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"
