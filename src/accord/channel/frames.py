"""What travels between two nodes in one contact, over the network or in a parcel.

A frame is request and response alike: it states what its sender holds of both logs, and may carry
a batch of the sender's own log, a receipt for the receiver's log, a wish for what the sender has lost of its own log,
what the other one has lost, chunks of attachments, and the code of a refusal.

Nothing in a frame is believed because the frame says so.
What counts is signed inside it: the checkpoint of a batch, the receipt, the witness.
The rest (:class:`FrameState`, the refusal code, the wishes) only decides what is sent next.

Frames are not stored, not signed and not forwarded, so only the frame itself keeps unknown ignorable fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .encoding import LimitExceeded, MapReader, decode, encode, extended
from .envelope import MAX_EPOCH
from .limits import (
    ATTACHMENT_CHUNK_BYTES,
    MAX_ATTACHMENT_CHUNKS,
    MAX_BATCH_BYTES,
    MAX_BATCH_CAPSULES,
    MAX_BATCH_ENTRIES,
    MAX_CAPSULE_BYTES,
    MAX_CHAIN_KEYSETS,
    MAX_FRAME_BYTES,
    MAX_FRAME_CHUNKS,
    MAX_FRAME_ITEMS,
    MAX_HAVE_CHUNKS,
    MAX_HEADER_BYTES,
    MAX_KEYSET_BYTES,
    MAX_LOG_SIZE,
    MAX_NOTE_BYTES,
    MAX_PROOF_HASHES,
    MAX_SEALED_BYTES,
)

__all__ = [
    "FRAME_VERSION",
    "MAX_FRAME_KEYSETS",
    "Batch",
    "Chunk",
    "Fetch",
    "Fetched",
    "Frame",
    "FrameState",
    "HeldChunks",
    "decode_frame",
    "encode_frame",
]

FRAME_VERSION: Final = 1
"""Version of the frame's map; another one is refused."""

HASH_BYTES: Final = 32
"""Bytes of a SHA-256 digest."""

GCM_TAG_BYTES: Final = 16
"""What sealing adds to a chunk. Source: NIST SP 800-38D, 5.2.1.2."""

MAX_HELD_RANGES: Final = 1_024
"""Ranges of held chunks stated for one attachment; chunks are sent in order, so one range is the rule."""

