"""The chunk store: sealed attachment chunks as files, so that no file stands whole in memory or in the database.

``HOME/attachments/<root>/`` holds one file a chunk, named by its number, and ``leaves``, the leaves of the whole tree.
A chunk appears under its number only when it is whole on disk (temporary file, fsync, rename). What is stored is
sealed: the store can neither read it nor change it unnoticed.

Invariants:
    * a name is made of the root's hexadecimal digits and of numbers only: no peer chooses a path;
    * a chunk is stored only for a root that a stored envelope or an outbox row names (its callers check that);
    * memory is bounded by one chunk and by its tree's leaves (32 bytes each).
"""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from django.conf import settings

from accord.channel.attachment import attachment_root, chunk_leaf, chunk_proof
from accord.channel.frames import Chunk, HeldChunks
from accord.channel.limits import ATTACHMENT_CHUNK_BYTES, MAX_ATTACHMENT_CHUNKS
from accord.errors import NotAvailableNow, OfficerCanMend, OurFault
from accord.parties.keyfile import write_durably

__all__ = ["RESERVED_BYTES", "AttachmentWriter", "ChunkStore", "NoRoom", "chunk_store", "first_missing"]

HASH_BYTES: Final = 32
LEAVES_FILE: Final = "leaves"
INCOMING_PREFIX: Final = ".sealing-"

# Free space that is kept for the database and its log, in bytes; below it no further chunk is taken (faults list, 8).
RESERVED_BYTES: Final = 64 * 1024 * 1024


class NoRoom(NotAvailableNow):
    """The disk has too little room for another chunk."""

    code = "courier.no-room"
    default_next_step = "Make room on the disk of the node's home; the transfer goes on by itself."
    http_status = 507


class ChunkStore:
    """The attachments folder of a node.

    Args:
        folder: ``HOME/attachments``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _of(self, root: bytes) -> Path:
        if len(root) != HASH_BYTES:
            raise OurFault(f"An attachment root has {len(root)} bytes where {HASH_BYTES} are due.")
        return self._folder / root.hex()

    def writer(self) -> "AttachmentWriter":
        """Returns a writer for the sealed chunks of one envelope; its root is known once all are written."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return AttachmentWriter(self._folder)

    def held(self, root: bytes) -> frozenset[int]:
        """Returns the numbers of the chunks that are stored."""
        folder = self._of(root)
        if not folder.is_dir():
            return frozenset()
        return frozenset(int(file.name) for file in folder.iterdir() if file.name.isdigit())

    def held_ranges(self, root: bytes, count: int) -> HeldChunks:
        """Returns what is stored of an attachment, as the channel tells the peer."""
        ranges: list[tuple[int, int]] = []
        for index in sorted(self.held(root)):
            if ranges and ranges[-1][1] == index:
                ranges[-1] = (ranges[-1][0], index + 1)
            else:
                ranges.append((index, index + 1))
        return HeldChunks(root=root, count=count, ranges=tuple(ranges))

    def is_whole(self, root: bytes, count: int) -> bool:
        """Returns whether every chunk is stored."""
        return self.held(root) == frozenset(range(count))

    def read(self, root: bytes, index: int) -> bytes:
        """Returns one sealed chunk.

        Raises:
            OfficerCanMend: It has not arrived.
        """
        try:
            return (self._of(root) / str(int(index))).read_bytes()
        except FileNotFoundError as error:
            raise OfficerCanMend(
                f"Chunk {index} of the attachment is not here yet.",
                code="courier.chunk-missing",
                next_step="Wait until the attachment has arrived whole.",
            ) from error

    def read_all(self, root: bytes, *, first: int, count: int) -> Iterator[bytes]:
        """Yields sealed chunks in order, one in memory at a time."""
        for index in range(first, first + count):
            yield self.read(root, index)

    def put(self, chunk: Chunk) -> None:
        """Stores a chunk that the channel has verified; storing it again changes nothing.

        Raises:
            NoRoom: The disk has too little room left.
        """
        folder = self._of(chunk.root)
        file = folder / str(chunk.index)
        if file.exists():
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _require_room(folder, len(chunk.data))
        try:
            write_durably(file, chunk.data)
        except OSError as error:
            raise NoRoom("A chunk of an attachment could not be written.") from error

    def count(self, root: bytes) -> int:
        """Returns the number of chunks of an attachment that was sealed here."""
        return (self._of(root) / LEAVES_FILE).stat().st_size // HASH_BYTES

    def known_count(self, root: bytes) -> int | None:
        """Returns the number of chunks of an attachment that was sealed here, or ``None`` if there is none."""
        try:
            return self.count(root)
        except FileNotFoundError:
            return None

    def chunk(self, root: bytes, index: int) -> Chunk:
        """Returns a chunk that was sealed here, with its proof, ready to be sent."""
        leaves = (self._of(root) / LEAVES_FILE).read_bytes()
        hashes = [leaves[at : at + HASH_BYTES] for at in range(0, len(leaves), HASH_BYTES)]
        return Chunk(
            root=root,
            index=index,
            count=len(hashes),
            data=self.read(root, index),
            proof=chunk_proof(hashes, index),
        )

    def discard(self, root: bytes) -> None:
        """Deletes an attachment's chunks, for a retention rule or a withdrawn draft."""
        shutil.rmtree(self._of(root), ignore_errors=True)


