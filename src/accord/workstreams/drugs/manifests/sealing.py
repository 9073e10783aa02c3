"""Manifests at rest: sealed chunk by chunk as soon as they arrive, under a key of their own, until they are screened.

A manifest names companies and what they trade, so that no plain copy lies on the node's disk; while it is read, it
stands in a temporary file without a name.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from typing import IO, BinaryIO, Final

from accord.channel.attachment import AttachmentManifest, chunk_count, open_attachment, seal_chunk
from accord.channel.limits import ATTACHMENT_CHUNK_BYTES
from accord.courier.chunks import chunk_store
from accord.workstreams.drugs.models import Screening

__all__ = ["Sealed", "discard", "opened", "sealed"]

KEY_BYTES: Final = 32
_LABEL: Final = "manifest"
_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """A file as it lies in the store.

    Args:
        size_bytes: Its length.
        sha256: Its digest.
        key: Its own key.
        root: Its name in the store.
    """

    size_bytes: int
    sha256: bytes
    key: bytes
    root: bytes


def sealed(file: BinaryIO) -> Sealed:
    """Seals a file into the store.

    Args:
        file: The file, seekable.

    Raises:
        NoRoom: The disk has too little room.
        LimitExceeded: The file is larger than the store takes.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    key, digest = os.urandom(KEY_BYTES), hashlib.sha256()
    with chunk_store().writer() as writer:
        for index in range(chunk_count(size)):
            block = file.read(ATTACHMENT_CHUNK_BYTES)
            digest.update(block)
            writer.add(seal_chunk(key, index=index, size_bytes=size, plaintext=block))
        root = writer.finish()
    return Sealed(size_bytes=size, sha256=digest.digest(), key=key, root=root)


def opened(screening: Screening) -> IO[bytes]:
    """Returns the plain bytes of a screening's manifest in an unnamed temporary file, which the caller closes.

    Raises:
        SealBroken: A chunk does not open, or the digest is another.
        OfficerCanMend: A chunk is missing.
    """
    size, root = screening.size_bytes, bytes(screening.root or b"")
    count = chunk_count(size)
    manifest = AttachmentManifest(
        name=_LABEL,
        size_bytes=size,
        sha256=bytes(screening.sha256),
        media_type=_TYPE,
        key=bytes(screening.key),
        first_chunk=0,
        chunk_count=count,
    )
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller open
    try:
        for piece in open_attachment(manifest, chunk_store().read_all(root, first=0, count=count)):
            spool.write(piece)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


def discard(root: bytes) -> None:
    """Deletes a file from the store."""
    chunk_store().discard(root)
