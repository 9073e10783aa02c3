"""Entries whose sealed bytes were erased: what the log's proofs need of them is kept."""

from django.db import models

from .records import Entry

__all__ = ["ErasedEntry"]


class ErasedEntry(models.Model):
    """The digest of an entry's sealed bytes, which are gone: with the header it makes the leaf that was signed."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="erased")
    sealed_digest = models.BinaryField(max_length=32)
    size_bytes = models.PositiveIntegerField()
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erased {self.entry_id}"
