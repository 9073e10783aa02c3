"""A peer that lies on command: real keys, a real log, and one lie that a test names.

One line drives it::

    outcome = LyingPeer(lie="rewrite-log").tell()

Before the lie the peer and its victim exchange a few entries honestly, so there is something to lie about.
The victim is an ordinary node; what it makes of the lie is the outcome.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cbor2

from accord.channel.attachment import attachment_root, chunk_leaf, chunk_proof
from accord.channel.checkpoint import Checkpoint, cosign, sign_checkpoint, unverified_checkpoint
from accord.channel.encoding import encode
from accord.channel.events import Event
from accord.channel.frames import Batch, Chunk, Fetched, Frame, decode_frame, encode_frame
from accord.channel.key_entry import KeyEntry
from accord.channel.keys import SigningKey
from accord.channel.keyset import KeysetChain, sign_keyset
from accord.channel.limits import MAX_BATCH_ENTRIES
from accord.channel.merkle import EMPTY_FRONTIER, leaf_hash
from accord.channel.seal import SealedEnvelope
from accord.channel.state import ChannelState
from accord.errors import AccordError
from tests.channel.specimens import seed, specimen

from .stored_node import CAPSULE, StoredNode, make_envelope, meet

__all__ = ["LIES", "LyingPeer", "Outcome"]

LIAR, VICTIM = "IN", "CA"
DAY_MS = 86_400_000


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the victim made of a lie.

    Args:
        code: Code of its refusal, or ``None`` when it took the frame.
        events: What it reported.
        answer: What it answered, decoded; ``None`` where the frame could not even be read.
        before: Its state before the lie.
        after: Its state after it.
    """

    code: str | None
    events: list[Event]
    answer: Frame | None
    before: ChannelState
    after: ChannelState

    def has(self, kind: type[Event]) -> bool:
        return any(isinstance(event, kind) for event in self.events)


def spare_key(label: str) -> SigningKey:
    return SigningKey.from_seed(seed(f"spare {label}", 64))


def liar_chain() -> KeysetChain:
    """Keysets with a key that was retired at position 2, one that was revoked there, and the one in use."""
    party = specimen(LIAR)
    old, stolen, new = spare_key("old"), spare_key("stolen"), party.sign
    first = party.keyset(
        VICTIM,
        sign_keys=tuple(KeyEntry(public=key.public.to_bytes()) for key in (old, stolen, new)),
    )
    second = party.keyset(
        VICTIM,
        serial=2,
        previous=first.digest,
        sign_keys=(
            KeyEntry(public=old.public.to_bytes()).retired(2),
            KeyEntry(public=stolen.public.to_bytes()).revoked(2, cosignatures_from=1),
            KeyEntry(public=new.public.to_bytes()),
        ),
    )
    chain = KeysetChain(party.root.public).extended(sign_keyset(first, party.root))
    return chain.extended(sign_keyset(second, party.root))


@dataclass
class LyingPeer:
    """A peer of ``CA`` that tells one lie.

    Args:
        lie: A name of :data:`LIES`.
    """

    lie: str
    node: StoredNode = field(init=False)
    victim: StoredNode = field(init=False)

    def __post_init__(self) -> None:
        chain = liar_chain()
        self.node = StoredNode.create(LIAR, VICTIM, our_chain=chain)
        self.victim = StoredNode.create(VICTIM, LIAR, peer_chain=chain)
        meet(self.node, self.victim)
        meet(self.victim, self.node)
        for labels in (("i1", "i2"), ("i3",)):
            self.node.append(*labels)
            meet(self.node, self.victim)
        self.victim.append("c1", "c2")
        meet(self.victim, self.node)
        meet(self.node, self.victim)

    def tell(self) -> Outcome:
        """Tells the lie and returns what the victim made of it."""
        return self.send(LIES[self.lie](self))

    def send(self, data: bytes) -> Outcome:
        """Hands any bytes to the victim."""
        before, seen, refused = self.victim.state, len(self.victim.seen), len(self.victim.refused)
        code, answer = None, None
        try:
            answer = decode_frame(self.victim.receive(data))
        except AccordError as error:
            code = error.reason_code
        if len(self.victim.refused) > refused:
            code = self.victim.refused[-1].reason_code
        return Outcome(code=code, events=self.victim.seen[seen:], answer=answer, before=before, after=self.victim.state)

    # --- what lies are made of ---------------------------------------------------------------------------------

    def honest(self) -> Frame:
        """A frame without a batch."""
        return self.node.machine().contact(self.node.now_ms)

    def envelope(self, label: str, **changes: object) -> SealedEnvelope:
        return make_envelope(LIAR, VICTIM, label, **changes)  # type: ignore[arg-type]

    def signed(self, leaves: list[bytes], *, signer: SigningKey | None = None, **changes: object) -> bytes:
        """Our own note over any leaves."""
        frontier = EMPTY_FRONTIER.append(leaves)[0]
        checkpoint = Checkpoint(
            owner=LIAR, peer=VICTIM, size=frontier.size, root=frontier.root, epoch=0, time_ms=self.node.now_ms
        )
        return sign_checkpoint(replace(checkpoint, **changes), signer or self.node.signer)  # type: ignore[arg-type]

    def batch_of(
        self,
        *envelopes: SealedEnvelope,
        start: int | None = None,
        before: list[bytes] | None = None,
        signer: SigningKey | None = None,
        capsules: tuple[bytes, ...] = (CAPSULE,),
        **changes: object,
    ) -> Batch:
        """A batch after ``before`` (our true log when omitted), with a note that fits it."""
        held = self.node.disk.out.leaves if before is None else before
        leaves = [*held, *(envelope.leaf for envelope in envelopes)]
        return Batch(
            start=len(held) if start is None else start,
            entries=tuple((envelope.header, envelope.sealed) for envelope in envelopes),
            capsules=capsules,
            checkpoint=self.signed(leaves, signer=signer, **changes),
        )

    def with_batch(self, batch: Batch) -> bytes:
        return encode_frame(replace(self.honest(), batch=batch))

    def victims_checkpoint(self) -> tuple[bytes, Checkpoint]:
        note = self.victim.state.outgoing.checkpoint
        assert note is not None
        return note, unverified_checkpoint(note)


