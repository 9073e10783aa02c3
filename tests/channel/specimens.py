"""Specimen parties with keys made from fixed seeds: equal in every run, used nowhere else."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from accord.channel.envelope import Body, uuid7
from accord.channel.keys import SigningKey
from accord.channel.keyset import KeyEntry, Keyset, KeysetChain, sign_keyset
from accord.channel.seal import OpenCapsule, SealedEnvelope, seal
from accord.channel.sealkeys import SealKey

NOW_MS = 1_790_000_000_000
"""21 September 2026, 14:13:20 UTC."""


def seed(label: str, size: int) -> bytes:
    """Bytes that depend on the label alone."""
    return hashlib.shake_256(b"accord specimen " + label.encode()).digest(size)


def entropy_of(label: str) -> Callable[[int], bytes]:
    """A source of bytes that never repeats and is equal in every run."""
    count = 0

    def entropy(size: int) -> bytes:
        nonlocal count
        count += 1
        return seed(f"{label} {count}", size)

    return entropy


@dataclass(frozen=True)
class Specimen:
    """A party of the tests with all its private keys at hand."""

    code: str
    root: SigningKey
    sign: SigningKey
    seal: SealKey
    archive: SealKey

    def keyset(self, peer: str, **changes: object) -> Keyset:
        fields: dict[str, object] = {
            "party": self.code,
            "peer": peer,
            "serial": 1,
            "previous": None,
            "issued_ms": NOW_MS,
            "valid_from_ms": NOW_MS,
            "valid_until_ms": NOW_MS + 365 * 86_400_000,
            "sign_keys": (KeyEntry(public=self.sign.public.to_bytes()),),
            "seal_keys": (KeyEntry(public=self.seal.public.to_bytes()),),
            "archive_keys": (KeyEntry(public=self.archive.public.to_bytes()),),
            "tls_pins": (seed(f"{self.code} certificate", 32),),
        }
        return Keyset(**{**fields, **changes})  # type: ignore[arg-type]

    def chain(self, peer: str) -> KeysetChain:
        return KeysetChain(self.root.public).extended(sign_keyset(self.keyset(peer), self.root))


@cache
def specimen(code: str) -> Specimen:
    return Specimen(
        code=code,
        root=SigningKey.from_seed(seed(f"{code} root", 64)),
        sign=SigningKey.from_seed(seed(f"{code} sign", 64)),
        seal=SealKey.from_seed(seed(f"{code} seal", 96)),
        archive=SealKey.from_seed(seed(f"{code} archive", 96)),
    )


def capsule_of(code: str, label: str = "capsule") -> OpenCapsule:
    return OpenCapsule.generate(specimen(code).archive.public, owner=code, entropy=entropy_of(label))


def body_of(payload: bytes = b'{"text":"A specimen."}', **changes: object) -> Body:
    fields: dict[str, object] = {
        "kind": "request",
        "schema": 1,
        "payload": payload,
        "decision_digest": seed("decision", 32),
        "handling": "H1",
    }
    return Body(**{**fields, **changes})  # type: ignore[arg-type]


def sealed_by(
    sender: str,
    recipient: str,
    body: Body | None = None,
    *,
    label: str = "envelope",
    capsule: OpenCapsule | None = None,
    **changes: object,
) -> SealedEnvelope:
    entropy = entropy_of(label)
    fields: dict[str, object] = {
        "id": uuid7(NOW_MS, entropy),
        "sender": sender,
        "recipient": recipient,
        "epoch": 0,
        "created_ms": NOW_MS,
        "not_after_ms": NOW_MS + 86_400_000,
        "recipient_key": specimen(recipient).seal.public,
        "capsule": capsule or capsule_of(sender),
        "entropy": entropy,
    }
    return seal(body or body_of(), **{**fields, **changes})  # type: ignore[arg-type]
