"""The envelope: a header in clear and a body that only its recipient, and its sender's archive, can read.

The header says who to whom, when, until when and how large, and commits to the body; it names no subject, kind, case
or person. The body says what it is (kind and schema), carries the payload as opaque bytes, and names the decision of
law that let it go.

Bytes that are signed or hashed are the bytes that travel: ``Header.decode(data).encode() == data`` for all that
decodes.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from .encoding import MalformedObject, MapReader, decode, encode, extended, require_party
from .keys import KEY_ID_BYTES
from .limits import MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_LIFETIME_MS, MAX_PAYLOAD_BYTES, MAX_SEALED_BYTES
from .suite import SUITE_1, require_suite

__all__ = [
    "BODY_VERSION",
    "CAPSULE_ID_BYTES",
    "ENVELOPE_ID_BYTES",
    "HEADER_VERSION",
    "MAX_EPOCH",
    "Body",
    "Header",
    "uuid7",
]

HEADER_VERSION: Final = 2
BODY_VERSION: Final = 1
ENVELOPE_ID_BYTES: Final = 16
CAPSULE_ID_BYTES: Final = 16
DIGEST_BYTES: Final = 32
MAX_EPOCH: Final = 2**32 - 1
MAX_SCHEMA: Final = 2**16 - 1

_LAST_HEADER_KEY: Final = 14
_LAST_BODY_KEY: Final = 6


def uuid7(now_ms: int, entropy: Callable[[int], bytes]) -> bytes:
    """Returns a UUIDv7 as 16 bytes: its first 48 bits are the time, 74 bits are random.

    Source: RFC 9562, 5.7.
    """
    random = int.from_bytes(entropy(10), "big")
    high = (now_ms & (2**48 - 1)) << 16 | 0x7000 | (random >> 62 & 0xFFF)
    low = 0x8000000000000000 | (random & (2**62 - 1))
    return (high << 64 | low).to_bytes(16, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The part of an envelope that travels in clear.

    Args:
        version: Of this map; 2.
        suite: Number of the suite of algorithms; 1.
        id: UUIDv7, 16 bytes, chosen once by the sender.
        sender: Party code of the log's owner.
        recipient: Party code of the peer.
        epoch: The sender's log epoch when it was sealed; raised after each recovery.
        created_ms: When the sender sealed it, milliseconds since the Unix epoch.
        not_after_ms: Last moment at which it may be opened to a person.
        sealed_size: Bytes of the sealed body.
        commitment: SHA-256(salt || body), 32 bytes: binds the plaintext without showing it.
        attachment_root: Root over the sealed chunks of its attachments and their number, or ``None``.
        in_reply_to: Identifier of the envelope it answers, or ``None``.
        seal_key_id: Name of the recipient's key it is sealed to, 8 bytes.
        archive_capsule: Name of the capsule that lets the sender's archive key open it, 16 bytes.
        extensions: Ignorable fields, keys from 1000 on.
    """

    id: bytes
    sender: str
    recipient: str
    epoch: int
    created_ms: int
    not_after_ms: int
    sealed_size: int
    commitment: bytes
    seal_key_id: bytes
    archive_capsule: bytes
    attachment_root: bytes | None = None
    in_reply_to: bytes | None = None
    version: int = HEADER_VERSION
    suite: int = SUITE_1
    extensions: Mapping[int, object] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Returns the bytes that travel, are hashed into the leaf and authenticate the body."""
        return encode(
            extended(
                {
                    1: self.version,
                    2: self.suite,
                    3: self.id,
                    4: self.sender,
                    5: self.recipient,
                    6: self.epoch,
                    7: self.created_ms,
                    8: self.not_after_ms,
                    9: self.sealed_size,
                    10: self.commitment,
                    11: self.attachment_root,
                    12: self.in_reply_to,
                    13: self.seal_key_id,
                    14: self.archive_capsule,
                },
                self.extensions,
            )
        )

    @classmethod
    def decode(cls, data: bytes) -> "Header":
        """Reads and judges a header.

        Raises:
            MalformedObject: If it is not a header of this version and suite, or contradicts itself.
            LimitExceeded: If it is too large.
        """
        what = "header"
        read = MapReader(decode(data, what=what, max_bytes=MAX_HEADER_BYTES), what=what, known=_LAST_HEADER_KEY)
        version = read.version(1, HEADER_VERSION)
        suite = read.uint(2)
        require_suite(suite)
        header = cls(
            version=version,
            suite=suite,
            id=read.octets(3, size=ENVELOPE_ID_BYTES),
            sender=read.party(4),
            recipient=read.party(5),
            epoch=read.uint(6, MAX_EPOCH),
            created_ms=read.time_ms(7),
            not_after_ms=read.time_ms(8),
            sealed_size=read.uint(9, MAX_SEALED_BYTES),
            commitment=read.octets(10, size=DIGEST_BYTES),
            attachment_root=None if read.is_null(11) else read.octets(11, size=DIGEST_BYTES),
            in_reply_to=None if read.is_null(12) else read.octets(12, size=ENVELOPE_ID_BYTES),
            seal_key_id=read.octets(13, size=KEY_ID_BYTES),
            archive_capsule=read.octets(14, size=CAPSULE_ID_BYTES),
            extensions=read.extensions(),
        )
        header.require_consistent()
        return header

    def require_consistent(self) -> None:
        """Checks what no single field shows.

        Raises:
            MalformedObject: If sender and recipient are one, the identifier is no UUIDv7, or the times contradict each
            other.
        """
        require_party(self.sender, "header")
        require_party(self.recipient, "header")
        if self.sender == self.recipient:
            raise MalformedObject("The header names one party as sender and recipient.")
        if self.id[6] >> 4 != 7 or self.id[8] >> 6 != 2:
            raise MalformedObject("The header's identifier is not a UUIDv7.")
        if not self.created_ms <= self.not_after_ms <= self.created_ms + MAX_LIFETIME_MS:
            raise MalformedObject("The header's expiry lies before its creation, or more than ten years after it.")

    @property
    def digest(self) -> bytes:
        """Returns SHA-256 of the encoded header."""
        return hashlib.sha256(self.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The part of an envelope that only sealed eyes read.

    Args:
        kind: What the payload is, a short word such as ``request`` or ``disposition``.
        schema: Version of that kind's schema.
        payload: The message itself; opaque here (JSON in practice).
        decision_digest: SHA-256 of the decision of law that permitted the release; 32 zero bytes for the channel's own
            messages.
        handling: Handling code that governs the whole message.
        extensions: Ignorable fields, keys from 1000 on.
    """

    kind: str
    schema: int
    payload: bytes = field(repr=False)
    decision_digest: bytes
    handling: str
    version: int = BODY_VERSION
    extensions: Mapping[int, object] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Returns the bytes the commitment is made over."""
        return encode(
            extended(
                {
                    1: self.version,
                    2: self.kind,
                    3: self.schema,
                    4: self.payload,
                    5: self.decision_digest,
                    6: self.handling,
                },
                self.extensions,
            )
        )

    @classmethod
    def decode(cls, data: bytes) -> "Body":
        """Reads a body.

        Raises:
            MalformedObject: If it is not a body of this version.
            LimitExceeded: If it is too large.
        """
        what = "body"
        read = MapReader(decode(data, what=what, max_bytes=MAX_BODY_BYTES), what=what, known=_LAST_BODY_KEY)
        return cls(
            version=read.version(1, BODY_VERSION),
            kind=read.word(2),
            schema=read.uint(3, MAX_SCHEMA),
            payload=read.octets(4, maximum=MAX_PAYLOAD_BYTES),
            decision_digest=read.octets(5, size=DIGEST_BYTES),
            handling=read.word(6),
            extensions=read.extensions(),
        )
