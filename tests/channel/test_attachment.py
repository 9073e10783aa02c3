import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.channel.attachment import (
    AttachmentManifest,
    attachment_root,
    chunk_count,
    chunk_leaf,
    chunk_proof,
    open_attachment,
    open_chunk,
    seal_chunk,
    verify_chunk,
)
from accord.channel.encoding import LimitExceeded, MalformedObject, decode, encode
from accord.channel.limits import ATTACHMENT_CHUNK_BYTES, MAX_ATTACHMENT_CHUNKS
from accord.channel.merkle import ProofInvalid
from accord.channel.sealkeys import SealBroken

from .specimens import seed

KEY = seed("attachment key", 32)
FILE = seed("attachment", 2 * ATTACHMENT_CHUNK_BYTES + 1234)


def sealed_chunks(key: bytes, data: bytes) -> list[bytes]:
    return [
        seal_chunk(
            key,
            index=index,
            size_bytes=len(data),
            plaintext=data[index * ATTACHMENT_CHUNK_BYTES : (index + 1) * ATTACHMENT_CHUNK_BYTES],
        )
        for index in range(chunk_count(len(data)))
    ]


def manifest_of(data: bytes, **changes: object) -> AttachmentManifest:
    fields: dict[str, object] = {
        "name": "Packing list 2026-09.pdf",
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).digest(),
        "media_type": "application/pdf",
        "key": KEY,
        "first_chunk": 0,
        "chunk_count": chunk_count(len(data)),
    }
    return AttachmentManifest(**{**fields, **changes})  # type: ignore[arg-type]


CHUNKS = sealed_chunks(KEY, FILE)
MANIFEST = manifest_of(FILE)


def test_a_file_comes_back_chunk_by_chunk() -> None:
    pieces = list(open_attachment(MANIFEST, CHUNKS))
    assert b"".join(pieces) == FILE
    assert max(map(len, pieces)) == ATTACHMENT_CHUNK_BYTES


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=3000))
def test_a_small_file_comes_back_and_hides_its_exact_size(data: bytes) -> None:
    chunks = sealed_chunks(KEY, data)
    assert b"".join(open_attachment(manifest_of(data), chunks)) == data
    assert len(chunks) == 1
    assert len(chunks[0]) >= 512 + 16


@given(st.integers(0, 2**34))
def test_a_file_has_as_many_chunks_as_its_padded_size_asks(size: int) -> None:
    try:
        count = chunk_count(size)
    except LimitExceeded:
        assert size > MAX_ATTACHMENT_CHUNKS * ATTACHMENT_CHUNK_BYTES * 0.88
        return
    assert size <= count * ATTACHMENT_CHUNK_BYTES <= size * 1.125 + ATTACHMENT_CHUNK_BYTES
    assert 1 <= count <= MAX_ATTACHMENT_CHUNKS


@pytest.mark.parametrize("size", [-1, MAX_ATTACHMENT_CHUNKS * ATTACHMENT_CHUNK_BYTES + 1, 2**63])
def test_a_file_too_large_is_refused_for_its_size(size: int) -> None:
    with pytest.raises(LimitExceeded):
        chunk_count(size)


def test_a_chunk_opens_only_at_its_place_of_its_file_under_its_key() -> None:
    size = len(FILE)
    assert open_chunk(KEY, index=1, size_bytes=size, sealed=CHUNKS[1]) == FILE[ATTACHMENT_CHUNK_BYTES:][: 1 << 20]
    for key, index, length, sealed in (
        (seed("other", 32), 1, size, CHUNKS[1]),
        (KEY, 0, size, CHUNKS[1]),
        (KEY, 1, size + ATTACHMENT_CHUNK_BYTES, CHUNKS[1]),
        (KEY, 1, size, CHUNKS[1][:-1]),
        (KEY, 1, size, CHUNKS[1] + b"\0"),
        (KEY, 1, size, b""),
        (KEY, 1, size, CHUNKS[1][:-1] + bytes([CHUNKS[1][-1] ^ 1])),
    ):
        with pytest.raises(SealBroken):
            open_chunk(key, index=index, size_bytes=length, sealed=sealed)
    for index in (-1, len(CHUNKS)):
        with pytest.raises(MalformedObject):
            open_chunk(KEY, index=index, size_bytes=size, sealed=CHUNKS[0])


