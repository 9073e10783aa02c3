"""Our own keysets and the peers': made, chained, stored, and found again.

A keyset also carries the TLS certificates that its pins name, as an ignorable field, because a TLS library wants the
certificate itself where a verifier of evidence needs the pin only.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from accord.channel.keys import VerifyKey
from accord.channel.keyset import KeyEntry, Keyset, KeysetChain, sign_keyset
from accord.errors import AccordError, OurFault

from . import models
from .admission import TLS_CERTIFICATES, require_admissible, tls_certificates
from .custody import Custody, KeyKind
from .driver import rows_of
from .tls import pin_of

__all__ = [
    "TLS_CERTIFICATES",
    "ChannelKeys",
    "chain_between",
    "channel_keys",
    "first_keyset",
    "next_keyset",
    "record_keyset",
    "tls_certificates",
]

logger = logging.getLogger(__name__)

# NIST SP 800-57 part 1, 5.3.6: one to three years for a signing key in use; the keyset asks for renewal by then.
VALIDITY: Final = timedelta(days=731)

# Entries for which the old signing key still counts after a rotation: more than can be under way before the peer has
# filed the keyset, so that no batch in flight is refused (faults list, 26).
OVERLAP_ENTRIES: Final = 65_536


def first_keyset(custody: Custody, *, peer: str, issued_ms: int) -> bytes:
    """Returns our first keyset towards a peer, signed by the root key.

    Raises:
        KeyFileMissing: The root key is offline.
    """
    certificate = custody.tls.der
    keyset = Keyset(
        party=custody.party,
        peer=peer,
        serial=1,
        previous=None,
        issued_ms=issued_ms,
        valid_from_ms=issued_ms,
        valid_until_ms=_until(issued_ms),
        sign_keys=(KeyEntry(public=custody.newest("sign")),),
        seal_keys=(KeyEntry(public=custody.newest("seal")),),
        archive_keys=(KeyEntry(public=custody.newest("archive")),),
        tls_pins=(pin_of(certificate),),
        extensions={TLS_CERTIFICATES: [certificate]},
    )
    return sign_keyset(keyset, custody.root_signer())


def next_keyset(
    custody: Custody,
    latest: Keyset,
    *,
    issued_ms: int,
    position: int,
    what: KeyKind | None = None,
    revoked: bytes | None = None,
    revoked_from: int = 0,
    cosignatures_from: int = 0,
) -> bytes:
    """Returns the keyset after ``latest``, signed by the root key.

    Args:
        custody: Holds the new key already where ``what`` names its kind.
        latest: The keyset before.
        issued_ms: Now, in milliseconds since the Unix epoch.
        position: Next free position of our own log: from here a new key counts.
        what: Kind of which the newest key of the custody is announced.
        revoked: Id of a signing key that is to be revoked as compromised.
        revoked_from: First position of our own log at which it is refused.
        cosignatures_from: First size of the peer's log at which the revoked key's co-signature is refused.
    """
    sign, seal, archive = (
        _still_said(keys, position) for keys in (latest.sign_keys, latest.seal_keys, latest.archive_keys)
    )
    certificates = list(tls_certificates(latest).values())
    if what == "sign":
        sign = _joined(sign, custody.newest("sign"), position, until=position + OVERLAP_ENTRIES)
    elif what == "seal":
        seal = _joined(seal, custody.newest("seal"), position, until=position)
    elif what == "archive":
        archive = _joined(archive, custody.newest("archive"), position, until=position)
    elif what == "tls":
        certificates = [custody.tls.der]
        if custody.next_tls is not None:
            certificates.append(custody.next_tls.der)
    if revoked is not None:
        sign = tuple(
            entry.revoked(revoked_from, cosignatures_from=cosignatures_from)
            if VerifyKey.from_bytes(entry.public).key_id == revoked and entry.revoked_from is None
            else entry
            for entry in sign
        )
    keyset = replace(
        latest,
        serial=latest.serial + 1,
        previous=latest.digest,
        issued_ms=max(issued_ms, latest.issued_ms),
        valid_from_ms=issued_ms,
        valid_until_ms=_until(issued_ms),
        sign_keys=sign,
        seal_keys=seal,
        archive_keys=archive,
        tls_pins=tuple(pin_of(der) for der in certificates),
        extensions={**latest.extensions, TLS_CERTIFICATES: certificates},
    )
    return sign_keyset(keyset, custody.root_signer())


def _until(issued_ms: int) -> int:
    return issued_ms + VALIDITY // timedelta(milliseconds=1)


def _still_said(entries: Sequence[KeyEntry], position: int) -> tuple[KeyEntry, ...]:
    # A key whose end is long past may be left out: its end stands in the chain for ever.
    return tuple(
        entry
        for entry in entries
        if entry.is_open or entry.revoked_from is not None or (entry.until_position or 0) >= position
    )


def _joined(entries: Sequence[KeyEntry], public: bytes, position: int, *, until: int) -> tuple[KeyEntry, ...]:
    if any(entry.public == public for entry in entries):
        raise OurFault("The newest key is in the keyset already; make a new one first.", code="parties.no-new-key")
    ended = tuple(entry.retired(max(until, entry.from_position)) if entry.is_open else entry for entry in entries)
    return (*ended, KeyEntry(public=public, from_position=position))


# What tells whether a keyset was added or came into force since; it is asked at each contact, so it is one statement.
KEYSET_ROWS: Final = (
    "SELECT id, serial, recorded_at, in_force_at FROM parties_keyset "
    "WHERE party_id = %s AND peer_id = %s OR party_id = %s AND peer_id = %s ORDER BY id"
)
# One set a channel is in use at a time; one that was forgotten is read and verified again.
MAX_CACHED_KEYS: Final = 64


class _Keys:
    """Verified keys of this process, by the rows they were read from; what a keyset row says is never changed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_rows: dict[tuple[object, ...], ChannelKeys] = {}


