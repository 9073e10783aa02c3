"""The published vectors mean what their index says, and the script that makes them still makes the same."""

import hashlib
import importlib.util
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from accord.channel.attachment import AttachmentManifest, open_chunk, verify_chunk
from accord.channel.capsule import ArchiveCapsule
from accord.channel.checkpoint import read_checkpoint, read_receipt
from accord.channel.disposition import decode_dispositions, encode_dispositions
from accord.channel.envelope import Body, Header
from accord.channel.equivocation import decode_equivocation, verify_equivocation
from accord.channel.evidence import TrustRoots, verify_bundle
from accord.channel.fingerprint import fingerprint_words, safety_number
from accord.channel.frames import decode_frame, encode_frame
from accord.channel.keys import SigningKey
from accord.channel.keyset import KeysetChain
from accord.channel.merkle import EMPTY_FRONTIER, entry_leaf, verify_consistency, verify_inclusion
from accord.channel.parcel import read_parcel, write_parcel
from accord.channel.seal import open_archived, open_sealed
from accord.channel.sealkeys import SealKey
from accord.errors import AccordError, PeerFault, TrustFails

VECTORS = Path(__file__).parents[2] / "vectors"
INDEX: list[dict[str, Any]] = json.loads((VECTORS / "index.json").read_bytes())
KEYS: dict[str, Any] = json.loads((VECTORS / "keys.json").read_bytes())


def read(name: str, folder: Path = VECTORS) -> bytes:
    return (folder / name).read_bytes()


@cache
def signing(party: str, use: str) -> SigningKey:
    return SigningKey.from_seed(bytes.fromhex(KEYS[party][use]["seed"]))


@cache
def sealing(party: str, use: str) -> SealKey:
    return SealKey.from_seed(bytes.fromhex(KEYS[party][use]["seed"]))


