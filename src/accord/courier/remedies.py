"""What only two officers may do to a channel that no node can set right by itself.

Three remedies, each proposed by one officer with a reason and confirmed by another one:

* *thaw*: a frozen channel goes on from what was co-signed, never from the fork (``ChannelState.thawed``);
* *give up*: a recovery ends although entries are missing, because both sides were restored from older copies and
  neither holds them any more;
* *begin again*: our log takes the beginning that the peer co-signed. It is for the one case in which both disks were
  lost and what the peer holds of our log is not a beginning of what we hold (``accord.channel.recovery.rewind``).
  Every message whose entry stood in our log goes back into the queue, and none is sent that comes back with the peer's
  copy; what leaves the log is archived first, with its receipts (:mod:`accord.courier.archive`).

The proof of what went wrong stays on file whatever is decided.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.channel.checkpoint import is_receipt, unverified_checkpoint
from accord.channel.equivocation import decode_equivocation
from accord.channel.recovery import rewind
from accord.channel.state import ChannelState
from accord.errors import OfficerCanMend

from .alarms import raise_alarm
from .effects import requeue_from
from .freeze import reason_in_words
from .heads import channel_state, locked_channel, store_state
from .models import Alarm, Channel, Contradiction, ModeChange
from .moment import now_ms
from .wakeup import flush_topic, wake_on_commit

__all__ = ["NothingToBeginFrom", "ProposalStale", "Remedy", "TwoOfficersNeeded", "confirm", "propose", "standing"]

Remedy = ModeChange.Remedy


class TwoOfficersNeeded(OfficerCanMend):
    """The same officer cannot both propose and confirm a remedy."""

    code = "courier.two-officers-needed"
    default_next_step = "Ask a second officer to confirm."


class ProposalStale(OfficerCanMend):
    """What the first officer judged is not what stands now; another dispute came, or this one was settled."""

    code = "courier.proposal-stale"
    default_next_step = "Look at the channel as it stands, and propose the remedy anew."


class NothingToBeginFrom(OfficerCanMend):
    """The peer has not shown a log of ours that differs from the one we hold."""

    code = "courier.nothing-to-begin-from"
    default_next_step = "`accord peer show` tells how the channel stands; let the node hear the peer first."


@dataclass(frozen=True, kw_only=True)
class _Remedied:
    """What a remedy leads to, and what it does to the rows beside the channel's own."""

    state: ChannelState
    carry_out: Callable[[Channel], None]


@transaction.atomic
def propose(channel_id: int, remedy: Remedy, *, officer_id: int, reason: str) -> ModeChange:
    """Records the first officer's word for a remedy; it changes nothing yet.

    Args:
        channel_id: The channel.
        remedy: What is to be done.
        officer_id: Who proposes it.
        reason: Why, in a sentence or two; it is kept and shown.

    Raises:
        OfficerCanMend: The channel's mode does not allow it, a proposal waits already, or the reason is empty.
        NothingToBeginFrom: Our log is to begin again, and the peer showed no other one.
    """
    channel = locked_channel(channel_id)
    wanted = _remedied(channel, remedy)
    if standing(channel, remedy) is not None:
        raise OfficerCanMend("A proposal of this kind waits already for this channel.", code="courier.proposal-waits")
    return ModeChange.objects.create(
        channel=channel,
        from_mode=channel.mode,
        to_mode=wanted.state.mode.value,
        remedy=remedy,
        about=_about(channel, remedy),
        reason=reason_in_words(reason),
        proposed_at=timezone.now(),
        proposed_by=officer_id,
    )


@transaction.atomic
def confirm(channel_id: int, remedy: Remedy, *, officer_id: int) -> Channel:
    """Carries a remedy out on the word of a second officer.

    Raises:
        TwoOfficersNeeded: The officer proposed it, or nobody did.
        ProposalStale: The only proposal is about a dispute that stood before, and not about this one.
        OfficerCanMend: The channel's mode does not allow it any more.
    """
    channel = locked_channel(channel_id)
    proposal = standing(channel, remedy)
    if proposal is None and _unconfirmed(channel, remedy).exists():
        raise ProposalStale("The dispute has changed since this was proposed.")
    if proposal is None or proposal.proposed_by == officer_id:
        raise TwoOfficersNeeded("This needs the word of two different officers.")
    wanted = _remedied(channel, remedy)
    now = timezone.now()
    proposal.from_mode, proposal.to_mode = channel.mode, wanted.state.mode.value
    proposal.confirmed_at, proposal.confirmed_by = now, officer_id
    proposal.save(update_fields=["from_mode", "to_mode", "confirmed_at", "confirmed_by"])
    wanted.carry_out(channel)
    store_state(channel, wanted.state)
    wake_on_commit(flush_topic(channel.pk))
    return channel


