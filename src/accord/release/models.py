"""What was decided, who approved it, what left and what arrived."""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.courier.models import Channel, Entry, Outbox
from accord.parties.models import Party

__all__ = [
    "Approval",
    "ApprovalSight",
    "DecisionRecord",
    "DeliveryCursor",
    "ReceivedMessage",
    "ReleasedMessage",
]


def _salt() -> bytes:
    return secrets.token_bytes(32)


class DecisionRecord(models.Model):
    """One decision of the gate, kept with what it rested on.

    Beside a message travels not the decision's digest but a commitment to it: SHA-256 over a random salt and the
    digest. Facts are few and guessable, so a bare digest would let the other side try sets of facts until one fits,
    and so learn, for example, that a person is protected. The salt is disclosed only in a review.

    Source: ACMFEA, section 7; SCIDA, section 9(1) (what a record of disclosure states), as rule CA-22 has it.
    """

    at = models.DateTimeField()
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=16)
    kind = models.CharField(max_length=48)
    party = models.CharField(max_length=16)
    peer = models.CharField(max_length=16)
    description = models.CharField(max_length=200, blank=True)
    facts = models.BinaryField()
    facts_digest = models.BinaryField(max_length=32)
    pack_digest = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=16)
    decision = models.JSONField()
    digest = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32, default=_salt)
    commitment = models.BinaryField(max_length=32)

    class Meta:
        """Decisions are read by time, and those at use are found again by what they rested on."""

        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["action", "facts_digest"], name="decision_by_facts"),
            models.Index(fields=["at"], name="decision_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.kind} to {self.peer}: {self.outcome}"


class Approval(models.Model):
    """A second officer's word for exactly one payload, once, for a limited time."""

    class State(models.TextChoices):
        """Where the approval stands; it never goes back."""

        PENDING = "pending"
        APPROVED = "approved"
        RETURNED = "returned"
        LAPSED = "lapsed"
        USED = "used"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=48)
    payload = models.BinaryField()
    payload_digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    reason = models.CharField(max_length=2_000, blank=True)
    decision = models.ForeignKey(DecisionRecord, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """At most one open approval of a subject."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_type", "subject_id"], name="approval_by_subject"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=models.Q(state__in=["pending", "approved"]),
                name="one_open_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"approval of {self.subject_type} {self.subject_id}: {self.state}"

    def has_lapsed(self, now: datetime) -> bool:
        """Returns whether its time is over."""
        return now >= self.expires_at


class ApprovalSight(models.Model):
    """That an officer was shown what an approval binds; so the next text can be compared with what they last saw.

    It holds no content: the text is the approval's.
    """

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="sights")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        """Once an officer and approval: when they first saw it."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["approval", "officer"], name="one_sight_an_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.approval} seen"


class ReleasedMessage(models.Model):
    """One message that left through the gate: which bytes, on whose word, under which decision."""

    outbox = models.OneToOneField(Outbox, on_delete=models.PROTECT, related_name="released")
    envelope_id = models.UUIDField(db_index=True)
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=48)
    schema = models.PositiveSmallIntegerField()
    payload_digest = models.BinaryField(max_length=32)
    decision = models.ForeignKey(DecisionRecord, on_delete=models.PROTECT, related_name="released")
    approval = models.OneToOneField(Approval, null=True, on_delete=models.PROTECT, related_name="released")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField()
    in_reply_to = models.UUIDField(null=True)
    idempotency_key = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 - unique allows many nulls
    delivered_at = models.DateTimeField(null=True)
    unsent_reason = models.CharField(max_length=16, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    outcome_code = models.CharField(max_length=64, blank=True)
    outcome_rule = models.CharField(max_length=64, blank=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        """What left is read in the order it left; the undelivered are looked through for those that expired."""

        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"], condition=models.Q(delivered_at=None, unsent_reason=""), name="released_undelivered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} released to {self.peer_id}"


class DeliveryCursor(models.Model):
    """How far the receipts of our log have been noted on the messages they cover."""

    channel = models.OneToOneField(Channel, primary_key=True, on_delete=models.PROTECT, related_name="+")
    noted_size = models.BigIntegerField(default=0)
    unsent_looked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"noted up to {self.noted_size}"


class ReceivedMessage(models.Model):
    """What became of one entry of the peer's log."""

    class State(models.TextChoices):
        """``parked`` waits for a person; the others are final."""

        FILED = "filed"
        REFUSED = "refused"
        PARKED = "parked"
        EXPIRED = "expired"

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="received")
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    envelope_id = models.UUIDField(db_index=True)
    position = models.BigIntegerField()
    kind = models.CharField(max_length=48, blank=True)
    schema = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State.choices)
    reason_code = models.CharField(max_length=64, blank=True)
    decision = models.ForeignKey(DecisionRecord, null=True, on_delete=models.PROTECT, related_name="received")
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField()

    class Meta:
        """Parked messages wait in a list of their own."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["handled_at"], condition=models.Q(state="parked"), name="received_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.kind or 'message'} from {self.peer_id} at {self.position}: {self.state}"
