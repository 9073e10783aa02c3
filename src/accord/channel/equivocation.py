"""The proof that a party signed two logs that cannot be one, which a third person checks offline.

Two signed checkpoints of one log contradict each other when

* they have one size and two roots, or
* the smaller one's root is not the root that the larger log had at that size.
  That root, and a consistency proof from it to the larger checkpoint, show it:
  a log has exactly one beginning of each size, so a second root for it cannot be a beginning too.

Within one epoch the owner's two signatures convict.
Across epochs they contradict each other and convict nobody: a restored node, or two sides that gave up what both had
lost, signs such logs in good faith. A receipt over the earlier one would not help, since who accuses is who can make
receipts, at any later time. That is also why a node must begin a new epoch after every restoration of its storage.

The proof convicts a key, not a person: a stolen key and a clone of a node make the same two logs.
That is why it freezes a channel and calls officers, and decides nothing else.
The peer machine itself makes proofs within one epoch only.
"""

from dataclasses import dataclass
from typing import Final

from accord.errors import TrustFails

from .checkpoint import Checkpoint, read_checkpoint, unverified_checkpoint
from .encoding import MapReader, decode, encode
from .keyset import KeysetChain
from .limits import MAX_NOTE_BYTES, MAX_PROOF_HASHES
from .merkle import HashReader, consistency_proof, verify_consistency
from .replica import frontier_at

__all__ = [
    "EquivocationProof",
    "EquivocationUnproven",
    "ProvenEquivocation",
    "decode_equivocation",
    "encode_equivocation",
    "prove_against_log",
    "verify_equivocation",
]

PROOF_VERSION: Final = 1
HASH_BYTES: Final = 32
MAX_PROOF_BYTES: Final = 3 * MAX_NOTE_BYTES + (MAX_PROOF_HASHES + 4) * (HASH_BYTES + 2)
"""Bytes of an encoded proof: two notes, a receipt and one consistency proof."""


class EquivocationUnproven(TrustFails):
    """What is offered as a proof of equivocation does not prove it."""

    code = "trust.equivocation-unproven"
    default_next_step = "Do not accuse anyone with this file; ask for the two signed checkpoints again."


@dataclass(frozen=True, kw_only=True, slots=True)
class EquivocationProof:
    """Two signed notes of one log that contradict each other.

    Args:
        smaller: The owner's signed note of the smaller size (either one when the sizes are equal).
        larger: The owner's other signed note.
        root_in_larger: The root that the larger log had at the smaller size, 32 bytes.
        hashes: RFC 9162 consistency proof from that root to the larger checkpoint.
        receipt: The peer's co-signature over one of the notes, for whoever reads the file; it decides nothing.
    """

    smaller: bytes
    larger: bytes
    root_in_larger: bytes
    hashes: tuple[bytes, ...] = ()
    receipt: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenEquivocation:
    """What a verified proof says.

    Args:
        party: Who signed both notes.
        smaller: What the one note says.
        larger: What the other note says.
    """

    party: str
    smaller: Checkpoint
    larger: Checkpoint

    @property
    def sentence(self) -> str:
        """One plain sentence for officers and for a third person."""
        one, other = self.smaller, self.larger
        return (
            f"{self.party} signed two logs towards {one.peer} that cannot be one: "
            f"size {one.size} with root {one.root.hex()[:16]}… in epoch {one.epoch}, "
            f"and size {other.size} with root {other.root.hex()[:16]}… in epoch {other.epoch}."
        )


