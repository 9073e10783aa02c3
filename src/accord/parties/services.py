"""What is done about parties: make a node, invite and pin a peer."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.channel.fingerprint import fingerprint_words, safety_number
from accord.channel.keys import Signature, VerifyKey
from accord.channel.keyset import KeysetChain, Settled
from accord.errors import OfficerCanMend, OurFault, TrustFails

from .custody import Custody, FileCustody
from .keyfile import DEFAULT_STRETCHING, Stretching, write_durably
from .keysets import chain_between, first_keyset, record_keyset, tls_certificates
from .models import Keyset, Party
from .profile import Profile, profile_from_json

__all__ = [
    "Invitation",
    "InvitationRefused",
    "WordsDiffer",
    "create_node",
    "make_invitation",
    "our_party",
    "our_words",
    "own_chain_towards",
    "pin_peer",
    "read_invitation",
    "record_own_party",
    "shared_safety_number",
]

INVITATION_CONTEXT: Final = b"accord/1/invitation"
# An invitation carries a profile (at most 256 KiB), a keyset (96 KiB) and a root key, in base64 and JSON.
INVITATION_BYTES: Final = 1024 * 1024
FOLDERS: Final = ("attachments", "parcels", "logs")


class InvitationRefused(TrustFails):
    """An invitation does not hold together, or is for somebody else."""

    code = "parties.invitation-refused"
    default_next_step = "Ask the peer's operator for a fresh invitation made for this party."


class WordsDiffer(TrustFails):
    """The words read out by the peer are not those of the root key in the invitation."""

    code = "parties.words-differ"
    default_next_step = "Compare the words again in person; if they still differ, the file was changed on its way."


class _Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Annotated[int, msgspec.Meta(ge=1, le=1)]
    party: str
    peer: str
    profile: dict[str, object]
    root: bytes
    keyset: bytes
    channel_url: Annotated[str, msgspec.Meta(max_length=400)]
    issued_at: datetime


class _Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    # The statement is a string, so that the bytes that are signed are the bytes that travel.
    accord_invitation: str
    signature: bytes


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What a peer says of itself so that a channel can be opened; nothing of it is trusted before the words agree.

    Args:
        party: Who invites.
        peer: Who is invited.
        profile: The inviting party's profile.
        root: Its root key.
        keyset: Its first signed keyset towards the invited party.
        channel_url: Where its channel listens; empty where only parcels are exchanged.
        issued_at: When it was made.
        words: The words of its root key, to be compared in person.
    """

    party: str
    peer: str
    profile: Profile
    root: bytes
    keyset: bytes = field(repr=False)
    channel_url: str
    issued_at: datetime
    words: tuple[str, ...]


def create_node(
    home: Path, profile: Profile, passphrase: bytes, *, stretching: Stretching = DEFAULT_STRETCHING
) -> FileCustody:
    """Makes a new node's keys, folders and its own party row; the database is migrated already.

    Args:
        home: The node's folder.
        profile: Of the party it serves.
        passphrase: Protects the key files; at least 12 characters.
        stretching: Cost of one guess at the pass phrase.

    Raises:
        OurFault: The home has keys already or the pass phrase is too short.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    custody = FileCustody.create(home, profile.code, passphrase, stretching=stretching)
    for folder in FOLDERS:
        (home / folder).mkdir(exist_ok=True, mode=0o700)
    if not (home / "secret.key").exists():
        write_durably(home / "secret.key", secrets.token_urlsafe(64).encode(), mode=0o600)
    record_own_party(profile, custody)
    return custody


def record_own_party(profile: Profile, custody: Custody) -> Party:
    """Writes the row of this node's own party.

    Raises:
        OurFault: The database is another party's.
    """
    if Party.objects.filter(is_self=True).exclude(pk=profile.code).exists():
        raise OurFault("This database belongs to another party's node.", code="parties.another-node")
    party, _ = Party.objects.update_or_create(
        code=profile.code,
        defaults={
            "profile": profile.to_json(),
            "is_self": True,
            "root_public": custody.root_public(),
            "pinned_at": timezone.now(),
        },
    )
    return party


def our_party() -> Party:
    """Returns this node's own party.

    Raises:
        OurFault: The node was never initialised.
    """
    party = Party.objects.filter(is_self=True).first()
    if party is None:
        raise OurFault("This node was never initialised.", code="parties.no-own-party", next_step="Run accord init.")
    return party


def our_words(custody: Custody) -> tuple[str, ...]:
    """Returns the words of our own root key, which our officer reads out to the peer's."""
    return fingerprint_words(custody.root_public())


@transaction.atomic
def own_chain_towards(peer: str, custody: Custody, *, now_ms: int) -> KeysetChain:
    """Returns our keysets towards a peer, making and storing the first one where there is none yet.

    Raises:
        KeyFileMissing: The first keyset is needed and the root key is offline.
    """
    us = our_party()
    if Keyset.objects.filter(party=us, peer_id=peer).exists():
        return chain_between(us.code, peer)
    signed = first_keyset(custody, peer=peer, issued_ms=now_ms)
    chain = record_keyset(KeysetChain(VerifyKey.from_bytes(custody.root_public())), signed)
    Keyset.objects.filter(party=us, peer_id=peer).update(in_force_at=timezone.now())
    return chain


