import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.channel import seal as sealing
from accord.channel.encoding import LimitExceeded, MalformedObject, decode, encode
from accord.channel.envelope import Body, Header
from accord.channel.limits import MAX_BODY_BYTES, MAX_PAYLOAD_BYTES, MAX_SEALED_BYTES
from accord.channel.merkle import entry_leaf
from accord.channel.seal import ArchiveCapsule, OpenedBody, open_archived, open_sealed, padded_size
from accord.channel.sealkeys import SealBroken
from accord.errors import AccordError, PeerFault, TrustFails

from .specimens import NOW_MS, body_of, capsule_of, sealed_by, specimen

CA, IN = specimen("CA"), specimen("IN")
CAPSULE = capsule_of("CA")
BODY = body_of(b'{"text":"' + b"What is asked. " * 40 + b'"}')
ENVELOPE = sealed_by("CA", "IN", BODY, capsule=CAPSULE)


def fields_of(data: bytes) -> dict[int, object]:
    fields = decode(data, what="object", max_bytes=1 << 21)
    assert isinstance(fields, dict)
    return fields


def flips(data: bytes, bit: int = 1) -> list[bytes]:
    return [data[:i] + bytes([data[i] ^ bit]) + data[i + 1 :] for i in range(len(data))]


def test_the_recipient_and_the_senders_archive_read_the_same() -> None:
    opened = open_sealed(ENVELOPE.header, ENVELOPE.sealed, IN.seal)
    archived = open_archived(ENVELOPE.header, ENVELOPE.sealed, CAPSULE.bytes, CA.archive)
    assert opened == archived
    assert opened.body == BODY
    assert opened.body_bytes == BODY.encode()
    assert opened.header == Header.decode(ENVELOPE.header)
    assert ENVELOPE.id == opened.header.id


def test_the_leaf_is_that_of_the_bytes_that_travel() -> None:
    assert ENVELOPE.leaf == entry_leaf(ENVELOPE.header, ENVELOPE.sealed)


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=6000) | st.integers(0, 200_000).map(bytes))
def test_any_payload_comes_back(payload: bytes) -> None:
    envelope = sealed_by("CA", "IN", body_of(payload))
    assert open_sealed(envelope.header, envelope.sealed, IN.seal).body.payload == payload
    assert Header.decode(envelope.header).sealed_size == len(envelope.sealed)


def test_the_largest_payload_travels_and_one_byte_more_does_not() -> None:
    largest = sealing.hashlib.shake_256(b"incompressible").digest(MAX_PAYLOAD_BYTES)
    envelope = sealed_by("CA", "IN", body_of(largest))
    assert len(envelope.sealed) <= MAX_SEALED_BYTES
    assert open_sealed(envelope.header, envelope.sealed, IN.seal).body.payload == largest
    with pytest.raises(LimitExceeded, match="1048577 bytes"):
        sealed_by("CA", "IN", body_of(largest + b"!"))


def test_nobody_else_can_open_it() -> None:
    for opener in (CA.seal, CA.archive, IN.archive):
        with pytest.raises(SealBroken) as refusal:
            open_sealed(ENVELOPE.header, ENVELOPE.sealed, opener)
        assert refusal.value.reason_code == "trust.sealed-to-another-key"
    with pytest.raises(SealBroken):
        open_archived(ENVELOPE.header, ENVELOPE.sealed, CAPSULE.bytes, IN.archive)


def refused(act: Callable[[], OpenedBody]) -> None:
    with pytest.raises((PeerFault, TrustFails)):
        act()


def test_every_byte_of_the_header_is_bound() -> None:
    for header in flips(ENVELOPE.header):
        refused(lambda header=header: open_sealed(header, ENVELOPE.sealed, IN.seal))
        refused(lambda header=header: open_archived(header, ENVELOPE.sealed, CAPSULE.bytes, CA.archive))


