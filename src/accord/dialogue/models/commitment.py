"""What both sides promised in a signed statement, each promise with the sentence that says it."""

from typing import ClassVar

from django.db import models

from accord.dialogue.models.statement import Clause, Statement
from accord.officers.models import Officer

__all__ = ["Commitment"]


class Commitment(models.Model):
    """One promise of a signed statement, as a person of our side took it out of its sentence."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="commitments")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="+")
    sentence = models.PositiveSmallIntegerField()
    # The source sentence by language, as it was signed.
    texts = models.JSONField()
    verb = models.CharField(max_length=11)
    our_lead = models.CharField(max_length=120, blank=True)
    their_lead = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True)
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        """One promise a sentence, in the order of the statement."""

        ordering: ClassVar[list[str]] = ["-statement__signed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clause", "sentence"], name="dialogue_one_commitment_a_sentence"),
        ]

    def __str__(self) -> str:
        return f"{self.verb}: sentence {self.sentence} of {self.clause_id}"
