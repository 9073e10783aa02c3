"""Stored logs as they are checked: part by part from the database, and as a file to take along.

Leaves are computed anew from the bytes of each entry, never taken from the column that keeps them: what is checked is
what is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from accord.channel.limits import MAX_BATCH_ENTRIES
from accord.channel.log_export import LogPart, LogTitle, log_pieces
from accord.channel.log_reading import LogReader
from accord.parties.keysets import channel_keys

from .erasing import digests_of_erased
from .models import Channel, Direction, Entry, SignedCheckpoint

__all__ = ["StoredLog", "log_file_pieces", "stored_log", "stored_logs"]


@dataclass(frozen=True, kw_only=True)
class StoredLog:
    """One of the two logs of a channel as this node keeps it.

    Args:
        channel: The channel.
        direction: Whose log.
        owner: Party code of whose log it is.
        peer: Party code of who co-signs it.
        size: Entries that stand under a signed head.
    """

    channel: Channel
    direction: Direction
    owner: str
    peer: str
    size: int

    @property
    def reader(self) -> LogReader:
        """Returns the reader that judges this log by the keysets under the pinned roots."""
        keys = channel_keys(self.channel.party_code, self.channel.peer_id)
        is_ours = self.direction == Direction.OUT
        chains = (keys.ours, keys.theirs) if is_ours else (keys.theirs, keys.ours)
        return LogReader(owner=self.owner, peer=self.peer, owner_chain=chains[0], peer_chain=chains[1])

    def parts(self, *, start: int = 0) -> Iterator[LogPart]:
        """Gives the log from a signed head's size on, as it travels in a file."""
        for head, begin, end in self._heads(start):
            rows = list(self._entries(begin, end))
            is_end = end == head.size
            yield LogPart(
                start=begin,
                headers=tuple(header for header, _ in rows),
                digests=tuple(digest for _, digest in rows),
                checkpoint=bytes(head.note) if is_end else None,
                receipt=bytes(head.receipt) if is_end and head.receipt is not None else None,
            )

    def _heads(self, start: int) -> Iterator[tuple[SignedCheckpoint, int, int]]:
        stored = {"channel": self.channel, "direction": self.direction}
        heads = SignedCheckpoint.objects.filter(**stored, size__gt=start, size__lte=self.size).order_by("size")
        begin = start
        for head in heads.iterator(chunk_size=MAX_BATCH_ENTRIES):
            edges = [*range(begin, head.size, MAX_BATCH_ENTRIES), head.size]
            for one, two in pairwise(edges):
                yield head, one, two
            begin = head.size

    def _entries(self, begin: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        stored = {"channel": self.channel, "direction": self.direction}
        rows = Entry.objects.filter(**stored, position__gte=begin, position__lt=end).order_by("position")
        erased = digests_of_erased(self.channel, self.direction, begin, end)
        for position, header, sealed in rows.values_list("position", "header", "sealed"):
            # Of an erased body the digest is left; with the header it must still make the leaf that was signed.
            held = bytes(sealed)
            yield bytes(header), sha256(held).digest() if held or position not in erased else erased[position]


def stored_log(channel: Channel, direction: Direction) -> StoredLog:
    """Returns one of a channel's two logs up to its last signed head."""
    is_ours = direction == Direction.OUT
    owner, peer = (channel.party_code, channel.peer_id) if is_ours else (channel.peer_id, channel.party_code)
    heads = SignedCheckpoint.objects.filter(channel=channel, direction=direction).order_by("-size")
    size = heads.values_list("size", flat=True).first() or 0
    return StoredLog(channel=channel, direction=direction, owner=owner, peer=peer, size=size)


def stored_logs() -> list[StoredLog]:
    """Returns both logs of every channel, ours first."""
    channels = Channel.objects.order_by("peer_id")
    return [stored_log(channel, direction) for channel in channels for direction in (Direction.OUT, Direction.IN)]


def log_file_pieces(log: StoredLog, *, made_ms: int) -> Iterator[bytes]:
    """Gives the bytes of a log's export, to be written in this order.

    Args:
        log: The log.
        made_ms: The time, milliseconds since the Unix epoch.
    """
    reader = log.reader
    title = LogTitle(
        owner=log.owner,
        peer=log.peer,
        size=log.size,
        made_ms=made_ms,
        owner_chain=reader.owner_chain.to_bytes(),
        peer_chain=reader.peer_chain.to_bytes(),
    )
    return log_pieces(title, log.parts())
