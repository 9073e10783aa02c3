"""The index of search: one row for each text, in the transaction of the text; the database keeps its words in order.

On SQLite an FTS5 table beside it is kept in step by triggers; on PostgreSQL a generated column with its index is (the
migration that makes this table has both). So whatever writes or deletes a row writes and deletes what is found.
"""

from typing import ClassVar

from django.db import models

__all__ = ["SearchEntry"]


class SearchEntry(models.Model):
    """One text that is found: a message with its files' names, a title, a note, or a question to an agency.

    ``words`` and ``sounds`` are folded forms; what is shown of a hit is read from the text itself.
    """

    class Subject(models.TextChoices):
        """What the text is."""

        CASE = "case"
        MESSAGE = "message"
        NOTE = "note"
        INQUIRY = "inquiry"

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=8, choices=Subject.choices)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey("exchange.Case", on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(
        "exchange.Message", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    words = models.TextField()
    sounds = models.TextField(blank=True)

    class Meta:
        """What was written last is found first."""

        verbose_name_plural = "search entries"
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.subject} {self.key}"