def _strip(note: bytes, line: int) -> bytes:
    lines = note.split(b"\n")
    del lines[line]
    return b"\n".join(lines)


def _withhold_receipt(peer: LyingPeer) -> bytes:
    peer.victim.append("c3")
    answer = decode_frame(peer.node.receive(peer.victim.contact()))
    return encode_frame(replace(answer, receipt=None))


def _rewrite_log(peer: LyingPeer) -> bytes:
    """Another second entry, in a log of the same size."""
    leaves = peer.node.disk.out.leaves
    other = [peer.envelope("i2", content="other"), peer.envelope("i3")]
    return peer.with_batch(peer.batch_of(*other, before=leaves[:1]))


def _rewrite_and_extend(peer: LyingPeer) -> bytes:
    leaves = peer.node.disk.out.leaves
    other = [peer.envelope("i2", content="other"), peer.envelope("i3"), peer.envelope("i4")]
    return peer.with_batch(peer.batch_of(*other, before=leaves[:1]))


def _rewrite_hidden(peer: LyingPeer) -> bytes:
    """Only what follows the rewritten entry is shown."""
    leaves = list(peer.node.disk.out.leaves)
    leaves[1] = peer.envelope("i2", content="other").leaf
    return peer.with_batch(peer.batch_of(peer.envelope("i4"), before=leaves))


def _rewrite_in_new_epoch(peer: LyingPeer) -> bytes:
    leaves = peer.node.disk.out.leaves
    other = [peer.envelope("i2", content="other"), peer.envelope("i3"), peer.envelope("i4")]
    return peer.with_batch(peer.batch_of(*other, before=leaves[:1], epoch=7))


def _truncate(peer: LyingPeer) -> bytes:
    """The last entry is gone and nothing is said: an unsigned claim."""
    peer.node.disk.out.cut(2)
    state = peer.node.state
    short = EMPTY_FRONTIER.append(peer.node.disk.out.leaves)[0]
    peer.node.state = replace(state, outgoing=replace(state.outgoing, frontier=short, receipted=short))
    return encode_frame(peer.honest())


def _truncate_and_go_on(peer: LyingPeer) -> bytes:
    leaves = peer.node.disk.out.leaves
    return peer.with_batch(peer.batch_of(peer.envelope("i3", content="other"), before=leaves[:2]))


def _split_view(peer: LyingPeer) -> bytes:
    """One log for the victim, another of the same size for somebody else, and both meet at the victim."""
    shown = peer.with_batch(peer.batch_of(peer.envelope("i4")))
    assert peer.send(shown).code is None
    return peer.with_batch(peer.batch_of(peer.envelope("i4", content="for another")))


def _skip_position(peer: LyingPeer) -> bytes:
    hidden = peer.envelope("i4").leaf
    return peer.with_batch(peer.batch_of(peer.envelope("i5"), before=[*peer.node.disk.out.leaves, hidden]))


def _receipt_for(peer: LyingPeer, signer: SigningKey | None = None, **changes: object) -> bytes:
    peer.victim.append("c3")
    note, checkpoint = peer.victims_checkpoint()
    if changes:
        checkpoint = replace(checkpoint, **changes)  # type: ignore[arg-type]
        note = sign_checkpoint(checkpoint, specimen(checkpoint.owner).sign)
    receipt = cosign(note, checkpoint, signer or peer.node.signer, checkpoint.peer, peer.node.now_ms)
    return encode_frame(replace(peer.honest(), receipt=receipt))