MAX_FRAME_KEYSETS: Final = 32
"""Keysets given back in one frame; whoever lost more than a few years of rotations asks again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameState:
    """What the sender of a frame holds of both logs: an unsigned claim, so it only steers what is sent next.

    Args:
        out_epoch: Epoch of the sender's own log.
        out_size: Entries in the sender's own log.
        out_root: RFC 9162 root of the sender's own log at ``out_size``, 32 bytes.
        out_receipted: Size of the sender's own log up to which it holds the receiver's receipt.
        in_epoch: Epoch of the receiver's log as the sender last co-signed it.
        in_size: Entries of the receiver's log that the sender holds.
        in_root: Root of the receiver's log at ``in_size``, 32 bytes.
        out_serial: Serial of the latest of the sender's own keysets that it holds; a rolled-back node lacks some.
    """

    out_epoch: int
    out_size: int
    out_root: bytes
    out_receipted: int
    in_epoch: int
    in_size: int
    in_root: bytes
    out_serial: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A run of entries of one log with the signed checkpoint that ends it.

    Args:
        start: Position of the first entry; positions count from 0 and have no gaps.
        entries: Pairs of header bytes and sealed bytes, in the order of the log.
        capsules: The archive capsules that the entries name, each once.
        checkpoint: The signed note of the log's owner over size ``start + len(entries)``.
    """

    start: int
    entries: tuple[tuple[bytes, bytes], ...]
    capsules: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def end(self) -> int:
        """Size of the log after the last entry of this batch."""
        return self.start + len(self.entries)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetch:
    """A wish for entries of the asker's *own* log, which the asker has lost.

    Args:
        start: First position wanted.
        end: Size of the log up to which entries are wanted (exclusive).
    """

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """Entries given back to the party that wrote them.

    Args:
        batch: Entries of the *receiver's* log; its checkpoint is the receiver's own earlier signature.
        receipt: The co-signature that the sender of this frame gave over that checkpoint.
    """

    batch: Batch
    receipt: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """One sealed chunk of an attachment with its inclusion proof.

    Args:
        root: Attachment root, as an envelope header names it, 32 bytes.
        index: Number of this chunk, from 0.
        count: Chunks under the root.
        data: The sealed chunk.
        proof: RFC 9162 inclusion proof of the chunk under the root.
    """

    root: bytes
    index: int
    count: int
    data: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldChunks:
    """What the sender already holds of an attachment, so that a broken transfer resumes.

    Args:
        root: Attachment root, 32 bytes.
        count: Chunks under the root.
        ranges: Held chunks as ascending, disjoint ``(first, end)`` pairs with ``end`` exclusive.
    """

    root: bytes
    count: int
    ranges: tuple[tuple[int, int], ...]

    def missing(self) -> tuple[int, ...]:
        """Returns the numbers of the chunks that the holder still needs, ascending."""
        held = {index for first, end in self.ranges for index in range(first, end)}
        return tuple(index for index in range(self.count) if index not in held)


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One contact's message from ``sender`` to ``recipient``.

    Args:
        sender: Party code of the sender.
        recipient: Party code of the receiver.
        state: What the sender holds of both logs.
        sent_ms: The sender's clock, milliseconds since the Unix epoch: a claim, for alarms about clocks only.
        batch: New entries of the sender's log.
        receipt: The sender's co-signature over the receiver's log.
        fetch: Wish for lost entries of the sender's own log.
        fetched: Answer to the receiver's ``fetch``.
        chunks: Chunks of attachments.
        have_chunks: What the sender holds of attachments that are still incomplete.
        refusal: Stable code of the refusal of the frame that this one answers.
        witness: The receiver's own signed checkpoint: proof that its log was once as large as this.
        keysets: The receiver's own signed keysets, given back beside a witness to a node that may have lost them.
        version: Version of the frame's map.
        extensions: Unknown fields numbered 1000 and above, kept as they came.
    """

    sender: str
    recipient: str
    state: FrameState
    sent_ms: int
    batch: Batch | None = None
    receipt: bytes | None = None
    fetch: Fetch | None = None
    fetched: Fetched | None = None
    chunks: tuple[Chunk, ...] = ()
    have_chunks: tuple[HeldChunks, ...] = ()
    refusal: str | None = None
    witness: bytes | None = None
    keysets: tuple[bytes, ...] = ()
    version: int = FRAME_VERSION
    extensions: Mapping[int, object] = field(default_factory=dict)


def encode_frame(frame: Frame) -> bytes:
    """Encodes a frame as deterministic CBOR.

    Raises:
        Unencodable: If a field of ours lies outside the encoding.
    """
    return encode(extended(_frame_fields(frame), frame.extensions))


def decode_frame(data: bytes) -> Frame:
    """Decodes a frame, checking every size before anything is allocated.

    Raises:
        LimitExceeded: If the frame or a part of it is larger than the protocol allows.
        MalformedObject: If the bytes are not the one encoding of a frame of this version.
    """
    obj = decode(data, what="frame", max_bytes=MAX_FRAME_BYTES, max_items=MAX_FRAME_ITEMS)
    reader = MapReader(obj, what="frame", known=14)
    return Frame(
        version=reader.version(1, FRAME_VERSION),
        sender=reader.party(2),
        recipient=reader.party(3),
        state=_read_state(reader.value(4)),
        batch=None if reader.is_null(5) else _read_batch(reader.value(5)),
        receipt=None if reader.is_null(6) else reader.octets(6, maximum=MAX_NOTE_BYTES),
        fetch=None if reader.is_null(7) else _read_fetch(reader.value(7)),
        fetched=None if reader.is_null(8) else _read_fetched(reader.value(8)),
        chunks=tuple(_read_chunk(item) for item in reader.array(9, maximum=MAX_FRAME_CHUNKS)),
        have_chunks=tuple(_read_held(item) for item in reader.array(10, maximum=MAX_HAVE_CHUNKS)),
        refusal=None if reader.is_null(11) else reader.word(11),
        witness=None if reader.is_null(12) else reader.octets(12, maximum=MAX_NOTE_BYTES),
        keysets=reader.octet_array(13, maximum=MAX_FRAME_KEYSETS, each=MAX_KEYSET_BYTES),
        sent_ms=reader.time_ms(14),
        extensions=reader.extensions(),
    )


def _frame_fields(frame: Frame) -> dict[int, object]:
    fetch, fetched = frame.fetch, frame.fetched
    return {
        1: frame.version,
        2: frame.sender,
        3: frame.recipient,
        4: _state_fields(frame.state),
        5: None if frame.batch is None else _batch_fields(frame.batch),
        6: frame.receipt,
        7: None if fetch is None else {1: fetch.start, 2: fetch.end},
        8: None if fetched is None else {1: _batch_fields(fetched.batch), 2: fetched.receipt},
        9: [{1: c.root, 2: c.index, 3: c.count, 4: c.data, 5: list(c.proof)} for c in frame.chunks],
        10: [{1: h.root, 2: h.count, 3: [list(pair) for pair in h.ranges]} for h in frame.have_chunks],
        11: frame.refusal,
        12: frame.witness,
        13: list(frame.keysets),
        14: frame.sent_ms,
    }


def _state_fields(state: FrameState) -> dict[int, object]:
    return {
        1: state.out_epoch,
        2: state.out_size,
        3: state.out_root,
        4: state.out_receipted,
        5: state.in_epoch,
        6: state.in_size,
        7: state.in_root,
        8: state.out_serial,
    }


def _read_state(obj: object) -> FrameState:
    reader = MapReader(obj, what="frame state", known=8)
    return FrameState(
        out_epoch=reader.uint(1, MAX_EPOCH),
        out_size=reader.uint(2, MAX_LOG_SIZE),
        out_root=reader.octets(3, size=HASH_BYTES),
        out_receipted=reader.uint(4, MAX_LOG_SIZE),
        in_epoch=reader.uint(5, MAX_EPOCH),
        in_size=reader.uint(6, MAX_LOG_SIZE),
        in_root=reader.octets(7, size=HASH_BYTES),
        out_serial=reader.uint(8, MAX_CHAIN_KEYSETS),
    )


def _batch_fields(batch: Batch) -> dict[int, object]:
    return {
        1: batch.start,
        2: [list(entry) for entry in batch.entries],
        3: list(batch.capsules),
        4: batch.checkpoint,
    }


def _read_batch(obj: object) -> Batch:
    reader = MapReader(obj, what="batch", known=4)
    items = reader.array(2, maximum=MAX_BATCH_ENTRIES)
    if not items:
        raise reader.wrong(2, "is empty: a batch has at least one entry")
    entries = tuple(_read_entry(item, reader) for item in items)
    size_bytes = sum(len(header) + len(sealed) for header, sealed in entries)
    if size_bytes > MAX_BATCH_BYTES:
        raise LimitExceeded(
            f"The batch has {size_bytes} bytes; at most {MAX_BATCH_BYTES} are accepted.",
            fields={"what": "batch", "size_bytes": size_bytes, "limit_bytes": MAX_BATCH_BYTES},
        )
    return Batch(
        start=reader.uint(1, MAX_LOG_SIZE - MAX_BATCH_ENTRIES),
        entries=entries,
        capsules=reader.octet_array(3, maximum=MAX_BATCH_CAPSULES, each=MAX_CAPSULE_BYTES),
        checkpoint=reader.octets(4, maximum=MAX_NOTE_BYTES),
    )


def _read_entry(item: object, reader: MapReader) -> tuple[bytes, bytes]:
    if type(item) is list and len(item) == 2:
        header, sealed = item
        if type(header) is bytes and type(sealed) is bytes:
            if len(header) <= MAX_HEADER_BYTES and len(sealed) <= MAX_SEALED_BYTES:
                return header, sealed
            raise LimitExceeded(
                f"An entry has a header of {len(header)} and a body of {len(sealed)} bytes; "
                f"at most {MAX_HEADER_BYTES} and {MAX_SEALED_BYTES} are accepted.",
                fields={"what": "entry", "header_bytes": len(header), "sealed_bytes": len(sealed)},
            )
    raise reader.wrong(2, "has an entry that is not a pair of byte strings")


def _read_fetch(obj: object) -> Fetch:
    reader = MapReader(obj, what="fetch", known=2)
    fetch = Fetch(start=reader.uint(1, MAX_LOG_SIZE), end=reader.uint(2, MAX_LOG_SIZE))
    if fetch.start >= fetch.end:
        raise reader.wrong(2, "does not lie above the start")
    return fetch


def _read_fetched(obj: object) -> Fetched:
    reader = MapReader(obj, what="fetched batch", known=2)
    return Fetched(batch=_read_batch(reader.value(1)), receipt=reader.octets(2, maximum=MAX_NOTE_BYTES))


def _read_chunk(obj: object) -> Chunk:
    reader = MapReader(obj, what="attachment chunk", known=5)
    count = reader.uint(3, MAX_ATTACHMENT_CHUNKS)
    index = reader.uint(2, MAX_ATTACHMENT_CHUNKS)
    if index >= count:
        raise reader.wrong(2, "does not lie below the count")
    return Chunk(
        root=reader.octets(1, size=HASH_BYTES),
        index=index,
        count=count,
        data=reader.octets(4, maximum=ATTACHMENT_CHUNK_BYTES + GCM_TAG_BYTES),
        proof=reader.octet_array(5, maximum=MAX_PROOF_HASHES, size=HASH_BYTES),
    )


def _read_held(obj: object) -> HeldChunks:
    reader = MapReader(obj, what="held chunks", known=3)
    count = reader.uint(2, MAX_ATTACHMENT_CHUNKS)
    ranges: list[tuple[int, int]] = []
    least = 0
    for item in reader.array(3, maximum=MAX_HELD_RANGES):
        if type(item) is not list or len(item) != 2 or type(item[0]) is not int or type(item[1]) is not int:
            raise reader.wrong(3, "has a range that is not a pair of integers")
        first, end = item
        if not least <= first < end <= count:
            raise reader.wrong(3, "has a range that is empty, out of order or beyond the count")
        ranges.append((first, end))
        least = end + 1
    return HeldChunks(root=reader.octets(1, size=HASH_BYTES), count=count, ranges=tuple(ranges))
