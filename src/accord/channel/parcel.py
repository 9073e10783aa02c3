"""Parcels: the same frames in a file, for a diplomatic bag or a memory stick.

A parcel is::

    "ACCORDPARCEL1" 0x0A
    length (4, big-endian) || frame        any number of times, length at least 1
    0x00000000
    SHA-256 of everything before           (32)

The digest finds damage; it proves nothing about who wrote the file.
What each frame is worth is judged frame by frame by the peer machine, so a parcel may be imported twice, late, in any
order with others, or after the network brought the same: the result is the same.

Both directions work on pieces, so a parcel of many gigabytes never stands in memory:
:func:`parcel_pieces` gives what to write, :func:`parcel_frames` asks for what to read.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Final

from .encoding import LimitExceeded, MalformedObject
from .limits import MAX_FRAME_BYTES, MAX_PARCEL_BYTES, MAX_PARCEL_FRAMES

__all__ = ["PARCEL_MAGIC", "parcel_frames", "parcel_pieces", "read_parcel", "write_parcel"]

PARCEL_MAGIC: Final = b"ACCORDPARCEL1\n"
"""First bytes of every parcel; the number is the version of this format."""

LENGTH_BYTES: Final = 4
DIGEST_BYTES: Final = 32


def parcel_pieces(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Gives the bytes of a parcel piece by piece, to be written in this order.

    Args:
        frames: Encoded frames.

    Raises:
        LimitExceeded: If a frame, their number or the parcel is too large.
    """
    digest = sha256(PARCEL_MAGIC)
    yield PARCEL_MAGIC
    total = len(PARCEL_MAGIC) + LENGTH_BYTES + DIGEST_BYTES
    for count, frame in enumerate(frames, start=1):
        total += LENGTH_BYTES + len(frame)
        _require_limits(count, len(frame), total)
        piece = len(frame).to_bytes(LENGTH_BYTES, "big") + frame
        digest.update(piece)
        yield piece
    digest.update(bytes(LENGTH_BYTES))
    yield bytes(LENGTH_BYTES) + digest.digest()


def parcel_frames(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Gives the frames of a parcel one by one.

    A frame is given before the end of the file is seen; that is safe, as each frame is judged by itself,
    and it lets what is whole in a damaged file be used. The refusal then comes at the end.

    Args:
        read: Returns at most so many next bytes of the file, and none at its end; a file's ``read`` will do.

    Raises:
        MalformedObject: If it is no parcel, ends too early, goes on too long, or is damaged.
        LimitExceeded: If a frame, their number or the parcel is too large.
    """
    magic = _exactly(read, len(PARCEL_MAGIC), "its first line")
    if magic != PARCEL_MAGIC:
        raise MalformedObject("The file is not a parcel, or of a version that this node does not know.")
    digest = sha256(magic)
    total = len(PARCEL_MAGIC) + LENGTH_BYTES + DIGEST_BYTES
    count = 0
    while True:
        prefix = _exactly(read, LENGTH_BYTES, f"the length of frame {count + 1}")
        digest.update(prefix)
        length = int.from_bytes(prefix, "big")
        if length == 0:
            break
        count += 1
        total += LENGTH_BYTES + length
        _require_limits(count, length, total)
        frame = _exactly(read, length, f"frame {count}")
        digest.update(frame)
        yield frame
    if _exactly(read, DIGEST_BYTES, "its digest") != digest.digest():
        raise MalformedObject("The parcel is damaged: its digest is not that of its bytes.")
    if read(1):
        raise MalformedObject("The parcel is malformed: bytes follow its digest.")


def write_parcel(frames: Iterable[bytes]) -> bytes:
    """Returns a whole parcel, for small ones and for tests; the same rules as for :func:`parcel_pieces`."""
    return b"".join(parcel_pieces(frames))


def read_parcel(data: bytes) -> list[bytes]:
    """Returns all frames of a parcel that is whole; the same rules as for :func:`parcel_frames`."""
    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        piece = data[position : position + size]
        position += len(piece)
        return piece

    return list(parcel_frames(read))


def _exactly(read: Callable[[int], bytes], size: int, what: str) -> bytes:
    """Reads ``size`` bytes, however small the pieces are in which they come."""
    pieces: list[bytes] = []
    left = size
    while left:
        piece = read(left)
        if not piece:
            raise MalformedObject(f"The parcel ends within {what}: {left} bytes are missing.", fields={"missing": left})
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _require_limits(count: int, length: int, total: int) -> None:
    if length > MAX_FRAME_BYTES or count > MAX_PARCEL_FRAMES or total > MAX_PARCEL_BYTES:
        raise LimitExceeded(
            f"Frame {count} of the parcel, or the parcel up to it, is too large: {length} and {total} bytes.",
            fields={"frame": count, "size_bytes": length, "total_bytes": total},
        )
