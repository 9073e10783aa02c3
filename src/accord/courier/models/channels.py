"""A channel with its two heads, and what stopped it: alarms, changes of its mode, proven contradictions."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accord.channel.merkle import EMPTY_FRONTIER
from accord.parties.models import Party

__all__ = ["Alarm", "Channel", "Contradiction", "Mode", "ModeChange"]


# A frontier of no leaves, as the channel encodes it.
EMPTY: Final = EMPTY_FRONTIER.to_bytes()


class Mode(models.TextChoices):
    """What a channel does at present."""

    OPEN = "open", "open"
    RECOVERING = "recovering", "fetching its own log from the peer"
    FROZEN = "frozen", "frozen on proof of two histories"
    SUSPENDED = "suspended", "suspended by an officer"


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
    # Since when the peer says that its officers suspended the channel, and whether it is still to hear what ours did.
    peer_suspended_at = models.DateTimeField(null=True)
    is_mode_untold = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.party_code} with {self.peer_id}"


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
    """A change of a channel's mode: who decided it, when and why.

    What needs two officers (a remedy) counts when the second one confirms it, of the same dispute as the first one:
    ``about`` is its digest.
    """

    class Remedy(models.TextChoices):
        """What only two officers may do to a channel that stands still."""

        NONE = "", "none"
        THAW = "thaw", "go on from what was co-signed"
        GIVE_UP = "give-up", "give up entries that neither side holds any more"
        BEGIN_AGAIN = "begin-again", "take the log that the peer co-signed in the place of ours"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="mode_changes")
    from_mode = models.CharField(max_length=12, choices=Mode.choices)
    to_mode = models.CharField(max_length=12, choices=Mode.choices)
    remedy = models.CharField(max_length=12, choices=Remedy.choices, default=Remedy.NONE, blank=True)
    about = models.BinaryField(max_length=32, default=bytes)
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
