"""What the peer sent of its own log, and its receipts for ours: judged, and turned into a new state and events.

Each function takes the state and returns the next one with the events, or raises and changes nothing.

A batch is judged in this order, cheapest first, and signed last:
position, signature and address of its checkpoint, epoch, root over what we hold plus the new leaves, headers, capsules.
The peer signs once a batch and so do we; the rest is hashing.

A root that does not match may be damage on the way, so it is refused without blame.
Only when the very bytes that were offered *do* lead to the root that the peer signed, and contradict the log that we
co-signed in the same epoch, is a second log proven and the channel frozen.
In a later epoch the same is refused without blame: a restored node that did not yet recover can sign such a log.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeAlias

from .checkpoint import Checkpoint, cosign, read_checkpoint, read_receipt, unverified_checkpoint, unverified_receipt
from .envelope import CAPSULE_ID_BYTES, Header
from .equivocation import EquivocationProof, prove_against_log, prove_two_receipts
from .events import (
    DuplicateEntries,
    EntriesAccepted,
    EquivocationProven,
    Event,
    ReceiptAccepted,
    ReceiptContradicted,
    ReceiptDisputed,
    SkewObserved,
)
from .frames import Batch, FrameState
from .keys import Signer
from .limits import EPOCH_REACH_SECONDS
from .merkle import Frontier, HashReader, consistency_proof
from .refusals import (
    CapsuleMissing,
    CheckpointMismatch,
    EntryMismatch,
    EpochBeyondReach,
    HistoryMissing,
    IdentifierTaken,
    Misaddressed,
    NoSigner,
    PositionSkipped,
    ReceiptMismatch,
    RootMismatch,
    StaleEpoch,
    StateDamaged,
    WrongSigner,
)
from .replica import ProposedLog, batch_leaves, frontier_at
from .state import Cause, ChannelState, LogHead

__all__ = [
    "Judged",
    "Means",
    "accept_batch",
    "accept_receipt",
    "read_entries",
    "require_reachable_epoch",
    "used_capsules",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What the machine may use of the node it runs in; everything but the clock tolerance may be missing.

    Args:
        signer: Signs and co-signs for us; without it nothing is accepted or appended.
        own_log: Reads the hashes of our stored log. Without it, receipts for less than everything are not used.
        peer_log: Reads the hashes of the stored replica. Without it, forks below the latest checkpoint go unproven.
        own_note_at: Returns our stored note of one size of our log; without it only a receipt for all of it is used.
        positions_of: Looks identifiers up in the stored replica and returns the positions of those it knows.
        skew_tolerance_ms: Largest difference between signed times and ours that raises no alarm, in milliseconds.
    """

    signer: Signer | None
    own_log: HashReader | None
    own_note_at: Callable[[int], bytes | None] | None
    peer_log: HashReader | None
    positions_of: Callable[[Sequence[bytes]], Mapping[bytes, int]] | None
    skew_tolerance_ms: int


Judged: TypeAlias = tuple[ChannelState, list[Event]]
"""The next state and what happened; the caller stores both in one transaction."""


def accept_batch(state: ChannelState, batch: Batch, means: Means, *, now_ms: int) -> Judged:
    """Judges a batch of the peer's log.

    Returns:
        The next state with :class:`EntriesAccepted`, :class:`DuplicateEntries` or :class:`EquivocationProven`
        and, beside them, :class:`SkewObserved`.

    Raises:
        PeerFault: If the batch does not fit the log, the agreement or the protocol.
        TrustFails: If a signature or root does not hold.
        NoSigner: If we cannot co-sign now.
    """
    head = state.incoming
    if batch.start > head.size:
        raise PositionSkipped(
            f"The batch begins at position {batch.start}; the next one due is {head.size}.",
            fields={"expected": head.size, "got": batch.start},
        )
    checkpoint = _read_batch_checkpoint(state, batch)
    if batch.end <= head.size:
        return _judge_known(state, batch, checkpoint, means)
    return _judge_new(state, batch, checkpoint, means, now_ms=now_ms)


