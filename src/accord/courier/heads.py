"""The heads of a channel between the database and the pure peer machine, and its view of the stored logs.

Whoever changes a head holds the channel's row: ``locked_channel`` takes it with ``SELECT ... FOR NO KEY UPDATE`` on
PostgreSQL (rows that refer to the channel can still be added meanwhile), and on SQLite the transaction itself is
exclusive (``BEGIN IMMEDIATE``). So a checkpoint is checked, signed and stored in one step, never backwards (C2SP
tlog-witness, atomicity).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from uuid import UUID

from accord.channel.merkle import Frontier, HashReader
from accord.channel.state import ChannelState, LogHead
from accord.channel.state import Mode as StateMode
from accord.errors import OurFault
from accord.parties.keysets import ChannelKeys, channel_keys

from .models import Channel, Direction, Entry, LogNode, SignedCheckpoint
from .statements import read_channel, rows_of, update_channel, uuid_param

__all__ = [
    "channel_state",
    "hash_reader",
    "known_positions",
    "locked_channel",
    "own_note_at",
    "put_state",
    "store_state",
]

HEAD_FIELDS: Final = (
    "mode",
    "witness",
    "peer_receipted",
    *(
        f"{direction}_{name}"
        for direction in ("out", "in")
        for name in (
            "epoch",
            "size",
            "frontier",
            "checkpoint",
            "receipt",
            "receipted",
            "receipted_size",
            "receipted_epoch",
            "time_ms",
        )
    ),
)


@lru_cache(maxsize=256)
def frontier_of(data: bytes) -> Frontier:
    """Returns a stored right edge of a log; the few that are in use are read at every contact."""
    return Frontier.from_bytes(data)


@lru_cache(maxsize=256)
def bytes_of(frontier: Frontier) -> bytes:
    """Returns a right edge as it is stored; of the four of a channel, a message changes one or two."""
    return frontier.to_bytes()


def locked_channel(channel_id: int) -> Channel:
    """Returns the channel's row and keeps it locked until the transaction ends."""
    return read_channel(channel_id, locks=True)


def channel_state(channel: Channel, *, keys: ChannelKeys | None = None) -> ChannelState:
    """Returns the state of a channel as the peer machine wants it.

    Args:
        channel: Its row, locked where the state will be stored again.
        keys: The keysets of both sides, where they are at hand.
    """
    held = keys or channel_keys(channel.party_code, channel.peer_id)
    return ChannelState(
        us=channel.party_code,
        peer=channel.peer_id,
        our_chain=held.ours,
        peer_chain=held.theirs,
        suite=channel.suite,
        outgoing=LogHead(
            epoch=channel.out_epoch,
            frontier=frontier_of(bytes(channel.out_frontier)),
            checkpoint=_bytes(channel.out_checkpoint),
            receipt=_bytes(channel.out_receipt),
            receipted=frontier_of(bytes(channel.out_receipted)),
            receipted_epoch=channel.out_receipted_epoch,
            time_ms=channel.out_time_ms,
        ),
        incoming=LogHead(
            epoch=channel.in_epoch,
            frontier=frontier_of(bytes(channel.in_frontier)),
            checkpoint=_bytes(channel.in_checkpoint),
            receipt=_bytes(channel.in_receipt),
            receipted=frontier_of(bytes(channel.in_receipted)),
            receipted_epoch=channel.in_receipted_epoch,
            time_ms=channel.in_time_ms,
        ),
        mode=StateMode(channel.mode),
        witness=_bytes(channel.witness),
        peer_receipted=channel.peer_receipted,
    )


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    # PostgreSQL's driver gives memory views where SQLite's gives bytes.
    return None if value is None else bytes(value)


def put_state(channel: Channel, state: ChannelState) -> None:
    """Writes a state into the channel's row object, without saving it."""
    channel.mode = state.mode.value
    channel.witness = state.witness
    channel.peer_receipted = state.peer_receipted
    for direction, head in (("out", state.outgoing), ("in", state.incoming)):
        setattr(channel, f"{direction}_epoch", head.epoch)
        setattr(channel, f"{direction}_size", head.size)
        setattr(channel, f"{direction}_frontier", bytes_of(head.frontier))
        setattr(channel, f"{direction}_checkpoint", head.checkpoint)
        setattr(channel, f"{direction}_receipt", head.receipt)
        setattr(channel, f"{direction}_receipted", bytes_of(head.receipted))
        setattr(channel, f"{direction}_receipted_size", head.receipted_size)
        setattr(channel, f"{direction}_receipted_epoch", head.receipted_epoch)
        setattr(channel, f"{direction}_time_ms", head.time_ms)


def store_state(channel: Channel, state: ChannelState, *, beside: Sequence[str] = ()) -> None:
    """Stores a state in the channel's row, in the transaction that locked it.

    Args:
        channel: The locked row.
        state: The machine's new state.
        beside: Further fields of the row that were changed.
    """
    put_state(channel, state)
    update_channel(channel, (*HEAD_FIELDS, *beside))


def hash_reader(channel_id: int, direction: Direction) -> HashReader:
    """Returns a reader of one stored log's hashes: leaves from the entries, complete strides from the kept nodes."""

    def read(level: int, start: int, count: int) -> Sequence[bytes]:
        stored = {"channel_id": channel_id, "direction": direction}
        if level == 0:
            leaves = Entry.objects.filter(**stored, position__gte=start, position__lt=start + count)
            found = list(leaves.order_by("position").values_list("leaf", flat=True))
        else:
            nodes = LogNode.objects.filter(**stored, level=level, index__gte=start, index__lt=start + count)
            found = list(nodes.order_by("index").values_list("hash", flat=True))
        hashes = [bytes(value) for value in found]
        if len(hashes) != count:
            raise OurFault(
                f"The stored log lacks hashes: {count} wanted at level {level} from {start}, {len(hashes)} found.",
                code="courier.log-damaged",
                next_step="Run accord doctor; the peer holds a copy of our log.",
                fields={"level": level, "start": start, "wanted": count, "found": len(hashes)},
            )
        return hashes

    return read


def own_note_at(channel_id: int) -> Callable[[int], bytes | None]:
    """Returns a reader of our own signed notes: the note over one size of our log, or ``None`` if there is none."""

    def read(size: int) -> bytes | None:
        notes = SignedCheckpoint.objects.filter(channel_id=channel_id, direction=Direction.OUT, size=size)
        note = notes.values_list("note", flat=True).first()
        return None if note is None else bytes(note)

    return read


def known_positions(channel_id: int, direction: Direction, ids: Sequence[bytes]) -> Mapping[bytes, int]:
    """Returns the positions of those envelope ids that stand in a stored log already."""
    if not ids:
        return {}
    places = ", ".join(["%s"] * len(ids))
    sql = (
        f"SELECT envelope_id, position FROM courier_entry "  # noqa: S608 - only placeholders are put in
        f"WHERE channel_id = %s AND direction = %s AND envelope_id IN ({places})"
    )
    names = [uuid_param(UUID(bytes=value)) for value in ids]
    found = rows_of(sql, [channel_id, direction.value, *names])
    return {UUID(str(identifier)).bytes: position for identifier, position in found}
