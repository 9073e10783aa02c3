"""A proof of two logs as one file: the proof and the keysets of both sides, so that root keys suffice to judge it.

The proof alone names no keys.
With the chains of both sides beside it, whoever trusts the root keys checks it offline, as they check evidence.
"""

from collections.abc import Mapping

from accord.errors import AccordError

from .encoding import MapReader, decode, encode
from .equivocation import MAX_PROOF_BYTES, decode_equivocation, stated, verify_equivocation
from .evidence import MAX_CHAIN_BYTES, Claim, Verdict
from .keys import VerifyKey
from .keyset import KeysetChain

__all__ = ["encode_accusation", "is_accusation", "verify_accusation"]

ACCUSATION_VERSION = 1
WHAT = "equivocation"
MAX_ACCUSATION_BYTES = MAX_PROOF_BYTES + 2 * MAX_CHAIN_BYTES + 1024
"""Bytes of a file: one proof, two chains, and what encodes them."""


def encode_accusation(proof: bytes, *, owner_chain: KeysetChain, cosigner_chain: KeysetChain) -> bytes:
    """Returns the file's bytes.

    Args:
        proof: An encoded proof of equivocation.
        owner_chain: Keysets of the party whose log the notes are of.
        cosigner_chain: Keysets of the other party.
    """
    chains = (owner_chain.to_bytes(), cosigner_chain.to_bytes())
    return encode({1: ACCUSATION_VERSION, 2: WHAT, 3: proof, 4: chains[0], 5: chains[1]})


def is_accusation(data: bytes) -> bool:
    """Tells whether a file calls itself one; :func:`verify_accusation` judges it."""
    try:
        _read(data)
    except AccordError:
        return False
    return True


def _read(data: bytes) -> tuple[bytes, tuple[bytes, bytes]]:
    what = "proof of two logs"
    reader = MapReader(decode(data, what=what, max_bytes=MAX_ACCUSATION_BYTES), what=what, known=5)
    reader.version(1, ACCUSATION_VERSION)
    if reader.text(2, maximum=32) != WHAT:
        raise reader.wrong(2, "is not the name of a proof")
    chains = (reader.octets(4, maximum=MAX_CHAIN_BYTES), reader.octets(5, maximum=MAX_CHAIN_BYTES))
    return reader.octets(3, maximum=MAX_PROOF_BYTES), chains


def verify_accusation(data: bytes, roots: Mapping[str, VerifyKey]) -> Verdict:
    """Judges a file with nothing but the root keys that the reader trusts; it never raises for what is in it.

    Args:
        data: The file's bytes.
        roots: Trusted root key of each party, by party code.
    """
    try:
        encoded, chains = _read(data)
        proof = decode_equivocation(encoded)
        log = stated(proof.smaller)
    except AccordError as error:
        return Verdict(ok=False, claims=(), reason=f"The file is not a readable proof of two logs: {error.sentence}")
    missing = [party for party in (log.owner, log.peer) if party not in roots]
    if missing:
        return _failed(f"No root key of {missing[0]} was given, so nothing signed by {missing[0]} can be believed.")
    try:
        parties = zip((log.owner, log.peer), chains, strict=True)
        held = [KeysetChain.from_bytes(chain, trusted=roots[party]) for party, chain in parties]
        proven = verify_equivocation(proof, *held)
    except AccordError as error:
        return _failed(error.sentence)
    sentence = f"{proven.sentence} This convicts keys, not persons: a clone of a node signs the same."
    return Verdict(ok=True, claims=(Claim(name="two-histories", ok=True, sentence=sentence),), reason=None)


def _failed(sentence: str) -> Verdict:
    return Verdict(ok=False, claims=(Claim(name="two-histories", ok=False, sentence=sentence),), reason=sentence)
