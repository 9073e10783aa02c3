"""A second implementation of opening, written from docs/protocol.md and the RFCs it cites; it imports nothing from
accord.

HPKE (RFC 9180) and X-Wing are done by hand over ML-KEM-768, X25519, SHA-3 and HMAC, so that the library's own
composition is checked by something that is not the library's own composition.
"""

import hashlib
import hmac
import zlib

import cbor2
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUITE_NAME = b"accord-1-XWING-HKDFSHA256-AES256GCM-SHA256-ED25519-MLDSA65"
XWING_LABEL = rb"\.//^" + b"\\"
HPKE_SUITE = b"HPKE" + bytes.fromhex("647a00010002")


def hmac256(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf_expand(prk: bytes, info: bytes, length: int) -> bytes:
    out = block = b""
    counter = 1
    while len(out) < length:
        block = hmac256(prk, block + info + bytes([counter]))
        out += block
        counter += 1
    return out[:length]


def xwing_decapsulate(seed: bytes, ciphertext: bytes) -> bytes:
    """X-Wing with the expanded seed: ML-KEM d || z (64) || X25519 private key (32)."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(seed[:64])
    x25519 = X25519PrivateKey.from_private_bytes(seed[64:])
    ct_m, ct_x = ciphertext[:1088], ciphertext[1088:]
    ss_m = mlkem.decapsulate(ct_m)
    ss_x = x25519.exchange(X25519PublicKey.from_public_bytes(ct_x))
    pk_x = x25519.public_key().public_bytes_raw()
    return hashlib.sha3_256(ss_m + ss_x + ct_x + pk_x + XWING_LABEL).digest()


def hpke_open(seed: bytes, info: bytes, sealed: bytes) -> bytes:
    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac256(salt, b"HPKE-v1" + HPKE_SUITE + label + ikm)

    def expand(prk: bytes, label: bytes, context: bytes, length: int) -> bytes:
        return hkdf_expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + HPKE_SUITE + label + context, length)

    shared = xwing_decapsulate(seed, sealed[:1120])
    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    key = expand(secret, b"key", context, 32)
    nonce = expand(secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, sealed[1120:], b"")


def body_of(plaintext: bytes) -> tuple[bytes, bytes]:
    """Returns body and salt."""
    salt, codec, length = plaintext[:32], plaintext[32], int.from_bytes(plaintext[33:37], "big")
    stored = plaintext[37 : 37 + length]
    assert not any(plaintext[37 + length :])
    return (zlib.decompress(stored, -15) if codec == 1 else stored), salt


def open_for_recipient(header: bytes, sealed: bytes, seed: bytes) -> tuple[bytes, bytes]:
    digest = hashlib.sha256(header).digest()
    parts = cbor2.loads(sealed)
    key = hpke_open(seed, b"accord/1/seal\0" + SUITE_NAME + digest, parts[1])
    return body_of(AESGCM(key).decrypt(bytes(12), parts[3], digest))


def open_for_archive(header: bytes, sealed: bytes, capsule: bytes, seed: bytes) -> tuple[bytes, bytes]:
    digest = hashlib.sha256(header).digest()
    parts, capsule_fields = cbor2.loads(sealed), cbor2.loads(capsule)
    assert hashlib.sha256(capsule).digest()[:16] == cbor2.loads(header)[14]
    secret = hpke_open(seed, b"accord/1/capsule\0" + SUITE_NAME + capsule_fields[3].encode(), capsule_fields[5])
    kek = hkdf_expand(hmac256(bytes(32), secret), b"accord/1/archive\0" + digest, 32)
    key = AESGCM(kek).decrypt(bytes(12), parts[2], None)
    return body_of(AESGCM(key).decrypt(bytes(12), parts[3], digest))
