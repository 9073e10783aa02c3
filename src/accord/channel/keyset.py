"""Keysets: a party's root key says which keys its node uses in one channel, and from which position of its log on.

Keysets form a chain: each names the digest of the one before, and the root, which stays offline, signs each.
The root is pinned once, when officers compare its words in person; all later trust follows from it.

Positions, not clocks, decide which key counts. A key signs for entry ``n`` of its party's own log if ``from <= n``,
``n < until`` where an end is stated, and ``n < revoked_from`` where it was revoked: earlier evidence stays good, later
use is refused, and a stolen key cannot back-date because what was co-signed cannot change. A checkpoint of size ``n``
speaks at position ``n - 1``. A co-signature speaks of the *peer's* log, so a revocation also names the first position
there from which it no longer counts.

Invariants of a chain:
    * serials count from 1 without gaps; party, peer and suite never change; times of issue never go back;
    * what was said of a key can only be narrowed: an end can be set or drawn nearer, never lifted;
    * a key may be left out only after its end was stated, so that silence never changes a key's meaning; it may come
      back to be revoked, never to be used.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from accord.errors import TrustFails

from .encoding import MalformedObject, MapReader, decode, encode, extended
from .key_entry import KeyEntry
from .keys import (
    CONTEXT_KEYSET,
    SEAL_PUBLIC_BYTES,
    SIGNATURE_BYTES,
    VERIFY_KEY_BYTES,
    SealPublicKey,
    Signature,
    Signer,
    VerifyKey,
)
from .limits import MAX_CHAIN_KEYSETS, MAX_KEYS_PER_KIND, MAX_KEYSET_BYTES
from .suite import SUITE_1, require_suite

__all__ = ["KEYSET_VERSION", "ChainBroken", "KeyEntry", "KeyNotInForce", "Keyset", "KeysetChain", "sign_keyset"]

KEYSET_VERSION: Final = 1
DIGEST_BYTES: Final = 32
MAX_SERIAL: Final = 2**32 - 1

_LAST_KEYSET_KEY: Final = 13


class ChainBroken(TrustFails):
    """A keyset does not continue the chain it is offered to."""

    code = "trust.keyset-chain-broken"


class KeyNotInForce(TrustFails):
    """No key of the chain, or not this one, counts at the position."""

    code = "trust.key-not-in-force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyset:
    """One statement of a party about the keys of its node in one channel.

    Args:
        party: Party code of whose keys they are.
        peer: Party code of the other side of the channel.
        serial: 1 for the first, then one more each.
        previous: Digest of the keyset before, or ``None`` for the first.
        issued_ms: When the root signed it, milliseconds since the Unix epoch.
        valid_from_ms: First moment at which a new channel may be opened with it.
        valid_until_ms: Moment by which a newer one is due; evidence made before stays good.
        sign_keys: Keys that sign checkpoints and receipts.
        seal_keys: Keys that the peer seals to.
        archive_keys: The party's own archive keys.
        tls_pins: SHA-256 of the DER certificates its node presents.
        extensions: Ignorable fields, keys from 1000 on.
    """

    party: str
    peer: str
    serial: int
    previous: bytes | None
    issued_ms: int
    valid_from_ms: int
    valid_until_ms: int
    sign_keys: tuple[KeyEntry, ...]
    seal_keys: tuple[KeyEntry, ...]
    archive_keys: tuple[KeyEntry, ...]
    tls_pins: tuple[bytes, ...] = ()
    version: int = KEYSET_VERSION
    suite: int = SUITE_1
    extensions: Mapping[int, object] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Returns the statement that the root signs."""
        return encode(
            extended(
                {
                    1: self.version,
                    2: self.suite,
                    3: self.party,
                    4: self.peer,
                    5: self.serial,
                    6: self.previous,
                    7: self.issued_ms,
                    8: self.valid_from_ms,
                    9: self.valid_until_ms,
                    10: [entry.to_map() for entry in self.sign_keys],
                    11: [entry.to_map() for entry in self.seal_keys],
                    12: [entry.to_map() for entry in self.archive_keys],
                    13: list(self.tls_pins),
                },
                self.extensions,
            )
        )

    @property
    def digest(self) -> bytes:
        """Returns SHA-256 of the statement, which the next keyset names."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, data: bytes) -> "Keyset":
        """Reads a statement; its signature is not judged here.

        Raises:
            MalformedObject: If it is not a keyset of this version and suite, or contradicts itself.
        """
        what = "keyset"
        read = MapReader(decode(data, what=what, max_bytes=MAX_KEYSET_BYTES), what=what, known=_LAST_KEYSET_KEY)
        version = read.version(1, KEYSET_VERSION)
        suite = read.uint(2)
        require_suite(suite)

        def entries(key: int, size: int) -> tuple[KeyEntry, ...]:
            found = tuple(KeyEntry.from_map(item, size=size) for item in read.array(key, maximum=MAX_KEYS_PER_KIND))
            if not found or len({entry.public for entry in found}) != len(found):
                raise MalformedObject("The keyset names no key of a kind it must name, or one key twice.")
            return found

        keyset = cls(
            version=version,
            suite=suite,
            party=read.party(3),
            peer=read.party(4),
            serial=read.uint(5, MAX_SERIAL),
            previous=None if read.is_null(6) else read.octets(6, size=DIGEST_BYTES),
            issued_ms=read.time_ms(7),
            valid_from_ms=read.time_ms(8),
            valid_until_ms=read.time_ms(9),
            sign_keys=entries(10, VERIFY_KEY_BYTES),
            seal_keys=entries(11, SEAL_PUBLIC_BYTES),
            archive_keys=entries(12, SEAL_PUBLIC_BYTES),
            tls_pins=read.octet_array(13, maximum=MAX_KEYS_PER_KIND, size=DIGEST_BYTES),
            extensions=read.extensions(),
        )
        if keyset.party == keyset.peer or keyset.valid_from_ms > keyset.valid_until_ms:
            raise MalformedObject("The keyset names one party twice, or ends before it begins.")
        return keyset


def sign_keyset(keyset: Keyset, root_signer: Signer) -> bytes:
    """Signs a keyset with the party's root key.

    Returns:
        CBOR {1: keyset, 2: signature (3373 bytes)}.

    Raises:
        MalformedObject: If the keyset could not be read back.
    """
    statement = keyset.encode()
    Keyset.decode(statement)
    return encode({1: statement, 2: root_signer.sign(CONTEXT_KEYSET, statement).to_bytes()})


@dataclass(frozen=True, slots=True)
class KeysetChain:
    """A party's keysets from the first to the latest, each verified against the pinned root.

    Args:
        root: The party's root key as pinned.
        signed: The signed keysets, in order.
        keysets: What they say.
    """

    root: VerifyKey
    signed: tuple[bytes, ...] = ()
    keysets: tuple[Keyset, ...] = field(default=(), repr=False)

    def extended(self, signed_bytes: bytes) -> "KeysetChain":
        """Returns the chain continued by one signed keyset.

        Raises:
            MalformedObject: If it is not a signed keyset.
            SignatureInvalid: If the root did not sign it.
            ChainBroken: If it does not continue this chain.
        """
        what = "signed keyset"
        read = MapReader(decode(signed_bytes, what=what, max_bytes=MAX_KEYSET_BYTES), what=what, known=2)
        statement = read.octets(1, maximum=MAX_KEYSET_BYTES)
        signature = Signature.from_bytes(read.octets(2, size=SIGNATURE_BYTES))
        self.root.verify(CONTEXT_KEYSET, statement, signature)
        keyset = Keyset.decode(statement)
        self._require_continues(keyset)
        return KeysetChain(self.root, (*self.signed, signed_bytes), (*self.keysets, keyset))

    def _require_continues(self, keyset: Keyset) -> None:
        if len(self.keysets) >= MAX_CHAIN_KEYSETS:
            raise ChainBroken(f"The chain already has {MAX_CHAIN_KEYSETS} keysets.")
        if not self.keysets:
            if keyset.serial != 1 or keyset.previous is not None:
                raise ChainBroken("The first keyset of a chain has serial 1 and names none before it.")
            return
        last = self.keysets[-1]
        if keyset.serial != last.serial + 1:
            raise ChainBroken(
                f"Keyset {keyset.serial} does not follow keyset {last.serial}.",
                fields={"serial": keyset.serial, "latest": last.serial},
            )
        if keyset.previous != last.digest:
            raise ChainBroken(f"Keyset {keyset.serial} names another keyset as the one before it.")
        if (keyset.party, keyset.peer, keyset.suite) != (last.party, last.peer, last.suite):
            raise ChainBroken(f"Keyset {keyset.serial} is of another party, peer or suite.")
        if keyset.issued_ms < last.issued_ms:
            raise ChainBroken(f"Keyset {keyset.serial} was issued before keyset {last.serial}.")
        for kind in ("sign_keys", "seal_keys", "archive_keys"):
            _require_narrowed(_latest_entries(self.keysets, kind), getattr(keyset, kind), keyset.serial)

    @property
    def latest(self) -> Keyset:
        """Returns the latest keyset.

        Raises:
            KeyNotInForce: If the chain is empty.
        """
        if not self.keysets:
            raise KeyNotInForce("The chain holds no keyset yet.", code="trust.no-keyset")
        return self.keysets[-1]

    @property
    def party(self) -> str:
        """Returns whose chain it is."""
        return self.latest.party

    @property
    def peer(self) -> str:
        """Returns the other side of the channel it is for."""
        return self.latest.peer

    def signing_keys_at(self, position: int) -> tuple[VerifyKey, ...]:
        """Returns the keys that sign at a position of the party's own log, the newest first; several during an overlap.

        Raises:
            KeyNotInForce: If none counts there.
        """
        counting = [e for e in _latest_entries(self.keysets, "sign_keys") if e.counts_at(position)]
        if not counting:
            raise KeyNotInForce(
                f"No signing key counts at position {position} of the log.", fields={"position": position}
            )
        counting.sort(key=lambda entry: entry.from_position)
        return tuple(VerifyKey.from_bytes(entry.public) for entry in reversed(counting))

    def signing_key_at(self, position: int, key_id: bytes | None = None) -> VerifyKey:
        """Returns the key that signs at a position of the party's own log.

        Args:
            position: Position of an entry; for a checkpoint, that of the last entry it covers.
            key_id: Name of the key that must count there; the newest one when omitted.

        Raises:
            KeyNotInForce: If none, or not this one, counts there; ``trust.key-revoked`` when it was revoked.
        """
        if key_id is None:
            return self.signing_keys_at(position)[0]
        for entry in _latest_entries(self.keysets, "sign_keys"):
            key = VerifyKey.from_bytes(entry.public)
            if key.key_id == key_id:
                if entry.counts_at(position):
                    return key
                is_revoked = entry.revoked_from is not None and position >= entry.revoked_from
                verdict = "was revoked before" if is_revoked else "does not count at"
                raise KeyNotInForce(
                    f"Key {key_id.hex()} {verdict} position {position}.",
                    code="trust.key-revoked" if is_revoked else None,
                    fields={"key_id": key_id.hex(), "position": position},
                )
        raise KeyNotInForce(
            f"Key {key_id.hex()} is not of this chain.", code="trust.key-unknown", fields={"key_id": key_id.hex()}
        )

    def cosigning_keys_at(self, size: int) -> tuple[VerifyKey, ...]:
        """Returns the keys whose co-signature of the peer's log counts at that log's size, the newest first.

        Raises:
            KeyNotInForce: If none counts.
        """
        counting = [e for e in _latest_entries(self.keysets, "sign_keys") if e.cosigns_at(size)]
        if not counting:
            raise KeyNotInForce(f"No key's co-signature counts at size {size}.", fields={"size": size})
        counting.sort(key=lambda entry: entry.from_position)
        return tuple(VerifyKey.from_bytes(entry.public) for entry in reversed(counting))

    def seal_key_for_sending(self) -> SealPublicKey:
        """Returns the key that messages to this party are sealed to: the newest without a stated end.

        Raises:
            KeyNotInForce: If there is none.
        """
        return SealPublicKey.from_bytes(_newest_open(self.latest.seal_keys, "sealing").public)

    def archive_key(self) -> SealPublicKey:
        """Returns the party's own archive key: the newest without a stated end.

        Raises:
            KeyNotInForce: If there is none.
        """
        return SealPublicKey.from_bytes(_newest_open(self.latest.archive_keys, "archive").public)

    def to_bytes(self) -> bytes:
        """Returns CBOR {1: root, 2: [signed keysets]}."""
        return encode({1: self.root.to_bytes(), 2: list(self.signed)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "KeysetChain":
        """Reads and verifies a chain against the root it names; who pinned another root must compare ``root``.

        Raises:
            MalformedObject: If it is not a chain.
            TrustFails: If a keyset is not signed by the root or does not continue the chain.
        """
        return _verified_chain(bytes(data))


@lru_cache(maxsize=64)
def _verified_chain(data: bytes) -> KeysetChain:
    # A chain is read at every contact and verified once a process: equal bytes have an equal verdict.
    what = "keyset chain"
    maximum = MAX_CHAIN_KEYSETS * MAX_KEYSET_BYTES
    read = MapReader(decode(data, what=what, max_bytes=maximum), what=what, known=2)
    chain = KeysetChain(VerifyKey.from_bytes(read.octets(1, size=VERIFY_KEY_BYTES)))
    for signed in read.octet_array(2, maximum=MAX_CHAIN_KEYSETS, each=MAX_KEYSET_BYTES):
        chain = chain.extended(signed)
    return chain


def _latest_entries(keysets: Iterable[Keyset], kind: str) -> tuple[KeyEntry, ...]:
    """Returns what was last said of each key, in the order in which the keys first appeared."""
    said: dict[bytes, KeyEntry] = {}
    for keyset in keysets:
        entries: tuple[KeyEntry, ...] = getattr(keyset, kind)
        said.update((entry.public, entry) for entry in entries)
    return tuple(said.values())


def _newest_open(entries: tuple[KeyEntry, ...], kind: str) -> KeyEntry:
    usable = [entry for entry in entries if entry.is_open]
    if not usable:
        raise KeyNotInForce(f"The keyset holds no {kind} key that is still in use.", fields={"kind": kind})
    return max(usable, key=lambda entry: entry.from_position)


def _require_narrowed(before: tuple[KeyEntry, ...], now: tuple[KeyEntry, ...], serial: int) -> None:
    stated = {entry.public: entry for entry in now}
    for entry in before:
        again = stated.get(entry.public)
        if again is None:
            if entry.is_open:
                raise ChainBroken(f"Keyset {serial} leaves out a key whose end was never stated.")
        elif not again.narrows(entry):
            raise ChainBroken(f"Keyset {serial} says more for a key than was said before.")
