"""What the desk remembers of an officer: views they saved, how they like to work, what they have seen and sent."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.models import Case, Message, new_key
from accord.parties.models import Party

__all__ = ["HeldPlanFile", "Look", "Preference", "SavedView", "SentForm", "UnsavedWords"]


class SavedView(models.Model):
    """A list of cases that an officer named: its filters and order, as they stand in the address."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600, blank=True)
    saved_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """An officer's views are read by name, and each name stands once."""

        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["officer", "name"], condition=models.Q(removed_at__isnull=True), name="view_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """How an officer likes to work."""

    class AfterAct(models.TextChoices):
        """Where an act leads: back to its case, or on to the next one of the list."""

        STAY = "stay"
        NEXT = "next"

    officer = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    after_act = models.CharField(max_length=4, choices=AfterAct.choices, default=AfterAct.STAY)

    def __str__(self) -> str:
        return f"after an act: {self.after_act}"


class Look(models.Model):
    """When an officer last looked at a case."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """The last look alone is kept."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "case"], name="last_look"),
        ]

    def __str__(self) -> str:
        return f"looked at {self.at:%Y-%m-%d %H:%M} UTC"


class SentForm(models.Model):
    """The key of a form that was sent and done, so that sending it again does nothing again."""

    key = models.UUIDField(primary_key=True, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"sent at {self.at:%Y-%m-%d %H:%M} UTC"


class UnsavedWords(models.Model):
    """What an officer wrote into a draft and the services refused, so that a closed page loses no word."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    words = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        """The last words alone are kept."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "message"], name="unsaved_words_once"),
        ]

    def __str__(self) -> str:
        return f"kept {self.at:%Y-%m-%d %H:%M} UTC"


class HeldPlanFile(models.Model):
    """A file of a workplan that an officer brought and has not taken into the draft yet; nobody else is shown it.

    It holds what the draft must not, such as a colleague's comments, and is deleted when it is taken, cancelled,
    replaced by another, or a day old.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    peer = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    days = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """One file an officer and peer is held."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "peer"], name="held_plan_file_once"),
        ]

    def __str__(self) -> str:
        return f"held {self.at:%Y-%m-%d %H:%M} UTC"