def test_padding_that_hides_something_is_refused() -> None:
    """A sender that states a smaller size than it sealed would smuggle bytes in the padding."""
    sealed = seal_chunk(KEY, index=0, size_bytes=500, plaintext=b"\1" * 500)
    with pytest.raises(MalformedObject, match="padded"):
        open_chunk(KEY, index=0, size_bytes=400, sealed=sealed)


def test_a_chunk_of_the_wrong_length_is_not_sealed() -> None:
    with pytest.raises(MalformedObject):
        seal_chunk(KEY, index=0, size_bytes=500, plaintext=bytes(499))


@pytest.mark.parametrize(
    ("manifest", "chunks"),
    [
        (MANIFEST, CHUNKS[:-1]),
        (MANIFEST, [*CHUNKS[:-1], CHUNKS[0]]),
        (MANIFEST, [CHUNKS[1], CHUNKS[0], *CHUNKS[2:]]),
        (MANIFEST, []),
        (replace(MANIFEST, sha256=bytes(32)), CHUNKS),
        (replace(MANIFEST, size_bytes=MANIFEST.size_bytes - 1), CHUNKS),
    ],
    ids=["one missing", "one twice", "swapped", "none", "another digest", "another size"],
)
def test_a_file_that_is_not_whole_is_refused(manifest: AttachmentManifest, chunks: list[bytes]) -> None:
    with pytest.raises((SealBroken, MalformedObject)):
        list(open_attachment(manifest, chunks))


def test_more_chunks_than_the_file_has_are_refused() -> None:
    with pytest.raises(MalformedObject):
        list(open_attachment(MANIFEST, [*CHUNKS, CHUNKS[0]]))


def test_a_chunk_is_checked_against_the_root_by_who_cannot_read_it() -> None:
    leaves = [chunk_leaf(chunk) for chunk in CHUNKS]
    root = attachment_root(leaves)
    for index, chunk in enumerate(CHUNKS):
        proof = chunk_proof(leaves, index)
        verify_chunk(root, index, len(leaves), chunk, proof)
        with pytest.raises(ProofInvalid):
            verify_chunk(root, index, len(leaves), chunk[:-1], proof)
        with pytest.raises(ProofInvalid):
            verify_chunk(root, (index + 1) % len(leaves), len(leaves), chunk, proof)
    with pytest.raises(LimitExceeded):
        verify_chunk(root, 0, len(leaves), bytes(ATTACHMENT_CHUNK_BYTES + 17), [])
    with pytest.raises(LimitExceeded):
        verify_chunk(root, 0, MAX_ATTACHMENT_CHUNKS + 1, CHUNKS[0], [])


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.data())
def test_a_chunk_belongs_under_its_root_at_one_index_of_one_count(count: int, data: st.DataObject) -> None:
    """Who sends a file cannot let its receiver believe in more or fewer chunks: an RFC 9162 proof alone would."""
    index = data.draw(st.integers(0, count - 1))
    chunks = [bytes([n]) for n in range(count)]
    leaves = [chunk_leaf(chunk) for chunk in chunks]
    root, proof = attachment_root(leaves), chunk_proof(leaves, index)
    verify_chunk(root, index, count, chunks[index], proof)
    for other_count in range(1, 2 * count + 2):
        for other_index in range(other_count):
            if (other_index, other_count) != (index, count):
                with pytest.raises(ProofInvalid):
                    verify_chunk(root, other_index, other_count, chunks[index], proof)


