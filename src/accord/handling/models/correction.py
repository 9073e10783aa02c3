"""Corrections, the messages they are about, and what was done to each thing derived from those."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.keys import new_key

from .derivation import Thing, Way

__all__ = ["CorrectedMessage", "Correction", "Effect"]


class Correction(models.Model):
    """A correction that was received or sent; its words are in the message.

    ``position`` is its place in its sender's log, by which two corrections of one message are ordered however they
    came. ``found`` and the effects on file are the progress of applying it.
    """

    message = models.OneToOneField("exchange.Message", primary_key=True, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=8)
    is_ours = models.BooleanField()
    position = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    found = models.PositiveIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    report = models.ForeignKey("exchange.Message", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        """Those not applied yet are looked for."""

        ordering: ClassVar[list[str]] = ["at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["at"],
                condition=models.Q(is_ours=False, applied_at=None),
                name="handling_correction_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} of {self.message_id}"


class CorrectedMessage(models.Model):
    """That a correction is about a message."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="items")
    message = models.ForeignKey("exchange.Message", on_delete=models.CASCADE, related_name="+")

    class Meta:
        """A correction names a message once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["correction", "message"], name="handling_corrected_once"),
        ]

    def __str__(self) -> str:
        return f"correction of {self.message_id}"


class Effect(models.Model):
    """What a correction did to one thing derived from what it is about, or what a person is still to do."""

    class State(models.TextChoices):
        """Done, or to be done by a person, or not possible."""

        DONE = "done"
        TASK = "task"
        NOT_DONE = "not-done"

    class Deed(models.TextChoices):
        """What was done, or is to be done."""

        GOVERNED = "governed"
        STOPPED = "stopped"
        TAKEN_OUT = "taken-out"
        MEND = "mend"
        TELL = "tell"
        WITHDRAWN = "withdrawn"
        HELD_BY_THEM = "held-by-them"
        NOTHING_HELD = "nothing-held"
        RETRIEVE = "retrieve"
        ASK_AGENCY = "ask-agency"
        OWN_COPY = "own-copy"
        ERASE_OURS = "erase-ours"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="effects")
    thing = models.CharField(max_length=8, choices=Thing.choices)
    thing_id = models.UUIDField()
    way = models.CharField(max_length=10, choices=Way.choices)
    detail = models.JSONField(default=dict)
    recipient = models.CharField(max_length=16, blank=True)
    reference = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    deed = models.CharField(max_length=12, choices=Deed.choices)
    reason = models.CharField(max_length=24, blank=True)
    has_note = models.BooleanField(default=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        """One effect a thing; tasks are looked for."""

        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["correction", "thing_id"], name="handling_effect_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["correction"], condition=models.Q(state="task"), name="handling_effect_tasks"),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.thing} {self.thing_id}: {self.state}"
