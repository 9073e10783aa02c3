"""The start-up self-test: a node that cannot compute refuses to run.

Every algorithm of the suite is asked for an answer that is known beforehand, and asked to refuse a wrong one.
A library without X-Wing, or a processor that miscounts, is found here and not in front of a judge.
Precedent: FIPS 140-3 asks modules for known-answer tests before use. It takes a few milliseconds.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accord.errors import AccordError, OurFault

from . import known_answers as known
from .keys import Signature, SigningKey, VerifyKey
from .sealkeys import SealKey

__all__ = ["SelfTestFailed", "run_self_test"]


class SelfTestFailed(OurFault):
    """An algorithm of the suite is missing or gives wrong answers on this machine."""

    code = "node.self-test-failed"
    default_next_step = (
        "Do not run this node; reinstall the cryptography package from its wheel, or replace the machine."
    )


def _sha256() -> bool:
    # FIPS 180-4, "abc".
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    return hashlib.sha256(b"abc").hexdigest() == expected


def _hkdf_sha256() -> bool:
    # RFC 5869, A.1, first block of output.
    extracted = hmac.digest(bytes(range(13)), b"\x0b" * 22, "sha256")
    expanded = hmac.digest(extracted, bytes(range(0xF0, 0xFA)) + b"\1", "sha256")
    return expanded.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"


def _aes256_gcm() -> bool:
    # McGrew and Viega, "The Galois/Counter Mode of Operation", test case 14.
    box = AESGCM(bytes(32))
    sealed = box.encrypt(bytes(12), bytes(16), None)
    if sealed.hex() != "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919":
        return False
    try:
        box.decrypt(bytes(12), sealed[:-1] + bytes([sealed[-1] ^ 1]), None)
    except InvalidTag:
        return True
    return False


def _refuses(key: VerifyKey, signature: Signature) -> bool:
    try:
        key.verify(known.SIGN_CONTEXT, known.SIGN_MESSAGE, signature)
    except AccordError:
        return True
    return False


def _ed25519() -> bool:
    signing = SigningKey.from_seed(known.SIGN_SEED)
    made = signing.sign(known.SIGN_CONTEXT, known.SIGN_MESSAGE)
    flipped = bytes([made.ed25519[0] ^ 1]) + made.ed25519[1:]
    return made.ed25519 == known.ED25519_SIGNATURE and _refuses(
        signing.public, Signature(ed25519=flipped, mldsa65=made.mldsa65)
    )


def _mldsa65() -> bool:
    signing = SigningKey.from_seed(known.SIGN_SEED)
    if signing.public.key_id != known.SIGN_KEY_ID:
        return False
    kept = Signature(ed25519=known.ED25519_SIGNATURE, mldsa65=known.MLDSA65_SIGNATURE)
    signing.public.verify(known.SIGN_CONTEXT, known.SIGN_MESSAGE, kept)
    signing.public.verify(known.SIGN_CONTEXT, known.SIGN_MESSAGE, signing.sign(known.SIGN_CONTEXT, known.SIGN_MESSAGE))
    flipped = bytes([kept.mldsa65[0] ^ 1]) + kept.mldsa65[1:]
    return _refuses(signing.public, Signature(ed25519=kept.ed25519, mldsa65=flipped))


def _xwing_hpke() -> bool:
    key = SealKey.from_seed(known.SEAL_SEED)
    if key.public.key_id != known.SEAL_KEY_ID or key.open(known.SEAL_INFO, known.SEALED) != known.SEAL_PLAINTEXT:
        return False
    if key.open(known.SEAL_INFO, key.public.seal(known.SEAL_INFO, known.SEAL_PLAINTEXT)) != known.SEAL_PLAINTEXT:
        return False
    try:
        key.open(known.SEAL_INFO + b"!", known.SEALED)
    except AccordError:
        return True
    return False


_TESTS: Final[tuple[tuple[str, Callable[[], bool]], ...]] = (
    ("SHA-256", _sha256),
    ("HKDF-SHA256", _hkdf_sha256),
    ("AES-256-GCM", _aes256_gcm),
    ("Ed25519", _ed25519),
    ("ML-DSA-65", _mldsa65),
    ("HPKE X-Wing", _xwing_hpke),
)


def run_self_test() -> tuple[str, ...]:
    """Tests every algorithm of the suite.

    Returns:
        The names of what was tested.

    Raises:
        SelfTestFailed: If one is missing, gives a wrong answer, or accepts what it must refuse.
    """
    for name, test in _TESTS:
        try:
            is_sound = test()
        except Exception as error:  # whatever a broken library raises, the verdict is one: do not run
            raise SelfTestFailed(f"The algorithm {name} cannot be used here.", fields={"algorithm": name}) from error
        if not is_sound:
            raise SelfTestFailed(f"The algorithm {name} gives wrong answers here.", fields={"algorithm": name})
    return tuple(name for name, _ in _TESTS)
