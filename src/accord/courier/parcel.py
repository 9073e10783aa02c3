"""Parcels: the channel's frames in a file, for a diplomatic bag or a memory stick.

A parcel holds what a contact would have carried: what we hold, our unreceipted batches, our receipt, and chunks of
attachments. Importing is receiving, frame by frame, so a parcel that comes twice, late, in parts or after the network
has the same effect as once.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.channel.frames import Frame, encode_frame
from accord.channel.parcel import parcel_frames, parcel_pieces
from accord.errors import AccordError, OfficerCanMend, PeerFault
from accord.parties.keysets import channel_keys

from .appending import append_sealed
from .chunks import chunk_store
from .heads import locked_channel
from .inbound import receive_contact
from .logs import stored_batch
from .machine import machine_for, remember_meeting
from .models import AttachmentTransfer, Channel, Direction, Mode
from .moment import to_ms
from .sealing import sealed_rows, taken

__all__ = ["ParcelReport", "RefusedFrame", "export_parcel", "import_parcel"]

logger = logging.getLogger(__name__)

# Batches appended for one parcel: 25,600 messages; the next parcel carries on.
MAX_BATCHES: Final = 100


@dataclass(frozen=True, kw_only=True)
class RefusedFrame:
    """Why frames of a parcel were refused.

    Args:
        code: Stable code.
        sentence: The same in words.
        next_step: What a person can do.
        count: How many frames.
    """

    code: str
    sentence: str
    next_step: str
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class ParcelReport:
    """What a parcel did.

    Args:
        peer: The other party.
        frames: Frames in it.
        entries: New entries accepted, or entries carried.
        receipted_size: Size of our log that the peer has receipted now.
        refused: Why frames were refused, each reason once.
        is_whole: Whether the file ended as a parcel ends.
        mode: The channel's mode afterwards.
    """

    peer: str
    frames: int = 0
    entries: int = 0
    receipted_size: int = 0
    refused: tuple[RefusedFrame, ...] = ()
    is_whole: bool = True
    mode: str = Mode.OPEN


def export_parcel(channel_id: int, file: Path, *, appends: bool = True, is_unmet: bool = False) -> ParcelReport:
    """Writes a parcel for the peer: everything that waits or has no receipt yet.

    Args:
        channel_id: The channel.
        file: Where to write; an existing file is not overwritten.
        appends: Whether waiting messages are put into our log for it.
        is_unmet: Whether to append although the peer has not been heard since this process started. An operator who
            knows that the storage was not restored from a backup says so.

    Raises:
        OfficerCanMend: The file exists.
        NotAvailableNow: The channel is suspended, or recovering.
        ChannelFrozen: The channel is frozen.
    """
    if appends:
        for _ in range(MAX_BATCHES):
            if not _append_waiting(channel_id, is_unmet=is_unmet):
                break
    channel = Channel.objects.get(pk=channel_id)
    report = ParcelReport(peer=channel.peer_id, receipted_size=channel.out_receipted_size)
    counted: list[int] = []
    try:
        with file.open("xb") as stream:
            for piece in parcel_pieces(_frames(channel, counted.append)):
                stream.write(piece)
    except FileExistsError as error:
        raise OfficerCanMend(
            f"{file.name} exists already.",
            code="courier.parcel-exists",
            next_step="Name another file: a parcel that may have been sent is never overwritten.",
        ) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise OfficerCanMend(
            f"There is no folder {file.parent}.",
            code="courier.parcel-folder",
            next_step="Make the folder, or name another file.",
        ) from error
    return replace(report, frames=len(counted), entries=sum(counted))


@transaction.atomic
def _append_waiting(channel_id: int, *, is_unmet: bool) -> int:
    channel = locked_channel(channel_id)
    if channel.mode != Mode.OPEN:
        return 0
    now = timezone.now()
    pks = taken(channel, now=now)
    if not pks:
        return 0
    keys = channel_keys(channel.party_code, channel.peer_id)
    sealed = sealed_rows(channel, pks, keys=keys, now=now)
    if not sealed.rows:
        return 0
    appended = append_sealed(channel, sealed, sealed.rows, keys=keys, is_unmet=is_unmet)
    remember_meeting(channel_id, appended.machine)
    return len(sealed.rows)


def _frames(channel: Channel, count: Callable[[int], None]) -> Iterator[bytes]:
    moment = to_ms(timezone.now())
    machine = machine_for(channel)
    start = channel.out_receipted_size
    while start < channel.out_size:
        found = stored_batch(channel, Direction.OUT, start=start)
        if found is None:
            break
        count(len(found.batch.entries))
        yield encode_frame(machine.contact(moment, batch=found.batch))
        start = found.batch.end
    if start == channel.out_receipted_size:
        count(0)
        yield encode_frame(machine.contact(moment))
    yield from _chunk_frames(channel, machine.contact(moment), count)


def _chunk_frames(channel: Channel, bare: Frame, count: Callable[[int], None]) -> Iterator[bytes]:
    store = chunk_store()
    open_transfers = AttachmentTransfer.objects.filter(channel=channel, direction=Direction.OUT, completed_at=None)
    for root in open_transfers.values_list("root", flat=True):
        for index in range(store.count(bytes(root))):
            count(0)
            yield encode_frame(replace(bare, chunks=(store.chunk(bytes(root), index),)))


def import_parcel(channel_id: int, file: Path) -> ParcelReport:
    """Receives the frames of a parcel, each in its own transaction.

    A refused frame does not stop the others: each is judged by itself. A file that is cut off or damaged is used as far
    as its frames hold, and the report says so.

    Args:
        channel_id: The channel of the party that wrote it.
        file: The parcel.

    Raises:
        NotAvailableNow: The database does not answer.
    """
    channel = Channel.objects.get(pk=channel_id)
    before = channel.in_size
    frames = 0
    refused: list[AccordError] = []
    is_whole = True
    with file.open("rb") as stream:
        try:
            for frame in parcel_frames(stream.read):
                frames += 1
                reason = _import_frame(channel_id, frame)
                if reason is not None:
                    refused.append(reason)
        except PeerFault as error:
            logger.warning("A parcel is damaged: %s", error.reason_code)
            is_whole = False
            refused.append(error)
    channel.refresh_from_db()
    return ParcelReport(
        peer=channel.peer_id,
        frames=frames,
        entries=channel.in_size - before,
        receipted_size=channel.out_receipted_size,
        refused=_each_once(refused),
        is_whole=is_whole,
        mode=channel.mode,
    )


def _each_once(errors: list[AccordError]) -> tuple[RefusedFrame, ...]:
    counts = Counter((error.reason_code, error.sentence, error.next_step) for error in errors)
    return tuple(
        RefusedFrame(code=code, sentence=sentence, next_step=next_step, count=count)
        for (code, sentence, next_step), count in counts.items()
    )


def _import_frame(channel_id: int, frame: bytes) -> AccordError | None:
    try:
        return receive_contact(channel_id, frame, is_live=False).reason
    except AccordError as error:
        return error
