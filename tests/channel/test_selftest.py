import pytest

from accord.channel import known_answers, selftest
from accord.channel.keys import VerifyKey
from accord.channel.sealkeys import SealKey
from accord.channel.selftest import SelfTestFailed, run_self_test
from accord.errors import OurFault


def test_every_algorithm_of_the_suite_is_tested() -> None:
    assert run_self_test() == ("SHA-256", "HKDF-SHA256", "AES-256-GCM", "Ed25519", "ML-DSA-65", "HPKE X-Wing")


@pytest.mark.parametrize(
    ("answer", "algorithm"),
    [
        ("ED25519_SIGNATURE", "Ed25519"),
        ("MLDSA65_SIGNATURE", "ML-DSA-65"),
        ("SIGN_KEY_ID", "ML-DSA-65"),
        ("SEALED", "HPKE X-Wing"),
        ("SEAL_KEY_ID", "HPKE X-Wing"),
    ],
)
def test_a_wrong_answer_stops_the_node(monkeypatch: pytest.MonkeyPatch, answer: str, algorithm: str) -> None:
    right = getattr(known_answers, answer)
    monkeypatch.setattr(known_answers, answer, bytes([right[0] ^ 1]) + right[1:])
    with pytest.raises(SelfTestFailed) as failure:
        run_self_test()
    assert failure.value.fields == {"algorithm": algorithm}
    assert isinstance(failure.value, OurFault)


def test_an_algorithm_that_is_missing_stops_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(seed: bytes) -> SealKey:
        raise NotImplementedError

    monkeypatch.setattr(SealKey, "from_seed", missing)
    with pytest.raises(SelfTestFailed, match="HPKE X-Wing cannot be used"):
        run_self_test()


def test_a_library_that_accepts_every_signature_stops_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VerifyKey, "verify", lambda *_: None)
    with pytest.raises(SelfTestFailed, match="Ed25519 gives wrong answers"):
        run_self_test()


@pytest.mark.parametrize("name", ["hashlib", "hmac", "AESGCM"])
def test_a_broken_primitive_stops_the_node(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(selftest, name, object())
    with pytest.raises(SelfTestFailed, match="cannot be used"):
        run_self_test()
