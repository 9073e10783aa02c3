"""Why the peer machine refuses: one class for each reason, with the stable code that the peer is told.

A refusal leaves the machine's state as it was.
Codes are part of the protocol: they may be added to, never renamed.
"""

from accord.errors import NotAvailableNow, OfficerCanMend, OurFault, PeerFault, TrustFails

__all__ = [
    "CapsuleMissing",
    "ChannelFrozen",
    "ChannelSuspended",
    "CheckpointMismatch",
    "EntryMismatch",
    "EpochBeyondReach",
    "EpochsExhausted",
    "HistoryMissing",
    "IdentifierTaken",
    "Misaddressed",
    "ModeForbids",
    "NoSigner",
    "NotMet",
    "NotSendable",
    "PositionSkipped",
    "ReceiptMismatch",
    "Recovering",
    "RootMismatch",
    "StaleEpoch",
    "StateDamaged",
    "WitnessMismatch",
    "WrongSigner",
]


class Misaddressed(PeerFault):
    """A frame, note or entry that is not of this channel, or not in this direction."""

    code = "channel.misaddressed"
    http_status = 403


class PositionSkipped(PeerFault):
    """A batch that begins after the end of the log we hold: what lies between is missing."""

    code = "channel.position-skipped"
    default_next_step = "Send again from the size that the answer states; nothing was stored."
    http_status = 409


class CheckpointMismatch(PeerFault):
    """A batch whose signed checkpoint speaks of another size than its entries."""

    code = "channel.checkpoint-mismatch"


class EpochBeyondReach(PeerFault):
    """A checkpoint or cosigner's line of an epoch that no clock of this decade gives."""

    code = "channel.epoch-beyond-reach"
    default_next_step = "Compare the clocks of both nodes; if both are right, a key may be in other hands."


class EpochsExhausted(NotAvailableNow):
    """A log has come to the last epoch there is and cannot begin another."""

    code = "channel.epochs-exhausted"
    default_next_step = "Nothing is lost; pair anew with the peer to begin new logs, and keep these as evidence."


class StaleEpoch(PeerFault):
    """A checkpoint of an epoch that the owner itself has left behind by recovering."""

    code = "channel.stale-epoch"
    http_status = 409


class EntryMismatch(PeerFault):
    """An entry whose header contradicts its body, its batch or the agreement."""

    code = "channel.entry-mismatch"


class IdentifierTaken(PeerFault):
    """An envelope identifier that stands in the log already, at another position."""

    code = "channel.identifier-taken"
    default_next_step = "Both entries are signed by the peer: keep the refused batch as evidence and tell its operator."
    http_status = 409


class CapsuleMissing(PeerFault):
    """An entry names an archive capsule that did not come with its batch."""

    code = "channel.capsule-missing"


class RootMismatch(TrustFails):
    """Entries that do not lead from the log we hold to the root that the peer signed."""

    code = "channel.root-mismatch"
    http_status = 422


class HistoryMissing(TrustFails):
    """A log of a later epoch that lacks what was co-signed in an earlier one: its owner did not recover it first."""

    code = "channel.history-missing"
    default_next_step = "Recover from the checkpoint in the answer; nothing was stored."
    http_status = 409


class ReceiptMismatch(TrustFails):
    """A receipt for something else than our log."""

    code = "channel.receipt-mismatch"


class WitnessMismatch(TrustFails):
    """What is shown as our own earlier checkpoint is not of our log in this channel."""

    code = "channel.witness-mismatch"


class ChannelFrozen(TrustFails):
    """The channel is frozen after an equivocation was proven."""

    code = "channel.frozen"
    default_next_step = (
        "Officers of both sides look at the proof (`accord peer proof`) and decide together; two officers of this side "
        "then let the channel go on (`accord peer thaw`)."
    )
    http_status = 422


class ChannelSuspended(NotAvailableNow):
    """Officers of this side stopped the channel."""

    code = "channel.suspended"
    default_next_step = "An officer lets it go on with `accord peer resume`."


class Recovering(NotAvailableNow):
    """This node lost a part of its own log and sends nothing until it is whole again."""

    code = "channel.recovering"
    default_next_step = "Wait for a contact or a parcel of the peer, which gives back what is missing."


class NotMet(NotAvailableNow):
    """This node has not heard from the peer since it started, so it cannot know that its own log is whole."""

    code = "channel.not-met"
    default_next_step = (
        "Let the node make a contact first; sending goes on by itself. "
        "Where only parcels travel and the storage was not restored from a backup: `accord parcel export --unmet`."
    )


class NoSigner(NotAvailableNow):
    """No signing key is at hand, so nothing can be signed or co-signed."""

    code = "channel.no-signer"
    default_next_step = "Unlock or plug in the node's key custody; nothing is lost meanwhile."


class WrongSigner(OurFault):
    """The signing key at hand is not one that our keysets name for this position."""

    code = "channel.wrong-signer"
    default_next_step = "Publish the keyset that names this key, or unlock the key that the keyset names."


class StateDamaged(OurFault):
    """What this node stored of the channel contradicts itself."""

    code = "channel.state-damaged"
    default_next_step = "Stop the node and run its integrity check; sign nothing with this storage."


class NotSendable(OurFault):
    """What this node wants to send does not fit its own log or a limit of the protocol."""

    code = "channel.not-sendable"


class ModeForbids(OfficerCanMend):
    """The channel's mode does not allow what an officer asked for."""

    code = "channel.mode-forbids"
    default_next_step = "Look at the channel's mode first."
