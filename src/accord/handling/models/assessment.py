"""What was written down about a draft before it may leave: the risk of mistreatment, and what its interest rests on."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.keys import new_key
from accord.exchange.models import Message

__all__ = ["MistreatmentAssessment", "PredominanceTest"]


class _OnFile(models.Model):
    """One record: written by one officer, decided on by another, bound to the text it speaks of, never changed."""

    class Decision(models.TextChoices):
        """What the second officer decided."""

        OPEN = "open"
        AGREED = "agreed"
        RETURNED = "returned"
        ESCALATED = "escalated"
        ALLOWED = "allowed"
        DENIED = "denied"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    # Of the text and files it was written about: where they change, it speaks of another text and counts no more.
    bound_to = models.BinaryField(max_length=32)
    decision = models.CharField(max_length=16, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=2_000, blank=True)

    class Meta:
        """The newest of a message is read first; it alone counts."""

        abstract = True
        ordering: ClassVar = ["-written_at", "-pk"]


class MistreatmentAssessment(_OnFile):
    """Whether giving this message could expose somebody to mistreatment.

    There is no field for what a relationship is worth. Departing from the assessment takes a ground of a closed list,
    and goes to the head of the agency by itself.

    Source: Avoiding Complicity in Mistreatment by Foreign Entities Act, section 3; directions of 4 September 2019.
    """

    reference = models.CharField(max_length=24, unique=True)
    answers = models.JSONField()
    measures = models.JSONField(default=list)
    outcome = models.CharField(max_length=24)
    reasons = models.CharField(max_length=4_000)
    override_ground = models.CharField(max_length=24, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_why = models.CharField(max_length=2_000, blank=True)

    def __str__(self) -> str:
        return self.reference


class PredominanceTest(_OnFile):
    """Whether conduct, or expression and identity, is what the interest in a person rests on.

    Source: Extradition Act (S.C. 1999, c. 18), paragraph 46(1)(b); INTERPOL Constitution, article 3.
    """

    conduct = models.CharField(max_length=2_000)
    expression = models.CharField(max_length=2_000)
    predominates = models.CharField(max_length=16)
    why = models.CharField(max_length=4_000)

    def __str__(self) -> str:
        return f"predominance test of {self.message_id}"
