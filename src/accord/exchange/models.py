"""Cases, messages, clocks, inquiries at agencies, answered holds and attachments."""

from datetime import datetime
from typing import ClassVar

import msgspec
from django.conf import settings
from django.db import models
from django.utils import timezone

from accord.exchange.arrivals import Arrival
from accord.exchange.casework import CaseLink, CaseNote
from accord.exchange.circle import CaseMember
from accord.exchange.keys import new_key
from accord.exchange.search.entries import SearchEntry
from accord.officers.models import Act
from accord.parties.models import Party
from accord.release.models import Approval, ReceivedMessage, ReleasedMessage

__all__ = [
    "AgencyInquiry",
    "Arrival",
    "Attachment",
    "Case",
    "CaseLink",
    "CaseMember",
    "CaseNote",
    "Clock",
    "EmergencyReview",
    "HoldAnswer",
    "Message",
    "Reason",
    "SearchEntry",
    "new_key",
]


class Case(models.Model):
    """One matter between us and a peer, with both sides' references."""

    class State(models.TextChoices):
        """Whether anything is still to be done."""

        OPEN = "open"
        CLOSED = "closed"

    class Waiting(models.TextChoices):
        """Who has the next move."""

        US = "us"
        THEM = "them"
        GATE = "gate"
        NOBODY = "nobody"

    class Outcome(models.TextChoices):
        """What came of a closed case."""

        ACTED = "acted"
        NO_ACTION = "no-action"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    own_ref = models.CharField(max_length=48, unique=True)
    other_ref = models.CharField(max_length=48, blank=True)
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    is_ours = models.BooleanField()
    theme = models.CharField(max_length=32)
    # The agency of ours that the matter concerns: the one addressed, or the one that asks; empty where none is named.
    agency = models.CharField(max_length=48, blank=True, default="")
    # Whether its team alone reads it, and not whoever has it in their scope (accord.exchange.reach).
    is_team_only = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    # Of a title taken from their message; empty where an officer of ours wrote it, who is not asked in which language.
    title_language = models.CharField(max_length=35, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    waiting_on = models.CharField(max_length=8, choices=Waiting.choices, default=Waiting.US)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """The other side's reference is unique with that side only."""

        ordering: ClassVar[list[str]] = ["-changed_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["peer", "other_ref"], name="case_by_other_ref"),
            models.Index(fields=["state", "waiting_on", "changed_at"], name="case_queue"),
            models.Index(fields=["state", "changed_at"], name="case_by_state"),
            models.Index(fields=["changed_at"], name="case_by_change"),
            models.Index(
                fields=["changed_at"],
                condition=models.Q(state="open", holder__isnull=True, is_ours=False),
                name="case_unheld",
            ),
        ]

    def __str__(self) -> str:
        return self.own_ref


class Message(models.Model):
    """One message of a case, ours or theirs.

    A draft's content is a JSON object of the fields given so far. At submission the whole message is encoded once, into
    its approval; at release those bytes become the content. Of a received message the content is the bytes that came.
    What the gate must know and the other side must not (protection status above all) is in ``own_side``, which is
    never part of the content.

    ``delivered_at`` is when the receipt was on file here, by our clock; ``receipt_stated_at`` is the second that the
    other side signed, which binds both and from which a clock runs.
    """

    class Direction(models.TextChoices):
        """Whose message it is."""

        OUT = "out"
        IN = "in"

    class State(models.TextChoices):
        """How far it has come; ours from ``draft`` to ``acted``, theirs ``received``."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RELEASED = "released"
        BLOCKED = "blocked"
        DELIVERED = "delivered"
        FILED = "filed"
        ACTED = "acted"
        REFUSED = "refused"
        EXPIRED = "expired"
        WITHDRAWN = "withdrawn"
        DISCARDED = "discarded"
        RECEIVED = "received"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=48)
    schema = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices)
    reference = models.CharField(max_length=64, blank=True)
    handling = models.CharField(max_length=4, blank=True)
    content = models.BinaryField()
    own_side = models.BinaryField(default=bytes)
    version = models.PositiveIntegerField(default=1)
    in_reply_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replies")
    envelope_id = models.UUIDField(null=True, db_index=True)
    attachment_root = models.BinaryField(max_length=32, null=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    approval = models.ForeignKey(Approval, null=True, on_delete=models.PROTECT, related_name="+")
    held_for = models.JSONField(null=True)
    """The offices whose written answer the gate waits for, as it said when it was last asked to let this text pass."""
    release_at = models.DateTimeField(null=True)
    release_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released = models.OneToOneField(ReleasedMessage, null=True, on_delete=models.PROTECT, related_name="message")
    released_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    receipt_stated_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    disposed_code = models.CharField(max_length=64, blank=True)
    disposed_rule = models.CharField(max_length=64, blank=True)
    return_reason = models.CharField(max_length=2_000, blank=True)
    received = models.OneToOneField(ReceivedMessage, null=True, on_delete=models.PROTECT, related_name="message")
    received_at = models.DateTimeField(null=True)

    class Meta:
        """A case is read in time; what waits for its hour of release is few and looked for often."""

        ordering: ClassVar[list[str]] = ["created_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "saved_at"], name="message_by_state"),
            # With the state among its fields, or SQLite would look through all that is approved instead.
            models.Index(
                fields=["state", "release_at"],
                condition=models.Q(state="approved", release_at__isnull=False),
                name="message_scheduled",
            ),
            models.Index(
                fields=["state", "saved_at"],
                condition=models.Q(state="draft", held_for__isnull=False),
                name="message_held",
            ),
            # Few at any time, and asked for whenever an officer's reach is (accord.exchange.reach).
            models.Index(
                fields=["case", "drafted_by", "saved_by"],
                condition=models.Q(released__isnull=True, drafted_by__isnull=False),
                name="message_unsent",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or f"{self.kind} ({self.state})"

    @property
    def fields(self) -> dict[str, object]:
        """The content as a JSON object."""
        return msgspec.json.decode(bytes(self.content), type=dict[str, object])

    @property
    def is_ours(self) -> bool:
        """Whether we sent it or are about to."""
        return self.direction == Message.Direction.OUT

    @property
    def may_change(self) -> bool:
        """Whether its text can still be changed."""
        return self.is_ours and self.state in {
            Message.State.DRAFT,
            Message.State.SUBMITTED,
            Message.State.APPROVED,
        }


class Clock(models.Model):
    """The time limit of one request, from its receipt; paused only with a stated ground.

    Source: Directive (EU) 2023/977, article 5, as a model (rule BI-08).
    """

    class State(models.TextChoices):
        """What the clock does."""

        RUNNING = "running"
        PAUSED = "paused"
        ENDED = "ended"

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="clock")
    table = models.CharField(max_length=48)
    urgency = models.CharField(max_length=16)
    limit_seconds = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=32, blank=True)
    expected_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Running clocks are read by what is due first."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due_at"], name="clock_due"),
        ]

    def __str__(self) -> str:
        return f"due {self.due_at:%Y-%m-%d %H:%M} UTC, {self.state}"

    def is_overdue(self, now: datetime) -> bool:
        """Returns whether the limit passed without an end or a pause before it; a pause counts until its day."""
        if self.state == Clock.State.ENDED:
            return self.ended_at is not None and self.ended_at > self.due_at
        is_still = self.state == Clock.State.PAUSED and not (self.expected_on and now.date() > self.expected_on)
        at = self.paused_at if is_still and self.paused_at else now
        return at > self.due_at


class AgencyInquiry(models.Model):
    """A question to a competent agency of our own side, and its reply; neither leaves by itself."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inquiries")
    agency = models.CharField(max_length=32)
    question = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    holds_information = models.BooleanField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        """Inquiries are read in the order they were made."""

        verbose_name_plural = "agency inquiries"
        ordering: ClassVar[list[str]] = ["asked_at"]

    def __str__(self) -> str:
        return f"inquiry at {self.agency}"


