"""The use: one act by which a received item was used, or was about to be, with the gate's answer to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.models import Attachment, Message, new_key
from accord.handling.models.grant import Grant
from accord.release.models import DecisionRecord

__all__ = ["Use"]


class Use(models.Model):
    """A use on record; its identifier is the mark that a print or a download bears."""

    class Mark(models.TextChoices):
        """Where the reader, the time, the handling and the reference of the message were laid in."""

        NONE = "none"
        PAGE = "page"
        COVER = "cover"
        HEADERS = "headers"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    item = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="uses")
    file = models.ForeignKey(Attachment, null=True, on_delete=models.SET_NULL, related_name="+")
    use = models.CharField(max_length=32)
    recipient = models.CharField(max_length=200)
    handed_to = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=32)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decision = models.OneToOneField(DecisionRecord, on_delete=models.PROTECT, related_name="use")
    is_permitted = models.BooleanField()
    grant = models.ForeignKey(Grant, null=True, on_delete=models.PROTECT, related_name="uses")
    mark = models.CharField(max_length=8, choices=Mark.choices, default=Mark.NONE)

    class Meta:
        """An item's uses are read in the order in which they were made."""

        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["item", "at"], name="use_of_item"),
            models.Index(fields=["at"], name="use_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.use} for {self.recipient}"
