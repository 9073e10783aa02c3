"""Objections and the lanes that they suspend."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.models import Message
from accord.parties.models import Party
from accord.vocabulary.objections import ObjectionLevel, ObjectionOutcome

__all__ = ["LaneSuspension", "ObjectionMade"]


class ObjectionMade(models.Model):
    """One objection that has left or has come in: to what, on which level, until when, and what was answered."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.PROTECT, related_name="objection_made")
    item = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="objections")
    is_ours = models.BooleanField()
    level = models.CharField(max_length=12, choices=[(level.value, level.value) for level in ObjectionLevel])
    reply_due_on = models.DateField()
    made_at = models.DateTimeField()
    escalates = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="escalated_by")
    answer = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(
        max_length=16, choices=[(outcome.value, outcome.value) for outcome in ObjectionOutcome], blank=True
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """The unanswered are looked for by their day."""

        ordering: ClassVar[list[str]] = ["made_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["reply_due_on"], condition=models.Q(answered_at=None), name="objection_open"),
        ]

    def __str__(self) -> str:
        return f"objection to the {self.level}"


class LaneSuspension(models.Model):
    """A lane (one subject with one peer) that stands still from one side's word until both sides' words.

    Source: rule BI-09.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    theme = models.CharField(max_length=32)
    is_ours = models.BooleanField()
    objection = models.ForeignKey(ObjectionMade, null=True, on_delete=models.PROTECT, related_name="suspensions")
    suspended_at = models.DateTimeField()
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    suspend_reason = models.CharField(max_length=2_000, blank=True)
    we_resume_at = models.DateTimeField(null=True)
    we_resume_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    resume_reason = models.CharField(max_length=2_000, blank=True)
    they_resume_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Those that stand are asked for with every message that leaves."""

        ordering: ClassVar[list[str]] = ["-suspended_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["peer", "theme"], condition=models.Q(ended_at=None), name="lane_suspended"),
        ]

    def __str__(self) -> str:
        return f"{self.theme} with {self.peer_id}"
