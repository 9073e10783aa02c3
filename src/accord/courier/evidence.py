"""Evidence bundles of stored entries: all that a stranger needs to check an entry with two root keys."""

from django.db.models import Min

from accord.channel.capsule import ArchiveCapsule
from accord.channel.envelope import Header
from accord.channel.evidence import EvidenceBundle
from accord.channel.merkle import inclusion_proof
from accord.channel.seal import OpenedBody, open_archived, open_sealed
from accord.errors import NotAvailableNow, OfficerCanMend
from accord.parties.custody import Custody, KeyNotHeld, custody_in_use
from accord.parties.keysets import channel_keys

from .erasing import sealed_digest_of
from .heads import hash_reader
from .models import Capsule, Direction, Entry, SignedCheckpoint

__all__ = ["evidence_for", "opened_entry"]


def evidence_for(entry: Entry, *, discloses_body: bool = True, custody: Custody | None = None) -> bytes:
    """Returns the evidence bundle of an entry.

    The checkpoint chosen is the first receipted one beyond the entry, so that the receipt's time is that of delivery;
    an entry that the peer has not receipted is shown without a receipt, and the bundle says so.

    Args:
        entry: An entry of our log or of the replica.
        discloses_body: Whether the plaintext goes along. Our own words need the archive key for that; where it is
            offline the bundle is made without them.
        custody: Our keys; this process's own when omitted.

    Raises:
        OfficerCanMend: The entry stands under no signed checkpoint yet.
    """
    channel = entry.channel
    direction = Direction(entry.direction)
    heads = SignedCheckpoint.objects.filter(channel=channel, direction=direction, size__gt=entry.position)
    receipted = heads.filter(receipt__isnull=False).aggregate(first=Min("size"))["first"]
    head = (heads.filter(size=receipted) if receipted is not None else heads.order_by("size")).first()
    if head is None:
        raise OfficerCanMend("The entry stands under no signed checkpoint yet.", code="courier.no-checkpoint")
    keys = channel_keys(channel.party_code, channel.peer_id)
    ours, theirs = keys.ours.to_bytes(), keys.theirs.to_bytes()
    is_ours = direction == Direction.OUT
    opened = _opened_or_none(entry, custody or custody_in_use()) if discloses_body else None
    return EvidenceBundle(
        header=bytes(entry.header),
        sealed_digest=sealed_digest_of(entry),
        index=entry.position,
        hashes=inclusion_proof(hash_reader(channel.pk, direction), entry.position, head.size),
        checkpoint=bytes(head.note),
        receipt=None if head.receipt is None else bytes(head.receipt),
        owner_chain=ours if is_ours else theirs,
        cosigner_chain=theirs if is_ours else ours,
        body=None if opened is None else opened.body_bytes,
        salt=None if opened is None else opened.salt,
    ).encode()


def _opened_or_none(entry: Entry, custody: Custody) -> OpenedBody | None:
    if not bytes(entry.sealed):
        # Erased: what it was can be proven, what it said cannot be shown.
        return None
    try:
        return opened_entry(entry, custody)
    except (NotAvailableNow, KeyNotHeld):
        return None


def opened_entry(entry: Entry, custody: Custody) -> OpenedBody:
    """Opens an entry: the peer's with our sealing key, our own with the archive key.

    Raises:
        KeyFileMissing: The archive key is offline.
        KeyNotHeld: The key that it was sealed to is not held.
        TrustFails: Anything was altered.
    """
    header, sealed = bytes(entry.header), bytes(entry.sealed)
    if entry.direction == Direction.IN:
        return open_sealed(header, sealed, custody.opener(Header.decode(header).seal_key_id))
    data = bytes(Capsule.objects.values_list("data", flat=True).get(channel=entry.channel, capsule_id=entry.capsule_id))
    return open_archived(header, sealed, data, custody.archive_opener(ArchiveCapsule.decode(data).archive_key_id))
