"""What a keyset must hold, beyond its signatures, before this node relies on it.

A keyset is a peer's own statement, and its pins and keys are used beside those of every other peer. One that could stop
this node, or speak for another party, is refused before it is stored: the entry that carried it stays as evidence, and
the keyset before it stays in force.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from accord.channel.keyset import Keyset
from accord.channel.sealkeys import SealPublicKey
from accord.errors import TrustFails

from .tls import named_party, pin_of, readable

__all__ = ["TLS_CERTIFICATES", "KeysetRefused", "require_admissible", "tls_certificates"]

# Field number of the DER certificates: 1000 and above may be ignored by who does not know them.
TLS_CERTIFICATES: Final = 1000

TRIAL_INFO: Final = b"accord/1/trial"


class KeysetRefused(TrustFails):
    """A keyset is signed as it should be, but would harm this node or speak for another party."""

    code = "parties.keyset-refused"
    default_next_step = "Tell the peer's operator; the keyset before stays in force."


def tls_certificates(keyset: Keyset) -> Mapping[bytes, bytes]:
    """Returns the DER certificates of a keyset by their pin; a certificate that no pin names is left out."""
    by_pin = {pin_of(der): der for der in _carried(keyset) if isinstance(der, bytes)}
    return {pin: der for pin, der in by_pin.items() if pin in keyset.tls_pins}


def _carried(keyset: Keyset) -> list[object]:
    carried = keyset.extensions.get(TLS_CERTIFICATES, ())
    return list(carried) if isinstance(carried, list | tuple) else []


def require_admissible(keyset: Keyset, *, others: Iterable[Keyset]) -> None:
    """Refuses a keyset whose certificates or keys cannot be used, or are not its party's own.

    Args:
        keyset: A keyset that continues its chain.
        others: The newest keysets of every other party, this node's own among them.

    Raises:
        KeysetRefused: A certificate does not parse, or belongs to another party.
        KeyUnusable: Nothing can be sealed to a key.
    """
    for der in _carried(keyset):
        if not isinstance(der, bytes) or not readable(der):
            raise KeysetRefused(
                f"Keyset {keyset.serial} of {keyset.party} carries a certificate that does not parse.",
                code="parties.certificate-unreadable",
            )
        # Whoever holds a certificate's key made its name, so that nobody claims a certificate before its owner does.
        if named_party(der) not in {None, keyset.party}:
            raise _not_its_own(keyset)
    for other in others:
        if not frozenset(tls_certificates(other)).isdisjoint(keyset.tls_pins):
            raise _not_its_own(keyset)
    for entry in (*keyset.seal_keys, *keyset.archive_keys):
        SealPublicKey.from_bytes(entry.public).seal(TRIAL_INFO, b"")


def _not_its_own(keyset: Keyset) -> KeysetRefused:
    return KeysetRefused(
        f"Keyset {keyset.serial} of {keyset.party} names a certificate of another party.", code="parties.pin-taken"
    )
