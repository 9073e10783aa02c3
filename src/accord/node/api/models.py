"""The tables of the API: answers kept for repeated requests, and files that are still coming in parts."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accord.exchange.models import Message, new_key

__all__ = ["KeptAnswer", "Upload", "UploadPart"]


class KeptAnswer(models.Model):
    """The answer to one request with an idempotency key."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    media_type = models.CharField(max_length=80, blank=True)
    body = models.BinaryField(blank=True, default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        """A key serves one officer once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "key"], name="one_answer_a_key"),
        ]

    def __str__(self) -> str:
        return f"answer {self.status} of officer {self.officer_id}"


class Upload(models.Model):
    """A file that comes in parts for a draft; until it is whole and looked at, it is no attachment of anything.

    The parts lie sealed under ``key`` in the node's home, so that no plain copy is ever on the disk.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    key = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"upload of {self.size_bytes} bytes"


class UploadPart(models.Model):
    """One part of an upload that lies whole on the disk."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    offset_bytes = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)

    class Meta:
        """Each place of a file is filled once."""

        ordering: ClassVar[list[str]] = ["offset_bytes"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["upload", "offset_bytes"], name="one_part_a_place"),
        ]

    def __str__(self) -> str:
        return f"part at {self.offset_bytes}"
