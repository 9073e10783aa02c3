"""Signing keys: each signature is two signatures, and it holds only when both do.

A signature of this protocol is Ed25519 **and** ML-DSA-65 over the same bytes.

One preimage serves both signature algorithms::

    "accord/1" 0x00 || length of context (2 bytes, big-endian) || context || message

with one exception: under the context ``note`` the message is signed as it stands, so that tools which know C2SP signed
notes verify our Ed25519 lines. Such a message begins with ``accord/1/`` or ``cosignature/v1`` and a line feed, which
no other preimage does.

Custody may keep private keys elsewhere: ``Signer`` is all the channel asks of it.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from accord.errors import OurFault, TrustFails

__all__ = [
    "CONTEXT_KEYSET",
    "CONTEXT_NOTE",
    "KEY_ID_BYTES",
    "SIGNATURE_BYTES",
    "SIGN_SEED_BYTES",
    "VERIFY_KEY_BYTES",
    "KeyUnusable",
    "Signature",
    "SignatureInvalid",
    "Signer",
    "SigningKey",
    "VerifyKey",
    "key_id",
    "preimage",
]

ED25519_PUBLIC_BYTES: Final = 32
ED25519_SIGNATURE_BYTES: Final = 64
ED25519_SEED_BYTES: Final = 32
MLDSA65_SIGNATURE_BYTES: Final = 3309

VERIFY_KEY_BYTES: Final = 1984
"""Ed25519 public key (32) and ML-DSA-65 public key (1952)."""
SIGNATURE_BYTES: Final = ED25519_SIGNATURE_BYTES + MLDSA65_SIGNATURE_BYTES
"""Ed25519 signature (64) and ML-DSA-65 signature (3309)."""
SIGN_SEED_BYTES: Final = 64
"""Ed25519 seed (32) and ML-DSA-65 seed (32)."""
KEY_ID_BYTES: Final = 8

CONTEXT_NOTE: Final = b"note"
"""Signed notes: the message is signed as it stands (see the module's essay)."""
CONTEXT_KEYSET: Final = b"keyset"
"""A party's root speaks of its node keys."""

_PREFIX: Final = b"accord/1\0"
_NOTE_BEGINNINGS: Final = (b"accord/1/", b"cosignature/v1\n")


class SignatureInvalid(TrustFails):
    """A signature does not hold: one of its two halves, or both, are of other bytes or another key."""

    code = "trust.signature-invalid"


class KeyUnusable(TrustFails):
    """Bytes that are not a key of this suite."""

    code = "trust.key-unusable"


def key_id(kind: bytes, public: bytes) -> bytes:
    """Returns a public key's name: the first 8 bytes of SHA-256("accord/key/1" 0x00 || kind || 0x00 || public)."""
    return hashlib.sha256(b"accord/key/1\0" + kind + b"\0" + public).digest()[:KEY_ID_BYTES]


def preimage(context: bytes, message: bytes) -> bytes:
    """Returns the bytes that both algorithms sign.

    Raises:
        OurFault: If the context is empty or too long, or a note's text could be taken for another preimage.
    """
    if context == CONTEXT_NOTE:
        if not message.startswith(_NOTE_BEGINNINGS):
            raise OurFault(
                "A note to be signed does not begin as a note of this protocol.", code="channel.unsignable-note"
            )
        return message
    if not 0 < len(context) < 2**16:
        raise OurFault("A signature needs a context of 1 to 65535 bytes.", code="channel.unsignable-context")
    return _PREFIX + len(context).to_bytes(2, "big") + context + message


@dataclass(frozen=True, slots=True)
class Signature:
    """Both halves of one signature.

    Args:
        ed25519: 64 bytes (RFC 8032).
        mldsa65: 3309 bytes (FIPS 204, pure, empty context).
    """

    ed25519: bytes
    mldsa65: bytes

    def to_bytes(self) -> bytes:
        """Returns the 3373 bytes Ed25519 || ML-DSA-65."""
        return self.ed25519 + self.mldsa65

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Splits 3373 bytes into the two halves.

        Raises:
            SignatureInvalid: For any other length: a stripped signature is no signature.
        """
        if len(data) != SIGNATURE_BYTES:
            raise SignatureInvalid(
                f"A signature has {len(data)} bytes where {SIGNATURE_BYTES} are due; both halves are needed."
            )
        return cls(ed25519=data[:ED25519_SIGNATURE_BYTES], mldsa65=data[ED25519_SIGNATURE_BYTES:])


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """The public half of a signing key: Ed25519 and ML-DSA-65 together, never one alone."""

    _bytes: bytes
    key_id: bytes = field(compare=False)

    @classmethod
    def from_bytes(cls, data: bytes) -> "VerifyKey":
        """Reads 1984 bytes: Ed25519 (32) || ML-DSA-65 (1952).

        Raises:
            KeyUnusable: If they are not two public keys.
        """
        return _verify_key(bytes(data))

    def to_bytes(self) -> bytes:
        """Returns the 1984 bytes Ed25519 || ML-DSA-65."""
        return self._bytes

    @property
    def ed25519(self) -> bytes:
        """Returns the 32 bytes of the Ed25519 half."""
        return self._bytes[:ED25519_PUBLIC_BYTES]

    @property
    def mldsa65(self) -> bytes:
        """Returns the 1952 bytes of the ML-DSA-65 half."""
        return self._bytes[ED25519_PUBLIC_BYTES:]

    def verify(self, context: bytes, message: bytes, signature: Signature) -> None:
        """Checks that both halves sign the message under the context.

        Raises:
            SignatureInvalid: If either half does not hold.
        """
        signed = preimage(context, message)
        ed25519, mldsa65 = _parsed_verify_key(self._bytes)
        failed = ""
        try:
            ed25519.verify(signature.ed25519, signed)
            failed = "ML-DSA-65"
            mldsa65.verify(signature.mldsa65, signed)
        except (InvalidSignature, ValueError):
            failed = failed or "Ed25519"
            raise SignatureInvalid(
                f"The {failed} half of the signature does not hold under key {self.key_id.hex()}.",
                fields={"algorithm": failed, "key_id": self.key_id.hex()},
            ) from None

    def __repr__(self) -> str:
        return f"VerifyKey({self.key_id.hex()})"


class Signer(Protocol):
    """Who can sign: a key in memory, in an encrypted file, or in a hardware module."""

    @property
    def public(self) -> VerifyKey:
        """Returns the public half."""
        ...

    def sign(self, context: bytes, message: bytes) -> Signature:
        """Signs the preimage of context and message with both algorithms."""
        ...


class SigningKey:
    """A signing key in memory: Ed25519 and ML-DSA-65. It satisfies ``Signer``."""

    __slots__ = ("_ed25519", "_mldsa65", "_public", "_seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SIGN_SEED_BYTES:
            raise KeyUnusable(f"A signing seed has {len(seed)} bytes where {SIGN_SEED_BYTES} are due.")
        self._seed = bytes(seed)
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(self._seed[:ED25519_SEED_BYTES])
        self._mldsa65 = MLDSA65PrivateKey.from_seed_bytes(self._seed[ED25519_SEED_BYTES:])
        self._public = VerifyKey.from_bytes(
            self._ed25519.public_key().public_bytes_raw() + self._mldsa65.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> "SigningKey":
        """Makes a fresh key from the library's own randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw() + MLDSA65PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """Makes the key of a 64-byte seed: Ed25519 seed (32) || ML-DSA-65 seed (32)."""
        return cls(seed)

    @property
    def seed(self) -> bytes:
        """Returns the 64 secret bytes, for custody to encrypt."""
        return self._seed

    @property
    def public(self) -> VerifyKey:
        """Returns the public half."""
        return self._public

    def sign(self, context: bytes, message: bytes) -> Signature:
        """Signs with both algorithms; ML-DSA-65 is hedged, so two signatures of one message differ."""
        signed = preimage(context, message)
        return Signature(ed25519=self._ed25519.sign(signed), mldsa65=self._mldsa65.sign(signed))

    def __repr__(self) -> str:
        return f"SigningKey({self._public.key_id.hex()})"


# Parsing a public key costs as much as using it; a channel uses a handful over and over.


@lru_cache(maxsize=256)
def _verify_key(data: bytes) -> VerifyKey:
    _parsed_verify_key(data)
    return VerifyKey(data, key_id=key_id(b"sign", data))


@lru_cache(maxsize=256)
def _parsed_verify_key(data: bytes) -> tuple[Ed25519PublicKey, MLDSA65PublicKey]:
    if len(data) != VERIFY_KEY_BYTES:
        raise KeyUnusable(f"A verification key has {len(data)} bytes where {VERIFY_KEY_BYTES} are due.")
    try:
        return (
            Ed25519PublicKey.from_public_bytes(data[:ED25519_PUBLIC_BYTES]),
            MLDSA65PublicKey.from_public_bytes(data[ED25519_PUBLIC_BYTES:]),
        )
    except ValueError as error:
        raise KeyUnusable("Bytes offered as a verification key are not one.") from error
