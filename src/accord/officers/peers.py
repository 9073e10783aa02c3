"""Pairing as an act of officers: invite a party, compare the words of its invitation, agree as a second person.

The words are the whole trust in a peer, so that two persons compare them, each with their own ears. Each types what
they heard; neither is shown the other's words, and the file's own words are pinned only where both agree with it.
"""

from django.db import models, transaction
from django.utils import timezone

from accord.courier.pairing import open_channel
from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.four_eyes import FourEyes, must_wait
from accord.officers.models import Officer, PeerProposal
from accord.officers.permissions import Permission, require
from accord.parties.custody import Custody
from accord.parties.models import Party
from accord.parties.services import (
    Invitation,
    WordsDiffer,
    make_invitation,
    our_party,
    pin_peer,
    read_invitation,
)

__all__ = [
    "PairingRefused",
    "confirm_peer",
    "invite_peer",
    "propose_peer",
    "refuse_peer",
    "take_up_peer",
    "waiting_peers",
]


class PairingRefused(OfficerCanMend):
    """An invitation cannot be taken up as asked."""

    code = "officer.pairing-refused"
    default_next_step = "Look at the invitations that wait, and at the parties that are paired already."


@transaction.atomic
def invite_peer(by: Officer, peer: str, *, channel_url: str, custody: Custody) -> bytes:
    """Makes an invitation for a party; the file holds nothing secret.

    Raises:
        NotPermitted: ``by`` may not manage channels.
        OfficerCanMend: ``peer`` is ourselves or no party code.
        KeyFileMissing: The root key is offline.
    """
    require(by, Permission.CHANNEL_MANAGE)
    invitation = make_invitation(peer, channel_url=channel_url, custody=custody)
    note(by, "invite peer", Party.objects.get(pk=peer))
    return invitation


@transaction.atomic
def propose_peer(by: Officer, data: bytes, *, heard_words: str) -> PeerProposal:
    """Takes up an invitation after its words were compared in person; a second person does the same.

    Args:
        by: Who compared the words.
        data: The invitation's bytes.
        heard_words: The twelve words as they were heard.

    Returns:
        What waits, or is settled already where nobody else could agree.

    Raises:
        NotPermitted: ``by`` may not manage channels.
        InvitationRefused: The file is no invitation for this party.
        WordsDiffer: The words are not those of the file.
        PairingRefused: Another invitation of the party waits.
    """
    require(by, Permission.CHANNEL_MANAGE)
    invitation = read_invitation(data)
    _require_ours(invitation)
    _require_words(invitation, heard_words)
    if waiting_peers().filter(party=invitation.party).exists():
        raise PairingRefused(f"An invitation of {invitation.party} waits for a second person already.")
    proposal = PeerProposal.objects.create(
        invitation=data, party=invitation.party, heard_words=heard_words.strip().lower(), made_by=by
    )
    note(by, "propose peer", proposal, detail={"party": invitation.party})
    if not must_wait(by, by):
        _pin(by, proposal, invitation)
    return proposal


@transaction.atomic
def confirm_peer(by: Officer, proposal: PeerProposal, *, heard_words: str) -> Party:
    """Pins a peer's root key and opens the channel, as the second person who compared the words.

    Raises:
        NotPermitted: ``by`` may not agree to what others began.
        FourEyes: ``by`` began it, or it is settled.
        WordsDiffer: The words are not those of the file.
    """
    require(by, Permission.OFFICER_CONFIRM)
    _require_open(proposal)
    if by.pk == proposal.made_by_id:
        raise FourEyes("Who compared the words first is not the second person.")
    invitation = read_invitation(bytes(proposal.invitation))
    _require_words(invitation, heard_words)
    return _pin(by, proposal, invitation)


@transaction.atomic
def refuse_peer(by: Officer, proposal: PeerProposal) -> None:
    """Refuses an invitation that waits; nothing is pinned.

    Raises:
        NotPermitted: ``by`` may not agree to what others began.
        FourEyes: It is settled.
    """
    require(by, Permission.OFFICER_CONFIRM)
    _require_open(proposal)
    _settle(by, proposal)
    note(by, "refuse peer", proposal, detail={"party": proposal.party})


@transaction.atomic
def take_up_peer(by: Officer, data: bytes, *, heard_words: str) -> PeerProposal:
    """Takes up an invitation as the first who compared its words, or as the second where a colleague did already.

    Args:
        by: Who compared the words.
        data: The invitation's bytes; the second person needs the same file as the first.
        heard_words: The twelve words as they were heard.

    Returns:
        The proposal; settled once the key is pinned.

    Raises:
        NotPermitted: ``by`` may neither manage channels nor, as the second, agree.
        InvitationRefused: The file is no invitation for this party.
        WordsDiffer: The words are not those of the file.
        PairingRefused: Another invitation of the party waits, or ``by`` compared this one already.
    """
    invitation = read_invitation(data)
    waiting = waiting_peers().select_for_update().filter(party=invitation.party).exclude(made_by=by).first()
    if waiting is None:
        return propose_peer(by, data, heard_words=heard_words)
    if bytes(waiting.invitation) != data:
        raise PairingRefused(f"Another invitation of {invitation.party} waits for a second person already.")
    confirm_peer(by, waiting, heard_words=heard_words)
    return waiting


def waiting_peers() -> models.QuerySet[PeerProposal]:
    """Returns the invitations that wait for a second person."""
    return PeerProposal.objects.filter(settled_at__isnull=True)


def _pin(by: Officer, proposal: PeerProposal, invitation: Invitation) -> Party:
    names = sorted({proposal.made_by.username, by.username})
    party = pin_peer(invitation, confirmed_words=proposal.heard_words.split(), confirmed_by=" + ".join(names)[:150])
    open_channel(party.code, peer_url=invitation.channel_url)
    _settle(by, proposal)
    note(by, "pin peer", party)
    return party


def _settle(by: Officer, proposal: PeerProposal) -> None:
    proposal.settled_by, proposal.settled_at = by, timezone.now()
    proposal.save(update_fields=["settled_by", "settled_at"])


def _require_open(proposal: PeerProposal) -> None:
    if proposal.settled_at is not None:
        raise FourEyes("Nothing waits for a second person here.", code="officer.nothing-waits")


def _require_ours(invitation: Invitation) -> None:
    us = our_party()
    if invitation.peer != us.code:
        raise PairingRefused(
            f"The invitation is for {invitation.peer}, not for {us.code}.",
            next_step="Ask the peer's operator for one that is made for this party.",
        )


def _require_words(invitation: Invitation, heard: str) -> None:
    if tuple(heard.lower().split()) != tuple(word.lower() for word in invitation.words):
        raise WordsDiffer("The words that were read out are not those of the key in the invitation.")
