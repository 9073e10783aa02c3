"""Evidence: one file that shows a third person, offline, what was sent and received, and by whom.

A bundle holds an entry's header, the digest of its sealed body, its place in the log, the checkpoint that its owner
signed, the peer's receipt, and both parties' keysets. The body may be disclosed with its salt, or kept back.
The reader needs nothing else but the two root keys, which it got by another way.

Each claim stands for itself and is said in one sentence:

* *integrity*: header and sealed body stand at this position of this log, and no bit of them can differ;
* *origin*: the owner of the log signed it, with a key that its root key had named for this position;
* *content*: the disclosed body is the one that the header commits to (left out when nothing is disclosed);
* *time*: what both parties' signatures state about time; where the statements contradict each other the sentence says
  so, and the claim holds all the same, or either party could void the evidence by setting a clock;
* *receipt*: the peer signed that it holds the log up to and beyond this entry.

A bundle without a receipt fails that claim: nothing means no.
What a bundle does not prove: that the statement is true, that a clock was right, that a person read it, or that the
recipient could open it: who commits to one text can seal another. Only the recipient's own disposition says that.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Literal

from accord.errors import AccordError, OfficerCanMend

from .checkpoint import Checkpoint, Receipt, read_checkpoint, read_receipt, unverified_checkpoint, unverified_receipt
from .encoding import MapReader, decode, encode, extended
from .envelope import Body, Header
from .keys import VerifyKey
from .keyset import KeysetChain
from .limits import (
    MAX_BODY_BYTES,
    MAX_BUNDLE_BYTES,
    MAX_CHAIN_KEYSETS,
    MAX_HEADER_BYTES,
    MAX_KEYSET_BYTES,
    MAX_LOG_SIZE,
    MAX_NOTE_BYTES,
    MAX_PROOF_HASHES,
    SKEW_TOLERANCE_MS,
)
from .merkle import leaf_hash, verify_inclusion
from .roots import RootsUnreadable, TrustRoots

__all__ = [
    "Claim",
    "ClaimName",
    "EvidenceBundle",
    "RootsUnreadable",
    "TrustRoots",
    "Verdict",
    "contradiction_between",
    "verify_bundle",
]

BUNDLE_VERSION: Final = 1
HASH_BYTES: Final = 32
MAX_CHAIN_BYTES: Final = MAX_CHAIN_KEYSETS * MAX_KEYSET_BYTES

ClaimName = Literal["integrity", "origin", "content", "time", "receipt", "two-histories"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceBundle:
    """Everything that shows one entry to a third person.

    Args:
        header: Header bytes of the envelope.
        sealed_digest: SHA-256 of the sealed body, 32 bytes.
        index: Position of the entry in its owner's log.
        hashes: RFC 9162 inclusion proof of the entry in the checkpoint's log.
        checkpoint: The owner's signed note.
        receipt: The peer's co-signature over the same size and root, or ``None``.
        owner_chain: The owner's keysets, as :meth:`KeysetChain.to_bytes` gives them.
        cosigner_chain: The peer's keysets.
        body: The body as it was committed to, or ``None`` to keep it back.
        salt: The commitment's salt; present when the body is.
        extensions: Ignorable fields, keys from 1000 on.
    """

    header: bytes
    sealed_digest: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    receipt: bytes | None
    owner_chain: bytes
    cosigner_chain: bytes
    body: bytes | None = None
    salt: bytes | None = None
    extensions: Mapping[int, object] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Returns the bundle as the bytes of a file."""
        fields: dict[int, object] = {
            1: BUNDLE_VERSION,
            2: self.header,
            3: self.sealed_digest,
            4: self.index,
            5: list(self.hashes),
            6: self.checkpoint,
            7: self.receipt,
            8: self.owner_chain,
            9: self.cosigner_chain,
            10: self.body,
            11: self.salt,
        }
        return encode(extended(fields, self.extensions))

    @classmethod
    def decode(cls, data: bytes) -> "EvidenceBundle":
        """Reads a bundle; :func:`verify_bundle` judges it.

        Raises:
            LimitExceeded: If a part is too large.
            MalformedObject: If it is not the one encoding of a bundle of this version.
        """
        what = "evidence bundle"
        read = MapReader(decode(data, what=what, max_bytes=MAX_BUNDLE_BYTES), what=what, known=11)
        read.version(1, BUNDLE_VERSION)
        is_disclosed = not read.is_null(10)
        if is_disclosed is read.is_null(11):
            raise read.wrong(11, "must come with the body, and only with it")
        return cls(
            header=read.octets(2, maximum=MAX_HEADER_BYTES),
            sealed_digest=read.octets(3, size=HASH_BYTES),
            index=read.uint(4, MAX_LOG_SIZE),
            hashes=read.octet_array(5, maximum=MAX_PROOF_HASHES, size=HASH_BYTES),
            checkpoint=read.octets(6, maximum=MAX_NOTE_BYTES),
            receipt=None if read.is_null(7) else read.octets(7, maximum=MAX_NOTE_BYTES),
            owner_chain=read.octets(8, maximum=MAX_CHAIN_BYTES),
            cosigner_chain=read.octets(9, maximum=MAX_CHAIN_BYTES),
            body=read.octets(10, maximum=MAX_BODY_BYTES) if is_disclosed else None,
            salt=read.octets(11, size=HASH_BYTES) if is_disclosed else None,
            extensions=read.extensions(),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One thing that a bundle is to prove.

    Args:
        name: Which one.
        ok: Whether it holds.
        sentence: What holds, or why it does not, in one plain sentence.
    """

    name: ClaimName
    ok: bool
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a bundle proves.

    Args:
        ok: Whether every claim holds.
        claims: The claims, in the order of the module's essay; none when the file is no bundle.
        reason: The first failure in one plain sentence, or ``None``.
    """

    ok: bool
    claims: tuple[Claim, ...]
    reason: str | None

    def to_json(self) -> dict[str, object]:
        """Returns the verdict as ``accord verify --json`` prints it."""
        claims = [{"name": claim.name, "ok": claim.ok, "sentence": claim.sentence} for claim in self.claims]
        return {"ok": self.ok, "claims": claims, "reason": self.reason}


def verify_bundle(data: bytes, roots: Mapping[str, VerifyKey]) -> Verdict:
    """Judges a bundle with nothing but the root keys that the reader trusts.

    It never raises for what is in the bundle: whatever is wrong becomes a reason in plain words.

    Args:
        data: The bundle's bytes.
        roots: Trusted root key of each party, by party code.
    """
    try:
        bundle = EvidenceBundle.decode(data)
        header = Header.decode(bundle.header)
        checkpoint = unverified_checkpoint(bundle.checkpoint)
    except AccordError as error:
        return Verdict(ok=False, claims=(), reason=f"The file is not a readable evidence bundle: {error.sentence}")
    checks: list[tuple[ClaimName, Callable[[], str]]] = [
        ("integrity", lambda: _integrity(bundle, header, checkpoint)),
        ("origin", lambda: _origin(bundle, header, roots)),
        ("time", lambda: _time(bundle, header, checkpoint, roots)),
        ("receipt", lambda: _receipt(bundle, header, checkpoint, roots)),
    ]
    if bundle.body is not None:
        checks.insert(2, ("content", lambda: _content(bundle, header)))
    claims = tuple(_claim(name, check) for name, check in checks)
    failed = next((claim.sentence for claim in claims if not claim.ok), None)
    return Verdict(ok=failed is None, claims=claims, reason=failed)


def contradiction_between(files: Sequence[bytes]) -> str | None:
    """Tells, in one sentence, whether two bundles show different messages at one place of one log.

    Each may hold by itself: then a party signed or receipted two histories, and neither proves which one is true.

    Args:
        files: The bytes of several bundles; what is no bundle is passed over.
    """
    shown: dict[tuple[str, str, int], tuple[bytes, bytes]] = {}
    for data in files:
        try:
            bundle = EvidenceBundle.decode(data)
            header = Header.decode(bundle.header)
        except AccordError:
            continue
        place, entry = (header.sender, header.recipient, bundle.index), (bundle.header, bundle.sealed_digest)
        if shown.setdefault(place, entry) != entry:
            return (
                f"Two bundles show different messages at position {bundle.index} of the log of {header.sender} towards "
                f"{header.recipient}: there are two histories, and none of these files shows which one is true."
            )
    return None


class _ClaimFails(OfficerCanMend):
    """A claim does not hold; caught where the verdict is made."""

    code = "evidence.claim-fails"


def _claim(name: ClaimName, check: Callable[[], str]) -> Claim:
    try:
        return Claim(name=name, ok=True, sentence=check())
    except AccordError as error:
        return Claim(name=name, ok=False, sentence=error.sentence)


def _integrity(bundle: EvidenceBundle, header: Header, checkpoint: Checkpoint) -> str:
    if (header.sender, header.recipient) != (checkpoint.owner, checkpoint.peer):
        raise _ClaimFails(
            f"The message is from {header.sender} to {header.recipient}, "
            f"but the log is that of {checkpoint.owner} towards {checkpoint.peer}."
        )
    leaf = leaf_hash(sha256(bundle.header).digest(), bundle.sealed_digest)
    try:
        verify_inclusion(leaf, bundle.index, checkpoint.size, bundle.hashes, checkpoint.root)
    except AccordError as error:
        raise _ClaimFails(
            f"The message does not stand in the log of {checkpoint.owner} at position {bundle.index}: {error.sentence}"
        ) from error
    return (
        f"The message stands at position {bundle.index} of the {checkpoint.size} entries in the log of "
        f"{checkpoint.owner} towards {checkpoint.peer}, and no bit of it can differ."
    )


def _origin(bundle: EvidenceBundle, header: Header, roots: Mapping[str, VerifyKey]) -> str:
    owner, peer = header.sender, header.recipient
    checkpoint = _signed_checkpoint(bundle, owner, peer, roots)
    if (checkpoint.owner, checkpoint.peer) != (owner, peer):
        raise _ClaimFails(f"The checkpoint is of the log of {checkpoint.owner}, not of {owner} towards {peer}.")
    return f"{owner} signed the log that holds this message, with a key that the root key of {owner} had named for it."


def _signed_checkpoint(bundle: EvidenceBundle, owner: str, peer: str, roots: Mapping[str, VerifyKey]) -> Checkpoint:
    chain = _trusted_chain(bundle.owner_chain, owner, peer, roots)
    position = unverified_checkpoint(bundle.checkpoint).position
    try:
        return read_checkpoint(bundle.checkpoint, verify_key=chain.signing_keys_at(position))
    except AccordError as error:
        raise _ClaimFails(f"The signature of {owner} over the checkpoint does not hold: {error.sentence}") from error


def _signed_receipt(bundle: EvidenceBundle, checkpoint: Checkpoint, roots: Mapping[str, VerifyKey]) -> Receipt | None:
    owner, peer = checkpoint.owner, checkpoint.peer
    if bundle.receipt is None:
        return None
    chain = _trusted_chain(bundle.cosigner_chain, peer, owner, roots)
    try:
        size = unverified_receipt(bundle.receipt).size
        receipt = read_receipt(bundle.receipt, verify_key=chain.cosigning_keys_at(size))
    except AccordError as error:
        raise _ClaimFails(f"The signature of {peer} under the receipt does not hold: {error.sentence}") from error
    if receipt.checkpoint != checkpoint:
        raise _ClaimFails(
            f"The receipt of {peer} confirms size {receipt.checkpoint.size} of the log "
            f"{receipt.checkpoint.origin}, not the checkpoint in the file."
        )
    return receipt


def _trusted_chain(data: bytes, party: str, peer: str, roots: Mapping[str, VerifyKey]) -> KeysetChain:
    root = roots.get(party)
    if root is None:
        raise _ClaimFails(f"No root key of {party} was given, so nothing signed by {party} can be believed.")
    try:
        chain = KeysetChain.from_bytes(data, trusted=root)
        named = (chain.party, chain.peer)
    except AccordError as error:
        if error.reason_code == "trust.another-root":
            raise _ClaimFails(
                f"The keysets in the file lead to another root key of {party} than the one you trust."
            ) from error
        raise _ClaimFails(f"The keysets of {party} do not hold: {error.sentence}") from error
    if named != (party, peer):
        raise _ClaimFails(
            f"The keysets in the file are of {named[0]} towards {named[1]}, not of {party} towards {peer}."
        )
    return chain


def _content(bundle: EvidenceBundle, header: Header) -> str:
    if bundle.body is None or bundle.salt is None:
        raise _ClaimFails("The content is not disclosed.")
    if not hmac.compare_digest(sha256(bundle.salt + bundle.body).digest(), header.commitment):
        raise _ClaimFails(f"The disclosed content is not what {header.sender} committed to in the header.")
    body = Body.decode(bundle.body)
    return (
        f"The disclosed content is what {header.sender} committed to: "
        f"a message of the kind {body.kind}, {len(body.payload)} bytes, handling {body.handling}. "
        f"It is not shown that {header.recipient} could open it."
    )


def _time(bundle: EvidenceBundle, header: Header, checkpoint: Checkpoint, roots: Mapping[str, VerifyKey]) -> str:
    owner, peer = checkpoint.owner, checkpoint.peer
    _signed_checkpoint(bundle, owner, peer, roots)
    receipt = _signed_receipt(bundle, checkpoint, roots)
    created, signed = _moment(header.created_ms), _moment(checkpoint.time_ms)
    stated = f"{owner} states {created} for the message and {signed} for its signature"
    contradiction = ""
    if header.created_ms > checkpoint.time_ms + SKEW_TOLERANCE_MS:
        contradiction = f" These times contradict each other: {owner} dates the message after its own signature."
    if receipt is None:
        return f"{stated}; {peer} states no time.{contradiction}"
    if receipt.time_ms < checkpoint.time_ms - SKEW_TOLERANCE_MS:
        contradiction += (
            f" These times contradict each other: {peer} dates its receipt before the signature of {owner}; "
            "one of the clocks was wrong, and nothing here shows which."
        )
    return f"{stated}; {peer} states {_moment(receipt.time_ms)} for its receipt.{contradiction}"


def _receipt(bundle: EvidenceBundle, header: Header, checkpoint: Checkpoint, roots: Mapping[str, VerifyKey]) -> str:
    receipt = _signed_receipt(bundle, checkpoint, roots)
    if receipt is None:
        raise _ClaimFails(
            f"The file holds no receipt: nothing in it shows that {header.recipient} ever held the message."
        )
    if bundle.index >= receipt.checkpoint.size:
        raise _ClaimFails(f"The receipt of {receipt.cosigner} ends before position {bundle.index}.")
    return (
        f"{receipt.cosigner} signed that it holds the log of {checkpoint.owner} up to and beyond this message, "
        f"at {_moment(receipt.time_ms)}. It is not shown that {receipt.cosigner} could open or did read it."
    )


def _moment(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
