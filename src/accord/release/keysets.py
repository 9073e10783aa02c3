"""The kind ``keyset``: a party's new statement of its node keys, on its way as an ordinary entry of its log.

The peer's is checked against its chain under the pinned root, at once, since what follows may rely on the new keys.
Ours comes into force when the peer says that it filed it.
"""

from datetime import datetime, timedelta
from typing import Final

from accord.channel.limits import MAX_KEYSET_BYTES
from accord.courier.prepared import Prepared
from accord.courier.rotation import activate_own_keyset, apply_peer_keyset
from accord.errors import OfficerCanMend
from accord.parties.models import Keyset
from accord.release.acknowledging import acknowledgement
from accord.release.approvals import payload_digest
from accord.release.gate import our_party
from accord.release.models import ReleasedMessage
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import Follower, MessageKind, OutcomeNotice
from accord.release.services import channel_to, send_for_the_channel
from accord.vocabulary.urgency import Lane

__all__ = ["KEYSET", "KEYSET_FOLLOWER", "KEYSET_LIFE_DAYS", "send_keyset"]

_KIND: Final = "keyset"

KEYSET_LIFE_DAYS = 365
"""Days a keyset may wait for its peer: as long as the longest outage both sides would bear."""


def send_keyset(peer: str, signed: bytes, *, now: datetime) -> ReleasedMessage:
    """Tells a peer our new keys; call it inside :func:`~accord.release.services.one_release`.

    Args:
        peer: Code of the peer.
        signed: The keyset as our root key signed it.
        now: The time.

    Raises:
        GateRefuses: The gate does not let it pass.
        ReleaseRefused: There is no channel to the peer.
    """
    facts = acknowledgement(KEYSET.name, peer=peer, on=now.date())
    return send_for_the_channel(
        peer=peer,
        kind=KEYSET.name,
        payload=signed,
        facts=facts,
        lane=Lane.URGENT,
        not_after=now + timedelta(days=KEYSET_LIFE_DAYS),
        now=now,
    )


def _handle(received: Received, _work: FilingWork) -> Handled:
    try:
        apply_peer_keyset(channel_to(received.peer), received.payload)
    except OfficerCanMend:
        # Known already, by recovery or from an invitation: it has been filed, which is what the peer wants to hear.
        return FILED
    return FILED


_KEYSETS_OF: Final = Prepared(
    lambda peer, first, last: ReleasedMessage.objects.filter(
        kind=_KIND,
        outbox__channel__peer_id=peer,
        outbox__position__gte=first,
        outbox__position__lte=last,
    ).values_list("payload_digest"),
    str,
    int,
    int,
)


def _on_outcome(notice: OutcomeNotice) -> None:
    if notice.state != "filed":
        return
    digests = {bytes(digest) for (digest,) in _KEYSETS_OF.rows(notice.peer, notice.first, notice.last)}
    for keyset in Keyset.objects.filter(party_id=our_party(), peer_id=notice.peer, in_force_at=None) if digests else ():
        if payload_digest(bytes(keyset.signed)) in digests:
            activate_own_keyset(channel_to(notice.peer), serial=keyset.serial)


KEYSET = MessageKind(
    name=_KIND,
    schema=1,
    max_bytes=MAX_KEYSET_BYTES,
    decode=bytes,
    handler=_handle,
    facts_at_use=None,
    needs_approval=False,
)

KEYSET_FOLLOWER = Follower(on_outcome=_on_outcome)
