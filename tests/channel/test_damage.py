"""Whatever the network or a peer makes of an object, reading it ends in a value or in a refusal, never in a crash."""

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.channel.attachment import AttachmentManifest
from accord.channel.capsule import ArchiveCapsule
from accord.channel.checkpoint import read_checkpoint, read_receipt
from accord.channel.disposition import decode_dispositions
from accord.channel.envelope import Body, Header
from accord.channel.equivocation import decode_equivocation
from accord.channel.evidence import TrustRoots, verify_bundle
from accord.channel.frames import decode_frame
from accord.channel.keyset import KeysetChain
from accord.channel.merkle import Frontier
from accord.channel.parcel import read_parcel
from accord.channel.seal import open_sealed
from accord.errors import PeerFault, TrustFails

from .test_vectors import INDEX, VECTORS, read, sealing, signing

ROOTS = TrustRoots.from_json(read("roots.json")).roots
HEADER = read("golden/header.cbor")

READERS = {
    "header": Header.decode,
    "body": Body.decode,
    "sealed": lambda data: open_sealed(HEADER, data, sealing("IN", "seal")),
    "capsule": ArchiveCapsule.decode,
    "checkpoint": lambda data: read_checkpoint(data, verify_key=signing("CA", "sign").public),
    "receipt": lambda data: read_receipt(data, verify_key=signing("IN", "sign").public),
    "keyset": lambda data: KeysetChain(signing("CA", "root").public).extended(data),
    "chain": KeysetChain.from_bytes,
    "frame": decode_frame,
    "parcel": read_parcel,
    "disposition": decode_dispositions,
    "equivocation": decode_equivocation,
    "manifest": AttachmentManifest.decode,
    "bundle": lambda data: verify_bundle(data, ROOTS),
    "frontier": Frontier.from_bytes,
}
GOLDEN: dict[str, bytes] = {
    item["object"]: (VECTORS / item["file"]).read_bytes() for item in reversed(INDEX) if item["expect"] == "accept"
}
GOLDEN["frontier"] = Frontier(3, (bytes(32), bytes(32))).to_bytes()

edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=60)),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for place, removed, inserted in changes:
        at = int(place * len(data))
        data = data[:at] + inserted + data[at + removed :]
    return data


def read_any(what: str, data: bytes) -> Any:
    with contextlib.suppress(PeerFault, TrustFails):
        return READERS[what](data)
    return None


@pytest.mark.parametrize("what", READERS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=edits)
def test_a_damaged_object_is_refused(what: str, changes: list[tuple[float, int, bytes]]) -> None:
    read_any(what, damaged(GOLDEN[what], changes))


@pytest.mark.parametrize("what", READERS)
@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(what: str, data: bytes) -> None:
    read_any(what, data)


@pytest.mark.parametrize("what", READERS)
def test_an_object_cut_anywhere_is_refused(what: str) -> None:
    data = GOLDEN[what]
    for end in {*range(0, len(data), max(1, len(data) // 200)), len(data) - 1}:
        if what == "bundle":
            assert not verify_bundle(data[:end], ROOTS).ok
            continue
        with pytest.raises((PeerFault, TrustFails)):
            READERS[what](data[:end])


@pytest.mark.parametrize("what", READERS)
def test_one_object_is_never_read_as_another(what: str) -> None:
    for other, data in GOLDEN.items():
        if other in {what, "chunk"}:
            continue
        if what == "bundle":
            assert not verify_bundle(data, ROOTS).ok
            continue
        with pytest.raises((PeerFault, TrustFails)):
            READERS[what](data)
