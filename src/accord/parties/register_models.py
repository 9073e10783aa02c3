"""Versions of what stands in our registers, the texts they rest on, and the mark by which a change is seen."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .registers import Register, Terms, terms_of

__all__ = ["RegisterEntry", "RegisterStamp", "RegisterText"]


class RegisterEntry(models.Model):
    """One version of one entry of a register: proposed by one officer, settled by another, then never changed.

    What was there before the register had acts, or stood in a file, has no proposer. Where nobody at the node could
    agree yet, nobody is named as having agreed.
    """

    class State(models.TextChoices):
        """What became of a version."""

        PROPOSED = "proposed"
        AGREED = "agreed"
        REFUSED = "refused"

    register = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Register])
    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    terms = models.JSONField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROPOSED)
    # Days in UTC, both included; taken from the terms, so that a list can be asked for by day.
    counts_from = models.DateField()
    counts_until = models.DateField(null=True)
    text_digest = models.BinaryField(max_length=32, null=True)
    why = models.CharField(max_length=2_000, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_why = models.CharField(max_length=2_000, blank=True)
    # From this day on it counts no more, whatever its last day was to be.
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=2_000, blank=True)

    class Meta:
        """A version's number is used once in its entry, and one version at a time waits."""

        ordering: ClassVar = ["register", "code", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "code", "version"], name="parties_register_version"),
            models.UniqueConstraint(
                fields=["register", "code"], condition=Q(state="proposed"), name="parties_register_one_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.code}, version {self.version}"

    @property
    def stated(self) -> Terms:
        """The terms as a value."""
        return terms_of(Register(self.register), self.terms)

    def counts_on(self, day: date) -> bool:
        """Returns whether it was agreed to and counts on a day, where no later version does.

        Args:
            day: A day in UTC.
        """
        return (
            self.state == self.State.AGREED
            and self.counts_from <= day
            and (self.counts_until is None or day <= self.counts_until)
            and (self.ended_on is None or day < self.ended_on)
        )


class RegisterText(models.Model):
    """The text that a version rests on, as it was handed in; the version holds its digest."""

    entry = models.OneToOneField(RegisterEntry, primary_key=True, on_delete=models.CASCADE, related_name="text")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class RegisterStamp(models.Model):
    """One row whose value is new after each change of a register, so that what was read of them can be kept.

    The value is random and not a count: a change that is rolled back leaves no number that another one would reuse.
    """

    value = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return bytes(self.value).hex()