class AttachmentWriter:
    """Takes the sealed chunks of one envelope in order and names them by their root when all are written.

    Used as a context manager, it leaves nothing behind when the sealing fails.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._working = folder / f"{INCOMING_PREFIX}{secrets.token_hex(8)}"
        self._leaves: list[bytes] = []

    def __enter__(self) -> Self:
        self._working.mkdir(mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._working, ignore_errors=True)

    def add(self, sealed: bytes) -> int:
        """Stores the next sealed chunk and returns its number.

        Raises:
            OfficerCanMend: There are too many chunks.
            NoRoom: The disk has too little room left.
        """
        if len(self._leaves) >= MAX_ATTACHMENT_CHUNKS:
            raise OfficerCanMend(
                f"The attachments of one message have at most {MAX_ATTACHMENT_CHUNKS} chunks.",
                code="courier.attachment-too-large",
                next_step="Split the file, or send it by parcel in parts.",
            )
        _require_room(self._folder, len(sealed))
        index = len(self._leaves)
        try:
            write_durably(self._working / str(index), sealed)
        except OSError as error:
            raise NoRoom("A chunk of an attachment could not be written.") from error
        self._leaves.append(chunk_leaf(sealed))
        return index

    def finish(self) -> bytes:
        """Names the attachment by its root and returns the root, which the envelope's header will carry."""
        root = attachment_root(self._leaves)
        write_durably(self._working / LEAVES_FILE, b"".join(self._leaves))
        final = self._folder / root.hex()
        if not final.exists():
            self._working.rename(final)
        return root


def _require_room(folder: Path, size_bytes: int) -> None:
    if shutil.disk_usage(folder).free < RESERVED_BYTES + max(size_bytes, ATTACHMENT_CHUNK_BYTES):
        raise NoRoom("The disk of the node's home is nearly full.")


def first_missing(held: HeldChunks, *, limit: int) -> tuple[int, ...]:
    """Returns the lowest numbers of the chunks that a holder still needs.

    What it costs grows with the ranges that were sent and with ``limit``, never with the count that was claimed.

    Args:
        held: What the peer says it holds.
        limit: How many numbers are wanted at most.
    """
    missing: list[int] = []
    position = 0
    for first, end in (*held.ranges, (held.count, held.count)):
        missing.extend(range(position, min(first, position + limit - len(missing))))
        position = max(position, end)
    return tuple(missing)


def chunk_store() -> ChunkStore:
    """Returns the chunk store of the configured home."""
    return ChunkStore(settings.ACCORD_HOME / "attachments")
