"""What arrived and is still to be read: a row from the filing until each step after it was taken."""

from enum import StrEnum
from typing import ClassVar

from django.db import models

__all__ = ["Arrival", "Step"]


class Step(StrEnum):
    """What is still to be done, by the column that says so."""

    SEARCH = "needs_search"
    MARKS = "needs_marks"
    NOTICE = "needs_notice"


class Arrival(models.Model):
    """A received message of which something is still to be done; in the order of arrival."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey("exchange.Message", on_delete=models.CASCADE, related_name="+", db_index=False)
    is_urgent = models.BooleanField(default=False)
    needs_search = models.BooleanField(default=True)
    needs_marks = models.BooleanField(default=True)
    needs_notice = models.BooleanField(default=True)

    class Meta:
        """Each step asks for the oldest that wait for it; of what is urgent officers are told first."""

        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=models.Q(needs_search=True), name="arrival_for_search"),
            models.Index(fields=["id"], condition=models.Q(needs_marks=True), name="arrival_for_marks"),
            models.Index(fields=["-is_urgent", "id"], condition=models.Q(needs_notice=True), name="arrival_for_notice"),
        ]

    def __str__(self) -> str:
        return f"arrival of {self.message_id}"
