import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.channel.keys import (
    CONTEXT_NOTE,
    KeyUnusable,
    Signature,
    SignatureInvalid,
    SigningKey,
    VerifyKey,
    key_id,
    preimage,
)
from accord.channel.sealkeys import SealBroken, SealKey, SealPublicKey
from accord.errors import OurFault, TrustFails

from .specimens import seed, specimen

SIGN = specimen("CA").sign
SEAL = specimen("CA").seal
MESSAGE = b"what is signed"
GOOD = SIGN.sign(b"test", MESSAGE)


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def test_a_signature_holds_for_its_key_context_and_message_only() -> None:
    public = SIGN.public
    public.verify(b"test", MESSAGE, GOOD)
    for key, context, message in (
        (specimen("IN").sign.public, b"test", MESSAGE),
        (public, b"tesT", MESSAGE),
        (public, b"test", MESSAGE + b"!"),
    ):
        with pytest.raises(SignatureInvalid):
            key.verify(context, message, GOOD)


def test_every_byte_of_the_ed25519_half_counts() -> None:
    for position in range(64):
        with pytest.raises(SignatureInvalid, match="Ed25519 half"):
            SIGN.public.verify(b"test", MESSAGE, Signature(flipped(GOOD.ed25519, position), GOOD.mldsa65))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 3308), st.integers(0, 7))
def test_every_bit_of_the_ml_dsa_half_counts(position: int, bit: int) -> None:
    altered = bytearray(GOOD.mldsa65)
    altered[position] ^= 1 << bit
    with pytest.raises(SignatureInvalid, match="ML-DSA-65 half"):
        SIGN.public.verify(b"test", MESSAGE, Signature(GOOD.ed25519, bytes(altered)))


@pytest.mark.parametrize(
    "stripped",
    [
        Signature(b"", GOOD.mldsa65),
        Signature(GOOD.ed25519, b""),
        Signature(GOOD.ed25519, bytes(3309)),
        Signature(b"", b""),
    ],
)
def test_one_half_alone_is_no_signature(stripped: Signature) -> None:
    with pytest.raises(SignatureInvalid):
        SIGN.public.verify(b"test", MESSAGE, stripped)


def test_one_broken_algorithm_does_not_let_a_forgery_pass() -> None:
    """Whoever breaks Ed25519 holds a true Ed25519 half, and the other way round: the other half still stands."""
    forged = specimen("IN").sign.sign(b"test", MESSAGE)
    mixed_keys = VerifyKey.from_bytes(SIGN.public.ed25519 + specimen("IN").sign.public.mldsa65)
    mixed_keys.verify(b"test", MESSAGE, Signature(GOOD.ed25519, forged.mldsa65))
    for mixed in (Signature(GOOD.ed25519, forged.mldsa65), Signature(forged.ed25519, GOOD.mldsa65)):
        with pytest.raises(SignatureInvalid):
            SIGN.public.verify(b"test", MESSAGE, mixed)


@pytest.mark.parametrize("size", [0, 64, 3309, 3372, 3374])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(SignatureInvalid):
        Signature.from_bytes(bytes(size))


def test_a_signature_round_trips_as_bytes() -> None:
    assert Signature.from_bytes(GOOD.to_bytes()) == GOOD


def test_keys_come_back_from_their_seeds() -> None:
    assert SigningKey.from_seed(SIGN.seed).public == SIGN.public
    assert SealKey.from_seed(SEAL.seed).public == SEAL.public
    assert VerifyKey.from_bytes(SIGN.public.to_bytes()) == SIGN.public
    assert SealPublicKey.from_bytes(SEAL.public.to_bytes()) == SEAL.public


def test_generated_keys_differ_and_work() -> None:
    one, other = SigningKey.generate(), SigningKey.generate()
    assert one.public != other.public
    one.public.verify(b"test", MESSAGE, one.sign(b"test", MESSAGE))
    box = SealKey.generate()
    assert box.open(b"info", box.public.seal(b"info", b"plain")) == b"plain"
    assert box.public != SealKey.generate().public


