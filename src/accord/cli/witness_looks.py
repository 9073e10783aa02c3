"""How a witness looks at what it is shown: does it extend all that was co-signed, and if not, what does that prove?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from accord.channel.accusation import encode_accusation
from accord.channel.checkpoint import Checkpoint, read_checkpoint, unverified_checkpoint
from accord.channel.equivocation import EquivocationProof, encode_equivocation, prove_against_log, verify_equivocation
from accord.channel.keyset import KeysetChain
from accord.channel.log_export import LogVerdict, leaves_of, read_title, verify_log
from accord.channel.merkle import EMPTY_FRONTIER, HashReader
from accord.channel.witness import MAX_COSIGNED_BYTES, WitnessRefuses, WitnessRequest, require_extends
from accord.cli.many_cores import ManyCores
from accord.cli.whole_logs import opened
from accord.cli.witness_folder import HeldHead, WatchedLog, WitnessFolder
from accord.errors import AccordError, TrustFails
from accord.parties.keyfile import write_durably

__all__ = ["LogRefused", "accuse", "admitted_export", "admitted_request", "day_of", "looked_at"]

Admitted = tuple[WatchedLog, bytes, Checkpoint, HeldHead | None]
"""A log that is watched, the owner's note that may be co-signed, what it says, and the head if it was co-signed."""

EMPTY_REASON: Final = "The log has no signed head yet, so there is nothing to co-sign."


class LogRefused(TrustFails):
    """A log that is shown does not hold, or is not the one that was co-signed."""

    code = "witness.log-refused"
    default_next_step = "Co-sign nothing; ask both sides for their copies of the log."


def looked_at(witness: WitnessFolder, export: Path) -> tuple[WatchedLog, LogVerdict, list[HeldHead]]:
    """Reads a whole log under the pinned roots, and looks whether it passes through every head that was co-signed.

    Raises:
        WitnessUnusable: The log is not watched, or its keysets are not those that were seen before.
        MalformedObject: The file is no export.
    """
    with opened(export) as source:
        title = read_title(source.read)
    log = witness.watched(title.owner, title.peer)
    heads = log.heads(witness.key)
    with opened(export) as source:
        marks = {one.head.size: one.head.root for one in heads}
        verdict = verify_log(source.read, log.roots, marks=marks, judging=ManyCores())
    if verdict.ok:
        owner = KeysetChain.from_bytes(title.owner_chain, trusted=log.owner_chain.root)
        peer = KeysetChain.from_bytes(title.peer_chain, trusted=log.peer_chain.root)
        log = log.keep_chains(owner, peer)
    return log, verdict, heads


def admitted_export(witness: WitnessFolder, file: Path) -> Admitted:
    """Returns the last head of a whole log, if the log passes through all that was co-signed and ends no earlier.

    Raises:
        LogRefused: It does not; the proof of two histories is written where there is one.
    """
    log, verdict, heads = looked_at(witness, file)
    if verdict.reason is not None:
        proof = accuse(log, file, heads)
        told = f" The proof of two histories is in {proof}." if proof is not None else ""
        raise LogRefused(f"{verdict.reason}{told}")
    done = verdict.progress
    last = heads[-1] if heads else None
    if last is not None and done.size < last.head.size:
        raise WitnessRefuses(
            f"The log has {done.size} entries now, but had {last.head.size} when it was last co-signed."
        )
    if not done.head_note:
        raise LogRefused(EMPTY_REASON, next_step="Co-sign it once something was sent.")
    head = unverified_checkpoint(done.head_note)
    held = last if last is not None and last.head.size == head.size else None
    return log, done.head_note, head, held


def admitted_request(witness: WitnessFolder, file: Path) -> Admitted:
    """Returns the head that a request asks to be co-signed, if it extends what was co-signed before.

    Raises:
        LogRefused: The owner's keys are not known here, or did not sign it.
        WitnessRefuses: It does not extend it; the proof of two histories is written where there is one.
    """
    with opened(file) as source:
        request = WitnessRequest.from_bytes(source.read(MAX_COSIGNED_BYTES + 1))
    stated = unverified_checkpoint(request.checkpoint)
    log = witness.watched(stated.owner, stated.peer)
    try:
        keys = log.owner_chain.signing_keys_at(stated.position)
        head = read_checkpoint(request.checkpoint, verify_key=keys)
    except AccordError as error:
        raise LogRefused(
            f"The signature of {stated.owner} does not hold under the keysets that are known here: {error.sentence}",
            next_step="If the keys were changed meanwhile, co-sign the whole log instead: it brings its keysets.",
        ) from error
    heads = log.heads(witness.key)
    last = heads[-1] if heads else None
    if last is not None and (head.size, head.root) == (last.head.size, last.head.root):
        return log, last.owner_note, head, last
    try:
        require_extends(request, head, held=last.head if last is not None else None)
    except AccordError as error:
        made = None if last is None else prove_against_log(request.checkpoint, held=last.owner_note, reader=None)
        proof = None if made is None else _written(log, made, head.size)
        if proof is not None:
            raise WitnessRefuses(f"{error.sentence} The proof of two histories is in {proof}.") from error
        raise
    return log, request.checkpoint, head, None


def accuse(log: WatchedLog, export: Path, heads: Sequence[HeldHead]) -> Path | None:
    """Writes the proof that a log's owner signed two histories, and returns where; ``None`` where nothing proves it.

    The log that is shown must hold by itself: else its owner never signed it, and nobody is to be accused with it.

    Args:
        log: The log as it is watched.
        export: The whole log that is shown.
        heads: What was co-signed of it.
    """
    with opened(export) as source:
        shown = verify_log(source.read, log.roots, judging=ManyCores())
    if not shown.ok or not shown.progress.head_note:
        return None
    with opened(export) as source:
        leaves = list(leaves_of(source.read))
    for one in heads:
        made = prove_against_log(one.owner_note, held=shown.progress.head_note, reader=_reader(leaves))
        if made is not None and (path := _written(log, made, one.head.size)) is not None:
            return path
    return None


def _written(log: WatchedLog, proof: EquivocationProof, size: int) -> Path | None:
    try:
        verify_equivocation(proof, log.owner_chain, log.peer_chain)
    except AccordError:
        # In two epochs it blames nobody: a restored node signs such logs in good faith.
        return None
    encoded = encode_equivocation(proof)
    path = log.folder / f"fork-{size}.proof"
    write_durably(path, encode_accusation(encoded, owner_chain=log.owner_chain, cosigner_chain=log.peer_chain))
    return path


def _reader(leaves: Sequence[bytes]) -> HashReader:
    def read(level: int, start: int, count: int) -> Sequence[bytes]:
        if level == 0:
            return leaves[start : start + count]
        return [_root(leaves[index << level : (index + 1) << level]) for index in range(start, start + count)]

    return read


def _root(leaves: Sequence[bytes]) -> bytes:
    frontier, _ = EMPTY_FRONTIER.append(leaves)
    return frontier.root


def day_of(milliseconds: int) -> str:
    """Returns a moment as the commands print it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
