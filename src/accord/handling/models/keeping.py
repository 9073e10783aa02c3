"""How long what was received is kept here, and what keeps it longer."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.keys import new_key
from accord.exchange.models import Case, Message

__all__ = ["ErasureClaim", "Keeping", "LegalHold"]


class Keeping(models.Model):
    """The timer of one received message: its last day here, when the need is looked at, and its end.

    A message of ours has one, which is over, where it holds something of what was erased and cannot be erased yet.
    """

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="keeping")
    keep_until = models.DateField()
    review_on = models.DateField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(max_length=2_000, blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """What is due is looked for by its day."""

        ordering: ClassVar[list[str]] = ["keep_until"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["keep_until"], condition=models.Q(erased_at=None), name="keeping_due"),
            models.Index(fields=["review_on"], condition=models.Q(erased_at=None), name="keeping_review"),
            models.Index(fields=["erased_at"], name="keeping_erased"),
        ]

    def __str__(self) -> str:
        return f"kept until {self.keep_until}"


class LegalHold(models.Model):
    """That a case is kept beyond its day, because a court, a review or a complaint needs it."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=2_000)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lift_reason = models.CharField(max_length=2_000, blank=True)

    class Meta:
        """A case is held once at a time."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(lifted_at=None), name="one_legal_hold"),
        ]

    def __str__(self) -> str:
        return f"{self.case} held"


class ErasureClaim(models.Model):
    """That the other side says it erased a message of ours at the end of its time; a claim, signed, and no more."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="erasure_claim")
    claimed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erased there, as they say, by {self.claimed_at:%Y-%m-%d}"