def test_every_byte_of_the_sealed_body_that_a_reader_depends_on_is_bound() -> None:
    """The other reader's wrap is bound by the leaf and the co-signed root, not by the seal."""
    archive_wrap = fields_of(ENVELOPE.sealed)[2]
    assert isinstance(archive_wrap, bytes)
    start = ENVELOPE.sealed.index(archive_wrap)
    for position, sealed in enumerate(flips(ENVELOPE.sealed)):
        if start <= position < start + len(archive_wrap):
            assert open_sealed(ENVELOPE.header, sealed, IN.seal).body == BODY
            refused(lambda sealed=sealed: open_archived(ENVELOPE.header, sealed, CAPSULE.bytes, CA.archive))
        else:
            refused(lambda sealed=sealed: open_sealed(ENVELOPE.header, sealed, IN.seal))


def test_every_byte_of_the_capsule_is_bound() -> None:
    for capsule in flips(CAPSULE.bytes):
        refused(lambda capsule=capsule: open_archived(ENVELOPE.header, ENVELOPE.sealed, capsule, CA.archive))


def test_a_message_cannot_be_forwarded_under_another_header() -> None:
    """Fault 36: surreptitious forwarding. The same ciphertext under a header for someone else does not open."""
    fields = fields_of(ENVELOPE.header)
    readdressed = encode({**fields, 5: "XX"})
    refused(lambda: open_sealed(readdressed, ENVELOPE.sealed, IN.seal))
    other = sealed_by("CA", "IN", BODY, label="other")
    refused(lambda: open_sealed(other.header, ENVELOPE.sealed, IN.seal))
    refused(lambda: open_archived(ENVELOPE.header, ENVELOPE.sealed, capsule_of("CA", "another").bytes, CA.archive))
    refused(lambda: open_archived(ENVELOPE.header, ENVELOPE.sealed, capsule_of("IN").bytes, IN.archive))


def test_two_sealings_of_one_text_share_no_ciphertext() -> None:
    other = sealed_by("CA", "IN", BODY, label="other", capsule=CAPSULE)
    mine, theirs = fields_of(ENVELOPE.sealed), fields_of(other.sealed)
    assert all(mine[key] != theirs[key] for key in (1, 2, 3))
    assert Header.decode(other.header).commitment != Header.decode(ENVELOPE.header).commitment


def test_short_messages_are_of_one_size() -> None:
    sizes = {len(sealed_by("CA", "IN", body_of(b"x" * n), label=str(n)).sealed) for n in range(0, 300, 50)}
    assert len(sizes) == 1


@given(st.integers(0, 1 << 24))
def test_padding_costs_at_most_an_eighth_and_has_few_classes(size: int) -> None:
    padded = padded_size(size)
    assert padded >= max(size, 512)
    assert padded == 512 or padded <= size * 1.125
    assert padded_size(padded) == padded
    assert padded.bit_length() - (padded & -padded).bit_length() <= 5


def test_the_classes_of_the_specification() -> None:
    asked = (0, 512, 513, 1000, 1100, 4096, 5000, 100_000, 1_000_000)
    assert [padded_size(size) for size in asked] == [512, 512, 544, 1024, 1152, 4096, 5120, 100_352, 1_015_808]


def test_the_stated_size_is_checked_before_anything_is_opened() -> None:
    with pytest.raises(MalformedObject, match="its header says"):
        open_sealed(ENVELOPE.header, ENVELOPE.sealed + b"\0", IN.seal)


def reseal(plaintext: bytes, body_for_commitment: bytes = BODY.encode()) -> tuple[bytes, bytes]:
    """What a lying sender can make: a well-sealed body around any plaintext whatever."""
    original_pack = sealing._pack
    try:
        sealing._pack = lambda salt, body_bytes: plaintext.replace(b"SALT" * 8, salt)
        envelope = sealed_by("CA", "IN", Body.decode(body_for_commitment))
    finally:
        sealing._pack = original_pack
    return envelope.header, envelope.sealed


def packed(
    codec: int, stored: bytes, *, length: int | None = None, pad: bytes = b"\0", whole: int | None = None
) -> bytes:
    head = b"SALT" * 8 + bytes([codec]) + (len(stored) if length is None else length).to_bytes(4, "big") + stored
    return head.ljust(padded_size(len(head)) if whole is None else whole, pad)


