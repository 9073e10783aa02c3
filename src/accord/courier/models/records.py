"""The two logs of a channel as they are stored: entries, signed heads, and what left a log that was shortened.

Facts that follow from a range are kept once a range: when an entry was receipted is told by the first receipted
checkpoint beyond its position, not by a column of each entry.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from .channels import Channel

__all__ = ["ArchivedCheckpoint", "ArchivedEntry", "Capsule", "Direction", "Entry", "LogNode", "SignedCheckpoint"]


class Direction(models.TextChoices):
    """Whose log an entry stands in: ours (``out``) or our replica of the peer's (``in``)."""

    OUT = "out", "ours"
    IN = "in", "the peer's"


class Capsule(models.Model):
    """An archive capsule: the sealed secret by which one flush's entries open to their sender's archive key."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="capsules")
    capsule_id = models.BinaryField(max_length=16)
    data = models.BinaryField()

    class Meta:
        """A capsule is kept once a channel."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "capsule_id"], name="courier_capsule_id"),
        ]

    def __str__(self) -> str:
        return bytes(self.capsule_id).hex()


class Entry(models.Model):
    """One entry of one log, as the bytes that were signed.

    The position is the identity for exactly-once: a second entry at the same position cannot be stored.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="entries", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    position = models.BigIntegerField()
    envelope_id = models.UUIDField()
    recorded_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    recovered = models.BooleanField(default=False)
    capsule_id = models.BinaryField(max_length=16)
    # The leaf stands before the long columns, so that reading leaves for a proof reads one page of a row.
    leaf = models.BinaryField(max_length=32)
    header = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        """Entries are read in the order of their log."""

        ordering: ClassVar = ["channel_id", "direction", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "direction", "position"], name="courier_entry_position"),
            models.UniqueConstraint(fields=["channel", "direction", "envelope_id"], name="courier_entry_envelope"),
        ]
        indexes: ClassVar = [
            # The direction stands among the fields although it is fixed: SQLite otherwise prefers the unique index, and
            # looks through the whole log for what waits.
            models.Index(
                fields=["channel", "direction", "position"],
                condition=Q(direction="in", handled_at__isnull=True),
                name="courier_entry_unhandled",
            ),
            models.Index(fields=["channel", "position"], condition=Q(recovered=True), name="courier_entry_recovered"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.position}"

    @property
    def is_receipted(self) -> bool:
        """Whether the log's other holder has co-signed past this entry."""
        head = self.channel.out_receipted_size if self.direction == Direction.OUT else self.channel.in_receipted_size
        return self.position < head

    @property
    def receipted_at(self) -> datetime | None:
        """When the receipt that covers this entry was signed, by its signer's clock."""
        return (
            SignedCheckpoint.objects.filter(
                channel_id=self.channel_id, direction=self.direction, size__gt=self.position, receipted_at__isnull=False
            )
            .order_by("size")
            .values_list("receipted_at", flat=True)
            .first()
        )


class LogNode(models.Model):
    """The root of a complete subtree of a log, kept for every 256 leaves so that proofs need few reads."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        """A node is kept once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "direction", "level", "index"], name="courier_lognode_place"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.level}/{self.index}"


class SignedCheckpoint(models.Model):
    """A signed head of a log, with the other side's receipt over the same head where there is one.

    In our own log ``note`` is ours and ``receipt`` the peer's; in the replica it is the other way round.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    size = models.BigIntegerField()
    note = models.BinaryField()
    recorded_at = models.DateTimeField()
    receipt = models.BinaryField(null=True)
    receipted_at = models.DateTimeField(null=True)
    receipt_recorded_at = models.DateTimeField(null=True)

    class Meta:
        """A head of one size is signed once in a log's life."""

        ordering: ClassVar = ["channel_id", "direction", "size"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "direction", "size"], name="courier_checkpoint_size"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.size}"


class ArchivedEntry(models.Model):
    """An entry that left a log which was shortened, though a receipt had covered it: kept because it is evidence."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    position = models.BigIntegerField()
    envelope_id = models.UUIDField()
    recorded_at = models.DateTimeField()
    archived_at = models.DateTimeField()
    capsule_id = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)
    header = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        """A position may have been given up more than once."""

        ordering: ClassVar = ["channel_id", "direction", "archived_at", "position"]

    def __str__(self) -> str:
        return f"{self.direction} {self.position}, until {self.archived_at}"


class ArchivedCheckpoint(models.Model):
    """A signed head, and its receipt, of a log that was shortened below it: what was signed stays signed."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    size = models.BigIntegerField()
    note = models.BinaryField()
    recorded_at = models.DateTimeField()
    receipt = models.BinaryField(null=True)
    receipted_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField()

    class Meta:
        """A size may have been given up more than once."""

        ordering: ClassVar = ["channel_id", "direction", "archived_at", "size"]

    def __str__(self) -> str:
        return f"{self.direction} {self.size}, until {self.archived_at}"
