"""Erasing an entry's sealed bytes: header, leaf and digest stay, so that every checkpoint and proof still verifies.

What it costs: the peer can no longer get the bytes back from us after a loss of its own storage; the digest says what
they were, and nobody can make them again.
"""

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .models import Entry, ErasedEntry

__all__ = ["erase_sealed", "sealed_digest_of"]


@transaction.atomic
def erase_sealed(envelope_id: UUID, *, direction: str) -> int:
    """Erases the sealed bytes of an envelope's entry, and returns how many bytes that were.

    Args:
        envelope_id: The envelope.
        direction: Whose log it stands in.
    """
    erased = 0
    for entry in Entry.objects.select_for_update().filter(envelope_id=envelope_id, direction=direction):
        sealed = bytes(entry.sealed)
        if not sealed:
            continue
        ErasedEntry.objects.create(
            entry=entry,
            sealed_digest=hashlib.sha256(sealed).digest(),
            size_bytes=len(sealed),
            erased_at=timezone.now(),
        )
        entry.sealed = b""
        entry.save(update_fields=["sealed"])
        erased += len(sealed)
    return erased


def sealed_digest_of(entry: Entry) -> bytes:
    """Returns the digest of an entry's sealed bytes, whether they are still there or not."""
    sealed = bytes(entry.sealed)
    if sealed:
        return hashlib.sha256(sealed).digest()
    return bytes(ErasedEntry.objects.values_list("sealed_digest", flat=True).get(entry=entry))
