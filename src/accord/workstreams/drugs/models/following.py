"""Which messages a flag led to, each of them: a case of any keeps the flag for as long as it needs it."""

from typing import ClassVar

from django.db import models

from accord.exchange.models import Message
from accord.workstreams.drugs.models.screening import Flag

__all__ = ["FlagFollowUp"]


class FlagFollowUp(models.Model):
    """One message that was begun from a flag; the flag itself names the last one."""

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="follow_ups")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="drug_flags")

    class Meta:
        """A message is begun from a flag once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flag", "message"], name="drugs_followed_once"),
        ]

    def __str__(self) -> str:
        return f"message begun from {self.flag_id}"
