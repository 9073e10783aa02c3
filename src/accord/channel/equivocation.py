"""The proof that a party signed two logs that cannot be one, which a third person checks offline.

Two signed statements of one log contradict each other when

* they have one size and two roots, or
* the smaller one's root is not the root that the larger log had at that size.
  That root, and a consistency proof from it to the larger statement, show it:
  a log has exactly one beginning of each size, so a second root for it cannot be a beginning too;
* or they are two receipts, and the smaller log is of the later epoch: who co-signs never goes back in either.

Whom that convicts depends on who signed, and in which epoch:

* two checkpoints of one epoch convict the log's owner;
* two receipts that state one epoch of the cosigner convict the cosigner, whatever the owner did: it promised to co-sign
  only what extends all that it ever co-signed;
* a checkpoint and a receipt over a text of the same epoch show that one of the two broke its word: the owner signed two
  logs, or the cosigner confirmed what was never signed. The cosigner clears itself, and convicts the owner, with the
  owner's signature under the text of the receipt, which it has to keep.

Across epochs the same convicts nobody: a restored node, or two sides that gave up what both had lost, signs such logs
in good faith. That is why a node must begin a new epoch after every restoration of its storage.

The proof convicts a key, not a person: a stolen key and a clone of a node make the same two logs.
That is why it freezes a channel and calls officers, and decides nothing else.
The peer machine itself makes proofs within one epoch only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accord.errors import TrustFails

from .checkpoint import (
    Checkpoint,
    is_receipt,
    read_checkpoint,
    read_receipt,
    unverified_checkpoint,
    unverified_cosigner_epoch,
    unverified_receipt,
)
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
    "prove_two_receipts",
    "stated",
    "verify_equivocation",
]

PROOF_VERSION: Final = 2
HASH_BYTES: Final = 32
MAX_PROOF_BYTES: Final = 2 * MAX_NOTE_BYTES + (MAX_PROOF_HASHES + 4) * (HASH_BYTES + 2)
"""Bytes of an encoded proof: two notes and one consistency proof."""


class EquivocationUnproven(TrustFails):
    """What is offered as a proof of equivocation does not prove it."""

    code = "trust.equivocation-unproven"
    default_next_step = "Do not accuse anyone with this file; ask for the two signed checkpoints again."


@dataclass(frozen=True, kw_only=True, slots=True)
class EquivocationProof:
    """Two signed notes of one log that contradict each other; each is a checkpoint or a receipt.

    Args:
        smaller: The note of the smaller size (either one when the sizes are equal).
        larger: The other note.
        root_in_larger: The root that the larger log had at the smaller size, 32 bytes. Where two receipts show that
            their signer went back, it is the smaller one's root, and the sizes and epochs are the proof.
        hashes: RFC 9162 consistency proof from that root to the larger note.
    """

    smaller: bytes
    larger: bytes
    root_in_larger: bytes
    hashes: tuple[bytes, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenEquivocation:
    """What a verified proof says.

    Args:
        parties: Who broke its word; where two are named, one of the two did, and nothing in the proof shows which.
        smaller: What the one note says.
        larger: What the other note says.
        signers: Who signed the one and the other.
    """

    parties: tuple[str, ...]
    smaller: Checkpoint
    larger: Checkpoint
    signers: tuple[str, str]

    @property
    def party(self) -> str | None:
        """Who is convicted, or ``None`` where it is one of two."""
        return self.parties[0] if len(self.parties) == 1 else None

    @property
    def sentence(self) -> str:
        """One plain sentence for officers and for a third person."""
        one, other = self.smaller, self.larger
        logs = (
            f"size {one.size} with root {one.root.hex()[:16]}… in epoch {one.epoch}, "
            f"and size {other.size} with root {other.root.hex()[:16]}… in epoch {other.epoch}"
        )
        if len(self.parties) > 1:
            return (
                f"{self.signers[0]} and {self.signers[1]} signed what cannot both be true of the log of {one.owner} "
                f"towards {one.peer}: {logs}. One of them broke its word; {one.peer} clears itself by showing the "
                f"signature of {one.owner} under the text of its receipt."
            )
        if self.party == one.owner:
            return f"{one.owner} signed two logs towards {one.peer} that cannot be one: {logs}."
        return f"{one.peer} co-signed two logs of {one.owner} that cannot both be what it held: {logs}."


def stated(note: bytes) -> Checkpoint:
    """Reads what a checkpoint or a receipt says of a log, without judging its signatures.

    Raises:
        MalformedObject: If it is neither.
    """
    return unverified_receipt(note) if is_receipt(note) else unverified_checkpoint(note)


def prove_against_log(note: bytes, *, held: bytes, reader: HashReader | None) -> EquivocationProof | None:
    """Makes the proof that a note contradicts a log that we hold.

    Args:
        note: A signed note of at most the size of ``held``; its signature is not judged here.
        held: The signed note over the log that we hold.
        reader: Reads the hashes of that log; only for equal sizes it may be missing.

    Returns:
        The proof, or ``None`` where the note is a beginning of the log, or nothing can be said.
    """
    one, other = stated(note), stated(held)
    hashes: tuple[bytes, ...] = ()
    if one.size == other.size:
        root = other.root
    elif reader is not None and one.size < other.size:
        root, hashes = frontier_at(reader, one.size).root, consistency_proof(reader, one.size, other.size)
    else:
        return None
    if root == one.root:
        return None
    return EquivocationProof(smaller=note, larger=held, root_in_larger=root, hashes=hashes)


def prove_two_receipts(receipt: bytes, *, held: bytes, reader: HashReader | None) -> EquivocationProof | None:
    """Makes the proof that a receipt contradicts the one that we hold, where both state one epoch of their cosigner.

    Args:
        receipt: A receipt over our log; its signature is not judged here.
        held: The receipt that we hold.
        reader: Reads the hashes of our log.

    Returns:
        The proof, or ``None`` where both can be the word of one that keeps it, or nothing can be said.
    """
    new, old = stated(receipt), stated(held)
    is_later = new.size > old.size
    if is_later and new.epoch >= old.epoch:
        return None  # as receipts do that come one after the other
    if unverified_cosigner_epoch(receipt) != unverified_cosigner_epoch(held):
        return None
    if is_later:
        return EquivocationProof(smaller=held, larger=receipt, root_in_larger=old.root)
    if _goes_back(new, old):
        return EquivocationProof(smaller=receipt, larger=held, root_in_larger=new.root)
    return prove_against_log(receipt, held=held, reader=reader)


def _goes_back(smaller: Checkpoint, larger: Checkpoint) -> bool:
    """Tells whether who co-signed both went back, in size or in epoch, whichever it signed first."""
    return smaller.size < larger.size and smaller.epoch > larger.epoch


def verify_equivocation(proof: EquivocationProof, *chains: KeysetChain) -> ProvenEquivocation:
    """Checks a proof of equivocation with nothing but keysets.

    Args:
        proof: The proof.
        chains: Keysets of those who signed, each towards the other; compare their roots with those you pinned.

    Returns:
        What is proven; it has a sentence for people.

    Raises:
        EquivocationUnproven: If the notes can be of one log, are not of one log at all, or contradict each other in two
            epochs (``trust.contradiction-without-blame``).
        SignatureInvalid: If a note is not signed by the party it names.
        ProofInvalid: If the hashes do not lead to the larger note.
    """
    smaller, larger = stated(proof.smaller), stated(proof.larger)
    if smaller.origin != larger.origin:
        raise EquivocationUnproven("The two notes are of different logs.")
    if smaller.size > larger.size:
        raise EquivocationUnproven("The two notes stand in the wrong order.")
    first, second = (_signer_of(note, chains) for note in (proof.smaller, proof.larger))
    is_by_cosigner = first == second == smaller.peer
    if is_by_cosigner and _goes_back(smaller, larger):
        if (proof.root_in_larger, proof.hashes) != (smaller.root, ()):
            raise EquivocationUnproven("The proof holds hashes that prove nothing.")
    else:
        verify_consistency(smaller.size, larger.size, proof.root_in_larger, larger.root, proof.hashes)
        if proof.root_in_larger == smaller.root:
            raise EquivocationUnproven("The two notes are of one log: the smaller is a beginning of the larger.")
    epochs = (
        tuple(unverified_cosigner_epoch(note) for note in (proof.smaller, proof.larger))
        if is_by_cosigner
        else (smaller.epoch, larger.epoch)
    )
    parties = tuple(dict.fromkeys((first, second)))
    if epochs[0] != epochs[1]:
        raise EquivocationUnproven(
            f"The two notes of {' and '.join(parties)} contradict each other in the epochs {epochs[0]} and "
            f"{epochs[1]}; a node whose storage was restored signs such logs in good faith, so this blames nobody.",
            code="trust.contradiction-without-blame",
            fields={"party": parties[0], "epochs": list(epochs)},
        )
    return ProvenEquivocation(parties=parties, smaller=smaller, larger=larger, signers=(first, second))


def _signer_of(note: bytes, chains: Sequence[KeysetChain]) -> str:
    """Checks a note's signatures and returns who made them."""
    says = stated(note)
    signer, other = (says.peer, says.owner) if is_receipt(note) else (says.owner, says.peer)
    chain = next((chain for chain in chains if (chain.party, chain.peer) == (signer, other)), None)
    if chain is None:
        raise EquivocationUnproven(f"The keysets of {signer} towards {other} are needed and not given.")
    if is_receipt(note):
        read_receipt(note, verify_key=chain.cosigning_keys_at(says.size))
    else:
        read_checkpoint(note, verify_key=chain.signing_keys_at(says.position))
    return signer


def encode_equivocation(proof: EquivocationProof) -> bytes:
    """Encodes a proof for a file."""
    return encode(
        {
            1: PROOF_VERSION,
            2: proof.smaller,
            3: proof.larger,
            4: proof.root_in_larger,
            5: list(proof.hashes),
        }
    )


def decode_equivocation(data: bytes) -> EquivocationProof:
    """Reads a proof; :func:`verify_equivocation` judges it.

    Raises:
        LimitExceeded: If it is too large.
        MalformedObject: If it is not the one encoding of a proof.
    """
    what = "equivocation proof"
    reader = MapReader(decode(data, what=what, max_bytes=MAX_PROOF_BYTES), what=what, known=5)
    reader.version(1, PROOF_VERSION)
    return EquivocationProof(
        smaller=reader.octets(2, maximum=MAX_NOTE_BYTES),
        larger=reader.octets(3, maximum=MAX_NOTE_BYTES),
        root_in_larger=reader.octets(4, size=HASH_BYTES),
        hashes=reader.octet_array(5, maximum=MAX_PROOF_HASHES, size=HASH_BYTES),
    )
