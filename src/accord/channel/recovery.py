"""How a node that lost a part of its own log gets it back from the peer, without trusting the peer.

The peer shows our own later signature (the witness): only we can have made it, so we know that we lost something.
From then on we append nothing and send nothing of our own log; what was never receipted goes back into the queue.
The peer gives back entries batch by batch, each with our own signed checkpoint and its receipt.
Each batch must lead, from what is certainly ours (all of it receipted), to a root that we signed.
The epoch is raised at once, so that nothing that is signed from then on, receipts for the peer's log among it, can be
held against what was lost. At the witness's size our log is whole, and checkpoints of the lost epoch are stale.

A peer that shows an older witness than it holds keeps the rest from us. It cannot use that rest any more: its next
receipt, for a smaller log of a later epoch, and the one that it hides convict it together (``prove_two_receipts``).

A witness that our log already contains changes nothing; an old one can be replayed for ever without effect.
"""

from dataclasses import replace

from .arrivals import Judged, Means, read_entries, require_reachable_epoch, used_capsules
from .checkpoint import Checkpoint, read_checkpoint, read_receipt, unverified_checkpoint, unverified_receipt
from .equivocation import prove_against_log, prove_two_receipts
from .events import (
    EquivocationProven,
    Event,
    HistoryDisputed,
    OwnEntriesRecovered,
    OwnKeysetsRecovered,
    RecoveryCompleted,
    RolledBack,
)
from .frames import Batch, Fetched
from .merkle import EMPTY_FRONTIER, Frontier
from .refusals import CheckpointMismatch, PositionSkipped, ReceiptMismatch, RootMismatch, WitnessMismatch
from .replica import batch_leaves, frontier_at
from .state import Cause, ChannelState, LogHead, Mode, next_epoch

__all__ = ["accept_fetched", "accept_keysets", "accept_witness", "rewind"]


def accept_keysets(state: ChannelState, keysets: tuple[bytes, ...]) -> Judged:
    """Takes back our own keysets, which our root key signed and storage lost.

    Raises:
        TrustFails: If one does not extend our chain under our own root.
    """
    chain = state.our_chain
    taken: list[bytes] = []
    for signed in keysets:
        if signed not in chain.signed:
            chain = chain.extended(signed)
            taken.append(signed)
    if not taken:
        return state, []
    return replace(state, our_chain=chain), [OwnKeysetsRecovered(keysets=tuple(taken))]


def accept_witness(
    state: ChannelState, note: bytes, means: Means, *, now_ms: int, receipt: bytes | None = None
) -> Judged:
    """Judges a note that is said to be our own later checkpoint.

    A note of an epoch that we left counts only with the peer's receipt over it: anybody may have kept one that was
    never received, and could stop us with it again and again. Where there is none, the peer's claim makes us ask.

    Args:
        state: The state.
        note: The note.
        means: What may be used.
        now_ms: Our clock.
        receipt: The peer's co-signature over the note, where it came along.

    Returns:
        The next state with :class:`RolledBack`, or :class:`EquivocationProven` against ourselves where the note
        contradicts what the peer has co-signed (a clone of this node, or a stolen key), or the same state, with
        :class:`HistoryDisputed` where the note is of an epoch that was left behind and not of our log.

    Raises:
        WitnessMismatch: If the note is of another log.
        EpochBeyondReach: If it names an epoch that this node cannot have begun.
        SignatureInvalid: If we did not sign it.
    """
    witness = _read_own(state, note)
    head = state.outgoing
    require_reachable_epoch(witness, after=head.epoch, now_ms=now_ms)
    if state.witness is not None:
        target = unverified_checkpoint(state.witness)
        is_further = witness.size > target.size and witness.epoch >= target.epoch
        return (replace(state, witness=note), []) if is_further else (state, [])
    if _is_contained(head, witness, means):
        return state, []
    is_left = witness.epoch < head.epoch and witness.size > head.receipted_size
    if is_left and (receipt is None or not _is_confirmed(state, receipt, witness)):
        return state, []
    if witness.epoch < head.receipted_epoch:
        return state, [HistoryDisputed(witness=note, witness_size=witness.size)]
    if witness.size <= head.receipted_size:
        return _accuse_ourselves(state, note, witness, means)
    is_receipted_head = head.size == head.receipted_size
    shortened = replace(
        head,
        frontier=head.receipted,
        checkpoint=head.checkpoint if is_receipted_head else None,
        epoch=next_epoch(max(head.epoch, witness.epoch), now_ms),
    )
    rolled_back = RolledBack(
        to_size=head.receipted_size,
        witness=note,
        witness_size=witness.size,
        abandoned=_contradicted(head, witness),
    )
    changed = state.changed(Cause.ROLLBACK_SEEN)
    return replace(changed, outgoing=shortened, witness=note), [rolled_back]


