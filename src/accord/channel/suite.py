"""The one suite of algorithms, named so that another can follow it without ambiguity.

A suite is a number in every signed header and a name in every key schedule; there is no negotiation on the wire and so
no downgrade.
"""

from typing import Final

from .encoding import MalformedObject

__all__ = ["SUITE_1", "SUITE_1_NAME", "require_suite"]

SUITE_1: Final = 1
"""Number of the only suite."""

SUITE_1_NAME: Final = b"accord-1-XWING-HKDFSHA256-AES256GCM-SHA256-ED25519-MLDSA65"
"""Its name, bound into every HPKE ``info``.

HPKE (RFC 9180) with KEM 0x647A X-Wing, KDF 0x0001 HKDF-SHA256, AEAD 0x0002 AES-256-GCM; SHA-256; Ed25519 (RFC 8032) and
ML-DSA-65 (FIPS 204), of which both must verify.
Source: draft-connolly-cfrg-xwing-kem; Canada ITSM.40.001 and India's task force on quantum-safe migration both ask for
hybrids.
"""


def require_suite(number: int) -> bytes:
    """Returns the name of a suite that this node runs.

    Raises:
        MalformedObject: With code ``channel.unknown-suite`` for any other number; there is no fallback.
    """
    if number != SUITE_1:
        raise MalformedObject(
            f"Suite {number} is not one this node runs; only suite {SUITE_1} is.",
            code="channel.unknown-suite",
            next_step="Ask both operators which suite the agreement names; nothing was stored.",
            fields={"suite": number},
        )
    return SUITE_1_NAME
