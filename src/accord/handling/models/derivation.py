"""What was made of what: one row for each step from an item to a thing derived from it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.keys import new_key

__all__ = ["Derivation", "FileMark", "Passage", "Thing", "Way"]


class Thing(models.TextChoices):
    """What stands at either end of a step."""

    MESSAGE = "message"
    INQUIRY = "inquiry"
    EXPORT = "export"
    PRINT = "print"
    FORWARD = "forward"


class Way(models.TextChoices):
    """How the one came of the other."""

    QUOTE = "quote"
    FILE = "file"
    FILE_PART = "file-part"
    REPLY = "reply"
    INQUIRY = "inquiry"
    EXPORT = "export"
    PRINT = "print"
    FORWARD = "forward"


class Derivation(models.Model):
    """One step of provenance: the item, the thing made of it, how, by whom and when; never any content.

    A print, an export or a forwarding has no row elsewhere: it is known by its own key here, and ``detail`` says to
    whom it went or as what.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    source_type = models.CharField(max_length=8, choices=Thing.choices, default=Thing.MESSAGE)
    source_id = models.UUIDField()
    derived_type = models.CharField(max_length=8, choices=Thing.choices)
    derived_id = models.UUIDField(default=new_key)
    way = models.CharField(max_length=10, choices=Way.choices)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        """A step of one way is kept once; the graph is walked in both directions."""

        ordering: ClassVar[list[str]] = ["made_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source_id", "derived_id", "way"], name="handling_derivation_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["derived_id"], name="handling_derivation_up"),
        ]

    def __str__(self) -> str:
        return f"{self.way} of {self.source_type} {self.source_id}"


class Passage(models.Model):
    """The mark of one passage of a received message: a number from which the words cannot be read."""

    message = models.ForeignKey("exchange.Message", on_delete=models.CASCADE, related_name="+", db_index=False)
    mark = models.BigIntegerField()

    class Meta:
        """Looked up by the mark, and by the message when it is erased."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["mark", "message"], name="handling_passage_mark"),
            models.Index(fields=["message"], name="handling_passage_message"),
        ]

    def __str__(self) -> str:
        return f"passage of {self.message_id}"


class FileMark(models.Model):
    """The digest of a file that a received message brought, or of a picture inside of it."""

    message = models.ForeignKey("exchange.Message", on_delete=models.CASCADE, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    is_part = models.BooleanField(default=False)

    class Meta:
        """A digest is kept once a message."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sha256", "message"], name="handling_file_mark_once"),
        ]

    def __str__(self) -> str:
        return f"file of {self.message_id}"
