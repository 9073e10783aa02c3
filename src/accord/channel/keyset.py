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
    * an end stated in a keyset that is taken in lies beyond what is co-signed by then, so that nobody takes back what
      the other side relies on;
    * a key may be left out only after its end was stated, so that silence never changes a key's meaning; it may come
      back to be revoked, never to be used.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from accord.errors import TrustFails

from .encoding import MalformedObject, MapReader, decode, encode, extended
from .key_entry import KeyEntry
from .keys import CONTEXT_KEYSET, SIGNATURE_BYTES, VERIFY_KEY_BYTES, Signature, Signer, VerifyKey
from .limits import MAX_CHAIN_KEYSETS, MAX_KEYS_PER_KIND, MAX_KEYSET_BYTES
from .sealkeys import SEAL_PUBLIC_BYTES, SealPublicKey
from .suite import SUITE_1, require_suite

__all__ = [
    "KEYSET_VERSION",
    "ChainBroken",
    "KeyEntry",
    "KeyNotInForce",
    "Keyset",
    "KeysetChain",
    "Settled",
    "sign_keyset",
]

KEYSET_VERSION: Final = 1
DIGEST_BYTES: Final = 32
MAX_SERIAL: Final = 2**32 - 1

_LAST_KEYSET_KEY: Final = 13
_KINDS: Final = ("sign_keys", "seal_keys", "archive_keys")


def _nothing_said() -> Mapping[str, Mapping[bytes, KeyEntry]]:
    return {kind: {} for kind in _KINDS}


class ChainBroken(TrustFails):
    """A keyset does not continue the chain it is offered to."""

    code = "trust.keyset-chain-broken"