def _read_batch_checkpoint(state: ChannelState, batch: Batch) -> Checkpoint:
    keys = state.peer_chain.signing_keys_at(batch.end - 1)
    checkpoint = read_checkpoint(batch.checkpoint, verify_key=keys)
    if (checkpoint.owner, checkpoint.peer) != (state.peer, state.us):
        raise Misaddressed(
            f"The checkpoint is of the log {checkpoint.origin}; this channel receives the log of {state.peer}.",
            fields={"origin": checkpoint.origin},
        )
    if checkpoint.size != batch.end:
        raise CheckpointMismatch(
            f"The batch ends at size {batch.end}, its checkpoint at {checkpoint.size}.",
            fields={"batch": batch.end, "checkpoint": checkpoint.size},
        )
    return checkpoint


def _judge_known(state: ChannelState, batch: Batch, checkpoint: Checkpoint, means: Means) -> Judged:
    """Judges a batch that ends within what we hold: a duplicate, or a second log."""
    head = state.incoming
    held = _root_at(head, checkpoint.size, means.peer_log)
    if held is None or held == checkpoint.root:
        return state, [DuplicateEntries(size=batch.end, receipt=_stored(head.receipt))]
    _require_current_epoch(head, checkpoint)
    _require_history(head, checkpoint)
    proof = prove_against_log(batch.checkpoint, held=_stored(head.checkpoint), reader=means.peer_log)
    return _freeze(state, proof)


def _judge_new(state: ChannelState, batch: Batch, checkpoint: Checkpoint, means: Means, *, now_ms: int) -> Judged:
    """Judges a batch that goes beyond what we hold: a continuation, damage, or a second log."""
    head = state.incoming
    _require_current_epoch(head, checkpoint)
    require_reachable_epoch(checkpoint, after=head.epoch, now_ms=now_ms)
    leaves = batch_leaves(batch, head.size)
    frontier, stride_nodes = head.frontier.append(leaves)
    if frontier.root != checkpoint.root:
        proof = _prove_fork(state, batch, checkpoint, means)
        if proof is None:
            raise RootMismatch(
                f"The entries do not lead from the {head.size} we hold to the root that {state.peer} signed "
                f"for size {checkpoint.size}.",
                fields={"held": head.size, "signed": checkpoint.size, "root": checkpoint.root.hex()},
            )
        _require_history(head, checkpoint)
        return _freeze(state, proof)
    entries = batch.entries[head.size - batch.start :]
    headers = read_entries(entries, sender=state.peer, recipient=state.us, suite=state.suite, epoch=checkpoint.epoch)
    _require_new_identifiers(headers, head.size, means)
    capsules = used_capsules(headers, batch.capsules)
    receipt = _cosigned(state, batch.checkpoint, checkpoint, means.signer, now_ms=now_ms)
    accepted = EntriesAccepted(
        start=head.size,
        entries=entries,
        headers=headers,
        leaves=leaves,
        capsules=capsules,
        checkpoint=batch.checkpoint,
        receipt=receipt,
        stride_nodes=tuple(stride_nodes),
    )
    incoming = LogHead(
        epoch=checkpoint.epoch,
        frontier=frontier,
        checkpoint=batch.checkpoint,
        receipt=receipt,
        receipted=frontier,
        receipted_epoch=checkpoint.epoch,
        time_ms=checkpoint.time_ms,
    )
    skew = _checkpoint_skew(head, checkpoint, means.skew_tolerance_ms, now_ms=now_ms)
    return replace(state, incoming=incoming), [accepted, *skew]