def _is_confirmed(state: ChannelState, receipt: bytes, witness: Checkpoint) -> bool:
    stated = unverified_receipt(receipt)
    if stated != witness:
        return False
    read_receipt(receipt, verify_key=state.peer_chain.cosigning_keys_at(stated.size))
    return True


def _contradicted(head: LogHead, witness: Checkpoint) -> bytes | None:
    """Returns our own signed note over what was never receipted, where somebody else signed on in the same epoch."""
    if head.checkpoint is None or head.size == head.receipted_size:
        return None
    return head.checkpoint if unverified_checkpoint(head.checkpoint).epoch == witness.epoch else None


def _read_own(state: ChannelState, note: bytes) -> Checkpoint:
    stated = unverified_checkpoint(note)
    checkpoint = read_checkpoint(note, verify_key=state.our_chain.signing_keys_at(stated.position))
    if (checkpoint.owner, checkpoint.peer) != (state.us, state.peer):
        raise WitnessMismatch(
            f"The witness is of the log {checkpoint.origin}, which is not ours in this channel.",
            fields={"origin": checkpoint.origin},
        )
    return checkpoint


def _is_contained(head: LogHead, witness: Checkpoint, means: Means) -> bool:
    """Tells whether our log has the witness's root at its size; where that cannot be read, what is receipted counts."""
    if witness.size > head.size:
        return False
    if witness.size == head.size:
        return witness.root == head.root
    if witness.size == head.receipted_size:
        return witness.root == head.receipted.root
    if means.own_log is None:
        return witness.size < head.receipted_size
    return frontier_at(means.own_log, witness.size).root == witness.root


def _accuse_ourselves(state: ChannelState, note: bytes, witness: Checkpoint, means: Means) -> Judged:
    """Freezes when our own key signed another beginning than the one the peer co-signed."""
    head = state.outgoing
    proof = None
    if head.checkpoint is not None and unverified_checkpoint(head.checkpoint).epoch == witness.epoch:
        proof = prove_against_log(note, held=head.checkpoint, reader=means.own_log)
    if proof is None:
        return state, [HistoryDisputed(witness=note, witness_size=witness.size)]
    return state.changed(Cause.EQUIVOCATION_PROVEN), [EquivocationProven(party=state.us, proof=proof)]


def rewind(state: ChannelState, note: bytes, *, now_ms: int, to: Frontier = EMPTY_FRONTIER) -> Judged:
    """Lets our log begin again from what the peer co-signed, after officers of both sides agreed to that.

    It is for the one case that no node can settle: both lost their disks, and what the peer holds of our log is not a
    beginning of what we hold. As with every rollback the entries from ``to`` on go back into the queue.

    Args:
        state: A state that is open, recovering or frozen.
        note: Our own signed note that the peer holds.
        now_ms: Our clock.
        to: Right edge of our log where both copies are still one; the empty log when that is unknown.

    Returns:
        The recovering state and :class:`RolledBack`.

    Raises:
        WitnessMismatch: If the note is of another log, or not larger than ``to``.
        SignatureInvalid: If we did not sign it.
    """
    witness = _read_own(state, note)
    if witness.size <= to.size:
        raise WitnessMismatch(f"The witness covers {witness.size} entries; {to.size} are to be kept.")
    epoch = next_epoch(max(state.outgoing.epoch, witness.epoch), now_ms)
    outgoing = LogHead(epoch=epoch, frontier=to, receipted=to)
    cleared = replace(state, mode=Mode.OPEN, witness=None)
    changed = replace(cleared.changed(Cause.ROLLBACK_SEEN), outgoing=outgoing, witness=note)
    return changed, [RolledBack(to_size=to.size, witness=note, witness_size=witness.size)]