def test_secrets_do_not_show_in_a_representation() -> None:
    assert SIGN.seed.hex() not in repr(SIGN)
    assert repr(SIGN) == f"SigningKey({SIGN.public.key_id.hex()})"
    assert repr(SEAL) == f"SealKey({SEAL.public.key_id.hex()})"
    assert repr(SEAL.public) == f"SealPublicKey({SEAL.public.key_id.hex()})"
    assert repr(SIGN.public) == f"VerifyKey({SIGN.public.key_id.hex()})"


@pytest.mark.parametrize("size", [0, 1983, 1985])
def test_a_verification_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(KeyUnusable):
        VerifyKey.from_bytes(bytes(size))


@pytest.mark.parametrize("size", [0, 1215, 1217])
def test_a_sealing_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(KeyUnusable):
        SealPublicKey.from_bytes(bytes(size))


def test_an_ml_kem_key_with_coefficients_out_of_range_is_refused() -> None:
    with pytest.raises(KeyUnusable):
        SealPublicKey.from_bytes(b"\xff" * 1216)


@pytest.mark.parametrize("size", [0, 63, 65])
def test_seeds_of_another_length_are_refused(size: int) -> None:
    with pytest.raises(KeyUnusable):
        SigningKey.from_seed(bytes(size))
    with pytest.raises(KeyUnusable):
        SealKey.from_seed(bytes(size))


def test_what_is_sealed_opens_with_its_key_and_info_only() -> None:
    sealed = SEAL.public.seal(b"info", b"plaintext")
    assert len(sealed) == 1136 + 9
    assert SEAL.open(b"info", sealed) == b"plaintext"
    for key, info, data in (
        (specimen("IN").seal, b"info", sealed),
        (SEAL, b"infO", sealed),
        (SEAL, b"info", sealed[:-1]),
        (SEAL, b"info", b""),
        (SEAL, b"info", sealed[:1119]),
    ):
        with pytest.raises(SealBroken):
            key.open(info, data)


def test_every_byte_of_what_is_sealed_counts() -> None:
    sealed = SEAL.public.seal(b"info", b"plaintext")
    for position in range(len(sealed)):
        with pytest.raises(SealBroken):
            SEAL.open(b"info", flipped(sealed, position))


def test_a_key_is_named_by_kind_and_bytes() -> None:
    assert key_id(b"sign", b"x") != key_id(b"seal", b"x")
    assert SIGN.public.key_id == key_id(b"sign", SIGN.public.to_bytes())
    assert SEAL.public.key_id == key_id(b"seal", SEAL.public.to_bytes())
    assert len(SIGN.public.key_id) == 8


@given(
    st.binary(min_size=1, max_size=30),
    st.binary(max_size=30),
    st.binary(min_size=1, max_size=30),
    st.binary(max_size=30),
)
def test_no_two_pairs_of_context_and_message_share_a_preimage(c1: bytes, m1: bytes, c2: bytes, m2: bytes) -> None:
    if CONTEXT_NOTE not in {c1, c2}:
        assert (preimage(c1, m1) == preimage(c2, m2)) == ((c1, m1) == (c2, m2))


def test_a_note_can_never_be_taken_for_another_signed_object() -> None:
    note = b"accord/1/CA/IN\n0\n"
    assert preimage(CONTEXT_NOTE, note) == note
    with pytest.raises(OurFault):
        preimage(CONTEXT_NOTE, preimage(b"keyset", b"statement"))
    with pytest.raises(OurFault):
        preimage(CONTEXT_NOTE, b"anything")
    with pytest.raises(OurFault):
        preimage(b"", b"message")


def test_broken_trust_is_a_failure_of_trust_and_not_of_the_peer() -> None:
    assert issubclass(SignatureInvalid, TrustFails)
    assert issubclass(SealBroken, TrustFails)
    assert SealKey.from_seed(seed("another", 96)).public.key_id != SEAL.public.key_id