def read_entries(
    entries: Sequence[tuple[bytes, bytes]], *, sender: str, recipient: str, suite: int, epoch: int
) -> tuple[Header, ...]:
    """Decodes the headers of a batch and checks that they belong where they stand.

    Args:
        entries: Pairs of header bytes and sealed bytes.
        sender: Owner of the log.
        recipient: Who the log is for.
        suite: Suite that the agreement names.
        epoch: Epoch of the batch's checkpoint; no header may be of a later one.

    Raises:
        MalformedObject: If a header is not one, or of an unknown suite or version.
        Misaddressed: If a header names another sender or recipient.
        EntryMismatch: If a header contradicts its body, its batch or the agreement.
        IdentifierTaken: If two entries share an identifier.
    """
    headers: list[Header] = []
    for place, (header_bytes, sealed) in enumerate(entries):
        header = Header.decode(header_bytes)
        if header.sender != sender or header.recipient != recipient:
            raise Misaddressed(
                f"Entry {place} of the batch is from {header.sender} to {header.recipient}; "
                f"this log carries what {sender} sends to {recipient}.",
                fields={"place": place, "sender": header.sender, "recipient": header.recipient},
            )
        if header.sealed_size != len(sealed) or header.suite != suite or header.epoch > epoch:
            raise EntryMismatch(
                f"Entry {place} of the batch contradicts its body, its epoch or the agreement's suite.",
                fields={"place": place, "stated_bytes": header.sealed_size, "size_bytes": len(sealed)},
            )
        headers.append(header)
    if len({header.id for header in headers}) != len(headers):
        raise IdentifierTaken("Two entries of the batch have one identifier.")
    return tuple(headers)


def _require_new_identifiers(headers: Sequence[Header], start: int, means: Means) -> None:
    if means.positions_of is None:
        return
    known = means.positions_of([header.id for header in headers])
    for place, header in enumerate(headers):
        if header.id in known:
            raise IdentifierTaken(
                f"The identifier of entry {start + place} of the log stands at position {known[header.id]} already.",
                fields={"id": header.id.hex(), "first": known[header.id], "again": start + place},
            )


def used_capsules(headers: Sequence[Header], capsules: Sequence[bytes]) -> tuple[bytes, ...]:
    """Returns the capsules that the headers name, each once; others are not worth keeping.

    Raises:
        CapsuleMissing: If a named capsule is not there.
    """
    offered = {sha256(capsule).digest()[:CAPSULE_ID_BYTES]: capsule for capsule in capsules}
    needed = dict.fromkeys(header.archive_capsule for header in headers)
    try:
        return tuple(offered[name] for name in needed)
    except KeyError:
        raise CapsuleMissing("An entry names an archive capsule that did not come with its batch.") from None


def accept_receipt(state: ChannelState, receipt: bytes, means: Means, *, claim: FrameState, now_ms: int) -> Judged:
    """Judges the peer's co-signature over our log.

    Old receipts change nothing. One for more than we hold, or for another root that the peer also claims to hold, is
    the sign of a rollback, but only our own signature (the witness) proves that: it changes nothing, and the claim
    makes us ask to see the entries. One that confirms a text which we never signed (another time, another epoch, a
    size between two of our notes) is worth nothing to a third person, so it is reported and not used.

    Args:
        state: The state.
        receipt: The receipt.
        means: What may be used.
        claim: What the frame that carried it says the peer holds.
        now_ms: Our clock.

    Returns:
        The next state with :class:`ReceiptAccepted`; or with :class:`EquivocationProven` where it contradicts the
        receipt that we hold; or the same state, with :class:`ReceiptDisputed` where our log has that root but we never
        signed what is confirmed, and with :class:`ReceiptContradicted` where we signed another root of that size.

    Raises:
        ReceiptMismatch: If it confirms another log or another root.
        SignatureInvalid: If the peer did not sign it.
    """
    stated = unverified_receipt(receipt)
    confirmed = read_receipt(receipt, verify_key=state.peer_chain.cosigning_keys_at(stated.size))
    checkpoint = confirmed.checkpoint
    if (checkpoint.owner, checkpoint.peer) != (state.us, state.peer):
        raise ReceiptMismatch(
            f"The receipt confirms the log {checkpoint.origin}, which is not ours in this channel.",
            fields={"origin": checkpoint.origin},
        )
    head = state.outgoing
    proof = prove_two_receipts(receipt, held=head.receipt, reader=means.own_log) if head.receipt is not None else None
    if proof is not None:
        return _freeze(state, proof)
    held = _frontier_at(head, checkpoint.size, means.own_log)
    if held is None:
        return state, []
    if held.root != checkpoint.root:
        return state, _other_root(head, receipt, checkpoint, means, claim=claim)
    is_judgeable = means.own_note_at is not None or checkpoint.size == head.size
    if checkpoint.size <= head.receipted_size or not is_judgeable:
        return state, []
    ours = _own_checkpoint_at(head, checkpoint.size, means)
    if ours != checkpoint:
        return state, [ReceiptDisputed(size=checkpoint.size, receipt=receipt)]
    outgoing = replace(head, receipt=receipt, receipted=held, receipted_epoch=ours.epoch)
    accepted = ReceiptAccepted(size=checkpoint.size, receipt=receipt, time_ms=confirmed.time_ms)
    skew = _receipt_skew(confirmed.time_ms, checkpoint.time_ms, means.skew_tolerance_ms, now_ms=now_ms)
    return replace(state, outgoing=outgoing), [accepted, *skew]


