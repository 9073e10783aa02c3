"""What we state of ourselves in every frame, and what the peer's statement makes us add to it.

A statement is unsigned on both sides: it decides what is sent next, and nothing else.
"""

from dataclasses import replace
from typing import Final

from .checkpoint import unverified_checkpoint
from .frames import MAX_FRAME_KEYSETS, Fetch, Frame, FrameState
from .merkle import HashReader
from .refusals import ChannelFrozen, ChannelSuspended, Misaddressed
from .replica import frontier_at
from .state import ChannelState, Mode

__all__ = [
    "NOT_NOW",
    "is_our_log",
    "keysets_for",
    "missing_entries",
    "plain_frame",
    "require_ours",
    "stopped_frame",
    "witness_for",
]

NOT_NOW: Final = "channel.not-now"
"""The one refusal code for whatever is wrong on our own side, but for a suspension: the peer tries again later."""


def require_ours(state: ChannelState, frame: Frame) -> None:
    """Checks that a frame is of the peer and for us.

    Raises:
        Misaddressed: If it is of another channel.
    """
    if (frame.sender, frame.recipient) != (state.peer, state.us):
        raise Misaddressed(
            f"The frame is from {frame.sender} to {frame.recipient}; this channel is between {state.peer} and us.",
            fields={"sender": frame.sender, "recipient": frame.recipient},
        )


def plain_frame(state: ChannelState, now_ms: int) -> Frame:
    """Returns a frame that says where both logs stand with us, and nothing more."""
    out, inn = state.outgoing, state.incoming
    statement = FrameState(
        out_epoch=out.epoch,
        out_size=out.size,
        out_root=out.root,
        out_receipted=out.receipted_size,
        in_epoch=inn.epoch,
        in_size=inn.size,
        in_root=inn.root,
        out_serial=len(state.our_chain.keysets),
    )
    return Frame(sender=state.us, recipient=state.peer, state=statement, sent_ms=now_ms)


def stopped_frame(state: ChannelState, now_ms: int) -> Frame:
    """Returns the frame of a channel that is stopped.

    A suspended one says so and nothing more. A frozen one also shows the peer its own signature, so that the innocent
    author of a fork can recover.
    """
    frame = plain_frame(state, now_ms)
    if state.mode is Mode.FROZEN:
        return replace(frame, refusal=ChannelFrozen.code, witness=state.incoming.checkpoint)
    return replace(frame, refusal=ChannelSuspended.code)


def missing_entries(state: ChannelState) -> Fetch | None:
    """Returns the entries of our own log that our own later signature proves lost."""
    if state.mode is not Mode.RECOVERING or state.witness is None:
        return None
    target = unverified_checkpoint(state.witness).size
    return Fetch(start=state.outgoing.size, end=target) if target > state.outgoing.size else None


def witness_for(state: ChannelState, claim: FrameState | None) -> bytes | None:
    """Returns the peer's own signed checkpoint when the peer states less of its log, or another, than we hold."""
    head = state.incoming
    if claim is None:
        return None
    has_lost = claim.out_size < head.size or claim.out_epoch < head.epoch
    is_other = claim.out_size == head.size and claim.out_root != head.root
    return head.checkpoint if has_lost or is_other else None


def keysets_for(state: ChannelState, claim: FrameState | None) -> tuple[bytes, ...]:
    """Returns the peer's own keysets that it does not state to hold, as many as one frame carries."""
    if claim is None:
        return ()
    return state.peer_chain.signed[claim.out_serial : claim.out_serial + MAX_FRAME_KEYSETS]


def is_our_log(state: ChannelState, claim: FrameState, own_log: HashReader | None) -> bool:
    """Tells whether what the peer states to hold of our log is a beginning of it; where we cannot tell, it is."""
    head = state.outgoing
    if claim.in_size > head.size:
        return False
    if claim.in_size == head.size:
        return claim.in_root == head.root
    if claim.in_size == head.receipted_size:
        return claim.in_root == head.receipted.root
    return own_log is None or claim.in_root == frontier_at(own_log, claim.in_size).root
