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

__all__ = ["confirm_thaw", "propose_thaw", "resume_channel", "settle_alarm", "suspend_channel"]

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
    require(officer, Permission.CHANNEL_THAW)
    change = remedies.propose(channel.pk, _THAW, officer_id=officer.pk, reason=reason)
    note(officer, "propose thaw", change.channel)
    return change


@transaction.atomic
def confirm_thaw(officer: Officer, channel: Channel) -> Channel:
    """Thaws a frozen channel on the word of a second officer; the proof of the fork stays on file.

    Raises:
        NotPermitted: The officer may not thaw channels.
        TwoOfficersNeeded: The officer proposed it, or nobody did.
        OfficerCanMend: The channel is not frozen any more.
    """
    require(officer, Permission.CHANNEL_THAW)
    changed = remedies.confirm(channel.pk, _THAW, officer_id=officer.pk)
    note(officer, "confirm thaw", changed)
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
