"""HPKE and X-Wing done by hand open what accord seals, and give the answers that were published for X-Wing."""

import hashlib
import json
from pathlib import Path

import pytest

from accord.channel import known_answers
from accord.channel.sealkeys import SealKey

from .opener import hpke_open, open_for_archive, open_for_recipient, xwing_decapsulate

VECTORS = Path(__file__).parents[2] / "vectors"
KEYS = json.loads((VECTORS / "keys.json").read_bytes())


def read(name: str) -> bytes:
    return (VECTORS / name).read_bytes()


@pytest.mark.parametrize("case", json.loads(read("known-answers/xwing.json")), ids=lambda case: case["ss"][:8])
def test_the_published_answers_of_x_wing_hold(case: dict[str, str]) -> None:
    """Source: draft-connolly-cfrg-xwing-kem-08, appendix C."""
    expanded = hashlib.shake_256(bytes.fromhex(case["sk"])).digest(96)
    public = SealKey.from_seed(expanded).public.to_bytes().hex()
    assert public.startswith(case["pk_begins"])
    assert public.endswith(case["pk_ends"])
    assert xwing_decapsulate(expanded, bytes.fromhex(case["ct"])).hex() == case["ss"]


def test_what_the_library_seals_opens_by_hand() -> None:
    key = SealKey.generate()
    for info, plaintext in ((b"", b""), (b"info", b"plaintext"), (bytes(200), bytes(5000))):
        assert hpke_open(key.seed, info, key.public.seal(info, plaintext)) == plaintext


def test_the_known_answer_of_the_self_test_opens_by_hand() -> None:
    opened = hpke_open(known_answers.SEAL_SEED, known_answers.SEAL_INFO, known_answers.SEALED)
    assert opened == known_answers.SEAL_PLAINTEXT


def test_the_golden_message_opens_by_hand_for_both_readers() -> None:
    header, sealed = read("golden/header.cbor"), read("golden/sealed.cbor")
    body, salt = open_for_recipient(header, sealed, bytes.fromhex(KEYS["IN"]["seal"]["seed"]))
    assert body == read("golden/body.cbor")
    archive_seed = bytes.fromhex(KEYS["CA"]["archive"]["seed"])
    assert open_for_archive(header, sealed, read("golden/capsule.cbor"), archive_seed) == (body, salt)
