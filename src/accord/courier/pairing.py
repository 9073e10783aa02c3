"""Opening a channel with a peer whose root key was pinned, and saying where the peer is reached."""

from django.db import transaction

from accord.channel.suite import SUITE_1
from accord.errors import OfficerCanMend, OurFault
from accord.parties.custody import Custody, custody_in_use
from accord.parties.models import Keyset, Party
from accord.parties.services import our_party, own_chain_towards

from .models import Channel
from .moment import now_ms
from .wakeup import flush_topic, wake_on_commit

__all__ = ["move_peer", "open_channel"]


@transaction.atomic
def open_channel(peer: str, *, peer_url: str, custody: Custody | None = None) -> Channel:
    """Opens the channel with a pinned peer; opening it again only changes the address.

    Args:
        peer: Code of the peer.
        peer_url: Where its channel listens; empty where only parcels are exchanged.
        custody: Our keys; this process's own when omitted.

    Raises:
        OurFault: The peer's root key was not pinned.
        KeyFileMissing: Our first keyset towards the peer is needed and the root key is offline.
    """
    us = our_party()
    party = Party.objects.filter(pk=peer).first()
    if party is None or party.root_public is None or not Keyset.objects.filter(party=party, peer=us).exists():
        raise OurFault(
            f"The root key of {peer[:8]} was not pinned.",
            code="parties.not-pinned",
            next_step="Accept the peer's invitation first, and compare the words in person.",
        )
    own_chain_towards(peer, custody or custody_in_use(), now_ms=now_ms())
    channel, was_made = Channel.objects.get_or_create(
        peer=party, defaults={"party_code": us.code, "suite": SUITE_1, "peer_url": _checked(peer_url)}
    )
    if not was_made:
        move_peer(channel, peer_url=peer_url)
    wake_on_commit(flush_topic(channel.pk))
    return channel


def move_peer(channel: Channel, *, peer_url: str) -> None:
    """Changes the address at which the peer is reached; who answers there is still told by the pinned keys."""
    channel.peer_url = _checked(peer_url)
    channel.save(update_fields=["peer_url"])


def _checked(url: str) -> str:
    if url and not url.startswith("https://"):
        raise OfficerCanMend("The channel's address does not start with https://.", code="courier.peer-url")
    return url.rstrip("/")
