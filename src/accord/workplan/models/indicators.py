"""What is counted for the indicators, day by day and quarter by quarter, and what the sides told each other of it."""

from typing import ClassVar

from django.db import models

from accord.exchange.models import Case
from accord.officers.models import Officer
from accord.parties.models import Party
from accord.vocabulary.periods import Period

__all__ = [
    "AwaitedCase",
    "CountCursor",
    "CountedPeriod",
    "IndicatorDispute",
    "Observation",
    "PublishedIndicators",
    "StaleDay",
]


class Observation(models.Model):
    """One thing that is counted: a request, an answer, a ground of refusal, a correction, an objection.

    It holds codes and moments and nothing of any content, so that it can be counted as of any moment: it is *due* from
    ``due_at`` on or when it was done, and *met* when it was done well.
    """

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    subject = models.UUIDField()
    envelope_id = models.UUIDField(null=True)
    family = models.CharField(max_length=24)
    code = models.CharField(max_length=32, blank=True)
    is_ours = models.BooleanField()
    theme = models.CharField(max_length=32, blank=True)
    urgency = models.CharField(max_length=16, blank=True)
    day = models.DateField()
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    is_met = models.BooleanField(default=False)
    whole = models.BigIntegerField(default=1)
    part = models.BigIntegerField(default=1)

    class Meta:
        """Counted by day; what falls due is looked for by its moment."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "family", "code"], name="workplan_observed_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["peer", "day"], name="workplan_observed"),
            models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="workplan_falls_due"),
        ]

    def __str__(self) -> str:
        return f"{self.family} of {self.day}"


class CountedPeriod(models.Model):
    """The counts of one day or one quarter, by what is told apart; ``spread`` has how many took so many minutes."""

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_quarter = models.BooleanField()
    first_day = models.DateField()
    family = models.CharField(max_length=24)
    code = models.CharField(max_length=32, blank=True)
    theme = models.CharField(max_length=32, blank=True)
    urgency = models.CharField(max_length=16, blank=True)
    made = models.PositiveIntegerField()
    due = models.PositiveIntegerField()
    met = models.PositiveIntegerField()
    whole = models.BigIntegerField()
    part = models.BigIntegerField()
    spread = models.JSONField()

    class Meta:
        """Read by period."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["peer", "is_quarter", "first_day", "family", "code", "theme", "urgency"],
                name="workplan_counted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family} from {self.first_day}"


class StaleDay(models.Model):
    """A day whose counts are to be made anew."""

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        """Once a day."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["peer", "day"], name="workplan_stale_once")]

    def __str__(self) -> str:
        return f"{self.day} with {self.peer_id}"


class AwaitedCase(models.Model):
    """A case with a message of ours of which a receipt or an outcome is still to come, which no change of it tells."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"awaited in {self.case_id}"


class CountCursor(models.Model):
    """How far the cases have been looked through; one row.

    ``version`` says with which sources: with others everything is counted anew.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    version = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(null=True)
    case_key = models.UUIDField(null=True)
    pass_began_at = models.DateTimeField(null=True)
    due_until = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"counted up to {self.changed_at}"


class PublishedIndicators(models.Model):
    """One report of one side on one quarter; a later one of the same quarter stands before it and replaces nothing."""

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    is_ours = models.BooleanField()
    plan_number = models.PositiveIntegerField()
    plan_digest = models.BinaryField(max_length=32)
    first_day = models.DateField()
    last_day = models.DateField()
    as_of = models.DateTimeField()
    at = models.DateTimeField()
    envelope_id = models.UUIDField(unique=True)
    published_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    rows = models.JSONField()

    class Meta:
        """The newest quarter is read first, and of one quarter the newest report."""

        ordering: ClassVar = ["-last_day", "-as_of", "-id"]
        indexes: ClassVar = [models.Index(fields=["peer", "is_ours", "-last_day"], name="workplan_published")]

    def __str__(self) -> str:
        return f"{self.period.code} of {'ours' if self.is_ours else self.peer_id}"

    @property
    def period(self) -> Period:
        """Returns the quarter that it reports on."""
        return Period(first_day=self.first_day, last_day=self.last_day)


class IndicatorDispute(models.Model):
    """That our side does not take a figure of theirs for right, in words; it stays on our side until it is settled.

    It is our own record and never travels: its words may speak of cases, and both figures are on both sides already.
    What is to be said to the other side is said in the dialogue, where it goes on the agenda.
    """

    class State(models.TextChoices):
        """Whether it is settled."""

        OPEN = "open"
        SETTLED = "settled"

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=64)
    first_day = models.DateField()
    last_day = models.DateField()
    report = models.ForeignKey(PublishedIndicators, on_delete=models.PROTECT, related_name="disputes")
    ours = models.CharField(max_length=40)
    theirs = models.CharField(max_length=40)
    words = models.CharField(max_length=2_000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    settled_words = models.CharField(max_length=2_000, blank=True)

    class Meta:
        """The newest is read first; at most one is open of one figure."""

        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["peer", "indicator", "first_day", "last_day"],
                condition=models.Q(state="open"),
                name="workplan_one_open_dispute",
            ),
        ]

    def __str__(self) -> str:
        return f"dispute of {self.indicator}: {self.state}"

    @property
    def period(self) -> Period:
        """Returns the quarter of the figure."""
        return Period(first_day=self.first_day, last_day=self.last_day)