class HoldAnswer(models.Model):
    """A named approver's written answer to one hold of the gate on one message."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="hold_answers")
    policy = models.CharField(max_length=64)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    reason = models.TextField()
    bound_to = models.BinaryField(max_length=32)

    class Meta:
        """One answer to each hold; a later one replaces it."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "policy"], name="one_answer_a_hold"),
        ]

    def __str__(self) -> str:
        return f"answer to {self.policy}"


class Reason(models.Model):
    """The words an officer gave for an act on a case: why it was taken over, handed over, discarded, withdrawn, closed.

    The list of acts holds no content; these words may speak of the matter, and are shown with the case alone.
    """

    act = models.OneToOneField(Act, primary_key=True, on_delete=models.PROTECT, related_name="reason")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reasons")
    text = models.CharField(max_length=2_000)

    def __str__(self) -> str:
        return f"reason of act {self.act_id}"


class EmergencyReview(models.Model):
    """A reviewer's look at what left as an emergency: due a day after the release, done once, with its outcome.

    Source: rule BI-13; CSE Act, section 46, as a model.
    """

    class Outcome(models.TextChoices):
        """What the reviewer found."""

        JUSTIFIED = "justified"
        NOT_JUSTIFIED = "not-justified"

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.PROTECT, related_name="emergency_review")
    due_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=2_000, blank=True)

    class Meta:
        """Those not done are looked for by what is due first."""

        ordering: ClassVar[list[str]] = ["due_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(reviewed_at=None), name="emergency_review_open"),
        ]

    def __str__(self) -> str:
        return f"review due {self.due_at:%Y-%m-%d %H:%M} UTC"


class Attachment(models.Model):
    """A file of a message: its digest, its type as found by looking, and where its sealed chunks are."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    key = models.BinaryField(max_length=32)
    root = models.BinaryField(max_length=32, null=True)
    first_chunk = models.PositiveIntegerField(default=0)
    chunk_count = models.PositiveIntegerField(default=0)

    class Meta:
        """A message's files are read in the order they were added."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name
