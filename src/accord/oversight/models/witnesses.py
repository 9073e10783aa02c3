"""Independent witnesses that this node knows, and what they co-signed of its logs."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accord.courier.models import Channel, Direction
from accord.officers.models import Officer

__all__ = ["Cosignature", "Witness"]


class Witness(models.Model):
    """A third person's keys, by which its co-signatures are known here."""

    name = models.CharField(max_length=100)
    keys = models.TextField()
    added_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        """A name stands for one pair of keys at a time."""

        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(retired_at__isnull=True), name="oversight_witness_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Cosignature(models.Model):
    """A checkpoint of one of our stored logs with a witness's lines behind its owner's."""

    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.BinaryField()
    cosigned_at = models.DateTimeField()
    taken_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        """A witness co-signs a size of a log once, as far as this node keeps it."""

        ordering: ClassVar = ["-size", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["witness", "channel", "direction", "size"], name="oversight_cosignature_size"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.witness_id} {self.direction} {self.size}"
