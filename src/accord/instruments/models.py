"""Instruments, their texts, and who signed each."""

import uuid
import zlib
from typing import ClassVar

from django.db import models
from django.utils import timezone

from accord.officers.models import Officer
from accord.parties.models import Party

__all__ = ["Instrument", "Remark", "Signature", "Text"]


class Instrument(models.Model):
    """What two sides have in common and sign: its texts follow one another by number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=32)
    is_ours = models.BooleanField()
    began_at = models.DateTimeField(default=timezone.now)
    agreed = models.ForeignKey("Text", null=True, on_delete=models.PROTECT, related_name="+")
    # Consent withdrawn forward: from this day on, by either side.
    ends_on = models.DateField(null=True)
    ended_by_us = models.BooleanField(null=True)
    end_reason = models.CharField(max_length=2000, blank=True)
    end_envelope_id = models.UUIDField(null=True)

    class Meta:
        """The newest is read first."""

        ordering: ClassVar[list[str]] = ["-began_at"]
        indexes: ClassVar = [models.Index(fields=["type", "peer"], name="instruments_by_type")]

    def __str__(self) -> str:
        return f"{self.type} with {self.peer_id}"


class Text(models.Model):
    """One numbered text of an instrument, as canonical bytes."""

    class State(models.TextChoices):
        """Where a text stands.

        ``accepted`` is ours of theirs, on its way; it is ``agreed`` when the receipt is on file. ``withdrawing`` is our
        own offer until the other side confirms that it did not accept before.
        """

        PREPARED = "prepared"
        OFFERED = "offered"
        ACCEPTED = "accepted"
        AGREED = "agreed"
        DECLINED = "declined"
        REFUSED = "refused"
        WITHDRAWING = "withdrawing"
        WITHDRAWN = "withdrawn"
        OVERTAKEN = "overtaken"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    is_ours = models.BooleanField()
    state = models.CharField(max_length=12, choices=State.choices)
    previous = models.BinaryField(max_length=32, null=True)
    digest = models.BinaryField(max_length=32)
    packed = models.BinaryField()
    size_bytes = models.PositiveIntegerField()
    note = models.CharField(max_length=2000, blank=True)
    prepared_at = models.DateTimeField(default=timezone.now)
    prepared_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.CharField(max_length=2000, blank=True)
    settled_code = models.CharField(max_length=64, blank=True)
    # The word that settles it (a withdrawal, a decline), of either side; what becomes of ours is noted here.
    settling_envelope_id = models.UUIDField(null=True)

    class Meta:
        """The newest number is read first, and of one number what was prepared last."""

        ordering: ClassVar[list[str]] = ["-number", "-prepared_at"]
        indexes: ClassVar = [models.Index(fields=["instrument", "number", "state"], name="texts_by_number")]

    def __str__(self) -> str:
        return f"text {self.number} ({self.state})"

    @property
    def content(self) -> bytes:
        """The canonical bytes."""
        return zlib.decompress(bytes(self.packed))

    @property
    def stands(self) -> bool:
        """Whether it is on offer: sent and neither settled nor overtaken."""
        return self.state in {self.State.OFFERED, self.State.WITHDRAWING}


class Signature(models.Model):
    """One side's signature under a text: a message in that side's log, which the envelope id names."""

    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="signatures")
    is_ours = models.BooleanField()
    at = models.DateTimeField()
    signed_as = models.CharField(max_length=120)
    officer = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    envelope_id = models.UUIDField(unique=True)

    class Meta:
        """One signature a side."""

        ordering: ClassVar[list[str]] = ["at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text", "is_ours"], name="instruments_one_signature_a_side"),
        ]

    def __str__(self) -> str:
        return f"signature of {self.signed_as}"


class Remark(models.Model):
    """Words of one side about a text on offer: a question, an answer to it; nothing is settled by them."""

    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="remarks")
    is_ours = models.BooleanField()
    at = models.DateTimeField()
    signed_as = models.CharField(max_length=120)
    officer = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=2000)
    envelope_id = models.UUIDField(unique=True)

    class Meta:
        """Remarks are read as they were made."""

        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"remark of {self.signed_as}"
