"""Notices, how far their sources were read, what each officer chose, mails on their way, and escalations."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.courier.models import Channel
from accord.exchange.models import Case, Message

from .kinds import MAILED_UNLESS_CHOSEN

__all__ = ["Choice", "Escalation", "Mail", "Notice", "Reading"]


class Reading(models.Model):
    """How far one source of notices has been read; its overlap with the last turn is read again."""

    source = models.CharField(primary_key=True, max_length=16)
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} until {self.looked_at:%Y-%m-%d %H:%M:%S} UTC"


class Mail(models.Model):
    """One mail to one officer. It has no content but that something waits, and how urgent it is."""

    class State(models.TextChoices):
        """``sending`` after a kill means that nobody knows whether the server took it."""

        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DROPPED = "dropped"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=8)
    is_urgent = models.BooleanField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=64, blank=True)

    class Meta:
        """What is on its way is few and looked for often."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["state", "next_at"], condition=models.Q(state__in=["queued", "sending"]), name="mail_on_its_way"
            ),
            models.Index(fields=["officer", "made_at"], name="mail_of_officer"),
        ]

    def __str__(self) -> str:
        return f"mail {self.id}: {self.state}"


class Notice(models.Model):
    """One thing that happened, for one officer; ``key`` names the event, so that it is told once.

    ``settled_at`` is when its cause had gone without the officer's reading it: a colleague took the request, the draft
    was approved. A settled notice is in the list, and waits for nobody.
    """

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    at = models.DateTimeField()
    made_at = models.DateTimeField()
    is_urgent = models.BooleanField(default=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=80, blank=True)
    read_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(Mail, null=True, on_delete=models.SET_NULL, related_name="notices")

    class Meta:
        """One notice an officer and event."""

        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "kind", "key"], name="one_notice_an_event"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "key"], name="notice_of_event"),
            models.Index(fields=["officer", "-id"], name="notice_of_officer"),
            # With the officer among its fields, and the kind, by which what is settled is looked for.
            models.Index(
                fields=["officer", "kind"],
                condition=models.Q(read_at=None, settled_at=None),
                name="notice_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.officer_id}"


class Choice(models.Model):
    """What an officer chose: which kinds by e-mail, to which address, and when not."""

    officer = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="notice_choice"
    )
    address = models.CharField(max_length=254, blank=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    mailed = models.JSONField(null=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    zone = models.CharField(max_length=64, blank=True)
    urgent_passes = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"choice of {self.officer_id}"

    @property
    def mailed_kinds(self) -> list[str]:
        """The kinds that go by e-mail."""
        if self.mailed is not None:
            return [str(kind) for kind in self.mailed]
        return [kind.value for kind, is_mailed in MAILED_UNLESS_CHOSEN.items() if is_mailed]


class Escalation(models.Model):
    """One step by which an urgent item that nobody had read was taken further."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    step = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    told = models.PositiveSmallIntegerField()

    class Meta:
        """Each step is taken once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "key", "step"], name="one_escalation_a_step"),
        ]

    def __str__(self) -> str:
        return f"step {self.step} of {self.kind}"
