"""What the courier keeps: channels, the two logs of each, the outbox, alarms, and changes of a channel's mode.

Two kinds of rows are read in the hot path and are therefore kept small or are read by column: the channel's heads
(``Channel``) and the entries of a log (``Entry``). Facts that follow from a range are kept once a range: when an entry
was receipted is told by the first receipted checkpoint beyond its position, not by a column of each entry.
"""

from datetime import datetime
from enum import IntEnum
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accord.channel.merkle import EMPTY_FRONTIER
from accord.parties.models import Party

__all__ = [
    "Alarm",
    "ArchivedCheckpoint",
    "ArchivedEntry",
    "AttachmentTransfer",
    "Capsule",
    "Channel",
    "Contradiction",
    "Direction",
    "Entry",
    "Lane",
    "LogNode",
    "Mode",
    "ModeChange",
    "Outbox",
    "OutboxState",
    "SignedCheckpoint",
]


# A frontier of no leaves, as the channel encodes it.
EMPTY: Final = EMPTY_FRONTIER.to_bytes()


class Direction(models.TextChoices):
    """Whose log an entry stands in: ours (``out``) or our replica of the peer's (``in``)."""

    OUT = "out", "ours"
    IN = "in", "the peer's"


class Lane(IntEnum):
    """Priority of a message; a lower number is taken first, and each keeps a floor."""

    THREAT_TO_LIFE = 0
    URGENT = 1
    ROUTINE = 2
    BULK = 3


class Mode(models.TextChoices):
    """What a channel does at present."""

    OPEN = "open", "open"
    RECOVERING = "recovering", "fetching its own log from the peer"
    FROZEN = "frozen", "frozen on proof of two histories"
    SUSPENDED = "suspended", "suspended by an officer"


class OutboxState(models.TextChoices):
    """What became of a message on its way out."""

    QUEUED = "queued", "waiting"
    FLUSHED = "flushed", "in our log"
    WITHDRAWN = "withdrawn", "withdrawn before it was sent"
    EXPIRED = "expired", "too old before it was sent"
    BLOCKED = "blocked", "held back by a fault of the gate"


class Channel(models.Model):
    """One pair of logs with one peer, its heads, and how the peer is reached."""

    peer = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="channel")
    party_code = models.CharField(max_length=8)
    suite = models.PositiveSmallIntegerField(default=1)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.OPEN)
    peer_url = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    # An epoch ends at 2**32 - 1, which PostgreSQL's integer does not hold.
    out_epoch = models.BigIntegerField(default=0)
    out_size = models.BigIntegerField(default=0)
    out_frontier = models.BinaryField(default=EMPTY)
    out_checkpoint = models.BinaryField(null=True)
    out_receipt = models.BinaryField(null=True)
    out_receipted = models.BinaryField(default=EMPTY)
    out_receipted_epoch = models.BigIntegerField(default=0)
    out_time_ms = models.BigIntegerField(default=0)
    out_receipted_size = models.BigIntegerField(default=0)

    in_epoch = models.BigIntegerField(default=0)
    in_size = models.BigIntegerField(default=0)
    in_frontier = models.BinaryField(default=EMPTY)
    in_checkpoint = models.BinaryField(null=True)
    in_receipt = models.BinaryField(null=True)
    in_receipted = models.BinaryField(default=EMPTY)
    in_receipted_epoch = models.BigIntegerField(default=0)
    in_time_ms = models.BigIntegerField(default=0)
    in_receipted_size = models.BigIntegerField(default=0)

    # Our own later signed note while we recover what it covers, and how much of its log the peer knows receipted.
    witness = models.BinaryField(null=True)
    peer_receipted = models.BigIntegerField(default=0)
    # What the peer last said of our log and of its own: an unsigned claim, shown in the health view only.
    peer_holds_size = models.BigIntegerField(null=True)
    peer_out_size = models.BigIntegerField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    last_failure_code = models.CharField(max_length=64, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    back_off_until = models.DateTimeField(null=True)
    clock_skew_ms = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.party_code} with {self.peer_id}"


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


class Contradiction(models.Model):
    """A signed note that contradicts a log, with the proof; settled when two officers thawed the channel."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="contradictions")
    note_digest = models.BinaryField(max_length=32)
    proof = models.BinaryField()
    proven_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """A note contradicts a channel's log once, however often it is shown."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "note_digest"], name="courier_contradiction_note"),
        ]

    def __str__(self) -> str:
        return bytes(self.note_digest).hex()


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
    # Whether the peer itself said that count, over its own connection, and not a parcel.
    is_count_live = models.BooleanField(default=False)
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


class Alarm(models.Model):
    """Something a person must look at; the same cause again counts up the open alarm instead of adding one."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="alarms")
    code = models.CharField(max_length=64)
    detail = models.CharField(max_length=400)
    evidence = models.BinaryField(null=True)
    raised_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.BigIntegerField(null=True)

    class Meta:
        """The newest alarm is read first."""

        ordering: ClassVar = ["-raised_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "code"], condition=Q(acknowledged_at__isnull=True), name="courier_alarm_open"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ModeChange(models.Model):
    """A change of a channel's mode: who decided it, when and why. A thaw counts when a second officer confirms it."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="mode_changes")
    from_mode = models.CharField(max_length=12, choices=Mode.choices)
    to_mode = models.CharField(max_length=12, choices=Mode.choices)
    reason = models.CharField(max_length=400)
    proposed_at = models.DateTimeField()
    proposed_by = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)

    class Meta:
        """The newest change is read first."""

        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.from_mode} to {self.to_mode}"
