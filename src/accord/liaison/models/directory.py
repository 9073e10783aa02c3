"""The entries that our side keeps, the directories that were published, and test calls with their times."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from accord.officers.models import Officer
from accord.parties.models import Party

__all__ = ["DirectoryEntry", "PingPlan", "PingTest", "PublishedDirectory"]


class DirectoryEntry(models.Model):
    """An entry of our own directory as it stands; what the peer has is the last one published to it."""

    content = models.JSONField()
    changed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """Entries are listed as they were made."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class PublishedDirectory(models.Model):
    """One numbered directory that left or arrived, whole."""

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    is_ours = models.BooleanField()
    number = models.PositiveIntegerField()
    entries = models.JSONField()
    at = models.DateTimeField()
    published_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The newest is read first."""

        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "is_ours", "number"], name="liaison_directory_number"),
        ]

    def __str__(self) -> str:
        return f"directory {self.number} with {self.peer_id}"


class PingTest(models.Model):
    """A test call of either side, with the time at which it reached the node and the one at which a person answered."""

    ping = models.UUIDField(default=uuid.uuid4, editable=False)
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    is_ours = models.BooleanField()
    function = models.CharField(max_length=32)
    is_planned = models.BooleanField(default=False)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    envelope_id = models.UUIDField(null=True)
    sent_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    # Of ours: the receipt of their node is on file. Of theirs: it was filed here.
    reached_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The newest is read first."""

        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "is_ours", "ping"], name="liaison_one_ping"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["is_ours", "due_at"], condition=models.Q(answered_at=None), name="pings_open"),
        ]

    def __str__(self) -> str:
        return f"test call of {self.function}"


class PingPlan(models.Model):
    """A function of the other side that is tested again and again, at a random minute within a window of the day."""

    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    function = models.CharField(max_length=32)
    every_days = models.PositiveSmallIntegerField()
    begins = models.TimeField()
    ends = models.TimeField()
    zone = models.CharField(max_length=64)
    next_at = models.DateTimeField()
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A function of a peer has one plan."""

        ordering: ClassVar[list[str]] = ["function"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["peer", "function"], condition=models.Q(ended_at=None), name="liaison_one_ping_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"test of {self.function} every {self.every_days} days"
