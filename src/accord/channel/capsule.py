"""The archive capsule: how a sender keeps the power to read its own words without keeping a private key at hand.

Each flush draws a secret, seals it to the party's archive key and wraps the content key of every message with it.
The capsule travels beside the entries and both sides keep it: who lost its disk gets capsule and entries back from its
peer, and opens them with the archive key alone. That key's private half can stay in a safe, since sealing needs only
the public one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .encoding import MapReader, decode, encode
from .envelope import CAPSULE_ID_BYTES
from .keys import KEY_ID_BYTES
from .limits import MAX_CAPSULE_BYTES
from .sealkeys import SEAL_OVERHEAD_BYTES, Opener, SealBroken, SealPublicKey
from .suite import SUITE_1, SUITE_1_NAME, require_suite

__all__ = ["ArchiveCapsule", "OpenCapsule", "require_key"]

CAPSULE_VERSION: Final = 1
SECRET_BYTES: Final = 32

_CAPSULE_INFO: Final = b"accord/1/capsule\0" + SUITE_1_NAME

Octets = bytes
"""``bytes`` under another name, for classes that have an attribute called so."""


@dataclass(frozen=True, slots=True)
class ArchiveCapsule:
    """A flush's archive secret, sealed to the sender's own archive key; both sides keep it beside the entries.

    Args:
        owner: Party code of the sender.
        archive_key_id: Name of the archive key that opens it, 8 bytes.
        id: What headers call it: the first 16 bytes of SHA-256 of the capsule.
        bytes: The capsule as it travels: CBOR {1: version, 2: suite, 3: owner, 4: archive key id, 5: HPKE(secret)}.
    """

    owner: str
    archive_key_id: Octets
    id: Octets
    bytes: Octets

    @classmethod
    def decode(cls, data: Octets) -> "ArchiveCapsule":
        """Reads a capsule without opening it.

        Raises:
            MalformedObject: If it is not a capsule of this version and suite.
        """
        return _read_capsule(data)[0]

    def open(self, archive_opener: Opener) -> "OpenCapsule":
        """Opens the capsule with the archive key it names.

        Raises:
            SealBroken: If this is another key, or the capsule was altered.
        """
        capsule, sealed = _read_capsule(self.bytes)
        require_key(capsule.archive_key_id, archive_opener, "capsule")
        secret = archive_opener.open(_capsule_info(capsule.owner), sealed)
        if len(secret) != SECRET_BYTES:
            raise SealBroken("The capsule holds no secret of the due length.")
        return OpenCapsule(capsule=capsule, secret=secret)


@dataclass(frozen=True, slots=True)
class OpenCapsule:
    """A capsule together with its secret: what a flush seals with, and then forgets.

    Args:
        capsule: The sealed capsule.
        secret: 32 bytes; never stored.
    """

    capsule: ArchiveCapsule
    secret: Octets = field(repr=False)

    @classmethod
    def generate(cls, archive: SealPublicKey, *, owner: str, entropy: Callable[[int], Octets]) -> "OpenCapsule":
        """Makes the capsule of one flush.

        Args:
            archive: The sender's own archive key, its public half.
            owner: Party code of the sender.
            entropy: Source of random bytes.
        """
        secret = entropy(SECRET_BYTES)
        data = encode(
            {1: CAPSULE_VERSION, 2: SUITE_1, 3: owner, 4: archive.key_id, 5: archive.seal(_capsule_info(owner), secret)}
        )
        return cls(capsule=ArchiveCapsule.decode(data), secret=secret)

    @property
    def id(self) -> Octets:
        """Returns the capsule's name, 16 bytes."""
        return self.capsule.id

    @property
    def bytes(self) -> Octets:
        """Returns the sealed capsule as it travels."""
        return self.capsule.bytes


def _capsule_info(owner: str) -> bytes:
    return _CAPSULE_INFO + owner.encode("ascii")


def _read_capsule(data: bytes) -> tuple[ArchiveCapsule, bytes]:
    what = "archive capsule"
    read = MapReader(decode(data, what=what, max_bytes=MAX_CAPSULE_BYTES), what=what, known=5)
    read.version(1, CAPSULE_VERSION)
    require_suite(read.uint(2))
    owner, archive_key_id = read.party(3), read.octets(4, size=KEY_ID_BYTES)
    name = hashlib.sha256(data).digest()[:CAPSULE_ID_BYTES]
    return ArchiveCapsule(owner=owner, archive_key_id=archive_key_id, id=name, bytes=data), read.octets(
        5, size=SEAL_OVERHEAD_BYTES + SECRET_BYTES
    )


def require_key(named: bytes, opener: Opener, what: str) -> None:
    """Checks that an opener holds the key that an object names.

    Raises:
        SealBroken: If it holds another.
    """
    if opener.public.key_id != named:
        raise SealBroken(
            f"The {what} is sealed to key {named.hex()}; this is key {opener.public.key_id.hex()}.",
            code="trust.sealed-to-another-key",
            fields={"sealed_to": named.hex(), "key_id": opener.public.key_id.hex()},
        )