def _strip_receipt(peer: LyingPeer, line: int) -> bytes:
    frame = decode_frame(_receipt_for(peer))
    assert frame.receipt is not None
    return encode_frame(replace(frame, receipt=_strip(frame.receipt, line)))


def _strip_batch(peer: LyingPeer, line: int) -> bytes:
    batch = peer.batch_of(peer.envelope("i4"))
    return peer.with_batch(replace(batch, checkpoint=_strip(batch.checkpoint, line)))


def _half_signed(peer: LyingPeer, line: int) -> bytes:
    """Two signature lines of the right key, one of them from another checkpoint of ours."""
    envelope = peer.envelope("i4")
    good, other = peer.batch_of(envelope), peer.batch_of(envelope, time_ms=1)
    lines = good.checkpoint.split(b"\n")
    lines[line] = other.checkpoint.split(b"\n")[line]
    return peer.with_batch(replace(good, checkpoint=b"\n".join(lines)))


def _raw_header(envelope: SealedEnvelope, key: int, value: object) -> SealedEnvelope:
    """The envelope with one header field replaced by anything, and a leaf that fits."""
    header = encode({**cbor2.loads(envelope.header), key: value})
    leaf = leaf_hash(hashlib.sha256(header).digest(), hashlib.sha256(envelope.sealed).digest())
    return replace(envelope, header=header, leaf=leaf)


def _header(key: int, value: object) -> Callable[[LyingPeer], bytes]:
    def lie(peer: LyingPeer) -> bytes:
        return peer.with_batch(peer.batch_of(_raw_header(peer.envelope("i4"), key, value)))

    return lie


def _replay(peer: LyingPeer) -> bytes:
    return peer.with_batch(peer.node.disk.out.batch(0, 2))


def _flood(peer: LyingPeer) -> bytes:
    envelopes = [peer.envelope(f"flood {number}") for number in range(MAX_BATCH_ENTRIES + 1)]
    return peer.with_batch(peer.batch_of(*envelopes))


def _stale_epoch(peer: LyingPeer) -> bytes:
    assert peer.send(peer.with_batch(peer.batch_of(peer.envelope("i4"), epoch=3))).code is None
    leaves = [*peer.node.disk.out.leaves, peer.envelope("i4").leaf]
    return peer.with_batch(peer.batch_of(peer.envelope("i5"), before=leaves, epoch=2))


def _last_epoch(peer: LyingPeer) -> bytes:
    """A checkpoint of the last epoch there is: after it the log could never begin another."""
    return peer.with_batch(peer.batch_of(peer.envelope("i4"), epoch=2**32 - 1))


def _short_checkpoint(peer: LyingPeer) -> bytes:
    batch = peer.batch_of(peer.envelope("i4"), peer.envelope("i5"))
    return peer.with_batch(replace(batch, entries=batch.entries[:1]))


def _damaged_entry(peer: LyingPeer) -> bytes:
    batch = peer.batch_of(peer.envelope("i4"))
    header, sealed = batch.entries[0]
    return peer.with_batch(replace(batch, entries=((header, sealed[:-1] + b"!"),)))


def _forged_witness(peer: LyingPeer) -> bytes:
    _, checkpoint = peer.victims_checkpoint()
    larger = replace(checkpoint, size=9, root=bytes(32))
    return encode_frame(replace(peer.honest(), witness=sign_checkpoint(larger, peer.node.signer)))


def _old_witness(peer: LyingPeer) -> bytes:
    note, _ = peer.victims_checkpoint()
    peer.victim.append("c3")
    meet(peer.victim, peer.node)
    return encode_frame(replace(peer.honest(), witness=note))


def _foreign_witness(peer: LyingPeer) -> bytes:
    """The victim's own signature, from its channel with somebody else."""
    _, checkpoint = peer.victims_checkpoint()
    foreign = replace(checkpoint, peer="FR", size=9, root=bytes(32))
    return encode_frame(replace(peer.honest(), witness=sign_checkpoint(foreign, peer.victim.signer)))


def _boast(peer: LyingPeer) -> bytes:
    honest = peer.honest()
    return encode_frame(replace(honest, state=replace(honest.state, in_size=9, in_root=bytes(32))))


def _invented_entries(peer: LyingPeer) -> bytes:
    """Entries that the victim is said to have written, under a note it never signed."""
    victim = make_envelope(VICTIM, LIAR, "c3")
    leaves = [*peer.victim.disk.out.leaves, victim.leaf]
    note = peer.signed(leaves, owner=VICTIM, peer=LIAR)
    batch = Batch(start=2, entries=((victim.header, victim.sealed),), capsules=(CAPSULE,), checkpoint=note)
    return encode_frame(replace(peer.honest(), fetched=Fetched(batch=batch, receipt=note)))


