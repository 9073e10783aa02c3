"""Changing keys: a new keyset is signed by the root and handed to ``release``, which sends it as an entry.

A new signing key is used only once the peer has filed the keyset that names it; until then both count, so that nothing
in flight is refused. A revoked key stops counting at a position just beyond the batch that carries the revocation: that
batch must still be signed by a key the peer knows.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.channel.keys import VerifyKey
from accord.channel.keyset import Keyset as SignedKeyset
from accord.channel.keyset import Settled
from accord.channel.limits import MAX_BATCH_ENTRIES
from accord.errors import OfficerCanMend, TrustFails
from accord.parties.custody import Custody, KeyKind, custody_in_use
from accord.parties.keysets import channel_keys, next_keyset, record_keyset
from accord.parties.models import Keyset
from accord.parties.tls import pin_of

from .heads import locked_channel
from .models import Channel
from .moment import now_ms

__all__ = [
    "KeyNotRevocable",
    "KeysetsTooOften",
    "PublishedTooOften",
    "activate_own_keyset",
    "apply_peer_keyset",
    "promote_tls_when_filed",
    "revoke_key",
    "rotate_keys",
]

# Entries between a revocation and the first position that it refuses: the keyset travels in the urgent lane, so it is
# in the next batch.
REVOCATION_MARGIN: Final = MAX_BATCH_ENTRIES + 1

# Keysets of one side in a day: every kind of key changed, and changed again after a mistake. A chain of 512, which is
# read at every contact and shown with every bundle, then takes a month to fill.
PUBLICATIONS_A_DAY: Final = 12
# The peer counts by another clock than ours, so it may bring a few more than we publish ourselves.
PEER_PUBLICATIONS_A_DAY: Final = 16
DAY: Final = timedelta(days=1)


class KeysetsTooOften(TrustFails):
    """The peer publishes keysets faster than keys change: the entry is refused, and the chain stays as it is."""

    code = "trust.keysets-too-often"
    default_next_step = "Ask the peer why its keys change so often; it may send the refused keyset again a day later."


class PublishedTooOften(OfficerCanMend):
    """We have published as many keysets in a day as the peer will take."""

    code = "courier.keysets-too-often"
    default_next_step = "Wait a day; a key that is compromised can be revoked in the first keyset after that."


def _published_within_a_day(party: str, peer: str) -> int:
    since = timezone.now() - DAY
    return Keyset.objects.filter(party_id=party, peer_id=peer, serial__gt=1, recorded_at__gt=since).count()


def _require_own_publication(channel: Channel) -> None:
    if _published_within_a_day(channel.party_code, channel.peer_id) >= PUBLICATIONS_A_DAY:
        raise PublishedTooOften(f"{PUBLICATIONS_A_DAY} keysets were published to {channel.peer_id} within a day.")


@transaction.atomic
def rotate_keys(channel: Channel, what: KeyKind, *, custody: Custody | None = None, makes_new: bool = True) -> bytes:
    """Makes a new key of a kind and returns the signed keyset that names it, to be sent to the peer.

    Args:
        channel: The channel whose keyset is continued.
        what: Kind of key.
        custody: Our keys; this process's own when omitted. The root key must be at hand.
        makes_new: Whether a key is made; ``False`` announces the newest one to a further peer.

    Raises:
        KeyFileMissing: The root key is offline.
        PublishedTooOften: The peer would not take another one today.
    """
    held = custody or custody_in_use()
    locked = locked_channel(channel.pk)
    _require_own_publication(locked)
    if makes_new:
        held.add(what)
    keys = channel_keys(locked.party_code, locked.peer_id)
    signed = next_keyset(held, keys.ours.latest, issued_ms=now_ms(), position=locked.out_size, what=what)
    record_keyset(keys.ours, signed)
    return signed


@transaction.atomic
def revoke_key(channel: Channel, key_id: bytes, *, custody: Custody | None = None) -> bytes:
    """Revokes a signing key as compromised from just beyond the next batch on; returns the signed keyset that says so.

    What was signed below that position stays good evidence. A new key takes its place in the same keyset.

    Args:
        channel: The channel.
        key_id: Id of the compromised signing key.
        custody: Our keys; this process's own when omitted. The root key must be at hand.

    Raises:
        KeyFileMissing: The root key is offline.
        KeyNotRevocable: It is no signing key of ours, or is revoked already.
    """
    held = custody or custody_in_use()
    locked = locked_channel(channel.pk)
    keys = channel_keys(locked.party_code, locked.peer_id)
    _require_revocable(keys.ours.latest, key_id)
    held.add("sign")
    signed = next_keyset(
        held,
        keys.ours.latest,
        issued_ms=now_ms(),
        position=locked.out_size,
        what="sign",
        revoked=key_id,
        revoked_from=locked.out_size + REVOCATION_MARGIN,
        cosignatures_from=locked.in_size + REVOCATION_MARGIN,
    )
    record_keyset(keys.ours, signed)
    return signed


class KeyNotRevocable(OfficerCanMend):
    """The key named is no signing key of ours that could still be revoked."""

    code = "courier.key-not-revocable"
    default_next_step = "`accord peer keys` lists the signing keys of both sides; only ours can be revoked here."


def _require_revocable(latest: SignedKeyset, key_id: bytes) -> None:
    found = next((one for one in latest.sign_keys if VerifyKey.from_bytes(one.public).key_id == key_id), None)
    if found is None:
        raise KeyNotRevocable(f"We have no signing key {key_id.hex()} towards {latest.peer}.")
    if found.revoked_from is not None:
        raise KeyNotRevocable(f"The key {key_id.hex()} is revoked already, from position {found.revoked_from} on.")


def activate_own_keyset(channel: Channel, *, serial: int) -> None:
    """Takes our keyset into use, once the peer has said that it filed it."""
    Keyset.objects.filter(party_id=channel.party_code, peer_id=channel.peer_id, serial=serial, in_force_at=None).update(
        in_force_at=timezone.now()
    )


@transaction.atomic
def apply_peer_keyset(channel: Channel, signed: bytes) -> None:
    """Continues the peer's chain by a keyset that was found in an opened entry.

    Raises:
        TrustFails: It does not continue the chain under the pinned root, dates an end back to what is co-signed, or is
            one too many of this day.
        OfficerCanMend: It is known already.
    """
    locked = locked_channel(channel.pk)
    chain = channel_keys(locked.party_code, locked.peer_id).theirs
    if signed in chain.signed:
        raise OfficerCanMend("This keyset is known already.", code="courier.keyset-known")
    if _published_within_a_day(locked.peer_id, locked.party_code) >= PEER_PUBLICATIONS_A_DAY:
        raise KeysetsTooOften(f"{locked.peer_id} published more than {PEER_PUBLICATIONS_A_DAY} keysets within a day.")
    chain.extended(signed, settled=Settled(own_size=locked.in_size, peer_size=locked.out_receipted_size))
    record_keyset(chain, signed)


def promote_tls_when_filed(custody: Custody) -> bool:
    """Takes an announced TLS identity into use once every peer has filed the keyset that names it.

    Returns:
        Whether it was taken into use now.
    """
    announced = custody.next_tls
    if announced is None:
        return False
    pin = pin_of(announced.der)
    for channel in Channel.objects.all():
        if pin not in channel_keys(channel.party_code, channel.peer_id).signing.tls_pins:
            return False
    custody.promote_tls()
    return True
