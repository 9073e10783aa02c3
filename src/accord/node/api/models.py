"""The one table of the API: answers kept so that a repeated request is answered again and done once."""

from typing import ClassVar

from django.conf import settings
from django.db import models

__all__ = ["KeptAnswer"]


class KeptAnswer(models.Model):
    """The answer to one request with an idempotency key."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    media_type = models.CharField(max_length=80, blank=True)
    body = models.BinaryField(blank=True, default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        """A key serves one officer once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "key"], name="one_answer_a_key"),
        ]

    def __str__(self) -> str:
        return f"answer {self.status} of officer {self.officer_id}"
