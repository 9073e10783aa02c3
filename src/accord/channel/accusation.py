"""A proof of two logs as one file: the proof and the accused party's keysets, so that a root key suffices to judge it.

The proof alone names no keys.
With the owner's chain beside it, whoever trusts the owner's root key checks it offline, as they check evidence.
"""

from collections.abc import Mapping

from accord.errors import AccordError

from .checkpoint import unverified_checkpoint
from .encoding import MapReader, decode, encode
from .equivocation import MAX_PROOF_BYTES, decode_equivocation, verify_equivocation
from .evidence import MAX_CHAIN_BYTES, Claim, Verdict
from .keys import VerifyKey
from .keyset import KeysetChain

__all__ = ["encode_accusation", "is_accusation", "verify_accusation"]

ACCUSATION_VERSION = 1
WHAT = "equivocation"
MAX_ACCUSATION_BYTES = MAX_PROOF_BYTES + MAX_CHAIN_BYTES + 1024
"""Bytes of a file: one proof, one chain, and what encodes them."""


def encode_accusation(proof: bytes, owner_chain: KeysetChain) -> bytes:
    """Returns the file's bytes.

    Args:
        proof: An encoded proof of equivocation.
        owner_chain: Keysets of the party that signed both notes.
    """
    return encode({1: ACCUSATION_VERSION, 2: WHAT, 3: proof, 4: owner_chain.to_bytes()})


def is_accusation(data: bytes) -> bool:
    """Tells whether a file calls itself one; :func:`verify_accusation` judges it."""
    try:
        _read(data)
    except AccordError:
        return False
    return True


def _read(data: bytes) -> tuple[bytes, bytes]:
    what = "proof of two logs"
    reader = MapReader(decode(data, what=what, max_bytes=MAX_ACCUSATION_BYTES), what=what, known=4)
    reader.version(1, ACCUSATION_VERSION)
    if reader.text(2, maximum=32) != WHAT:
        raise reader.wrong(2, "is not the name of a proof")
    return reader.octets(3, maximum=MAX_PROOF_BYTES), reader.octets(4, maximum=MAX_CHAIN_BYTES)


def verify_accusation(data: bytes, roots: Mapping[str, VerifyKey]) -> Verdict:
    """Judges a file with nothing but the root keys that the reader trusts; it never raises for what is in it.

    Args:
        data: The file's bytes.
        roots: Trusted root key of each party, by party code.
    """
    try:
        encoded, chain_bytes = _read(data)
        proof = decode_equivocation(encoded)
        party = unverified_checkpoint(proof.smaller).owner
    except AccordError as error:
        return Verdict(ok=False, claims=(), reason=f"The file is not a readable proof of two logs: {error.sentence}")
    root = roots.get(party)
    if root is None:
        return _failed(f"No root key of {party} was given, so nothing signed by {party} can be believed.")
    try:
        proven = verify_equivocation(proof, KeysetChain.from_bytes(chain_bytes, trusted=root))
    except AccordError as error:
        return _failed(error.sentence)
    sentence = f"{proven.sentence} This convicts the key, not a person: a clone of the node signs the same."
    return Verdict(ok=True, claims=(Claim(name="two-histories", ok=True, sentence=sentence),), reason=None)


def _failed(sentence: str) -> Verdict:
    return Verdict(ok=False, claims=(Claim(name="two-histories", ok=False, sentence=sentence),), reason=sentence)
