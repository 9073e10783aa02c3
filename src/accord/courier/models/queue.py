"""What waits to be sent, and attachments on their way."""

from enum import IntEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q

from .channels import Channel
from .records import Direction

__all__ = ["AttachmentTransfer", "Lane", "Outbox", "OutboxState"]


class Lane(IntEnum):
    """Priority of a message; a lower number is taken first, and each keeps a floor."""

    THREAT_TO_LIFE = 0
    URGENT = 1
    ROUTINE = 2
    BULK = 3


class OutboxState(models.TextChoices):
    """What became of a message on its way out."""

    QUEUED = "queued", "waiting"
    FLUSHED = "flushed", "in our log"
    WITHDRAWN = "withdrawn", "withdrawn before it was sent"
    EXPIRED = "expired", "too old before it was sent"
    BLOCKED = "blocked", "held back by a fault of the gate"


class Outbox(models.Model):
    """A message that a decision let out, waiting for or past its place in our log."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="outbox", db_index=False)
    envelope_id = models.UUIDField(unique=True)
    lane = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=OutboxState.choices, default=OutboxState.QUEUED)
    created_at = models.DateTimeField()
    not_after = models.DateTimeField()
    position = models.BigIntegerField(null=True)
    flushed_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=64)
    schema = models.PositiveIntegerField()
    handling = models.CharField(max_length=16)
    decision_digest = models.BinaryField(max_length=32)
    in_reply_to = models.UUIDField(null=True)
    attachment_root = models.BinaryField(max_length=32, null=True)
    size_bytes = models.PositiveIntegerField()
    payload = models.BinaryField()

    class Meta:
        """The queue is read by lane and age; what left the queue is found by its place."""

        verbose_name_plural = "outbox"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "position"], name="courier_outbox_position"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["channel", "lane", "id"], condition=Q(state="queued"), name="courier_outbox_queue"),
            models.Index(fields=["not_after"], condition=Q(state="queued"), name="courier_outbox_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.envelope_id}"


class AttachmentTransfer(models.Model):
    """An attachment on its way: which chunks are where is told by the chunk store and by the peer."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="transfers")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    root = models.BinaryField(max_length=32)
    chunk_count = models.PositiveIntegerField(null=True)
    envelope_id = models.UUIDField()
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        """An attachment travels once in a direction, however many messages name it."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "direction", "root"], name="courier_transfer_root"),
        ]

    def __str__(self) -> str:
        return bytes(self.root).hex()