def prove_against_log(
    note: bytes, *, held: bytes, reader: HashReader | None, receipt: bytes | None = None
) -> EquivocationProof | None:
    """Makes the proof that a note contradicts a log that we hold.

    Args:
        note: A signed note of the log's owner, of at most the size of ``held``; its signature is not judged here.
        held: The owner's signed note over the log that we hold.
        reader: Reads the hashes of that log; only for equal sizes it may be missing.
        receipt: A co-signature to keep beside the notes.

    Returns:
        The proof, or ``None`` where the note is a beginning of the log, or nothing can be said.
    """
    one, other = unverified_checkpoint(note), unverified_checkpoint(held)
    hashes: tuple[bytes, ...] = ()
    if one.size == other.size:
        root = other.root
    elif reader is not None and one.size < other.size:
        root, hashes = frontier_at(reader, one.size).root, consistency_proof(reader, one.size, other.size)
    else:
        return None
    if root == one.root:
        return None
    return EquivocationProof(smaller=note, larger=held, root_in_larger=root, hashes=hashes, receipt=receipt)


def verify_equivocation(proof: EquivocationProof, owner_chain: KeysetChain) -> ProvenEquivocation:
    """Checks a proof of equivocation with nothing but the owner's keysets.

    Args:
        proof: The proof.
        owner_chain: Keysets of the party that is accused; compare its root with the one you pinned.

    Returns:
        What is proven; it has a sentence for people.

    Raises:
        EquivocationUnproven: If the notes can be of one log, are not of one log at all, or contradict each other in two
            epochs (``trust.contradiction-without-blame``).
        SignatureInvalid: If a note or receipt is not signed by the party it names.
        ProofInvalid: If the hashes do not lead to the larger checkpoint.
    """
    smaller, larger = _read_owned(proof.smaller, owner_chain), _read_owned(proof.larger, owner_chain)
    if smaller.origin != larger.origin:
        raise EquivocationUnproven("The two checkpoints are of different logs.")
    if owner_chain.party != smaller.owner or owner_chain.peer != smaller.peer:
        raise EquivocationUnproven("The checkpoints are not of the party and channel that the keysets are for.")
    if smaller.size > larger.size:
        raise EquivocationUnproven("The checkpoints stand in the wrong order.")
    verify_consistency(smaller.size, larger.size, proof.root_in_larger, larger.root, proof.hashes)
    if proof.root_in_larger == smaller.root:
        raise EquivocationUnproven("The two checkpoints are of one log: the smaller is a beginning of the larger.")
    if smaller.epoch != larger.epoch:
        raise EquivocationUnproven(
            f"The two checkpoints of {smaller.owner} contradict each other in the epochs {smaller.epoch} and "
            f"{larger.epoch}; a node whose storage was restored signs such logs in good faith, so this blames nobody.",
            code="trust.contradiction-without-blame",
            fields={"party": smaller.owner, "epochs": [smaller.epoch, larger.epoch]},
        )
    return ProvenEquivocation(party=smaller.owner, smaller=smaller, larger=larger)


def _read_owned(note: bytes, chain: KeysetChain) -> Checkpoint:
    stated = unverified_checkpoint(note)
    return read_checkpoint(note, verify_key=chain.signing_keys_at(stated.position))


def encode_equivocation(proof: EquivocationProof) -> bytes:
    """Encodes a proof for a file."""
    return encode(
        {
            1: PROOF_VERSION,
            2: proof.smaller,
            3: proof.larger,
            4: proof.root_in_larger,
            5: list(proof.hashes),
            6: proof.receipt,
        }
    )


def decode_equivocation(data: bytes) -> EquivocationProof:
    """Reads a proof; :func:`verify_equivocation` judges it.

    Raises:
        LimitExceeded: If it is too large.
        MalformedObject: If it is not the one encoding of a proof.
    """
    what = "equivocation proof"
    reader = MapReader(decode(data, what=what, max_bytes=MAX_PROOF_BYTES), what=what, known=6)
    reader.version(1, PROOF_VERSION)
    return EquivocationProof(
        smaller=reader.octets(2, maximum=MAX_NOTE_BYTES),
        larger=reader.octets(3, maximum=MAX_NOTE_BYTES),
        root_in_larger=reader.octets(4, size=HASH_BYTES),
        hashes=reader.octet_array(5, maximum=MAX_PROOF_HASHES, size=HASH_BYTES),
        receipt=None if reader.is_null(6) else reader.octets(6, maximum=MAX_NOTE_BYTES),
    )
