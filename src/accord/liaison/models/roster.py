"""The duty roster: posts, shifts, leave, watches that changed hands, who is called, handover notes, calendar feeds."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from django.conf import settings
from django.db import models

from accord.liaison.roster.coverage import HolidayRule, Shift
from accord.parties.models import Party

__all__ = ["CalendarFeed", "CallEntry", "DutyPost", "DutyShift", "Handover", "Leave", "WatchSwap"]


class DutyPost(models.Model):
    """A desk at which somebody is on duty: one of ours, or one whose hours the other side has told us."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64)
    # So long an urgent request may wait untaken before who is on duty is called.
    minutes = models.PositiveSmallIntegerField(default=15)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Posts are read by name."""

        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class DutyShift(models.Model):
    """A shift in the wall time of its post, by whom it is held, and on which days.

    The other side's shifts name nobody: what it told us is that somebody is there.
    """

    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, related_name="shifts")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    begins = models.TimeField()
    ends = models.TimeField()
    weekdays = models.JSONField(default=list)
    first_on = models.DateField()
    last_on = models.DateField(null=True)
    rule = models.CharField(max_length=12, choices=[(rule.value, rule.value) for rule in HolidayRule])
    holidays_of = models.CharField(max_length=8, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # What stood before it was ended, so that ending can be undone.
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    last_on_before = models.DateField(null=True)

    class Meta:
        """Shifts of a day are read by their beginning."""

        ordering: ClassVar[list[str]] = ["begins", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["post", "last_on"], name="duty_shifts_by_post")]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    @property
    def described(self) -> Shift:
        """The shift as a value; its post must be loaded."""
        return Shift(
            key=self.pk,
            holder=self.officer_id,
            zone=self.post.zone,
            begins=self.begins,
            ends=self.ends,
            weekdays=frozenset(map(int, self.weekdays)),
            first_on=self.first_on,
            last_on=self.last_on,
            rule=HolidayRule(self.rule),
            holidays_of=self.holidays_of,
        )


class Leave(models.Model):
    """Time in which an officer cannot be on duty; the reason is for the officer and for who keeps the roster alone."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The latest is read first."""

        ordering: ClassVar[list[str]] = ["-starts_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_at"], condition=models.Q(taken_back_at=None), name="leave_that_stands"),
        ]

    def __str__(self) -> str:
        return f"leave of {self.officer_id}"


class WatchSwap(models.Model):
    """One watch that an officer asked a colleague to take over, and what the colleague answered."""

    class State(models.TextChoices):
        """``passed-on`` once the watch has changed hands again."""

        ASKED = "asked"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        TAKEN_BACK = "taken-back"
        PASSED_ON = "passed-on"

    shift = models.ForeignKey(DutyShift, on_delete=models.PROTECT, related_name="swaps")
    day = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """A watch is with one officer, and one colleague is asked at a time."""

        ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["shift", "day"], condition=models.Q(state="accepted"), name="watch_with_one_officer"
            ),
            models.UniqueConstraint(
                fields=["shift", "day"], condition=models.Q(state="asked"), name="watch_asked_of_one_officer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} of shift {self.shift_id}: {self.state}"


class CallEntry(models.Model):
    """Who is called for a post, on which rung, and how they are reached."""

    class Rank(models.TextChoices):
        """The rungs in their order."""

        DUTY = "duty"
        DEPUTY = "deputy"
        HEAD = "head"

    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, related_name="calls")
    rank = models.CharField(max_length=6, choices=Rank.choices)
    position = models.PositiveSmallIntegerField()
    # Who gets the notice; nobody where the entry is a telephone number alone.
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shown_as = models.CharField(max_length=120)
    telephone = models.CharField(max_length=40, blank=True)
    pager = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    minutes = models.PositiveSmallIntegerField(default=10)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Entries are read in the order in which they are called; the services sort the rungs."""

        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.shown_as


class Handover(models.Model):
    """A note by which one officer hands the watch to another: its bytes, and who signed their digest.

    It holds references and codes of cases, never their words: what a case is called is looked up for each reader.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, related_name="handovers")
    content = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    outgoing = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    incoming = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who took the watch: the officer it was meant for, or another one on duty who found the note.
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)
    # Lines of cases that the incoming officer does not read, and so did not see when signing.
    withheld = models.PositiveSmallIntegerField(default=0)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        """The newest is read first; what waits for its second signature is looked for often."""

        ordering: ClassVar[list[str]] = ["-signed_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["signed_at"], condition=models.Q(read_at=None, taken_back_at=None), name="handover_that_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"handover of {self.signed_at:%Y-%m-%d %H:%M} UTC"

    @property
    def said(self) -> Mapping[str, Any]:  # Any: JSON of many shapes
        """What the note says."""
        return msgspec.json.decode(bytes(self.content), type=dict[str, Any])


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads hours and nothing else; only its digest is kept."""

    class Kind(models.TextChoices):
        """What it shows."""

        OWN = "own"
        GAPS = "gaps"

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One address of a kind an officer."""

        ordering: ClassVar[list[str]] = ["-made_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["officer", "kind"], condition=models.Q(ended_at=None), name="one_feed_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.kind} of {self.officer_id}"