@dataclass(frozen=True, kw_only=True)
class ChannelKeys:
    """The keysets of both sides of a channel, and which of our keys signs.

    Args:
        ours: Our own chain.
        theirs: The peer's chain, as far as we opened it.
        signing: Our newest keyset that the peer has filed.
    """

    ours: KeysetChain
    theirs: KeysetChain
    signing: Keyset

    def sign_key_id(self, position: int) -> bytes:
        """Returns the id of the key that signs at a position of our log.

        It is the newest one that counts there and that the peer has filed; where none of those counts any more (an
        overlap is over, or the old key was revoked), the newest that counts at all.

        Args:
            position: Position of the last entry to be signed for.
        """
        filed = {entry.public for entry in self.signing.sign_keys}
        counting = self.ours.signing_keys_at(position)
        return next((key for key in counting if key.to_bytes() in filed), counting[0]).key_id


_KEYS: Final = _Keys()


def channel_keys(us: str, peer: str) -> ChannelKeys:
    """Returns the keysets of both sides, verified under their pinned roots and remembered while no row is added.

    Raises:
        OurFault: A root is not pinned or a side has no keyset.
        TrustFails: A stored keyset does not verify.
    """
    key = (us, peer, tuple(rows_of(KEYSET_ROWS, (us, peer, peer, us))))
    found = _KEYS.by_rows.get(key)
    if found is None:
        found = _read_keys(us, peer)
        with _KEYS.lock:
            if len(_KEYS.by_rows) >= MAX_CACHED_KEYS:
                _KEYS.by_rows.clear()
            _KEYS.by_rows[key] = found
    return found


def _read_keys(us: str, peer: str) -> ChannelKeys:
    ours = chain_between(us, peer)
    in_force = models.Keyset.objects.filter(party_id=us, peer_id=peer, in_force_at__isnull=False)
    newest = in_force.order_by("-serial").values_list("serial", flat=True).first()
    if newest is None:
        raise OurFault(f"No keyset towards {peer} is in force.", code="parties.no-keyset")
    return ChannelKeys(ours=ours, theirs=chain_between(peer, us), signing=ours.keysets[newest - 1])


def chain_between(party: str, peer: str) -> KeysetChain:
    """Returns the chain of a party's keysets towards a peer, verified anew under the pinned root.

    Raises:
        OurFault: The party has no pinned root.
        TrustFails: A stored keyset does not verify.
    """
    root = models.Party.objects.values_list("root_public", flat=True).get(pk=party)
    if root is None:
        raise OurFault(f"No root key of {party} is pinned.", code="parties.not-pinned")
    chain = KeysetChain(VerifyKey.from_bytes(bytes(root)))
    signed = (
        models.Keyset.objects.filter(party_id=party, peer_id=peer).order_by("serial").values_list("signed", flat=True)
    )
    for keyset in signed:
        chain = chain.extended(bytes(keyset))
    return chain


def record_keyset(chain: KeysetChain, signed: bytes) -> KeysetChain:
    """Stores the next keyset of a chain and returns the longer chain.

    Raises:
        TrustFails: It does not continue the chain, or names a certificate or key that cannot be used or is another
            party's; nothing is stored.
    """
    longer = chain.extended(signed)
    latest = longer.latest
    require_admissible(latest, others=_newest_of_others(latest.party))
    models.Keyset.objects.create(party_id=latest.party, peer_id=latest.peer, serial=latest.serial, signed=signed)
    return longer


def _newest_of_others(party: str) -> list[Keyset]:
    pairs = models.Keyset.objects.exclude(party_id=party).order_by().values_list("party_id", "peer_id").distinct()
    found: list[Keyset] = []
    for other, peer in pairs:
        try:
            found.append(chain_between(other, peer).latest)
        except AccordError:
            # Keysets that do not verify give nobody a pin, and must not stop other parties from changing theirs.
            logger.warning("The keysets of %s towards %s cannot be used.", other, peer)
    return found
