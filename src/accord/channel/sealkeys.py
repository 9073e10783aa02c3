"""Sealing keys: each sealing is two key exchanges, and what is sealed stays secret while either holds.

A sealing key is X-Wing (ML-KEM-768 and X25519), used by HPKE in base mode with empty additional data.
Custody may keep private keys elsewhere: ``Opener`` is all the channel asks of it.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from accord.errors import TrustFails

from .keys import KeyUnusable, key_id

__all__ = [
    "SEAL_OVERHEAD_BYTES",
    "SEAL_PUBLIC_BYTES",
    "SEAL_SEED_BYTES",
    "Opener",
    "SealBroken",
    "SealKey",
    "SealPublicKey",
]

MLKEM768_SEED_BYTES: Final = 64
MLKEM768_PUBLIC_BYTES: Final = 1184

SEAL_PUBLIC_BYTES: Final = 1216
"""ML-KEM-768 encapsulation key (1184) and X25519 public key (32): the X-Wing public key."""
SEAL_SEED_BYTES: Final = 96
"""ML-KEM-768 seed d || z (64) and X25519 private key (32): X-Wing's 32-byte seed after its expansion by SHAKE-256."""
SEAL_OVERHEAD_BYTES: Final = 1136
"""Bytes that HPKE adds: the X-Wing ciphertext (1120) and the AES-GCM tag (16)."""

_HPKE: Final = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class SealBroken(TrustFails):
    """A sealed object does not open with the key it names: altered, sealed for another, or bound to another header."""

    code = "trust.seal-broken"


@dataclass(frozen=True, slots=True)
class SealPublicKey:
    """The public half of a sealing key (X-Wing)."""

    _bytes: bytes
    key_id: bytes = field(compare=False)

    @classmethod
    def from_bytes(cls, data: bytes) -> "SealPublicKey":
        """Reads 1216 bytes: ML-KEM-768 (1184) || X25519 (32).

        Raises:
            KeyUnusable: If they are not an X-Wing public key.
        """
        return _seal_public_key(bytes(data))

    def to_bytes(self) -> bytes:
        """Returns the 1216 bytes ML-KEM-768 || X25519."""
        return self._bytes

    def seal(self, info: bytes, plaintext: bytes) -> bytes:
        """Seals to this key with HPKE base mode and empty AAD.

        Returns:
            The X-Wing ciphertext (1120 bytes) and the AES-256-GCM ciphertext.

        Raises:
            KeyUnusable: If nothing can be sealed to it: its X25519 half is a point of low order.
        """
        try:
            return _HPKE.encrypt(plaintext, _parsed_seal_key(self._bytes), info)
        except ValueError as error:
            raise KeyUnusable(f"Nothing can be sealed to key {self.key_id.hex()}.") from error

    def require_usable(self) -> None:
        """Seals something once, so that a key that cannot be used is refused before anybody relies on it.

        Raises:
            KeyUnusable: If nothing can be sealed to it.
        """
        self.seal(b"accord/1/trial", b"")

    def __repr__(self) -> str:
        return f"SealPublicKey({self.key_id.hex()})"


class Opener(Protocol):
    """Who can open what was sealed: a key in memory, in an encrypted file, or in a hardware module."""

    @property
    def public(self) -> SealPublicKey:
        """Returns the public half."""
        ...

    def open(self, info: bytes, sealed: bytes) -> bytes:
        """Opens what was sealed to the public half under the same ``info``."""
        ...


class SealKey:
    """A sealing key in memory (X-Wing). It satisfies ``Opener``."""

    __slots__ = ("_private", "_public", "_seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEAL_SEED_BYTES:
            raise KeyUnusable(f"A sealing seed has {len(seed)} bytes where {SEAL_SEED_BYTES} are due.")
        self._seed = bytes(seed)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(self._seed[:MLKEM768_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(self._seed[MLKEM768_SEED_BYTES:])
        self._private = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)
        self._public = SealPublicKey.from_bytes(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> "SealKey":
        """Makes a fresh key from the library's own randomness."""
        return cls(MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_seed(cls, seed: bytes) -> "SealKey":
        """Makes the key of a 96-byte seed: ML-KEM-768 d || z (64) || X25519 private key (32)."""
        return cls(seed)

    @property
    def seed(self) -> bytes:
        """Returns the 96 secret bytes, for custody to encrypt."""
        return self._seed

    @property
    def public(self) -> SealPublicKey:
        """Returns the public half."""
        return self._public

    def open(self, info: bytes, sealed: bytes) -> bytes:
        """Opens what was sealed to this key under the same ``info``.

        Raises:
            SealBroken: If it does not open.
        """
        try:
            return _HPKE.decrypt(sealed, self._private, info)
        except (InvalidTag, ValueError):
            raise SealBroken(
                f"A sealed object does not open with key {self._public.key_id.hex()}.",
                fields={"key_id": self._public.key_id.hex()},
            ) from None

    def __repr__(self) -> str:
        return f"SealKey({self._public.key_id.hex()})"


# Parsing a public key costs as much as using it; a channel uses a handful over and over.


@lru_cache(maxsize=256)
def _seal_public_key(data: bytes) -> SealPublicKey:
    _parsed_seal_key(data)
    return SealPublicKey(data, key_id=key_id(b"seal", data))


@lru_cache(maxsize=256)
def _parsed_seal_key(data: bytes) -> hpke.MLKEM768X25519PublicKey:
    if len(data) != SEAL_PUBLIC_BYTES:
        raise KeyUnusable(f"A sealing key has {len(data)} bytes where {SEAL_PUBLIC_BYTES} are due.")
    try:
        return hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(data[:MLKEM768_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(data[MLKEM768_PUBLIC_BYTES:]),
        )
    except ValueError as error:
        raise KeyUnusable("Bytes offered as a sealing key are not one.") from error
