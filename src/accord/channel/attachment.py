"""Attachments: files in sealed chunks beside the log, bound to one envelope by a Merkle root.

A file is cut into chunks of 1 MiB and each is sealed under the attachment's own key, its index as nonce and its place
as additional data. The root over all sealed chunks of an envelope, and over their number, stands in its header; the
key, name and digest of each file stand in its sealed body. So a chunk can be checked as it arrives, by who cannot read
it, and only the reader of the body can open it.

Invariants:
    * a chunk that belongs under the root proves its index *and* how many chunks there are: one chunk fits one count;
    * a chunk's place, the file's number of chunks and its key are all bound by the seal: none can be swapped, dropped
      or repeated;
    * the file's length is padded to a size class with zeros, so that its exact size shows only to the reader;
    * nothing here writes, names or runs a file: a manifest's name is a label, refused where it could be taken for a
      path.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .encoding import LimitExceeded, MalformedObject, MapReader, decode, encode
from .limits import ATTACHMENT_CHUNK_BYTES, MAX_ATTACHMENT_CHUNKS
from .merkle import EMPTY_FRONTIER, ProofInvalid, inclusion_proof, inclusion_root
from .seal import padded_size
from .sealkeys import SealBroken

__all__ = [
    "AttachmentManifest",
    "attachment_root",
    "chunk_count",
    "chunk_leaf",
    "chunk_proof",
    "open_attachment",
    "open_chunk",
    "seal_chunk",
    "verify_chunk",
]

MANIFEST_VERSION: Final = 1
KEY_BYTES: Final = 32
DIGEST_BYTES: Final = 32
TAG_BYTES: Final = 16
MAX_NAME_CHARS: Final = 255
"""Characters of a file name: the bound of ext4, APFS and NTFS."""
MAX_MEDIA_TYPE_CHARS: Final = 127
"""Characters of a media type. Source: RFC 6838, 4.2 bounds each half at 127."""
MAX_MANIFEST_BYTES: Final = 4096
MAX_ATTACHMENT_BYTES: Final = MAX_ATTACHMENT_CHUNKS * ATTACHMENT_CHUNK_BYTES

_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+/[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_COUNTED: Final = b"\2"
"""First byte of the preimage of a counted root; RFC 9162 begins leaves with 0x00 and inner nodes with 0x01."""
_CHUNK_AAD: Final = b"accord/1/chunk\0"
_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentManifest:
    """What the sealed body says of one attachment.

    Args:
        name: The file's name as a label: no separators, no control or invisible characters.
        size_bytes: Length of the file in bytes.
        sha256: Digest of the file, 32 bytes.
        media_type: What the sender says it is; never believed by who opens it.
        key: The attachment's own key, 32 bytes.
        first_chunk: Index of its first chunk among the envelope's chunks.
        chunk_count: Number of its chunks.
    """

    name: str
    size_bytes: int
    sha256: bytes
    media_type: str
    key: bytes = field(repr=False)
    first_chunk: int
    chunk_count: int

    def __post_init__(self) -> None:
        unsafe = any(unicodedata.category(character) in _UNSAFE_CATEGORIES for character in self.name)
        if (
            not 0 < len(self.name) <= MAX_NAME_CHARS
            or unsafe
            or set(self.name) & set('/\\:*?"<>|')
            or set(self.name) <= {".", " "}
        ):
            raise MalformedObject("The attachment's name is empty, too long, or could be taken for a path.")
        if not 0 < len(self.media_type) <= MAX_MEDIA_TYPE_CHARS or not _MEDIA_TYPE.fullmatch(self.media_type):
            raise MalformedObject("The attachment's media type is not one.")
        if len(self.key) != KEY_BYTES or len(self.sha256) != DIGEST_BYTES:
            raise MalformedObject("The attachment's key or digest is not 32 bytes long.")
        if self.chunk_count != chunk_count(self.size_bytes):
            raise MalformedObject("The attachment's number of chunks is not that of its size.")
        if not 0 <= self.first_chunk <= MAX_ATTACHMENT_CHUNKS - self.chunk_count:
            raise MalformedObject("The attachment's chunks lie beyond those that an envelope may have.")

    def encode(self) -> bytes:
        """Returns the manifest as CBOR."""
        return encode(
            {
                1: MANIFEST_VERSION,
                2: self.name,
                3: self.size_bytes,
                4: self.sha256,
                5: self.media_type,
                6: self.key,
                7: self.first_chunk,
                8: self.chunk_count,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> "AttachmentManifest":
        """Reads a manifest.

        Raises:
            MalformedObject: If it is not a manifest of this version.
        """
        what = "attachment manifest"
        read = MapReader(decode(data, what=what, max_bytes=MAX_MANIFEST_BYTES), what=what, known=8)
        read.version(1, MANIFEST_VERSION)
        return cls(
            name=read.text(2, maximum=MAX_NAME_CHARS),
            size_bytes=read.uint(3, MAX_ATTACHMENT_BYTES),
            sha256=read.octets(4, size=DIGEST_BYTES),
            media_type=read.text(5, maximum=MAX_MEDIA_TYPE_CHARS),
            key=read.octets(6, size=KEY_BYTES),
            first_chunk=read.uint(7, MAX_ATTACHMENT_CHUNKS),
            chunk_count=read.uint(8, MAX_ATTACHMENT_CHUNKS),
        )


def chunk_count(size_bytes: int) -> int:
    """Returns the number of chunks of a file, padding included; an empty file has one.

    Raises:
        LimitExceeded: If the file is larger than an attachment may be.
    """
    count = -(-padded_size(size_bytes) // ATTACHMENT_CHUNK_BYTES)
    if size_bytes < 0 or count > MAX_ATTACHMENT_CHUNKS:
        raise LimitExceeded(
            f"The file has {size_bytes} bytes; an attachment has at most {MAX_ATTACHMENT_BYTES}, padding included.",
            next_step="Split the file, or send it by parcel in parts.",
            fields={"size_bytes": size_bytes, "limit_bytes": MAX_ATTACHMENT_BYTES},
        )
    return count


def _spans(size_bytes: int, index: int) -> tuple[int, int]:
    """Returns how many bytes of the file, and how many in all, the chunk at ``index`` holds."""
    start = index * ATTACHMENT_CHUNK_BYTES
    held = min(max(size_bytes - start, 0), ATTACHMENT_CHUNK_BYTES)
    return held, min(padded_size(size_bytes) - start, ATTACHMENT_CHUNK_BYTES)


def _nonce_and_aad(index: int, count: int) -> tuple[bytes, bytes]:
    if not 0 <= index < count:
        raise MalformedObject(f"There is no chunk {index} of {count}.", fields={"index": index, "count": count})
    return index.to_bytes(12, "big"), _CHUNK_AAD + index.to_bytes(4, "big") + count.to_bytes(4, "big")


def seal_chunk(key: bytes, *, index: int, size_bytes: int, plaintext: bytes) -> bytes:
    """Seals one chunk of a file.

    Args:
        key: The attachment's own fresh key, 32 bytes, used for this file alone.
        index: Which chunk of the file, from 0.
        size_bytes: Length of the whole file.
        plaintext: The file's bytes [index MiB, index + 1 MiB); the last chunks are padded here.

    Raises:
        MalformedObject: If the bytes are not as many as this chunk holds.
    """
    nonce, aad = _nonce_and_aad(index, chunk_count(size_bytes))
    held, whole = _spans(size_bytes, index)
    if len(plaintext) != held:
        raise MalformedObject(f"Chunk {index} holds {held} bytes of the file, not {len(plaintext)}.")
    return AESGCM(key).encrypt(nonce, plaintext.ljust(whole, b"\0"), aad)


def open_chunk(key: bytes, *, index: int, size_bytes: int, sealed: bytes) -> bytes:
    """Opens one chunk and takes its padding off.

    Raises:
        SealBroken: If it was altered, or is another file's or another place's chunk.
        MalformedObject: If its padding is not zeros.
    """
    nonce, aad = _nonce_and_aad(index, chunk_count(size_bytes))
    held, whole = _spans(size_bytes, index)
    try:
        plaintext = AESGCM(key).decrypt(nonce, sealed, aad) if len(sealed) == whole + TAG_BYTES else b""
    except (InvalidTag, ValueError):
        plaintext = b""
    if len(plaintext) != whole:
        raise SealBroken(f"Chunk {index} of an attachment does not open.", fields={"index": index})
    if plaintext.count(0, held) != whole - held:
        raise MalformedObject(f"Chunk {index} of an attachment is not padded with zeros.")
    return plaintext[:held]


def open_attachment(manifest: AttachmentManifest, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Opens an attachment chunk by chunk; memory holds one chunk.

    The digest is judged after the last piece: who writes the pieces to a file must not use the file before this
    returns.

    Args:
        manifest: What the sealed body says of it.
        chunks: Its sealed chunks in order.

    Raises:
        SealBroken: If a chunk does not open, one is missing or too many, or the digest is another.
    """
    digest = hashlib.sha256()
    opened = 0
    for index, sealed in enumerate(chunks):
        piece = open_chunk(manifest.key, index=index, size_bytes=manifest.size_bytes, sealed=sealed)
        digest.update(piece)
        opened += 1
        yield piece
    if opened != manifest.chunk_count:
        raise SealBroken(f"The attachment has {manifest.chunk_count} chunks; {opened} were given.")
    if digest.digest() != manifest.sha256:
        raise SealBroken("The attachment is not the file its manifest names.", code="trust.attachment-digest")


