"""The grant: what an originator said to one use of one item; its evidence is the message that says it."""

from datetime import date
from typing import ClassVar

from django.db import models

from accord.exchange.models import Message, new_key
from accord.vocabulary.refusal import PermissionOutcome

__all__ = ["Grant"]


class Grant(models.Model):
    """An answer to a permission request, on either side: the asker's node keeps what it may do, the other what it gave.

    It binds item, use, recipient and purpose together. Whether it still holds follows from its answer (withdrawn or
    not), its last day, and whether one use has used it up; nothing of that is decided when it is stored.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    item = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="grants")
    request = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="grant_asked")
    answer = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="grant_given")
    is_ours = models.BooleanField()
    """Whether we gave it."""
    use = models.CharField(max_length=32)
    recipient = models.CharField(max_length=200)
    purpose = models.CharField(max_length=32)
    result = models.CharField(max_length=32)
    conditions = models.JSONField(default=list)
    permitted_until = models.DateField(null=True)
    used_once = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Grants are looked for by the act that they unlock, and read in the order in which they were given."""

        ordering: ClassVar[list[str]] = ["answered_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["item", "use"], name="grant_by_act"),
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.use} for {self.recipient}"

    @property
    def is_denied(self) -> bool:
        """Whether the originator said no."""
        return self.result == PermissionOutcome.DENIED

    @property
    def is_withdrawn(self) -> bool:
        """Whether its answer, its item or its question was taken back: what is recalled wins over what was granted."""
        return any(
            message.recalled_at is not None or message.state == Message.State.WITHDRAWN
            for message in (self.answer, self.item, self.request)
        )

    def holds_on(self, day: date) -> bool:
        """Returns whether it unlocks its act on a day."""
        return (
            not self.is_denied
            and not self.is_withdrawn
            and self.permitted_until is not None
            and day <= self.permitted_until
            and not (self.used_once and self.used_at is not None)
        )
