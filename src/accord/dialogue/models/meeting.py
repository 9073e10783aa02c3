"""Our own record of the meetings of both sides: series, meetings, agenda, papers, decisions, action items."""

from typing import ClassVar

from django.db import models

from accord.dialogue.models.statement import Statement
from accord.officers.models import Officer
from accord.parties.models import Party

__all__ = ["Meeting", "MeetingItem", "MeetingPaper", "MeetingSeries"]


class MeetingSeries(models.Model):
    """A series of meetings with one party, such as a security dialogue; its name by language."""

    class Level(models.TextChoices):
        """Who meets."""

        MINISTERS = "ministers"
        ADVISERS = "advisers"
        SENIOR_OFFICIALS = "senior-officials"
        OFFICIALS = "officials"
        EXPERTS = "experts"

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    names = models.JSONField()
    level = models.CharField(max_length=16, choices=Level.choices)
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The newest is read first."""

        ordering: ClassVar[list[str]] = ["-began_at"]

    def __str__(self) -> str:
        return f"series with {self.peer_id}"


class Meeting(models.Model):
    """One meeting of a series. Persons stand in it by function and agency."""

    class State(models.TextChoices):
        """Whether it took place."""

        PLANNED = "planned"
        HELD = "held"
        CANCELLED = "cancelled"

    series = models.ForeignKey(MeetingSeries, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    our_chair = models.CharField(max_length=120, blank=True)
    their_chair = models.CharField(max_length=120, blank=True)
    # One function and agency a line.
    our_delegation = models.TextField(blank=True)
    their_delegation = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    statement = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """The newest is read first."""

        ordering: ClassVar[list[str]] = ["-starts_at"]

    def __str__(self) -> str:
        return f"meeting of {self.starts_at:%Y-%m-%d}"


class MeetingItem(models.Model):
    """One line of a meeting's record: an agenda item, a decision, or an action item with its owner and day."""

    class Sort(models.TextChoices):
        """What it is."""

        AGENDA = "agenda"
        DECISION = "decision"
        ACTION = "action"

    class Owner(models.TextChoices):
        """Which side an action is for."""

        OURS = "ours"
        THEIRS = "theirs"
        BOTH = "both"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    sort = models.CharField(max_length=8, choices=Sort.choices)
    text = models.CharField(max_length=1000)
    owner = models.CharField(max_length=6, choices=Owner.choices, blank=True)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    added_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In the order in which they were written."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.sort} of meeting {self.meeting_id}"


class MeetingPaper(models.Model):
    """A paper of a meeting, as it was handed in, with its digest."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    size_bytes = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In the order in which they were added."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"paper of meeting {self.meeting_id}"