def chunk_leaf(sealed: bytes) -> bytes:
    """Returns the leaf of a sealed chunk: SHA-256(0x00 || sealed chunk)."""
    return hashlib.sha256(b"\0" + sealed).digest()


def attachment_root(leaves: Sequence[bytes]) -> bytes:
    """Returns what a header names: the root over all sealed chunks of its envelope, with their number.

    Args:
        leaves: Leaves of the chunks, the envelope's attachments in order.
    """
    return _counted_root(len(leaves), EMPTY_FRONTIER.append(leaves)[0].root)


def _counted_root(count: int, tree_root: bytes) -> bytes:
    """Binds the number of chunks: an inclusion proof alone fits every count of the same shape."""
    return hashlib.sha256(_COUNTED + count.to_bytes(4, "big") + tree_root).digest()


def chunk_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Makes the proof that the chunk at ``index`` is under the root over ``leaves``."""
    _, strides = EMPTY_FRONTIER.append(leaves)
    stored: dict[int, list[bytes]] = {0: list(leaves)}
    for node in strides:
        stored.setdefault(node.level, []).append(node.hash)
    return inclusion_proof(lambda level, start, count: stored[level][start : start + count], index, len(leaves))


def verify_chunk(root: bytes, index: int, count: int, sealed: bytes, proof: Sequence[bytes]) -> None:
    """Checks that a sealed chunk stands at ``index``, and that there are ``count`` chunks, under the root in a header.

    Raises:
        LimitExceeded: If the chunk, or the number of chunks, is too large.
        ProofInvalid: If the proof does not lead to the root, or the root is of another number of chunks.
    """
    if len(sealed) > ATTACHMENT_CHUNK_BYTES + TAG_BYTES or count > MAX_ATTACHMENT_CHUNKS:
        raise LimitExceeded(
            "The chunk, or the number of chunks, exceeds the limit.", fields={"size_bytes": len(sealed)}
        )
    if _counted_root(count, inclusion_root(chunk_leaf(sealed), index, count, proof)) != root:
        raise ProofInvalid(
            f"The proof does not lead from chunk {index} of {count} to the attachment's root.",
            fields={"index": index, "count": count},
        )
