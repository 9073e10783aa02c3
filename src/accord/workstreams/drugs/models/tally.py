"""What is left of marks whose lines were erased: how often, by the rules that held, and in which month."""

from typing import ClassVar

from django.db import models

__all__ = ["MarkTally"]


class MarkTally(models.Model):
    """How many erased lines officers marked so in one month; nothing of a line, a company or an officer stands here.

    ``rule_codes`` is that of the flags; empty for lines that no rule had flagged. ``is_apart`` says in which part of
    the marked lines they counted, so that what was held out stays held out.
    """

    month = models.DateField()
    rule_codes = models.CharField(max_length=400, blank=True)
    is_true = models.BooleanField()
    is_apart = models.BooleanField()
    lines = models.PositiveIntegerField(default=0)

    class Meta:
        """One row for what is alike; the last month is read first."""

        ordering: ClassVar[list[str]] = ["-month", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "rule_codes", "is_true", "is_apart"], name="drugs_tallied_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lines} marked lines of {self.month:%Y-%m}"
