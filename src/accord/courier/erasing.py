"""Erasing an entry's sealed bytes: header, leaf and digest stay, so that every checkpoint and proof still verifies.

What it costs: the peer can no longer get the bytes back from us after a loss of its own storage; the digest says what
they were, and nobody can make them again.
"""

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .models import Channel, Entry, ErasedEntry

__all__ = ["digests_of_erased", "erase_sealed", "sealed_digest_of"]


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


def digests_of_erased(channel: Channel, direction: str, begin: int, end: int) -> dict[int, bytes]:
    """Returns the digests of the erased bodies of a stretch of a log, by position.

    Args:
        channel: The channel.
        direction: Whose log.
        begin: First position.
        end: Position after the last one.
    """
    rows = ErasedEntry.objects.filter(
        entry__channel=channel, entry__direction=direction, entry__position__gte=begin, entry__position__lt=end
    )
    return {position: bytes(digest) for position, digest in rows.values_list("entry__position", "sealed_digest")}


def sealed_digest_of(entry: Entry) -> bytes:
    """Returns the digest of an entry's sealed bytes, whether they are still there or not."""
    sealed = bytes(entry.sealed)
    if sealed:
        return hashlib.sha256(sealed).digest()
    kept = ErasedEntry.objects.filter(entry=entry).values_list("sealed_digest", flat=True).first()
    return bytes(kept) if kept is not None else hashlib.sha256(sealed).digest()