def check_header(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    assert Header.decode(data).encode() == data


def check_body(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    assert Body.decode(data).encode() == data


def check_sealed(data: bytes, item: dict[str, Any], folder: Path) -> None:
    header = read(item["header"], folder)
    opened = open_sealed(header, data, sealing("IN", "seal"))
    assert open_archived(header, data, read(item["capsule"], folder), sealing("CA", "archive")) == opened
    assert opened.salt.hex() == item["salt"]
    assert entry_leaf(header, data).hex() == item["leaf"]
    assert opened.body_bytes == read("golden/body.cbor", folder)


def check_capsule(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    ArchiveCapsule.decode(data).open(sealing("CA", "archive"))


def check_checkpoint(data: bytes, item: dict[str, Any], _folder: Path) -> None:
    point = read_checkpoint(data, verify_key=signing("CA", "sign").public)
    assert (point.size, point.root.hex()) == (item["size"], item["root"])


def check_receipt(data: bytes, item: dict[str, Any], _folder: Path) -> None:
    assert read_receipt(data, verify_key=signing("IN", "sign").public).time_ms == item["time_ms"]


def check_keyset(data: bytes, item: dict[str, Any], folder: Path) -> None:
    chain = KeysetChain(signing("CA", "root").public)
    for name in ("golden/keyset.cbor", "golden/keyset-rotation.cbor")[: item["after"]]:
        chain = chain.extended(read(name, folder))
    assert chain.extended(data).latest.serial == item["after"] + 1


def check_chain(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    assert KeysetChain.from_bytes(data).to_bytes() == data


def check_frame(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    assert encode_frame(decode_frame(data)) == data


def check_parcel(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    frames = read_parcel(data)
    assert write_parcel(frames) == data
    assert [decode_frame(frame).sender for frame in frames] == ["CA", "IN"]


def check_disposition(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    assert encode_dispositions(decode_dispositions(data)) == data


def check_equivocation(data: bytes, item: dict[str, Any], folder: Path) -> None:
    chains = [KeysetChain.from_bytes(read(f"golden/{name}.cbor", folder)) for name in ("chain", "chain-of-peer")]
    assert list(verify_equivocation(decode_equivocation(data), *chains).parties) == item["convicts"]


def check_manifest(data: bytes, _item: dict[str, Any], _folder: Path) -> None:
    assert AttachmentManifest.decode(data).encode() == data


def check_chunk(data: bytes, item: dict[str, Any], folder: Path) -> None:
    proof = [bytes.fromhex(text) for text in item["hashes"]]
    verify_chunk(bytes.fromhex(item["root"]), item["index"], item["count"], data, proof)
    manifest = AttachmentManifest.decode(read(item["manifest"], folder))
    file = open_chunk(manifest.key, index=0, size_bytes=manifest.size_bytes, sealed=data)
    assert hashlib.sha256(file).digest() == manifest.sha256


CHECKS: dict[str, Callable[[bytes, dict[str, Any], Path], None]] = {
    "header": check_header,
    "body": check_body,
    "sealed": check_sealed,
    "capsule": check_capsule,
    "checkpoint": check_checkpoint,
    "receipt": check_receipt,
    "keyset": check_keyset,
    "chain": check_chain,
    "frame": check_frame,
    "parcel": check_parcel,
    "disposition": check_disposition,
    "equivocation": check_equivocation,
    "manifest": check_manifest,
    "chunk": check_chunk,
}


def judge_bundle(item: dict[str, Any], folder: Path) -> None:
    roots = TrustRoots.from_json(read("roots.json", folder)).roots
    verdict = verify_bundle(read(item["file"], folder), roots)
    failed = [claim.name for claim in verdict.claims if not claim.ok]
    if item["expect"] == "accept":
        assert verdict.ok, verdict.reason
    elif item["expect"] == "unreadable":
        assert not verdict.ok
        assert verdict.claims == ()
    else:
        assert item["expect"] in failed
        assert verdict.reason


def judge(item: dict[str, Any], folder: Path = VECTORS) -> None:
    if item["object"] == "bundle":
        judge_bundle(item, folder)
        return
    check = CHECKS[item["object"]]
    if item["expect"] == "accept":
        check(read(item["file"], folder), item, folder)
        return
    with pytest.raises((PeerFault, TrustFails)) as refusal:
        check(read(item["file"], folder), item, folder)
    assert isinstance(refusal.value, AccordError)
    assert refusal.value.reason_code == item["expect"]


@pytest.mark.parametrize("item", INDEX, ids=lambda item: item["file"])
def test_a_vector_means_what_the_index_says(item: dict[str, Any]) -> None:
    judge(item)


def test_every_vector_stands_in_the_index_or_beside_one_that_does() -> None:
    named = {item[key] for item in INDEX for key in ("file", "header", "capsule", "manifest") if key in item}
    present = {str(path.relative_to(VECTORS)) for kind in ("golden", "broken") for path in (VECTORS / kind).iterdir()}
    assert present == named


def test_every_object_of_the_wire_has_a_golden_and_a_broken_vector() -> None:
    golden = {item["object"] for item in INDEX if item["expect"] == "accept"}
    broken = {item["object"] for item in INDEX if item["expect"] != "accept"}
    assert golden == {*CHECKS, "bundle"}
    assert golden - broken == {"body"}


def test_the_script_still_makes_vectors_of_the_same_meaning(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("accord_vectors_make", VECTORS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(tmp_path)
    again: list[dict[str, Any]] = json.loads((tmp_path / "index.json").read_bytes())
    assert [(i["file"], i["object"], i["expect"]) for i in again] == [
        (i["file"], i["object"], i["expect"]) for i in INDEX
    ]
    for item in again:
        judge(item, tmp_path)
    for name in ("keys.json", "roots.json", "merkle.json", "golden/body.cbor", "golden/disposition.cbor"):
        assert read(name, tmp_path) == read(name)


def test_the_published_keys_are_those_of_their_seeds() -> None:
    for party in ("CA", "IN", "XX"):
        for use in ("root", "sign"):
            assert signing(party, use).public.key_id.hex() == KEYS[party][use]["key_id"]
        for use in ("seal", "archive"):
            assert sealing(party, use).public.key_id.hex() == KEYS[party][use]["key_id"]
        assert " ".join(fingerprint_words(signing(party, "root").public.to_bytes())) == KEYS[party]["words"]
    roots = [signing(party, "root").public.to_bytes() for party in ("IN", "CA")]
    assert safety_number(*roots) == KEYS["CA and IN"]["safety_number"]


def test_the_published_trees_hold() -> None:
    merkle = json.loads(read("merkle.json"))
    leaves = [bytes.fromhex(text) for text in merkle["leaves"]]
    roots = [bytes.fromhex(text) for text in merkle["roots"]]
    for size, root in enumerate(roots):
        assert EMPTY_FRONTIER.append(leaves[:size])[0].root == root
    for item in merkle["inclusion"]:
        proof = [bytes.fromhex(text) for text in item["hashes"]]
        verify_inclusion(leaves[item["index"]], item["index"], item["size"], proof, roots[item["size"]])
    for item in merkle["consistency"]:
        proof = [bytes.fromhex(text) for text in item["hashes"]]
        verify_consistency(item["old"], item["new"], roots[item["old"]], roots[item["new"]], proof)
