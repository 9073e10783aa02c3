"""A statement that both sides negotiate, clause by clause, and every act of either side on it."""

import uuid
from typing import ClassVar, Literal

import msgspec
from django.db import models

from accord.dialogue.wording import Wording
from accord.officers.models import Officer
from accord.parties.models import Party
from accord.release.models import ReleasedMessage

__all__ = ["Clause", "ClauseAct", "ClauseActs", "ClauseDraft", "Statement", "StatementMember"]


class Statement(models.Model):
    """One text under negotiation with one party; its identifier travels."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    is_ours = models.BooleanField()
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    # Until a word of it has left or come, nobody but its team knows that it exists.
    is_open = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        """The newest is read first."""

        ordering: ClassVar[list[str]] = ["-began_at"]

    def __str__(self) -> str:
        return f"statement with {self.peer_id}"


class StatementMember(models.Model):
    """An officer who drafts a statement for our side and sees its drafts."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="members")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        """One membership an officer."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "officer"], name="dialogue_one_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} drafts {self.statement_id}"


class Clause(models.Model):
    """One clause of a statement; the clause that bears the statement's own identifier is its title."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="clauses")
    began_at = models.DateTimeField()

    class Meta:
        """Clauses are ordered by their wording, else by when they began."""

        ordering: ClassVar[list[str]] = ["began_at", "id"]

    def __str__(self) -> str:
        return f"clause of {self.statement_id}"

    @property
    def is_title(self) -> bool:
        """Whether it is the statement's title."""
        return self.id == self.statement_id


class ClauseDraft(models.Model):
    """Wording that our side has not sent: its statement's team sees it, and nobody else."""

    clause = models.OneToOneField(Clause, on_delete=models.PROTECT, related_name="draft")
    place = models.PositiveSmallIntegerField()
    texts = models.JSONField(default=dict)
    leaves_out = models.BooleanField(default=False)
    comment = models.CharField(max_length=2000, blank=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"draft of {self.clause_id}"


class ClauseActs(models.QuerySet["ClauseAct"]):
    """Acts on clauses."""

    def counting(self) -> "ClauseActs":
        """Returns the acts that count: theirs, and ours but for those that never left or were refused there."""
        came_through = models.Q(released__unsent_reason="") & ~models.Q(released__outcome="refused")
        return self.filter(models.Q(released=None) | came_through)


class ClauseAct(models.Model):
    """One act of one side on a clause: a message in that side's log, which the envelope id names."""

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="acts")
    is_ours = models.BooleanField()
    act = models.CharField(max_length=8)
    content = models.JSONField(null=True)
    digest = models.BinaryField(max_length=32, default=bytes)
    comment = models.CharField(max_length=2000, blank=True)
    # Written before its sender had seen the newest wording of the side that gets it.
    is_stale = models.BooleanField(default=False)
    at = models.DateTimeField()
    officer = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    envelope_id = models.UUIDField(unique=True)
    # What became of ours on its way stands there.
    released = models.ForeignKey(ReleasedMessage, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ClauseActs.as_manager()

    class Meta:
        """Each side's acts in the order of its log."""

        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.act} on {self.clause_id}"

    @property
    def counts(self) -> bool:
        """Whether it counts: it did not stay here, and was not refused there."""
        return self.fate not in {"refused", "unsent"}

    @property
    def fate(self) -> Literal["came", "waits", "delivered", "refused", "unsent"]:
        """What became of it on its way."""
        if self.released is None:
            return "came"
        if self.released.unsent_reason:
            return "unsent"
        if self.released.outcome == "refused":
            return "refused"
        return "delivered" if self.released.delivered_at is not None else "waits"

    @property
    def wording(self) -> Wording | None:
        """The wording that it proposes."""
        return msgspec.convert(self.content, Wording) if self.content is not None else None

    @property
    def stands_for(self) -> bytes:
        """Digest of the wording that it proposes or accepts; empty else."""
        return bytes(self.digest)
