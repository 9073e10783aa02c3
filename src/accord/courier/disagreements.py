"""Events in which the two sides do not agree: two histories, disputed and withheld receipts, lost copies, clocks.

Each leaves an alarm with what was signed as evidence; what it decides is the machine's and the officers' matter.
"""

from hashlib import sha256

from accord.channel.equivocation import encode_equivocation
from accord.channel.events import (
    EquivocationProven,
    HistoryDisputed,
    PeerDisagrees,
    ReceiptContradicted,
    ReceiptDisputed,
    ReceiptWithheld,
    ReplicaLost,
    SkewObserved,
)
from accord.errors import TrustFails

from .alarms import raise_alarm
from .models import Contradiction, Mode
from .scene import Scene, record_mode

__all__ = [
    "HistorySettled",
    "equivocation_proven",
    "history_disputed",
    "peer_disagrees",
    "receipt_contradicted",
    "receipt_disputed",
    "receipt_withheld",
    "replica_lost",
    "skew_observed",
]


class HistorySettled(TrustFails):
    """A note of a history that two officers have looked at and put aside was shown again."""

    code = "courier.history-settled"
    default_next_step = "Nothing is due: the channel goes on. Ask the peer whether the other copy is stopped."


def equivocation_proven(scene: Scene, event: EquivocationProven) -> None:
    """Keeps the proof of two histories, and alarms; a history that was put aside freezes nothing again.

    Raises:
        HistorySettled: Two officers have judged it already.
    """
    channel = scene.channel
    heads = (channel.in_checkpoint, channel.out_checkpoint, channel.out_receipt)
    held = {bytes(note) for note in heads if note is not None}
    proof = event.proof
    other = proof.larger if proof.smaller in held else proof.smaller
    contradiction, _ = Contradiction.objects.get_or_create(
        channel=channel,
        note_digest=sha256(other).digest(),
        defaults={"proof": encode_equivocation(proof), "proven_at": scene.now},
    )
    if contradiction.settled_at is not None:
        raise HistorySettled(f"{event.party} shows a history again that two officers have put aside.")
    raise_alarm(
        scene.channel,
        "courier.equivocation",
        f"{event.party} signed two logs that cannot be one; the channel is frozen and the proof is kept.",
        evidence=encode_equivocation(event.proof),
    )
    record_mode(scene, Mode.FROZEN, f"{event.party} signed two logs that cannot be one.")


def skew_observed(scene: Scene, event: SkewObserved) -> None:
    """Alarms about a clock; the exchange goes on."""
    scene.channel.clock_skew_ms = event.ms
    detail = (
        "The peer's own signed times went backwards"
        if event.went_back
        else f"The peer's clock differs from ours by {event.ms / 1000:+.1f} s"
    )
    raise_alarm(scene.channel, "courier.clock-skew", f"{detail}. The exchange goes on.")


def replica_lost(scene: Scene, event: ReplicaLost) -> None:
    """Alarms that we hold less of the peer's log than we receipted."""
    raise_alarm(
        scene.channel,
        "courier.replica-lost",
        f"The peer says that we receipted {event.claimed} of its entries, and we hold {event.held}. If an older copy "
        "of this node was put back, ask the peer to send again what is missing before anything else is received.",
    )


def peer_disagrees(scene: Scene, event: PeerDisagrees) -> None:
    """Alarms that the peer states another log of ours than we hold."""
    raise_alarm(
        scene.channel,
        "courier.peer-disagrees",
        f"The peer states {event.their_size} entries of our log where we hold {event.our_size}, or another root. "
        "Nothing is appended until what it holds has been seen.",
    )


def history_disputed(scene: Scene, event: HistoryDisputed) -> None:
    """Keeps our own signature over a log that is not the one we hold."""
    raise_alarm(
        scene.channel,
        "courier.history-disputed",
        f"The peer shows our own signature over {event.witness_size} entries that our log does not begin with. "
        "Compare with the peer's operator what each side holds before anything is thawed or given up.",
        evidence=event.witness,
    )


def receipt_disputed(scene: Scene, event: ReceiptDisputed) -> None:
    """Keeps a receipt over a text that we never signed."""
    raise_alarm(
        scene.channel,
        "courier.receipt-disputed",
        f"The peer co-signed, for size {event.size} of our log, a text that we never signed. Delivery stays "
        "unconfirmed; the receipt is kept as evidence of that.",
        evidence=event.receipt,
    )


def receipt_contradicted(scene: Scene, event: ReceiptContradicted) -> None:
    """Keeps the proof that the peer co-signed another log than ours."""
    raise_alarm(
        scene.channel,
        "courier.receipt-contradicted",
        f"The peer co-signed, for size {event.size} of our log, another log than the one we signed in the same epoch. "
        "Nothing was taken as receipted; our checkpoint and its receipt are kept as proof.",
        evidence=encode_equivocation(event.proof),
    )


def receipt_withheld(scene: Scene, event: ReceiptWithheld) -> None:
    """Alarms that the peer holds more than it gave a receipt for."""
    if scene.effects.refusal is not None:
        # A refusal states the peer's sizes and carries no receipt: that is its form, not a sign of bad faith.
        return
    raise_alarm(
        scene.channel,
        "courier.receipt-withheld",
        f"The peer says it holds {event.size} entries of our log and gave a receipt for {event.receipted_size}.",
    )