@transaction.atomic
def make_invitation(peer: str, *, channel_url: str, custody: Custody) -> bytes:
    """Returns a signed invitation for ``peer``, to be carried to its operator by any way at all.

    Args:
        peer: Code of the party that is invited.
        channel_url: Where our channel listens; empty where only parcels are exchanged.
        custody: Our keys; the root must be at hand.

    Raises:
        OfficerCanMend: ``peer`` is ourselves or no party code.
        KeyFileMissing: The root key is offline.
    """
    us = our_party()
    _require_other(peer, us)
    # The peer's row is known by its code only until its own invitation is accepted here.
    Party.objects.get_or_create(code=peer, defaults={"profile": {}})
    moment = timezone.now()
    chain = own_chain_towards(peer, custody, now_ms=int(moment.timestamp() * 1000))
    statement = msgspec.json.encode(
        _Statement(
            version=1,
            party=us.code,
            peer=peer,
            profile=us.described.to_json(),
            root=custody.root_public(),
            keyset=chain.signed[0],
            channel_url=channel_url,
            issued_at=moment,
        )
    )
    signature = custody.root_signer().sign(INVITATION_CONTEXT, statement).to_bytes()
    return msgspec.json.format(
        msgspec.json.encode(_Signed(accord_invitation=statement.decode(), signature=signature)), indent=2
    )


def _require_other(peer: str, us: Party) -> None:
    if peer == us.code or not 2 <= len(peer) <= 8 or not peer.isalnum() or peer != peer.upper():
        raise OfficerCanMend(
            f"{peer[:16]!r} cannot be a peer of {us.code}.", code="parties.peer-code", fields={"field": "peer"}
        )


def read_invitation(data: bytes) -> Invitation:
    """Returns what an invitation says, after checking that it is signed by the root key it shows.

    That proves only that it was not changed by accident: whose root key it is, is proven by comparing the words.

    Raises:
        InvitationRefused: It is malformed or not signed by its own root key.
    """
    if len(data) > INVITATION_BYTES:
        raise InvitationRefused(f"The invitation is larger than {INVITATION_BYTES} bytes.")
    try:
        signed = msgspec.json.decode(data, type=_Signed)
        statement = msgspec.json.decode(signed.accord_invitation, type=_Statement)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InvitationRefused("The file is not an invitation.") from error
    root = VerifyKey.from_bytes(statement.root)
    root.verify(INVITATION_CONTEXT, signed.accord_invitation.encode(), Signature.from_bytes(signed.signature))
    profile = profile_from_json(statement.profile)
    keyset = KeysetChain(root).extended(statement.keyset, settled=Settled()).latest
    if statement.party != profile.code or (keyset.party, keyset.peer) != (statement.party, statement.peer):
        raise InvitationRefused("The invitation names different parties in different places.")
    if len(tls_certificates(keyset)) != len(keyset.tls_pins):
        raise InvitationRefused("The invitation lacks a certificate that its keyset names.")
    if statement.channel_url and not statement.channel_url.startswith("https://"):
        raise InvitationRefused("The channel's address does not start with https://.")
    return Invitation(
        party=statement.party,
        peer=statement.peer,
        profile=profile,
        root=statement.root,
        keyset=statement.keyset,
        channel_url=statement.channel_url,
        issued_at=statement.issued_at,
        words=fingerprint_words(statement.root),
    )


@transaction.atomic
def pin_peer(invitation: Invitation, *, confirmed_words: Sequence[str], confirmed_by: str) -> Party:
    """Pins a peer's root key after its words were compared, and stores its first keyset.

    Args:
        invitation: What the peer's operator handed over.
        confirmed_words: The words as the peer's officer read them out, not as the file shows them.
        confirmed_by: Who compared them.

    Raises:
        WordsDiffer: The words are not those of the root key in the file.
        InvitationRefused: It is for another party, or another root key is pinned for this one.
    """
    us = our_party()
    if invitation.peer != us.code:
        raise InvitationRefused(f"The invitation is for {invitation.peer}, not for {us.code}.")
    if tuple(word.strip().lower() for word in confirmed_words) != tuple(word.lower() for word in invitation.words):
        raise WordsDiffer("The words that were read out are not those of the key in the invitation.")
    party, _ = Party.objects.get_or_create(code=invitation.party, defaults={"profile": {}})
    if party.root_public is not None and bytes(party.root_public) != invitation.root:
        raise InvitationRefused(f"Another root key is pinned for {invitation.party} already.")
    party.profile = invitation.profile.to_json()
    if party.root_public is None:
        party.root_public = invitation.root
        party.pinned_at = timezone.now()
        party.fingerprint_confirmed_by = confirmed_by
    party.save()
    if not Keyset.objects.filter(party=party, peer=us).exists():
        record_keyset(KeysetChain(VerifyKey.from_bytes(invitation.root)), invitation.keyset)
        Keyset.objects.filter(party=party, peer=us).update(in_force_at=timezone.now())
    return party


def shared_safety_number(peer: Party, custody: Custody) -> str:
    """Returns the number that both sides compute alike from the two root keys, for a telephone call.

    Raises:
        OurFault: No root key of the peer is pinned.
    """
    if peer.root_public is None:
        raise OurFault(f"No root key of {peer.code} is pinned.", code="parties.not-pinned")
    return safety_number(custody.root_public(), bytes(peer.root_public))