def standing(channel: Channel, remedy: Remedy) -> ModeChange | None:
    """Returns the proposal of a remedy that a second officer can confirm: the one about the dispute as it stands.

    Args:
        channel: The channel.
        remedy: The remedy.
    """
    return _unconfirmed(channel, remedy).filter(about=_about(channel, remedy)).first()


def _unconfirmed(channel: Channel, remedy: Remedy) -> QuerySet[ModeChange]:
    return ModeChange.objects.filter(channel=channel, remedy=remedy, confirmed_at=None)


def _about(channel: Channel, remedy: Remedy) -> bytes:
    """Returns a digest of what a remedy settles: mode, open contradictions, and the note that the remedy goes by."""
    digest = sha256(f"accord/remedy/1\0{remedy}\0{channel.mode}\0".encode())
    disputes = Contradiction.objects.filter(channel=channel, settled_at=None).order_by("pk")
    for note in disputes.values_list("note_digest", flat=True):
        digest.update(bytes(note))
    digest.update(b"\0")
    if remedy == Remedy.BEGIN_AGAIN:
        digest.update(sha256(_shown_by_the_peer(channel) or b"").digest())
    if remedy == Remedy.GIVE_UP:
        digest.update(sha256(channel_state(channel).witness or b"").digest())
    return digest.digest()


def _remedied(channel: Channel, remedy: Remedy) -> _Remedied:
    remedied = _REMEDIES.get(remedy)
    if remedied is None:
        raise OfficerCanMend(f"There is no remedy {remedy!r}.", code="courier.no-remedy")
    return remedied(channel)


def _thawed(channel: Channel) -> _Remedied:
    return _Remedied(state=channel_state(channel).thawed(), carry_out=_settle)


def _settle(channel: Channel) -> None:
    # What two officers have judged does not freeze the channel again when it is shown again.
    Contradiction.objects.filter(channel=channel, settled_at=None).update(settled_at=timezone.now())


def _given_up(channel: Channel) -> _Remedied:
    before = channel_state(channel)

    def name_what_is_lost(channel: Channel) -> None:
        lost_to = before.outgoing.size if before.witness is None else unverified_checkpoint(before.witness).size
        raise_alarm(
            channel,
            "courier.entries-lost",
            f"Our entries {before.outgoing.size} to {lost_to - 1} are lost on both sides; two officers gave them up.",
            evidence=before.witness,
        )

    return _Remedied(state=before.recovery_abandoned(now_ms()), carry_out=name_what_is_lost)


def _begun_again(channel: Channel) -> _Remedied:
    note = _shown_by_the_peer(channel)
    if note is None:
        raise NothingToBeginFrom("The peer has shown no log of ours other than the one that we hold.")
    # Where the two copies part is known to nobody for certain, so the whole log is taken from the peer's copy.
    state, _ = rewind(channel_state(channel), note, now_ms=now_ms())

    def put_back(channel: Channel) -> None:
        deleted, requeued = requeue_from(channel, size=0)
        _settle(channel)
        raise_alarm(
            channel,
            "courier.begun-again",
            f"Two officers let our log begin again from the {unverified_checkpoint(note).size} entries that the peer "
            f"co-signed. {deleted} entries left it, which are archived where a receipt covered them, and {requeued} "
            "messages wait until the peer's copy shows which of them it holds.",
            evidence=note,
        )

    return _Remedied(state=state, carry_out=put_back)


def _shown_by_the_peer(channel: Channel) -> bytes | None:
    """Returns our own signed note that the peer showed last and that is not of the log that we hold."""
    shown = []
    disputed = Alarm.objects.filter(channel=channel, code="courier.history-disputed", evidence__isnull=False)
    newest = disputed.order_by("-last_seen_at").first()
    if newest is not None and newest.evidence is not None:
        shown.append((newest.last_seen_at, bytes(newest.evidence)))
    for contradiction in Contradiction.objects.filter(channel=channel).order_by("-proven_at", "-pk"):
        proof = decode_equivocation(bytes(contradiction.proof))
        digest = bytes(contradiction.note_digest)
        note = next((one for one in (proof.larger, proof.smaller) if sha256(one).digest() == digest), None)
        # Two receipts convict the peer and show nothing that we signed.
        if note is not None and not is_receipt(note) and unverified_checkpoint(note).owner == channel.party_code:
            shown.append((contradiction.proven_at, note))
            break
    return max(shown, default=(None, None), key=lambda one: one[0])[1]


_REMEDIES: Final[dict[Remedy, Callable[[Channel], _Remedied]]] = {
    Remedy.THAW: _thawed,
    Remedy.GIVE_UP: _given_up,
    Remedy.BEGIN_AGAIN: _begun_again,
}
