"""What each side says in public of a statement, and which of its sentences speaks of which agreed one."""

from typing import ClassVar

from django.db import models

from accord.dialogue.models.statement import Clause, Statement
from accord.officers.models import Officer

__all__ = ["ReadOut", "ReadOutLink"]


class ReadOut(models.Model):
    """One side's read-out in one language, as it was written or published; it is never edited to fit the other."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="read_outs")
    is_ours = models.BooleanField()
    language = models.CharField(max_length=3)
    text = models.TextField()
    # Private to the statement's team until it is published.
    published_on = models.DateField(null=True)
    url = models.URLField(max_length=500, blank=True)
    digest = models.BinaryField(max_length=32)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The newest of a side and language counts; what was published before it stays."""

        ordering: ClassVar[list[str]] = ["-recorded_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["statement", "is_ours", "language"], name="dialogue_read_outs")]

    def __str__(self) -> str:
        return f"read-out of {self.statement_id} in {self.language}"


class ReadOutLink(models.Model):
    """What a person confirmed of one sentence of a read-out."""

    read_out = models.ForeignKey(ReadOut, on_delete=models.CASCADE, related_name="links")
    sentence = models.PositiveSmallIntegerField()
    # The agreed sentence: a sentence of a clause; none where the read-out added it.
    clause = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="+")
    clause_sentence = models.PositiveSmallIntegerField(default=0)
    tag = models.CharField(max_length=10)
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        """One word of a person a sentence."""

        ordering: ClassVar[list[str]] = ["sentence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["read_out", "sentence"], name="dialogue_one_link_a_sentence"),
        ]

    def __str__(self) -> str:
        return f"{self.tag}: sentence {self.sentence} of {self.read_out_id}"
