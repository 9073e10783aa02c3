"""What officers do to a channel: stop it, let it go on, thaw it by two, settle an alarm; each is noted as an act."""

from typing import Final

from django.db import transaction

from accord.courier import remedies
from accord.courier.alarms import acknowledge
from accord.courier.freeze import resume, suspend
from accord.courier.models import Alarm, Channel, ModeChange
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = [
    "confirm_remedy",
    "confirm_thaw",
    "propose_remedy",
    "propose_thaw",
    "resume_channel",
    "settle_alarm",
    "suspend_channel",
]

_THAW: Final = remedies.Remedy.THAW


@transaction.atomic
def suspend_channel(officer: Officer, channel: Channel, *, reason: str) -> Channel:
    """Stops a channel in both directions; the peer is told that it is suspended, and not why.

    Raises:
        NotPermitted: The officer may not manage channels.
        OfficerCanMend: The channel's mode does not allow it, or the reason is empty.
    """
    require(officer, Permission.CHANNEL_MANAGE)
    changed = suspend(channel.pk, officer_id=officer.pk, reason=reason)
    note(officer, "suspend channel", changed)
    return changed


@transaction.atomic
def resume_channel(officer: Officer, channel: Channel, *, reason: str) -> Channel:
    """Lets a channel that our side suspended go on, and tells the peer so.

    Raises:
        NotPermitted: The officer may not manage channels.
        OfficerCanMend: The channel's mode does not allow it, or the reason is empty.
    """
    require(officer, Permission.CHANNEL_MANAGE)
    changed = resume(channel.pk, officer_id=officer.pk, reason=reason)
    note(officer, "resume channel", changed)
    return changed


@transaction.atomic
def propose_thaw(officer: Officer, channel: Channel, *, reason: str) -> ModeChange:
    """Gives the first officer's word for thawing a frozen channel; nothing changes yet.

    Raises:
        NotPermitted: The officer may not thaw channels.
        OfficerCanMend: The channel is not frozen, a proposal waits already, or the reason is empty.
    """
    return propose_remedy(officer, channel, _THAW, reason=reason)


@transaction.atomic
def confirm_thaw(officer: Officer, channel: Channel) -> Channel:
    """Thaws a frozen channel on the word of a second officer; the proof of the fork stays on file.

    Raises:
        NotPermitted: The officer may not thaw channels.
        TwoOfficersNeeded: The officer proposed it, or nobody did.
        OfficerCanMend: The channel is not frozen any more.
    """
    return confirm_remedy(officer, channel, _THAW)


@transaction.atomic
def propose_remedy(officer: Officer, channel: Channel, remedy: remedies.Remedy, *, reason: str) -> ModeChange:
    """Gives the first officer's word for a remedy that needs two; nothing changes yet.

    Raises:
        NotPermitted: The officer may not thaw channels.
        OfficerCanMend: The channel's mode does not allow it, a proposal waits already, or the reason is empty.
    """
    require(officer, Permission.CHANNEL_THAW)
    change = remedies.propose(channel.pk, remedy, officer_id=officer.pk, reason=reason)
    note(officer, f"propose {remedy.value}", change.channel)
    return change


@transaction.atomic
def confirm_remedy(officer: Officer, channel: Channel, remedy: remedies.Remedy) -> Channel:
    """Carries a remedy out on the word of a second officer.

    Raises:
        NotPermitted: The officer may not thaw channels.
        TwoOfficersNeeded: The officer proposed it, nobody did, or who did may not any more.
        ProposalStale: The proposal is about a dispute that stood before.
        OfficerCanMend: The channel's mode does not allow it any more.
    """
    require(officer, Permission.CHANNEL_THAW)
    proposal = remedies.standing(channel, remedy)
    if proposal is not None:
        proposer = Officer.objects.filter(pk=proposal.proposed_by or 0).first()
        if proposer is None or not proposer.is_posted() or not proposer.may(Permission.CHANNEL_THAW):
            raise remedies.TwoOfficersNeeded(
                "Who proposed this may not do so any more.", next_step="Ask another officer to propose it anew."
            )
    changed = remedies.confirm(channel.pk, remedy, officer_id=officer.pk)
    note(officer, f"confirm {remedy.value}", changed)
    return changed


@transaction.atomic
def settle_alarm(officer: Officer, alarm: Alarm) -> Alarm:
    """Notes that a person has seen an alarm and its cause; the same cause again raises a new one.

    Raises:
        NotPermitted: The officer may not manage channels.
    """
    require(officer, Permission.CHANNEL_MANAGE)
    settled = acknowledge(alarm, officer_id=officer.pk)
    note(officer, "acknowledge alarm", settled)
    return settled