def _other_root(
    head: LogHead, receipt: bytes, checkpoint: Checkpoint, means: Means, *, claim: FrameState
) -> list[Event]:
    """Judges a receipt over a root that our log does not have at its size: evidence, a sign of a rollback, or a fault.

    Raises:
        ReceiptMismatch: If the peer does not even claim to hold that root, and nothing is proven.
    """
    note = _own_note_at(head, checkpoint.size, means)
    if note is not None and unverified_checkpoint(note).epoch == checkpoint.epoch:
        proof = EquivocationProof(smaller=note, larger=receipt, root_in_larger=checkpoint.root)
        return [ReceiptContradicted(size=checkpoint.size, proof=proof)]
    if (checkpoint.size, checkpoint.root) == (claim.in_size, claim.in_root):
        return []
    raise ReceiptMismatch(
        f"The receipt confirms a root for size {checkpoint.size} that our log never had.",
        fields={"size": checkpoint.size, "root": checkpoint.root.hex()},
    )


def _own_checkpoint_at(head: LogHead, size: int, means: Means) -> Checkpoint | None:
    """Returns what we signed of our own log at a size, or ``None`` where we never signed that size."""
    note = _own_note_at(head, size, means)
    return None if note is None else unverified_checkpoint(note)


def _own_note_at(head: LogHead, size: int, means: Means) -> bytes | None:
    if size == head.size:
        return head.checkpoint
    return None if means.own_note_at is None else means.own_note_at(size)


def _frontier_at(head: LogHead, size: int, reader: HashReader | None) -> Frontier | None:
    """Returns the log's right edge at a size, or ``None`` where we cannot say."""
    if size == head.size:
        return head.frontier
    if size == head.receipted_size:
        return head.receipted
    return frontier_at(reader, size) if reader is not None and size < head.size else None


def _root_at(head: LogHead, size: int, reader: HashReader | None) -> bytes | None:
    held = _frontier_at(head, size, reader)
    return None if held is None else held.root


def _require_current_epoch(head: LogHead, checkpoint: Checkpoint) -> None:
    if checkpoint.epoch < head.epoch:
        raise StaleEpoch(
            f"The checkpoint is of epoch {checkpoint.epoch}, which its owner left: epoch {head.epoch} is co-signed.",
            fields={"epoch": checkpoint.epoch, "current": head.epoch},
        )