def test_a_well_made_plaintext_of_either_codec_opens() -> None:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = deflater.compress(BODY.encode()) + deflater.flush()
    for plaintext in (packed(0, BODY.encode()), packed(1, deflated)):
        header, sealed = reseal(plaintext)
        assert open_sealed(header, sealed, IN.seal).body == BODY


def bomb(size: int) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflater.compress(bytes(size)) + deflater.flush()


DEFLATED_BODY = zlib.compress(BODY.encode(), 9, -15)


@pytest.mark.parametrize(
    ("name", "plaintext", "refusal"),
    [
        ("an unknown codec", packed(2, BODY.encode()), MalformedObject),
        ("padding that is not zeros", packed(0, BODY.encode(), pad=b"\1"), MalformedObject),
        ("padding of another class", packed(0, BODY.encode(), whole=4096), MalformedObject),
        ("a length beyond the end", packed(0, BODY.encode(), length=10**9), MalformedObject),
        ("another body than committed", packed(0, body_of(b"other").encode()), SealBroken),
        ("a body cut short", packed(0, BODY.encode()[:-1]), SealBroken),
        ("what does not inflate", packed(1, b"\xff" * 100), MalformedObject),
        ("a stream cut short", packed(1, DEFLATED_BODY[:-5]), MalformedObject),
        ("bytes after the stream", packed(1, DEFLATED_BODY + b"more"), MalformedObject),
        ("a bomb of a hundred megabytes", packed(1, bomb(100 << 20)), LimitExceeded),
        ("a bomb one byte over", packed(1, bomb(MAX_BODY_BYTES + 1)), LimitExceeded),
        ("fewer bytes than the preamble", b"short", MalformedObject),
    ],
)
def test_a_lying_sender_is_refused(name: str, plaintext: bytes, refusal: type[AccordError]) -> None:
    header, sealed = reseal(plaintext)
    with pytest.raises(refusal):
        open_sealed(header, sealed, IN.seal)


def test_both_wraps_must_lead_to_the_committed_text() -> None:
    """AES-GCM does not commit to its key; the header's commitment does."""
    fields = fields_of(ENVELOPE.sealed)
    other = fields_of(sealed_by("CA", "IN", body_of(b"other"), label="other").sealed)
    swapped = encode({**fields, 3: other[3]})
    refused(lambda: open_sealed(ENVELOPE.header, swapped, IN.seal))


def test_a_capsule_is_named_by_its_digest_and_read_without_being_opened() -> None:
    capsule = ArchiveCapsule.decode(CAPSULE.bytes)
    assert capsule == CAPSULE.capsule
    assert (capsule.owner, capsule.archive_key_id, capsule.id) == ("CA", CA.archive.public.key_id, CAPSULE.id)
    assert Header.decode(ENVELOPE.header).archive_capsule == capsule.id
    assert capsule.open(CA.archive) == CAPSULE
    assert CAPSULE.secret not in CAPSULE.bytes
    assert CAPSULE.secret.hex() not in repr(CAPSULE)


@pytest.mark.parametrize("change", [{1: 2}, {2: 0}, {3: ""}, {4: bytes(7)}, {5: bytes(1167)}, {6: 1}])
def test_a_capsule_with_one_thing_wrong_is_refused(change: dict[int, object]) -> None:
    with pytest.raises(MalformedObject):
        ArchiveCapsule.decode(encode({**fields_of(CAPSULE.bytes), **change}))


def test_a_capsule_cannot_be_claimed_by_another_party() -> None:
    stolen = ArchiveCapsule.decode(encode({**fields_of(CAPSULE.bytes), 3: "IN"}))
    with pytest.raises(SealBroken):
        stolen.open(CA.archive)


def test_contents_do_not_show_in_a_representation() -> None:
    opened = open_sealed(ENVELOPE.header, ENVELOPE.sealed, IN.seal)
    assert opened.salt.hex() not in repr(opened)
    assert "What is asked" not in repr(opened)


def test_a_header_that_contradicts_itself_is_not_sealed() -> None:
    with pytest.raises(MalformedObject):
        sealed_by("CA", "IN", not_after_ms=NOW_MS - 1)
    with pytest.raises(MalformedObject):
        sealed_by("CA", "IN", id=bytes(16))