def _altered_entries(peer: LyingPeer) -> bytes:
    """The victim lost its last entry; what is given back is not what it wrote."""
    backup = peer.victim.backup()
    peer.victim.append("c3")
    meet(peer.victim, peer.node)
    peer.victim.restore(backup)
    note, receipt = peer.node.disk.inn.heads[3]
    assert receipt is not None
    other = make_envelope(VICTIM, LIAR, "c3", content="other")
    batch = Batch(start=2, entries=((other.header, other.sealed),), capsules=(CAPSULE,), checkpoint=note)
    return encode_frame(replace(peer.honest(), fetched=Fetched(batch=batch, receipt=receipt)))


def _wrong_chunk(peer: LyingPeer) -> bytes:
    pieces = [b"one", b"two", b"three"]
    leaves = [chunk_leaf(piece) for piece in pieces]
    chunk = Chunk(root=attachment_root(leaves), index=0, count=3, data=b"two", proof=chunk_proof(leaves, 0))
    return encode_frame(replace(peer.honest(), chunks=(chunk,)))


def _with(**changes: object) -> Callable[[LyingPeer], bytes]:
    def lie(peer: LyingPeer) -> bytes:
        return encode_frame(replace(peer.honest(), **changes))  # type: ignore[arg-type]

    return lie


def _batched(label: str = "i4", **changes: object) -> Callable[[LyingPeer], bytes]:
    def lie(peer: LyingPeer) -> bytes:
        return peer.with_batch(peer.batch_of(peer.envelope(label), **changes))  # type: ignore[arg-type]

    return lie


def _dated(delta_ms: int) -> Callable[[LyingPeer], bytes]:
    def lie(peer: LyingPeer) -> bytes:
        return peer.with_batch(peer.batch_of(peer.envelope("i4"), time_ms=peer.node.now_ms + delta_ms))

    return lie


LIES: dict[str, Callable[[LyingPeer], bytes]] = {
    "accuse-with-forged-witness": _forged_witness,
    "alter-recovered-entries": _altered_entries,
    "another-party": _with(sender="FR"),
    "back-date": _dated(-DAY_MS),
    "boast": _boast,
    "checkpoint-of-another-log": _batched(owner="FR"),
    "damage-entry": _damaged_entry,
    "flood": _flood,
    "foreign-witness": _foreign_witness,
    "future-date": _dated(DAY_MS),
    "half-signed-ed25519": lambda peer: _half_signed(peer, 7),
    "half-signed-mldsa": lambda peer: _half_signed(peer, 6),
    "header-of-later-epoch": _header(6, 5),
    "header-of-other-size": _header(9, 65),
    "invent-entries": _invented_entries,
    "no-capsule": _batched(capsules=()),
    "old-key": _batched(signer=spare_key("old")),
    "old-witness": _old_witness,
    "readdress": _header(5, "FR"),
    "readdress-frame": _with(recipient="FR"),
    "receipt-by-revoked-key": lambda peer: _receipt_for(peer, signer=spare_key("stolen")),
    "receipt-for-another-log": lambda peer: _receipt_for(peer, owner="FR"),
    "receipt-for-more": lambda peer: _receipt_for(peer, size=9),
    "replay": _replay,
    "revoked-key": _batched(signer=spare_key("stolen")),
    "rewrite-and-extend": _rewrite_and_extend,
    "rewrite-hidden": _rewrite_hidden,
    "rewrite-in-new-epoch": _rewrite_in_new_epoch,
    "rewrite-log": _rewrite_log,
    "same-id-other-content": _batched("i1", signer=None),
    "same-id-twice": lambda peer: peer.with_batch(
        peer.batch_of(peer.envelope("i4"), peer.envelope("i4", content="other"))
    ),
    "short-checkpoint": _short_checkpoint,
    "skip-position": _skip_position,
    "split-view": _split_view,
    "last-epoch": _last_epoch,
    "stale-epoch": _stale_epoch,
    "strip-ed25519": lambda peer: _strip_batch(peer, 6),
    "strip-ed25519-receipt": lambda peer: _strip_receipt(peer, 7),
    "strip-mldsa": lambda peer: _strip_batch(peer, 7),
    "strip-mldsa-receipt": lambda peer: _strip_receipt(peer, 8),
    "suite-0": _header(2, 0),
    "swap-receipt": lambda peer: _receipt_for(peer, root=bytes(32)),
    "truncate": _truncate,
    "truncate-and-go-on": _truncate_and_go_on,
    "unknown-critical-field": _header(15, 1),
    "unknown-key": _batched(signer=spare_key("unknown")),
    "unknown-version": _header(1, 3),
    "withhold-receipt": _withhold_receipt,
    "wrong-chunk": _wrong_chunk,
}
"""Every lie by its name."""