class KeyNotInForce(TrustFails):
    """No key of the chain, or not this one, counts at the position."""

    code = "trust.key-not-in-force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How much is co-signed already when a keyset is taken in: no keyset may undo that.

    Args:
        own_size: Entries of the keyset's party's log that its peer has co-signed.
        peer_size: Entries of the peer's log that the party has co-signed.
    """

    own_size: int = 0
    peer_size: int = 0


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
    _said: Mapping[str, Mapping[bytes, KeyEntry]] = field(default_factory=_nothing_said, repr=False, compare=False)

    def extended(self, signed_bytes: bytes, *, settled: Settled | None = None) -> "KeysetChain":
        """Returns the chain continued by one signed keyset.

        Args:
            signed_bytes: The signed keyset.
            settled: What is co-signed already, where the keyset is taken in now; ``None`` where a chain that was taken
                in before is read again.

        Raises:
            MalformedObject: If it is not a signed keyset.
            SignatureInvalid: If the root did not sign it.
            ChainBroken: If it does not continue this chain, or would undo what is co-signed already.
            KeyUnusable: If it is taken in now and names a sealing key that nothing can be sealed to.
        """
        what = "signed keyset"
        read = MapReader(decode(signed_bytes, what=what, max_bytes=MAX_KEYSET_BYTES), what=what, known=2)
        _require_all_signed(read)
        statement = read.octets(1, maximum=MAX_KEYSET_BYTES)
        signature = Signature.from_bytes(read.octets(2, size=SIGNATURE_BYTES))
        self.root.verify(CONTEXT_KEYSET, statement, signature)
        keyset = Keyset.decode(statement)
        self._require_continues(keyset)
        if settled is not None:
            self._require_prospective(keyset, settled)
            for entry in (*keyset.seal_keys, *keyset.archive_keys):
                SealPublicKey.from_bytes(entry.public).require_usable()
        said = {
            kind: {**self._said[kind], **{entry.public: entry for entry in _entries(keyset, kind)}} for kind in _KINDS
        }
        return KeysetChain(self.root, (*self.signed, signed_bytes), (*self.keysets, keyset), said)

    def _require_prospective(self, keyset: Keyset, settled: Settled) -> None:
        """Refuses a stated end that would take back a signature which the other side relies on."""
        for entry in keyset.sign_keys:
            before = self._said["sign_keys"].get(entry.public)
            if before is None:
                continue
            ends = [end for end in (entry.until_position, entry.revoked_from) if end is not None]
            before_ends = [end for end in (before.until_position, before.revoked_from) if end is not None]
            is_nearer = bool(ends) and (not before_ends or min(ends) < min(before_ends))
            if is_nearer and min(ends) < settled.own_size:
                raise ChainBroken(
                    f"Keyset {keyset.serial} ends a key at position {min(ends)}, but {settled.own_size} entries are "
                    "co-signed already: an end cannot be dated back.",
                    code="trust.keyset-dated-back",
                    fields={"serial": keyset.serial, "end": min(ends), "size": settled.own_size},
                )
            vouched, vouched_before = entry.cosigns_until, before.cosigns_until
            is_nearer = vouched is not None and (vouched_before is None or vouched < vouched_before)
            if is_nearer and vouched is not None and vouched <= settled.peer_size:
                raise ChainBroken(
                    f"Keyset {keyset.serial} takes back co-signatures from size {vouched} on, but {settled.peer_size} "
                    "entries are receipted already: an end cannot be dated back.",
                    code="trust.keyset-dated-back",
                    fields={"serial": keyset.serial, "end": vouched, "size": settled.peer_size},
                )

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
        for kind in _KINDS:
            _require_narrowed(_entries(last, kind), self._said[kind], _entries(keyset, kind), keyset.serial)

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
        counting = [e for e in self._said["sign_keys"].values() if e.counts_at(position)]
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
        for entry in self._said["sign_keys"].values():
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
        counting = [e for e in self._said["sign_keys"].values() if e.cosigns_at(size)]
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
    def from_bytes(cls, data: bytes, *, trusted: VerifyKey | None = None) -> "KeysetChain":
        """Reads and verifies a chain against the root it names; who pinned another root must compare ``root``.

        Args:
            data: The chain's bytes.
            trusted: The root that the chain must name, compared before anything costly is done.

        Raises:
            MalformedObject: If it is not a chain.
            TrustFails: If a keyset is not signed by the root or does not continue the chain, or the root is another
                than the trusted one (``trust.another-root``).
        """
        return _verified_chain(bytes(data), trusted)


@lru_cache(maxsize=64)
def _verified_chain(data: bytes, trusted: VerifyKey | None) -> KeysetChain:
    # A chain is read at every contact and verified once a process: equal bytes have an equal verdict.
    what = "keyset chain"
    maximum = MAX_CHAIN_KEYSETS * MAX_KEYSET_BYTES
    read = MapReader(decode(data, what=what, max_bytes=maximum), what=what, known=2)
    _require_all_signed(read)
    chain = KeysetChain(VerifyKey.from_bytes(read.octets(1, size=VERIFY_KEY_BYTES)))
    if trusted is not None and chain.root != trusted:
        raise ChainBroken("The keysets lead to another root key than the trusted one.", code="trust.another-root")
    for signed in read.octet_array(2, maximum=MAX_CHAIN_KEYSETS, each=MAX_KEYSET_BYTES):
        chain = chain.extended(signed)
    return chain


def _entries(keyset: Keyset, kind: str) -> tuple[KeyEntry, ...]:
    found: tuple[KeyEntry, ...] = getattr(keyset, kind)
    return found


def _require_all_signed(read: MapReader) -> None:
    """Refuses fields that no signature covers: with them one keyset would have any number of spellings."""
    if read.extensions():
        raise MalformedObject("A signed keyset or a chain carries a field that nothing signs.")


def _newest_open(entries: tuple[KeyEntry, ...], kind: str) -> KeyEntry:
    usable = [entry for entry in entries if entry.is_open]
    if not usable:
        raise KeyNotInForce(f"The keyset holds no {kind} key that is still in use.", fields={"kind": kind})
    return max(usable, key=lambda entry: entry.from_position)


def _require_narrowed(
    last: tuple[KeyEntry, ...], said: Mapping[bytes, KeyEntry], now: tuple[KeyEntry, ...], serial: int
) -> None:
    # A key without an end is never left out, so every one of them stands in the last keyset.
    stated = {entry.public for entry in now}
    if any(entry.is_open and entry.public not in stated for entry in last):
        raise ChainBroken(f"Keyset {serial} leaves out a key whose end was never stated.")
    for entry in now:
        before = said.get(entry.public)
        if before is not None and not entry.narrows(before):
            raise ChainBroken(f"Keyset {serial} says more for a key than was said before.")
