"""Entries that left a log although a receipt covered them, and their evidence: what was signed stays signed.

A log is shortened only where our own later signature proves that it must be (a rollback), or where two officers let it
begin again. Whatever the peer had co-signed until then was delivered, so it must stay provable.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from accord.channel.checkpoint import unverified_checkpoint
from accord.channel.evidence import EvidenceBundle
from accord.channel.merkle import EMPTY_FRONTIER, HashReader, inclusion_proof, node_hash
from accord.errors import OfficerCanMend
from accord.parties.keysets import channel_keys

from .models import ArchivedCheckpoint, ArchivedEntry, Channel, Direction, Entry

__all__ = ["NotArchived", "archived_entries", "archived_entry", "archived_evidence"]

LISTED: Final = 10_000
"""Entries that a list holds: more than any log that was ever begun again; a longer one is read by position."""


class NotArchived(OfficerCanMend):
    """No entry of that position ever left our log, or no receipt covers it."""

    code = "courier.not-archived"
    default_next_step = "`accord peer archived` lists those that did; the others stand in the log still."


def archived_entries(channel: Channel) -> Sequence[ArchivedEntry]:
    """Returns the entries of our log that left it though a receipt covered them, oldest first."""
    return list(ArchivedEntry.objects.filter(channel=channel, direction=Direction.OUT)[:LISTED])


def archived_entry(channel: Channel, position: int) -> ArchivedEntry:
    """Returns the entry that stood at a position and left our log last.

    Raises:
        NotArchived: None did.
    """
    found = ArchivedEntry.objects.filter(channel=channel, direction=Direction.OUT, position=position)
    entry = found.order_by("-archived_at", "-pk").first()
    if entry is None:
        raise NotArchived(f"No receipted entry at position {position} ever left our log.")
    return entry


def archived_evidence(entry: ArchivedEntry) -> bytes:
    """Returns the evidence bundle of an archived entry, without its body.

    Raises:
        NotArchived: The log as it stood then cannot be put together again, or no receipt covers the entry.
    """
    channel, at = entry.channel, entry.archived_at
    shortened = {"channel": channel, "direction": entry.direction, "archived_at": at}
    heads = ArchivedCheckpoint.objects.filter(**shortened, size__gt=entry.position, receipt__isnull=False)
    for head in heads.order_by("size"):
        leaves = _leaves(entry, size=head.size)
        # What stayed may have been replaced by the peer's copy since; then another receipt may still fit.
        if EMPTY_FRONTIER.append(leaves)[0].root != unverified_checkpoint(bytes(head.note)).root:
            continue
        keys = channel_keys(channel.party_code, channel.peer_id)
        return EvidenceBundle(
            header=bytes(entry.header),
            sealed_digest=sha256(bytes(entry.sealed)).digest(),
            index=entry.position,
            hashes=inclusion_proof(_reader(leaves), entry.position, head.size),
            checkpoint=bytes(head.note),
            receipt=bytes(head.receipt or b""),
            owner_chain=keys.ours.to_bytes(),
            cosigner_chain=keys.theirs.to_bytes(),
        ).encode()
    raise NotArchived(f"No receipt covers the entry that stood at position {entry.position}.")


def _leaves(entry: ArchivedEntry, *, size: int) -> list[bytes]:
    """Returns the leaves of the log as it stood before it was shortened: what stayed, then what was archived."""
    shortened = {"channel": entry.channel, "direction": entry.direction, "archived_at": entry.archived_at}
    gone = ArchivedEntry.objects.filter(**shortened, position__lt=size).order_by("position")
    archived = list(gone.values_list("position", "leaf"))
    stayed = Entry.objects.filter(
        channel=entry.channel, direction=entry.direction, position__lt=archived[0][0] if archived else 0
    )
    kept = stayed.order_by("position").values_list("leaf", flat=True)
    return [bytes(leaf) for leaf in kept] + [bytes(leaf) for _, leaf in archived]


def _reader(leaves: Sequence[bytes]) -> HashReader:
    """Reads the hashes of a log that stands in memory; it is made for one proof and thrown away."""
    rows: list[list[bytes]] = [list(leaves)]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def read(level: int, start: int, count: int) -> Sequence[bytes]:
        return rows[level][start : start + count] if level < len(rows) else []

    return read
