"""The peer machine: one channel's protocol without a clock, socket, file or thread. Frames in, events out.

Both parties run this same code; nothing in it knows which one we are.

What it promises, whatever the network, the storage or the peer does:
    * entries of the peer's log are accepted without gaps, each once, and co-signed once; what comes again is answered
      with the stored receipt, byte for byte;
    * a refused frame raises and leaves ``state`` as it was; nothing unsigned ever destroys anything;
    * a second log signed by one party freezes the channel and leaves a proof that a third person can check;
    * we never co-sign a smaller size, an older epoch, or a log that does not extend the one we co-signed;
    * a node that lost a part of its own log learns it from its own signature, sends nothing until it is whole, and
      loses nothing that was ever delivered;
    * clocks raise alarms and stop nothing.

What the caller owes it:
    * one machine at a time for a channel, and one transaction: load the state, call, store the events *and*
      ``machine.state``, commit, and only then send what :meth:`PeerMachine.reply` or :meth:`PeerMachine.contact` gave.
      A receipt that left before its commit could be denied by a crash; two machines at once could co-sign twice;
    * ``has_met`` kept in the memory of the process, never on disk: it says that since this process started the peer has
      told us what it holds of our log, and that it takes entries. Until then nothing is appended, so that a node
      restored from a backup signs no second log;
    * opening, expiry and handling of entries: the machine never looks into a body, and expired entries stay in the log.

A contact, from both ends::

    appended = ours.append(sealed, now_ms)                      # store entries, nodes, ours.state; commit
    frame = ours.contact(now_ms, batch=Batch(...))              # send
    events = theirs.receive(frame, now_ms)                      # store events, theirs.state; commit
    answer = theirs.reply(now_ms)                               # send back
    events = ours.receive(answer, now_ms)                       # ReceiptAccepted: store; commit

When ``receive`` raises, :meth:`PeerMachine.refuse` makes the answer: a code, our state, and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from accord.errors import AccordError, PeerFault, TrustFails

from .arrivals import Means, accept_batch, accept_receipt
from .attachment import verify_chunk
from .checkpoint import Checkpoint, sign_checkpoint
from .events import (
    Appended,
    ChunkAccepted,
    ChunksHeld,
    EntriesRequested,
    Event,
    OwnEntriesRecovered,
    PeerBehind,
    PeerDisagrees,
    PeerRefused,
    ReceiptWithheld,
    ReplicaLost,
    SkewObserved,
)
from .frames import Batch, Chunk, Fetch, Fetched, Frame, FrameState, HeldChunks
from .keys import Signer
from .limits import MAX_BATCH_ENTRIES, MAX_LOG_SIZE, SKEW_TOLERANCE_MS
from .merkle import HashReader
from .recovery import accept_fetched, accept_keysets, accept_witness
from .refusals import (
    ChannelFrozen,
    ChannelSuspended,
    HistoryMissing,
    NoSigner,
    NotMet,
    NotSendable,
    Recovering,
    RootMismatch,
    StaleEpoch,
    WrongSigner,
)
from .seal import SealedEnvelope
from .state import ChannelState, Mode
from .statements import (
    NOT_NOW,
    is_our_log,
    keysets_for,
    missing_entries,
    plain_frame,
    require_ours,
    stopped_frame,
    witness_for,
)

__all__ = ["NOT_NOW", "PeerMachine"]


class PeerMachine:
    """One channel's protocol: append, contact, receive, reply.

    Args:
        state: The stored state of the channel.
        signer: Signs and co-signs for us; ``None`` while custody is locked.
        skew_tolerance_ms: Largest difference between signed times and ours without an alarm, in milliseconds.
        has_met: Whether, since this process started, the peer has told us live what it holds of our log.
        wish: What :attr:`wish` of the last machine said, kept in memory like ``has_met``.
        own_log: Reads the hashes of our own stored log.
        own_note_at: Returns our own stored note over one size of our log, or ``None`` where we never signed that size.
        peer_log: Reads the hashes of the stored replica of the peer's log.
        positions_of: Looks envelope identifiers up in the stored replica; returns the positions of those it knows.

    The readers may be missing in a small tool. With them a receipt for a part of our log is judged, a fork below the
    latest checkpoint is proven and not only refused, and an identifier used twice is found before it reaches storage.
    """

    def __init__(
        self,
        state: ChannelState,
        *,
        signer: Signer | None = None,
        skew_tolerance_ms: int = SKEW_TOLERANCE_MS,
        has_met: bool = False,
        wish: Fetch | None = None,
        own_log: HashReader | None = None,
        own_note_at: Callable[[int], bytes | None] | None = None,
        peer_log: HashReader | None = None,
        positions_of: Callable[[Sequence[bytes]], Mapping[bytes, int]] | None = None,
    ) -> None:
        self._state = state
        self._has_met = has_met
        self._means = Means(
            signer=signer,
            own_log=own_log,
            own_note_at=own_note_at,
            peer_log=peer_log,
            positions_of=positions_of,
            skew_tolerance_ms=skew_tolerance_ms,
        )
        self._claim: FrameState | None = None
        self._wish = wish
        self._owes_receipt = False

    @property
    def state(self) -> ChannelState:
        """What must be stored now."""
        return self._state

    @property
    def has_met(self) -> bool:
        """Whether the peer has told us, live and without contradiction, what it holds of our log."""
        return self._has_met

    @property
    def wish(self) -> Fetch | None:
        """Entries of our own log that we want to see in the peer's copy.

        While there is a wish the next contact should not wait, and should carry no batch: it would be refused whole.
        """
        return missing_entries(self._state) or self._wish

    def append(self, sealed: Sequence[SealedEnvelope], now_ms: int, *, unmet: bool = False) -> Appended:
        """Appends sealed envelopes to our own log and signs it once.

        Args:
            sealed: One batch: at most :data:`~accord.channel.limits.MAX_BATCH_ENTRIES`, in the order of the log.
            now_ms: Our clock, milliseconds since the Unix epoch.
            unmet: Append although the peer has not been heard since the start: only for parcels, and never with
                storage that may have been restored from a backup.

        Returns:
            What to store, together with ``state``, before anything is sent.

        Raises:
            ChannelFrozen: If a second log was proven.
            NotAvailableNow: If the channel is suspended or recovering, the peer was not met, or no key is at hand.
            WrongSigner: If the key at hand is not in force at this position.
            NotSendable: If there is nothing to append, or more than one batch.
        """
        state = self._state
        self._require_open()
        if not (self._has_met or unmet):
            raise NotMet(f"Nothing is appended before {state.peer} was heard: our own log might be an older copy.")
        if not 1 <= len(sealed) <= MAX_BATCH_ENTRIES:
            raise NotSendable(f"{len(sealed)} envelopes cannot be appended at once; 1 to {MAX_BATCH_ENTRIES} can.")
        start = state.outgoing.size
        if start + len(sealed) > MAX_LOG_SIZE:
            raise NotSendable(
                f"Our log has {start} entries and can have {MAX_LOG_SIZE}; pair anew with {state.peer} to go on.",
                code="channel.log-full",
                fields={"size": start, "limit": MAX_LOG_SIZE},
            )
        signer = self._signer_at(start + len(sealed) - 1)
        frontier, stride_nodes = state.outgoing.frontier.append([envelope.leaf for envelope in sealed])
        checkpoint = Checkpoint(
            owner=state.us,
            peer=state.peer,
            size=frontier.size,
            root=frontier.root,
            epoch=state.outgoing.epoch,
            time_ms=now_ms,
        )
        note = sign_checkpoint(checkpoint, signer)
        outgoing = replace(state.outgoing, frontier=frontier, checkpoint=note, time_ms=now_ms)
        self._state = replace(state, outgoing=outgoing)
        return Appended(start=start, size=frontier.size, checkpoint=note, stride_nodes=tuple(stride_nodes))

    def contact(
        self,
        now_ms: int,
        *,
        batch: Batch | None = None,
        fetched: Fetched | None = None,
        chunks: Sequence[Chunk] = (),
        have_chunks: Sequence[HeldChunks] = (),
    ) -> Frame:
        """Makes the frame for a new contact.

        What the peer needs besides goes along by itself: our receipt while the peer does not seem to hold it, our wish
        for entries of our own log that we lost, and the peer's own later signature when it seems to have lost some.

        Args:
            now_ms: Our clock, milliseconds since the Unix epoch.
            batch: Entries of our own log that were appended and stored.
            fetched: Entries of the peer's log, in answer to :class:`EntriesRequested`.
            chunks: Chunks of attachments.
            have_chunks: What we hold of attachments that are still incomplete.

        Raises:
            ChannelFrozen: If something is to be sent over a frozen channel.
            NotAvailableNow: If a batch is to be sent while the channel is suspended or recovering.
            NotSendable: If the batch goes beyond our log.
        """
        return self._frame(now_ms, batch=batch, fetched=fetched, chunks=tuple(chunks), have_chunks=tuple(have_chunks))

    def reply(
        self,
        now_ms: int,
        *,
        batch: Batch | None = None,
        fetched: Fetched | None = None,
        chunks: Sequence[Chunk] = (),
        have_chunks: Sequence[HeldChunks] = (),
    ) -> Frame:
        """Makes the answer to the frame that :meth:`receive` accepted last; the same rules as for :meth:`contact`."""
        return self.contact(now_ms, batch=batch, fetched=fetched, chunks=chunks, have_chunks=have_chunks)

    def refuse(self, error: AccordError, now_ms: int) -> Frame:
        """Makes the answer to a frame that was refused.

        The peer learns the stable code, and what it must know to do better: our state, and its own later signature when
        it seems to have lost it. What is wrong on our side has one code for everything, but for a suspension: officers
        decided that, and the peer's officers are to know it.
        """
        is_told = isinstance(error, PeerFault | TrustFails | ChannelSuspended)
        is_about_history = isinstance(error, ChannelFrozen | HistoryMissing | RootMismatch | StaleEpoch)
        witness = self._state.incoming.checkpoint if is_about_history else witness_for(self._state, self._claim)
        return replace(
            plain_frame(self._state, now_ms),
            refusal=error.reason_code if is_told else NOT_NOW,
            witness=witness,
            keysets=() if witness is None else keysets_for(self._state, self._claim),
        )

    def receive(self, frame: Frame, now_ms: int, *, is_live: bool = True) -> list[Event]:
        """Judges a frame of the peer.

        Args:
            frame: The decoded frame.
            now_ms: Our clock, milliseconds since the Unix epoch.
            is_live: Whether it came over an authenticated connection just now; ``False`` for parcels, which may be old,
                so what they say of our log does not count as having met.

        Returns:
            What happened, in order; store it together with ``state`` before answering.

        Raises:
            PeerFault: If the frame breaks the protocol.
            TrustFails: If a signature, proof or root in it does not hold, or the channel is frozen.
            NotAvailableNow: If the channel is suspended or no signing key is at hand.
        """
        state = self._state
        self._claim, self._owes_receipt = None, False
        require_ours(state, frame)
        self._claim = frame.state
        self._require_usable()
        self._wish = None
        replica_lost = self._lost_replica(frame.state)
        state, events = self._judge(state, frame, now_ms)
        events = replica_lost + events
        self._state = replace(state, peer_receipted=min(frame.state.out_receipted, state.incoming.size))
        self._owes_receipt = frame.batch is not None
        if state.mode is not Mode.FROZEN:
            is_given_back = any(isinstance(event, OwnEntriesRecovered) for event in events)
            own_log = None if is_given_back else self._means.own_log
            events.extend(self._compare(frame.state, own_log, is_live=is_live))
        if is_live and frame.refusal == ChannelSuspended.code:
            # Nothing is appended for a peer that takes nothing: what waits can still be withdrawn.
            self._has_met = False
        return events + self._clock_alarm(frame, events, now_ms) if is_live else events

    def _lost_replica(self, claim: FrameState) -> list[Event]:
        """Tells our operators when the peer says that it holds receipts of ours for more than we hold of its log."""
        held = self._state.incoming.size
        return [ReplicaLost(claimed=claim.out_receipted, held=held)] if claim.out_receipted > held else []

    def _judge(self, state: ChannelState, frame: Frame, now_ms: int) -> tuple[ChannelState, list[Event]]:
        """Applies the parts of a frame in the order in which they can depend on one another."""
        events: list[Event] = [PeerRefused(code=frame.refusal)] if frame.refusal is not None else []
        state, news = accept_keysets(state, frame.keysets)
        events += news
        if frame.witness is not None:
            state, news = accept_witness(state, frame.witness, self._means, now_ms=now_ms)
            events += news
        if frame.fetched is not None and state.mode is not Mode.FROZEN:
            state, news = accept_fetched(state, frame.fetched, self._means, now_ms=now_ms)
            events += news
        # What was just given back is not stored yet, so nothing that must be read from storage is judged beside it.
        is_given_back = any(isinstance(event, OwnEntriesRecovered) for event in events)
        if frame.receipt is not None and state.mode is not Mode.FROZEN and not is_given_back:
            state, news = accept_receipt(state, frame.receipt, self._means, claim=frame.state, now_ms=now_ms)
            events += news
        if frame.batch is not None and state.mode is not Mode.FROZEN:
            state, news = accept_batch(state, frame.batch, self._means, now_ms=now_ms)
            events += news
        if state.mode is Mode.FROZEN:
            return state, events
        for chunk in frame.chunks:
            verify_chunk(chunk.root, chunk.index, chunk.count, chunk.data, chunk.proof)
            events.append(ChunkAccepted(chunk=chunk))
        events.extend(ChunksHeld(held=held) for held in frame.have_chunks)
        if frame.fetch is not None and frame.fetch.start < state.incoming.size:
            end = min(frame.fetch.end, state.incoming.size)
            events.append(EntriesRequested(start=frame.fetch.start, end=end))
        return state, events

    def _compare(self, claim: FrameState, own_log: HashReader | None, *, is_live: bool) -> list[Event]:
        """Compares what the peer says of our log with our log; it decides what is sent next, and nothing else."""
        state, head = self._state, self._state.outgoing
        if not is_our_log(state, claim, own_log):
            # The peer seems to hold another log of ours than we do: ask for it; its checkpoint will show who signed it.
            if claim.in_size > 0:
                self._wish = Fetch(start=min(head.receipted_size, claim.in_size - 1), end=claim.in_size)
            self._has_met = self._has_met and not is_live
            if state.mode is Mode.RECOVERING:
                return []
            return [PeerDisagrees(their_size=claim.in_size, our_size=head.size)]
        if is_live and state.mode is Mode.OPEN:
            self._has_met = True
        if claim.in_size > head.receipted_size:
            return [
                *self._behind(claim),
                ReceiptWithheld(size=claim.in_size, receipted_size=head.receipted_size),
            ]
        return self._behind(claim)

    def _clock_alarm(self, frame: Frame, events: Sequence[Event], now_ms: int) -> list[Event]:
        ahead_ms = frame.sent_ms - now_ms
        is_known = any(isinstance(event, SkewObserved) for event in events)
        return [] if is_known or abs(ahead_ms) <= self._means.skew_tolerance_ms else [SkewObserved(ms=ahead_ms)]

    def _behind(self, claim: FrameState) -> list[Event]:
        head = self._state.outgoing
        if claim.in_size == head.size:
            return []
        return [PeerBehind(their_size=claim.in_size, has_lost=claim.in_size < head.receipted_size)]

    def _frame(
        self,
        now_ms: int,
        *,
        batch: Batch | None,
        fetched: Fetched | None,
        chunks: tuple[Chunk, ...],
        have_chunks: tuple[HeldChunks, ...],
    ) -> Frame:
        state = self._state
        if batch is not None:
            self._require_open()
            if batch.end > state.outgoing.size:
                raise NotSendable(
                    f"The batch ends at size {batch.end}, our log at {state.outgoing.size}.",
                    fields={"batch": batch.end, "log": state.outgoing.size},
                )
        if state.mode in {Mode.FROZEN, Mode.SUSPENDED}:
            self._require_nothing(fetched, chunks, have_chunks)
            return stopped_frame(state, now_ms)
        # What is given back may end before the place where the two copies part; the head's note shows that place.
        witness = witness_for(self._state, self._claim) if fetched is None else state.incoming.checkpoint
        is_receipt_due = self._owes_receipt or state.peer_receipted < state.incoming.size
        return replace(
            plain_frame(state, now_ms),
            batch=batch,
            receipt=state.incoming.receipt if is_receipt_due else None,
            fetch=self.wish,
            fetched=fetched,
            chunks=chunks,
            have_chunks=have_chunks,
            witness=witness,
            keysets=() if witness is None else keysets_for(self._state, self._claim),
        )

    def _signer_at(self, position: int) -> Signer:
        signer = self._means.signer
        if signer is None:
            raise NoSigner("Our log cannot be signed: no signing key is at hand.")
        if signer.public not in self._state.our_chain.signing_keys_at(position):
            raise WrongSigner(
                f"Key {signer.public.key_id.hex()} does not sign at position {position} of our log.",
                fields={"key_id": signer.public.key_id.hex(), "position": position},
            )
        return signer

    def _require_usable(self) -> None:
        mode = self._state.mode
        if mode is Mode.FROZEN:
            raise ChannelFrozen(f"The channel with {self._state.peer} is frozen: a second log was proven.")
        if mode is Mode.SUSPENDED:
            raise ChannelSuspended(f"The channel with {self._state.peer} is suspended by an officer.")

    def _require_open(self) -> None:
        self._require_usable()
        if self._state.mode is Mode.RECOVERING:
            raise Recovering(f"Our log towards {self._state.peer} is being recovered; nothing is sent meanwhile.")

    def _require_nothing(self, *carried: object) -> None:
        if any(carried):
            self._require_usable()