def accept_fetched(state: ChannelState, fetched: Fetched, means: Means, *, now_ms: int) -> Judged:
    """Judges entries of our own log that the peer gives back.

    Returns:
        The next state with :class:`OwnEntriesRecovered`, after :class:`RolledBack` when this is the first sign of the
        loss and before :class:`RecoveryCompleted` when it was the last gap; the same state when nothing is missing;
        :class:`EquivocationProven` where its receipt and the one that we hold convict the peer.

    Raises:
        PositionSkipped: If it does not continue what we hold.
        RootMismatch: If it does not lead to the root that we signed.
        ReceiptMismatch: If the receipt is not for that root.
        AccordError: If a signature, header or capsule does not hold.
    """
    batch = fetched.batch
    held = state.outgoing.receipt
    proof = None if held is None else prove_two_receipts(fetched.receipt, held=held, reader=None)
    if proof is not None:
        _require_receipt(state, fetched.receipt, _read_own(state, batch.checkpoint))
        return state.changed(Cause.EQUIVOCATION_PROVEN), [EquivocationProven(party=state.peer, proof=proof)]
    # The checkpoint of what is given back is our own signature, so it is a witness in itself.
    state, events = accept_witness(state, batch.checkpoint, means, now_ms=now_ms, receipt=fetched.receipt)
    head = state.outgoing
    if state.mode is not Mode.RECOVERING or batch.end <= head.size:
        return state, events
    if batch.start > head.size:
        raise PositionSkipped(
            f"The entries given back begin at position {batch.start}; the next one missing is {head.size}.",
            fields={"expected": head.size, "got": batch.start},
        )
    checkpoint = _read_own(state, batch.checkpoint)
    outgoing, recovered = _continue_own(state, batch, checkpoint, fetched.receipt)
    if outgoing.epoch <= checkpoint.epoch:
        outgoing = replace(outgoing, epoch=next_epoch(checkpoint.epoch, now_ms))
    state = replace(state, outgoing=outgoing)
    events.append(recovered)
    return _complete(state, events, now_ms=now_ms)


def _continue_own(
    state: ChannelState, batch: Batch, checkpoint: Checkpoint, receipt: bytes
) -> tuple[LogHead, OwnEntriesRecovered]:
    head = state.outgoing
    if checkpoint.size != batch.end:
        raise CheckpointMismatch(
            f"The entries given back end at size {batch.end}, their checkpoint at {checkpoint.size}.",
            fields={"batch": batch.end, "checkpoint": checkpoint.size},
        )
    leaves = batch_leaves(batch, head.size)
    frontier, stride_nodes = head.frontier.append(leaves)
    if frontier.root != checkpoint.root:
        raise RootMismatch(
            f"The entries given back do not lead to the root that we signed for size {checkpoint.size}.",
            fields={"held": head.size, "signed": checkpoint.size, "root": checkpoint.root.hex()},
        )
    _require_receipt(state, receipt, checkpoint)
    entries = batch.entries[head.size - batch.start :]
    headers = read_entries(entries, sender=state.us, recipient=state.peer, suite=state.suite, epoch=checkpoint.epoch)
    outgoing = LogHead(
        epoch=head.epoch,
        frontier=frontier,
        checkpoint=batch.checkpoint,
        receipt=receipt,
        receipted=frontier,
        receipted_epoch=checkpoint.epoch,
        time_ms=checkpoint.time_ms,
    )
    recovered = OwnEntriesRecovered(
        start=head.size,
        entries=entries,
        headers=headers,
        leaves=leaves,
        capsules=used_capsules(headers, batch.capsules),
        checkpoint=batch.checkpoint,
        receipt=receipt,
        stride_nodes=tuple(stride_nodes),
    )
    return outgoing, recovered


def _require_receipt(state: ChannelState, receipt: bytes, checkpoint: Checkpoint) -> None:
    stated = unverified_receipt(receipt)
    confirmed = read_receipt(receipt, verify_key=state.peer_chain.cosigning_keys_at(stated.size)).checkpoint
    if confirmed != checkpoint:
        raise ReceiptMismatch(
            f"The receipt given back confirms size {confirmed.size}, not the checkpoint it came with.",
            fields={"expected": checkpoint.size, "got": confirmed.size},
        )


def _complete(state: ChannelState, events: list[Event], *, now_ms: int) -> Judged:
    """Ends the recovery when the log has reached the witness."""
    head, note = state.outgoing, state.witness
    if note is None:
        return state, events
    witness = unverified_checkpoint(note)
    if head.size < witness.size:
        return state, events
    epoch = head.epoch if head.epoch > witness.epoch else next_epoch(witness.epoch, now_ms)
    whole = replace(state.changed(Cause.RECOVERY_COMPLETED), outgoing=replace(head, epoch=epoch), witness=None)
    return whole, [*events, RecoveryCompleted(epoch=epoch, size=head.size)]