def test_truncated_extended_and_reordered_chunks_have_other_roots() -> None:
    leaves = [chunk_leaf(chunk) for chunk in CHUNKS]
    root = attachment_root(leaves)
    for others in (leaves[:-1], [*leaves, leaves[-1]], [*leaves, chunk_leaf(b"")], leaves[::-1], leaves[1:], []):
        assert attachment_root(others) != root


def test_the_counted_root_is_what_the_protocol_says() -> None:
    leaves = [chunk_leaf(chunk) for chunk in (b"one", b"two", b"three")]
    pair = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).digest()
    tree = hashlib.sha256(b"\1" + pair + leaves[2]).digest()
    assert attachment_root(leaves) == hashlib.sha256(b"\2" + bytes([0, 0, 0, 3]) + tree).digest()


def test_proofs_hold_for_more_chunks_than_a_stride() -> None:
    leaves = [chunk_leaf(bytes([n & 255, n >> 8])) for n in range(600)]
    for index in (0, 255, 256, 599):
        verify_chunk(attachment_root(leaves), index, 600, bytes([index & 255, index >> 8]), chunk_proof(leaves, index))


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60),
    st.integers(0, 10**9),
    st.integers(0, 1000),
)
def test_a_manifest_comes_back_from_its_bytes(name: str, size: int, first: int) -> None:
    manifest = manifest_of(b"", name=name, size_bytes=size, chunk_count=chunk_count(size), first_chunk=first)
    assert AttachmentManifest.decode(manifest.encode()) == manifest


@pytest.mark.parametrize("name", ["Liste n° 3.pdf", "सूची.pdf", "...x", "a b", "x" * 255])
def test_a_name_in_any_script_is_a_label(name: str) -> None:
    assert manifest_of(b"", name=name).name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ". .",
        "../etc/passwd",
        "..\\x",
        "C:x",
        "a/b",
        "a\0b",
        "a\nb",
        "x" * 256,
        "exe.\u202efdp",
        "a\u200bb",
        "a\u2028b",
        "\ue000",
        "a*b",
        'a"b',
        "<b>",
        "a|b",
        "a?",
    ],
)
def test_a_name_that_could_mislead_or_be_a_path_is_refused(name: str) -> None:
    with pytest.raises(MalformedObject, match="name"):
        manifest_of(b"", name=name)


@pytest.mark.parametrize(
    "changes",
    [
        {"media_type": "pdf"},
        {"media_type": ""},
        {"media_type": "a/" + "b" * 126},
        {"media_type": "a/é"},
        {"key": bytes(31)},
        {"sha256": bytes(31)},
        {"chunk_count": 2},
        {"first_chunk": -1},
        {"first_chunk": MAX_ATTACHMENT_CHUNKS},
        {"key": bytes(33)},
        {"key": b""},
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedObject):
        manifest_of(b"", **changes)


def test_a_manifest_keeps_its_key_to_itself() -> None:
    assert KEY.hex() not in repr(MANIFEST)
    assert repr(KEY) not in repr(MANIFEST)


def test_a_manifest_of_another_version_is_refused() -> None:
    fields = decode(MANIFEST.encode(), what="manifest", max_bytes=4096)
    assert isinstance(fields, dict)
    for change in ({1: 2}, {9: 1}):
        with pytest.raises(MalformedObject):
            AttachmentManifest.decode(encode({**fields, **change}))


@pytest.mark.parametrize("media_type", ["a/b\r\nX-Evil: 1", "a/b c", "a/", "/b", "a/b/c", "a/b\n"])
def test_a_media_type_is_two_tokens(media_type: str) -> None:
    with pytest.raises(MalformedObject):
        AttachmentManifest(
            name="a.txt",
            size_bytes=5,
            sha256=bytes(32),
            media_type=media_type,
            key=bytes(32),
            first_chunk=0,
            chunk_count=1,
        )
