"""Screenings of manifests, the lines they flagged or could not read, what officers said of these, and rule weights."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accord.exchange.keys import new_key
from accord.exchange.models import Message
from accord.officers.models import Officer
from accord.workstreams.drugs.screening.rules import sentence_of

__all__ = ["Flag", "FlagMark", "MissedLine", "RefusedRow", "RuleWeights", "Screening", "UnreadRow"]


class RuleWeights(models.Model):
    """One version of what each rule weighs; what ships with Accord is version 0 and no row.

    ``weights`` has a whole number of a hundred by the code of each rule, ``figures`` what was measured on marked lines
    when it was proposed.
    """

    class State(models.TextChoices):
        """Where a version stands."""

        WAITING = "waiting"
        IN_FORCE = "in-force"
        REPLACED = "replaced"
        REFUSED = "refused"

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices)
    weights = models.JSONField()
    threshold = models.PositiveSmallIntegerField()
    figures = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """The newest is read first; one waits and one is in force at most."""

        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state__in=["waiting", "in-force"]),
                name="drugs_one_weights_a_state",
            ),
        ]

    def __str__(self) -> str:
        return f"weights {self.number}"


class Screening(models.Model):
    """One manifest held against the rules: what file, by whom, with which rules and table, and how far it is.

    The file lies sealed in the node's store under ``root``, with its own ``key``, until the screening is over and
    its file is let go. ``last_line`` is the last line of the file that is dealt with: after a stop, or a node that
    was killed, reading goes on behind it.
    """

    class State(models.TextChoices):
        """Where a screening stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=8)
    size_bytes = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    key = models.BinaryField(max_length=32)
    root = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    table_version = models.CharField(max_length=64, blank=True)
    weights_number = models.PositiveIntegerField(default=0)
    rules_digest = models.CharField(max_length=64, blank=True)
    screened = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    # Values that could not be read, of lines that were screened without them.
    unread = models.PositiveIntegerField(default=0)
    last_line = models.PositiveIntegerField(default=1)
    read_part = models.PositiveSmallIntegerField(default=0)
    # What is not read of the file: further visible sheets of a workbook, and columns that hold lists or records.
    sheets_left = models.PositiveIntegerField(default=0)
    columns_left = models.PositiveIntegerField(default=0)
    # Headings of the file's columns that nobody reads, as the file writes them.
    columns_unread = models.JSONField(default=list)
    fault = models.JSONField(default=dict)
    # Behind which line the file was opened last, and how often: again and again where it stops the node.
    opened_line = models.PositiveIntegerField(default=0)
    opened_times = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """The newest is read first; those that wait are found at once."""

        ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="drugs_screenings_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"screening of {self.name}"

    @property
    def lines(self) -> int:
        """Lines dealt with so far: every one of them was screened or refused."""
        return self.screened + self.refused


class RefusedRow(models.Model):
    """A line that could not be read: where, what stands there, and what mends it, in English; the desk says it anew."""

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="refused_lines")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=64, blank=True)
    value = models.CharField(max_length=80, blank=True)
    mend = models.CharField(max_length=300)

    class Meta:
        """In the order of the file, each once."""

        ordering: ClassVar[list[str]] = ["line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screening", "line"], name="drugs_refused_once"),
        ]

    def __str__(self) -> str:
        return f"refused line {self.line}"


class UnreadRow(models.Model):
    """A value that could not be read, of a line that was screened without it; texts as of :class:`RefusedRow`."""

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="unread_values")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=64)
    value = models.CharField(max_length=80, blank=True)
    mend = models.CharField(max_length=300)

    class Meta:
        """In the order of the file, each once."""

        ordering: ClassVar[list[str]] = ["line", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screening", "line", "column"], name="drugs_unread_once"),
        ]

    def __str__(self) -> str:
        return f"unread value of line {self.line}"


class Flag(models.Model):
    """A line worth a look, with its reasons as codes and words, and what officers said of it.

    ``reasons`` is a list of objects with ``rule`` and ``words``, the weightiest first; ``papers`` what is kept of the
    line (names of :mod:`~..screening.columns`). ``rule_codes`` has the same codes between spaces, to be looked for.
    """

    class Mark(models.TextChoices):
        """What an officer says of a flag."""

        NONE = ""
        TRUE = "true"
        FALSE = "false"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="flags")
    line = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=200, blank=True)
    description = models.TextField()
    substances = models.JSONField(default=list)
    reasons = models.JSONField()
    rule_codes = models.CharField(max_length=400)
    papers = models.JSONField(default=dict)
    mark = models.CharField(max_length=8, choices=Mark.choices, blank=True, default=Mark.NONE)
    mark_reason = models.TextField(blank=True)
    marked_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(null=True)
    followed_as = models.CharField(max_length=48, blank=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    followed_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    followed_at = models.DateTimeField(null=True)

    class Meta:
        """The highest score is read first; a line is flagged once."""

        ordering: ClassVar[list[str]] = ["-score", "line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screening", "line"], name="drugs_flagged_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["screening", "-score", "line"], name="drugs_flags_by_score"),
            models.Index(fields=["mark"], condition=~models.Q(mark=""), name="drugs_flags_marked"),
        ]

    def __str__(self) -> str:
        return f"flag on line {self.line}"

    @property
    def state(self) -> str:
        """``new``, ``marked-true``, ``marked-false`` or ``followed``."""
        if self.followed_at is not None:
            return "followed"
        return f"marked-{self.mark}" if self.mark else "new"

    @property
    def said(self) -> list[tuple[str, str]]:
        """The code of each rule and its sentence on this line in English, the weightiest first."""
        return [(one["rule"], sentence_of(one["rule"], one["words"])) for one in self.reasons]


class FlagMark(models.Model):
    """One thing said of a flag; the last one counts, and taking it back is a further one."""

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="marks")
    mark = models.CharField(max_length=8, choices=Flag.Mark.choices, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_undo = models.BooleanField(default=False)

    class Meta:
        """In the order they were said."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.mark or 'no mark'} on {self.flag_id}"


class MissedLine(models.Model):
    """A line that no rule flagged and an officer says should have been: it counts against the recall of the rules."""

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="missed_lines")
    line = models.PositiveIntegerField()
    description = models.TextField()
    tariff = models.CharField(max_length=32, blank=True)
    substance = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    added_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """A line of a file is missed once."""

        ordering: ClassVar[list[str]] = ["line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screening", "line"], name="drugs_missed_once"),
        ]

    def __str__(self) -> str:
        return f"missed line {self.line}"