def require_reachable_epoch(checkpoint: Checkpoint, *, after: int, now_ms: int) -> None:
    """Refuses an epoch that no restoration of this decade can have begun.

    Args:
        checkpoint: Whose epoch is judged.
        after: The last epoch that is known of its log; the one after it is always in reach.
        now_ms: Our clock.

    Raises:
        EpochBeyondReach: If it lies beyond.
    """
    reach = max(after + 1, now_ms // 1000 + EPOCH_REACH_SECONDS)
    if checkpoint.epoch > reach:
        raise EpochBeyondReach(
            f"The checkpoint is of epoch {checkpoint.epoch}; none beyond {reach} is taken.",
            fields={"epoch": checkpoint.epoch, "reach": reach},
        )


def _require_history(head: LogHead, checkpoint: Checkpoint) -> None:
    """Refuses, without blame, a later epoch's log that lacks what we co-signed: its owner must recover that first."""
    if checkpoint.epoch > head.epoch:
        raise HistoryMissing(
            f"The log of epoch {checkpoint.epoch} lacks what was co-signed in epoch {head.epoch}: {head.size} entries.",
            fields={"epoch": checkpoint.epoch, "size": head.size},
        )


def _prove_fork(state: ChannelState, batch: Batch, checkpoint: Checkpoint, means: Means) -> EquivocationProof | None:
    """Makes the proof where the offered bytes themselves lead to the signed root, by another way than our log."""
    head = state.incoming
    if means.peer_log is None or batch.start >= head.size:
        return None
    leaves = batch_leaves(batch, batch.start)
    base = frontier_at(means.peer_log, batch.start)
    if base.append(leaves)[0].root != checkpoint.root:
        return None
    proposed = ProposedLog(base=means.peer_log, start=batch.start, leaves=leaves)
    return EquivocationProof(
        smaller=_stored(head.checkpoint),
        larger=batch.checkpoint,
        root_in_larger=base.append(leaves[: head.size - batch.start])[0].root,
        hashes=consistency_proof(proposed.read, head.size, batch.end),
    )


def _freeze(state: ChannelState, proof: EquivocationProof | None) -> Judged:
    if proof is None:
        raise StateDamaged("The stored log and its stored head do not fit together.")
    return state.changed(Cause.EQUIVOCATION_PROVEN), [EquivocationProven(party=state.peer, proof=proof)]


def _cosigned(state: ChannelState, note: bytes, checkpoint: Checkpoint, signer: Signer | None, *, now_ms: int) -> bytes:
    if signer is None:
        raise NoSigner("The batch cannot be co-signed: no signing key is at hand.")
    if signer.public not in state.our_chain.cosigning_keys_at(checkpoint.size):
        raise WrongSigner(
            f"Key {signer.public.key_id.hex()} is not one that our keysets name.",
            fields={"key_id": signer.public.key_id.hex()},
        )
    return cosign(note, checkpoint, signer, state.us, now_ms, epoch=state.outgoing.epoch)


def _checkpoint_skew(head: LogHead, checkpoint: Checkpoint, tolerance_ms: int, *, now_ms: int) -> list[Event]:
    ahead_ms = checkpoint.time_ms - now_ms
    if ahead_ms > tolerance_ms:
        return [SkewObserved(ms=ahead_ms)]
    back_ms = checkpoint.time_ms - head.time_ms
    if back_ms < -tolerance_ms:
        return [SkewObserved(ms=back_ms, went_back=True)]
    return []


def _receipt_skew(receipt_ms: int, checkpoint_ms: int, tolerance_ms: int, *, now_ms: int) -> list[Event]:
    """A receipt is made after our checkpoint and before now; outside of that, the peer's clock differs from ours."""
    if receipt_ms - now_ms > tolerance_ms:
        return [SkewObserved(ms=receipt_ms - now_ms)]
    if receipt_ms - checkpoint_ms < -tolerance_ms:
        return [SkewObserved(ms=receipt_ms - checkpoint_ms)]
    return []


def _stored(note: bytes | None) -> bytes:
    """Returns a note that must be there: a replica with entries has a checkpoint and a receipt."""
    if note is None:
        raise StateDamaged("The stored state of the channel lacks a note that it must have.")
    return note
